"""What the engine refuses. Messages are Chinese sentences for people, codes are stable ASCII words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.codes import Code, RequestCode
from app.engine.codes import CommandCode, DiagramCode, IncidentType


class EngineError(Exception):
    """A command that cannot be carried out; the state is unchanged. ``code`` is stable, the text is Chinese."""

    code: Code = CommandCode.ENGINE

    def __init__(self, message: str, code: Code | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class NotOpen(EngineError):
    """The command does not fit the state: no such open task, job, wait or incident."""

    code = CommandCode.NOT_OPEN


class TreeSuspended(EngineError):
    """The tree is suspended: nothing may be completed or fired before ``Resume``."""

    code = RequestCode.SUSPENDED


class LimitExceeded(EngineError):
    """A command brings more than a limit allows (a variable that is too large)."""

    code = CommandCode.LIMIT


class NameReserved(LimitExceeded):
    """A variable from outside has a name that the process's expressions keep for the ledger's row or the parameters."""

    code = CommandCode.NAME_RESERVED


class ModificationRefused(EngineError):
    """A modification or migration that cannot be made; ``reasons`` lists every cause."""

    code = CommandCode.REFUSED

    def __init__(self, reasons: Sequence[str], code: Code | None = None) -> None:
        super().__init__(";".join(reasons), code)
        self.reasons = tuple(reasons)


class StateError(EngineError):
    """A stored state cannot be read: not ours, damaged, or written by a newer release."""

    code = CommandCode.STATE


@dataclass(frozen=True, slots=True)
class DiagramProblem:
    """Why a file is refused (or, as lint, questionable): ``element`` is a BPMN id or empty, ``line`` 0 if unknown."""

    file: str
    element: str
    line: int
    code: DiagramCode
    message: str


class DiagramError(Exception):
    """A file that cannot run. The text is the first problem with its place; all are in ``problems``."""

    def __init__(self, problems: Sequence[DiagramProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        place = first.file + (f" 第 {first.line} 行" if first.line else "") + (f" 元素 {first.element}" if first.element else "")
        super().__init__(f"{place}:{first.message}")


@dataclass
class ElementFailure(Exception):
    """Inside a step: what stopped a token. It becomes an incident at the element and is never raised out of ``step``."""

    type: IncidentType
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.message)
