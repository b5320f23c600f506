"""YAML as scenario files have it: an amount stays the decimal that was written, an instant the text, and every refusal names its line.

Of YAML 1.1's surprises none is kept: ``yes`` and ``on`` are texts, ``010`` is ten, ``1:30`` is a text.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

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
            raise ScenarioError(f"第 {self.line + 1} 行:嵌套超过 {DEEPEST} 层")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


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


def _boolean(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> bool:
    return str(loader.construct_scalar(node)).lower() == "true"


def _scalar(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return _storable(str(loader.construct_scalar(node)), node)


def _storable(text: str, node: yaml.Node) -> str:
    flaw = flaw_of(text)
    if flaw is not None:
        raise ScenarioError(f"第 {node.start_mark.line + 1} 行的文字{flaw},不能保存,请删去")
    return text


def _as_written(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ScenarioError(f"第 {key.start_mark.line + 1} 行的键应是文字")
        name = _storable(str(key.value), key)
        if name in seen and key.tag != "tag:yaml.org,2002:merge":
            raise ScenarioError(f"第 {key.start_mark.line + 1} 行的键“{name}”重复")
        seen.add(name)
    loader.flatten_mapping(node)
    return {str(key.value): loader.construct_object(value, deep=True) for key, value in node.value}


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
_Loader.add_constructor("tag:yaml.org,2002:str", _scalar)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _as_written)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
for _tag in ("binary", "set", "omap", "pairs"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _bare_tag)
_Loader.add_constructor(None, _bare_tag)


def load(source: bytes) -> Any:
    """The values of a file. Raises ScenarioError."""
    try:
        if len(source) > LARGEST:
            raise ScenarioError(f"文件超过 {LARGEST // 1000} kB")
        data = yaml.load(source.decode("utf-8-sig"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except UnicodeDecodeError as error:
        raise ScenarioError("不是 UTF-8 编码的文本") from error
    except yaml.MarkedYAMLError as error:
        line = f"第 {error.problem_mark.line + 1} 行:" if error.problem_mark else ""
        raise ScenarioError(f"不是正确的 YAML。{line}{error.problem or error.context or ''}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ScenarioError(f"不是正确的 YAML:{str(error).splitlines()[0] if str(error) else '嵌套过深'}") from error
    if sum(1 for _ in _parts(data)) > MOST_VALUES:
        raise ScenarioError(f"展开后超过 {MOST_VALUES} 个值")
    return data


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
