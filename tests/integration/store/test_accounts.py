"""People, offices and roles: who is found, who is not, in which order."""

from datetime import date, timedelta

from flask import Flask

from app.acts.transaction import act
from app.store import accounts
from app.store.tables import DelegationRow, MembershipRow, OrganisationRow, UserRow
from tests.integration.store.life import NOW, Life, all_of, row_of

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


def lends(life: Life, whose: int, to: int, first: date = FIRST, last: date = LAST) -> None:
    life.put(DelegationRow, delegator_key=whose, delegate_key=to, first_on=first, last_on=last)


def test_a_person_has_a_row_for_each_role_of_their_own_and_lent(life: Life) -> None:
    school, water, fire = life.office("教育局"), life.office("水利局"), life.office("安监局")
    dora, fred, gone, idle = life.person("dora"), life.person("fred"), life.person("gone", active=False), life.person("idle", "valley")
    life.holds(dora, "finance", water)
    life.holds(dora, "finance", fire)
    life.holds(dora, "auditor", school)
    life.holds(fred, "expert", fire)
    life.holds(gone, "leader", school)
    lends(life, fred, dora)
    lends(life, gone, dora)
    lends(life, dora, idle)
    found = accounts.person(dora)
    assert {(row[0].id, row[0].username, row[0].name, row[0].tenant, row[0].active) for row in found} == {
        (dora, "dora", "Dora", "hill", True)
    }
    assert [tuple(row)[1:] for row in found] == [
        ("auditor", school, "教育局", None, None),
        ("expert", fire, "安监局", FIRST, LAST),
        ("finance", fire, "安监局", None, None),
        ("finance", water, "水利局", None, None),
    ]
    assert found[0]._fields[1:] == ("role", "organisation_key", "office", "first_on", "last_on")
    assert [tuple(row) for row in accounts.signed_in(found[0][0].fs_uniquifier)] == [tuple(row) for row in found]
    assert [row.role for row in accounts.person(idle)] == ["auditor", "finance", "finance"]
    assert tuple(accounts.person(life.person("new"))[0])[1:] == (None,) * 5
    assert [row[0].active for row in accounts.person(gone)] == [False]
    assert accounts.person(9999) == []


def test_accounts_by_their_names(life: Life) -> None:
    dora, fred = life.person("dora"), life.person("fred")
    life.person("lea")
    found = accounts.by_username("dora")
    assert found is not None
    assert found.id == dora
    assert accounts.by_username("Dora") is None
    assert {user.id for user in accounts.by_usernames(["dora", "fred", "nobody"])} == {dora, fred}
    assert accounts.usernames(["fred", "nobody"]) == {"fred"}
    assert accounts.usernames([]) == set()


def test_what_active_people_of_a_district_hold_is_told_once(life: Life) -> None:
    school, water = life.office("教育局"), life.office("水利局")
    dora, fred, gone, val = life.person("dora"), life.person("fred"), life.person("gone", active=False), life.person("val", "valley")
    for user in (dora, fred):
        life.holds(user, "finance", school)
    life.holds(gone, "auditor", school)
    life.holds(val, "expert", water)
    lends(life, gone, dora)
    lends(life, fred, gone)
    lends(life, val, dora)
    assert sorted(accounts.holdings("hill"), key=str) == [
        ("expert", water, "水利局", FIRST, LAST),
        ("finance", school, "教育局", None, None),
    ]
    assert accounts.holdings("valley") == [("expert", water, "水利局", None, None)]


def test_holders_of_a_role_stand_with_the_oldest_account_first(life: Life) -> None:
    school, water = life.office("教育局"), life.office("水利局")
    second, first = life.person("dora", id=902), life.person("fred", id=901)
    gone, val = life.person("gone", active=False), life.person("val", "valley")
    for user, office in ((second, school), (first, water), (gone, school), (val, school)):
        life.holds(user, "finance", office)
    life.holds(first, "auditor", school)
    assert [tuple(row) for row in accounts.holders("hill", "finance")] == [(first, water, "水利局"), (second, school, "教育局")]


