"""Whoever gives the inputs of a decision that becomes a fact decides the fact: found by names through every way that a value takes, and refused by name."""

import json
from functools import partial
from typing import Any

import pytest

from app.decision import dmn
from app.domain.districts import SHARED
from app.domain.facts import LEDGER
from app.domain.forms import Form
from app.engine import read
from app.engine.expressions import vocabulary
from app.rehearsal import names
from app.rehearsal.surroundings import Stock
from tests.unit.engine import diagrams as d
from tests.unit.engine.test_ledger_names import decision
from tests.unit.rehearsal.test_declared_effects import FIELDS, says
from tests.unit.rehearsal.test_ledger_schema import EAST

PAYS = d.rule("pay", "grade", "grade", says(set="due = grade"))
END = (d.end(), d.chain("start", "ask", "pay", "end"))
WRONG = "decision:grade"


def form(id: str, **fields: Any) -> Form:
    properties = {name: {"title": name, **given} for name, given in fields.items()}
    return Form.parse(
        json.dumps({"id": id, "title": id, "schema": {"type": "object", "additionalProperties": False, "properties": properties}}).encode()
    )


def of(
    source: Any, *processes: bytes, reads: str = "score", forms: tuple[Form, ...] = (), at: str = "的属性 set 写“due”", **owners: Any
) -> list[str]:
    """What is said of the first process' ``set`` of the ledger's ``due`` with this x-source, or of another place in it."""
    due = {"type": "number", "title": "应付", "x-source": [source], **owners}
    ledger = {**FIELDS, "due": due, "lent": {"type": "number", "title": "借", "x-owner": ["applicant"]}}
    schema = {"type": "object", "additionalProperties": False, "properties": ledger}
    models: dict[tuple[str, str, str], Any] = {
        (SHARED, "form", LEDGER): Form.parse(json.dumps({"id": LEDGER, "title": "台账", "schema": schema}).encode()),
        ("east", "decision", "grade"): dmn.parse(decision("grade", f"{reads}", reads), name="grade.dmn", functions=vocabulary()),
        ("east", "decision", "first"): dmn.parse(decision("first", "score", "score"), name="first.dmn", functions=vocabulary()),
        ("east", "form", "records.payment"): form("records.payment", amount={"type": "number"}),
        ("east", "form", "ask"): form("ask", score={"type": "number"}, shown={"type": "number", "readOnly": True}, lent={"type": "number", "x-ledger": True}),
    }  # fmt: skip
    models |= {("east", "form", one.id): one for one in forms}
    definitions = [found for source in processes for found in read(source, "x.bpmn").processes]
    models |= {("east", "process", one.process_id): one for one in definitions}
    stock = Stock({place: partial(lambda model: model, model) for place, model in models.items()}, {"east": EAST})
    found = names.check("x.bpmn", definitions[0], stock.around("east", definitions[0].process_id))
    return [one.message for one in found if at in one.message]


def asks(role: str = "applicant", *, more: str = "", loop: str = "", id: str = "ask") -> str:
    extensions = f'<zeebe:formDefinition formId="ask"/><zeebe:assignmentDefinition candidateGroups="{role}"/>{more}'
    return d.user(id, extensions, loop)


PLAIN = d.file(d.process(d.start(), asks(), PAYS, *END))


def test_what_somebody_fills_in_who_does_not_own_the_fact_is_refused_with_its_task_field_and_cure() -> None:
    (told,) = of(WRONG, PLAIN)
    assert "它来自决策“grade”,而决策要用的 p.ask 的“score”(score),由人填写" in told
    assert 'x-source 里写明:{"decision": "grade", "from": ["p.ask"]}' in told


