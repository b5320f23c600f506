"""What becomes of people and offices, row by row and entry by entry, and what is refused in which words."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.permissions import SYSTEM, Actor
from app.errors import Failure
from app.services import accounts, offices, people
from app.store import tables as t
from tests.integration.services import lives, written
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import start as apply

TABLES = (t.OrganisationRow, t.UserRow, t.MembershipRow, t.DelegationRow, t.AuditEntryRow, t.UserTaskRow, t.TaskCandidateRow)
DAY = timedelta(days=1)


def test_people_and_offices_are_written_and_listed(cast: Cast) -> None:
    security = lives.managed(cast)
    shown = written.seen(
        users=accounts.users(security, "hill"),
        user=accounts.user(security, "fiona"),
        offices=offices.listing(security, "hill"),
        named=accounts.named(security, "fiona", NOW),
        holders=accounts.holders(security, "hill", "finance", NOW),
        actor=accounts.actor(cast.dora.user, NOW + DAY),
    )
    written.check("managed", written.rows(*TABLES) + shown)


@pytest.fixture
def security(cast: Cast) -> Actor:
    return accounts.actor(
        accounts.create_user(SYSTEM, "sec", "安管", "long-enough-1", "hill", [("security_admin", "山丘区数据局")], NOW), NOW
    )


def refused(act: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Failure) as caught:
        act()
    return str(caught.value.code), caught.value.message


FINANCE, BUREAU = ("finance", "山丘区财政局"), ("data_bureau", "山丘区数据局")


def test_each_wrong_wish_is_refused_with_its_cause(cast: Cast, security: Actor) -> None:
    offices.found(NOW)

    def new(
        username: str = "new", name: str = "新人", password: str = "long-enough-1", tenant: str = "hill", held: Any = (FINANCE,)
    ) -> Any:
        return lambda: accounts.create_user(security, username, name, password, tenant, held, NOW)

    def roles(**given: Any) -> Any:
        return lambda: people.change_roles(security, "dora", "轮岗", NOW, **given)

    def absent(principal: str, other: str, first: int = 11, last: int = 12, actor: Actor = security) -> Any:
        return lambda: accounts.substitute(actor, principal, other, date(2026, 3, first), date(2026, 3, last), NOW)

    for act, code, told in (
        (new(username="fred"), "USERNAME_TAKEN", "账号“fred”已存在"),
        (new(username="F"), "USERNAME", "账号“F”"),
        (new(name=" "), "NAME", "姓名应为"),
        (new(password="short"), "PASSWORD_WEAK", "口令应为 10 至 200 位"),
        (new(tenant="valley"), "OTHER_DISTRICT", "您只能管理本区"),
        (new(held=[("finance", "没有的局")]), "OFFICE", "山丘区没有单位“没有的局”，或该单位已撤销"),
        (new(held=[("finance", "教育局")]), "ROLE_OFFICE", "角色“财政局”按区文件由山丘区财政局承担，不能授予教育局的人员"),
        (new(held=[("boss", "教育局")]), "ROLE", "山丘区没有角色“boss”"),
        (new(held=[("system_admin", "山丘区数据局"), FINANCE]), "ROLES_MIXED", "账号“new”的角色互斥"),
        (roles(), "NOTHING", "没有给出要增加或去掉的角色"),
        (roles(add=[BUREAU]), "HELD", "杜数已有山丘区数据局的角色“数据局”"),
        (roles(remove=[FINANCE]), "NOT_HELD", "杜数没有山丘区财政局的角色“财政局”"),
        (lambda: people.enable(security, "dora", "x", NOW), "ENABLED", "账号“dora”没有停用"),
        (lambda: people.enable(security, "nobody", "x", NOW), "NOT_FOUND", "没有账号“nobody”"),
        (lambda: people.enable(security, "val", "x", NOW), "OTHER_DISTRICT", "您只能管理本区"),
        (lambda: people.enable(cast.root, "dora", "x", NOW), "NOT_ADMINISTRATOR", "只有本区的安全管理员"),
        (lambda: people.enable(cast.root, "nobody", "x", NOW), "NOT_ADMINISTRATOR", "只有本区的安全管理员"),
        (lambda: people.enable(security, "dora", " ", NOW), "REASON", "请说明原因"),
        (lambda: people.disable(security, "sec", "x", NOW), "SELF", "不能停用自己的账号"),
        (lambda: people.disable(security, "dora", "x", NOW, successor="dora"), "SUCCESSOR", "接手人“dora”须是同一区另一个没有停用的账号"),
        (lambda: people.disable(security, "dora", "x", NOW, successor="root"), "SUCCESSOR", "接手人“root”是管理员"),
        (lambda: people.set_password(security, "dora", "short", "x", NOW, one_time=True), "PASSWORD_WEAK", "口令应为"),
        (lambda: people.change_own_password(SYSTEM, "a", "b", NOW), "NO_ACCOUNT", "没有可以修改口令的账号"),
        (lambda: people.change_own_password(cast.dora, "a", "b", NOW), "PASSWORD_WRONG", "现用口令不正确"),
        (absent("nobody", "dora"), "NOT_FOUND", "没有账号“nobody”"),
        (absent("dora", "nobody"), "NOT_FOUND", "没有账号“nobody”"),
        (absent("fred", "dora", 12, 11), "PERIOD", "代理的截止日期不能早于开始日期"),
        (absent("fred", "fred"), "OTHER_DISTRICT", "代理人须是同一区的另一人"),
        (absent("fred", "root"), "ROLES_MIXED", "账号“root”的角色互斥"),
        (absent("fred", "dora", actor=cast.dora), "NOT_ADMINISTRATOR", "只有本区的安全管理员"),
        (lambda: accounts.user(security, "nobody"), "NOT_FOUND", "没有账号“nobody”"),
        (lambda: accounts.user(security, "val"), "OTHER_DISTRICT", "您只能管理本区"),
        (lambda: accounts.users(security, "valley"), "OTHER_DISTRICT", "您只能管理本区"),
        (lambda: accounts.users(SYSTEM, "nowhere"), "DISTRICT", "nowhere"),
        (lambda: accounts.named(security, "val", NOW), "OTHER_DISTRICT", "您只能管理本区"),
        (lambda: accounts.holders(security, "valley", "finance", NOW), "OTHER_DISTRICT", "您只能管理本区"),
        (lambda: accounts.issue_token(security, "nobody", "x", NOW), "NOT_FOUND", "没有账号“nobody”,或该账号已停用"),
        (lambda: accounts.issue_token(security, "val", "x", NOW), "OTHER_DISTRICT", "您只能管理本区"),
        (lambda: accounts.actor(5, NOW), "NOT_FOUND", "没有此账号,或该账号已停用"),
        (lambda: offices.listing(security, "valley"), "OTHER_DISTRICT", "您只能管理本区"),
        (lambda: offices.create(security, "hill", "\n", NOW), "NAME", "单位名称应为"),
        (lambda: offices.create(security, "valley", "新", NOW), "OTHER_DISTRICT", "您只能管理本区"),
        (lambda: offices.create(SYSTEM, "nowhere", "新", NOW), "DISTRICT", "nowhere"),
        (lambda: offices.close(security, "hill", "没有", "x", NOW), "NOT_FOUND", "没有单位“没有”"),
        (lambda: offices.close(security, "hill", "教育局", " ", NOW), "REASON", "请说明原因"),
        (
            lambda: offices.close(security, "hill", "教育局", "x", NOW),
            "OFFICE_STAFFED",
            "教育局还有 1 人任职（艾丽），请先为他们调整角色或停用账号",
        ),
        (lambda: offices.close(security, "valley", "教育局", "x", NOW), "OTHER_DISTRICT", "您只能管理本区"),
    ):
        found = refused(act)
        assert (found[0], told in found[1]) == (code, True), found
    absent("fred", "dora", 11, 11, actor=cast.fred)()  # one's own absence, of a single day
    offices.close(security, "hill", "示例公司", "x", NOW)
    assert refused(lambda: offices.close(security, "hill", "示例公司", "x", NOW)) == ("CLOSED", "示例公司已经撤销")
    apply(cast)
    people.disable(security, "alice", "x", NOW)
    assert refused(lambda: offices.close(security, "hill", "教育局", "x", NOW)) == (
        "OFFICE_BUSY", "教育局还有 1 件事项未办结，请先办结，或由系统管理员改派",
    )  # fmt: skip


def test_many_names_are_told_by_the_first_five() -> None:
    assert offices._some(["甲", "乙"]) == "甲、乙"
    assert offices._some(list("甲乙丙丁戊")) == "甲、乙、丙、丁、戊"
    assert offices._some(list("甲乙丙丁戊己")) == "甲、乙、丙、丁、戊等 6 个"


def test_a_role_may_be_given_again_in_the_act_that_takes_it_away(cast: Cast, security: Actor) -> None:
    people.change_roles(security, "dora", "重设", NOW, add=[BUREAU, BUREAU], remove=[BUREAU])
    assert accounts.actor(cast.dora.user, NOW).roles == {"data_bureau"}


def test_holders_are_asked_for_by_office(cast: Cast, security: Actor) -> None:
    office = cast.fred.memberships[0].office
    assert accounts.holders(security, "hill", "finance", NOW, offices=[office]) == [cast.fred]
    assert accounts.holders(security, "hill", "finance", NOW, offices=[office + 1]) == []
    assert accounts.named(security, "nobody", NOW) is None
    assert accounts.named(security, "fred", NOW) == cast.fred


def test_accounts_of_the_demonstration_are_those_that_it_made(cast: Cast) -> None:
    accounts.create_users(
        SYSTEM, [("demo", "演示", "hill", [FINANCE, BUREAU]), ("bare", "无角色", "hill", [])], "$argon2id$x", NOW, demonstration=True
    )
    written.check("demonstration_accounts", written.seen(accounts=accounts.demonstration_accounts()))


def test_whoever_was_lent_a_role_has_it_from_the_first_day_to_the_last(cast: Cast) -> None:
    accounts.substitute(SYSTEM, "fred", "dora", date(2026, 3, 11), date(2026, 3, 13), NOW)
    roles = [sorted(accounts.actor(cast.dora.user, NOW + days * DAY).roles) for days in range(5)]
    assert roles == [["data_bureau"], *[["data_bureau", "finance"]] * 3, ["data_bureau"]]
