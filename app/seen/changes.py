"""The changes of a project's facts in people's words, and what unconfirmed ones came by."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from app.catalogue import snapshot
from app.catalogue.snapshot import Snapshot
from app.domain.fact_changes import PHASE
from app.domain.facts import UNVOUCHED, RightKind
from app.seen import saying, wording
from app.seen.shapes import FactChangeView
from app.store import ledger

MOST = 200  # changes that a page shows
HOW = {
    RightKind.FORM: "填写",
    RightKind.START: "发起时填写",
    RightKind.SET: "流程写入",
    RightKind.IMPORT: "导入",
    RightKind.CONNECTOR: "流程写入",
    RightKind.PHASE: "阶段",
    RightKind.MIGRATED: "迁移",
    RightKind.CONFIRMED: "核实无误",
    RightKind.ENDED: "随流程结束",
}
ELSEWHERE = "迁移或导入"  # of a value that no change tells of


def of_project(project: Mapping[str, Any], may: Callable[[str], bool] = lambda _: True) -> list[FactChangeView]:
    """The newest changes of the project's facts that ``may`` be read; its phases stand in the timeline."""
    tenant = project["tenant"]
    district, library = snapshot.district(tenant), snapshot.library(tenant)
    return [
        FactChangeView(
            title=title(library, row.field),
            before=worded(library, row.field, row.before),
            after=worded(library, row.field, row.after),
            how=HOW[row.right_kind],
            task=_task(library, row.process_id, row.element_id),
            person=row.user_name or "系统",
            role_title=district.role_title(row.role) if row.role in district.roles else "",
            at=row.at,
            confirmed=row.right_kind == RightKind.CONFIRMED,
        )
        for row in ledger.changes_of(project["key"], without=[PHASE], limit=MOST)
        if may(row.field)
    ]


def title(library: Snapshot, name: str) -> str:
    """What people call a fact."""
    fields = library.ledger.fields if library.ledger is not None else {}
    return fields[name].title if name in fields else wording.titles_of(library).get(name, name)


def worded(library: Snapshot, name: str, value: Any) -> Any:
    """A fact's value in words; the value itself where its schema has none."""
    schemas = saying.schemas_of(library)
    return (saying.said(value, schemas[name], schemas) or None) if name in schemas else value


def origins(project_key: int, fields: Collection[str]) -> dict[str, Any]:
    """Field → the change by which it was imported or migrated last, as far as one tells."""
    return ledger.written_last(project_key, sorted(fields), sorted(UNVOUCHED)) if fields else {}


def _task(library: Snapshot, process_id: str, element_id: str) -> str:
    """The name of an element, empty where it has none; as the newest version calls it."""
    process = library.process(process_id) if process_id else None
    info = process.elements.get(element_id) if process is not None else None
    return info.name if info is not None else ""
