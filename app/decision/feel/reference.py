"""The reference of FEEL's functions, written from the functions themselves.

``python -m app.decision.feel.reference`` writes docs/reference/feel.md; a test fails when that file is stale.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from .builtins import BUILTINS, GROUPS
from .expression import compile as compile_expression
from .limits import Limits
from .registry import FunctionSpec
from .run import Environment
from .text import literal, to_text
from .values import LABELS

TARGET = Path("docs/reference/feel.md")
ZONE = ZoneInfo("Asia/Shanghai")
MOMENT = datetime(2026, 3, 10, 9, 0, tzinfo=ZONE)

_WORDS = {**LABELS, "any": "任意", "point": "点（数字、文本、日期、时间、时长）"}
_LIMITS = {
    "expression_size": "一个表达式的字符数",
    "nesting": "括号、运算、函数调用、列表与上下文的嵌套层数",
    "iterations": "所有循环的总次数（产生的列表项与文本也计入）",
    "list_size": "一个列表的项数",
    "string_size": "一段文本的字数",
    "exponent": "数字的数量级（10 的多少次方）",
    "seconds": "一次计算占用处理器的秒数",
}


_READINGS = (
    "没有的变量按空值处理；空值参加运算或比较大小，结果为空；`= null` 可以判断空值。",
    "`and`、`or` 是三值逻辑：`false and null` 为假，`true or null` 为真。",
    "名称可以是中文，可以含空格；相邻的词读作一个名称。含运算符的名称（如“加班-时长”）在变量里有时整个认出。",
    "时间与日期时间用 `=` 比较到秒，用 `<`、`>` 比较到纳秒；没有时区的与有时区的不能比较大小，结果为空，`=` 为假。",
    "日期加减月份，遇到目标月没有的日子取月末；日期时间加减天时时长，沿时间轴移动。",
    "`string()` 写整数不带小数位，其他数字保留自己的小数位：`string(1.0)` 是 `1`，`string(1.50)` 是 `1.50`。",
    "列表的位置从 1 数起，-1 是最后一项；越界为空。",
    "正则表达式是 XPath 的写法，没有 `\\b`、`(?=…)`。",
    "不能调用外部程序：`function(…) external {…}` 的结果为空。",
)


def render() -> str:
    """The whole page, in Markdown."""
    environment = Environment(now=MOMENT, zone=ZONE)
    lines = [
        "# FEEL 函数参考",
        "",
        "<!-- 本页由 python -m app.decision.feel.reference 从代码生成，请勿手改。 -->",
        "",
        "表达式语言是 DMN 1.5 的 FEEL，数字为 34 位十进制（四舍六入五成双）。类型不合的运算结果为空（null），不报错；",
        f"语法错误与超限会报错，并指出位置。例子中的“此刻”是 {MOMENT.isoformat()}。",
        "",
        f'共 {len(BUILTINS)} 个函数。参数可以按次序给，也可以写名称：`substring(string: "foobar", start position: 3)`。',
        "需要列表处给单个值，当作只有一项的列表；需要单个值处给只有一项的列表，取那一项。",
        "",
    ]
    lines += ["## 约定", "", *(f"- {reading}" for reading in _READINGS), ""]
    for group in GROUPS:
        lines += [f"## {group.FUNCTIONS.title}", ""]
        for spec in group.FUNCTIONS.specs:
            lines += _function(spec, environment)
    lines += ["## 限度", "", "| 名称 | 默认值 | 限制什么 |", "|---|---|---|"]
    defaults = Limits()
    lines += [
        f"| `{name}` | {getattr(defaults, name)} | {meaning}；超过时错误代码 `feel_limit_{name}` |" for name, meaning in _LIMITS.items()
    ]
    return "\n".join(lines) + "\n"


def _function(spec: FunctionSpec, environment: Environment) -> list[str]:
    lines = [f"### {spec.name}", "", f"{spec.doc}。", ""]
    for names, types in zip(spec.parameters, spec.types, strict=True):
        parts = [f"{name}: {_label(kind)}" for name, kind in zip(names, types, strict=True)]
        if spec.variadic == "last":
            parts.append("…")
        lines.append(f"- `{spec.name}({', '.join(parts)})` → {_label(spec.result)}")
    if spec.variadic == "list":
        lines.append("- 列表的各项也可以直接作为参数")
    lines.append("")
    if spec.examples:
        lines += ["| 例子 | 结果 |", "|---|---|"]
        for example in spec.examples:
            lines.append(f"| {_code(example)} | {_code(_result(example, environment))} |")
        lines.append("")
    return lines


def _result(example: str, environment: Environment) -> str:
    value = compile_expression(example).evaluate({}, environment)
    return to_text(value) if type(value).__name__ == "Range" else literal(value)


def _label(kind: str) -> str:
    base = kind.removesuffix("?")
    words = "或".join(_WORDS.get(part, part) for part in base.split("|"))
    return f"{words}（可为空）" if kind.endswith("?") else words


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def main() -> None:
    """Write the page."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
