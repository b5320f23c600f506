"""People come, change and go: roles and passwords, who is disabled stops at once, and what lay with them goes on; offices of the files, opened and closed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.domain.districts import RoleInfo
from app.domain.permissions import SYSTEM, Actor
from app.errors import Conflict, Forbidden, InvalidRequest, NotFound
from app.services import accounts, inbox, offices, people, tasks, unattended
from app.store import accounts as stored
from app.store.tables import AuditEntryRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import APPLICATION, reviewed
from tests.integration.services.test_permit import start as apply
from tests.integration.services.test_repair import begin, deploy, task
from tests.unit.engine.diagrams import chain, end, start

pytestmark = pytest.mark.one_database

OFFICE = "山丘区财政局"
PASSWORD = "long-enough-1"
FRED = '<zeebe:assignmentDefinition assignee="fred"/>'
FRED_OR_DORA = '<zeebe:assignmentDefinition candidateUsers="fred, dora"/>'


def made(username: str, role: str, office: str) -> Actor:
    return accounts.actor(accounts.create_user(SYSTEM, username, f"人员{username}", PASSWORD, "hill", [(role, office)], NOW), NOW)


@pytest.fixture
def security(cast: Cast) -> Actor:
    return made("sec", "security_admin", "山丘区数据局")


@pytest.fixture
def fiona(cast: Cast) -> Actor:
    """A second official of the finance bureau."""
    return made("fiona", "finance", OFFICE)


def missing(cast: Cast) -> list[tuple[str, ...]]:
    return [tuple(item.missing) for item in unattended.listing(cast.root, NOW).items]


def keys(actor: Actor) -> list[int]:
    return [line.key for line in inbox.todo(actor, NOW).items]


def audited(action: str) -> list[AuditEntryRow]:
    return list(db.session.execute(select(AuditEntryRow).where(AuditEntryRow.action == action)).scalars())


def test_whoever_is_disabled_cannot_act_from_that_moment_and_may_come_back(cast: Cast, security: Actor) -> None:
    before = stored.by_username("fred")
    assert before is not None
    session = before.fs_uniquifier
    people.disable(security, "fred", "调离", NOW)
    with pytest.raises(NotFound):
        accounts.actor(cast.fred.user, NOW)
    assert accounts.named(SYSTEM, "fred", NOW) is None
    assert accounts.user(security, "fred").active is False
    people.enable(security, "fred", "调回", NOW)
    assert accounts.actor(cast.fred.user, NOW) == cast.fred
    after = stored.by_username("fred")
    assert after is not None
    assert after.fs_uniquifier != session  # what was signed in before stays out
    assert [entry.details["reason"] for entry in (*audited("user.disable"), *audited("user.enable"))] == ["调离", "调回"]


def test_a_claimed_task_goes_back_to_its_candidates(cast: Cast, security: Actor, fiona: Actor) -> None:
    review = reviewed(cast)
    tasks.claim(cast.fred, review, NOW)
    assert keys(fiona) == []
    done = people.disable(security, "fred", "调离", NOW)
    assert (done.returned, done.passed, done.stranded) == (1, 0, 0)
    assert keys(fiona) == [review]
    tasks.complete(fiona, review, {"verdict": "同意"}, NOW)
    assert [entry.details["reason"] for entry in audited("task.hand_over")] == ["调离"]


def test_a_claimed_task_goes_to_the_successor_alone(cast: Cast, security: Actor, fiona: Actor) -> None:
    review = reviewed(cast)
    tasks.claim(cast.fred, review, NOW)
    third = made("gina", "finance", OFFICE)
    assert people.disable(security, "fred", "调离", NOW, successor="gina").passed == 1
    (entry,) = audited("user.disable")
    assert (entry.details["reason"], entry.details["successor"]) == ("调离", "gina")
    assert (keys(third), keys(fiona)) == ([review], [])


def test_a_task_that_names_one_person_waits_for_nobody_when_they_leave_and_is_told(cast: Cast, security: Actor) -> None:
    deploy(start(), task("a", FRED), end(), chain("start", "a", "end"))
    begin(cast)
    assert missing(cast) == []
    assert people.disable(security, "fred", "调离", NOW).stranded == 1
    assert missing(cast) == [("指定由“fred”，该账号已停用办理",)]
    assert people.disable(security, "fred", "调离", NOW, successor="dora").passed == 1  # repeated, it hands over what was left
    assert missing(cast) == []
    assert len(keys(cast.dora)) == 1


def test_what_is_open_to_several_by_name_is_given_to_nobody(cast: Cast, security: Actor) -> None:
    deploy(start(), task("a", FRED_OR_DORA), end(), chain("start", "a", "end"))
    begin(cast)
    done = people.disable(security, "fred", "调离", NOW, successor="lea")
    assert done.passed == 0
    assert (len(keys(cast.dora)), keys(cast.lea), missing(cast)) == (1, [], [])


@pytest.mark.parametrize("successor", ["fred", "nobody", "val", "root"])
def test_a_successor_is_another_active_official_of_the_district(cast: Cast, security: Actor, successor: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        people.disable(security, "fred", "调离", NOW, successor=successor)
    assert refused.value.code == "SUCCESSOR"
    assert accounts.user(security, "fred").active


def test_nobody_disables_themselves_or_without_a_reason(cast: Cast, security: Actor) -> None:
    for username, reason, code in (("sec", "休假", "SELF"), ("fred", " ", "REASON")):
        with pytest.raises(InvalidRequest) as refused:
            people.disable(security, username, reason, NOW)
        assert refused.value.code == code


def test_a_substitute_of_somebody_disabled_holds_nothing_of_theirs(cast: Cast, security: Actor) -> None:
    accounts.substitute(SYSTEM, "fred", "dora", date(2026, 3, 10), date(2026, 3, 12), NOW)
    assert "finance" in accounts.actor(cast.dora.user, NOW).roles
    tasks.complete(cast.alice, apply(cast)[1], APPLICATION, NOW)
    people.disable(security, "fred", "调离", NOW)
    assert "finance" not in accounts.actor(cast.dora.user, NOW).roles
    assert missing(cast) == [("山丘区财政局没有人担任“财政局”",)]


def test_roles_are_given_and_taken_in_one_act_and_hold_at_once(cast: Cast, security: Actor) -> None:
    review = reviewed(cast)
    people.change_roles(security, "dora", "轮岗", NOW, add=[("finance", OFFICE)], remove=[("data_bureau", "山丘区数据局")])
    dora = accounts.actor(cast.dora.user, NOW)
    assert (dora.roles, keys(dora)) == ({"finance"}, [review])
    assert audited("user.roles")[0].details["reason"] == "轮岗"


@pytest.mark.parametrize(
    ("add", "remove", "code"),
    [
        ([("finance", "教育局")], [], "ROLE_OFFICE"),
        ([("finance", "没有的局")], [], "OFFICE"),
        ([("nobody", OFFICE)], [], "ROLE"),
        ([("system_admin", OFFICE)], [], "ROLES_MIXED"),
        ([("data_bureau", "山丘区数据局")], [], "HELD"),
        ([], [("finance", OFFICE)], "NOT_HELD"),
        ([], [], "NOTHING"),
    ],
)
def test_a_wrong_change_of_roles_changes_nothing(
    cast: Cast, security: Actor, add: list[tuple[str, str]], remove: list[tuple[str, str]], code: str
) -> None:
    offices.found(NOW)
    with pytest.raises((InvalidRequest, Conflict)) as refused:
        people.change_roles(security, "dora", "轮岗", NOW, add=add, remove=remove)
    assert refused.value.code == code
    assert accounts.actor(cast.dora.user, NOW) == cast.dora


def test_an_account_needs_an_office_that_is_there(cast: Cast) -> None:
    with pytest.raises(InvalidRequest) as refused:
        made("new", "applicant", "打错字的教育局")
    assert refused.value.code == "OFFICE"
    assert stored.by_username("new") is None


def test_a_given_password_is_one_time_until_the_person_chooses_their_own(cast: Cast, security: Actor, fiona: Actor) -> None:
    people.set_password(security, "fiona", "given-to-you", "忘记口令", NOW, one_time=True)
    row = stored.by_username("fiona")
    assert row is not None
    assert row.password_given_at == NOW
    for present, wanted, code in (
        ("wrong-guess", "my-own-words", "PASSWORD_WRONG"),
        ("given-to-you", "short", "PASSWORD_WEAK"),
        ("given-to-you", "given-to-you", "PASSWORD_SAME"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            people.change_own_password(fiona, present, wanted, NOW)
        assert refused.value.code == code
    people.change_own_password(fiona, "given-to-you", "my-own-words", NOW)
    assert row.password_given_at is None
    assert not any("given-to-you" in str(entry.details) or "my-own-words" in str(entry.details) for entry in audited("user.password"))


def test_the_offices_of_a_file_are_there_at_every_start_and_none_is_deleted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert offices.found(NOW) == []
    names = {line.name for line in offices.listing(SYSTEM, "hill")}
    assert {"教育局", "水利局", "示例公司", OFFICE} <= names
    known = dict(stored.organisations("hill"))
    assert offices.found(NOW + timedelta(days=1)) == []
    assert stored.organisations("hill") == known
    gone = offices.districts.every()
    hill = gone["hill"]
    roles = {**hill.roles, "implementer": RoleInfo("implementer", "承建单位", (), "implementer")}
    monkeypatch.setattr(offices.districts, "every", lambda: {**gone, "hill": replace(hill, roles=roles)})
    (told,) = offices.found(NOW)
    assert "示例公司" in told
    assert stored.organisations("hill") == known


def test_an_office_is_closed_only_when_it_is_empty_and_may_open_again(cast: Cast, security: Actor) -> None:
    offices.found(NOW)
    reviewed(cast)
    for name, code in ((OFFICE, "OFFICE_STAFFED"), ("教育局", "OFFICE_STAFFED")):
        with pytest.raises(Conflict) as refused:
            offices.close(security, "hill", name, "机构改革", NOW)
        assert refused.value.code == code
    offices.close(security, "hill", "示例公司", "已注销", NOW)
    with pytest.raises(InvalidRequest) as closed:
        made("new", "implementer", "示例公司")
    assert closed.value.code == "OFFICE"
    assert ["示例公司" in told for told in offices.found(NOW)] == [True]
    offices.create(security, "hill", "示例公司", NOW, reason="恢复")
    assert made("new", "implementer", "示例公司").roles == {"implementer"}


def test_an_office_for_which_tasks_wait_is_not_closed(cast: Cast, security: Actor) -> None:
    apply(cast)  # alice's task waits for 教育局
    people.disable(security, "alice", "调离", NOW)
    with pytest.raises(Conflict) as refused:
        offices.close(security, "hill", "教育局", "机构改革", NOW)
    assert refused.value.code == "OFFICE_BUSY"


# ---------------------------------------------------------------------- nobody can do it

CASES: dict[str, tuple[str, str]] = {
    "nobody is named": ("", "流程图没有写明由谁办理，或写明的人为空"),
    "a list that is empty": ('<zeebe:assignmentDefinition candidateUsers="=[]"/>', "流程图没有写明由谁办理，或写明的人为空"),
    "a user who does not exist": ('<zeebe:assignmentDefinition assignee="ghost"/>', "指定由“ghost”，没有此账号办理"),
    "a candidate who does not exist": ('<zeebe:assignmentDefinition candidateUsers="ghost"/>', "候选办理人“ghost”，没有此账号"),
    "an administrator": ('<zeebe:assignmentDefinition assignee="root"/>', "指定由“root”，是管理员或属于其他区办理"),
    "somebody of another district": ('<zeebe:assignmentDefinition assignee="val"/>', "指定由“val”，是管理员或属于其他区办理"),
    "a role that no office has": ('<zeebe:assignmentDefinition candidateGroups="implementer"/>', "山丘区没有人担任“承建单位”"),
    "an administrative role that the diagram computes": (
        '<zeebe:assignmentDefinition candidateGroups="=&quot;system_&quot; + &quot;admin&quot;"/>',
        "“系统管理员”是管理角色，不办理业务事项，请业务分析员改正流程图",
    ),
    "an unknown role": (
        '<zeebe:assignmentDefinition candidateGroups="=&quot;trea&quot; + &quot;surer&quot;"/>',
        "区文件中没有角色“treasurer”，也没有人担任",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_task_that_nobody_can_do_opens_without_incident_and_says_what_is_missing(cast: Cast, name: str) -> None:
    assignment, lack = CASES[name]
    deploy(start(), task("a", assignment), end(), chain("start", "a", "end"))
    assert begin(cast).incidents == 0
    assert missing(cast) == [(lack,)]


def test_it_appears_by_itself_when_somebody_is_there(cast: Cast, security: Actor) -> None:
    offices.found(NOW)
    people.disable(security, "fred", "调离", NOW)
    review = deployed_review(cast)
    assert missing(cast) == [("山丘区财政局没有人担任“财政局”",)]
    fiona = made("fiona", "finance", OFFICE)
    assert (missing(cast), keys(fiona)) == ([], [review])


def deployed_review(cast: Cast) -> int:
    tasks.complete(cast.alice, apply(cast)[1], APPLICATION, NOW)
    return unattended.listing(cast.root, NOW).items[0].line.key


def test_only_the_districts_system_administrator_sees_the_list(cast: Cast, security: Actor) -> None:
    for who in (cast.alice, cast.dora, security):
        with pytest.raises(Forbidden):
            unattended.listing(who, NOW)
