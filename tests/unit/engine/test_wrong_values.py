"""Whatever an expression gives, wherever a model may put one: it is used, or it is an incident at its element; never an exception, never what a database refuses."""

from dataclasses import fields
from typing import Any

import pytest
import simplejson

from app.engine import DiagramError, LimitExceeded, StepLimits, commands, effects

from .diagrams import (
    boundary,
    call,
    catch,
    chain,
    end,
    error,
    escalation,
    event_gateway,
    exclusive,
    file,
    flow,
    io,
    loop,
    message,
    node,
    on_error,
    on_escalation,
    on_message,
    on_signal,
    parallel,
    process,
    receive,
    rule,
    script,
    service,
    signal,
    start,
    subprocess,
    throw,
    timer,
    user,
)
from .runs import Run, library

VALUES = {
    "null": "null", "true": "true", "zero": "0", "minus": "-1", "half": "1.5", "huge": "10 ** 300", "tiny": "10 ** -300",
    "empty": '""', "blank": '"  "', "text": '"abc"', "nul": '"a\\u0000b"', "long": 'string join(for i in 1..400 return "很长很长很长很长很长", "")',
    "list": "[]", "nulls": "[null, null]", "mixed": '[1, "a", null]', "texts": '["a", "b"]', "nested": "[[[]]]", "context": "{}", "named": "{a: 1}",
    "date": 'date("2026-01-01")', "time": 'time("10:00:00")', "zoned": 'time("10:00:00@Asia/Shanghai")', "last": 'date and time("9999-12-31T23:59:59-12:00")',
    "first": 'date("0001-01-01")', "far": 'date("999999999-01-01")', "days": 'duration("P1D")', "months": 'duration("P999999999Y")', "back": 'duration("-P3D")',
    "range": "[1..3]", "function": "function(x) x", "builtin": "sum", "contexts": "[{a: sum}, {b: [1..2]}]",
}  # fmt: skip


def task(**attributes: str) -> str:
    """A user task with one attribute of its extensions."""
    ((name, value),) = attributes.items()
    holder = {"dueDate": "taskSchedule", "followUpDate": "taskSchedule", "priority": "priorityDefinition", "formId": "formDefinition"}
    return f"<zeebe:{holder.get(name, 'assignmentDefinition')} {name}='{value}'/>"


def around(body: str, element: str, roots: str = "") -> tuple[bytes, ...]:
    return (file(roots, process(start(), body, end(), chain("start", element, "end"))),)


