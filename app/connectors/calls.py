"""What a connector is given, what it may ask for, and what it may change: values only, so that each connector is a pure function."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from app.domain import overdue
from app.domain.forms import Form
from app.errors import ConnectorError


@dataclass(frozen=True, slots=True)
class LedgerProject:
    """The project of the tree. ``offices``: relation → (organisation key, name) pairs."""

    key: int
    name: str
    phase: str
    facts: Mapping[str, Any]
    offices: Mapping[str, Sequence[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """A role of the district: ``relation`` as in its file, None if it belongs to offices of the whole district."""

    title: str
    relation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What headers may name: phases, the district's roles, forms (those of registers included). None: nobody can say, so it is not judged."""

    phases: Collection[str] | None = None
    roles: Mapping[str, RoleFacts] | None = None
    forms: Collection[str] | None = None

    def has_register(self, kind: str) -> bool:
        """Whether there is a form for records of a kind; the platform's own register needs none."""
        return self.forms is None or kind == OVERDUE or any(form in self.forms for form in forms_of(kind))


@dataclass(frozen=True, slots=True)
class ConnectorCall:
    """One service task. ``variables``: its inputs if it maps any (``mapped``), else all that it can see."""

    type: str
    element_id: str
    element_name: str
    headers: Mapping[str, str]
    variables: Mapping[str, Any]
    tenant: str
    now: datetime
    zone: ZoneInfo
    mapped: bool = True
    project: LedgerProject | None = None
    phases: Sequence[str] | None = ()
    roles: Mapping[str, RoleFacts] | None = field(default_factory=dict)
    message_lifetime: str = "P7D"

    @property
    def year(self) -> int:
        """The present year in the district's zone."""
        return self.now.astimezone(self.zone).year

    def header(self, name: str) -> str:
        """A required header. Raises ConnectorError."""
        value = self.headers.get(name, "").strip()
        if not value:
            raise ConnectorError(f"{self.place}缺少任务头(header)“{name}”,请在模型中补上")
        return value

    @property
    def known(self) -> Known:
        """What this call's headers may name. Whether a register is there only a reading tells."""
        return Known(phases=self.phases, roles=self.roles)

    def accept(self, problems: Sequence[str]) -> None:
        """Raises ConnectorError if there are problems."""
        if problems:
            raise ConnectorError(f"{self.place}:{';'.join(problems)}")

    def the_project(self) -> LedgerProject:
        """The project of the tree. Raises ConnectorError if it has none."""
        if self.project is None:
            raise ConnectorError(f"{self.place}要读写项目台账,但该流程实例不属于任何项目,请从项目页发起,或由带项目的流程发出消息启动")
        return self.project

    @property
    def place(self) -> str:
        return f"“{self.element_name or self.element_id}”({self.element_id},{self.type})"


REGISTERS = "records."  # how the ids of registers' forms begin
OVERDUE = overdue.REGISTER


def forms_of(kind: str) -> tuple[str, str]:
    """The form ids under which a register's form is looked for, in order."""
    return f"{REGISTERS}{kind}", kind


# ---------------------------------------------------------------- what may be asked for


@dataclass(frozen=True, slots=True)
class RecordsRead:
    """Records of a kind, of the project or the whole district, whose data has these values."""

    kind: str
    scope: str
    filters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProjectsRead:
    """Projects of the district: ``phases`` empty is any; ``filters`` are facts that must be equal."""

    phases: Sequence[str]
    filters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NumberRead:
    """The next running number of a kind and year."""

    kind: str
    year: int


@dataclass(frozen=True, slots=True)
class FormRead:
    """The form that checks records of a kind, see ``forms_of``."""

    kind: str


@dataclass(frozen=True, slots=True)
class OfficeRead:
    """The key of the organisation with this name, made if it is new."""

    name: str


Read: TypeAlias = RecordsRead | ProjectsRead | NumberRead | FormRead | OfficeRead


@dataclass(frozen=True, slots=True)
class FoundRecord:
    key: int
    kind: str
    data: Mapping[str, Any]
    amount: Decimal | None
    created_at: datetime
    project_key: int | None
    place: tuple[Any, ...] | None = None  # where in a tree it belongs, of a declared one
    process_id: str = ""
    element_id: str = ""
    stage: str = ""
    office: tuple[str, str] | None = None  # key and name of that in which a person has made it


@dataclass(frozen=True, slots=True)
class FoundProject:
    key: int
    name: str
    phase: str
    applicant_office: str
    facts: Mapping[str, Any]


Found: TypeAlias = Sequence[FoundRecord] | Sequence[FoundProject] | int | Form | None

# ---------------------------------------------------------------- what may be changed


@dataclass(frozen=True, slots=True)
class SetPhase:
    phase: str


@dataclass(frozen=True, slots=True)
class SetFacts:
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SetOffice:
    role: str
    office_key: int
    office: str


@dataclass(frozen=True, slots=True)
class PutRecord:
    key: int
    kind: str
    data: Mapping[str, Any]
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Notice:
    """To the holders of ``role``, in the office ``office_key`` (0: in any)."""

    role: str
    office_key: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Publish:
    name: str
    correlation_key: str
    variables: Mapping[str, Any]
    expires_at: datetime


Change: TypeAlias = SetPhase | SetFacts | SetOffice | PutRecord | Notice | Publish


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """``variables`` are the job's result."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    changes: Sequence[Change] = ()


class Connector(Protocol):
    """A module of this package. ``RETURNS``: the variables of its result; ``read_project`` adds the project's facts."""

    TYPE: str
    RETURNS: tuple[str, ...]

    def check(self, headers: Mapping[str, str], known: Known) -> list[str]:
        """What is wrong with a task's headers, in Chinese; the same is refused when the task is run."""

    def reads(self, call: ConnectorCall) -> Read | None:
        """What must be looked up first. Raises ConnectorError."""

    def run(self, call: ConnectorCall, found: Found) -> CallOutcome:
        """What the task brings about. Raises ConnectorError."""
