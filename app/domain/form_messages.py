"""What is wrong with a value, in the words that a form's schema asks for: error of the schema → code and Chinese sentence after the field's title."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.domain.codes import FormCode

_TYPES = {"string": "文字", "number": "数字", "integer": "整数", "boolean": "是或否", "array": "列表", "object": "一组内容", "null": "空"}
_FORMATS = {"date": "日期(如 2026-10-15)", "date-time": "日期和时间(如 2026-10-15T09:00:00+08:00)", "email": "电子邮箱", "time": "时间"}


def _types(kind: Mapping[str, Any]) -> str:
    wanted = [_TYPES.get(name, name) for name in kind["types"] if name != "null"]  # what may be left empty is not asked to be
    return "应填" + "或".join(wanted or [_TYPES["null"]])


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | Decimal) else f"{Decimal(str(value)):,}" if isinstance(value, float) else str(value)


MESSAGES: Mapping[str, tuple[FormCode, Callable[[Mapping[str, Any]], str]]] = {
    "type": (FormCode.TYPE, _types),
    "enum": (FormCode.ENUM, lambda kind: "应从所列选项中选择"),
    "const": (FormCode.CONST, lambda kind: "必须确认" if kind.get("expected_value") is True else "的值不符合要求"),
    "format": (FormCode.FORMAT, lambda kind: f"应填{_FORMATS.get(str(kind.get('format')), '规定格式的内容')}"),
    "minimum": (FormCode.MINIMUM, lambda kind: f"不得小于 {_number(kind['limit'])}"),
    "maximum": (FormCode.MAXIMUM, lambda kind: f"不得大于 {_number(kind['limit'])}"),
    "exclusiveMinimum": (FormCode.MINIMUM, lambda kind: f"必须大于 {_number(kind['limit'])}"),
    "exclusiveMaximum": (FormCode.MAXIMUM, lambda kind: f"必须小于 {_number(kind['limit'])}"),
    "minLength": (FormCode.TOO_SHORT, lambda kind: "不能为空" if kind["limit"] == 1 else f"至少 {kind['limit']} 个字"),
    "maxLength": (FormCode.TOO_LONG, lambda kind: f"至多 {kind['limit']} 个字"),
    "minItems": (FormCode.TOO_FEW, lambda kind: f"至少 {kind['limit']} 项"),
    "maxItems": (FormCode.TOO_MANY, lambda kind: f"至多 {kind['limit']} 项"),
    "uniqueItems": (FormCode.DUPLICATE, lambda kind: "有重复的项"),
    "multipleOf": (FormCode.STEP, lambda kind: f"应是 {kind['multiple_of']} 的整数倍"),
    "pattern": (FormCode.PATTERN, lambda kind: "的格式不对"),
    "falseSchema": (FormCode.NOT_ALLOWED, lambda kind: "在当前选择下不应填写"),
}


def of_schema(error: Any) -> tuple[str, str]:
    """Where and why a schema itself is none: the place, like ``schema/properties/amount/minimum``, and a Chinese sentence."""
    place = "/".join(["schema", *map(str, getattr(error, "instance_path", ()))])
    kind = getattr(error, "kind", None)
    word = place.rpartition("/")[2]
    if kind is None or kind.name == "referencing":
        cause = "有引用或 $id 读不懂"
    elif kind.name == "anyOf" and word == "type":
        cause = f"只能是 {'、'.join(_TYPES)} 之一,或它们的列表"
    elif kind.name == "format":
        cause = "不是正则表达式" if word == "pattern" else "格式不对"
    elif kind.name in MESSAGES:
        cause = MESSAGES[kind.name][1](kind.as_dict()).removeprefix("的")
    else:
        cause = "写法不对"
    return place, f"{place} 不合 JSON Schema 2020-12:{cause}"
