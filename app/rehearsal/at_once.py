"""Elements that can be active at the same time, and what they must not do then: write the same field of the ledger, whose value would depend on who comes last.

Source: modelling.md §3.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from app.engine import ProcessDefinition
from app.engine.elements.base import Element
from app.engine.elements.subprocesses import SubProcess
from app.engine.soundness import together
from app.engine.spiff import LevelSpec
from app.rehearsal.inventory import Part


class AtOnce:
    """By element: what can be active beside it, in and out of sub-processes. ``certain``: without what only a free choice of branches brings together."""

    def __init__(self, process: ProcessDefinition, parts: Iterable[Part], *, certain: bool = False) -> None:
        self._parts = {part.id: part for part in parts}
        self._pairs: set[frozenset[str]] = set()
        levels: list[LevelSpec] = [process.spec]
        levels += [part.activity.inner_spec for part in self._parts.values() if isinstance(part.activity, SubProcess)]
        for level in levels:
            self._pairs |= together(level, chosen=not certain)

    @property
    def any(self) -> bool:
        return bool(self._pairs)

    def __contains__(self, pair: tuple[str, str]) -> bool:
        """Whether two elements can be active at once: they, or what is around them on the same level."""
        one, other = pair
        return any(frozenset((mine, theirs)) in self._pairs for mine in self._around(one) for theirs in self._around(other))

    def _around(self, name: str) -> Iterator[str]:
        while name in self._parts and self._parts[name].parent:
            yield name
            name = self._parts[name].parent


def check(process: ProcessDefinition, parts: Sequence[Part], facts_of: Callable[[Element], set[str]]) -> Iterator[tuple[Part, str, str]]:
    """(element, what is wrong, severity) for each that can write a field at the same time as another. ``facts_of``: the ledger fields that an activity writes.

    It is a warning where only a free choice of several branches brings them together, whose conditions may exclude one another.
    """
    possible = AtOnce(process, parts)
    if not possible.any:
        return
    certain = AtOnce(process, parts, certain=True)
    writing = [(part, found) for part in parts if part.parent and (found := facts_of(part.activity))]
    for place, (one, of_one) in enumerate(writing):
        for other, of_other in writing[place + 1 :]:
            common = sorted(of_one & of_other)
            if common and (one.id, other.id) in possible:
                yield (
                    one,
                    f"与{other.place}可能同时进行,都写入台账的 {'、'.join(common)},后到的会盖掉先到的:请只留一处写入,或排成先后",
                    "error" if (one.id, other.id) in certain else "warning",
                )
