"""What is shown of the statutory calendar: its years, what an import would change, and the open deadlines that move with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.announced import CalendarFault


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """``free``: weekdays on which nobody works; ``worked``: weekends on which offices do. ``by``, ``at``, ``reason`` of an import."""

    year: int
    announced: bool
    imported: bool
    free: int
    worked: int
    by: str
    at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that becomes a working day, or stops being one."""

    day: date
    working: bool
    name: str


@dataclass(frozen=True, slots=True)
class DeadlineMove:
    """An open task or timer that is due at another instant: ``before`` and ``after`` are the midnights after the last days."""

    element_name: str
    process_name: str
    project_name: str
    tenant: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class CalendarPreview:
    """``days``: those that are others than before; ``text``: the file's days, ``digest`` of them; ``before``: the version of the calendar that they are compared
    with.

    ``moves``: the first of the ``moved`` deadlines. ``unseen``: trees at which somebody is at work, so that nobody looked. ``failed``: what cannot be counted.
    """

    years: Sequence[int] = ()
    unannounced: Sequence[int] = ()
    days: Sequence[DayChange] = ()
    text: str = ""
    digest: str = ""
    before: str = ""
    moves: Sequence[DeadlineMove] = ()
    moved: int = 0
    unseen: int = 0
    failed: Sequence[str] = ()
    faults: Sequence[CalendarFault] = ()
    faults_left_off: int = 0
