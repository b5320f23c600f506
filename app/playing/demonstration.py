"""The demonstration: an organisation, accounts and projects in every phase, made through the real services."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from app.catalogue import districts
from app.codes import RequestCode
from app.domain.districts import District, RoleInfo
from app.domain.permissions import SYSTEM, Actor, may_administer
from app.errors import InvalidRequest
from app.playing import lives
from app.services import accounts, instants, projects, pump, timers

PASSWORD = "Quancheng-2026"  # noqa: S105 - printed by the command that makes the demonstration
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = (
    "建国",
    "晓芸",
    "志远",
    "文静",
    "海涛",
    "丽华",
    "思齐",
    "明哲",
    "雨桐",
    "国栋",
    "欣怡",
    "振华",
    "雅琴",
    "俊杰",
    "春燕",
    "立军",
    "若兰",
    "永康",
    "佳宁",
    "德明",
)
_LONGEST_JUMP = timedelta(days=3660)


def organise(now: datetime, *, password: str = PASSWORD) -> int:
    """Offices of every role of every district and an account each, like ``sucheng.finance``. Returns how many accounts are new; existing ones are kept."""
    wanted = [
        (username, _name(number), district.key, [(role, office)])
        for district in districts.every().values()
        for number, (username, role, office) in enumerate(_posts(district))
    ]
    taken = {account.username for key in districts.every() for account in accounts.users(SYSTEM, key)}
    new = [person for person in wanted if person[0] not in taken]
    if new:
        accounts.create_users(SYSTEM, new, accounts.hashed(password), now, demonstration=True)
    return len(new)


def _posts(district: District) -> Iterator[tuple[str, str, str]]:
    """(username, role, office): one account for each office of each role."""
    for role in district.roles.values():
        for number, office in enumerate(_offices(district, role), start=1):
            yield f"{district.key}.{role.key}{number if number > 1 else ''}", role.key, office


def _offices(district: District, role: RoleInfo) -> tuple[str, ...]:
    """The offices of a role; one that belongs to a project's own office and names none has those of the role after which its relation is called."""
    if role.offices:
        return role.offices
    if role.relation is not None:
        namesake = district.roles.get(role.relation)
        if namesake is not None and namesake.offices:
            return namesake.offices
        return district.roles["applicant"].offices if "applicant" in district.roles else (f"{district.title}示例单位",)
    bureau = district.roles.get("data_bureau")
    return bureau.offices[:1] if bureau is not None and bureau.offices else (f"{district.title}示例单位",)


def _name(number: int) -> str:
    return _SURNAMES[number % len(_SURNAMES)] + _GIVEN[(number * 7 + number // len(_SURNAMES)) % len(_GIVEN)]


def build(now: datetime, *, password: str = PASSWORD, progress: Callable[[str], None] = lambda line: None) -> int:
    """The organisation and at least twelve projects over the phases of both districts, some overdue. Returns how many projects; 0 if they were there."""
    if projects.search(SYSTEM, now, limit=1).total:
        return 0
    progress(f"建立演示单位与账号:{organise(now, password=password)} 个账号")
    return lives.live(now, progress)


def advance(actor: Actor, until: datetime | timedelta) -> datetime:
    """Move the virtual clock on, firing what is due on the way in order. Returns the new instant. Raises Forbidden, InvalidRequest (CLOCK_BACK, CLOCK_REAL)."""
    may_administer(actor).require()
    if not instants.is_virtual():
        raise InvalidRequest("本系统使用真实时钟,不能调整时间", code=RequestCode.CLOCK_REAL)
    present = instants.now()
    goal = present + until if isinstance(until, timedelta) else until
    if goal.tzinfo is None:
        raise InvalidRequest("时刻必须带时区", code=RequestCode.CLOCK_NAIVE)
    if goal < present:
        raise InvalidRequest("时钟只能向后推进,不能倒退", code=RequestCode.CLOCK_BACK)
    if goal - present > _LONGEST_JUMP:
        raise InvalidRequest("一次最多推进十年", code=RequestCode.CLOCK_FAR)
    while (due := timers.next_due()) is not None and due <= goal:
        instants.move_to(max(due, instants.now()))
        if not pump.run_due(instants.now()):
            break  # what is left cannot be fired now; the pump tries again
    instants.move_to(max(goal, instants.now()))
    return instants.now()
