"""Facts that were imported or migrated: null to gates until an owner confirms them, who that is, and what the confirmation leaves behind."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.acts.ledger import StoredLedger
from app.acts.transaction import open_project
from app.catalogue import owners, snapshot
from app.domain.fact_changes import FactOrigin
from app.domain.facts import Right, RightKind
from app.domain.permissions import SYSTEM
from app.errors import Conflict, Failure, Forbidden, InvalidForm, NotFound
from app.services import confirming, projects, pump, repair, tasks, trail
from app.store.tables import AuditEntryRow, FactChangeRow, IncidentRow, WaitRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

MARK = {"x-ledger": True}
TEXT = {"type": "string"}
HOUSE = d.end("end", extensions=t.says(notify="finance"))
FIELDS: dict[str, Any] = {
    "planned": {**TEXT, "title": "计划", "x-owner": ["permit.pay"]},
    "builder": {**t.OFFICE, "title": "承建单位", "x-role": "implementer", "x-owner": ["applicant"]},
}
OVER = {"when": "budget > project.planBudget", "message": "超过计划", "field": "budget"}
MIGRATED = Right(kind=RightKind.MIGRATED)
IMPORTED = Right(kind=RightKind.IMPORT, creates=True)


def migrate(project: int, values: Mapping[str, Any], right: Right = MIGRATED) -> None:
    """What a migration of the project's instance finds, as it writes it."""
    with open_project(project, SYSTEM) as row:
        ledger = StoredLedger(snapshot.library("hill"), row, 0, NOW, actor=SYSTEM)
        ledger.write_facts(values, FactOrigin(process_id="permit", right=right))
        ledger.write()


def simple(cast: Cast) -> int:
    """A project of the school board with a payment to be made, whose budget and scheme were migrated."""
    t.deploy(
        t.form("pay", {"budget": {**t.MONEY, "readOnly": True}, "scheme": {**TEXT, "readOnly": True}, "note": TEXT}),
        t.diagram(d.start(), t.task("pay", form="pay"), HOUSE, d.chain("start", "pay", "end")),
        fields=FIELDS,
    )
    project = t.begin(cast.alice)
    migrate(project, {"budget": Decimal("12.30"), "scheme": "方案一", "planned": "甲"})
    return project


def confirm(actor: Any, project: int, field: str = "budget", version: int | None = None) -> Any:
    return confirming.confirm(actor, project, field, t.row(project)["version"] if version is None else version, NOW)


def changes(project: int, field: str) -> list[tuple[Any, ...]]:
    query = select(FactChangeRow).where(FactChangeRow.project_key == project, FactChangeRow.field == field).order_by(FactChangeRow.key)
    return [
        (row.before, row.after, row.right_kind, row.role, row.user_name, row.root_key, row.project_version)
        for row in db.session.execute(query).scalars()
    ]


def audited() -> list[AuditEntryRow]:
    return list(db.session.execute(select(AuditEntryRow).where(AuditEntryRow.action == "project.confirm")).scalars())


# ---------------------------------------------------------------------- the act


def test_an_owner_confirms_in_one_act_that_history_and_audit_keep(cast: Cast) -> None:
    project = simple(cast)
    before = t.row(project)
    assert (before["unconfirmed"], before["facts"]["budget"]) == (["budget", "planned", "scheme"], Decimal("12.30"))
    said = confirm(cast.fred, project)
    assert (said.name, said.title, said.value) == ("budget", "预算", Decimal("12.30"))
    after = t.row(project)
    assert after == {**before, "unconfirmed": ["planned", "scheme"], "version": before["version"] + 1, "updated_at": after["updated_at"]}
    assert changes(project, "budget") == [
        (None, Decimal("12.30"), "migrated", "", "系统", None, before["version"]),
        (Decimal("12.30"), Decimal("12.30"), "confirmed", "finance", "冯财", None, before["version"] + 1),
    ]
    (entry,) = audited()
    assert (entry.chain, entry.project_key, entry.tenant, entry.user_name, entry.subject) == (project, project, "hill", "冯财", "budget")
    assert entry.details == {"field": "budget", "value": Decimal("12.30"), "role": "finance"}
    confirm(cast.fred, project, "planned")
    assert [one.number for one in audited()] == [1, 2]
    assert trail.verify(SYSTEM).problems == []


