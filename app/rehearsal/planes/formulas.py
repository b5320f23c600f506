"""What the FEEL of a diagram may do by the house's rules, told from its syntax tree: mappings hand values on, conditions test; what needs more is a decision."""

from collections.abc import Collection, Iterator
from decimal import Decimal

from app.decision import feel
from app.decision.feel import syntax
from app.engine.expressions import FormulaTerm, parse

LONGEST = 120  # characters
MOST_TESTS = 2


def tree(text: str) -> syntax.Node | None:
    """The tree of an attribute's text; None if it is plain text, or no FEEL (which is told elsewhere)."""
    try:
        term = parse(text)
    except feel.FeelError:
        return None
    return term.expression.tree.root if isinstance(term, FormulaTerm) else None


def branches(node: syntax.Node | None) -> bool:
    """Whether an ``if`` or a ``for`` occurs."""
    return any(isinstance(found, syntax.Conditional | syntax.For) for found in _all(node))


def chooses(node: syntax.Node | None) -> bool:
    """Whether a list is filtered: ``list[condition]``."""
    return any(isinstance(found, syntax.Filter) for found in _all(node))


def numbers(node: syntax.Node | None) -> list[str]:
    return [feel.literal(found.value) for found in _all(node) if isinstance(found, syntax.Literal) and _is_number(found.value)]


def offices(text: str, node: syntax.Node | None, known: Collection[str]) -> list[str]:
    """The offices of the districts that are written out, in FEEL or as plain text."""
    texts = [found.value for found in _all(node) if isinstance(found, syntax.Literal) and isinstance(found.value, str)]
    texts += [text] if node is None else []
    return [office for office in known if any(office in part for part in texts)]


def _all(node: syntax.Node | None) -> Iterator[syntax.Node]:
    return iter(()) if node is None else syntax.walk(node)


def _is_number(value: object) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)


def excess(node: syntax.Node) -> str | None:
    """What a condition does beyond one or two tests joined by ``and``, in words; None if nothing.

    A test is a value or ``approved(…)``, alone, negated or compared with a constant."""
    tests = node.operands if isinstance(node, syntax.Logical) and node.operator == "and" else [node]
    if len(tests) > MOST_TESTS:
        return f"有 {len(tests)} 个判断,最多 {MOST_TESTS} 个"
    return next((said for test in tests if (said := _beyond_a_test(test)) is not None), None)


def _beyond_a_test(node: syntax.Node) -> str | None:
    negated = _argument_of_not(node)
    if negated is not None:
        node = negated
    if isinstance(node, syntax.Comparison):
        if _is_constant(node.left) and _is_constant(node.right):
            return "两个常量相比较,结果不会变"
        if not (_is_constant(node.left) or _is_constant(node.right)):
            return _beyond_a_value(node.left) or _beyond_a_value(node.right) or "两个值相互比较"
        return _beyond_a_value(node.right if _is_constant(node.left) else node.left)
    if isinstance(node, syntax.Logical):
        return "判断只能用 and 连接,不能用 or" if node.operator == "or" else "判断套着判断"
    if isinstance(node, syntax.Literal) and node.value is True:
        return None
    return _beyond_a_value(node)


def _beyond_a_value(node: syntax.Node) -> str | None:
    """A name, a field of one, or an approval."""
    base = node
    while isinstance(base, syntax.Path):
        base = base.base
    if isinstance(base, syntax.Name):
        return None
    if isinstance(node, syntax.Call) and _name_of(node) == "approved":
        return None
    if any(isinstance(found, syntax.Arithmetic | syntax.Negation) for found in syntax.walk(node)):
        return "有计算"
    if isinstance(node, syntax.Call):
        return f"调用了函数 {_name_of(node) or '(无名)'}"
    return "不是一个值:只能写决策或表单的字段、台账字段和 approved(…)"


def _is_constant(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Literal) or (isinstance(node, syntax.Negation) and isinstance(node.operand, syntax.Literal))


def _argument_of_not(node: syntax.Node) -> syntax.Node | None:
    if isinstance(node, syntax.Call) and _name_of(node) == "not" and len(node.arguments) == 1:
        return node.arguments[0]
    return None


def _name_of(call: syntax.Call) -> str | None:
    return call.function.name if isinstance(call.function, syntax.Name) else None
