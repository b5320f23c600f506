"""A sign-off is an office's: only its people with the role see and do it; where nobody can, the administrator sees what is missing, until somebody is there."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.acts.candidates import candidates
from app.domain.permissions import SYSTEM, Actor
from app.errors import Conflict, Forbidden, Refused
from app.services import accounts, inbox, instances, offices, people, projects, returns, tasks, unattended
from app.services.tasks import TaskFilter
from app.store import accounts as stored
from app.store import ledger
from app.store.tables import ApprovalRow, NotificationRow, RecordRow, TaskCandidateRow, UserTaskRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

pytestmark = pytest.mark.one_database

HASH = "$argon2id$not-a-password"
ASK = t.form("ask", {"offices": {"type": "array", "items": {}}})
OPINION = t.form("opinion", {"verdict": {"type": "string"}})
REGISTER = t.form("records.opinion", {"verdict": {"type": "string"}})
LOOP = d.loop("=offices", "asked", "verdicts", "=verdict")
SIGN: dict[str, str] = {"office": "=asked", "record": "opinion"}
READS = {"reads": "opinions = opinion of project"}
SEEN = d.io(outputs={"seen": "=opinions"})


def deploy(role: str = "applicant", loop: str = LOOP, after: Sequence[str] = (), **more: str) -> None:
    """The bureau names offices, each of which gives its opinion; the leader then sees them all."""
    body = (
        d.start(),
        t.task("ask", "data_bureau", form="ask"),
        t.task("sign", role, form="opinion", loop=loop, **{**SIGN, **more}),
        t.task("end_task", "data_bureau_leader", extensions=SEEN, **READS, returnTo="ask sign"),
        t.task("last", "data_bureau"),
        d.end("end"),
        d.chain("start", "ask", "sign", "end_task", "last", "end"),
    )
    t.deploy(ASK, OPINION, REGISTER, t.diagram(*body))


def office(name: str) -> dict[str, str]:
    return {"key": str(stored.organisations("hill")[name]), "name": name}


def ask(cast: Cast, *given: Any) -> int:
    project = t.begin(cast.alice)
    t.complete(cast.dora, "ask", offices=list(given))
    return project


def signs(actor: Actor) -> list[str]:
    return [line.office for line in inbox.todo(actor, NOW).items if line.element_id == "sign"]


def key_of(name: str) -> int:
    return next(
        row.key for row in db.session.execute(select(UserTaskRow).where(UserTaskRow.state == "open", UserTaskRow.office == name)).scalars()
    )


def missing(cast: Cast) -> dict[str, tuple[str, ...]]:
    return {line.line.office: line.missing for line in unattended.listing(cast.root, NOW).items}


def hire(username: str, name: str, role: str, office: str) -> Actor:
    (key,) = accounts.create_users(SYSTEM, [(username, name, "hill", [(role, office)])], HASH, NOW)
    return accounts.actor(key, NOW)


def test_each_office_has_its_own_and_nobody_else_sees_it(cast: Cast) -> None:
    deploy()
    ask(cast, office("教育局"), office("水利局"))
    assert (signs(cast.alice), signs(cast.bob), signs(cast.fred), signs(cast.dora)) == (["教育局"], ["水利局"], [], [])
    found = tasks.search(cast.bob, TaskFilter(element_id="sign", state="open"), NOW).items
    assert [line.office for line in found] == ["水利局"]
    assert inbox.counts(cast.bob, NOW).todo == 1
    water = key_of("水利局")
    for way in (lambda: tasks.complete(cast.alice, water, {"verdict": "同意"}, NOW), lambda: tasks.claim(cast.alice, water, NOW),
                lambda: tasks.save_draft(cast.alice, water, {"verdict": "同"}, NOW)):  # fmt: skip
        with pytest.raises(Forbidden) as refused:
            way()
        assert (refused.value.code, str(refused.value)) == ("OFFICE_MISMATCH", "此事项由水利局的“申报单位”办理,不属于您所在的单位")
    with pytest.raises(Forbidden):  # the project is another office's, and so is the task
        tasks.view(cast.bob, key_of("教育局"), NOW)
    page = tasks.view(cast.bob, water, NOW)
    assert (page.may.allowed, page.may.reason) == (True, "您是水利局的申报单位")


def test_what_is_said_carries_the_office(cast: Cast) -> None:
    deploy(approves="offices", approvesWhen='verdict = "同意"')
    ask(cast, office("教育局"), office("水利局"))
    t.complete(cast.bob, "sign", verdict="同意")
    t.complete(cast.alice, "sign", verdict="不同意")
    rows = db.session.execute(select(RecordRow).order_by(RecordRow.key)).scalars().all()
    assert [(row.data["verdict"], row.office, row.office_key) for row in rows] == [
        ("同意", "水利局", int(office("水利局")["key"])), ("不同意", "教育局", int(office("教育局")["key"])),
    ]  # fmt: skip
    approvals = db.session.execute(select(ApprovalRow).order_by(ApprovalRow.key)).scalars().all()
    assert [(row.office, row.role, row.holds) for row in approvals] == [("水利局", "applicant", True), ("教育局", "applicant", False)]
    t.complete(cast.lea, "end_task")
    seen = t.shown(cast.dora, "last")["seen"]
    assert [(row["office"], row["verdict"]) for row in seen] == [(office("水利局"), "同意"), (office("教育局"), "不同意")]


def test_a_row_of_this_act_carries_it_too(cast: Cast) -> None:
    """A gateway right behind the opinion reads it in the same act."""
    reads = "mine = count(opinion of project where office = asked)"
    body = (d.start(), t.task("ask", "data_bureau", form="ask"), t.task("sign", "applicant", form="opinion", office="=offices[1]", record="opinion"),
            d.exclusive("which", "no"), t.task("seen", "data_bureau"), d.end("end"), d.end("other"), d.chain("start", "ask", "sign", "which"),
            d.flow("which", "other", id="no"), d.flow("which", "seen", "=mine = 1"), d.flow("seen", "end"))  # fmt: skip
    reading = d.exclusive("which", "no").replace(
        "</bpmn:exclusiveGateway>", d.ext(t.says(reads=reads.replace("asked", "offices[1]"))) + "</bpmn:exclusiveGateway>"
    )
    t.deploy(ASK, OPINION, REGISTER, t.diagram(*(reading if "exclusiveGateway" in part else part for part in body)))
    ask(cast, office("水利局"))
    t.complete(cast.bob, "sign", verdict="同意")
    assert t.open_task(cast.dora, "seen")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (None, "流程写明由一家单位办理，但没有指定单位（表达式得到空值）"),
        ({"key": "77", "name": "幽灵局"}, "登记的单位中没有“幽灵局”（编号 77）"),
        ({"key": "sc_sbdw", "name": "某局"}, "流程写明由一家单位办理，但“某局”不是登记的单位"),
        ({"key": "9" * 30, "name": "某局"}, "流程写明由一家单位办理，但“某局”不是登记的单位"),
    ],
)
def test_no_office_of_the_register_stands_with_the_administrator(cast: Cast, given: Any, told: str) -> None:
    deploy()
    ask(cast, given)
    name = given["name"] if given else ""
    assert missing(cast) == {name: (told,)}
    assert all(signs(actor) == [] for actor in (cast.alice, cast.bob, cast.fred, cast.dora))
    key = unattended.listing(cast.root, NOW).items[0].line.key
    with pytest.raises(Forbidden) as refused:
        tasks.complete(cast.alice, key, {"verdict": "同意"}, NOW)
    assert refused.value.code == ("OFFICE_MISMATCH" if (given or {}).get("key") == "77" else "NO_OFFICE")
    assert [
        row.key for row in db.session.execute(select(stored.OrganisationRow).where(stored.OrganisationRow.name == name)).scalars()
    ] == []


def test_an_empty_office_is_told_and_its_task_appears_when_somebody_is_there(cast: Cast) -> None:
    offices.create(SYSTEM, "hill", "档案局", NOW)
    deploy()
    ask(cast, office("档案局"))
    assert missing(cast) == {"档案局": ("档案局没有人担任“申报单位”",)}
    ivy = hire("ivy", "艾维", "applicant", "档案局")
    assert (signs(ivy), missing(cast)) == (["档案局"], {})
    t.complete(ivy, "sign", verdict="同意")


def test_a_closed_office_is_told_and_its_task_appears_when_it_is_open_again(cast: Cast) -> None:
    offices.create(SYSTEM, "hill", "档案局", NOW)
    archive = office("档案局")
    offices.close(SYSTEM, "hill", "档案局", "并入教育局", NOW)
    deploy()
    ask(cast, archive)
    (told,) = missing(cast).values()
    assert told[0] == "档案局已撤销：请恢复该单位，或由系统管理员改派给承接的单位"
    offices.create(SYSTEM, "hill", "档案局", NOW)
    ivy = hire("ivy", "艾维", "applicant", "档案局")
    assert (signs(ivy), missing(cast)) == (["档案局"], {})


def test_an_office_that_the_district_does_not_give_the_role_has_nobody(cast: Cast) -> None:
    deploy("finance")
    ask(cast, office("水利局"))
    hire("ivy", "艾维", "finance", "水利局")
    assert missing(cast) == {"水利局": ("区文件没有把角色“财政局”给水利局",)}


def test_who_leaves_the_office_gives_back_what_they_have_claimed_for_it(cast: Cast) -> None:
    deploy()
    ask(cast, office("水利局"))
    tasks.claim(cast.bob, key_of("水利局"), NOW)
    ivy = hire("ivy", "艾维", "applicant", "水利局")
    assert signs(ivy) == []
    people.change_roles(SYSTEM, "bob", "调岗", NOW, add=[("applicant", "教育局")], remove=[("applicant", "水利局")])
    bob = accounts.actor(cast.bob.user, NOW)
    assert (signs(bob), signs(ivy)) == ([], ["水利局"])
    with pytest.raises(Forbidden):
        tasks.complete(bob, key_of("水利局"), {"verdict": "同意"}, NOW)


def test_an_office_with_open_tasks_is_not_closed_under_them(cast: Cast) -> None:
    offices.create(SYSTEM, "hill", "档案局", NOW)
    deploy()
    ask(cast, office("档案局"))
    with pytest.raises(Conflict) as refused:
        offices.close(SYSTEM, "hill", "档案局", "并入教育局", NOW)
    assert refused.value.code == "OFFICE_BUSY"


def test_a_substitute_acts_for_the_principal_s_office(cast: Cast) -> None:
    deploy()
    ask(cast, office("水利局"))
    accounts.substitute(SYSTEM, "bob", "fred", date(2026, 3, 1), date(2026, 3, 31), NOW)
    fred = accounts.actor(cast.fred.user, NOW)
    assert signs(fred) == ["水利局"]
    t.complete(fred, "sign", verdict="同意")
    row = db.session.execute(select(UserTaskRow).where(UserTaskRow.element_id == "sign")).scalar_one()
    assert (row.completed_name, row.completed_role, row.completed_office) == ("冯财", "applicant", "水利局")
    assert db.session.execute(select(RecordRow.office)).scalar_one() == "水利局"


def test_a_returned_sign_off_comes_back_to_its_office_alone_and_it_is_told(cast: Cast) -> None:
    deploy()
    ask(cast, office("教育局"), office("水利局"))
    t.complete(cast.alice, "sign", verdict="同意")
    t.complete(cast.bob, "sign", verdict="同意")
    wish = returns.ReturnWish("sign", straight=True, reason="意见不明", due_on=date(2026, 3, 20), instances=[2])
    returns.give_back(cast.lea, t.open_task(cast.lea, "end_task"), wish, NOW)
    assert (signs(cast.alice), signs(cast.bob)) == ([], ["水利局"])
    told = db.session.execute(select(NotificationRow.role, NotificationRow.office_key).where(NotificationRow.title.contains("退回"))).all()
    assert [tuple(row) for row in told] == [("applicant", int(office("水利局")["key"]))]


def test_a_project_s_new_office_leaves_another_office_s_task_where_it_is(cast: Cast) -> None:
    """Candidates are said again when a project's offices change: a task that names its office keeps it."""
    deploy()
    ask(cast, office("水利局"))
    before = db.session.execute(select(TaskCandidateRow.role, TaskCandidateRow.office_key)).all()
    project = db.session.execute(select(UserTaskRow.project_key)).scalars().first()
    (task,) = ledger.open_tasks_of(project or 0)
    again = candidates(task, {"applicant": [[int(office("教育局")["key"]), "教育局"]]})
    assert [(row["role"], row["office_key"]) for row in again] == [tuple(row) for row in before]


