"""A sign-off is an office's, by one person once: what people did to sign for others. Source: modelling.md §4 (``office``, ``distinct``) and the clauses named."""

import pytest
from flask import Flask

from app.domain.permissions import SYSTEM, Actor
from app.errors import Failure
from app.services import accounts, inbox, offices, people, returns, tasks
from tests.integration.districts.evading import begun, elements, facts, give_back, nothing_written, refused, start
from tests.integration.districts.play import District, at


def _as_now(place: District, person: Actor) -> Actor:
    """The person with the roles of this instant."""
    return accounts.actor(person.user, place.now)


def test_a_leader_of_two_offices_signs_for_one(app: Flask) -> None:
    """SC-14-4: appointed to the finance office's post too, between the opening of the signatures and the second of them."""
    place, project = begun("sucheng")
    first = place.until(project, "sign_joint_review")
    leader = place.performer(first)
    others = [line for line in place.open(project, "sign_joint_review") if line.key != first.key]
    second = next(line for line in others if line.office == "宿城区财政局")
    assert "OFFICE_MISMATCH" in refused(place, second, leader)
    people.change_roles(SYSTEM, leader.username, "兼任", place.now, add=[("joint_review_leader", "宿城区财政局")])
    leader = _as_now(place, leader)
    tasks.complete(leader, first.key, place.filled(first), place.now)
    assert "SIGNED_ALREADY" in refused(place, second, leader)
    for line in others:
        place.do(line)
    assert elements(place, project) == ["upload_signed_form"]


def test_a_substitute_signs_for_the_absent_or_for_themselves(app: Flask) -> None:
    """SC-14-4: two leaders lend each other their posts, so that either could sign both."""
    place, project = begun("sucheng")
    first = place.until(project, "sign_joint_review")
    second = next(line for line in place.open(project, "sign_joint_review") if line.key != first.key)
    here, there = place.performer(first), place.performer(second)
    today = place.now.date()
    accounts.substitute(SYSTEM, there.username, here.username, today, today.replace(year=today.year + 1), place.now)
    here = _as_now(place, here)
    tasks.complete(here, second.key, place.filled(second), place.now)
    assert "SIGNED_ALREADY" in refused(place, first, here)
    assert "SIGNED_ALREADY" not in refused(place, first, there)
    others = [line for line in place.open(project, "sign_joint_review") if line.key != first.key]
    for line in others:
        place.do(line)
    # The absent leader's office has signed; their own is still asked, and only a third person may sign it.
    assert elements(place, project) == ["sign_joint_review"]
    people.change_roles(SYSTEM, there.username, "代签", place.now, add=[("joint_review_leader", first.office or "")])
    tasks.complete(_as_now(place, there), first.key, place.filled(first), place.now)
    assert elements(place, project) == ["upload_signed_form"]


def test_a_claim_is_worth_nothing_without_the_post(app: Flask) -> None:
    """SC-4-3: the reviewer claims the opinion, is moved away, and gives it from the page that still lies open."""
    place, project = begun("sucheng")
    line = place.until(project, "give_pre_review_opinion")
    reviewer = place.performer(line)
    tasks.claim(reviewer, line.key, place.now)
    role, office = next((held.role, held.office_name) for held in reviewer.memberships if held.role in line.candidate_groups)
    people.change_roles(SYSTEM, reviewer.username, "调离", place.now, remove=[(role, office)], add=[("applicant", "宿城区教育局")])
    assert "ROLE_MISSING" in refused(place, line, _as_now(place, reviewer))
    (key,) = accounts.create_users(SYSTEM, [("successor", "接任者", "sucheng", [(role, office)])], "$argon2id$not-a-password", place.now)
    successor = accounts.actor(key, place.now)
    assert line.key in [item.key for item in inbox.todo(successor, place.now).items]
    tasks.complete(successor, line.key, place.filled(line), place.now)
    assert len(place.open(project, "give_pre_review_opinion")) == 3


def test_an_official_does_not_take_a_project_along_to_another_office(app: Flask) -> None:
    """FX-10-1, FX-5-1: moved to another office, with the page of the old one's payment open."""
    place, project = begun("fengxian")
    place.until(project, "start_trial")
    start(place, project, "payment")
    line = place.task(project, "apply_payment")
    person = place.performer(line)
    old = next(held.office_name for held in person.memberships if held.role == "applicant")
    roles = [(held.role, held.office_name) for held in person.memberships if held.office_name == old]
    (key,) = accounts.create_users(SYSTEM, [("stays", "留任者", "fengxian", [("applicant", old)])], "$argon2id$not-a-password", place.now)
    people.change_roles(SYSTEM, person.username, "调动", place.now, remove=roles, add=[("applicant", "奉贤区教育局")])
    moved = _as_now(place, person)
    assert "NOT_YOUR_PROJECT" in refused(place, line, moved)
    with nothing_written(project), pytest.raises(Failure) as failure:
        tasks.save_draft(moved, line.key, {"payReason": "代填"}, place.now)
    assert failure.value.code == "NOT_YOUR_PROJECT"
    tasks.complete(accounts.actor(key, place.now), line.key, place.filled(line), place.now)
    assert elements(place, project) == ["handle_blocked", "start_trial"]


