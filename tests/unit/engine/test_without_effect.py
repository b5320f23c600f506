"""What is written in a diagram and would never be carried out is refused or told, naming what to do about it."""

import pytest

from app.engine import DiagramError, DiagramProblem, read

from .diagrams import (
    boundary,
    catch,
    chain,
    end,
    error,
    escalation,
    event_gateway,
    event_subprocess,
    file,
    flow,
    message,
    node,
    on_error,
    on_escalation,
    on_link,
    on_message,
    on_signal,
    process,
    receive,
    service,
    signal,
    start,
    subprocess,
    timer,
    user,
)
from .runs import Run, library


def problems(*body: str, roots: str = "") -> list[DiagramProblem]:
    """The refusals of one process that begins with ``start``; none if it can be read."""
    try:
        read(file(roots, process(start(), *body)), "x.bpmn")
    except DiagramError as error:
        return list(error.problems)
    return []


def warnings(*body: str, roots: str = "") -> list[DiagramProblem]:
    return list(read(file(roots, process(start(), *body)), "x.bpmn").lint)


# ---------------------------------------------------------------------- mappings


@pytest.mark.parametrize("source", ["", 'source=""', 'source="  "', 'source="&#10;"'])
@pytest.mark.parametrize(("way", "word"), [("input", "输入映射"), ("output", "输出映射")])
def test_a_mapping_without_a_source_is_refused_for_it_would_blank_the_target(way, word, source):
    mapping = f'<zeebe:ioMapping><zeebe:{way} source="=1" target="kept"/>\n<zeebe:{way} {source} target="amount"/></zeebe:ioMapping>'
    (found,) = problems(user("pay", mapping), chain("start", "pay"))
    assert (found.element, found.code) == ("pay", "MAPPING_SOURCE")
    assert word in found.message
    assert "amount" in found.message
    assert found.line == 7, "the line of the mapping itself"


def test_a_mapping_may_empty_its_target_on_purpose():
    mapping = '<zeebe:ioMapping><zeebe:output source="=null" target="amount"/></zeebe:ioMapping>'
    run = Run(
        library(file(process(start(), service("pay", extensions=mapping), end(), chain("start", "pay", "end")))), variables={"amount": 5}
    )
    run.finish("pay")
    assert run.state.variables()["amount"] is None


# ---------------------------------------------------------------------- headers and properties


@pytest.mark.parametrize(
    ("holder", "tag", "key", "word"), [("taskHeaders", "header", "key", "任务头"), ("properties", "property", "name", "扩展属性")]
)
def test_a_header_or_property_written_twice_is_refused(holder, tag, key, word):
    def given(*names: str) -> str:
        inside = "\n".join(f'<zeebe:{tag} {key}="{name}" value="{number}"/>' for number, name in enumerate(names))
        return service("move", extensions=f"<zeebe:{holder}>{inside}</zeebe:{holder}>")

    (found,) = problems(given("phase", "other", "phase"), chain("start", "move"))
    assert (found.element, found.code, f"{word}" in found.message, "“phase”" in found.message) == ("move", "EXTENSION_REPEATED", True, True)
    assert found.line == 8, "the line of the second one"
    assert problems(given("phase", "Phase"), chain("start", "move")) == []
    (found,) = warnings(given("", "phase"), chain("start", "move"))
    assert (found.code, "没有名称" in found.message) == ("EXTENSION_IGNORED", True)


# ---------------------------------------------------------------------- conditions


def split(gateway: str, condition: str | None = None, default: str | None = None) -> list[str]:
    return [
        node(gateway, "which", **({"default": default} if default else {})),
        chain("start", "which"),
        flow("which", "a", condition, id="to_a"),
        flow("which", "b", "=amount > 0" if gateway in ("exclusiveGateway", "inclusiveGateway") else None, id="to_b"),
    ]


def test_a_condition_behind_a_parallel_gateway_is_told_and_not_asked():
    body = [*split("parallelGateway", "=1 = 2"), user("a"), user("b")]
    found = [item for item in warnings(*body) if item.code == "CONDITION_IGNORED"]
    assert [(item.element, "which" in item.message, "并行网关" in item.message) for item in found] == [("to_a", True, True)]
    assert Run(library(file(process(start(), *body)))).open == ["a", "b"]


@pytest.mark.parametrize("gateway", ["exclusiveGateway", "inclusiveGateway"])
def test_a_condition_of_a_default_flow_is_told_and_not_asked(gateway):
    body = [*split(gateway, "=1 = 2", default="to_a"), user("a"), user("b")]
    found = [item for item in warnings(*body) if item.code == "CONDITION_IGNORED"]
    assert [(item.element, "默认流向" in item.message) for item in found] == [("to_a", True)]
    assert Run(library(file(process(start(), *body))), variables={"amount": 0}).open == ["a"]


