"""What is shown of registers and reports: lists of rows, and the sums of their columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.domain.reports import ReportColumn
from app.seen.shapes import DocumentView, Page


class _Unknown(str):
    """What a cell says when its expression fails; told by being this very object, for anybody may have written the words."""


UNKNOWN = _Unknown("算不出")


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A register or report in the list of those that there are. ``rows``: how many the reader sees; None of a report."""

    kind: str
    title: str
    description: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """``values`` by column, ``shown`` the same in words; ``project_key`` None: of no project, or of one that the reader may not open."""

    project_key: int | None
    project_name: str
    applicant_office: str
    office: str
    at: datetime | None
    values: Mapping[str, Any]
    shown: Mapping[str, str]
    root_key: int | None = None
    files: Sequence[DocumentView] = ()  # what was printed for it, of a row of no project


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """``totals`` over all rows that fit, not over the page. ``cut_off``: there are more than are looked at."""

    kind: str
    title: str
    description: str
    of_projects: bool
    columns: Sequence[ReportColumn]
    lines: Page[RegisterRow]
    totals: Mapping[str, Decimal]
    cut_off: bool = False

    @property
    def rows(self) -> Sequence[RegisterRow]:
        return self.lines.items

    @property
    def total(self) -> int:
        return self.lines.total

    @property
    def unknown(self) -> list[str]:
        """The titles of columns that fail in a row of this page."""
        return [one.title for one in self.columns if any(row.values.get(one.name) is UNKNOWN for row in self.rows)]

    @property
    def filled(self) -> list[ReportColumn]:
        """The columns in which something stands on this page, but for those that say which project it is."""
        return [one for one in self.columns if not one.names_project and any(row.shown[one.name] for row in self.rows)]