def test_the_responsible_leader_confirms_and_nobody_else(app: Flask) -> None:
    """FX-4-3: the clerk who filled it in, the leader of another office, an administrator."""
    place, project = begun("fengxian")
    filled = place.task(project, "prepare_declaration")
    clerk = place.performer(filled)
    place.do(filled)
    line = place.task(project, "endorse_declaration")
    assert "ROLE_MISSING" in refused(place, line, clerk)
    assert "NOT_YOUR_PROJECT" in refused(place, line, place.person("applicant_leader", office="奉贤区教育局"))
    assert "ADMINISTRATOR" in refused(place, line, place.person("system_admin"))
    wish = returns.ReturnWish("prepare_declaration", straight=False, reason="撤回", due_on=place.now.date())
    with nothing_written(project), pytest.raises(Failure) as failure:
        returns.give_back(clerk, line.key, wish, place.now)
    assert failure.value.code == "ROLE_MISSING"
    place.do(line)
    assert elements(place, project) == ["check_declaration"]


def test_an_administrator_gets_no_business_role_besides(app: Flask) -> None:
    """SC-5-6: the system administrator as finance clerk, the finance clerk as security administrator, each to act on both sides."""
    place, project = begun("sucheng")
    place.until(project, "start_trial")
    start(place, project, "payment")
    place.do(place.task(project, "apply_payment"), payKind="预付款", payAmount=1000)
    pay, admin = place.task(project, "pay"), place.person("system_admin")
    for person, role, office in ((admin, "finance", "宿城区财政局"), (place.performer(pay), "security_admin", "宿城区财政局")):
        with nothing_written(project), pytest.raises(Failure) as failure:
            people.change_roles(SYSTEM, person.username, "兼任", place.now, add=[(role, office)])
        assert failure.value.code == "ROLES_MIXED"
    with pytest.raises(Failure) as failure:
        accounts.substitute(SYSTEM, place.performer(pay).username, admin.username, place.now.date(), place.now.date(), place.now)
    assert failure.value.code == "ROLES_MIXED"
    assert "ADMINISTRATOR" in refused(place, pay, _as_now(place, admin))
    place.do(pay)
    assert facts(project)["paidAmount"] == 1000


def test_a_contract_goes_to_an_office_of_the_register_under_its_own_name(app: Flask) -> None:
    """SC-18-1, SC-19-2: the implementer as its own supervisor under the supervisor's name; a company that was closed when the award came in."""
    place, project = begun("sucheng")
    conduct = place.until(project, "conduct_procurement")
    closed = place.filled(conduct)["awardedOffice"]
    stranger = offices.create(SYSTEM, "sucheng", "江苏示例新设科技有限公司", place.now)
    gone = {"key": str(stranger), "name": "江苏示例新设科技有限公司"}
    offices.close(SYSTEM, "sucheng", gone["name"], "注销", place.now)
    assert "awardedOffice OFFICE" in refused(place, conduct, awardedOffice=gone)
    assert "awardedOffice OFFICE" in refused(place, conduct, awardedOffice={**closed, "name": "别的公司"})
    place.do(conduct)
    supervisor = place.until(project, "register_supervisor")
    implementer, other = facts(project)["implementerOffice"], place.filled(supervisor)["supervisorOffice"]
    assert "监理单位不得为实施单位" in refused(place, supervisor, supervisorOffice=implementer)
    assert "监理单位不得为实施单位" in refused(place, supervisor, supervisorOffice={**implementer, "name": other["name"]})
    assert "supervisorOffice OFFICE" in refused(place, supervisor, supervisorOffice={**other, "name": "江苏示例软件有限公司"})
    place.do(supervisor)
    assert facts(project)["supervisorOffice"] == other


def test_the_work_is_not_awarded_to_its_supervisor_by_going_back(app: Flask) -> None:
    """SC-19-2: from the start of construction straight back to the contract, and from there to the award."""
    place, project = begun("sucheng")
    begins = place.until(project, "start_construction")
    give_back(place, begins, "register_contract", straight=True)
    contract = place.task(project, "register_contract")
    with nothing_written(project), pytest.raises(Failure) as failure:
        give_back(place, contract, "conduct_procurement", straight=True)
    assert failure.value.code == "RETURN"
    supervisor = facts(project)["supervisorOffice"]
    assert "awardedOffice NOT_ALLOWED" in refused(place, contract, awardedOffice=supervisor)
    place.do(contract)
    place.until(project, "start_trial")
    assert facts(project)["implementerOffice"]["key"] != supervisor["key"]


