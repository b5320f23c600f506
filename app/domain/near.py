"""Names that differ by a slip of the hand: letters swapped, forgotten, doubled or mistyped."""

from collections.abc import Iterable

MOST = 2  # slips in one name
SHORT = 6  # characters; in a shorter name a second slip makes another word
SHORTEST = 3


def near(name: str, known: Iterable[str]) -> str | None:
    """The known name that is closest, if ``name`` can be a slip of it; None if it is known itself or far from all."""
    best: tuple[int, str] | None = None
    for other in sorted(set(known)):
        if other == name:
            return None
        limit = _limit(min(len(name), len(other)))
        if abs(len(name) - len(other)) <= limit and (found := distance(name.lower(), other.lower())) <= limit:
            best = min(best or (found, other), (found, other))
    return best[1] if best else None


def _limit(length: int) -> int:
    return 0 if length < SHORTEST else 1 if length < SHORT else MOST


def distance(one: str, other: str) -> int:
    """How many single letters inserted, removed, replaced, or neighbours swapped, make one name the other (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]
