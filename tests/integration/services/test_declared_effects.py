"""Declared effects on the server: one act, one transaction; rows, history of facts, offices, and no way around."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.permissions import SYSTEM
from app.errors import Forbidden, NotFound, Outdated, Refused
from app.services import accounts, inbox, instances, jobs, messages, models, offices, projects, repair, trail
from app.store import ledger as stored
from app.store.tables import FactChangeRow, NotificationRow, ProjectOfficeRow, RecordRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d
from tests.unit.engine.test_ledger_names import decision

FIELDS: dict[str, Any] = {
    "route": {"type": "string", "title": "路径", "x-source": ["decision:route"]},
    "total": {**t.MONEY, "title": "合计", "x-source": ["job:count", {"message": "counted", "from": ["inspection.send"]}]},
    "implementer": {**t.OFFICE, "x-role": "implementer", "title": "承建单位", "x-source": ["decision:winner"]},
    "listed": {"type": "boolean", "title": "已列入", "x-source": ["path:permit.end"]},
}


def some(*names: str) -> dict[str, Any]:
    """Those of the fields that a test is about: what others come from would not be there."""
    return {name: FIELDS[name] for name in names}


DEAL = t.form(
    "records.deal",
    {
        "dealNo": {"type": "string", "x-number": {"series": "deal", "prefix": "成"}},
        "amount": t.MONEY,
        "route": {"type": "string", "x-value": "project.route"},
    },
    ("dealNo", "amount"),
)
PLAIN_DEAL = t.form(
    "records.deal", {"dealNo": {"type": "string", "x-number": {"series": "deal", "prefix": "成"}}, "amount": t.MONEY}, ("dealNo", "amount")
)
ROUTE = ("dmn/hill/route.dmn", decision("route", '{kind: "A"}'.replace('"', "&quot;")))


def changes(project: int) -> list[tuple[str, Any, Any, str, str, str]]:
    query = select(FactChangeRow).where(FactChangeRow.project_key == project).order_by(FactChangeRow.key)
    return [
        (row.field, row.before, row.after, f"{row.process_id}.{row.element_id}", row.right_kind, row.source)
        for row in db.session.execute(query).scalars()
    ]


def records(kind: str = "deal") -> list[RecordRow]:
    return list(db.session.execute(select(RecordRow).where(RecordRow.kind == kind).order_by(RecordRow.key)).scalars())


def whole() -> None:
    """A decision writes a field, a task makes a row, the end moves the phase, writes and tells."""
    body = (
        d.start("start", extensions=t.says(phase="declared")),
        d.rule("decide", "route", "route", t.says(set="route = route.kind")),
        t.task("deal", record="deal"),
        d.end("end", extensions=t.says(phase="approved", set="listed = true", notify="finance applicant")),
        d.chain("start", "decide", "deal", "end"),
    )
    t.deploy(ROUTE, DEAL, t.diagram(*body), fields=some("route", "listed"))


def test_one_act_moves_the_phase_writes_facts_makes_the_row_and_tells(cast: Cast) -> None:
    whole()
    project = t.begin(cast.alice)
    row = t.row(project)
    assert (row["phase"], row["facts"]["route"], row["version"]) == ("declared", "A", 1)
    t.complete(cast.fred, "deal", amount=Decimal("12.30"))
    row = t.row(project)
    assert (row["phase"], row["facts"]["listed"], row["version"]) == ("approved", True, 2)
    assert changes(project) == [
        ("phase", "draft", "declared", "permit.start", "phase", ""),
        ("route", None, "A", "permit.decide", "set", "decision:route"),
        ("phase", "declared", "approved", "permit.end", "phase", ""),
        ("listed", None, True, "permit.end", "set", "path:permit.end"),
    ]
    last = db.session.execute(select(FactChangeRow).order_by(FactChangeRow.key.desc())).scalars().first()
    assert (last.user_key, last.user_name, last.at, last.tenant) == (cast.fred.user, "冯财", NOW, "hill")
    (made,) = records()
    assert (made.data, made.amount) == ({"amount": Decimal("12.30"), "route": "A", "dealNo": "成2026-0001"}, Decimal("12.30"))
    assert (made.process_id, made.element_id, made.scope, made.item, made.round, made.superseded_at) == ("permit", "deal", 0, 0, 1, None)
    told = db.session.execute(select(NotificationRow.role, NotificationRow.office_key, NotificationRow.title)).all()
    assert set(told) == {("finance", 0, "end"), ("applicant", row["applicant_key"], "end")}
    assert trail.verify(SYSTEM).problems == []
    assert projects.view(cast.alice, project, NOW).records[0].data["dealNo"] == "成2026-0001"


def test_an_office_that_is_written_has_its_part_in_the_project_from_then_on(cast: Cast) -> None:
    key = offices.create(cast_admin(), "hill", "示例公司", NOW)
    winner = decision("winner", f'{{key: "{key}", name: "示例公司"}}'.replace('"', "&quot;"))
    t.deploy(
        ("dmn/hill/winner.dmn", winner),
        t.diagram(d.start(), t.task("open", "implementer"), t.task("go"), d.parallel("fork"), d.chain("start", "fork", "open"), d.chain("fork", "go"),
                  d.rule("decide", "winner", "w", t.says(set="implementer = w")), t.task("z"), d.chain("go", "decide", "z")),
        fields=some("implementer"),
    )  # fmt: skip
    project = t.begin(cast.alice)
    (person,) = accounts.create_users(SYSTEM, [("ivan", "易完", "hill", [("implementer", "示例公司")])], "$argon2id$x", NOW)
    ivan = accounts.actor(person, NOW)
    assert inbox.todo(ivan, NOW).items == []
    t.complete(cast.fred, "go")
    assert t.row(project)["offices"]["implementer"] == [[key, "示例公司"]]
    held = db.session.execute(select(ProjectOfficeRow.organisation_key).where(ProjectOfficeRow.role == "implementer")).scalars().all()
    assert held == [key]
    assert [line.element_id for line in inbox.todo(ivan, NOW).items] == ["open"]
    assert projects.view(ivan, project, NOW).project.key == project


def test_an_office_is_told_whatever_the_role_of_its_people(cast: Cast) -> None:
    t.deploy(t.diagram(d.start(), t.task("open", "finance", notify="=project.applicantOffice"), d.end(), d.chain("start", "open", "end")))
    t.begin(cast.alice)
    t.complete(cast.fred, "open")
    told = inbox.notifications(cast.alice, NOW).items
    assert ([line.title for line in told], inbox.counts(cast.alice, NOW).unread) == (["open"], 1)
    inbox.read_notification(cast.alice, told[0].key, NOW)
    assert (inbox.counts(cast.alice, NOW).unread, inbox.notifications(cast.fred, NOW).items) == (0, [])
    with pytest.raises(NotFound):
        inbox.read_notification(cast.fred, told[0].key, NOW)


def cast_admin() -> Any:
    return SYSTEM


def test_an_office_that_nobody_has_registered_is_an_incident_and_nobody_s(cast: Cast) -> None:
    winner = decision("winner", '{key: "4711", name: "影子公司"}'.replace('"', "&quot;"))
    t.deploy(
        ("dmn/hill/winner.dmn", winner),
        t.diagram(d.start(), d.rule("decide", "winner", "w", t.says(set="implementer = w")), t.task("z"), d.chain("start", "decide", "z")),
        fields=some("implementer"),
    )
    project = t.begin(cast.alice)
    assert "implementer" not in t.row(project)["offices"]
    (line,) = projects.view(cast.alice, project, NOW).instances
    assert [incident.type for incident in instances.view(cast.root, line.key, NOW).incidents] == ["FACT_ERROR"]


# ---------------------------------------------------------------------- ways around


def _worker(cast: Cast) -> None:
    """A worker that answers nothing cannot let a start variable of the name be written."""
    (job,) = jobs.take(cast.root, "count", NOW)
    jobs.complete(cast.root, job.key, {}, NOW)


def _other_variable(cast: Cast) -> None:
    (job,) = jobs.take(cast.root, "count", NOW)
    line = next(iter(instances_of()))
    repair.set_variables(cast.root, line, {"n": 7}, "改", NOW)
    jobs.complete(cast.root, job.key, {"m": 1}, NOW)


def instances_of() -> list[int]:
    from app.store.tables import ProcessInstanceRow

    return list(db.session.execute(select(ProcessInstanceRow.key)).scalars())


@pytest.mark.parametrize("way", [_worker, _other_variable])
def test_a_job_writes_only_what_it_answers(cast: Cast, way: Callable[[Cast], None]) -> None:
    body = (d.start(), d.service("w", "count", t.says(set="total = n")), t.task("z"), d.chain("start", "w", "z"))
    t.deploy(t.diagram(*body), fields={"total": {**FIELDS["total"], "x-source": ["job:count"]}})
    project = projects.start(cast.alice, "permit", "教育平台", NOW, variables={"n": 9})[0]
    way(cast)
    assert (t.row(project)["facts"].get("total"), changes(project)) == (None, [])


def test_a_message_from_outside_writes_nothing_and_one_of_our_own_does(cast: Cast) -> None:
    part = d.message("m", "counted", "=project.projectKey")
    sender = (
        d.start(),
        d.service(
            "send",
            "publish_message",
            d.headers(messageName="counted") + d.io({"correlationKey": "=project.projectKey", "variables": "={n: 5}"}),
        ),
        d.end("end", extensions=t.says(notify="finance")),
        d.chain("start", "send", "end"),
    )
    body = (d.start("start", extensions=t.says(phase="declared")), d.catch("c", d.on_message("m"), t.says(set="total = n")), t.task("z"),
            d.chain("start", "c", "z"))  # fmt: skip
    t.deploy(
        t.diagram(*body, parts=(part,)),
        t.diagram(*sender, process="inspection"),
        fields={"total": {**FIELDS["total"], "x-source": [{"message": "counted", "from": ["inspection.send"]}]}},
    )
    first, second = t.begin(cast.alice, name="甲"), t.begin(cast.alice, name="乙")
    with pytest.raises(Forbidden):
        messages.publish(cast.root, "counted", str(first), {"n": 99}, NOW, tenant="hill")
    assert t.row(first)["facts"].get("total") is None
    projects.start_process(cast.dora, second, "inspection", NOW)
    assert t.row(second)["facts"]["total"] == 5
    assert changes(second)[-1] == ("total", None, 5, "permit.c", "set", "message:counted")


def test_a_form_that_lets_somebody_type_what_a_message_makes_a_fact_is_refused_wherever_the_fact_is_set(cast: Cast) -> None:
    """The receiving diagram neither comes with the bundle nor names anything of it: the sender's form alone has changed."""
    sender = (
        d.start(),
        t.task("fill", form="fill"),
        d.service("send", "publish_message", d.headers(messageName="counted") + d.io({"correlationKey": "=project.projectKey", "variables": "={n: n}"})),
        d.end("end", extensions=t.says(notify="finance")),
        d.chain("start", "fill", "send", "end"),
    )  # fmt: skip
    body = (d.start("start", extensions=t.says(phase="declared")), d.catch("c", d.on_message("m"), t.says(set="total = n")), t.task("z"),
            d.chain("start", "c", "z"))  # fmt: skip
    shown = t.form("fill", {"n": {**t.MONEY, "readOnly": True}})
    t.deploy(
        t.diagram(*body, parts=(d.message("m", "counted", "=project.projectKey"),)),
        t.diagram(*sender, process="inspection"),
        shown,
        fields={"total": {**FIELDS["total"], "x-source": [{"message": "counted", "from": ["inspection.send"]}]}},
    )
    with pytest.raises(Refused) as refused:
        models.deploy(SYSTEM, [t.form("fill", {"n": t.MONEY})], NOW, reason="试")
    assert [(problem.element, "消息带来的 inspection.fill 的“n”(n),由人填写" in problem.message) for problem in refused.value.problems] == [
        ("c", True)
    ]