def test_members_are_all_or_a_districts_or_one_or_the_demonstrations(life: Life) -> None:
    school, water = life.office("教育局"), life.office("水利局")
    dora, fred = life.person("dora", id=902, demonstration=True), life.person("fred", id=901)
    val, gone = life.person("val", "valley", id=903, demonstration=True), life.person("gone", id=904, demonstration=True, active=False)
    life.put(MembershipRow, key=802, user_key=dora, role="finance", organisation_key=school)
    life.put(MembershipRow, key=801, user_key=dora, role="auditor", organisation_key=water)

    def members(tenant: str | None = None, **given: object) -> list[tuple[int, str | None, str | None]]:
        return [(row[0].id, row[1], row[2]) for row in accounts.members(tenant, **given)]  # type: ignore[arg-type]

    own = [(dora, "auditor", "水利局"), (dora, "finance", "教育局")]
    assert members() == [(fred, None, None), *own, (val, None, None), (gone, None, None)]
    assert members("hill") == [(fred, None, None), *own, (gone, None, None)]
    assert members(username="dora") == own
    assert members("valley", username="dora") == []
    assert members(demonstration=True) == [*own, (val, None, None)]
    assert members("valley", demonstration=True) == [(val, None, None)]


def test_memberships_are_ones_own_in_their_order_and_go_one_by_one(life: Life) -> None:
    school, water = life.office("教育局"), life.office("水利局")
    dora, fred = life.person("dora"), life.person("fred")
    life.put(MembershipRow, key=803, user_key=dora, role="finance", organisation_key=school)
    life.put(MembershipRow, key=802, user_key=dora, role="finance", organisation_key=water)
    life.put(MembershipRow, key=801, user_key=dora, role="auditor", organisation_key=water)
    life.holds(fred, "finance", water)
    lends(life, fred, dora)
    assert accounts.memberships(dora) == [("auditor", water, "水利局"), ("finance", water, "水利局"), ("finance", school, "教育局")]
    with act():
        accounts.drop_memberships(dora, [("finance", water), ("auditor", school)])
    assert accounts.memberships(dora) == [("auditor", water, "水利局"), ("finance", school, "教育局")]
    assert accounts.memberships(fred) == [("finance", water, "水利局")]


def test_columns_of_one_account_and_of_one_office_are_set(life: Life) -> None:
    school, water, fire = life.office("教育局"), life.office("水利局"), life.office("消防局")
    dora, fred = life.person("dora"), life.person("fred")
    before = {user: row_of(UserRow, user) for user in (dora, fred)}
    offices = all_of(OrganisationRow)
    later = NOW + timedelta(days=1)
    with act():
        accounts.change(dora, active=False, name="新名")
        accounts.change_office(school, closed_at=later)
        accounts.file_offices([water, fire], later)
    assert row_of(UserRow, dora) == {**before[dora], "active": False, "name": "新名"}
    assert row_of(UserRow, fred) == before[fred]
    assert all_of(OrganisationRow) == [
        {**offices[0], "closed_at": later}, {**offices[1], "filed_at": later}, {**offices[2], "filed_at": later},
    ]  # fmt: skip


def test_offices_of_a_district_closed_ones_included_by_name(life: Life) -> None:
    second, first = life.office("B"), life.office("A", closed_at=NOW)
    life.office("C", "valley")
    assert accounts.organisations("hill") == {"A": first, "B": second}
    assert [office.key for office in accounts.offices("hill")] == [first, second]


def test_staff_is_counted_by_person_and_its_people_stand_by_name(life: Life) -> None:
    school, water = life.office("教育局"), life.office("水利局")
    dora, fred = life.person("dora", name="B"), life.person("fred", name="A")
    gone, val = life.person("gone", active=False), life.person("val", "valley", name="C")
    for user, role, office in (
        (dora, "finance", school), (dora, "auditor", school), (fred, "finance", school), (gone, "finance", school), (val, "finance", school),
        (fred, "finance", water),
    ):  # fmt: skip
        life.holds(user, role, office)
    assert accounts.staff("hill") == {school: 2, water: 1}
    assert accounts.staff("valley") == {school: 1}
    assert [user.id for user in accounts.members_of(school)] == [fred, dora, val]
    assert [user.id for user in accounts.members_of(water)] == [fred]


def test_open_tasks_that_wait_at_an_office_count_once(life: Life) -> None:
    tree = life.tree()
    both = life.task(tree, 1)
    life.candidate(both, "finance", 3)
    assert (accounts.waiting_at(3), accounts.waiting_at(4)) == (1, 0)
    life.candidate(both, "auditor", 3)
    life.candidate(life.task(tree, 2), "finance", 4)
    life.candidate(life.task(tree, 3, state="cancelled"), "finance", 5)
    assert (accounts.waiting_at(3), accounts.waiting_at(4), accounts.waiting_at(5)) == (1, 1, 0)


def test_a_signed_in_person_has_no_roles_of_the_library(app: Flask) -> None:
    assert UserRow().roles == []
