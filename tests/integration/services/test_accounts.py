"""People and their roles."""

from datetime import date, timedelta

import pytest

from app.domain.permissions import SYSTEM
from app.errors import Forbidden, InvalidRequest, NotFound
from app.services import accounts, inbox, offices, tasks
from app.store import accounts as people
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import reviewed


def test_an_actor_has_the_roles_that_were_given(cast: Cast) -> None:
    assert [(held.role, held.office_name) for held in cast.alice.memberships] == [("applicant", "教育局")]
    with pytest.raises(NotFound):
        accounts.actor(5, NOW)


def test_a_substitute_holds_the_roles_for_the_days_of_absence(cast: Cast) -> None:
    review = reviewed(cast)
    key = accounts.create_user(SYSTEM, "sue", "苏代", "long-enough-1", "hill", [("data_bureau", "山丘区数据局")], NOW)
    accounts.substitute(cast.fred, "fred", "sue", date(2026, 3, 11), date(2026, 3, 12), NOW)
    before, during, after = (accounts.actor(key, NOW + timedelta(days=days)) for days in (0, 2, 3))
    assert (before.roles, after.roles) == ({"data_bureau"}, {"data_bureau"})
    assert during.roles == {"data_bureau", "finance"}
    assert inbox.todo(before, NOW).items == []
    tasks.complete(during, review, {"verdict": "同意"}, NOW + timedelta(days=2))


def test_a_day_of_absence_is_a_day_of_the_district(cast: Cast) -> None:
    key = accounts.create_user(SYSTEM, "sue", "苏代", "long-enough-1", "hill", [("data_bureau", "山丘区数据局")], NOW)
    accounts.substitute(cast.fred, "fred", "sue", date(2026, 3, 11), date(2026, 3, 11), NOW)
    evening = NOW.replace(hour=16)  # midnight in hill
    assert "finance" in accounts.actor(key, evening).roles
    assert "finance" not in accounts.actor(key, evening - timedelta(seconds=1)).roles


@pytest.mark.parametrize(
    ("username", "password", "memberships", "code"),
    [
        ("Fred", "long-enough-1", [], "USERNAME"),
        ("a b", "long-enough-1", [], "USERNAME"),
        ("fred", "long-enough-1", [], "USERNAME_TAKEN"),
        ("new", "short", [], "PASSWORD_WEAK"),
        ("new", "long-enough-1", [("nobody", "山丘区数据局")], "ROLE"),
        ("new", "long-enough-1", [("finance", " ")], "ROLE"),
        ("new", "long-enough-1", [("system_admin", "山丘区数据局"), ("security_admin", "山丘区数据局")], "ROLES_MIXED"),
        ("new", "long-enough-1", [("system_admin", "山丘区数据局"), ("finance", "山丘区财政局")], "ROLES_MIXED"),
    ],
)
def test_a_wrong_account_is_refused(cast: Cast, username: str, password: str, memberships: list[tuple[str, str]], code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        accounts.create_user(SYSTEM, username, "某人", password, "hill", memberships, NOW)
    assert refused.value.code == code
    assert people.by_username("new") is None


def test_only_security_administrators_manage_accounts(cast: Cast) -> None:
    key = accounts.create_user(SYSTEM, "sec", "安管", "long-enough-1", "hill", [("security_admin", "山丘区数据局")], NOW)
    security = accounts.actor(key, NOW)
    for who in (cast.alice, cast.root):
        with pytest.raises(Forbidden):
            accounts.create_user(who, "new", "某人", "long-enough-1", "hill", [], NOW)
        with pytest.raises(Forbidden):
            accounts.users(who, "hill")
    with pytest.raises(Forbidden):
        accounts.create_user(security, "new", "某人", "long-enough-1", "valley", [], NOW)
    accounts.create_user(security, "new", "某人", "long-enough-1", "hill", [("finance", "山丘区财政局")], NOW)
    assert {user.username for user in accounts.users(security, "hill")} >= {"alice", "new", "sec"}
    stored = people.by_username("new")
    assert stored is not None
    assert stored.password is not None
    assert stored.password.startswith("$argon2id$")
    assert offices.create(security, "hill", "新单位", NOW) == offices.create(security, "hill", "新单位", NOW)


def test_a_substitution_needs_two_people_of_one_district(cast: Cast) -> None:
    for principal, substitute, first, last in (
        ("fred", "fred", 11, 12),
        ("fred", "val", 11, 12),
        ("fred", "dora", 12, 11),
        ("root", "fred", 11, 12),
    ):
        with pytest.raises(InvalidRequest):
            accounts.substitute(SYSTEM, principal, substitute, date(2026, 3, first), date(2026, 3, last), NOW)
    with pytest.raises(Forbidden):
        accounts.substitute(cast.alice, "fred", "dora", date(2026, 3, 11), date(2026, 3, 12), NOW)
    with pytest.raises(NotFound):
        accounts.substitute(SYSTEM, "fred", "nobody", date(2026, 3, 11), date(2026, 3, 12), NOW)
