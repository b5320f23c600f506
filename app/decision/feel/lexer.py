"""Text into tokens, each with its place."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ..codes import FeelCode
from .errors import FeelLimitError, FeelSyntaxError
from .limits import Limits

NAME: Final = "name"
NUMBER: Final = "number"
STRING: Final = "string"
AT: Final = "at"  # @"2026-01-01"
OPERATOR: Final = "operator"
OTHER: Final = "other"  # a character that only a name known beforehand may contain
END: Final = "end"


class Lexeme(NamedTuple):
    """A piece of the text: ``value`` is the decoded string, or the text itself; ``spaced``: white space or a comment stands before."""

    kind: str
    value: str
    start: int
    end: int
    spaced: bool


# The specification's name characters, without the full-width and ideographic punctuation that an analyst types by accident:
# those must be refused, not become part of a name.
_NAME_START = r"(?:[^\W\d]|[\U00010000-\U000EFFFF])"
_NAME_PART = r"(?:\w|[·\u0300-\u036F\u203F\u2040\U00010000-\U000EFFFF])"
_TOKEN = re.compile(
    rf"""
      (?P<space>(?:\s|\ufeff|\u200b|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+)
    | (?P<name>{_NAME_START}{_NAME_PART}*)
    | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<at>@\s*"(?:[^"\\]|\\.)*")
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<operator>\*\*|\.\.|<=|>=|!=|->|[-+*/=<>()\[\]{{}},:.?])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
_SURROGATES = re.compile("([\ud800-\udbff])([\udc00-\udfff])")

HALF_WIDTH: Final = {
    "？": "?", "＞": ">", "＜": "<", "＝": "=", "，": ",", "、": ",", "“": '"', "”": '"', "＂": '"', "（": "(", "）": ")", "：": ":",
    "；": ";", "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}", "＋": "+", "－": "-", "＊": "*", "／": "/", "。": ".",
    "．": ".", "！": "!", "≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/", "—": "-", "–": "-", "−": "-", "‘": '"', "’": '"',
    "＠": "@",
}  # fmt: skip


def tokenize(text: str, limits: Limits) -> list[Lexeme]:
    """Split an expression into tokens, the last one END.

    Raises FeelSyntaxError for an unfinished string or comment, FeelLimitError for a text longer than ``limits.expression_size``.
    """
    if len(text) > limits.expression_size:
        raise FeelLimitError(
            FeelCode.LIMIT_EXPRESSION_SIZE, f"表达式有 {len(text)} 个字符，超过上限 {limits.expression_size}，请拆分", 0, None
        )
    tokens: list[Lexeme] = []
    spaced = False
    position = 0
    size = len(text)
    match = _TOKEN.match
    while position < size:
        found = match(text, position)
        if found is None:  # unreachable: the last alternative takes any character
            raise FeelSyntaxError(FeelCode.SYNTAX, "无法识别的字符", position, text)
        kind = found.lastgroup or OTHER
        end = found.end()
        if kind == "space":
            spaced = True
            position = end
            continue
        value = found.group()
        if kind == STRING:
            value = decode(value, position, text)
        elif kind == AT:
            value = decode(value[value.index('"') :], position, text)
        elif kind == OTHER and value == '"':
            raise FeelSyntaxError(FeelCode.SYNTAX_STRING, "文本没有结束：缺少右边的英文双引号", position, text)
        elif kind == OPERATOR and value == "/" and text.startswith("/*", position):
            raise FeelSyntaxError(FeelCode.SYNTAX_COMMENT, "注释没有结束：缺少 */", position, text)
        tokens.append(Lexeme(kind, value, position, end, spaced))
        spaced = False
        position = end
    tokens.append(Lexeme(END, "", size, size, spaced))
    return tokens


def decode(quoted: str, position: int, text: str) -> str:
    """The string that a quoted literal stands for; an escape FEEL does not know stays as written (``"\\s"``)."""
    body = quoted[1:-1]
    if "\\" not in body:
        return body
    bad: list[int] = []

    def replace(match: re.Match[str]) -> str:
        code = match.group(1) or match.group(2)
        if code is None:
            return _SIMPLE.get(match.group(3), match.group(0))
        number = int(code, 16)
        if number > 0x10FFFF:
            bad.append(match.start())
            return ""
        return chr(number)

    result = _SURROGATES.sub(
        lambda pair: chr(0x10000 + ((ord(pair.group(1)) - 0xD800) << 10) + ord(pair.group(2)) - 0xDC00), _ESCAPE.sub(replace, body)
    )
    if bad or any(0xD800 <= ord(character) <= 0xDFFF for character in result):
        raise FeelSyntaxError(FeelCode.SYNTAX_STRING, "文本里的 \\u 或 \\U 转义不是有效的字符", position, text)
    return result


def name_parts(name: str) -> tuple[tuple[str, bool], ...] | None:
    """A name as (text, spaced) pieces, the way the tokenizer sees it; None when no expression can spell it."""
    try:
        tokens = tokenize(name.strip(), Limits())
    except (FeelSyntaxError, FeelLimitError):
        return None
    pieces = tokens[:-1]
    if not pieces or pieces[0].kind not in (NAME, OTHER) or any(piece.kind in (STRING, AT) for piece in pieces):
        return None
    return tuple((piece.value, piece.spaced and index > 0) for index, piece in enumerate(pieces))


def is_simple(name: str) -> bool:
    """True for a name that is one NAME token, which every parser reads without knowing it beforehand."""
    found = _TOKEN.fullmatch(name)
    return found is not None and found.lastgroup == NAME