LISTENER = "<zeebe:{kind}Listeners><zeebe:{kind}Listener eventType='{event}' type='{type}' retries='{retries}'/></zeebe:{kind}Listeners>"
PLACES: dict[str, Any] = {
    **{
        name: lambda v, name=name: around(user("t", task(**{name: v})), "t")
        for name in ("assignee", "candidateGroups", "candidateUsers", "dueDate", "followUpDate", "priority", "formId")
    },
    "job type": lambda v: around(service("t", v), "t"),
    "retries": lambda v: around(service("t", retries=v), "t"),
    "listener type": lambda v: around(user("t", LISTENER.format(kind="execution", event="start", type=v, retries=1)), "t"),
    "listener retries": lambda v: around(user("t", LISTENER.format(kind="execution", event="start", type="x", retries=v)), "t"),
    "task listener": lambda v: around(user("t", LISTENER.format(kind="task", event="creating", type=v, retries=1)), "t"),
    "collection": lambda v: around(user("t", loop=loop(v, "item", "out", "=item")), "t"),
    "collection in turn": lambda v: around(user("t", loop=loop(v, "item", "out", "=item", sequential=True)), "t"),
    "item": lambda v: around(script_loop(f"=[{v[1:]}]", "=item"), "t"),
    "output element": lambda v: around(script_loop("=[1, 2]", v), "t"),
    "completion": lambda v: around(script_loop("=[1, 2]", "=item", condition=v), "t"),
    "script": lambda v: around(script("t", v, "x"), "t"),
    "decision": lambda v: around(rule("t", v, "x"), "t"),
    "called": lambda v: around(call("t", v), "t"),
    "input": lambda v: around(user("t", io({"x": v, "y": "=x"})), "t"),
    "input path": lambda v: around(user("t", io({"x": v, "x.y.z": "=x"})), "t"),
    "output": lambda v: around(script("t", "=1", "x", io(None, {"y": v, "z": "=y"})), "t"),
    "output path": lambda v: around(script("t", "=1", "x", io(None, {"y": v, "y.z": "=y"})), "t"),
    "condition": lambda v: (
        file(process(start(), exclusive("t", "d"), end(), end("e2"), flow("start", "t"), flow("t", "end", v), flow("t", "e2", id="d"))),
    ),
    "timer date": lambda v: around(catch("t", timer("Date", v)), "t"),
    "timer duration": lambda v: around(catch("t", timer("Duration", v)), "t"),
    "timer cycle": lambda v: around(user("t") + boundary("b", "t", timer("Cycle", v), interrupting=False) + end("eb") + flow("b", "eb"), "t"),
    "message name": lambda v: around(catch("t", on_message("m")), "t", message("m", v, '="k"')),
    "message key": lambda v: around(receive("t", "m"), "t", message("m", "m", v)),
    "gateway": lambda v: around(
        event_gateway("g") + flow("g", "t") + flow("g", "t2") + catch("t", on_message("m")) + catch("t2", timer("Duration", v)) + flow("t2", "end"),
        "t",
        message("m", "m", v),
    ),
    "signal thrown": lambda v: around(throw("t", on_signal("s")), "t", signal("s", v)),
    "signal caught": lambda v: around(catch("t", on_signal("s")), "t", signal("s", v)),
    "signal in sub-process": lambda v: around(
        subprocess("t", start("s1"), parallel("f"), catch("c", on_signal("s")), throw("h", on_signal("s")), chain("s1", "f", "c") + flow("f", "h")),
        "t",
        signal("s", v),
    ),
    "error": lambda v: (file(error("e", v), process(start(), end("t", on_error("e")), flow("start", "t"))),),
    "escalation": lambda v: around(throw("t", on_escalation("e")), "t", escalation("e", v)),
    "message thrown": lambda v: around(
        node("intermediateThrowEvent", "t", on_message("m"), f"<zeebe:taskDefinition type='{v}'/>"), "t", message("m", "m")
    ),
}  # fmt: skip


def script_loop(items: str, output: str, condition: str | None = None) -> str:
    return subprocess(
        "t",
        start("s1"),
        script("s", "=item", "seen"),
        end("e1"),
        chain("s1", "s", "e1"),
        loop=loop(items, "item", "out", output, condition=condition),
    )


COLUMNS = {
    effects.TaskOpened,
    effects.JobOpened,
    effects.WaitOpened,
    effects.SignalThrown,
    effects.EscalationUncaught,
    effects.IncidentOpened,
    effects.ElementEntered,
}
INDEXED = {"candidate_groups", "candidate_users", "assignee", "form_id", "type", "name", "correlation_key"}


def check(run: Run) -> None:
    """What the caller would write can be written: JSON where JSON stands, plain text without NUL, and short where there is an index."""
    for effect in run.effects:
        if isinstance(effect, effects.VariableSet | effects.SignalThrown):
            simplejson.dumps(getattr(effect, "value", None), use_decimal=True, allow_nan=False)
        if type(effect) not in COLUMNS:
            continue
        for item in fields(effect):
            value = getattr(effect, item.name) if item.name != "follow_ups" else None
            for text in [value] if isinstance(value, str) else value if isinstance(value, tuple | list) else []:
                assert isinstance(text, str)
                assert "\x00" not in text, (effect, item.name)
                text.encode()
                assert item.name not in INDEXED or len(text.encode()) <= 2_000, (effect, item.name)


@pytest.mark.parametrize("place", PLACES)
def test_a_wrong_value_is_an_incident_at_its_element_or_nothing_at_all(place: str) -> None:
    for name, value in VALUES.items():
        try:
            definitions = library(*PLACES[place]("=" + value.replace("<", "&lt;")))
        except DiagramError:
            continue  # refused before anything runs
        run = Run(definitions, reload=True)
        check(run)
        assert {element for element, _ in run.troubles} <= {"t", "s", "c", "h", "g", "start"}, (place, name, run.troubles)
        assert run.done or run.open or run.jobs or run.waiting or run.troubles, (place, name)


