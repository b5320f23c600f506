"""What an element declares, its FEEL compiled: read once with the diagram. Carried out by ``engine.effecting``, checked by ``app.rehearsal.declarations``."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.subjects import Subject
from app.engine.expressions import FormulaTerm


@dataclass(frozen=True, slots=True)
class FactSetting:
    """One part of ``set``: a ledger field and the value that it gets."""

    field: str
    value: FormulaTerm


@dataclass(frozen=True, slots=True)
class Obligation:
    """A process that begins by itself, once a period of its timer, for every subject for which ``when`` holds (None: for every one). Source: modelling.md §4."""

    each: Subject
    when: FormulaTerm | None = None


class Aggregate(StrEnum):
    SUM = "sum"
    COUNT = "count"


class Whose(StrEnum):
    """Whose rows are read: of the tree's own project, of the projects of its applicant's office, of the whole district."""

    PROJECT = "project"
    OFFICE = "office"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One part of ``reads``: a name for rows of a register, or for their number or the sum of ``field``. ``where``: what fields must be, as FEEL.

    ``kind`` is a register, or ``project``: the ledger rows of other projects.
    """

    name: str
    kind: str
    aggregate: Aggregate | None = None
    field: str = ""
    scope: Whose = Whose.PROJECT
    where: tuple[tuple[str, FormulaTerm], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarations:
    """``document``: a template; ``notify``: role keys, and ``applicant``; ``notify_offices``: FEEL, offices. ``office``: whose people alone do the task;
    ``person``: who alone does it, of those who hold the role; ``together``: the key of the list that it may be done in;
    ``distinct``: nobody does it twice in a round; ``may_be_empty``: a loop over nothing is passed;
    ``stands``: over what was said before, whether it still holds. Empty where nothing is declared."""

    phase: str = ""
    record: str = ""
    document: str = ""
    sets: tuple[FactSetting, ...] = ()
    notify: tuple[str, ...] = ()
    notify_offices: tuple[FormulaTerm, ...] = ()
    reads: tuple[Reading, ...] = ()
    approves: tuple[str, ...] = ()
    approves_when: FormulaTerm | None = None
    office: FormulaTerm | None = None
    when: FormulaTerm | None = None
    person: FormulaTerm | None = None
    together: FormulaTerm | None = None
    distinct: bool = False
    may_be_empty: bool = False
    stands: FormulaTerm | None = None

    @property
    def on_completion(self) -> bool:
        return bool(self.record or self.sets or self.notify or self.notify_offices or self.approves)


NOTHING = Declarations()
