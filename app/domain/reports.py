"""Reports over the ledger: what of which rows stands in which column, said in a form's file of its own (``forms/report.<key>.json``).

``x-report`` of the schema: ``of`` (``project``, or a register), ``where`` (FEEL over a row; without it every row). A property is a column: the row's field of its
name, else ``x-value`` (FEEL over the row); ``x-total``: the column is added up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.forms import Form

PREFIX = "report."
OF_PROJECTS = "project"
KEYWORD, VALUE, TOTAL = "x-report", "x-value", "x-total"


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """``expression``: FEEL without its "=", empty where the row's field of this name is shown."""

    name: str
    title: str
    schema: Mapping[str, Any]
    expression: str = ""
    total: bool = False

    @property
    def names_project(self) -> bool:
        """Whether it only says which project a row is about: that stands in the first column anyway."""
        return self.name in ("projectName", "applicantOffice")

    @property
    def format(self) -> str:
        return str(self.schema.get("x-format") or self.schema.get("format") or "")


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """``of``: ``project`` or the kind of a register."""

    key: str
    title: str
    of: str
    columns: tuple[ReportColumn, ...]
    where: str = ""
    description: str = ""


def of_form(form: Form) -> LedgerReport | None:
    """The report that a form's file describes; None where it describes none."""
    said = form.schema.get(KEYWORD)
    if not form.id.startswith(PREFIX) or not isinstance(said, Mapping):
        return None
    return LedgerReport(
        key=form.id.removeprefix(PREFIX),
        title=form.title,
        of=str(said.get("of") or OF_PROJECTS),
        columns=columns(form.fields),
        where=_feel(said.get("where")),
        description=str(form.schema.get("description") or ""),
    )


def columns(fields: Mapping[str, Mapping[str, Any]]) -> tuple[ReportColumn, ...]:
    return tuple(
        ReportColumn(name, str(schema.get("title") or name), schema, _feel(schema.get(VALUE)), schema.get(TOTAL) is True)
        for name, schema in fields.items()
        if schema.get("x-hidden") is not True
    )


def _feel(text: object) -> str:
    return text[1:] if isinstance(text, str) and text.startswith("=") else ""