def test_a_condition_of_an_activitys_default_flow_is_told_too():
    body = [node("task", "which", default="to_a"), *split("task", "=1 = 2")[1:], user("a"), user("b")]
    assert [item.element for item in warnings(*body) if item.code == "CONDITION_IGNORED"] == ["to_a"]


def test_a_condition_behind_an_event_gateway_is_refused():
    events = [catch("a", timer("Duration", "P1D")), catch("b", timer("Duration", "P2D"))]
    (found,) = problems(*split("eventBasedGateway", "=1 = 2"), *events)
    assert (found.element, found.code, "which" in found.message) == ("to_a", "CONDITION_NOT_ALLOWED", True)


@pytest.mark.parametrize("gateway", ["parallelGateway", "eventBasedGateway"])
def test_a_default_flow_where_nothing_is_chosen_is_told(gateway):
    events = [catch("a", timer("Duration", "P1D")), catch("b", timer("Duration", "P2D"))]
    found = [item for item in warnings(*split(gateway, default="to_a"), *events) if item.code == "CONDITION_IGNORED"]
    assert [item.element for item in found] == ["which"]


@pytest.mark.parametrize("gateway", ["parallelGateway", "exclusiveGateway", "inclusiveGateway"])
def test_a_condition_that_says_nothing_and_one_that_is_asked_are_no_matter(gateway):
    condition = None if gateway == "parallelGateway" else "=amount <= 0"
    assert "CONDITION_IGNORED" not in {item.code for item in warnings(*split(gateway, condition), user("a"), user("b"))}
    empty = flow("which", "a", " ", id="to_a")
    assert "CONDITION_IGNORED" not in {
        item.code for item in warnings(node("parallelGateway", "which"), chain("start", "which"), empty, user("a"))
    }


# ---------------------------------------------------------------------- handlers

KINDS = {"error": (error, on_error), "escalation": (escalation, on_escalation)}


def handled(place: str, first: str, second: str, **more: bool) -> list[str]:
    """Two handlers at one place: boundary events of one activity, or event sub-processes of one level."""
    if place == "boundary":
        return [
            subprocess("part", start("s")),
            chain("start", "part"),
            boundary("one", "part", first, **more),
            boundary("two", "part", second, **more),
        ]
    return [
        event_subprocess("first", start("one", first), user("x"), chain("one", "x")),
        event_subprocess("second", start("two", second), user("y"), chain("two", "y")),
    ]


