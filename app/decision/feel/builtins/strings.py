"""String functions (specification 10.3.4.3); places and lengths count code points."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ...codes import FeelCode
from ..regex import Pattern, compile_pattern, expand
from ..regex_classes import PatternError
from ..run import Run
from .declaration import Group

FUNCTIONS = Group("文本函数")


@FUNCTIONS.function(
    "substring(string: string, start position: number, [length: number]) -> string",
    "从第几个字起取一段；位置从 1 数起，负数从末尾数起",
    'substring("foobar", 3)',
    'substring("foobar", 3, 3)',
    'substring("项目验收申请", -2)',
)
def substring(string: str, start: Decimal, length: Decimal | None = None) -> object:
    place = int(start)
    if place == 0 or (length is not None and length < 0):
        return None
    first = place - 1 if place > 0 else len(string) + place
    if not 0 <= first < len(string):
        return None
    return string[first:] if length is None else string[first : first + int(length)]


@FUNCTIONS.function("string length(string: string) -> number", "文本有几个字", 'string length("奉贤区")')
def string_length(string: str) -> object:
    return Decimal(len(string))


@FUNCTIONS.function("upper case(string: string) -> string", "转成大写", 'upper case("aBc4")')
def upper_case(string: str) -> object:
    return string.upper()


@FUNCTIONS.function("lower case(string: string) -> string", "转成小写", 'lower case("aBc4")')
def lower_case(string: str) -> object:
    return string.lower()


@FUNCTIONS.function(
    "substring before(string: string, match: string) -> string", "某段文字之前的部分；没有它时为空文本", 'substring before("foobar", "bar")'
)
def substring_before(string: str, match: str) -> object:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@FUNCTIONS.function(
    "substring after(string: string, match: string) -> string", "某段文字之后的部分；没有它时为空文本", 'substring after("foobar", "ob")'
)
def substring_after(string: str, match: str) -> object:
    return string.partition(match)[2] if match else string


@FUNCTIONS.function("contains(string: string, match: string) -> boolean", "是否含有某段文字", 'contains("foobar", "of")', run=True)
def contains(run: Run, string: str, match: str) -> object:
    run.charge(len(string) // 1_000)
    return match in string


@FUNCTIONS.function("starts with(string: string, match: string) -> boolean", "是否以某段文字开头", 'starts with("foobar", "fo")')
def starts_with(string: str, match: str) -> object:
    return string.startswith(match)


@FUNCTIONS.function("ends with(string: string, match: string) -> boolean", "是否以某段文字结尾", 'ends with("foobar", "r")')
def ends_with(string: str, match: str) -> object:
    return string.endswith(match)


def _stepper(run: Run) -> Callable[[], None]:
    def step() -> None:
        run.charge(20)

    return step


def _compiled(run: Run, pattern: str, flags: str | None) -> Pattern | None:
    try:
        return compile_pattern(pattern, flags or "")
    except PatternError as error:
        run.warn(FeelCode.PATTERN, f"{error}，结果为空", run.place)
        return None


@FUNCTIONS.function(
    "matches(input: string, pattern: string, [flags: string?]) -> boolean",
    "是否含有符合正则表达式（XPath 写法）的一段；标志：i 不分大小写、m 按行、s 点号含换行、x 忽略空白、q 按原文",
    'matches("foobar", "^fo*b")',
    'matches("PRJ-2026", "^prj-[0-9]{4}$", "i")',
    run=True,
)
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> object:
    compiled = _compiled(run, pattern, flags)
    return None if compiled is None else compiled.search(text, 0, _stepper(run)) is not None


@FUNCTIONS.function(
    "replace(input: string, pattern: string, replacement: string, [flags: string?]) -> string",
    "替换符合正则表达式的每一段；替换文本里 $1 指第一组，$0 指整段",
    'replace("banana", "a", "o")',
    'replace("2026-03", "([0-9]+)-([0-9]+)", "$2/$1")',
    run=True,
)
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> object:
    compiled = _compiled(run, pattern, flags)
    if compiled is None:
        return None
    step = _stepper(run)
    try:
        substitute = expand(replacement, compiled, literally="q" in (flags or ""))
    except PatternError as error:
        run.warn(FeelCode.PATTERN, f"{error}，结果为空", run.place)
        return None
    if _matches_nothing(run, compiled):
        return None
    pieces: list[str] = []
    size = 0
    place = 0
    for match in compiled.find_all(text, step):
        pieces.append(text[place : match.start])
        pieces.append(substitute(match, text))
        size += len(pieces[-1]) + len(pieces[-2])
        if size > run.limits.string_size:
            raise run.too_long(size)
        place = match.end
    pieces.append(text[place:])
    return "".join(pieces)


def _matches_nothing(run: Run, pattern: Pattern) -> bool:
    """A pattern that matches the empty text has no sense in replace and split (XPath error FORX0003)."""
    if pattern.search("", 0, _stepper(run)) is None:
        return False
    run.warn(FeelCode.PATTERN, "正则表达式能匹配空文本，不能用于替换和拆分，结果为空", run.place)
    return True


@FUNCTIONS.function(
    "split(string: string, delimiter: string) -> list",
    "按分隔符（正则表达式）拆成列表",
    'split("John Doe", "\\s")',
    'split("a;b;c;;", ";")',
    run=True,
)
def split(run: Run, string: str, delimiter: str) -> object:
    compiled = _compiled(run, delimiter, None)
    if compiled is None or _matches_nothing(run, compiled):
        return None
    parts: list[object] = []
    place = 0
    for match in compiled.find_all(string, _stepper(run)):
        parts.append(string[place : match.start])
        place = match.end
        if len(parts) > run.limits.list_size:
            raise run.too_many(len(parts))
    parts.append(string[place:])
    return parts


@FUNCTIONS.function(
    "string join(list: list, [delimiter: string?]) -> string",
    "把文本列表连成一段，空值略去",
    'string join(["a", "b", "c"], "、")',
    'string join(["a", null, "c"])',
    also=("(list: list, delimiter: string?, prefix: string?, suffix: string?)",),
    run=True,
)
def string_join(
    run: Run, items: list[object], delimiter: str | None = None, prefix: str | None = None, suffix: str | None = None
) -> object:
    parts: list[str] = []
    for item in items:
        if isinstance(item, str):
            parts.append(item)
        elif item is not None:
            run.warn(FeelCode.ARGUMENTS, "string join() 的列表里只能是文本，结果为空", run.place)
            return None
    size = sum(map(len, parts)) + len(delimiter or "") * len(parts)
    if size > run.limits.string_size:
        raise run.too_long(size)
    return (prefix or "") + (delimiter or "").join(parts) + (suffix or "")