@pytest.mark.parametrize("given", ["教育局", 7, [{"key": "1", "name": "教育局"}], {"name": "教育局"}])
def test_what_is_no_office_is_an_incident_that_says_so(cast: Cast, given: Any) -> None:
    body = (d.start(), t.task("ask", "data_bureau", form="said"), t.task("sign", "applicant", office="=asked"), d.end("end"), d.chain("start", "ask", "sign", "end"))  # fmt: skip
    t.deploy(t.form("said", {"asked": {}}), t.diagram(*body))
    project = t.begin(cast.alice)
    view = tasks.complete(cast.dora, t.open_task(cast.dora, "ask"), {"asked": given}, NOW)
    (told,) = view.incidents
    assert "属性 office“=asked”得到" in told
    assert "应为登记的单位({key, name})" in told
    (line,) = projects.view(cast.alice, project, NOW).instances
    assert instances.view(cast.root, line.key, NOW).incidents[0].type == "EXTRACT_VALUE_ERROR"


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({"office": "教育局"}, "不能写死单位"),
        ({"office": '="1234"'}, "写死的值"),
        ({"office": '={key: "1", name: "教育局"}'}, "写死的值"),
        ({"office": "=asked +"}, "FEEL"),
        ({"distinct": "office"}, "只能写 person"),
    ],
)
def test_what_is_written_wrong_is_refused_by_name(hill: object, properties: dict[str, str], told: str) -> None:
    body = (d.start(), t.task("sign", "applicant", **properties), d.end("end"), d.chain("start", "sign", "end"))
    with pytest.raises(Refused) as refused:
        t.deploy(t.diagram(*body))
    assert [problem.element for problem in refused.value.problems] == ["sign"]
    assert told in refused.value.problems[0].message


