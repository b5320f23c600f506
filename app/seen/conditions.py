"""A condition in words. It tests fields against constants (analyst's contract: no arithmetic); what is more than that stays FEEL alone."""

from collections.abc import Callable
from decimal import Decimal

from app.decision.feel.syntax import Call, Comparison, Literal, Logical, Name, Node, Path
from app.seen import values

_SIGNS = {"=": "是", "!=": "不是", "<": "小于", "<=": "不超过", ">": "超过", ">=": "不少于"}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_JOINED = {"and": "，且", "or": "，或"}

Title = Callable[[str], str | None]
"""What people call a variable, ``variable.entry`` or (``approved(task)``) the approval of a task; None if nobody has named it."""


def words(node: Node, title: Title) -> str:
    """The condition as people say it; empty if some part of it has no words."""
    try:
        return _said(node, title)
    except _Unsaid:
        return ""


class _Unsaid(Exception):
    pass


def _said(node: Node, title: Title) -> str:
    match node:
        case Literal(value=True):
            return "总是"
        case Logical():
            return _JOINED[node.operator].join(_said(part, title) for part in node.operands)
        case Comparison(left=Literal()):
            return _compared(node.right, _MIRRORED.get(node.operator, node.operator), node.left, title)
        case Comparison():
            return _compared(node.left, node.operator, node.right, title)
        case Call(function=Name(name="not"), arguments=[inner]):
            return _answered(inner, False, title)
        case _:
            return _answered(node, True, title)


def _compared(tested: Node, operator: str, constant: Node, title: Title) -> str:
    if not isinstance(constant, Literal) or operator not in _SIGNS:
        raise _Unsaid
    value = constant.value
    if isinstance(value, bool) and operator in ("=", "!="):
        return _answered(tested, value is (operator == "="), title)
    if value is None:
        return f"{_called(tested, title)}{'没有填写' if operator == '=' else '已填写'}"
    return f"{_called(tested, title)}{_SIGNS[operator]}{_constant(value)}"


def _answered(tested: Node, positive: bool, title: Title) -> str:
    if isinstance(tested, Call):
        return f"{_called(tested, title)}{'有效' if positive else '无效或还没有'}"
    return f"{_called(tested, title)}：{'是' if positive else '否'}"


def _called(node: Node, title: Title) -> str:
    match node:
        case Name(local=False):
            found = title(node.name)
        case Path(base=Name() as base):
            found = title(f"{base.name}.{node.name}")
        case Call(function=Name(name="approved"), arguments=[Literal(value=str() as task)]):
            found = title(f"approved({task})")
        case _:
            found = None
    if not found:
        raise _Unsaid
    return found


def _constant(value: object) -> str:
    if isinstance(value, Decimal | int):
        return f" {values.number(value)}"
    if isinstance(value, str) and values.is_said(value):
        return f"“{value}”"
    raise _Unsaid  # a code: the name of the flow says what it means