def test_an_administrator_changes_variables_and_no_fact(cast: Cast) -> None:
    whole()
    project = t.begin(cast.alice)
    (line,) = projects.view(cast.alice, project, NOW).instances
    repair.set_variables(cast.root, line.key, {"route": {"kind": "B"}, "listed": True, "total": 1}, "改", NOW)
    t.complete(cast.fred, "deal", amount=1)
    assert {name: t.row(project)["facts"].get(name) for name in ("route", "total")} == {"route": "A", "total": None}


def test_a_retry_books_nothing_twice(cast: Cast) -> None:
    body = (d.start(), t.task("deal", record="deal", notify="finance"), t.task("z"), d.chain("start", "deal", "z"))
    t.deploy(PLAIN_DEAL, t.diagram(*body))
    project = t.begin(cast.alice)
    t.complete(cast.fred, "deal", amount="七")
    (line,) = projects.view(cast.alice, project, NOW).instances
    incident = instances.view(cast.root, line.key, NOW).incidents[-1]
    assert incident.type == "RECORD_ERROR"
    repair.resolve(cast.root, incident.key, NOW)
    assert records() == []
    assert db.session.execute(select(NotificationRow)).all() == []
    repair.set_variables(cast.root, line.key, {"amount": 7}, "补", NOW)
    incident = next(one for one in instances.view(cast.root, line.key, NOW).incidents if one.resolved_at is None)
    repair.resolve(cast.root, incident.key, NOW)
    assert [row.data["dealNo"] for row in records()] == ["成2026-0001"], "no number was lost to the tries before"
    assert len(db.session.execute(select(NotificationRow)).all()) == 1