def test_confirming_counts_as_a_change_for_what_depends_on_the_fact(cast: Cast) -> None:
    by_scheme = '<zeebe:taskSchedule dueDate="=if project.scheme = null then null else workingDaysAfter(today(), 3)"/>'
    t.deploy(t.diagram(d.start(), t.task("pay", extensions=by_scheme), HOUSE, d.chain("start", "pay", "end")))
    project = t.begin(cast.alice)
    migrate(project, {"scheme": "甲", "budget": 5})
    waiting = select(WaitRow).where(WaitRow.kind == "recount")
    confirm(cast.fred, project)
    assert db.session.execute(waiting).all() == [], "nothing there asks for the budget"
    confirm(cast.alice, project, "scheme")
    (row,) = db.session.execute(waiting).scalars()
    assert [(one["field"], one["title"], one["by"]) for one in row.memo["changes"]] == [("scheme", "方案", "教育局艾丽")]
    assert (pump.pump(NOW).timers, db.session.execute(waiting).all()) == (1, [])


# ---------------------------------------------------------------------- who may


def test_only_an_owner_may_and_whoever_may_not_see_the_project_learns_nothing(cast: Cast) -> None:
    project = simple(cast)
    seen: list[tuple[str, str, str, str]] = []
    for name in ("bob", "alice", "dora", "root", "ann", "val"):
        for field in ("budget", "scheme", "nothing"):
            try:
                confirm(getattr(cast, name), project, field)
            except Failure as refused:
                seen.append((name, field, type(refused).__name__, str(refused.code)))
            else:
                seen.append((name, field, "done", ""))
    assert seen == [
        ("bob", "budget", "NotFound", "NOT_FOUND"), ("bob", "scheme", "NotFound", "NOT_FOUND"), ("bob", "nothing", "NotFound", "NOT_FOUND"),
        ("alice", "budget", "Forbidden", "FACT_OWNER"), ("alice", "scheme", "done", ""), ("alice", "nothing", "NotFound", "NOT_FOUND"),
        ("dora", "budget", "Forbidden", "FACT_OWNER"), ("dora", "scheme", "Forbidden", "FACT_OWNER"), ("dora", "nothing", "NotFound", "NOT_FOUND"),
        ("root", "budget", "Forbidden", "ADMINISTRATOR"), ("root", "scheme", "Forbidden", "ADMINISTRATOR"), ("root", "nothing", "NotFound", "NOT_FOUND"),
        ("ann", "budget", "NotFound", "NOT_FOUND"), ("ann", "scheme", "NotFound", "NOT_FOUND"), ("ann", "nothing", "NotFound", "NOT_FOUND"),
        ("val", "budget", "NotFound", "NOT_FOUND"), ("val", "scheme", "NotFound", "NOT_FOUND"), ("val", "nothing", "NotFound", "NOT_FOUND"),
    ]  # fmt: skip
    assert t.row(project)["unconfirmed"] == ["budget", "planned"]
    assert [entry.user_name for entry in audited()] == ["艾丽"]
    with pytest.raises(Forbidden, match="这一项由本项目的“财政局”核实"):
        confirm(cast.dora, project)
    with pytest.raises(NotFound, match="没有此项目"):
        confirm(cast.fred, project + 1, version=0)
    with pytest.raises(Forbidden):
        confirm(SYSTEM, project)


def test_what_is_confirmed_already_or_has_changed_since_the_page_was_drawn_is_a_conflict(cast: Cast) -> None:
    project = simple(cast)
    seen = t.row(project)["version"]
    migrate(project, {"budget": 13})
    with pytest.raises(Conflict) as refused:
        confirm(cast.fred, project, version=seen)
    assert (refused.value.code, "刷新页面" in refused.value.message) == ("OUTDATED", True)
    assert (t.row(project)["unconfirmed"], audited()) == (["budget", "planned", "scheme"], [])
    confirm(cast.fred, project)
    with pytest.raises(Conflict) as refused:
        confirm(cast.fred, project, version=seen)
    assert (refused.value.code, "“预算”(budget)不是待核实的内容" in refused.value.message) == ("CONFIRMED", True)
    assert (len(audited()), len(changes(project, "budget"))) == (1, 3)


# ---------------------------------------------------------------------- whose a fact is

LANES = (
    '<bpmn:laneSet id="set"><bpmn:lane id="lane_data_bureau__permit" name="数据局"><bpmn:flowNodeRef>sums</bpmn:flowNodeRef><bpmn:flowNodeRef>stop</bpmn:flowNodeRef>'
    '</bpmn:lane><bpmn:lane id="lane_several" name="几家单位"><bpmn:flowNodeRef>checked</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
)