@pytest.mark.parametrize("place", ["boundary", "scope"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_second_handler_of_the_same_code_is_refused_naming_both(kind, place):
    declare, on = KINDS[kind]
    roots = declare("r1", "A") + declare("r2", " A") + declare("r3", "B") + declare("r4", "")
    (found,) = problems(*handled(place, on("r1"), on("r2")), roots=roots)
    assert (found.element, found.code) == ("two", "HANDLER_REPEATED")
    assert all(word in found.message for word in ("one", "two", "“A”", "part" if place == "boundary" else "p"))
    for first, second in ((on(), on()), (on(), on("r4"))):
        (found,) = problems(*handled(place, first, second), roots=roots)
        assert (found.code, "不限代码" in found.message) == ("HANDLER_REPEATED", True)
    for first, second in ((on("r1"), on("r3")), (on("r1"), on()), (on("r4"), on("r3"))):
        assert problems(*handled(place, first, second), roots=roots) == []


def test_handlers_of_other_places_and_kinds_do_not_take_each_others_turn():
    roots = error("r", "A") + escalation("e", "A")
    inner = subprocess("part", start("s"), event_subprocess("inside", start("three", on_error("r"))))
    assert problems(
        inner, user("other"), chain("start", "part", "other"), boundary("one", "part", on_error("r")), boundary("two", "part", on_escalation("e")),
        boundary("four", "other", on_error("r")), event_subprocess("outside", start("five", on_error("r"))), roots=roots,
    ) == []  # fmt: skip


def test_a_second_escalation_handler_is_refused_even_if_neither_interrupts():
    (found,) = problems(*handled("boundary", on_escalation("e"), on_escalation("e"), interrupting=False), roots=escalation("e", "A"))
    assert found.code == "HANDLER_REPEATED"


def shadowed(*body: str, roots: str) -> list[str]:
    return [item.element for item in warnings(*body, roots=roots) if item.code == "HANDLER_SHADOWED"]


def test_two_interrupting_events_of_one_message_or_signal_are_told():
    roots = message("m", "go", "=key") + message("m2", "go", "=key") + message("m3", "go", "=other") + signal("s1", "on")
    for first, second in ((on_message("m"), on_message("m2")), (on_signal("s1"), on_signal("s1"))):
        assert shadowed(*handled("boundary", first, second), roots=roots) == ["two"]
        assert shadowed(*handled("scope", first, second), roots=roots) == ["two"]
        assert shadowed(*handled("boundary", first, second, interrupting=False), roots=roots) == [], "each has its turn"
    assert shadowed(*handled("boundary", on_message("m"), on_message("m3")), roots=roots) == [], "another key is another message"


def test_two_events_of_one_message_behind_an_event_gateway_are_told():
    roots = message("m", "go", "=key")
    waits = [event_gateway("which"), chain("start", "which"), flow("which", "one"), flow("which", "two")]
    assert shadowed(*waits, catch("one", on_message("m")), receive("two", "m"), roots=roots) == ["two"]
    assert shadowed(*waits, catch("one", on_message("m")), catch("two", timer("Duration", "P1D")), roots=roots) == []


# ---------------------------------------------------------------------- references


def dangling(source: bytes) -> list[tuple[str, str]]:
    return [(item.element, item.message) for item in read(source, "x.bpmn").lint if item.code == "REFERENCE_DANGLING"]


@pytest.mark.parametrize(
    ("inside", "element", "meant"),
    [
        ('<bpmn:laneSet id="ls"><bpmn:lane id="l"><bpmn:flowNodeRef>aply</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>', "l", "apply"),
        ('<bpmn:dataObjectReference id="r" dataObjectRef="dat"/><bpmn:dataObject id="data"/>', "r", "data"),
        ('<bpmn:dataObjectReference id="r" dataObjectRef="apply"/><bpmn:dataObject id="appl"/>', "r", "appl"),
        ('<bpmn:association id="as" sourceRef="aply" targetRef="note"/><bpmn:textAnnotation id="note"/>', "as", "apply"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told_with_the_nearest_id(inside, element, meant):
    ((where, message),) = dangling(file(process(start(), user("apply"), chain("start", "apply"), inside)))
    assert (where, f"是不是 {meant}?" in message) == (element, True)


def test_a_pool_of_a_process_that_there_is_not_is_told():
    pool = '<bpmn:collaboration id="c"><bpmn:participant id="pool" processRef="{}"/></bpmn:collaboration>'
    body = process(start(), id="payment")
    ((_, message),) = dangling(file(pool.format("paymnt"), body))
    assert "流程 paymnt 不在本文件中,是不是 payment?" in message
    assert dangling(file(pool.format("payment"), body)) == []


def test_incoming_and_outgoing_that_the_flows_do_not_bear_out_are_told():
    def task(incoming: str, outgoing: str) -> bytes:
        inside = f"<bpmn:incoming>{incoming}</bpmn:incoming><bpmn:outgoing>{outgoing}</bpmn:outgoing>"
        flows = flow("start", "apply", id="flow_in"), flow("apply", "end", id="flow_out")
        return file(process(start(), node("userTask", "apply", inside), end(), *flows))

    assert dangling(task("flow_in", "flow_out")) == []
    ((element, message),) = dangling(task("flow_inn", "flow_out"))
    assert (element, "是不是 flow_in?" in message) == ("apply", True)
    (first, second) = dangling(task("flow_out", "flow_in"))
    assert ("它却流向 end" in first[1], "它却来自 start" in second[1]) == (True, True)


# ---------------------------------------------------------------------- timers and links


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("-P3D", "是负的"),
        ("-PT1H", "是负的"),
        ("-P1M", "是负的"),
        ("P99999999999Y", "太长"),
        ("PT" + "9" * 30 + "S", "太长"),
        ("P3X", "不是 ISO 8601 时长"),
    ],
)
def test_a_duration_that_makes_no_sense_is_refused_for_what_it_is(written, says):
    (found,) = problems(catch("c", timer("Duration", written)), chain("start", "c"))
    assert (found.element, found.code, says in found.message) == ("c", "TIMER_INVALID", True)
    assert (says == "不是 ISO 8601 时长") is ("不是 ISO 8601 时长" in found.message)


def test_an_expression_without_its_equals_sign_is_told_as_one():
    for kind in ("Duration", "Date"):
        (found,) = problems(catch("c", timer(kind, 'deadline("opinion")')), chain("start", "c"))
        assert '这是文字,不会计算,要计算的请在前面写等号:=deadline("opinion")' in found.message


def test_a_duration_of_nothing_is_one():
    assert problems(catch("c", timer("Duration", "PT0S")), chain("start", "c")) == []


def test_an_end_event_with_a_link_is_told_once_and_not_taken_for_a_catch():
    found = problems(end("e", on_link("x")), chain("start", "e"))
    assert [(item.element, item.code) for item in found] == [("e", "EVENT_NOT_ALLOWED")]
