"""The register of systems: existing ones are entered from a table, all of them or none. A project's own come by its processes (``record``).

A built system gets a project in the phase in which systems run, so that all that is asked of a running system (monitoring, tests, retirement) is asked of it too;
what the table says of it is unconfirmed until an owner has confirmed it.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import islice
from typing import Any

from openpyxl.reader.excel import load_workbook

from app.acts import audit
from app.acts.rows import Row, fact_change, record
from app.acts.transaction import act
from app.catalogue import districts, snapshot
from app.domain import systems
from app.domain.codes import Action, VerdictCode
from app.domain.fact_changes import FactChange, FactOrigin, set_facts
from app.domain.facts import Right, RightKind
from app.domain.keys import next_key
from app.domain.permissions import Actor
from app.domain.reading import called
from app.domain.systems import BUILT, RowFault, SystemLine
from app.errors import Conflict, Forbidden, InvalidRequest
from app.store import accounts, ledger, projects, rows
from app.store.tables import FactChangeRow, RecordRow

REGISTER, OPERATING, APPLICANT, ENTERING = "system", "operating", "applicant", "data_bureau"
LIFECYCLES = ("计划建设", "在建", "已建", "已退出")
MOST_ROWS, MOST_COLUMNS = 5_000, 100
MOST_BYTES, MOST_UNPACKED = 10_000_000, 100_000_000
_IMPORT = Right(kind=RightKind.IMPORT, creates=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What a table would enter or has entered. With any fault nothing is entered. ``keys``: of the new projects of systems that are built."""

    rows: int
    built: int
    building: int
    faults: tuple[RowFault, ...]
    entered: bool
    keys: tuple[int, ...] = ()

    @property
    def warning(self) -> str:
        """What nobody is going to ask of what is being built, and what to do about it; empty without any."""
        if not self.building:
            return ""
        return f"在建的 {self.building} 个没有项目,不监测、不检测、不报送年度运维情况;建成以后请把这一行改为“已建”再导入,各项义务从那时开始"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemView:
    """A row of the register as a page shows it. ``project``: the key of its project, None of one that is imported while it is being built."""

    number: str
    name: str
    owner: str
    lifecycle: str
    category: str | None
    built_on: str | None
    exit_reason: str | None
    project: int | None


def enter(actor: Actor, tenant: str, content: bytes, now: datetime, *, dry_run: bool) -> ImportReport:
    """Enter the systems of a table (.xlsx), or say what is wrong with it row by row. Raises Forbidden, InvalidRequest (the file itself)."""
    if not may_enter(actor, tenant):
        raise Forbidden("存量系统由区数据局登记", code=VerdictCode.ROLE_MISSING)
    district = districts.get(tenant)
    table, faults = _read(content)
    offices = accounts.offices(tenant)
    may_own = set(district.roles[APPLICANT].offices) if APPLICANT in district.roles else set()
    with act():
        there = {str(row.data["systemNo"]): row for row in ledger.records(tenant, REGISTER, None)}
        known = systems.KnownRegister(
            offices={row.name: row.key for row in offices if row.closed_at is None and row.name in may_own},
            closed={row.name for row in offices},
            entered={number: str(row.data["lifecycle"]) for number, row in there.items()},
            today=now.astimezone(district.zone).date(),
        )
        lines, wrong = systems.checked(table, known)
        faults += wrong
        if not faults and not lines:
            faults.append(RowFault(2, "", "表里没有一个系统"))
        built = [line for line in lines if line.lifecycle == BUILT]
        enters = not faults and not dry_run
        keys = tuple(_enter(actor, tenant, lines, now)) if enters else ()
    return ImportReport(
        rows=len(table), built=len(built), building=len(lines) - len(built), faults=tuple(faults), entered=enters, keys=keys
    )


def may_enter(actor: Actor, tenant: str) -> bool:
    return actor.is_system or (actor.tenant == tenant and ENTERING in actor.roles)


def may_look(actor: Actor) -> bool:
    """Whether somebody sees the district's register: who oversees its projects."""
    return actor.is_system or any(role.oversees for role in districts.get(actor.tenant).roles.values() if role.key in actor.roles)


def listing(actor: Actor) -> list[SystemView]:
    """The systems of the actor's district by number. Raises Forbidden unless they oversee its projects."""
    if not may_look(actor):
        raise Forbidden("信息系统登记由统筹管理项目的单位查看", code=VerdictCode.ROLE_MISSING)
    hidden = projects.aliases(actor.tenant)
    found = [
        SystemView(
            number=str(row.data.get("systemNo") or ""),
            name=called(actor, str(row.data.get("name") or ""), *hidden.get(row.project_key, ("", None))),
            owner=str((row.data.get("owner") or {}).get("name") or ""),
            lifecycle=str(row.data.get("lifecycle") or ""),
            category=row.data.get("category"),
            built_on=row.data.get("builtOn"),
            exit_reason=row.data.get("exitReason"),
            project=row.project_key,
        )
        for row in ledger.records(actor.tenant, REGISTER, None)
    ]
    return sorted(found, key=lambda line: line.number)


