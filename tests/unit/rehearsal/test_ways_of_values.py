"""A value gets to a decision by ways that are easily overlooked: names in filters, names called like functions, scopes, loops, whole contexts, errors, forms and
decisions that an expression names. Whoever gives it is found by each of them."""

from typing import Any

import pytest

from app.decision import dmn
from app.decision.dmn.reading import read_by
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.test_declared_effects import says
from tests.unit.rehearsal.test_origins import END, MAIL, PAYS, WRONG, asks, form, of

LINE = d.chain("start", "ask", "first", "pay", "end")
ROWS = form("rows", rows={"type": "array", "items": {"type": "object"}})
BUILTIN = form("most", max={"type": "number"})
SHOWN = form("seen", score={"type": "number", "readOnly": True})
AGAIN = form("again", grade={"type": "number"})


def pays(more: str = "", *, set: str = "due = grade", **declared: str) -> str:
    return d.rule("pay", "grade", "grade", says(set=set, **declared) + more)


def fills(name: str, form: str, more: str = "", role: str = "applicant") -> str:
    return d.user(name, f'<zeebe:formDefinition formId="{form}"/><zeebe:assignmentDefinition candidateGroups="{role}"/>{more}')


def stage(*body: str, more: str = "", loop: str = "", id: str = "first", inner: tuple[str, ...] = ("ask",)) -> str:
    return d.subprocess(id, d.start(f"{id}_s"), *body, d.end(f"{id}_e"), d.chain(f"{id}_s", *inner, f"{id}_e"), extensions=more, loop=loop)


def one(*body: str, **given: Any) -> tuple[str, ...]:
    return (d.process(d.start(), *body, d.end(), **given),)


def sends(*inputs: tuple[str, str]) -> str:
    tell = d.service("tell", "publish_message", d.headers(messageName="told") + d.io(dict([("correlationKey", "=1"), *inputs])))
    return d.process(d.start(), asks(), tell, d.end(), d.chain("start", "ask", "tell", "end"), id="other")


def throws(thrower: str) -> str:
    return d.process(d.start(), asks(), thrower, d.end(), d.chain("start", "ask", "tell", "end"), id="other")


PASSES = d.process(d.start(), d.throw("x"), d.end(), d.chain("start", "x", "end"), id="inner")
CATCHES = MAIL + d.process(d.start(), d.catch("ask", d.on_message("m")), PAYS, *END)
BEEP = d.signal("beep", "beep")
HEARS = BEEP + d.process(d.start(), d.catch("ask", d.on_signal("beep")), PAYS, *END)
BAD = d.error("bad", "bad")
RAISES = d.subprocess(
    "first", d.start("s"), asks(), d.end("e", d.on_error("bad"), d.io({"n": "=score"})), d.chain("s", "ask", "e")
)  # fmt: skip
TO_END = d.chain("start", "first", "end")
LATER = (d.end("late"), d.chain("b", "pay", "late"))

