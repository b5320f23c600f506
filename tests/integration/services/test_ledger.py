"""The ledger of one act as it is read from the database, and who may do a task because of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete

from app.acts.answering import answer_of, authorised, still_open
from app.acts.candidates import candidates, effective, held, project_facts
from app.acts.ledger import StoredLedger
from app.acts.places import places
from app.acts.transaction import act, open_task
from app.catalogue import districts, snapshot
from app.connectors.calls import FoundRecord
from app.connectors.ledger import Approval
from app.domain.permissions import Actor, Membership, ProjectFacts
from app.errors import Forbidden, InvalidRequest, NotFound, Outdated, TaskAlreadyClosed
from app.services import offices, projects, tasks
from app.store.tables import ApprovalRow, OrganisationRow, ProjectRow, RecordRow, TaskCandidateRow, db
from tests.integration.services import lives
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import APPLICATION, reviewed, start
from tests.integration.store.life import Life, all_of, row_of

LATER = NOW + timedelta(days=1)


class Late(Life):
    """Rows beside those of a cast, with keys that nobody has."""

    def key(self) -> int:
        return super().key() + 10**6


@pytest.fixture
def ledger(cast: Cast) -> StoredLedger:
    project, _ = start(cast)
    (row,) = (row for row in all_of(ProjectRow) if row["key"] == project)
    return StoredLedger(snapshot.library("hill"), row, 0, LATER, actor=cast.fred)


def test_what_an_act_is_told_of_district_and_project(ledger: StoredLedger) -> None:
    assert ledger.version_after == ledger.project["version"]  # type: ignore[index]
    ledger.is_changed = True
    assert ledger.version_after == ledger.project["version"] + 1  # type: ignore[index]
    assert StoredLedger(ledger.library, None, 0, NOW).version_after is None
    assert ledger.relations["applicant"] == "applicant"
    assert ledger.relations["finance"] is None
    assert (ledger.main_line, ledger.following) == (districts.main_line(), None)  # these phases say of no successor
    assert ledger.main_line == ("draft", "declared", "approved")
    assert ledger.schema == ledger.library.ledger


def test_offices_are_those_of_the_district_that_are_open(cast: Cast, ledger: StoredLedger) -> None:
    offices.found(NOW)
    known = {row["name"]: row["key"] for row in all_of(OrganisationRow) if row["tenant"] == "hill"}
    foreign = next(row["key"] for row in all_of(OrganisationRow) if row["tenant"] == "valley")
    water = str(known["水利局"])
    assert ledger.known_offices([water, str(foreign), "x", "１", "9" * 19, "5"]) == {water: "水利局"}
    named = {"key": str(known["山丘区财政局"]), "name": "山丘区财政局"}
    assert ledger.role_offices()["finance"] == [named]
    assert ledger.role_offices()["system_admin"] == []
    assert {office["name"] for office in ledger.role_offices()["applicant"]} == {"教育局", "水利局"}
    with act():
        db.session.execute(OrganisationRow.__table__.update().where(OrganisationRow.key == known["水利局"]).values(closed_at=NOW))
    assert [office["name"] for office in ledger.role_offices()["applicant"]] == ["教育局"]


def test_an_office_that_a_connector_names_is_found_or_made_once(ledger: StoredLedger) -> None:
    known = {row["name"]: row["key"] for row in all_of(OrganisationRow) if row["tenant"] == "hill"}
    with act():
        assert ledger.office("教育局") == known["教育局"]
        made = ledger.office("新单位")
        assert ledger.office("新单位") == made
    assert {name: row_of(OrganisationRow, made)[name] for name in ("tenant", "name", "created_at", "filed_at", "closed_at")} == {
        "tenant": "hill", "name": "新单位", "created_at": LATER, "filed_at": None, "closed_at": None,
    }  # fmt: skip


def test_an_office_that_another_act_makes_at_the_same_time_is_that_one(ledger: StoredLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.acts import ledger as acts

    with act():
        made = ledger.office("新单位")
    real, asked = acts.ledger.organisation, []

    def first_none(tenant: str, name: str) -> int | None:
        asked.append(name)
        return None if len(asked) == 1 else real(tenant, name)

    monkeypatch.setattr(acts.ledger, "organisation", first_none)
    with act():
        assert ledger.office("新单位") == made


def test_the_form_of_a_register_is_the_districts(ledger: StoredLedger) -> None:
    found = ledger.form("inspection")
    assert found is not None
    assert found.id == "records.inspection"
    assert ledger.form("nothing") is None
    other = ledger.form("permit.apply")
    assert other is not None
    assert other.id == "permit.apply", "a form of the first release has no place of its own"


def test_records_and_projects_are_read_as_they_are(cast: Cast, ledger: StoredLedger) -> None:
    life = Late()
    project = ledger.project_key
    place = {"instance_key": 5, "scope": 2, "item": 3, "round": 4, "element_id": "deal", "process_id": "permit", "stage": "permit"}
    life.record(key=11, project_key=project, data={"a": 1}, amount=Decimal("1.50"), **place)
    life.record(key=12, project_key=project)
    life.record("fee", key=13, project_key=project)
    life.record(key=14, superseded_at=NOW)
    life.record(key=15, tenant="valley")
    life.record(key=16)
    assert list(ledger.kept_records("deal", project)) == [
        FoundRecord(11, "deal", {"a": 1}, Decimal("1.50"), NOW, project, (5, 2, "deal", 3, 4), "permit", "deal", "permit"),
        FoundRecord(12, "deal", {}, None, NOW, project),
    ]
    assert [record.key for record in ledger.kept_records("deal", None)] == [11, 12, 16]
    assert [record.key for record in ledger.kept_records("fee", None)] == [13]
    (own,) = ledger.kept_projects(None)
    assert own["key"] == project
    assert list(ledger.kept_projects(2026)) == []
    with act():
        assert [ledger.next_number("deal", 2026), ledger.next_number("deal", 2026), ledger.next_number("fee", 2026)] == [1, 2, 1]


def test_approvals_are_read_once_with_what_made_them(cast: Cast, ledger: StoredLedger) -> None:
    life = Late()
    row = {
        "tenant": "hill", "project_key": ledger.project_key, "instance_key": 7, "process_id": "permit", "element_id": "check", "scope": 2, "item": 3, "round": 4,
        "required": 5, "holds": True, "approved_values": {"a": 1}, "digest": "d", "role": "finance", "office_key": 6, "office": "财政局",
    }  # fmt: skip
    life.put(ApprovalRow, key=11, **row)
    life.put(ApprovalRow, key=12, **{**row, "lapsed_at": NOW, "lapsed_names": ["a"]})
    life.put(ApprovalRow, key=13, **{**row, "project_key": None})
    one = Approval(
        key=11, process_id="permit", element_id="check", root_key=0, instance_key=7, scope=2, item=3, round=4, required=5, holds=True, values={"a": 1},
        digest="d", role="finance", office=(6, "财政局"), lapsed=(), by=(0, ""),
    )  # fmt: skip
    found = ledger.kept_approvals()
    assert found[0] == one
    assert [(approval.key, approval.lapsed) for approval in found] == [(11, ()), (12, ("a",))]
    with act():
        db.session.execute(delete(ApprovalRow))
    assert ledger.kept_approvals() is found


def test_a_project_that_another_has_written_meanwhile_is_not_written_over(ledger: StoredLedger) -> None:
    before = row_of(ProjectRow, ledger.project_key or 0)
    with act():
        ledger.write()
    assert row_of(ProjectRow, ledger.project_key or 0) == before, "nothing has changed"
    ledger.is_changed = True
    with act():
        ledger.write()
    after = row_of(ProjectRow, ledger.project_key or 0)
    assert after == {**before, "version": before["version"] + 1, "updated_at": LATER}
    with pytest.raises(Outdated), act():
        ledger.write()
    assert all_of(RecordRow) == []


def test_candidates_of_open_tasks_follow_new_offices(cast: Cast, ledger: StoredLedger) -> None:
    before = all_of(TaskCandidateRow)
    with act():
        ledger.reassign()
    assert all_of(TaskCandidateRow) == before
    ledger.appointed = {"applicant": [5]}
    ledger.project = {**(ledger.project or {}), "offices": {"applicant": [[5, "某局"]]}}
    with act():
        ledger.reassign()
    assert [(row["role"], row["office_key"]) for row in all_of(TaskCandidateRow)] == [("applicant", 5)]


# ---------------------------------------------------------------------- who may do a task


def rows(offices: Any = None, **task: Any) -> list[tuple[str, int, str]]:
    given = {"key": 7, "tenant": "hill", "candidate_groups": (), "candidate_users": (), "assignee": None, **task}
    found = candidates(given, offices)
    assert all(row["task_key"] == 7 for row in found)
    return [(row["role"], row["office_key"], row["username"]) for row in found]


def test_candidates_are_roles_in_their_offices_and_people(cast: Cast) -> None:
    own = {"applicant": [[5, "甲"], [6, "乙"]], "implementer": []}
    assert rows(candidate_groups=["finance", "applicant"]) == [("finance", 0, ""), ("applicant", 0, "")]
    assert rows(own, candidate_groups=["finance", "applicant"]) == [("finance", 0, ""), ("applicant", 5, ""), ("applicant", 6, "")]
    assert rows(own, candidate_groups=["implementer"]) == rows({}, candidate_groups=["applicant"]) == []
    assert rows(own, candidate_groups=["unknown", "unknown"]) == [("unknown", 0, "")]
    assert rows(candidate_users=["a", "b", "a"], assignee="c") == [("", 0, "a"), ("", 0, "b"), ("", 0, "c")]
    assert rows(candidate_users=["a"], assignee="a") == [("", 0, "a")]
    assert rows() == []


def test_what_somebody_holds_counts_in_the_office_and_in_any(cast: Cast) -> None:
    hill = snapshot.district("hill")
    actor = Actor(
        1,
        "x",
        "某",
        "hill",
        (Membership("finance", 4, "山丘区财政局"), Membership("finance", 5, "别处"), Membership("applicant", 6, "教育局")),
    )
    assert held(actor, hill) == [("applicant", 0), ("applicant", 6), ("finance", 0), ("finance", 4)]
    assert effective((), hill) == set()
    row = {"tenant": "hill", "key": 5, "phase": "trial", "offices": {"applicant": [["6", "教育局"], [7, "某局"]]}}
    assert project_facts(row) == ProjectFacts("hill", 5, "trial", {"applicant": frozenset({6, 7})})


def test_somebody_acts_in_the_first_role_that_fits_for_the_projects_own_office(cast: Cast) -> None:
    review = reviewed(cast)
    fred = Actor(cast.fred.user, "fred", "冯财", "hill", (Membership("expert", 9, "学会"), *cast.fred.memberships))
    with open_task(review, NOW, fred) as tree:
        task = still_open(tree)
        assert authorised(fred, tree, task) == ("finance", "山丘区财政局")
        with pytest.raises(Forbidden) as refused:
            authorised(cast.dora, tree, task)
        assert refused.value.code == "ROLE_MISSING"
        assert answer_of(tree) == {
            "root": tree.root_key,
            "project": tree.project["key"] if tree.project else None,
            "state": "active",
            "incidents": [],
        }
    _, apply = start(cast)
    both = Actor(cast.alice.user, "alice", "艾丽", "hill", (Membership("applicant", 9, "别处"), *cast.alice.memberships))
    with open_task(apply, NOW, both) as tree:
        assert authorised(both, tree, still_open(tree)) == ("applicant", "教育局")
    tasks.claim(cast.fred, review, NOW)
    tasks.complete(cast.fred, review, {"verdict": "不同意"}, NOW)
    with pytest.raises(TaskAlreadyClosed), open_task(review, NOW, cast.fred) as tree:
        still_open(tree)
    with pytest.raises(NotFound, match="没有此事项"), open_task(5, NOW, cast.fred):
        pass


def test_a_task_that_names_a_person_is_done_in_their_first_role(cast: Cast) -> None:
    lives.returned(cast)
    lea = Actor(cast.lea.user, "lea", "李局", "hill", (*cast.lea.memberships, Membership("expert", 9, "学会")))
    bare = Actor(cast.lea.user, "lea", "李局", "hill")
    (key,) = (line.key for line in tasks.search(cast.lea, tasks.TaskFilter(state="open", element_id="check"), NOW).items)
    with open_task(key, NOW, lea) as tree:
        assert authorised(lea, tree, still_open(tree)) == ("data_bureau_leader", "山丘区数据局")
        assert authorised(bare, tree, still_open(tree)) == ("", "")


def test_places_are_open_offices_that_may_hold_the_role(cast: Cast) -> None:
    known = {row["name"]: row["key"] for row in all_of(OrganisationRow) if row["tenant"] == "hill"}
    wanted = [("finance", "山丘区财政局"), ("applicant", "教育局")]
    assert places("hill", wanted) == {name: known[name] for _, name in wanted}
    assert places("hill", []) == {}
    for pair, code in ((("boss", "教育局"), "ROLE"), (("applicant", "没有"), "OFFICE"), (("finance", "教育局"), "ROLE_OFFICE")):
        with pytest.raises(InvalidRequest) as refused:
            places("hill", [pair])
        assert refused.value.code == code
    assert projects.may_declare(cast.alice, "permit").allowed is True
    assert projects.may_declare(cast.fred, "permit").code == "ROLE_MISSING"
    tasks.complete(cast.alice, start(cast)[1], APPLICATION, NOW)