def _chosen(actor: Actor) -> dict[str, str]:
    return {"key": str(actor.user), "name": actor.name}


def test_the_leader_is_one_of_the_offices_own_leaders_and_confirms_in_person(app: Flask) -> None:
    """FX-4-3: the clerk or another office's leader is named; the clerk, given the role as well, confirms for the leader; then a second leader of the office."""
    place, project = begun("fengxian")
    line = place.task(project, "prepare_declaration")
    clerk = place.performer(line)
    office = clerk.memberships[0].office_name
    leader, other = place.person("applicant_leader", office=office), place.person("applicant_leader", office="奉贤区教育局")
    assert "responsibleLeader PERSON" in refused(place, line, responsibleLeader=_chosen(clerk))
    assert "responsibleLeader PERSON" in refused(place, line, responsibleLeader=_chosen(other))
    place.do(line, responsibleLeader=_chosen(leader))
    people.change_roles(SYSTEM, clerk.username, "兼职", place.now, add=[("applicant_leader", office)])
    second = accounts.actor(clerk.user, place.now)
    waiting = place.task(project, "endorse_declaration")
    assert "NAMED_OTHER" in refused(place, waiting, second)
    assert not tasks.view(second, waiting.key, place.now).may
    place.do(waiting)
    place.until(project, "start_trial")
    start(place, project, "change")
    place.do(place.task(project, "submit_change"))
    assert "NAMED_OTHER" in refused(place, place.task(project, "confirm_change"), second)


def test_an_expert_is_a_person_of_the_register_and_gives_the_opinion_alone(app: Flask) -> None:
    """FX-18-2, FX-18-3: a typed name, somebody who is no expert, one under another office, one three times; and an expert who signs for another of the same office."""
    place, project = begun("fengxian")
    line = place.until(project, "select_experts")
    first, *others = place.filled(line)["experts"]
    clerk = place.person("applicant", project=project)
    assert "experts" in refused(place, line, experts=[{**first, "person": "甲"}, *others])
    assert "experts/0/person PERSON" in refused(place, line, experts=[{**first, "person": _chosen(clerk)}, *others])
    assert "experts/0/person PERSON" in refused(place, line, experts=[{**first, "office": others[0]["office"]}, *others])
    assert "同一名专家只能抽取一次" in refused(place, line, experts=[first, first, first])
    place.do(line, experts=[first, *others])
    seats = [one for one in place.open(project, "give_plan_opinion") if "expert" in one.candidate_groups]
    chosen = {one["person"]["key"] for one in (first, *others)}
    assert {str(place.performer(one).user) for one in seats} == chosen
    colleague = place.person("applicant", office="奉贤区教育局")
    seat = next(one for one in seats if one.office == first["office"]["name"])
    people.change_roles(SYSTEM, colleague.username, "也是专家", place.now, add=[("expert", first["office"]["name"])])
    assert "NAMED_OTHER" in refused(place, seat, accounts.actor(colleague.user, place.now))


def _also(place: District, person: Actor, role: str, office: str) -> Actor:
    """The person, given another office's role too."""
    people.change_roles(SYSTEM, person.username, "兼职", place.now, add=[(role, office)])
    return _as_now(place, person)


def test_nobody_answers_for_the_applicant_and_for_the_supervisor(app: Flask) -> None:
    """SC-33-2: the self-evaluation asks both, and one person with two posts gave both opinions."""
    place, project = begun("sucheng")
    place.until(project, "start_trial")
    place.advance(at(f"{place.now:%Y}-12-02"))
    place.do(place.open(project, "write_report")[-1])
    first, second = place.open(project, "give_opinion")
    other = next(held for held in place.performer(second).memberships if held.role in second.candidate_groups)
    both = _also(place, place.performer(first), other.role, other.office_name)
    tasks.complete(both, first.key, place.filled(first), place.now)
    assert "SIGNED_ALREADY" in refused(place, second, both)
    place.do(second)
    assert "finalise_report" in elements(place, project)


def test_nobody_supervises_the_assets_for_two_offices(app: Flask) -> None:
    """FX-27-1: the finance bureau and the office of government affairs each look at the inventory."""
    place, project = begun("fengxian")
    first = place.until(project, "supervise_assets")
    second = next(line for line in place.open(project, "supervise_assets") if line.key != first.key)
    other = next(held for held in place.performer(second).memberships if held.role in second.candidate_groups)
    both = _also(place, place.performer(first), other.role, other.office_name)
    tasks.complete(both, first.key, place.filled(first), place.now)
    assert "SIGNED_ALREADY" in refused(place, second, both)
    place.do(second)
    assert "confirm_assets" in elements(place, project)