def test_a_fact_that_nobody_types_belongs_to_whoever_its_sources_name(cast: Cast) -> None:
    fields = {
        **FIELDS,
        "agreed": {**TEXT, "title": "同意", "x-source": ["approval:permit.check", {"decision": "sums", "from": ["permit.apply"]}]},
        "given": {"type": "number", "title": "所报", "x-source": {"decision": "sums", "from": ["permit.apply"]}},
        "summed": {"type": "number", "title": "合计", "x-source": ["decision:sums"]},
        "stopped": {"type": "boolean", "title": "停止", "x-source": ["path:permit.stop"]},
        "passed": {"type": "boolean", "title": "通过", "x-source": ["path:permit.checked"]},
        "left": {"type": "boolean", "title": "离开", "x-source": ["path:permit.left"]},
        "foreign": {**TEXT, "title": "外来", "x-source": ["import"]},
    }
    sums = d.rule("sums", "sums", "sums", t.says(set="summed = sums.a; given = sums.a"))
    table = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="s" name="s" namespace="http://example.org/s"><decision id="sums" name="sums">'
        '<variable name="sums"/><literalExpression><text>{a: 1}</text></literalExpression></decision></definitions>'
    )
    permit = t.diagram(
        LANES,
        d.start(),
        t.task("apply", "applicant", form="apply"),
        sums,
        t.task("check", "data_bureau_leader", form="check", approves="agreement", approvesWhen="ok = true"),
        d.exclusive("which", "good"),
        d.throw("checked", extensions=t.says(set='passed = true; agreed = approvedValue("permit.check", "agreement")')),
        d.end("stop", extensions=t.says(set="stopped = true")),
        d.subprocess("stage", d.start("s"), t.task("later"), d.end("se"), d.chain("s", "later", "se")),
        d.exclusive("then", "stay"),
        d.end("left", extensions=t.says(set="left = true")),
        HOUSE,
        d.chain("start", "apply", "sums", "check", "which"),
        d.flow("which", "stage", id="good"),
        d.chain("stage", "then"),
        d.flow("then", "checked", id="stay"),
        d.flow("then", "left", "=ok = true"),
        d.flow("which", "stop", "=ok = false"),
        d.chain("checked", "end"),
    )
    t.deploy(
        t.form("apply", {"agreement": TEXT}),
        t.form("check", {"agreement": {**TEXT, "readOnly": True}, "ok": {"type": "boolean"}}),
        ("dmn/hill/sums.dmn", table.encode()),
        permit,
        fields={**fields, "planned": {**TEXT, "title": "计划", "x-owner": ["permit.apply", "finance"]}},
    )
    library = snapshot.library("hill")
    assert library.ledger is not None
    found = {name: owners.of(library, field) for name, field in library.ledger.fields.items()}
    assert found == {
        "projectKey": (), "phase": (), "applicantOffice": (), "foreign": (),
        "projectName": ("applicant",), "scheme": ("applicant",), "builder": ("applicant",), "budget": ("finance",), "planned": ("applicant", "finance"),
        "agreed": ("data_bureau_leader",),  # who approves, before those whose words a decision weighs
        "given": ("applicant",),
        "summed": ("data_bureau",),
        "stopped": ("data_bureau",),
        "passed": ("data_bureau_leader",),  # its lane is no role: whose approval it writes down
        "left": ("finance",),  # it has no lane and writes no approval: whose task leads there, through the stage
    }  # fmt: skip
    assert owners.of(library, library.ledger.fields["summed"]) is owners.of(library, library.ledger.fields["summed"]), (
        "told once a catalogue"
    )


# ---------------------------------------------------------------------- until then, and from then on


def test_a_gate_waits_for_the_owner_and_other_places_do_not(cast: Cast) -> None:
    shown = '<zeebe:ioMapping><zeebe:input source="=project.budget" target="seen"/></zeebe:ioMapping>'
    t.deploy(
        t.diagram(
            d.start(), t.task("pay", extensions=shown), d.exclusive("which", "no"), t.task("much"), t.task("little"), HOUSE,
            d.chain("start", "pay", "which"), d.flow("which", "much", "=project.budget > 10"), d.flow("which", "little", id="no"), d.chain("much", "end"),
        )
    )  # fmt: skip
    project = t.begin(cast.alice)
    migrate(project, {"budget": 12})
    assert t.shown(cast.fred, "pay").get("seen") is None, "it was entered before"
    t.complete(cast.fred, "pay")
    (incident,) = db.session.execute(select(IncidentRow).where(IncidentRow.closed_at.is_(None))).scalars()
    assert "台账中的“预算”待核实" in incident.message
    confirm(cast.fred, project)
    repair.resolve(cast.root, incident.key, NOW)
    assert t.open_task(cast.fred, "much")
    assert trail.verify(SYSTEM).problems == []


