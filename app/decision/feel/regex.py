"""Regular expressions of XPath (flags ``s m i x q``), on a matcher of our own.

Python's ``re`` has another syntax, other meanings, and no way to stop a pattern that runs away. Here a pattern becomes a small program;
the matcher explores it depth first and never twice from the same state, so that the work is bounded by program × text, and every step
is counted (``step`` is called once for each hundred).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from .regex_classes import PatternError, variants
from .regex_syntax import (
    BACK,
    CHARACTER,
    END_OF_LINE,
    END_OF_TEXT,
    JUMP,
    MATCH,
    SAVE,
    SET,
    SPLIT,
    START_OF_LINE,
    START_OF_TEXT,
    Instruction,
    compile_program,
)

STEPS_PER_CALL = 100


@dataclass(frozen=True, slots=True)
class Match:
    """Where a match lies, and its groups' (start, end); (-1, -1) for a group that took no part."""

    start: int
    end: int
    groups: tuple[int, ...]

    def group(self, number: int, text: str) -> str:
        start, end = self.groups[2 * number], self.groups[2 * number + 1]
        return text[start:end] if start >= 0 and end >= 0 else ""


class Pattern:
    """A compiled pattern; ``groups`` counts its capturing groups."""

    __slots__ = ("_anchored", "_back", "_first", "groups", "ignore_case", "program")

    def __init__(self, program: tuple[Instruction, ...], groups: int, ignore_case: bool) -> None:
        self.program = program
        self.groups = groups
        self.ignore_case = ignore_case
        self._back = any(instruction[0] == BACK for instruction in program)
        first = program[1] if len(program) > 1 else program[0]
        self._first = first[1] if first[0] == CHARACTER else None
        self._anchored = first[0] == START_OF_TEXT

    def search(self, text: str, start: int, step: Callable[[], None]) -> Match | None:
        """The first match at or after a place. ``step`` may raise to stop the work."""
        visited: set[object] = set()
        place = start
        first = self._first
        while place <= len(text):
            if first is not None:
                place = text.find(first, place)
                if place < 0:
                    return None
            groups = self._match(text, place, visited, step)
            if groups is not None:
                return Match(groups[0], groups[1], groups)
            if self._anchored:
                return None
            place += 1
            if place % STEPS_PER_CALL == 0:
                step()
        return None

    def find_all(self, text: str, step: Callable[[], None]) -> Iterator[Match]:
        """All matches, none overlapping; the pattern must not match the empty text."""
        place = 0
        while place <= len(text):
            found = self.search(text, place, step)
            if found is None:
                return
            yield found
            place = found.end if found.end > found.start else found.end + 1

    def _match(self, text: str, start: int, visited: set[object], step: Callable[[], None]) -> tuple[int, ...] | None:
        program = self.program
        size = len(text)
        back = self._back
        width = size + 1
        stack: list[tuple[int, int, tuple[int, ...]]] = [(0, start, (-1,) * (2 * self.groups + 2))]
        steps = 0
        while stack:
            counter, place, groups = stack.pop()
            while True:
                steps += 1
                if steps >= STEPS_PER_CALL:
                    steps = 0
                    step()
                instruction = program[counter]
                kind = instruction[0]
                if kind == CHARACTER:
                    if place < size and text[place] == instruction[1]:
                        place += 1
                        counter += 1
                        continue
                    break
                if kind == SET:
                    if place < size and instruction[1](text[place]):
                        place += 1
                        counter += 1
                        continue
                    break
                if kind == SPLIT:
                    # What was tried from here once has failed: it need not be tried again, and an empty loop ends.
                    state: object = (counter, place, groups) if back else counter * width + place
                    if state in visited:
                        break
                    visited.add(state)
                    stack.append((instruction[2], place, groups))
                    counter = instruction[1]
                elif kind == JUMP:
                    counter = instruction[1]
                elif kind == SAVE:
                    slot = instruction[1]
                    groups = (*groups[:slot], place, *groups[slot + 1 :])
                    counter += 1
                elif kind == MATCH:
                    return groups
                elif kind == BACK:
                    end = self._after_reference(text, place, groups, instruction[1])
                    if end < 0:
                        break
                    place = end
                    counter += 1
                elif _holds(kind, text, place, size):
                    counter += 1
                else:
                    break
        return None

    def _after_reference(self, text: str, place: int, groups: tuple[int, ...], number: int) -> int:
        start, end = groups[2 * number], groups[2 * number + 1]
        if start < 0 or end < 0:
            return place  # a group that matched nothing refers to the empty text
        wanted, found = text[start:end], text[place : place + end - start]
        if wanted == found or (self.ignore_case and len(wanted) == len(found) and all(map(_alike, wanted, found))):
            return place + end - start
        return -1


def _alike(one: str, other: str) -> bool:
    return one == other or other in variants(one)


def _holds(kind: int, text: str, place: int, size: int) -> bool:
    if kind == START_OF_TEXT:
        return place == 0
    if kind == END_OF_TEXT:
        return place == size
    if kind == START_OF_LINE:
        return place == 0 or (text[place - 1] == "\n" and place < size)
    if kind == END_OF_LINE:
        return text[place] == "\n" if place < size else text[-1:] != "\n"
    return False


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> Pattern:
    """A pattern ready for use; raises PatternError when it is not a regular expression of XPath."""
    program, groups = compile_program(pattern, flags)
    return Pattern(program, groups, "i" in flags)


def expand(replacement: str, pattern: Pattern, *, literally: bool) -> Callable[[Match, str], str]:
    """What a match is replaced by; ``$1`` is a group, ``$0`` the match, ``\\$`` and ``\\\\`` stand for themselves.

    Raises PatternError for another use of ``$`` or ``\\``.
    """
    if literally:
        return lambda match, text: replacement
    parts: list[str | int] = []
    index = 0
    while index < len(replacement):
        character = replacement[index]
        index += 1
        if character == "\\":
            if index >= len(replacement) or replacement[index] not in "\\$":
                raise PatternError("替换文本里的反斜杠只能写成 \\\\ 或 \\$")
            parts.append(replacement[index])
            index += 1
        elif character == "$":
            end = index
            while end < len(replacement) and replacement[end] in "0123456789":
                end += 1
            if end == index:
                raise PatternError("替换文本里的 $ 之后应当是组号，例如 $1")
            while end > index + 1 and int(replacement[index:end][:9]) > pattern.groups:
                end -= 1
            number = int(replacement[index:end][:9])
            parts.append(number if number <= pattern.groups else "")
            index = end
        else:
            parts.append(character)
    return lambda match, text: "".join(part if isinstance(part, str) else match.group(part, text) for part in parts)
