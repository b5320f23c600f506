"""台账: the registers and the reports of a district as lists, for whoever may read what stands in them; and the same as a workbook.

Who oversees sees the district's rows, anybody else those of their offices' projects and what their offices have entered; of each row the table ``readable``
says whether it is read. A report is a form's file (``app.domain.reports``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.acts import audit
from app.acts.candidates import project_facts
from app.acts.transaction import act
from app.catalogue import readable, snapshot
from app.catalogue.expressions import evaluate
from app.catalogue.snapshot import Snapshot
from app.decision import feel
from app.domain import permissions, reading, reports
from app.domain.codes import Action, VerdictCode
from app.domain.districts import District
from app.domain.facts import LEDGER
from app.domain.permissions import Actor
from app.domain.project_values import project_context
from app.domain.reading import Content, ProjectReader
from app.domain.reports import OF_PROJECTS, PREFIX, LedgerReport, ReportColumn
from app.engine.expressions import vocabulary
from app.errors import Forbidden, NotFound
from app.seen import saying, wording, workbook
from app.seen.lines import bounds
from app.seen.register_shapes import UNKNOWN, RegisterLine, RegisterPage, RegisterRow
from app.seen.shapes import Page
from app.services import documents
from app.services.reading import given_to
from app.store import registers
from app.store.resources import ResourceRef

MOST_ROWS = 10_000  # that one list looks at
_RECORD = "record_"


@dataclass(frozen=True, slots=True)
class Filters:
    """``since`` and ``until``: days on which a row was entered, both counted in; of the ledger ``phase`` and ``year``."""

    text: str = ""
    phase: str = ""
    year: int | None = None
    since: date | None = None
    until: date | None = None


def listing(actor: Actor) -> list[RegisterLine]:
    """Reports first, then the registers in which the reader finds something, by title. Raises Forbidden."""
    library = _library(actor)
    counts = registers.counts(actor.tenant, _offices(actor))
    found = [RegisterLine(PREFIX + one.key, one.title, one.description, None) for one in _reports(library)]
    lines = [
        RegisterLine(kind, wording.record_title(library, kind), "", count)
        for kind, count in counts.items()
        if wording.register(library, kind)
    ]
    return [*sorted(found, key=lambda line: line.title), *sorted(lines, key=lambda line: line.title)]


def page(actor: Actor, kind: str, filters: Filters, now: datetime, *, limit: int | None = None, offset: int = 0) -> RegisterPage:
    """One list, a page of it. Raises Forbidden, NotFound."""
    limit, offset = bounds(limit, offset)
    whole = _whole(actor, kind, filters, now)
    rows = whole.rows[offset : offset + limit]
    printed = documents.of_trees(actor, {row.root_key for row in rows if row.root_key is not None and row.project_key is None})
    rows = [replace(row, files=tuple(printed.get(row.root_key or 0, ()))) if row.project_key is None else row for row in rows]
    return replace(whole, lines=Page(rows, whole.total, limit, offset))


def export(actor: Actor, kind: str, filters: Filters, now: datetime) -> tuple[str, bytes]:
    """The name and the content of a workbook with all rows that fit; audited. Raises Forbidden, NotFound."""
    whole = _whole(actor, kind, filters, now)
    content = workbook.written(whole, now.astimezone(snapshot.district(actor.tenant).zone))
    with act():
        details = {"kind": kind, "rows": whole.total, "filters": {name: str(value) for name, value in _given(filters)}}
        audit.record(actor, Action.REGISTER_EXPORT, whole.title, details, now, chain=actor.user, tenant=actor.tenant)
    return f"{whole.title}.xlsx", content


# ---------------------------------------------------------------------- parts


def _given(filters: Filters) -> Iterator[tuple[str, Any]]:
    for name in ("text", "phase", "year", "since", "until"):
        if (value := getattr(filters, name)) not in ("", None):
            yield name, value


def _library(actor: Actor) -> Snapshot:
    if not actor.tenant:
        raise NotFound("台账按区列出，您不属于任何一个区")
    district = snapshot.district(actor.tenant)
    if actor.is_administrator and not permissions.oversees(actor, district):
        raise Forbidden("管理员账号不能查看业务内容", code=VerdictCode.ADMINISTRATOR)
    return snapshot.library(actor.tenant)


def _offices(actor: Actor) -> list[int] | None:
    """By whose projects somebody's lists are cut; None: all of the district's."""
    return None if permissions.oversees(actor, snapshot.district(actor.tenant)) else _own(actor)


def _own(actor: Actor) -> list[int]:
    """The offices in which somebody holds a post that reads: no analyst's."""
    return sorted({one.office for one in reading.posts(actor, snapshot.district(actor.tenant))})


def _reports(library: Snapshot) -> list[LedgerReport]:
    newest = library.indices["form"].newest
    found = (reports.of_form(snapshot.form(ref.key)) for name, ref in newest.items() if name.startswith(PREFIX))
    return [one for one in found if one is not None]


def _whole(actor: Actor, kind: str, filters: Filters, now: datetime) -> RegisterPage:
    library = _library(actor)
    report = next((one for one in _reports(library) if PREFIX + one.key == kind), None)
    if report is None:
        found = _register(actor, library, kind)
        if found is None:
            raise NotFound("没有这个登记簿或报表")
        report = LedgerReport(kind, found.name, kind, reports.columns(_plain(snapshot.form(found.key).fields)))
    rows = list(_rows(actor, library, report, filters, now))
    cut_off = len(rows) > MOST_ROWS
    kept = [row for row in rows[:MOST_ROWS] if row is not None]
    totals = {
        column.name: sum((_amount(row.values.get(column.name)) for row in kept), Decimal(0))
        for column in report.columns
        if column.total or (report.of != OF_PROJECTS and column.format == "money")
    }
    return RegisterPage(
        kind=kind, title=report.title, description=report.description, of_projects=report.of == OF_PROJECTS, columns=report.columns,
        lines=Page(kept, len(kept), max(1, len(kept)), 0), totals=totals, cut_off=cut_off,
    )  # fmt: skip


