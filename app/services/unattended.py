"""NO_PERFORMER: open tasks that nobody can do, and what each of them lacks. Asked when it is looked at, so that it is right whoever has come or gone since."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

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
    found, total = tasks.todo([tasks.nobodys(district.key, sorted(held))], now, overdue=False, limit=limit, offset=offset)
    named = {name for row in found for name in (row.assignee, *row.candidate_users) if name}
    people = {user.username: user.active for user in accounts.by_usernames(sorted(named))}
    lines = [UnattendedLine(line=task_line(row, now), missing=tuple(_missing(row, district, held, people))) for row in found]
    return Page(lines, total, limit, offset)


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


def _missing(row: Any, district: District, held: set[tuple[str, int]], people: Mapping[str, bool]) -> Iterator[str]:
    if row.assignee:
        yield f"指定由{_person(row.assignee, people)}办理"
        return
    if not row.candidate_groups and not row.candidate_users:
        yield "流程图没有写明由谁办理，或写明的人为空"
    offices = projects.offices(row.project_key) if row.project_key else None
    for role in row.candidate_groups:
        yield from _of_role(role, district, offices, held)
    for username in row.candidate_users:
        yield f"候选办理人{_person(username, people)}"


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