WAYS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "a filter": ("p.ask", "n", one(asks(), pays(d.io({"n": "=[1, 2][item = score][1]"})), *END[1:])),
    "an entry of what is filtered, or not": ("p.ask", "n", one(asks(), pays(d.io({"n": "=[{a: 1}][a = score][1].a"})), *END[1:])),
    "a place in a list": ("p.ask", "n", one(asks(), pays(d.io({"n": "=[1, 2][score]"})), *END[1:])),
    "a row chosen by it": ("p.ask", "n", one(asks(), pays(reads="n = payment of project where amount = score"), *END[1:])),
    "what a form shows": ("p.ask", "n", one(asks(), fills("first", "seen", d.io(outputs={"n": "=score"}), "finance"), PAYS, LINE)),
    "a stage's own name": ("p.ask", "score", one(stage(asks(), pays(), more=d.io({"score": "=1"}), inner=("ask", "pay")), d.chain("start", "first", "end"))),
    "through a stage": ("p.ask", "n", one(asks(), stage(more=d.io({"m": "=score"}, {"n": "=m"}), inner=()), PAYS, LINE)),
    "a stage in a loop": (
        "p.ask", "got",
        one(
            stage(stage(asks(), more=d.io(outputs={"n": "=score"}), id="deep"), loop=d.loop("=[1]", "one", "got", "=n"), inner=("deep",)),
            PAYS, d.chain("start", "first", "pay", "end"),
        ),
    ),
    "a call's mappings, one after the other": (
        "q.ask", "n",
        (*one(pays(), d.chain("start", "pay", "end")), *one(asks(), d.call("c", "p", d.io({"m": "=score", "n": "=m"})), d.chain("start", "ask", "c", "end"), id="q")),
    ),
    "past a call": (
        "p.ask", "n", (*one(asks(), d.call("first", "inner", d.io(outputs={"n": "=score"})), PAYS, LINE), PASSES),
    ),
    "a whole context": ("other.ask", "n", (CATCHES, sends(("p", "={n: score}"), ("variables", "=p")))),
    "a context by a condition": ("other.ask", "n", (CATCHES, sends(("variables", "=if true then {n: score} else null")))),
    "a message's mappings, one after the other": ("other.ask", "n", (CATCHES, sends(("p", "=score"), ("variables", "={n: p}")))),
    "a signal": ("other.ask", "n", (HEARS, BEEP + throws(d.throw("tell", d.on_signal("beep"), d.io({"n": "=score"}))))),
    "a signal with everything": ("other.ask", "score", (HEARS, BEEP + throws(d.throw("tell", d.on_signal("beep"))))),
    "an error": ("p.ask", "n", (BAD + one(RAISES, d.boundary("b", "first", d.on_error("bad")), PAYS, *LATER, d.chain("start", "first", "end"))[0],)),
    "a message at a loop's edge": (
        "other.ask", "n",
        (MAIL + one(asks("finance", id="first", loop=d.loop("=[1]", "one")), d.boundary("b", "first", d.on_message("m")), PAYS, *LATER, TO_END)[0],
         sends(("variables", "={n: score}"))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_the_value_is_followed(way: str) -> None:
    place, reads, files = WAYS[way]
    (told,) = of(WRONG, *(d.file(text) for text in files), reads=reads, forms=(SHOWN,))
    assert f"{place} 的“score”" in told
    assert of({"decision": "grade", "from": [place]}, *(d.file(text) for text in files), reads=reads, forms=(SHOWN,)) == []


@pytest.mark.parametrize("called", [False, True])
def test_a_loop_s_item_is_its_collection_s(called: bool) -> None:
    asked = fills("ask", "rows")
    each = d.loop("=rows", "one", "got", "=f")
    rule = d.node(
        "businessRuleTask", "first", each, '<zeebe:calledDecision decisionId="first" resultVariable="f"/>' + d.io({"score": "=one.v"})
    )
    here = one(asked, rule, PAYS, LINE)
    there = one(asked, d.call("first", "p", d.io({"score": "=one.v"}), each), d.chain("start", "ask", "first", "end"), id="q")
    files = (*one(pays(), d.chain("start", "pay", "end")), *there) if called else here
    (told,) = of(WRONG, *(d.file(text) for text in files), reads="score" if called else "got", forms=(ROWS,))
    assert f"{'q' if called else 'p'}.ask 的“rows”" in told


@pytest.mark.parametrize(("more", "reads"), [(d.io({"n": "=max"}), "n"), ("", "max")])
def test_a_name_that_a_function_has_too_is_a_name(more: str, reads: str) -> None:
    (told,) = of(WRONG, d.file(*one(fills("ask", "most"), pays(more), *END[1:])), reads=reads, forms=(BUILTIN,))
    assert "p.ask 的“max”" in told


def test_what_a_later_entry_of_a_context_is_called_is_read_from_outside_before_it() -> None:
    entries = (("a", "score"), ("score", "1"))
    boxes = "".join(
        f'<contextEntry><variable name="{name}"/><literalExpression><text>{text}</text></literalExpression></contextEntry>'
        for name, text in entries
    )
    start = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="http://example.org/f">'
    source = f'{start}<decision id="grade" name="grade"><variable name="grade"/><context>{boxes}</context></decision></definitions>'
    assert read_by(dmn.parse(source.encode(), name="grade.dmn"), "grade", hidden=True) == {"score"}


def test_a_name_that_a_function_has_too_is_no_constant_of_a_path() -> None:
    for value, wrong in (("max", True), ("1", False)):
        typed = one(fills("ask", "most"), d.throw("pay", extensions=says(set=f"due = {value}")), *END[1:])
        assert bool(of("path:p.pay", d.file(*typed), forms=(BUILTIN,))) is wrong


@pytest.mark.parametrize(
    "overwrites",
    [
        fills("first", "again"),
        d.script("first", "=if score = 1 then grade.least else grade.most", "grade"),
    ],
)
def test_a_result_that_is_written_over_is_whoever_s_who_writes_it_over(overwrites: str) -> None:
    """Every part of the result may be written, so whoever chooses the part decides."""
    late = d.throw("late", extensions=says(set="due = grade"))
    body = (asks(), d.rule("pay", "grade", "grade"), overwrites, late, d.chain("start", "ask", "pay", "first", "late", "end"))
    (told,) = of(WRONG, d.file(d.process(d.start(), *body, d.end())), reads="project", forms=(AGAIN,))
    assert "由人填写" in told


UNCLEAR = {
    "no form": (d.user("ask"), "score"),
    "a form by an expression": (fills("ask", '="as" + "k"'.replace('"', "&quot;")), "score"),
    "a decision by an expression": (d.rule("ask", "=which", "score"), "score"),
    "a process by an expression": (d.call("ask", "=which"), "score"),
    "any variables at the start": (d.throw("ask"), "score"),
}


@pytest.mark.parametrize("how", UNCLEAR)
def test_what_nobody_can_tell_is_refused_until_it_is_written_down(how: str) -> None:
    element, reads = UNCLEAR[how]
    process = d.file(*one(element, PAYS, *END[1:]))
    (told,) = of(WRONG, process, reads=reads)
    assert "由谁给出说不准" in told
    assert of({"decision": "grade", "from": ["p.ask", "p.start"]}, process, reads=reads) == []


LISTENER = '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="count_them"/></zeebe:executionListeners>'


@pytest.mark.parametrize("ask", [d.service("ask", "count_them"), d.throw("ask", extensions=LISTENER)])
def test_an_outside_worker_that_may_bring_anything_brings_what_nobody_else_does(ask: str) -> None:
    (told,) = of(WRONG, d.file(*one(ask, PAYS, *END[1:])))
    assert "由外部程序给出" in told


def test_a_worker_s_output_that_is_a_fact_is_nobody_s() -> None:
    ask = d.service("ask", "count_them", d.io(outputs={"score": "=project.projectName"}))
    assert of(WRONG, d.file(*one(ask, PAYS, *END[1:]))) == []


def test_what_a_task_has_for_itself_does_not_leave_it() -> None:
    shadowed = one(asks(more=d.io({"score": "=null"})), d.script("first", "=1", "score"), PAYS, LINE)
    assert of(WRONG, d.file(*shadowed)) == []


@pytest.mark.parametrize(
    ("groups", "refused"),
    [
        ("finance", False),
        ('=["finance"]', False),
        ('=if project.phase = "draft" then "finance" else ["finance"]', False),
        ('=if true then "finance" else who', True),
        ('=append(["finance"], who)', True),
        ('=["finance", who]', True),
    ],
)
def test_only_roles_that_are_written_out_are_owners(groups: str, refused: bool) -> None:
    ask = asks(groups.replace('"', "&quot;"))
    later = {"x-owner": ["finance"], "x-from": {"phase": "approved"}}
    assert bool(of(WRONG, d.file(*one(ask, PAYS, *END[1:])), **later)) is refused
