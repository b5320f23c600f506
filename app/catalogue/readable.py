"""The tables ``readable`` and ``content_kind`` asked, once for a snapshot and what they are asked: constants of the rules, not of a project. Source: names.md."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from app.catalogue.snapshot import Snapshot
from app.decision import feel
from app.decision.dmn import DmnError, DmnEvaluationError
from app.domain.districts import District
from app.domain.reading import CONTENT_KIND, READABLE, Content, Extent, Seat, extents, wider
from app.engine import functions

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # who reads what knows no clock
_asked: WeakKeyDictionary[Snapshot, dict[tuple[Any, ...], Any]] = WeakKeyDictionary()
_TOLD = {Seat.OWN: "本项目的单位", Seat.CONCERNED: "在本项目有事项或办过事项的机关单位", Seat.OUTSIDE: "参与本项目的外部单位"}


def of_seats(library: Snapshot, seats: Collection[tuple[Seat, str]], phase: str, *, classified: bool) -> dict[Content, Extent]:
    """What may be read from any of these seats in a phase; of several the widest. Where the table gives no result, nothing; where there is none, the project's own
    offices and the overseers read everything, and nobody else anything."""
    found: dict[Content, Extent] = {}
    if library.reference("decision", READABLE) is None:
        return dict.fromkeys(Content, Extent.ALL) if any(seat in (Seat.OWN, Seat.OVERSEER) for seat, _ in seats) else found
    for seat, role in sorted(seats):
        given = _evaluated(library, READABLE, seat=seat.value, role=role, phase=phase, classified=classified)
        for content, extent in extents(given).items():
            found[content] = wider(found.get(content), extent)
    return found


def kind(library: Snapshot, what: str, name: str) -> Content:
    """The kind of a ledger field (``field``), a user task (``task``: process.element) or a register (``record``)."""
    given = _evaluated(library, CONTENT_KIND, what=what, name=name)
    return Content(given) if given in set(Content) else Content.HANDLING


def readers(library: Snapshot, district: District, content: Content, phase: str, *, classified: bool) -> str:
    """Who reads a kind of content, in words."""

    def reads(seat: Seat, role: str = "") -> bool:
        return content in of_seats(library, [(seat, role)], phase, classified=classified)

    overseeing = dict.fromkeys(
        office for info in district.roles.values() if info.oversees and reads(Seat.OVERSEER, info.key) for office in info.offices
    )
    parts = [
        _TOLD[Seat.OWN] if reads(Seat.OWN) else "",
        "、".join(overseeing),
        *(_TOLD[seat] for seat in (Seat.CONCERNED, Seat.OUTSIDE) if reads(seat)),
    ]
    return "、".join(part for part in parts if part)


def _evaluated(library: Snapshot, table: str, **asked: Any) -> Any:
    kept = _asked.setdefault(library, {})
    key = (table, *asked.values())
    if key not in kept:
        kept[key] = _evaluate(library, table, asked)
    return kept[key]


def _evaluate(library: Snapshot, table: str, asked: dict[str, Any]) -> Any:
    ref = library.decision(table)
    if ref is None:
        return None
    environment = feel.Environment(now=_NO_TIME, zone=library.zone, functions=functions.of(library.calendar, library.zone))
    try:
        return feel.to_json(ref.evaluate(asked, environment).output)
    except (DmnError, DmnEvaluationError, feel.FeelError):
        return None  # a table that gives no result gives nobody anything