def test_an_act_that_comes_second_is_taken_again_with_what_the_first_wrote(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step is done anew from the start: no change, no number and no row of the first try is left."""
    whole()
    project = t.begin(cast.alice)
    real, tried = stored.save_project, []

    def late(*args: Any) -> bool:
        tried.append(args)
        return False if len(tried) == 1 else real(*args)

    monkeypatch.setattr(stored, "save_project", late)
    t.complete(cast.fred, "deal", amount=3)
    assert len(tried) == 2
    assert [row.data["dealNo"] for row in records()] == ["成2026-0001"]
    assert [change[0] for change in changes(project)] == ["phase", "route", "phase", "listed"]
    monkeypatch.setattr(stored, "save_project", lambda *args: False)
    other = t.begin
    with pytest.raises(Outdated):
        other(cast.alice, name="乙")


# ---------------------------------------------------------------------- connectors of the first release


def test_what_a_connector_writes_is_kept_as_a_change_too(cast: Cast) -> None:
    body = (
        d.start(),
        d.service("move", "move_phase", d.headers(phase="declared")),
        d.service("put", "update_project", d.io({"budget": "=12.5", "anything": "=1"})),
        d.service("again", "update_project", d.io({"budget": "=12.50"})),
        d.service("clear", "update_project", d.io({"anything": "=null"})),
        t.task("z"),
        d.chain("start", "move", "put", "again", "clear", "z"),
    )
    t.deploy(t.diagram(*body))
    project = t.begin(cast.alice)
    assert changes(project) == [
        ("phase", "draft", "declared", "permit.move", "connector", ""),
        ("budget", None, Decimal("12.5"), "permit.put", "connector", ""),
        ("anything", None, 1, "permit.put", "connector", ""),
        ("anything", 1, None, "permit.clear", "connector", ""),
    ]
    assert "anything" not in t.row(project)["facts"]


# ---------------------------------------------------------------------- what is refused at deployment


@pytest.mark.parametrize(
    ("element", "properties", "words"),
    [
        ("end", {"phase": "aproved"}, "是不是 approved?"),
        ("task", {"phase": "approved"}, "只能声明在子流程"),
        ("task", {"record": "dael"}, "是不是 deal?"),
        ("task", {"record": "project"}, "没有登记簿"),
        ("task", {"set": "lsted = true"}, "是不是 listed?"),
        ("task", {"set": "listed = true"}, "path:permit.end"),
        ("end", {"set": "budget = 1"}, "没有登记可以写入它的来源"),
        ("end", {"set": "phase = 1"}, "平台登记"),
        ("end", {"set": "listed = tru("}, "FEEL"),
        ("end", {"set": "listed"}, "台账字段 = FEEL"),
        ("end", {"set": "listed = true; listed = false"}, "写了两次"),
        ("end", {"notify": "finanse"}, "是不是 finance?"),
    ],
)
def test_what_there_is_not_is_refused_by_element_and_name(hill: object, element: str, properties: dict[str, str], words: str) -> None:
    body = (
        d.start(),
        t.task("task", **(properties if element == "task" else {})),
        d.end("end", extensions=t.says(**properties) if element == "end" else ""),
        d.chain("start", "task", "end"),
    )
    with pytest.raises(Refused) as refused:
        t.deploy(PLAIN_DEAL, t.diagram(*body), fields=some("listed"))
    found = [problem for problem in refused.value.problems if problem.element == element]
    assert [problem for problem in found if words in problem.message], refused.value.problems


def test_a_set_in_a_loop_and_one_from_another_decision_are_refused(hill: object) -> None:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=[1]"/>'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    inner = d.subprocess("sub", d.start("b"), d.rule("r", "route", "route", t.says(set="route = route.kind")), d.chain("b", "r"), loop=loop)
    with pytest.raises(Refused, match="多实例"):
        t.deploy(ROUTE, t.diagram(d.start(), inner, d.end(), d.chain("start", "sub", "end")), fields=some("route"))
    other = d.rule("r", "permit_gate", "route", t.says(set="route = route.kind"))
    with pytest.raises(Refused, match="decision:route"):
        t.deploy(ROUTE, t.diagram(d.start(), other, d.end(), d.chain("start", "r", "end")), fields=some("route"))


def test_a_field_that_a_deployed_diagram_writes_does_not_vanish_from_the_ledger(hill: object) -> None:
    whole()
    with pytest.raises(Refused) as refused:
        t.deploy(fields=some("listed"))
    assert {problem.element for problem in refused.value.problems} == {"decide"}
