"""What a step knows of the project's ledger: a value that the caller hands in, and the questions it leaves where that is not enough.

The engine reads no database. A step that needs to know more raises ``Unanswered`` before anything of it counts; the caller looks it up in the same act and
takes the step again from the same state, which is a function and so comes to the same place. Source: design.md §1, modelling.md §2.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

from app.domain.facts import LedgerSchema

PROJECT = "project"
PARAMETERS = "parameters"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OfficesAsked:
    """Which offices have a role of the district now: an answer is role → [{key, name}, …]."""


@dataclass(frozen=True, slots=True)
class NamedAsked:
    """Which of these offices (keys) there are: an answer is the set of their keys."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberAsked:
    """The next number of a series and year, for one place of the tree; an answer is a whole number. Asked only when nothing can stand in its way any more."""

    series: str
    year: int
    place: str


@dataclass(frozen=True, slots=True)
class RowsAsked:
    """The current rows of a register, oldest first; None if they are too many. ``scope``: see ``engine.declarations.Whose``; ``project``: the tree's own, or empty."""

    kind: str
    scope: str
    project: str


@dataclass(frozen=True, slots=True)
class ProjectsAsked:
    """The ledger rows, as contexts, of the other projects of the office or the district, oldest first; None if they are too many. ``phase``, ``year``: only those
    in this phase, of this plan year (None: any)."""

    scope: str
    project: str
    phase: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownApproval:
    """What a person has said of values at one completion of a task. ``visit``: the round of the task in its scope that it belongs to; ``instance``: local, None
    in another tree; ``required``: how many of a round there must be; ``item``: of the loop, 0 without one."""

    process_id: str
    element_id: str
    instance: int | None
    visit: tuple[Any, ...]
    item: int
    required: int
    holds: bool
    lapsed: bool
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ApprovalsAsked:
    """The approvals of the tree's project, without one of the tree itself, oldest first, as ``KnownApproval``."""


@dataclass(frozen=True, slots=True)
class PrintAsked:
    """To print a template for one place of the tree; an answer is the reference of the printed document, None where nothing is printed.

    ``digest``: of the ``values`` that it is filled with, each with its schema, by their first names. Printed before with the same, it is not printed anew.
    Asked only when nothing can stand in its way any more.
    """

    template: str
    place: str
    process_id: str
    element_id: str
    digest: str
    values: Mapping[str, Any] = field(compare=False, repr=False)
    schemas: Mapping[str, Mapping[str, Any]] = field(compare=False, repr=False)


Question: TypeAlias = OfficesAsked | NamedAsked | NumberAsked | RowsAsked | ProjectsAsked | ApprovalsAsked | PrintAsked


class Unanswered(Exception):
    """A step has come to something that it does not know."""

    def __init__(self, question: Question) -> None:
        super().__init__(str(question))
        self.question = question


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLedger:
    """``project``: the row of the tree's project as a context of its fields, None without a project. ``answers``: to what was asked before.

    ``schema``: the ledger's fields, None where none is declared. ``following``: phase → those that may follow, None where nobody can say.
    ``main_line``: the main phases in order; ``woken_by``: terminal phase → the processes that lead out of it; ``lasting``: terminal phase → those that go on in
    it, empty while the project is in none; ``entered``: every phase that the project has been in.
    ``unconfirmed``: fields that were imported or migrated and that no owner has confirmed: gates read null there, everybody else the value.
    """

    project: Mapping[str, Any] | None = None
    schema: LedgerSchema | None = None
    following: Mapping[str, Sequence[str]] | None = None
    main_line: Sequence[str] = ()
    woken_by: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lasting: Mapping[str, Collection[str]] = field(default_factory=dict)
    entered: Sequence[str] = ()
    unconfirmed: frozenset[str] = frozenset()
    answers: Mapping[Question, Any] = field(default_factory=dict)

    def answer(self, question: Question) -> Any:
        """Raises Unanswered."""
        if question not in self.answers:
            raise Unanswered(question)
        return self.answers[question]

    def offices_of(self, role: str) -> Sequence[Mapping[str, Any]] | None:
        """The offices that have a role now; None if the district has no such role. Raises Unanswered."""
        found: Mapping[str, Sequence[Mapping[str, Any]]] = self.answer(OfficesAsked())
        return found.get(role)


NOTHING_KNOWN = KnownLedger(answers={OfficesAsked(): {}})
"""Of a tree without a ledger: no project, no offices."""


def answering(run: Callable[[KnownLedger], T], known: KnownLedger, look_up: Callable[[Question], Any]) -> T:
    """Do ``run`` with what is known, again with each answer that it turns out to need."""
    while True:
        try:
            return run(known)
        except Unanswered as asked:
            known = replace(known, answers={**known.answers, asked.question: look_up(asked.question)})
