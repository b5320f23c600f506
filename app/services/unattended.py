"""NO_PERFORMER: open tasks that nobody can do, and what each of them lacks. Asked when it is looked at, so that it is right whoever has come or gone since."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.acts.answering import signed_by
from app.acts.candidates import ANY, effective
from app.catalogue import snapshot
from app.domain.districts import District
from app.domain.permissions import ADMINISTRATORS, Actor, Membership, may_administer
from app.seen.lines import bounds, task_line
from app.seen.shapes import Page, UnattendedLine
from app.store import accounts, projects, tasks


def listing(actor: Actor, now: datetime, *, limit: int | None = None, offset: int = 0) -> Page[UnattendedLine]:
    """The district's tasks that nobody can do, due first, for system administrators. Raises Forbidden."""
    may_administer(actor, actor.tenant).require()
    limit, offset = bounds(limit, offset)
    district = snapshot.district(actor.tenant)
    held = _held(district, now)
    found, total = tasks.todo(
        [tasks.nobodys(district.key, sorted(held), _all_signed(district, now))], now, overdue=False, limit=limit, offset=offset
    )
    named = {name for row in found for name in (row.assignee, *row.candidate_users) if name}
    people = {user.username: user.active for user in accounts.by_usernames(sorted(named))}
    registered = {office.key: (office.name, office.closed_at is None) for office in accounts.offices(district.key)} if found else {}
    lines = [
        UnattendedLine(line=task_line(row, now, actor), missing=tuple(_missing(row, district, held, people, registered))) for row in found
    ]
    return Page(lines, total, limit, offset)


def _all_signed(district: District, now: datetime) -> list[int]:
    """The open tasks that nobody does twice in a round, where everybody who could has done another: few, so that they are looked at one by one."""
    waiting = tasks.half_signed(district.key)
    if not waiting:
        return []
    today = now.astimezone(district.zone).date()
    people: dict[int, list[Membership]] = {}
    for user, role, office, name, first_on, last_on in accounts.holdings_by_person(district.key):
        if (first_on is None or first_on <= today <= last_on) and role not in ADMINISTRATORS:
            people.setdefault(user, []).append(Membership(role, office, name))
    able = {user: effective(memberships, district) for user, memberships in people.items()}
    names = {user.id: user.username for user in accounts.active_people(district.key)}
    return [
        key
        for key, candidates, assignee, signers in waiting
        if not any(
            name == assignee
            if assignee is not None
            else any((role, office) in able.get(user, ()) or (not role and name == who) for role, office, who in candidates)
            for user, name in names.items()
            if user not in signers
        )
    ]


def _held(district: District, now: datetime) -> set[tuple[str, int]]:
    """All that active people hold today, lent roles included, but for administrators, who do no task."""
    today = now.astimezone(district.zone).date()
    return effective(
        (
            Membership(role, office, name)
            for role, office, name, first_on, last_on in accounts.holdings(district.key)
            if (first_on is None or first_on <= today <= last_on) and role not in ADMINISTRATORS
        ),
        district,
    )


def _missing(
    row: Any, district: District, held: set[tuple[str, int]], people: Mapping[str, bool], registered: Mapping[int, tuple[str, bool]]
) -> Iterator[str]:
    """``registered``: office → its name in the register, and whether it is still open."""
    if row.signing is not None and (signers := signed_by(row.root_key, row.signing, row.seat, row.visit)):
        yield f"同一人在一轮里只能办一次：能办的人在本轮都已办过（已办 {len(signers)} 人）"
        if _doable(row, held):
            return
    if row.assignee:
        yield f"指定由{_person(row.assignee, people)}办理"
        return
    if not row.candidate_groups and not row.candidate_users:
        yield "流程图没有写明由谁办理，或写明的人为空"
    if row.office_key is not None:
        yield from _of_office(row, district, held, registered)
        return
    offices = projects.offices(row.project_key) if row.project_key else None
    for role in row.candidate_groups:
        yield from _of_role(role, district, offices, held)
    for username in row.candidate_users:
        yield f"候选办理人{_person(username, people)}"


def _doable(row: Any, held: set[tuple[str, int]]) -> bool:
    """Whether somebody holds one of its roles where it has to be held."""
    return any((role, row.office_key or ANY) in held for role in row.candidate_groups) and row.office_key != 0


def _of_office(row: Any, district: District, held: set[tuple[str, int]], registered: Mapping[int, tuple[str, bool]]) -> Iterator[str]:
    """What a task of one office lacks."""
    if not row.office_key:
        yield f"流程写明由一家单位办理，但{f'“{row.office}”不是登记的单位' if row.office else '没有指定单位（表达式得到空值）'}"
        return
    known = registered.get(row.office_key)
    if known is None:
        yield f"登记的单位中没有“{row.office}”（编号 {row.office_key}）"
        return
    name, is_open = known
    if not is_open:
        yield f"{name}已撤销：请恢复该单位，或由系统管理员改派给承接的单位"
    for role in row.candidate_groups:
        info, title = district.roles.get(role), district.role_title(role)
        if info is None:
            yield f"区文件中没有角色“{role}”，也没有人担任"
        elif info.administrative:
            yield f"“{title}”是管理角色，不办理业务事项，请业务分析员改正流程图"
        elif info.relation is None and info.offices and name not in info.offices:
            yield f"区文件没有把角色“{title}”给{name}"
        elif (role, row.office_key) not in held:
            yield f"{name}没有人担任“{title}”"


def _person(username: str, people: Mapping[str, bool]) -> str:
    if username not in people:
        return f"“{username}”，没有此账号"
    return f"“{username}”，是管理员或属于其他区" if people[username] else f"“{username}”，该账号已停用"


def _of_role(
    role: str, district: District, offices: Mapping[str, Sequence[Sequence[Any]]] | None, held: set[tuple[str, int]]
) -> Iterator[str]:
    info = district.roles.get(role)
    title = district.role_title(role)
    if info is None:
        yield f"区文件中没有角色“{role}”，也没有人担任"
    elif info.administrative:
        yield f"“{title}”是管理角色，不办理业务事项，请业务分析员改正流程图"
    elif info.relation is None or offices is None:
        if (role, ANY) not in held:
            yield f"{'、'.join(info.offices) if info.relation is None and info.offices else district.title}没有人担任“{title}”"
    elif not offices.get(info.relation):
        yield f"项目还没有“{title}”这一单位"
    else:
        yield from (f"{name}没有人担任“{title}”" for key, name in offices[info.relation] if (role, int(key)) not in held)
