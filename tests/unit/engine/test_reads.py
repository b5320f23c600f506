"""What an element reads: current rows, those of this very step among them; its own alone, and nothing of it is kept."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from app.engine import DiagramError, RowsAsked, read
from tests.unit.engine.diagrams import chain, end, exclusive, file, flow, node, process, rule, start, subprocess, user
from tests.unit.engine.test_effecting import FIELDS, MONEY, Project, case, lib, says

ROWS = [
    {"amount": 5, "status": "已付", "stage": "pay", "project": "1"},
    {"amount": Decimal("2.50"), "status": "未付", "stage": "pay", "project": "1"},
    {"status": "已付", "stage": "other", "project": "1"},
]


class Reader(Project):
    """The caller's register holds these rows."""

    kept: Mapping[str, Any] = {"payment": ROWS, "deal": []}

    def _look_up(self, question: object) -> Any:
        if isinstance(question, RowsAsked):
            self.asked = [*getattr(self, "asked", ()), question]
            return self.kept[question.kind]
        return super()._look_up(question)


def seen(reads: str, expression: str) -> Any:
    """What a decision sees by what its element reads."""
    task = rule("r", "echo", "out", says(reads=reads.replace('"', "&quot;")))
    mapped = task.replace(
        "</bpmn:extensionElements>",
        f'<zeebe:ioMapping><zeebe:output source="={expression}" target="out"/></zeebe:ioMapping></bpmn:extensionElements>',
    )
    run = Reader(lib(start(), mapped, user("z"), chain("start", "r", "z"), **case(echo="1")))
    return run.why if run.troubles else run.variables["out"]


@pytest.mark.parametrize(
    ("reads", "expression", "value"),
    [
        ("paid = payment", "count(paid)", 3),
        ('paid = payment of project where status = "已付"', "paid.amount", [5, None]),
        ('paid = payment where status = "已付", stage = "pay"', "count(paid)", 1),
        ("total = sum(payment.amount)", "total", Decimal("7.50")),
        ('total = sum(payment.amount of district where status = "未付")', "total", Decimal("2.50")),
        ("n = count(payment where amount = null)", "n", 1),
        ("n = count(payment); m = sum(payment.amount)", "[n, m]", [3, Decimal("7.50")]),
        ("one = payment where amount = 2.5", "one[1].status", "未付"),
    ],
)
def test_rows_numbers_and_sums(reads: str, expression: str, value: Any) -> None:
    assert seen(reads, expression) == value


def test_a_row_that_this_step_has_just_made_is_read_and_one_it_replaces_is_not() -> None:
    body = (
        start(),
        user("a", says(record="deal")),
        node("exclusiveGateway", "g", "", says(reads="deals = deal; total = sum(deal.amount)")),
        end("many"),
        user("few"),
        chain("start", "a", "g"),
        flow("g", "many", "=total &gt; 9 and deals[1].stage = &quot;p&quot;".replace("&gt;", ">").replace("&quot;", '"')),
        flow("g", "few", "=total <= 9"),
    )
    run = Reader(lib(*body))
    run.complete("a", {"amount": 10})
    assert (run.done, [asked.kind for asked in run.asked]) == (True, ["deal"])


def test_what_is_read_is_nobody_elses_and_is_not_kept() -> None:
    run = Reader(lib(start(), user("a", says(reads="paid = payment")), user("b"), chain("start", "a", "b")))
    assert "paid" not in run.current.dump()
    run.complete("a")
    assert "paid" not in run.variables


def test_a_task_reads_anew_when_it_is_completed() -> None:
    out = '<zeebe:ioMapping><zeebe:output source="=n" target="n"/></zeebe:ioMapping>'
    run = Reader(lib(start(), user("a", says(reads="n = count(payment)") + out), user("b"), chain("start", "a", "b")))
    run.kept = {"payment": [*ROWS, {"amount": 1}]}
    run.complete("a")
    assert run.variables["n"] == 4


def test_too_many_rows_a_text_to_be_summed_and_no_project_are_incidents() -> None:
    def tried(reads: str, kept: Any, **more: Any) -> tuple[list[tuple[str, str]], str]:
        class Full(Reader):
            def __init__(self, made: Any) -> None:
                self.kept = {"payment": kept}
                super().__init__(made, **more)

        run = Full(lib(start(), user("a", says(reads=reads)), chain("start", "a")))
        return run.troubles, run.why

    assert tried("p = payment", None)[0] == [("a", "READ_ERROR")]
    assert tried("p = sum(payment.status)", ROWS)[0] == [("a", "READ_ERROR")]
    assert tried("p = payment", ROWS, project=False)[0] == [("a", "READ_ERROR")]


def test_a_field_may_come_from_what_its_element_reads_and_from_no_other_register() -> None:
    FIELDS["paid"] = {**MONEY, "title": "已支付", "x-source": ["record:payment"]}
    from app.domain.facts import LedgerSchema  # the fields of this test besides
    from tests.unit.engine import test_effecting

    before = test_effecting.SCHEMA
    fields = dict(before.fields)
    import json

    body = {"type": "object", "additionalProperties": False, "properties": FIELDS}
    test_effecting.SCHEMA = LedgerSchema.parse(json.dumps({"id": "records.project", "title": "台账", "schema": body}).encode())
    try:
        sets = says(reads="total = sum(payment.amount)", set="paid = total")
        run = Reader(lib(start(), node("exclusiveGateway", "g", "", sets), user("z"), chain("start", "g", "z")))
        assert run.written == {"paid": Decimal("7.50")}
        for wrong in (
            says(reads="total = sum(deal.amount)", set="paid = total"),
            says(reads="total = sum(payment.amount)", set="paid = total + other"),
        ):
            run = Reader(
                lib(start(), node("exclusiveGateway", "g", "", wrong), user("z"), chain("start", "g", "z")), variables={"other": 1}
            )
            assert (run.troubles, run.written) == ([("g", "FACT_ERROR")], {})
    finally:
        test_effecting.SCHEMA = before
        del FIELDS["paid"]
    assert dict(before.fields) == fields


@pytest.mark.parametrize(
    "text",
    [
        "payment",
        "n = sum(payment)",
        "n = payment.amount",
        "n = payment of bureau",
        "n = project of project",
        "n = payment where status",
        "n = payment; n = deal",
        "project = payment",
    ],
)
def test_what_cannot_be_read_is_refused_with_the_file(text: str) -> None:
    with pytest.raises(DiagramError) as refused:
        read(file(process(start(), user("a", says(reads=text)), end(), chain("start", "a", "end"))), "x.bpmn")
    assert {problem.code for problem in refused.value.problems} == {"DECLARATION"}


def test_the_stage_of_a_row_is_the_outermost_sub_process_around_its_element() -> None:
    inner = subprocess("inner", start("c"), user("a", says(record="deal")), end("f"), chain("c", "a", "f"))
    outer = subprocess("outer", start("b"), inner, end("e"), chain("b", "inner", "e"))
    run = Reader(lib(start(), outer, exclusive("g"), user("z"), chain("start", "outer", "g", "z")))
    run.complete("a", {"amount": 1})
    assert [row.stage for row in run.rows] == ["outer"]
