"""XPath's regular expressions (XPath functions 3.1 §5.6, XML Schema 1.1 appendix G) into a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .regex_classes import CLASSES, PatternError, Predicate, opposite, property_class, remembering, variants

CHARACTER, SET, SPLIT, JUMP, SAVE, MATCH, BACK, START_OF_TEXT, END_OF_TEXT, START_OF_LINE, END_OF_LINE = range(11)
Instruction = tuple[Any, ...]

LONGEST_PATTERN = 5_000
LARGEST_PROGRAM = 10_000
DEEPEST_GROUP = 60
_SINGLE = {"n": "\n", "r": "\r", "t": "\t"}
_ESCAPABLE = frozenset("\\|.-^?*+{}()[]$")
_SPECIAL = frozenset("?*+{}()|[]")
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
            return _Node("set", remembering(self.set()))
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
        if self.ignore_case and len(variants(character)) > 1:
            return _Node("set", variants(character).__contains__)
        return _Node("character", character)

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
            return _Node("set", remembering(predicate))  # a class is what it is, whatever the case
        return self.single(self.single_escape(character))

    def class_escape(self, character: str) -> Predicate | None:
        if character in "pP":
            if self.next() != "{":
                raise PatternError("\\p 之后应当是 {类别}")
            end = self.pattern.find("}", self.index)
            if end < 0:
                raise PatternError("\\p{ 没有结束")
            predicate = property_class(self.pattern[self.index : end])
            self.index = end + 1
            return predicate if character == "p" else opposite(predicate)
        lower = CLASSES.get(character.lower())
        if lower is None:
            return None
        return lower if character.islower() else opposite(lower)

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
        listed = _listed(frozenset(singles), tuple(ranges), self.ignore_case)
        return _combined((listed, *predicates), minus, negative)


def _listed(singles: frozenset[str], ranges: tuple[tuple[str, str], ...], ignore_case: bool) -> Predicate:
    """The characters and ranges that a set writes out; with the flag i their case-variants too."""

    def test(character: str) -> bool:
        return character in singles or any(low <= character <= high for low, high in ranges)

    return (lambda character: any(test(variant) for variant in variants(character))) if ignore_case else test


def _combined(parts: tuple[Predicate, ...], minus: Predicate | None, negative: bool) -> Predicate:
    def test(character: str) -> bool:
        held = any(part(character) for part in parts)
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