def test_a_task_that_the_source_names_or_whose_every_role_owns_may_decide_it() -> None:
    assert of({"decision": "grade", "from": ["p.ask"]}, PLAIN) == []
    later = {"x-owner": ["finance"], "x-from": {"phase": "approved"}}
    owners = d.file(d.process(d.start(), asks("finance"), PAYS, *END))
    both = d.file(d.process(d.start(), asks("finance,applicant"), PAYS, *END))
    assert of(WRONG, owners, **later) == []
    assert len(of(WRONG, both, **later)) == 1
    assert of(WRONG, both, **{**later, "x-owner": ["p.ask"]}) == []


@pytest.mark.parametrize(
    ("reads", "part"),
    [
        ("rows", d.rule("pay", "grade", "grade", says(set="due = grade", reads="rows = payment of project"))),
        ("ok", d.rule("pay", "grade", "grade", says(set="due = grade") + d.io({"ok": '=approved("p.ask")'}))),
        ("shown", PAYS),
        ("lent", PAYS),
        ("project", PAYS),
        ("count", d.rule("pay", "grade", "grade", says(set="due = grade") + d.io({"count": "=project.projectName"}))),
    ],
)
def test_registers_approvals_facts_and_what_a_form_only_shows_come_from_nobody(reads: str, part: str) -> None:
    assert of(WRONG, d.file(d.process(d.start(), asks(), part, *END)), reads=reads) == []


CALLED = d.process(d.start(), asks(), d.end(), d.chain("start", "ask", "end"), id="inner")
MAIL = d.message("m", "told", "=project.projectKey")
SENT = d.process(
    d.start(),
    asks(),
    d.service("tell", "publish_message", d.headers(messageName="told") + d.io({"correlationKey": "=project.projectKey", "variables": "={n: score}"})),
    d.end(),
    d.chain("start", "ask", "tell", "end"),
    id="other",
)  # fmt: skip


@pytest.mark.parametrize(
    ("place", "reads", "files"),
    [
        pytest.param("p.ask", "score", (d.process(d.start(), asks(), d.rule("pay", "grade", "g", says(set="due = g.most")), *END),), id="a part"),
        pytest.param("p.ask", "n", (d.process(d.start(), asks(more=d.io(outputs={"n": "=score * 2"})), PAYS, *END),), id="output mapping"),
        pytest.param(
            "p.ask", "n", (d.process(d.start(), asks(), d.rule("pay", "grade", "grade", says(set="due = grade") + d.io({"m": "=score", "n": "=m"})), *END),),
            id="input mappings",
        ),
        pytest.param(
            "p.ask", "n",
            (d.process(d.start(), asks(), d.rule("first", "first", "n"), PAYS, d.end(), d.chain("start", "ask", "first", "pay", "end")),),
            id="another decision",
        ),
        pytest.param(
            "p.ask", "n",
            (d.process(d.start(), asks(), d.rule("first", "first", "f", d.io(outputs={"n": "=f"})), PAYS, d.end(), d.chain("start", "ask", "first", "pay", "end")),),
            id="a decision's output",
        ),
        pytest.param(
            "p.ask", "n", (d.process(d.start(), asks(), d.script("sum", "=score + 1", "n"), PAYS, d.end(), d.chain("start", "ask", "sum", "pay", "end")),),
            id="script",
        ),
        pytest.param("p.ask", "given", (d.process(d.start(), asks(loop=d.loop("=[1, 2]", "one", "given", "={n: score}")), PAYS, *END),), id="collection"),
        pytest.param(
            "p.ask", "score",
            (d.process(d.start(), d.subprocess("stage", d.start("s"), asks(), d.end("e"), d.chain("s", "ask", "e")), PAYS, d.end(), d.chain("start", "stage", "pay", "end")),),
            id="stage",
        ),
        pytest.param("inner.ask", "score", (d.process(d.start(), d.call("ask", "inner"), PAYS, *END), CALLED), id="called process"),
        pytest.param("inner.ask", "n", (d.process(d.start(), d.call("ask", "inner", d.io(outputs={"n": "=score"})), PAYS, *END), CALLED), id="call's output"),
        pytest.param(
            "other.ask", "n",
            (MAIL + d.process(d.start(), d.catch("ask", d.on_message("m")), PAYS, *END), SENT),
            id="message",
        ),
        pytest.param(
            "other.ask", "score",
            (d.process(d.start(), d.user("ask"), PAYS, *END), d.process(d.start(), asks(), d.call("c", "p"), d.end(), d.chain("start", "ask", "c", "end"), id="other")),
            id="calling process",
        ),
    ],
)  # fmt: skip
def test_every_way_that_a_value_takes_is_followed(place: str, reads: str, files: tuple[str, ...]) -> None:
    read_in = [d.file(one) for one in files]
    (told,) = of(WRONG, *read_in, reads=reads)
    assert f"{place} 的“score”" in told
    assert of({"decision": "grade", "from": [place]}, *read_in, reads=reads) == []