def test_it_is_a_role_s_people_and_nobody_named_besides(hill: object) -> None:
    for given in ('candidateGroups="applicant" candidateUsers="bob"', 'assignee="bob"', 'candidateUsers="bob"'):
        task = d.user("sign", f"<zeebe:assignmentDefinition {given}/>" + t.says(office="=project.applicantOffice"))
        with pytest.raises(Refused) as refused:
            t.deploy(t.diagram(d.start(), task, d.end("end"), d.chain("start", "sign", "end")))
        assert "须写候选组" in refused.value.problems[0].message
    where = t.diagram(
        d.start(),
        d.service("work", "x", extensions=t.says(office="=project.applicantOffice")),
        d.end("end"),
        d.chain("start", "work", "end"),
    )
    with pytest.raises(Refused) as refused:
        t.deploy(where)
    assert "只能声明在用户任务上" in refused.value.problems[0].message


def test_a_task_of_the_ledger_s_office_needs_no_loop(cast: Cast) -> None:
    body = (
        d.start(),
        t.task("sign", "applicant", form="opinion", office="=project.applicantOffice"),
        d.end("end"),
        d.chain("start", "sign", "end"),
    )
    t.deploy(OPINION, t.diagram(*body))
    t.begin(cast.alice)
    assert (signs(cast.alice), signs(cast.bob)) == (["教育局"], [])
