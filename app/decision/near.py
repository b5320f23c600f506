"""Which known name somebody meant who wrote an unknown one: a slip, not a likeness."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_SEPARATORS: Final = str.maketrans("", "", " _-.")
_WORDS: Final = re.compile(r"[A-Z]?[^A-Z _.\-]+|[A-Z]+(?![^A-Z _.\-])")


def near(name: str, known: Iterable[str]) -> str | None:
    """The known name that differs from ``name`` by a slip; None when there is none, or only ``name`` itself.

    A slip leaves out, adds, changes or exchanges a letter (Damerau-Levenshtein, neighbours exchanged once): one in a name of three to
    seven characters, one more for every four beyond. Capitals and separators do not count. Names with other digits mean other things.
    Chinese characters weigh more: one in four. A word more or less, or another word in its place, is no slip: ``warrantyOk`` is not ``warranty``,
    ``startedAt`` not ``startedOn``. Of several the nearest is taken, then the first in the alphabet.
    """
    wanted = _plain(name)
    best: tuple[int, str] | None = None
    for candidate in known:
        if candidate == name:
            continue
        other = _plain(candidate)
        most = _slips(wanted, other)
        if abs(len(wanted) - len(other)) > most or _digits(wanted) != _digits(other):
            continue
        found = distance(wanted, other)
        if found <= most and (best is None or (found, candidate) < best) and not _other_word(name, candidate):
            best = found, candidate
    return None if best is None else best[1]


def _plain(name: str) -> str:
    return name.casefold().translate(_SEPARATORS)


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def _other_word(one: str, other: str) -> bool:
    """Whether two names of several words (camel case, or parted) differ by a whole word."""
    mine, others = ([word.casefold() for word in _WORDS.findall(name)] for name in (one, other))
    if len(mine) == len(others):
        pairs = [(word, wanted) for word, wanted in zip(mine, others, strict=True) if word != wanted]
        return len(mine) > 1 and len(pairs) == 1 and distance(*pairs[0]) > (_slips(*pairs[0]) or (min(map(len, pairs[0])) == 2))
    short, long = sorted((mine, others), key=len)
    rest = iter(long)
    return all(word in rest for word in short)


def _slips(one: str, other: str) -> int:
    length = min(len(one), len(other))
    if length < 3:
        return 0
    return max(1, length // 4) if one.isascii() and other.isascii() else length // 4


def distance(one: str, other: str) -> int:
    """How many letters have to be left out, added, changed or exchanged with their neighbour to make one text of the other."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, wanted in enumerate(other, 1):
            cost = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]
