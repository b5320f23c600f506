"""XPath's regular expressions (XPath functions 3.1 §5.6, XML Schema 1.1 appendix G) into a program."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CHARACTER, SET, SPLIT, JUMP, SAVE, MATCH, BACK, START_OF_TEXT, END_OF_TEXT, START_OF_LINE, END_OF_LINE = range(11)
Instruction = tuple[Any, ...]
Predicate = Callable[[str], bool]

LONGEST_PATTERN = 5_000
LARGEST_PROGRAM = 10_000
DEEPEST_GROUP = 60
_SINGLE = {"n": "\n", "r": "\r", "t": "\t"}
_ESCAPABLE = frozenset("\\|.-^?*+{}()[]$")
_SPECIAL = frozenset("?*+{}()|[]")
_CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cn",
    ]
)
_BLOCKS = {
    "BasicLatin": (0x0000, 0x007F), "Latin-1Supplement": (0x0080, 0x00FF), "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F), "IPAExtensions": (0x0250, 0x02AF), "SpacingModifierLetters": (0x02B0, 0x02FF),
    "CombiningDiacriticalMarks": (0x0300, 0x036F), "Greek": (0x0370, 0x03FF), "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF), "CyrillicSupplement": (0x0500, 0x052F), "Armenian": (0x0530, 0x058F), "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF), "Syriac": (0x0700, 0x074F), "Thaana": (0x0780, 0x07BF), "Devanagari": (0x0900, 0x097F),
    "Bengali": (0x0980, 0x09FF), "Gurmukhi": (0x0A00, 0x0A7F), "Gujarati": (0x0A80, 0x0AFF), "Oriya": (0x0B00, 0x0B7F),
    "Tamil": (0x0B80, 0x0BFF), "Telugu": (0x0C00, 0x0C7F), "Kannada": (0x0C80, 0x0CFF), "Malayalam": (0x0D00, 0x0D7F),
    "Sinhala": (0x0D80, 0x0DFF), "Thai": (0x0E00, 0x0E7F), "Lao": (0x0E80, 0x0EFF), "Tibetan": (0x0F00, 0x0FFF),
    "Myanmar": (0x1000, 0x109F), "Georgian": (0x10A0, 0x10FF), "HangulJamo": (0x1100, 0x11FF), "Ethiopic": (0x1200, 0x137F),
    "Cherokee": (0x13A0, 0x13FF), "Ogham": (0x1680, 0x169F), "Runic": (0x16A0, 0x16FF), "Khmer": (0x1780, 0x17FF),
    "Mongolian": (0x1800, 0x18AF), "LatinExtendedAdditional": (0x1E00, 0x1EFF), "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F), "SuperscriptsandSubscripts": (0x2070, 0x209F), "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F), "NumberForms": (0x2150, 0x218F), "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF), "MiscellaneousTechnical": (0x2300, 0x23FF), "BoxDrawing": (0x2500, 0x257F),
    "GeometricShapes": (0x25A0, 0x25FF), "MiscellaneousSymbols": (0x2600, 0x26FF), "Dingbats": (0x2700, 0x27BF),
    "BraillePatterns": (0x2800, 0x28FF), "CJKRadicalsSupplement": (0x2E80, 0x2EFF), "KangxiRadicals": (0x2F00, 0x2FDF),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F), "Hiragana": (0x3040, 0x309F), "Katakana": (0x30A0, 0x30FF),
    "Bopomofo": (0x3100, 0x312F), "EnclosedCJKLettersandMonths": (0x3200, 0x32FF), "CJKCompatibility": (0x3300, 0x33FF),
    "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF), "CJKUnifiedIdeographs": (0x4E00, 0x9FFF), "YiSyllables": (0xA000, 0xA48F),
    "HangulSyllables": (0xAC00, 0xD7AF), "PrivateUse": (0xE000, 0xF8FF), "PrivateUseArea": (0xE000, 0xF8FF),
    "CJKCompatibilityIdeographs": (0xF900, 0xFAFF), "AlphabeticPresentationForms": (0xFB00, 0xFB4F),
    "ArabicPresentationForms-A": (0xFB50, 0xFDFF), "CombiningHalfMarks": (0xFE20, 0xFE2F), "CJKCompatibilityForms": (0xFE30, 0xFE4F),
    "SmallFormVariants": (0xFE50, 0xFE6F), "ArabicPresentationForms-B": (0xFE70, 0xFEFE),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF), "Specials": (0xFFF0, 0xFFFD), "OldItalic": (0x10300, 0x1032F),
    "Gothic": (0x10330, 0x1034F), "Deseret": (0x10400, 0x1044F), "MathematicalAlphanumericSymbols": (0x1D400, 0x1D7FF),
    "Emoticons": (0x1F600, 0x1F64F), "CJKUnifiedIdeographsExtensionB": (0x20000, 0x2A6DF),
}  # fmt: skip


class PatternError(Exception):
    """The text is no regular expression of XPath; the argument is a Chinese sentence."""


def fold(text: str) -> str:
    """Text without the difference of upper and lower case."""
    return text.lower().upper().lower()


def _word(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


def _name_start(character: str) -> bool:
    return character in "_:" or unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lo", "Nl")


def _name(character: str) -> bool:
    return _name_start(character) or character in "-.·" or unicodedata.category(character) in ("Lm", "Mn", "Mc", "Me", "Nd")


_CLASSES: dict[str, Predicate] = {
    "d": lambda character: unicodedata.category(character) == "Nd",
    "s": lambda character: character in " \t\n\r",
    "w": _word,
    "i": _name_start,
    "c": _name,
}


def _opposite(predicate: Predicate) -> Predicate:
    return lambda character: not predicate(character)


def _property(name: str) -> Predicate:
    if name in _CATEGORIES:
        if len(name) == 1:
            return lambda character: unicodedata.category(character)[0] == name
        return lambda character: unicodedata.category(character) == name
    block = _BLOCKS.get(name[2:]) if name.startswith("Is") else None
    if block is None:
        raise PatternError(f"没有 \\p{{{name}}} 这类字符")
    low, high = block
    return lambda character: low <= ord(character) <= high


def _remembering(predicate: Predicate, ignore_case: bool) -> Predicate:
    """A predicate that looks at each character once only, and at its other case if asked."""
    known: dict[str, bool] = {}

    def test(character: str) -> bool:
        verdict = known.get(character)
        if verdict is None:
            verdict = predicate(character)
            if not verdict and ignore_case:
                verdict = any(len(other) == 1 and predicate(other) for other in _cases(character))
            if len(known) < 2_000:
                known[character] = verdict
        return verdict

    return test


def _cases(character: str) -> set[str]:
    lower, upper = character.lower(), character.upper()
    return {character, lower, upper, lower.upper(), upper.lower(), fold(character)}


# -- the tree ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Node:
    """``kind`` is one of: set, character, sequence, choice, repeat, group, back, and the four anchors."""

    kind: str
    value: Any = None
    parts: tuple[_Node, ...] = ()
    least: int = 0
    most: int | None = None
    lazy: bool = False


class _Reader:
    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.index = 0
        self.ignore_case = "i" in flags
        self.dot_all = "s" in flags
        self.lines = "m" in flags
        self.groups = 0
        self.closed: set[int] = set()
        self.depth = 0

    def peek(self) -> str:
        return self.pattern[self.index] if self.index < len(self.pattern) else ""

    def next(self) -> str:
        character = self.peek()
        if not character:
            raise PatternError("正则表达式没有写完")
        self.index += 1
        return character

    def choice(self) -> _Node:
        branches = [self.sequence()]
        while self.peek() == "|":
            self.index += 1
            branches.append(self.sequence())
        return branches[0] if len(branches) == 1 else _Node("choice", parts=tuple(branches))

    def sequence(self) -> _Node:
        parts: list[_Node] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.quantified(self.atom()))
        return _Node("sequence", parts=tuple(parts))

    def quantified(self, atom: _Node) -> _Node:
        character = self.peek()
        if character not in ("?", "*", "+", "{") or not character:
            return atom
        self.index += 1
        if character == "{":
            least, most = self.counts()
        else:
            least, most = {"?": (0, 1), "*": (0, None), "+": (1, None)}[character]
        lazy = self.peek() == "?"
        if lazy:
            self.index += 1
        if self.peek() in ("?", "*", "+", "{") and self.peek():
            raise PatternError("正则表达式里量词不能连写")
        return _Node("repeat", parts=(atom,), least=least, most=most, lazy=lazy)

    def counts(self) -> tuple[int, int | None]:
        end = self.pattern.find("}", self.index)
        if end < 0:
            raise PatternError("正则表达式的 { 没有结束")
        low, comma, high = self.pattern[self.index : end].partition(",")
        self.index = end + 1
        if not (low.isascii() and low.isdigit()) or (high and not (high.isascii() and high.isdigit())):
            raise PatternError("正则表达式的次数应写成 {2}、{2,} 或 {2,5}")
        if len(low) > 5 or len(high) > 5:
            raise PatternError("正则表达式的次数太大")
        least = int(low)
        most = (int(high) if high else None) if comma else least
        if most is not None and most < least:
            raise PatternError("正则表达式的次数：上限小于下限")
        return least, most

    def atom(self) -> _Node:
        character = self.next()
        if character == "(":
            return self.group()
        if character == "[":
            return _Node("set", self.fitted(self.set()))
        if character == ".":
            if self.dot_all:
                return _Node("set", lambda other: True)
            return _Node("set", lambda other: other not in "\n\r")
        if character == "^":
            return _Node("start line" if self.lines else "start")
        if character == "$":
            return _Node("end line" if self.lines else "end")
        if character == "\\":
            return self.escape()
        if character in _SPECIAL:
            raise PatternError(f"正则表达式里的“{character}”位置不对；要它本身请写 \\{character}")
        return self.single(character)

    def single(self, character: str) -> _Node:
        if self.ignore_case and len(_cases(character)) > 1:
            return _Node("set", _remembering(lambda other: other == character, True))
        return _Node("character", character)

    def fitted(self, predicate: Predicate) -> Predicate:
        return _remembering(predicate, self.ignore_case)

    def group(self) -> _Node:
        self.depth += 1
        if self.depth > DEEPEST_GROUP:
            raise PatternError(f"正则表达式的括号嵌套超过 {DEEPEST_GROUP} 层")
        number = 0
        if self.pattern.startswith("?:", self.index):
            self.index += 2
        elif self.peek() == "?":
            raise PatternError("正则表达式只支持 (?:…)，不支持其他 (?…) 写法")
        else:
            self.groups += 1
            number = self.groups
        inner = self.choice()
        if self.peek() != ")":
            raise PatternError("正则表达式的括号没有结束")
        self.index += 1
        self.depth -= 1
        if number:
            self.closed.add(number)
            return _Node("group", number, (inner,))
        return inner

    def escape(self) -> _Node:
        character = self.next()
        if character in "123456789":
            number = int(character)
            if number not in self.closed:
                raise PatternError(f"正则表达式的 \\{number} 指的组还没有结束")
            while self.peek() in tuple("0123456789") and int(f"{number}{self.peek()}") in self.closed:
                number = int(f"{number}{self.next()}")
            return _Node("back", number)
        predicate = self.class_escape(character)
        if predicate is not None:
            return _Node("set", self.fitted(predicate))
        return self.single(self.single_escape(character))

    def class_escape(self, character: str) -> Predicate | None:
        if character in "pP":
            if self.next() != "{":
                raise PatternError("\\p 之后应当是 {类别}")
            end = self.pattern.find("}", self.index)
            if end < 0:
                raise PatternError("\\p{ 没有结束")
            predicate = _property(self.pattern[self.index : end])
            self.index = end + 1
            return predicate if character == "p" else _opposite(predicate)
        lower = _CLASSES.get(character.lower())
        if lower is None:
            return None
        return lower if character.islower() else _opposite(lower)

    def single_escape(self, character: str) -> str:
        if character in _SINGLE:
            return _SINGLE[character]
        if character in _ESCAPABLE:
            return character
        raise PatternError(f"正则表达式不支持 \\{character}")

    def set(self) -> Predicate:
        """The inside of ``[…]``, its opening bracket read."""
        self.depth += 1
        if self.depth > DEEPEST_GROUP:
            raise PatternError(f"正则表达式的方括号嵌套超过 {DEEPEST_GROUP} 层")
        negative = self.peek() == "^"
        if negative:
            self.index += 1
        singles: set[str] = set()
        ranges: list[tuple[str, str]] = []
        predicates: list[Predicate] = []
        minus: Predicate | None = None
        empty = True
        while True:
            character = self.next()
            if character == "]":
                if empty:
                    raise PatternError("正则表达式的 [] 里没有字符")
                break
            if character == "[":
                raise PatternError("正则表达式的方括号里，“[”要写成 \\[")
            if character == "-" and self.peek() == "[" and not empty:
                self.index += 1
                minus = self.set()
                if self.next() != "]":
                    raise PatternError("正则表达式里减去的字符集之后应当是 ]")
                break
            empty = False
            if character == "\\":
                escaped = self.next()
                predicate = self.class_escape(escaped)
                if predicate is not None:
                    predicates.append(predicate)
                    continue
                character = self.single_escape(escaped)
            if self.peek() == "-" and self.pattern[self.index + 1 : self.index + 2] not in ("]", "[", ""):
                self.index += 1
                last = self.next()
                if last == "\\":
                    last = self.single_escape(self.next())
                if last < character:
                    raise PatternError(f"正则表达式的范围 {character}-{last} 前后颠倒")
                ranges.append((character, last))
            else:
                singles.add(character)
        self.depth -= 1
        return _combined(frozenset(singles), tuple(ranges), tuple(predicates), minus, negative)


def _combined(
    singles: frozenset[str],
    ranges: tuple[tuple[str, str], ...],
    predicates: tuple[Predicate, ...],
    minus: Predicate | None,
    negative: bool,
) -> Predicate:
    def test(character: str) -> bool:
        held = (
            character in singles
            or any(low <= character <= high for low, high in ranges)
            or any(predicate(character) for predicate in predicates)
        )
        return held is not negative and not (minus is not None and minus(character))

    return test


# -- the program ------------------------------------------------------------------------------------------------------------------

_ANCHORS = {"start": START_OF_TEXT, "end": END_OF_TEXT, "start line": START_OF_LINE, "end line": END_OF_LINE}


class _Assembler:
    def __init__(self) -> None:
        self.program: list[Instruction] = []

    def put(self, *instruction: Any) -> int:
        if len(self.program) >= LARGEST_PROGRAM:
            raise PatternError("正则表达式太大：重复次数太多")
        self.program.append(instruction)
        return len(self.program) - 1

    def emit(self, node: _Node) -> None:
        kind = node.kind
        if kind == "character":
            self.put(CHARACTER, node.value)
        elif kind == "set":
            self.put(SET, node.value)
        elif kind == "sequence":
            for part in node.parts:
                self.emit(part)
        elif kind == "choice":
            self.emit_choice(node)
        elif kind == "repeat":
            self.emit_repeat(node)
        elif kind == "group":
            self.put(SAVE, 2 * node.value)
            self.emit(node.parts[0])
            self.put(SAVE, 2 * node.value + 1)
        elif kind == "back":
            self.put(BACK, node.value)
        else:
            self.put(_ANCHORS[kind])

    def split(self, lazy: bool) -> int:
        """A fork whose first way is the next instruction unless lazy; the other way is set by ``join``."""
        here = self.put(SPLIT, 0, 0)
        self.program[here] = (SPLIT, here + 1, here + 1)
        return here

    def join(self, fork: int, lazy: bool) -> None:
        end = len(self.program)
        self.program[fork] = (SPLIT, end, fork + 1) if lazy else (SPLIT, fork + 1, end)

    def emit_choice(self, node: _Node) -> None:
        jumps: list[int] = []
        for part in node.parts[:-1]:
            fork = self.split(False)
            self.emit(part)
            jumps.append(self.put(JUMP, 0))
            self.join(fork, False)
        self.emit(node.parts[-1])
        for jump in jumps:
            self.program[jump] = (JUMP, len(self.program))

    def emit_repeat(self, node: _Node) -> None:
        atom, lazy = node.parts[0], node.lazy
        for _ in range(node.least):
            self.emit(atom)
        if node.most is None:
            fork = self.split(lazy)
            self.emit(atom)
            self.put(JUMP, fork)
            self.join(fork, lazy)
            return
        forks: list[int] = []
        for _ in range(node.most - node.least):
            forks.append(self.split(lazy))
            self.emit(atom)
        for fork in forks:
            self.join(fork, lazy)


def compile_program(pattern: str, flags: str) -> tuple[tuple[Instruction, ...], int]:
    """The program of a pattern and the number of its groups; raises PatternError."""
    if any(flag not in "smixq" for flag in flags):
        raise PatternError("正则表达式的标志只能是 s、m、i、x、q")
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(f"正则表达式超过 {LONGEST_PATTERN} 个字符")
    reader = _Reader(pattern, flags)
    if "q" in flags:
        tree = _Node("sequence", parts=tuple(reader.single(character) for character in pattern))
    else:
        if "x" in flags:
            reader.pattern = _without_space(pattern)
        tree = reader.choice()
        if reader.peek():
            raise PatternError("正则表达式里多出一个 )")
    assembler = _Assembler()
    assembler.put(SAVE, 0)
    assembler.emit(tree)
    assembler.put(SAVE, 1)
    assembler.put(MATCH)
    return tuple(assembler.program), reader.groups


def _without_space(pattern: str) -> str:
    """White space outside ``[…]`` does not count under the flag ``x``."""
    kept: list[str] = []
    inside = 0
    escaped = False
    for character in pattern:
        if inside == 0 and character in " \t\n\r":
            continue
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "[":
            inside += 1
        elif character == "]" and inside:
            inside -= 1
        kept.append(character)
    return "".join(kept)