@pytest.mark.parametrize(
    ("expression", "cure"), [('="a\\u0000b"', "请改正得出它的表达式"), ("=string join(for i in 1..9 return text)", "请精简数据或调高上限")]
)
def test_a_value_that_cannot_be_kept_is_told_with_what_helps(expression: str, cure: str) -> None:
    given = {"text": "x" * 1000}
    body = process(start(), script("s", expression, "r"), chain("start", "s"))
    run = Run(library(file(body)), variables=given, limits=StepLimits(variable_size=5_000))
    (incident,) = run.incidents.values()
    assert cure in incident.message
    assert ("精简数据" in incident.message) is ("精简数据" in cure)


GIVEN = [None, True, 0, -1, 10**20, "", "abc", "a\x00b", [], [None], {}, {"a": [1]}, {"": 1}, [[["x"]]]]


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize("given", GIVEN, ids=repr)
def test_a_task_in_a_loop_that_writes_the_names_of_the_engine_spoils_nothing(given: Any, sequential: bool) -> None:
    names = (
        "results", "loopCounter", "numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances", "numberOfTerminatedInstances", "total", "place",
        "output", "index", "done",
    )  # fmt: skip
    body = user(
        "t",
        loop=loop("=[10, 20, 30]", "n", "results", "=n * loopCounter", sequential=sequential, condition="=numberOfCompletedInstances = 3"),
    )
    run = Run(library(*around(body, "t")), reload=True)
    while run.open:
        try:
            run.complete("t", dict.fromkeys(names, given))
        except LimitExceeded:
            run.complete("t", {})
    assert not run.incidents
    assert run.done
    assert run.variables["results"] == [10, 40, 90]


@pytest.mark.parametrize("call", ["deadline({}, {})", "remindAt({}, {})", "workingDaysAfter({}, {})", "isWorkingDay({})"])
def test_a_wrong_argument_of_a_calendar_function_is_an_incident_at_most(call: str) -> None:
    several = [*VALUES.values(), 'date("9999-12-31")', "10 ** 12"]
    for first in several:
        for second in several[::4]:
            try:
                definitions = library(*around(script("t", f"={call.format(first, second)}", "x"), "t"))
            except DiagramError:
                continue
            run = Run(definitions)
            assert run.done or run.troubles, (first, second)
            run.current.dump()


def test_an_assignment_that_names_nobody_opens_the_task_for_nobody() -> None:
    for value in ("=null", "=[]", '=""', '="  "', '=" , "', '=["", " "]', "=missing", "=missing.role"):
        for name in ("assignee", "candidateGroups", "candidateUsers"):
            if name == "assignee" and value.startswith(("=[", '=" ,')):
                continue
            run = Run(library(*around(user("t", task(**{name: value})), "t")))
            (opened,) = run.tasks.values()
            assert (opened.assignee, tuple(opened.candidate_groups), tuple(opened.candidate_users)) == (None, (), ()), (name, value)
    for value in ("=1", "=true", "={a: 1}", "=[1]", '=["a", null]'):
        for name in ("assignee", "candidateGroups", "candidateUsers"):
            run = Run(library(*around(user("t", task(**{name: value})), "t")))
            assert run.troubles == [("t", "EXTRACT_VALUE_ERROR")], (name, value)


def test_a_priority_that_is_no_whole_number_is_not_cut() -> None:
    run = Run(library(*around(user("t", task(priority="=50.5")), "t")))
    assert run.troubles == [("t", "EXTRACT_VALUE_ERROR")]


def test_a_variable_whose_name_no_database_holds_is_refused() -> None:
    run = Run(library(*around(user("t"), "t")))
    for name in ("x" * 5_000, "a\x00"):
        with pytest.raises(LimitExceeded, match="的名称"):
            run.do(commands.CompleteTask(run.task("t"), {name: 1}))
    assert run.open == ["t"]
