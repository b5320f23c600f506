"""Many threads step instances of one definition: parsed specifications and compiled expressions are shared, nothing else is."""

import sys
import threading
from collections.abc import Iterator

import pytest

from .diagrams import boundary, call, chain, end, exclusive, file, flow, io, loop, parallel, process, script, start, timer, user
from .runs import Run, library

THREADS = 8
INSTANCES = 800


def shared():
    child = process(start(), user("u"), script("double", "=mine * 2", "doubled"), end(), chain("start", "u", "double", "end"), id="c")
    parent = process(
        start(),
        parallel("fork"),
        user("opinion", "", loop("=items", "item", "opinions", '=item + ":" + said')),
        call("ca", "c", io({"mine": "=number"}, {"doubled": "=doubled"})),
        user("slow"),
        boundary("limit", "slow", timer("Duration", '="PT" + string(number + 1) + "M"'), False),
        script("late", "=number", "lateBy"),
        end("end_late"),
        parallel("join"),
        exclusive("even", "f_odd"),
        script("is_even", '="even " + string(number)', "kind"),
        script("is_odd", '="odd " + string(number)', "kind"),
        end(),
        chain("start", "fork", "opinion", "join", "even"),
        chain("fork", "ca", "join"),
        chain("fork", "slow", "join"),
        chain("limit", "late", "end_late"),
        flow("even", "is_even", "=modulo(number, 2) = 0"),
        flow("even", "is_odd", id="f_odd"),
        chain("is_even", "end"),
        chain("is_odd", "end"),
    )
    return library(file(parent), file(child))


def live(lib, number: int) -> str:
    """One instance's life, dumped and loaded after every step; what it comes to depends on its number alone."""
    items = [f"i{number}-{index}" for index in range(number % 3 + 1)]
    run = Run(lib, variables={"number": number, "items": items}, reload=True)
    assert run.waits[run.wait("limit")].due_at is not None
    if number % 2:
        run.fire("limit")
    run.complete("u")
    for _ in items:
        run.complete("opinion", {"said": f"s{number}"})
    run.complete("slow")
    assert run.done
    assert run.troubles == []
    assert run.variables["kind"] == f"{'odd' if number % 2 else 'even'} {number}"
    assert run.variables["opinions"] == [f"{item}:s{number}" for item in items]
    assert run.variables["doubled"] == number * 2
    assert run.variables.get("lateBy") == (number if number % 2 else None)
    return run.current.dump()


@pytest.fixture
def impatient() -> Iterator[None]:
    """Threads are switched every few bytecodes."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_eight_threads_step_eight_hundred_instances_without_cross_talk(impatient: None) -> None:
    lib = shared()
    ends: dict[int, str] = {}
    failures: list[BaseException] = []
    together = threading.Barrier(THREADS)

    def work(first: int) -> None:
        together.wait()
        try:
            for number in range(first, INSTANCES, THREADS):
                ends[number] = live(lib, number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(ends) == INSTANCES
    alone = shared()
    for number in range(0, INSTANCES, 41):
        assert ends[number] == live(alone, number)
