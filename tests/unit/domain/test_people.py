"""Names, passwords, roles that go together, and reasons: what is taken and what is refused, at each limit."""

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from app.codes import RequestCode
from app.domain import accounts
from app.domain.districts import District, RoleInfo
from app.domain.reasons import checked_reason
from app.errors import InvalidRequest

HILL = District(
    "hill",
    "山丘区",
    ZoneInfo("Asia/Shanghai"),
    {
        "finance": RoleInfo("finance", "财政", ("财政局", "财务中心")),
        "applicant": RoleInfo("applicant", "申报", ("教育局",), relation="applicant"),
        "expert": RoleInfo("expert", "专家"),
    },
    {},
)


def refused(act: Callable[[], object], code: RequestCode) -> str:
    with pytest.raises(InvalidRequest) as caught:
        act()
    assert caught.value.code is code
    return caught.value.message


@pytest.mark.parametrize("name", ["ab", "a1", "1a", "a.b_c-d", "a" * 64])
def test_a_username_is_taken(name: str) -> None:
    accounts.check_username(name)


@pytest.mark.parametrize("name", ["", "a", "A1", "a" * 65, ".ab", "_ab", "-ab", "a b", "张三", "ab\n"])
def test_a_username_is_refused(name: str) -> None:
    assert f"“{name}”" in refused(lambda: accounts.check_username(name), RequestCode.USERNAME)


@pytest.mark.parametrize(("length", "stands"), [(9, False), (10, True), (200, True), (201, False)])
def test_a_password_has_ten_to_two_hundred_characters(length: int, stands: bool) -> None:
    if stands:
        accounts.check_password("x" * length)
    else:
        assert "10 至 200 位" in refused(lambda: accounts.check_password("x" * length), RequestCode.PASSWORD_WEAK)


def test_a_name_has_one_to_two_hundred_characters_without_blanks_around() -> None:
    assert accounts.checked_name("  张 三\t", "姓名") == "张 三"
    assert accounts.checked_name("张" * 200 + " ", "姓名") == "张" * 200
    for name in ("", " \u3000", "张" * 201, "张\n三", "张\x07"):
        assert "姓名应为 1 至 200 个字" in refused(lambda name=name: accounts.checked_name(name, "姓名"), RequestCode.NAME)  # type: ignore[misc]


def test_a_reason_has_one_to_a_thousand_characters_without_blanks_around() -> None:
    assert checked_reason("  改正\n") == "改正"
    assert checked_reason("因" * 1000 + " ") == "因" * 1000
    for reason in ("", " \n", "因" * 1001):
        assert "不超过 1000 个字" in refused(lambda reason=reason: checked_reason(reason), RequestCode.REASON)  # type: ignore[misc]


def test_a_role_is_one_of_the_districts_and_belongs_to_an_office() -> None:
    accounts.check_memberships(HILL, [("finance", "财政局"), ("expert", "学会")])
    told = refused(lambda: accounts.check_memberships(HILL, [("finance", "财政局"), ("boss", "财政局")]), RequestCode.ROLE)
    assert told == "山丘区没有角色“boss”，可用：finance（财政）、applicant（申报）、expert（专家）"
    assert refused(lambda: accounts.check_memberships(HILL, [("finance", " ")]), RequestCode.ROLE) == "角色“财政”须属于一个单位"
    bare = District("bare", "无", ZoneInfo("UTC"), {}, {})
    accounts.check_memberships(bare, [("anything", "某局")])
    assert "anything" in refused(lambda: accounts.check_memberships(bare, [("anything", "")]), RequestCode.ROLE)


def test_a_role_of_certain_offices_is_held_in_these_alone() -> None:
    for role, office in (("finance", "财政局"), ("finance", "财务中心"), ("applicant", "水利局"), ("expert", "学会"), ("boss", "某局")):
        accounts.check_place(HILL, role, office)
    told = refused(lambda: accounts.check_place(HILL, "finance", "水利局"), RequestCode.ROLE_OFFICE)
    assert told == "角色“财政”按区文件由财政局、财务中心承担，不能授予水利局的人员"


def test_administrators_are_nothing_else() -> None:
    for roles in ((), ("finance", "expert"), ("system_admin",), ("audit_admin", "audit_admin")):
        accounts.check_mixture(roles, "dora")
    for roles in (("system_admin", "audit_admin"), ("security_admin", "finance"), ("system_admin", "security_admin", "audit_admin")):
        assert "“dora”" in refused(lambda roles=roles: accounts.check_mixture(roles, "dora"), RequestCode.ROLES_MIXED)  # type: ignore[misc]


def test_a_one_time_password_is_read_aloud_in_groups_and_is_another_each_time() -> None:
    made = {accounts.one_time_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert re.fullmatch(r"([a-z0-9]{4}-){3}[a-z0-9]{4}", password)
        accounts.check_password(password)
    assert set("".join(made)) == set("abcdefghjkmnpqrstuvwxyz23456789-"), "nothing that is misread"
