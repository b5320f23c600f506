"""Input and output mappings: all are evaluated before any is applied, so that a retry finds things as they were."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.decision import feel
from app.engine.codes import IncidentType
from app.engine.errors import ElementFailure
from app.engine.expressions import FormulaTerm, Term, evaluate

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.spiff import Token


@dataclass(frozen=True, slots=True)
class Mapping:
    """``target`` may be a path (``payment.ref``)."""

    source: Term
    target: str

    @property
    def asks_approvals(self) -> bool:
        """Whether it has to be evaluated again when somebody acts on it: an approval may have lapsed since."""
        return isinstance(self.source, FormulaTerm) and self.source.asks_approvals


def approvals_now(course: "Course", token: "Token") -> dict[str, Any]:
    """What the input mappings that ask for approvals give now, whatever stands in their targets. Raises ElementFailure (IO_MAPPING_ERROR), Unanswered."""
    context = course.visible(token)
    found: dict[str, Any] = {}
    for mapping in token.task_spec.input_mappings:
        if mapping.asks_approvals:
            name, _, _ = mapping.target.partition(".")
            found[name] = merged(found.get(name, context.get(name)), mapping.target, _value(course, token, mapping, context, "输入映射"))
    return found


def apply_inputs(course: "Course", token: "Token", *, lacking: bool = False) -> None:
    """Evaluate all input mappings, each seeing those before it, then set the results locally; ``lacking``: only those that the element has not got yet.

    Raises ElementFailure (IO_MAPPING_ERROR).
    """
    context = course.visible(token)
    computed: dict[str, Any] = {}
    for mapping in token.task_spec.input_mappings:
        value = _value(course, token, mapping, context, "输入映射")
        name, _, _ = mapping.target.partition(".")
        computed[name] = merged(computed.get(name), mapping.target, value)
        context[name] = computed[name]
    for name, value in computed.items():
        if not lacking or name not in token.variables:
            course.set_local(token, name, value)


def apply_outputs(course: "Course", token: "Token") -> None:
    """Evaluate all output mappings, each seeing those before it, then let the targets leave the element. Raises ElementFailure (IO_MAPPING_ERROR).

    A path is merged into what has its first name outside the element; what the next mapping sees is the element's own view with the target in it.
    """
    start = token.task_spec.output_scope(token)
    token.task_spec.deliver_outputs(course, token, start, outputs_of(course, token, course.visible(token)))


def outputs_of(course: "Course", token: "Token", context: dict[str, Any]) -> dict[str, Any]:
    """What the output mappings would let leave an element that sees ``context``. Raises ElementFailure (IO_MAPPING_ERROR)."""
    start = token.task_spec.output_scope(token)
    computed: dict[str, Any] = {}
    for mapping in token.task_spec.output_mappings:
        value = _value(course, token, mapping, context, "输出映射")
        name, _, path = mapping.target.partition(".")
        if path and name not in computed:
            computed[name] = course.visible(start).get(name)
        computed[name] = merged(computed.get(name), mapping.target, value)
        context[name] = merged(context.get(name), mapping.target, value)
    return computed


def _value(course: "Course", token: "Token", mapping: Mapping, context: dict[str, Any], what: str) -> Any:
    value = evaluate(course, mapping.source, token, f"{what}(目标 {mapping.target})", kind=IncidentType.IO_MAPPING_ERROR, context=context)
    return to_json(course, token, value, f"{what}(目标 {mapping.target})", IncidentType.IO_MAPPING_ERROR)


def to_json(course: "Course", token: "Token", value: Any, what: str, kind: IncidentType) -> Any:
    """A FEEL result as a value that can be stored. Raises ElementFailure."""
    try:
        return feel.to_json(value)
    except feel.FeelError as error:
        raise ElementFailure(
            kind, f"{course.place(token)}的{what}得到的值不能保存:{error.message}。请改正表达式后重试", {"code": str(error.code)}
        ) from error


def merged(base: Any, target: str, value: Any) -> Any:
    """``value`` at the path ``target`` below its first name, in a copy of ``base``."""
    _, *path = target.split(".")
    if not path:
        return value
    result: dict[str, Any] = dict(base) if isinstance(base, dict) else {}
    at = result
    for name in path[:-1]:
        inner = at.get(name)
        at[name] = dict(inner) if isinstance(inner, dict) else {}
        at = at[name]
    at[path[-1]] = value
    return result