TAKEN = d.process(d.start(), d.catch("told", d.on_message("m"), says(set="due = n")), d.end(), d.chain("start", "told", "end"))


def test_a_message_is_sent_by_whom_the_source_names_and_what_it_brings_is_filled_in_there_or_by_an_owner() -> None:
    files = (d.file(MAIL + TAKEN), d.file(SENT))
    (told,) = of({"message": "told", "from": ["other.tell"]}, *files)
    assert "它来自消息“told”,而消息带来的 other.ask 的“score”(score),由人填写" in told
    assert 'x-source 里写明:{"message": "told", "from": ["other.tell", "other.ask"]}' in told
    assert of({"message": "told", "from": ["other.tell", "other.ask"]}, *files) == []
    assert of({"message": "told", "from": ["other.tell"]}, *files, **{"x-owner": ["other.ask"], "x-from": {"phase": "approved"}}) == []


def test_whoever_else_sends_a_message_that_becomes_a_fact_is_told_at_the_element_that_sends_it() -> None:
    found = of({"message": "told", "from": ["p.somewhere"]}, d.file(SENT), d.file(MAIL + TAKEN), at="发出消息“told”")
    assert len(found) == 1
    assert found[0].startswith("元素“tell”") or "(tell)" in found[0], found
    assert "它写入台账的“应付”(due),而这些字段的 x-source 没有写明可以由 other.tell 发出" in found[0]
    assert of({"message": "told", "from": ["other.tell"]}, d.file(SENT), d.file(MAIL + TAKEN), at="发出消息“told”") == []


def test_of_a_loop_the_names_that_its_instances_have_for_themselves_are_not_seen_outside_and_every_other_is() -> None:
    kept = d.file(d.process(d.start(), asks(loop=d.loop("=[1, 2]", "one", "all", "=score")), PAYS, *END))
    assert of(WRONG, kept) == []
    for leaving in (
        asks(loop=d.loop("=[1, 2]", "one", "all", "=one")),
        asks(more=d.io(outputs={"score": "=score"}), loop=d.loop("=[1]", "one")),
    ):
        (told,) = of(WRONG, d.file(d.process(d.start(), leaving, PAYS, *END)))
        assert "p.ask 的“score”" in told


def test_an_outside_worker_decides_no_fact() -> None:
    worker = d.service("ask", "count_them", d.io(outputs={"score": "=n"}))
    (told,) = of(WRONG, d.file(d.process(d.start(), worker, PAYS, *END)))
    assert "p.ask 的“ask”(n),由外部程序给出,不能由它决定台账" in told


def test_a_start_form_counts_as_its_start_event() -> None:
    begun = d.process(d.start(extensions='<zeebe:formDefinition formId="ask"/>'), d.user("ask"), PAYS, *END)
    (told,) = of(WRONG, d.file(begun))
    assert "p.start 的“score”" in told


def test_a_circle_of_names_ends() -> None:
    turning = d.process(
        d.start(), asks(more=d.io(outputs={"n": "=m", "m": "=n + score"})), PAYS, *END,
    )  # fmt: skip
    assert len(of(WRONG, d.file(turning), reads="n")) == 1