def _register(actor: Actor, library: Snapshot, kind: str) -> ResourceRef | None:
    """The form of a register; one that bears the bare name is a register's if something has been entered in it, else it may be any form."""
    if wording.RECORDS + kind == LEDGER:
        return None
    named = library.reference("form", wording.RECORDS + kind)
    return named or (wording.register(library, kind) if kind in registers.counts(actor.tenant, None) else None)


def _amount(value: Any) -> Decimal:
    """A number as it counts in a sum: a whole one is kept without its decimals."""
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else Decimal(0)


def _plain(fields: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """A register's own fields: what a row keeps is what was entered, its ``x-value`` is not asked again."""
    return {name: {key: value for key, value in schema.items() if key != reports.VALUE} for name, schema in fields.items()}


def _rows(actor: Actor, library: Snapshot, report: LedgerReport, filters: Filters, now: datetime) -> Iterator[RegisterRow | None]:
    """The rows that fit, as the reader may see them; None for one that does not, so that the count of those looked at stays right."""
    district, offices, own = snapshot.district(actor.tenant), _offices(actor), _own(actor)
    schemas = saying.schemas_of(library)
    if report.of == OF_PROJECTS:
        found = registers.projects(
            actor.tenant, offices, own=own, text=filters.text, phase=filters.phase, year=filters.year, most=MOST_ROWS + 1
        )
        content = None
    else:
        found = registers.records(
            actor.tenant, report.of, offices, own=own, text=filters.text, since=_begins(filters.since, district),
            until=_begins(filters.until + timedelta(days=1) if filters.until else None, district), most=MOST_ROWS + 1,
        )  # fmt: skip
        content = readable.kind(library, "record", report.of)
    for row in found:
        yield _row(actor, report, dict(row._mapping), library=library, content=content, schemas=schemas, now=now)


def _begins(day: date | None, district: District) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), district.zone)


def _row(
    actor: Actor,
    report: LedgerReport,
    row: Mapping[str, Any],
    *,
    library: Snapshot,
    content: Content | None,
    schemas: Mapping[str, Mapping[str, Any]],
    now: datetime,
) -> RegisterRow | None:
    district = snapshot.district(actor.tenant)
    project = row if row["key"] is not None else None
    reader = _reader(actor, library, district, project) if project is not None else None
    entered_by_us = content is not None and row[f"{_RECORD}office_key"] in _own(actor)
    if content is not None and not entered_by_us and not _reads_row(actor, reader, content):
        return None
    facts = project_context(project, library.ledger) or {}
    data = (
        {**facts, "project": facts} if content is None else {**row[f"{_RECORD}data"], "project": facts, "at": row[f"{_RECORD}created_at"]}
    )
    fits = _value(report.where, data, actor.tenant, now) if report.where else True
    if fits is not True and fits is not UNKNOWN:
        return None  # one of which nobody can say whether it fits is shown: no failing condition takes a row out of sight
    values = {}
    for column in report.columns:
        value = _value(column.expression, data, actor.tenant, now) if column.expression else data.get(column.name)
        if content is None and reader is not None and not _may(reader, library, column):
            value = None
        values[column.name] = value
    name = "" if project is None else reading.called(actor, project["name"], project["alias"], project["applicant_key"])
    return RegisterRow(
        project_key=project["key"] if project is not None else None,
        project_name=name,
        applicant_office=project["applicant_office"] if project is not None else "",
        office="" if content is None else row[f"{_RECORD}office"] or "",
        at=None if content is None else row[f"{_RECORD}created_at"].astimezone(district.zone),
        root_key=None if content is None else row[f"{_RECORD}root_key"],
        values=values,
        shown={column.name: _said(values[column.name], column, schemas) for column in report.columns},
    )


def _reads_row(actor: Actor, reader: ProjectReader | None, content: Content) -> bool:
    """A row of no project is read by whoever oversees the district."""
    return _offices(actor) is None if reader is None else reader.reads(content)


def _may(reader: ProjectReader, library: Snapshot, column: ReportColumn) -> bool:
    """A column that is a fact is read as the fact is; one that is counted, as each fact that it names."""
    names = {column.name} if not column.expression else _named(column.expression)
    ledger = library.ledger
    known = ledger.fields if ledger is not None else {}
    return all(reader.reads(readable.kind(library, "field", name)) for name in names if name in known)


def _named(expression: str) -> set[str]:
    compiled = feel.compile(expression, functions=vocabulary())
    return {*compiled.tree.names, *(member for owner, member in compiled.members if owner == "project")}


def _value(expression: str, data: Mapping[str, Any], tenant: str, now: datetime) -> Any:
    """What an expression gives of a row; UNKNOWN where it fails: a list is no place for an incident, and an empty cell would say that there is nothing."""
    try:
        return evaluate(expression, data, tenant=tenant, now=now)
    except feel.FeelError:
        return UNKNOWN


def _said(value: Any, column: ReportColumn, schemas: Mapping[str, Mapping[str, Any]]) -> str:
    if column.format == "percent" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{Decimal(value) * 100:.2f}%"
    return saying.said(value, column.schema, schemas)


def _reader(actor: Actor, library: Snapshot, district: District, project: Mapping[str, Any]) -> ProjectReader:
    facts = project_facts(project)
    seats = reading.seats(actor, facts, district, {})
    given = given_to(actor, library, seats, project)
    return ProjectReader(actor, district, facts, seats=seats, given=given)
