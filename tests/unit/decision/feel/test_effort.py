"""A limit of time is one of the evaluation's own work: what Python's garbage collector takes meanwhile is nobody's."""

import gc
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.decision import feel
from app.decision.feel import effort as module
from app.decision.feel.effort import effort
from app.engine import StepLimits

A_COLLECTION = 100.0


class Processor:
    """A clock of the thread that stands still but for ``work`` and while the collector runs: that takes ``A_COLLECTION`` seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.collections = 0

    def thread_time(self) -> float:
        return self.seconds

    def collect(self, phase: str, _info: dict[str, Any]) -> None:
        if phase == "start":
            self.collections += 1
            self.seconds += A_COLLECTION

    def work(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def processor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Processor]:
    clock = Processor()
    monkeypatch.setattr(module, "time", clock)
    gc.callbacks.append(clock.collect)
    yield clock
    gc.callbacks.remove(clock.collect)


def test_a_collection_is_not_the_evaluations_work(processor: Processor) -> None:
    begun = effort()
    processor.work(2)
    gc.collect()
    processor.work(3)
    gc.collect()
    assert processor.collections >= 2
    assert effort() - begun == pytest.approx(5)


def test_a_collection_in_another_thread_takes_nothing_from_this_one(processor: Processor) -> None:
    begun = effort()
    elsewhere = threading.Thread(target=gc.collect)
    elsewhere.start()
    elsewhere.join()
    assert effort() - begun == pytest.approx(A_COLLECTION), "the clock of this test is one for both threads"


def test_both_limits_of_time_are_told_by_it() -> None:
    assert (feel.Limits().clock, StepLimits().clock, StepLimits().expression.clock) == (effort, effort, effort)


def test_an_evaluation_is_not_stopped_because_memory_is_looked_through(processor: Processor, environment: feel.Environment) -> None:
    """Sixty thousand lists set the collector going many times, a hundred seconds each, under a limit of less than one."""
    limited = replace(environment, limits=feel.Limits())
    assert feel.compile("count(for i in 1..60000 return [i])").evaluate({}, limited) == 60_000
    assert processor.collections > 1
