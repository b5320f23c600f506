"""YAML of scenario files: an amount stays the decimal that was written, nothing of YAML 1.1's surprises is kept, every refusal is Chinese and names its line.

``{document: 方案.pdf}`` names a document of which nobody has the file. ``yes`` and ``on`` are texts, ``010`` is ten, ``1:30`` is a text, instants stay as they are written.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from importlib import import_module
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from app.domain import documents
from app.engine.limits import flaw_of
from app.errors import InvalidRequest
from app.rehearsal.codes import FindingCode

LARGEST = 1_000_000  # bytes of one file
MOST_VALUES = 200_000  # of one file, repeated ones (anchors) counted each time
DEEPEST = 40
MOST_DIGITS = 400


class ScenarioError(InvalidRequest):
    """A scenario file that makes no sense: the text names line or key."""

    code = FindingCode.SCENARIO


class _Loader(yaml.SafeLoader):
    """The core schema of YAML 1.2 with decimals, instants as text, no repeated keys, bounded depth."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the library's own shape
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ScenarioError(f"第 {self.peek_event().start_mark.line + 1} 行:嵌套超过 {DEEPEST} 层")  # type: ignore[no-untyped-call]
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _faster() -> type[yaml.SafeLoader]:
    """The same on the scanner that PyYAML brings in C; where it was built without, the same as it is."""
    try:
        scanner: Any = import_module("yaml._yaml").CParser
    except ImportError:
        return _Loader

    class Faster(_Loader, scanner):  # type: ignore[misc]
        check_event, peek_event, get_event, dispose = scanner.check_event, scanner.peek_event, scanner.get_event, scanner.dispose

        def __init__(self, text: str) -> None:
            for part in (scanner, Composer, SafeConstructor, Resolver):
                part.__init__(self, *([text] if part is scanner else []))

    return Faster


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    text = str(loader.construct_scalar(node)).replace("_", "")
    try:
        if len(text) > MOST_DIGITS:
            raise InvalidOperation
        number = int(text) if re.fullmatch(r"[-+]?\d+", text) else Decimal(text)
        if isinstance(number, Decimal) and not (number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS):
            raise InvalidOperation
    except (InvalidOperation, ValueError):
        raise ScenarioError(f"第 {node.start_mark.line + 1} 行的数字 {text[:40]!r} 无法使用") from None
    return number


def _characters(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    """A text that a database holds: half of a surrogate pair is no character, and NUL stands in none."""
    found = str(loader.construct_scalar(node))
    flaw = flaw_of(found)
    if flaw is not None:
        raise ScenarioError(f"第 {node.start_mark.line + 1} 行第 {node.start_mark.column + 1} 列的文字{flaw},不能保存,请删去")
    return found


def _boolean(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> bool:
    return str(loader.construct_scalar(node)).lower() == "true"


def _as_written(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        name = str(key.value)
        if not isinstance(key, yaml.ScalarNode):
            raise ScenarioError(f"第 {key.start_mark.line + 1} 行的键应是文字")
        if name in seen and key.tag != "tag:yaml.org,2002:merge":
            raise ScenarioError(f"第 {key.start_mark.line + 1} 行的键“{name}”重复")
        seen.add(name)
    loader.flatten_mapping(node)
    found = {_characters(loader, key): loader.construct_object(value, deep=True) for key, value in node.value}
    return documents.alone(found) if len(found) == 1 else found


def _bare_tag(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    raise ScenarioError(f"第 {node.start_mark.line + 1} 行的标签 {node.tag} 不能使用")


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9][0-9_]*", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+.0123456789"),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:int", _number)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)
_Loader.add_constructor("tag:yaml.org,2002:bool", _boolean)
_Loader.add_constructor("tag:yaml.org,2002:str", _characters)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _as_written)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
for _tag in ("binary", "set", "omap", "pairs"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _bare_tag)
_Loader.add_constructor(None, _bare_tag)


_FASTER = _faster()


def _read(text: str) -> Any:
    """What is wrong is said by the slower one, which knows the place of everything."""
    try:
        return yaml.load(text, Loader=_FASTER)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ScenarioError, ValueError, TypeError):
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader


