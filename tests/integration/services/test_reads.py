"""Registers are read in the act, as they are at that moment: earlier acts, this act, this project or the whole district, and nobody else's."""

from decimal import Decimal
from typing import Any

import pytest

from app.errors import InvalidForm, Refused
from app.services import inbox, instances, projects, tasks
from app.store.tables import db
from tests.integration.districts.test_statements import sent
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

PAYMENT = t.form("records.payment", {"amount": t.MONEY, "note": {"type": "string"}}, ("amount",))
PAID: dict[str, Any] = {"paid": {**t.MONEY, "title": "已支付", "x-source": ["record:payment"]}}


def gateway(id: str, **properties: str) -> str:
    return d.node("exclusiveGateway", id, "", t.says(**properties))


def paying(scope: str = "project", fields: dict[str, Any] | None = PAID) -> None:
    """Payments one after the other; behind each the sum becomes the ledger's."""
    body = (
        d.start(),
        t.task("pay", record="payment"),
        gateway(
            "sum", reads=f"total = sum(payment.amount of {scope}); all = payment of {scope}", **({"set": "paid = total"} if fields else {})
        ),
        d.end("end"),
        d.chain("start", "pay", "sum"),
        d.flow("sum", "pay", "=total < 100"),
        d.flow("sum", "end", "=total >= 100"),
    )
    t.deploy(PAYMENT, t.diagram(*body), fields=fields)


def test_a_sum_counts_what_was_entered_before_and_in_this_very_act(cast: Cast) -> None:
    paying()
    project = t.begin(cast.alice)
    for amount, total in ((Decimal("30.10"), Decimal("30.10")), (20, Decimal("50.10")), (60, Decimal("110.10"))):
        done = t.complete(cast.fred, "pay", amount=amount)
        assert t.row(project)["facts"]["paid"] == total
    assert done.state == "completed"


def test_a_project_reads_its_own_rows_and_a_district_all_of_its_own(cast: Cast) -> None:
    paying()
    first, second = t.begin(cast.alice, name="甲"), t.begin(cast.alice, name="乙")
    open_now = {line.project_key: line.key for line in _todo(cast)}
    _pay(cast, open_now[first], 40)
    _pay(cast, open_now[second], 7)
    assert (t.row(first)["facts"]["paid"], t.row(second)["facts"]["paid"]) == (40, 7)
    paying("district")
    third = t.begin(cast.alice, name="丙")
    _pay(cast, {line.project_key: line.key for line in _todo(cast)}[third], 3)
    assert t.row(third)["facts"]["paid"] == 50


def _todo(cast: Cast) -> Any:
    return inbox.todo(cast.fred, NOW).items


def _pay(cast: Cast, task: int, amount: int) -> None:
    tasks.complete(cast.fred, task, {"amount": amount}, NOW)


def test_a_variable_of_the_name_does_not_stand_in_for_what_is_read(cast: Cast) -> None:
    paying()
    project = projects.start(cast.alice, "permit", "教育平台", NOW, variables={"total": 999, "all": []})[0]
    t.complete(cast.fred, "pay", amount=5, total=999)
    assert t.row(project)["facts"]["paid"] == 5


def test_each_register_is_one_statement_however_often_it_is_named(cast: Cast) -> None:
    paying()
    t.begin(cast.alice)
    task = t.open_task(cast.fred, "pay")
    with sent(db.engine) as seen:
        _pay(cast, task, 5)
    assert len([text for text in seen if "FROM records" in text]) == 1


def test_without_a_project_only_the_district_can_be_read(cast: Cast) -> None:
    body = (d.start(), gateway("g", reads="n = count(payment)"), t.task("z"), d.chain("start", "g", "z"))
    t.deploy(PAYMENT, t.diagram(*body, process="loose"))
    line = instances.create(cast.root, "loose", {}, NOW)
    assert [incident.type for incident in instances.view(cast.root, line.key, NOW).incidents] == ["READ_ERROR"]


@pytest.mark.parametrize(
    ("reads", "words"),
    [
        ("n = count(paymnet)", "是不是 payment?"),
        ("n = sum(payment.amuont)", "是不是 amount?"),
        ("n = count(payment where nate = 1)", "是不是 note?"),
        ("n = count(project)", "没有决策表 visibility"),
        ("n = sum(project.budgt)", "是不是 budget?"),
    ],
)
def test_a_register_or_field_that_there_is_not_is_refused(hill: object, reads: str, words: str) -> None:
    body = (d.start(), t.task("a", reads=reads), d.end("end"), d.chain("start", "a", "end"))
    with pytest.raises(Refused) as refused:
        t.deploy(PAYMENT, t.diagram(*body))
    assert [problem for problem in refused.value.problems if problem.element == "a" and words in problem.message]


def test_only_decisions_tasks_and_gateways_read(hill: object) -> None:
    body = (d.start(), t.task("a"), d.end("end", extensions=t.says(reads="n = count(payment)")), d.chain("start", "a", "end"))
    with pytest.raises(Refused) as refused:
        t.deploy(PAYMENT, t.diagram(*body))
    assert [problem.element for problem in refused.value.problems] == ["end"]


def test_a_field_whose_source_is_another_register_is_refused(hill: object) -> None:
    other = t.form("records.other", {"amount": t.MONEY})
    wrong = gateway("g", reads="n = sum(other.amount)", set="paid = n")
    body = (d.start(), t.task("pay", record="payment"), wrong, d.end("end"), d.chain("start", "pay", "g", "end"))
    with pytest.raises(Refused) as refused:
        t.deploy(PAYMENT, other, t.diagram(*body), fields=PAID)
    assert [problem for problem in refused.value.problems if problem.element == "g" and "record:payment" in problem.message]


LIMIT = {"id": "limit", "when": "total + amount > 100", "message": "累计超过一百", "field": "amount"}


def asking() -> None:
    """A payment whose form shows what has been paid and compares with it as it is when it is handed in."""
    form = t.form("permit.pay", {"amount": t.MONEY, "total": {**t.MONEY, "readOnly": True}}, ("amount",), **{"x-checks": [LIMIT]})
    register = t.form("records.payment", {"amount": t.MONEY}, ("amount",))
    body = (
        d.start(),
        t.task("pay", form="permit.pay", record="payment", reads="total = sum(payment.amount of district)"),
        d.end("end"),
        d.chain("start", "pay", "end"),
    )
    t.deploy(register, form, t.diagram(*body))


def test_a_form_shows_what_its_task_reads_and_its_checks_read_it_again(cast: Cast) -> None:
    asking()
    keys = {
        project: next(line.key for line in _todo(cast) if line.project_key == project)
        for project in (t.begin(cast.alice, name="甲"), t.begin(cast.alice, name="乙"))
    }
    first, second = keys.values()
    assert tasks.view(cast.fred, second, NOW).data["total"] == 0
    tasks.complete(cast.fred, first, {"amount": 60, "total": 0}, NOW)
    assert tasks.view(cast.fred, second, NOW).data["total"] == 60
    with pytest.raises(InvalidForm) as refused:
        tasks.complete(cast.fred, second, {"amount": 41}, NOW)
    assert [(problem.path, problem.message) for problem in refused.value.problems] == [("amount", "累计超过一百")]
    with pytest.raises(InvalidForm) as refused:
        tasks.complete(cast.fred, second, {"amount": 40, "total": 0}, NOW)  # what is only shown is not said anew
    assert refused.value.problems[0].path == "total"
    assert tasks.complete(cast.fred, second, {"amount": 40, "total": 60}, NOW).state == "completed"
