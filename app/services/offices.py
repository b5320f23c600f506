"""Offices: those that a district's file names, and those that a security administrator adds. One that is closed stays, for cases name it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.acts import audit
from app.acts.transaction import act
from app.catalogue import districts
from app.codes import RequestCode
from app.domain.accounts import LONGEST_NAME, checked_name
from app.domain.codes import Action
from app.domain.districts import District
from app.domain.keys import next_key
from app.domain.permissions import SYSTEM, Actor, may_manage
from app.domain.reasons import checked_reason
from app.errors import Conflict, NotFound
from app.seen.shapes import OfficeLine
from app.store import accounts, rows
from app.store.tables import OrganisationRow

_TOLD = 5  # names in a sentence


def listing(actor: Actor, tenant: str) -> list[OfficeLine]:
    """A district's offices by name, closed ones last. Raises Forbidden, InvalidRequest (DISTRICT)."""
    may_manage(actor, tenant).require()
    district = districts.get(tenant)
    titles = _titles(district)
    staff = accounts.staff(tenant)
    lines = [
        OfficeLine(
            key=row.key,
            name=row.name,
            people=staff.get(row.key, 0),
            role_titles=titles.get(row.name, ()),
            filed=row.name in titles,
            closed_at=row.closed_at,
        )
        for row in accounts.offices(tenant)
    ]
    return sorted(lines, key=lambda line: line.closed_at is not None)


def create(actor: Actor, tenant: str, name: str, now: datetime, *, reason: str = "") -> int:
    """The key of the office called ``name``; one that was closed is open again, an open one is given back. Raises Forbidden, InvalidRequest (NAME, DISTRICT)."""
    may_manage(actor, tenant).require()
    districts.get(tenant)
    said = checked_name(name, "单位名称")
    known = next((row for row in accounts.offices(tenant) if row.name == said), None)
    if known is not None and known.closed_at is None:
        return known.key
    key = next_key() if known is None else known.key
    with act():
        if known is None:
            rows.insert(OrganisationRow, [_row(key, tenant, said, now, None)])
        else:
            accounts.change_office(key, closed_at=None)
        details = {"key": str(key), "reason": reason.strip()[:LONGEST_NAME]}
        audit.record(
            actor,
            Action.ORGANISATION_CREATE if known is None else Action.ORGANISATION_OPEN,
            said,
            details,
            now,
            chain=actor.user,
            tenant=tenant,
        )
    return key


def close(actor: Actor, tenant: str, name: str, reason: str, now: datetime) -> None:
    """Let nobody join an office any more. It has to be empty: its people are given other roles and its open tasks are done first.

    Raises Forbidden, NotFound, InvalidRequest (REASON), Conflict (CLOSED, OFFICE_STAFFED, OFFICE_BUSY).
    """
    may_manage(actor, tenant).require()
    said = checked_reason(reason)
    office = next((row for row in accounts.offices(tenant) if row.name == name.strip()), None)
    if office is None:
        raise NotFound(f"没有单位“{name}”")
    if office.closed_at is not None:
        raise Conflict(f"{office.name}已经撤销", code=RequestCode.CLOSED)
    with act():
        people = [user.name for user in accounts.members_of(office.key)]
        if people:
            raise Conflict(
                f"{office.name}还有 {len(people)} 人任职（{_some(people)}），请先为他们调整角色或停用账号", code=RequestCode.OFFICE_STAFFED
            )
        waiting = accounts.waiting_at(office.key)
        if waiting:
            raise Conflict(f"{office.name}还有 {waiting} 件事项未办结，请先办结，或由系统管理员改派", code=RequestCode.OFFICE_BUSY)
        accounts.change_office(office.key, closed_at=now)
        audit.record(
            actor, Action.ORGANISATION_CLOSE, office.name, {"key": str(office.key), "reason": said}, now, chain=actor.user, tenant=tenant
        )


def found(now: datetime) -> list[str]:
    """Make the offices that the districts' files name; safe to repeat, and on several nodes. Returns what an operator should know of them."""
    told = []
    for district in districts.every().values():
        wanted = _titles(district)
        known = {row.name: row for row in accounts.offices(district.key)}
        staff = accounts.staff(district.key)
        new = [name for name in wanted if name not in known]
        adopted = [known[name].key for name in wanted if name in known and known[name].filed_at is None]
        if new or adopted:
            with act():
                rows.insert_new(OrganisationRow, [_row(next_key(), district.key, name, now, now) for name in new], ["tenant", "name"])
                if adopted:
                    accounts.file_offices(adopted, now)
                if new:
                    audit.record(
                        SYSTEM, Action.ORGANISATION_CREATE, _some(new), {"offices": new}, now, chain=SYSTEM.user, tenant=district.key
                    )
        for name, row in known.items():
            if row.filed_at is not None and row.closed_at is None and name not in wanted:
                told.append(
                    f"{district.title}的区文件不再列出{name}：单位与人员保留，确已撤销的请用 quancheng office close 关闭"
                    + _unheard(staff, row.key)
                )
            if row.closed_at is not None and name in wanted:
                told.append(f"{district.title}的区文件列出的{name}已撤销：恢复请用 quancheng office create")
    return told


def _unheard(staff: Mapping[int, int], office: int) -> str:
    """Roles that a district's file gives to certain offices count in those alone: whoever has held one elsewhere does its tasks no more until that is mended."""
    people = staff.get(office, 0)
    return f"；仍在其中任职的 {people} 人不能再凭区文件指定单位的角色办理事项，请由安全管理员改到区文件所列的单位" if people else ""


def _some(names: Sequence[str]) -> str:
    """The first few of many names."""
    return "、".join(names[:_TOLD]) + (f"等 {len(names)} 个" if len(names) > _TOLD else "")


def _row(key: int, tenant: str, name: str, now: datetime, filed_at: datetime | None) -> dict[str, object]:
    return {"key": key, "tenant": tenant, "name": name, "created_at": now, "filed_at": filed_at, "closed_at": None}


def _titles(district: District) -> dict[str, tuple[str, ...]]:
    """Office name → titles of the roles for which the district's file names it."""
    titles: dict[str, tuple[str, ...]] = {}
    for role in district.roles.values():
        for office in role.offices:
            titles[office] = (*titles.get(office, ()), role.title)
    return titles