def test_a_check_of_a_form_says_what_is_to_be_confirmed_and_lets_it_pass_then(cast: Cast) -> None:
    check = {"when": "note > project.budget", "message": "超过预算", "field": "note"}
    t.deploy(
        t.form("pay", {"note": {"type": "number"}}, **{"x-checks": [check]}),
        t.diagram(d.start(), t.task("pay", form="pay"), HOUSE, d.chain("start", "pay", "end")),
    )
    project = t.begin(cast.alice)
    migrate(project, {"budget": 12}, IMPORTED)
    with pytest.raises(InvalidForm) as refused:
        t.complete(cast.fred, "pay", note=11)
    (problem,) = refused.value.problems
    assert (problem.code, "台账中的“预算”待核实" in problem.message) == ("CHECK_UNDECIDED", True)
    confirm(cast.fred, project)
    t.complete(cast.fred, "pay", note=11)
    assert [line.state for line in projects.view(cast.fred, project, NOW).instances] == ["completed"]


@pytest.mark.parametrize("budget", [12, 15])
def test_an_owner_who_hands_a_marked_field_in_has_confirmed_it(cast: Cast, budget: int) -> None:
    t.deploy(
        t.form("pay", {"budget": {**t.MONEY, **MARK}, "scheme": {**TEXT, "readOnly": True}}),
        t.diagram(
            d.start(), t.task("pay", form="pay"), d.exclusive("which", "no"), t.task("much"), t.task("little"), HOUSE,
            d.chain("start", "pay", "which"), d.flow("which", "much", "=project.budget > 10"), d.flow("which", "little", id="no"), d.chain("much", "end"),
        ),
    )  # fmt: skip
    project = t.begin(cast.alice)
    migrate(project, {"budget": 12, "scheme": "甲"})
    task = t.open_task(cast.fred, "pay")
    page = tasks.view(cast.fred, task, NOW)
    assert (page.data, page.unconfirmed) == ({"budget": 12, "scheme": "甲"}, {"budget": "迁移", "scheme": "迁移"})
    done = tasks.complete(cast.fred, task, {"budget": budget, "scheme": "甲"}, NOW, ledger_version=page.ledger_version)
    assert (done.incidents, t.open_task(cast.fred, "much") > 0) == ((), True), "the gate of the same act sees it"
    assert (t.row(project)["unconfirmed"], t.row(project)["facts"]["budget"]) == (["scheme"], budget)
    (_, (before, after, right, role, *_)) = changes(project, "budget")
    assert (before, after, right, role) == (12, budget, "confirmed" if budget == 12 else "form", "finance")


def test_what_was_not_there_when_the_form_was_drawn_and_is_left_away_is_not_confirmed(cast: Cast) -> None:
    t.deploy(
        t.form("pay", {"budget": {**t.MONEY, **MARK}, "note": TEXT}),
        t.diagram(d.start(), t.task("pay", form="pay"), HOUSE, d.chain("start", "pay", "end")),
    )
    project = t.begin(cast.alice)
    migrate(project, {"budget": 12})
    t.complete(cast.fred, "pay", note="注")
    assert (t.row(project)["unconfirmed"], t.row(project)["facts"]["budget"]) == (["budget"], 12)


# ---------------------------------------------------------------------- the page


def test_the_page_tells_what_waits_for_whom_and_the_history_how_it_came(cast: Cast) -> None:
    project = simple(cast)
    migrate(project, {"builder": None, "scheme": "方案二"}, IMPORTED)
    view = projects.view(cast.alice, project, NOW)
    assert view.version == t.row(project)["version"]
    assert [(one.name, one.title, one.value, one.origin, one.by, list(one.owners), one.may.allowed) for one in view.unconfirmed] == [
        ("budget", "预算", "12.30", "迁移", "系统", ["财政局"], False),
        ("scheme", "方案", "方案二", "导入", "系统", ["申报单位"], True),
        ("planned", "计划", "甲", "迁移", "系统", ["财政局"], False),
    ]
    confirm(cast.alice, project, "scheme")
    after = projects.view(cast.alice, project, NOW)
    assert [one.name for one in after.unconfirmed] == ["budget", "planned"]
    told = [(one.title, one.before, one.after, one.how, one.person, one.role_title, one.confirmed) for one in after.changes[:2]]
    assert told == [
        ("方案", "方案二", "方案二", "核实无误", "艾丽", "申报单位", True),
        ("方案", "方案一", "方案二", "导入", "系统", "", False),
    ]
    assert {fact.name: fact.unconfirmed for fact in after.project.shown} == {"budget": True, "scheme": False}
