"""How much room words take in bpmn-js: its sizes, its line breaks, and the widths of an ordinary typeface without serifs.

Widths are shares of the letter's size: 1 for Chinese and everything of full width, else the class of Arial's letters that a character belongs to. Measured against
Chromium the error is a few pixels a line. Sizes: labels beside an element have 11 px, lines stand 1.2 times that apart; a label that the file gives no place is 90 px
wide at most.
"""

import re
import unicodedata
from dataclasses import dataclass

SIZE = 11  # of labels outside of shapes
LINE = SIZE * 1.2
WIDEST = 90  # of a label that has no place in the file
_CLASSES = (("ijl|'`", 0.22), (" .,:;!tfI/\\[]()", 0.28), ('r-"{}*^“”‘’', 0.34), ("mMW@%", 0.86), ("w", 0.72))
_WIDTHS = {character: width for characters, width in _CLASSES for character in characters}
_FULL = frozenset({"W", "F", "A"})  # East Asian widths (UAX 11); ambiguous ones are Chinese here
_BREAK = re.compile(r"(?<=[\s-])")


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text as laid out: the width of its longest line and its height, in pixels."""

    width: float
    height: float


def width_of(text: str, size: float = SIZE) -> float:
    """Pixels of one line, blanks at its end not counted."""
    return sum(_share(character) for character in text.rstrip()) * size


def _share(character: str) -> float:
    if character in _WIDTHS:
        return _WIDTHS[character]
    if unicodedata.east_asian_width(character) in _FULL:
        return 1.0
    return 0.68 if character.isupper() else 0.55


def laid_out(text: str, room: float) -> Lettering:
    """A label's text within a width. bpmn-js breaks at blanks and hyphens and, where there is none, cuts the word."""
    lines = [line for paragraph in text.splitlines() or [""] for line in _broken(paragraph, room)]
    return Lettering(max(map(width_of, lines)), len(lines) * LINE)


def _broken(paragraph: str, room: float) -> list[str]:
    lines = []
    rest = paragraph.strip()
    while rest:
        line = rest
        while len(line) > 1 and (width := width_of(line)) > room:
            fitting = len(line) * room / width
            line = _whole_words(line, fitting).rstrip() or line[: max(round(fitting - 1), 1)].rstrip()
        lines.append(line)
        rest = rest[len(line) :].strip()
    return lines or [""]


def _whole_words(line: str, most: float) -> str:
    """As many of its words as have fewer characters than ``most``."""
    kept = ""
    for word in _BREAK.split(line):
        if len(kept) + len(word.rstrip()) >= most:
            break
        kept += word
    return kept


def length_of(name: str) -> int:
    """Characters of a name as the eye counts them: 1 for one of full width, ½ for a letter or digit of half width, halves rounded up."""
    halves = sum(2 if unicodedata.east_asian_width(character) in _FULL else 1 for character in name.strip())
    return -(-halves // 2)