def load(source: bytes) -> Any:
    """What a file says. Raises ScenarioError."""
    try:
        if len(source) > LARGEST:
            raise ScenarioError(f"文件超过 {LARGEST // 1000} kB")
        data = _read(source.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ScenarioError("不是 UTF-8 编码的文本") from error
    except yaml.MarkedYAMLError as error:
        raise ScenarioError(f"不是正确的 YAML:{_place(error.problem_mark or error.context_mark)}{_cause(error)}") from error
    except yaml.reader.ReaderError as error:
        before = source.decode("utf-8-sig")[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        character = error.character if isinstance(error.character, int) else ord(str(error.character))
        raise ScenarioError(f"不是正确的 YAML:第 {line} 行第 {column} 列的字符 U+{character:04X} 不能出现在 YAML 里,请删除") from error
    except RecursionError as error:
        raise ScenarioError("不是正确的 YAML:嵌套过深") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:  # a tag on a value of another kind, such as !!map 5
        raise ScenarioError("不是正确的 YAML:有一个标签(!!)与它后面的值不相符,请删除标签") from error
    if sum(1 for _ in _parts(data)) > MOST_VALUES:
        raise ScenarioError(f"展开后超过 {MOST_VALUES} 个值")
    return data


# What the parser says → what is wrong and what to do. ``{}``: what it found there.
_CAUSES = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"could not find expected ':'", "键后面缺少英文冒号和空格,或有一行文字没有缩进好"),
        (r"mapping values are not allowed here", "这里不能再写“键: 值”;请检查缩进,文字里有冒号的请加引号"),
        (r"(?:mapping keys|sequence entries) are not allowed here", "这里不能有“- 项”或“? 键”;请检查缩进,或另起一行"),
        (
            r"found character '?(.+?)'? that cannot start any token",
            "{} 不能放在值的开头;缩进请用空格而不用制表符,以 @ ` % 等开头的文字请加引号",
        ),
        (r"found undefined alias '(.*)'", "没有名为“{}”的锚(&{}),请检查星号后面的名称"),
        (r"found duplicate anchor|second occurrence", "锚的名称用了两次,请改名"),
        (r"found unexpected end of stream", "引号没有配对,文件到末尾也没有结束"),
        (
            r"found unexpected document separator|but found another document|expected a single document",
            "一个文件里只能有一个文档,请删去 --- 或 ... ",
        ),
        (r"found unknown escape character|escape sequence", "双引号里的反斜杠写法不认识;要反斜杠本身请写 \\\\ 或改用单引号"),
        (r"expected ',' or '([\]}])'", "括号没有配对,或各项之间缺少英文逗号:应有逗号或 {}"),
        (r"expected the node content, but found '(.+)'", "这里应有一个值,却是 {};请补上值,或给文字加引号"),
        (r"expected <block end>", "缩进不对:同一层的各行应从同一列开始"),
        (r"expected '?<document start>", "前面的内容已经结束,这里的写法接不上;请检查缩进"),
        (r"unconstructable recursive node", "锚引用了自己,请改写"),
        (r"for merging", "<< 后面应是一个“键: 值”的对象(用 * 引用),或它们的列表"),
        (r"(?:tag|URI|'!')", "标签(!)的写法不对,场景不用标签,请删除;以 ! 开头的文字请加引号"),
        (r"directive|version", "指令行(% 开头)的写法不对,场景不用指令,请删除"),
        (r"chomping|indentation|comment or a line break", "多行文字(| 或 >)的开头写法不对,或缩进不对"),
        (r"alphabetic or numeric", "锚(&)或引用(*)后面应紧跟名称;以 & 或 * 开头的文字请加引号"),
        (r"expected a (scalar|mapping|sequence)", "标签(!!)与它后面的值不相符,请删除标签"),
    )
)
_TOKENS = {"<stream end>": "文件末尾", "<document end>": "文档末尾", "<block end>": "一层的末尾", "\\t": "制表符"}


def _cause(error: yaml.MarkedYAMLError) -> str:
    told = " ".join(part for part in (error.problem, error.context) if part)
    for pattern, said in _CAUSES:
        if found := pattern.search(told):
            word = found[1] if pattern.groups else ""
            return said.replace("{}", _TOKENS.get(word, word))
    return "这里的写法不合 YAML 的语法,请检查缩进、冒号、括号和引号"


def _place(mark: Any) -> str:
    return f"第 {mark.line + 1} 行第 {mark.column + 1} 列," if mark is not None else ""


def _parts(data: Any) -> Iterator[None]:
    """One None for each value, until there are too many."""
    pending, seen = [data], 0
    while pending and seen <= MOST_VALUES:
        item = pending.pop()
        seen += 1
        yield None
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
