"""Documents that elements have printed in one act: filled in and laid among the files at once, registered with the act.

A file whose act fails stays where it is, of no document: ``quancheng document verify`` tells of it, ``sweep`` takes it away.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from app import current, printing
from app.catalogue import snapshot
from app.catalogue.snapshot import Snapshot
from app.domain import documents
from app.domain.keys import next_key
from app.domain.templates import Contents, Stamp, TemplateRefused, file_name, number_of, series_of
from app.engine import PrintAsked
from app.store import documents as stored
from app.store import files

_MEDIA = {".docx": documents.DOCX.media, ".xlsx": documents.XLSX.media}
_BY_ITSELF = "由模板生成"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """For whom an act prints: the tree with its project and rules. ``next_number``: of a series and year."""

    library: Snapshot
    project: Mapping[str, Any] | None
    root_key: int
    now: datetime
    next_number: Callable[[str, int], int]


class Prints:
    """What one act prints. ``rows``: by the key that a printed document's reference has, the rows that the act writes if its elements go through."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}

    def made(self, press: Press, asked: PrintAsked) -> Mapping[str, Any] | str | None:
        """See ``Ledger.print_document``. Of a classified project nothing is printed (SC-4-4); what says the same as before is not printed anew."""
        if documents.is_classified(press.project, {}):
            return None
        library = press.library
        known = library.reference("template", asked.template)
        if known is None:
            return f"没有部署模板“{asked.template}”"
        template = snapshot.template(known.key)
        before = self._before(press.root_key, asked)
        if before is not None and (before["digest"], before["template_key"], before["erased_at"]) == (asked.digest, known.key, None):
            return _reference(before)
        day = press.now.astimezone(library.zone).date()
        number = before["number"] if before is not None else number_of(day.year, press.next_number(series_of(asked.template), day.year))
        version = before["version"] + 1 if before is not None else 1
        stamp = Stamp(template.title, number, version, day)
        try:
            content = printing.filled(template, Contents(asked.values, asked.schemas, stamp, library.zone))
        except TemplateRefused as error:
            return str(error)
        row = _row(press, asked) | {
            "version": version,
            "replaces": before["key"] if before is not None else None,
            "name": documents.cleaned(file_name(template.title, number, version, template.ending)),
            "media": _MEDIA[template.ending],
            "number": number,
            "template_key": known.key,
            **_laid(content),
        }
        self.rows[str(row["key"])] = row
        return _reference(row)

    def _before(self, root_key: int, asked: PrintAsked) -> Mapping[str, Any] | None:
        """The newest version that was printed at the same place, in this act or an earlier one."""
        here = [row for row in self.rows.values() if (row["template"], row["place"]) == (asked.template, asked.place)]
        if here:
            return max(here, key=lambda row: int(row["version"]))
        kept = stored.printed_at(root_key, asked.template, asked.place)
        return None if kept is None else dict(kept._mapping)


def _laid(content: bytes) -> dict[str, Any]:
    with files.Incoming(current.settings().files_folder) as file:
        file.receive(BytesIO(content), len(content))
        file.keep()
        return {"size": file.size, "sha256": file.sha256}


def _row(press: Press, asked: PrintAsked) -> dict[str, Any]:
    now = press.now
    return {
        "key": next_key(),
        "tenant": press.library.tenant,
        "project_key": press.project["key"] if press.project is not None else None,
        "root_key": press.root_key,
        "task_key": None,
        "process_id": asked.process_id,
        "element_id": asked.element_id,
        "slot": asked.template,
        "user_key": None,
        "user_name": _BY_ITSELF,
        "office_key": None,
        "office": None,
        "created_at": now,
        "submitted_at": now,
        "erased_at": None,
        "template": asked.template,
        "place": asked.place,
        "digest": asked.digest,
        "signs": None,
    }


def _reference(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"key": str(row["key"]), "name": row["name"], "sha256": row["sha256"], "version": row["version"]}
