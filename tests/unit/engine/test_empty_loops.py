"""A loop over nothing: a silent pass would be a sign-off that nobody gave. In a process that declares, it says so; where it may be empty, it is passed."""

import pytest

from app.engine import DiagramError, commands, read
from tests.unit.engine.diagrams import chain, end, file, loop, process, service, start, subprocess, user
from tests.unit.engine.runs import Run, library
from tests.unit.engine.test_effecting import says

PASSES = says(mayBeEmpty="true")
NEW = says(distinct="person")


def run(sign: str, collection: str = "=offices", *, reload: bool = False, sequential: bool = False, first: str = "") -> Run:
    body = (
        start(),
        user("first", first),
        user("sign", sign, loop(collection, "office", sequential=sequential)),
        end(),
        chain("start", "first", "sign", "end"),
    )
    made = Run(library(file(process(*body))), variables={"offices": []}, reload=reload)
    made.complete("first")
    return made


@pytest.mark.parametrize("reload", [False, True])
@pytest.mark.parametrize("sequential", [False, True])
def test_an_empty_list_is_an_incident_that_names_it_and_is_mended_by_a_list(reload: bool, sequential: bool) -> None:
    made = run(NEW, reload=reload, sequential=sequential)
    (incident,) = made.incidents.values()
    assert (incident.type, incident.element_id) == ("EMPTY_COLLECTION", "sign")
    assert "“=offices”是空的" in incident.message
    made.do(commands.Resolve(incident.incident))
    (incident,) = made.incidents.values()
    made.do(commands.SetVariables({"offices": [1]}))
    made.do(commands.Resolve(incident.incident))
    assert (made.incidents, len(made.tasks)) == ({}, 1)
    made.complete("sign")
    assert made.current.root_state == "completed"


@pytest.mark.parametrize("reload", [False, True])
def test_one_that_may_be_empty_is_passed(reload: bool) -> None:
    assert run(PASSES, reload=reload).current.root_state == "completed"


def test_what_declares_nothing_goes_on_as_before() -> None:
    assert run("").current.root_state == "completed"


def test_a_declaration_anywhere_in_the_process_counts() -> None:
    assert [one.type for one in run("", first=NEW).incidents.values()] == ["EMPTY_COLLECTION"]
    assert [one.type for one in run(says(mayBeEmpty="false")).incidents.values()] == ["EMPTY_COLLECTION"]


def test_a_sub_process_of_a_loop_too() -> None:
    inner = (start("s2"), user("a"), end("e2"), chain("s2", "a", "e2"))
    for said, state in ((PASSES, "completed"), ("", "completed"), (says(notify="finance"), "active")):
        body = (start(), subprocess("each", *inner, extensions=said, loop=loop("=[]", "x")), end(), chain("start", "each", "end"))
        assert Run(library(file(process(*body)))).current.root_state == state


@pytest.mark.parametrize(
    ("element", "told"),
    [
        (user("a", says(mayBeEmpty="true")), "只能声明在多实例上"),
        (user("a", says(mayBeEmpty="yes"), loop("=[1]")), "只能写 true 或 false"),
        (service("a", "work", extensions=says(distinct="person")), "只能声明在用户任务上"),
    ],
)
def test_what_is_written_wrong_is_refused(element: str, told: str) -> None:
    with pytest.raises(DiagramError) as refused:
        read(file(process(start(), element, end(), chain("start", "a", "end"))), "test.bpmn")
    assert [problem.code for problem in refused.value.problems] == ["DECLARATION"]
    assert told in refused.value.problems[0].message