def _read(content: bytes) -> tuple[list[tuple[int, Mapping[str, Any]]], list[RowFault]]:
    """The first sheet's rows by column, blank rows left out, with their numbers; and what is wrong with its header."""
    if len(content) > MOST_BYTES:
        raise InvalidRequest(f"文件超过 {MOST_BYTES // 1_000_000} MB,请分几个文件导入")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
                raise InvalidRequest("文件解开后过大,请检查是不是信息系统的表")
        sheet = load_workbook(BytesIO(content), read_only=True).worksheets[0]
        found = list(islice(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), MOST_ROWS + 2))
    except InvalidRequest:
        raise
    except Exception as error:  # the library raises whatever a broken file leads it into
        raise InvalidRequest("文件不能读取:应是 xlsx 格式的表,第一行是列名") from error
    if len(found) > MOST_ROWS + 1:
        raise InvalidRequest(f"一次最多导入 {MOST_ROWS} 行,请分几个文件")
    header = found[0] if found else ()
    faults = list(systems.header_faults(header))
    names = [str(name).strip() if name is not None else "" for name in header]
    if faults:
        return [], faults
    table = [(number, dict(zip(names, cells, strict=False))) for number, cells in enumerate(found[1:], 2)]
    formulas = [
        RowFault(number, name, "是公式，请在表格软件里粘贴为数值")
        for number, cells in table
        for name, value in cells.items()
        if _is_formula(value)
    ]
    if formulas:
        return [], formulas
    return [(number, cells) for number, cells in table if any(value is not None and str(value).strip() for value in cells.values())], []


def _is_formula(value: object) -> bool:
    """What it gives is not in the file for certain: read as nothing, it would vanish without a word."""
    return isinstance(value, str) and value.startswith("=")


def _enter(actor: Actor, tenant: str, lines: list[SystemLine], now: datetime) -> list[int]:
    schema = snapshot.library(tenant).ledger
    form = snapshot.library(tenant).reference("form", f"records.{REGISTER}")
    if schema is None or form is None:
        raise Conflict(f"本区没有部署登记簿“{REGISTER}”,请先部署")
    changes: list[Row] = []
    entries: list[Row] = []
    keys: list[int] = []
    for line in lines:
        key = None
        if line.lifecycle == BUILT:
            key = next_key()
            facts = {"category": line.category, "acceptedOn": line.built_on.isoformat() if line.built_on else None}
            project, written = set_facts(_project(actor, tenant, key, line, now), facts, schema, FactOrigin(right=_IMPORT))
            projects.insert(project)
            changes += [_change(actor, tenant, key, one, now) for one in written]
            keys.append(key)
        entries.append(_entry(tenant, key, line, now))
        ledger.take_place(tenant, REGISTER, line.number, now)
    rows.insert(FactChangeRow, changes)
    rows.insert(RecordRow, entries)
    details = {"rows": len(lines), "systems": [line.number for line in lines], "projects": [str(key) for key in keys]}
    audit.record(actor, Action.SYSTEMS_IMPORT, REGISTER, details, now, chain=actor.user, tenant=tenant)
    return keys


def _project(actor: Actor, tenant: str, key: int, line: SystemLine, now: datetime) -> dict[str, Any]:
    office, name = line.owner
    return {
        "key": key, "tenant": tenant, "number": "", "name": line.name, "phase": OPERATING, "applicant_key": office, "applicant_office": name, "plan_year": None,
        "total_amount": None, "contract_amount": None, "facts": {"projectKey": str(key), "projectName": line.name, "applicantOffice": name},
        "offices": {APPLICANT: [[office, name]]}, "phases": [[OPERATING, now.isoformat()]], "approved": [], "unconfirmed": [], "version": 0,
        "created_by": actor.user or None, "created_at": now, "updated_at": now,
    }  # fmt: skip


def _entry(tenant: str, project_key: int | None, line: SystemLine, now: datetime) -> Row:
    office, name = line.owner
    data = {
        "systemNo": line.number, "name": line.name, "owner": {"key": str(office), "name": name}, "lifecycle": line.lifecycle, "category": line.category,
        "builtOn": line.built_on.isoformat() if line.built_on else None, "note": line.note,
    }  # fmt: skip
    place = {
        "process_id": "", "instance_key": None, "scope": None, "item": None, "round": None, "stage": "", "office_key": None, "office": None,
    }  # fmt: skip
    return record(
        key=next_key(),
        tenant=tenant,
        kind=REGISTER,
        data={name: value for name, value in data.items() if value is not None},
        amount=None,
        project_key=project_key,
        root_key=None,
        element_id="",
        place=place,
        now=now,
        subject=line.number,
    )


def _change(actor: Actor, tenant: str, project_key: int, change: FactChange, now: datetime) -> Row:
    return fact_change(
        tenant=tenant,
        project_key=project_key,
        root_key=0,
        process_id="",
        element_id="",
        field=change.field,
        before=change.before,
        after=change.after,
        right=RightKind.IMPORT,
        source="",
        role="",
        version=0,
        user_key=actor.user,
        user_name=actor.name,
        now=now,
    )
