"""What becomes of a straight return once its correction is done: the token goes back to the held task, or takes the ordinary way (onward) because something
between the two rests on what was said otherwise now.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.decision.dmn.reading import read_by
from app.engine.effecting import X_VALUE
from app.engine.elements.base import Element
from app.engine.elements.events import ThrowEvent
from app.engine.elements.mappings import outputs_of
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import CallActivity, SubProcess
from app.engine.elements.tasks import BusinessRuleTask, ScriptTask, UserTask
from app.engine.errors import ElementFailure
from app.engine.expressions import ANY_FACT, PROJECT_NAME, FormulaTerm, LiteralTerm, formula
from app.engine.paths import paths_of
from app.engine.returning import Way, reopen, undo
from app.engine.scopes import straight
from app.engine.spiff import Token

if TYPE_CHECKING:
    from app.engine.course import Course


def go_onward(course: "Course", token: Token) -> None:
    """A task that was to go straight back takes the ordinary way: what stands behind it ends, the held task too, and its own token follows the flow.

    Where everything behind it need not lead to the held task again, it goes straight back all the same.
    """
    found = _way_back(course, token)
    if found is None:
        return
    way, inside, outermost = found
    downstream = way.downstream
    if downstream is not None:
        for aside in (*inside, outermost):
            aside.memo.pop("aside", None)
        del outermost.memo["back"]
        undo(way.level, downstream, outermost)
        path = (outermost.task_spec, *(at.task_spec for at in reversed(inside) if at.body is None))
        reopen(replace(way, path=path), token.element_id, sorted(downstream.elements))


def is_decided_otherwise(course: "Course", token: Token, result: Mapping[str, Any], moved: Collection[str]) -> bool:
    """Whether a task that is to go straight back says something else than before on which a decision, a condition or an approval between it and the held task
    rests. ``moved``: the ledger's fields that the act has changed."""
    found = _way_back(course, token)
    if found is None:
        return False
    way, inside, outermost = found
    asked = {name for element in _between(course, way, inside, outermost) for name in _asked(course, element)}
    changed = {*moved, *_said_otherwise(course, token, result)} | ({PROJECT_NAME, ANY_FACT} if moved else set())
    return not changed.isdisjoint(asked)


def _between(course: "Course", way: Way, inside: list[Token], outermost: Token) -> Iterator[Element]:
    """What the ordinary way may pass from the corrected task to the held one, in the stages around either too."""
    paths = paths_of(way.level.spec)
    after, before = paths.reach(paths.moves_to(way.target)), paths.preceding(way.here)
    yield from (paths.elements[name] for name in sorted((after & before) - {way.target, way.here}))
    for token in inside:  # to the end of its stage
        if token.body is None:
            own = paths_of(token.workflow.spec)
            yield from (own.elements[name] for name in sorted(own.moved(token.element_id) - {token.element_id}))
    held: Token | None = course.tree.tokens[outermost.memo["back"]]
    while held is not None and held.workflow is not way.level:  # from the beginning of its stage
        if held.body is None:
            own = paths_of(held.workflow.spec)
            yield from (own.elements[name] for name in sorted(own.preceding(held.element_id) - {held.element_id}))
        held = held.body or held.workflow.host or course.tree.tokens[course.tree.instances[held.instance].call]


def _way_back(course: "Course", token: Token) -> tuple[Way, list[Token], Token] | None:
    """From the held task to one that is to go straight back to it; the tokens below the one that goes, and that one."""
    outermost = straight(token)
    inside = []
    at: Token | None = token
    while at is not None and at is not outermost:
        inside.append(at)
        at = at.body or at.workflow.host
    here = course.tree.tokens.get(outermost.memo["back"]) if outermost is not None else None
    if outermost is None or here is None:
        return None
    level = outermost.workflow
    while here.workflow is not level:
        here = here.workflow.host or course.tree.tokens[course.tree.instances[here.instance].call]
    standing = here.body or here
    return Way(level, standing.element_id, "aside" in standing.memo, (outermost.task_spec,)), inside, outermost


def _said_otherwise(course: "Course", token: Token, result: Mapping[str, Any]) -> Iterator[str]:
    """The variables that are another value than before; with an answer of a loop the collection too."""
    body = token.body
    if body is None or not isinstance(body.task_spec, MultiInstanceBody):
        seen = course.visible(token)
        left, outside = dict(result), seen
        if token.task_spec.output_mappings:  # nothing else leaves it
            try:
                left, outside = outputs_of(course, token, {**seen, **result}), course.visible(token.task_spec.output_scope(token))
            except ElementFailure:  # told when the task ends
                left = dict.fromkeys(mapping.target.partition(".")[0] for mapping in token.task_spec.output_mappings)
        yield from (name for name, value in left.items() if outside.get(name) != value)
        return
    loop, place = body.task_spec.loop, int(token.memo["place"])
    answers = course.visible(body).get(str(loop.output_collection))
    former = answers[place - 1] if isinstance(answers, list) and len(answers) >= place else None
    kept = former if isinstance(former, Mapping) else {str(loop.output_name): former}
    used = loop.output_element.expression.names if loop.output_element is not None else frozenset()
    if other := [name for name, value in result.items() if name in used and kept.get(name) != value]:
        yield from (str(loop.output_collection), *other)


def _asked(course: "Course", element: Element, around: tuple[Element, ...] = ()) -> Iterator[str]:
    """What an element on the way rests on: variables, and fields of the ledger."""
    activity = element.activity if isinstance(element, MultiInstanceBody) else element
    for flow in element.outgoing:
        if flow.condition is not None:
            yield from _read(flow.condition)
    if isinstance(element, MultiInstanceBody):
        yield from _read(element.loop.input_collection)
    if isinstance(activity, UserTask):
        yield from activity.declarations.approves
    if isinstance(activity, ScriptTask):
        yield from _read(activity.script)
    if isinstance(activity, BusinessRuleTask | SubProcess | CallActivity | ThrowEvent):
        for mapping in activity.input_mappings:
            if isinstance(mapping.source, FormulaTerm):
                yield from _read(mapping.source)
    for setting in activity.declarations.sets:  # a fact or a row that it has made would go on telling what was said before
        yield from _read(setting.value)
    yield from _recorded(course, activity)
    if isinstance(activity, BusinessRuleTask):
        called = activity.called.id
        ref = course.library.decision(called.value) if isinstance(called, LiteralTerm) and isinstance(called.value, str) else None
        if ref is not None:
            yield from read_by(ref.model, ref.decision_id, hidden=True)
    for inner in _inside(course, activity):
        if inner not in around:
            yield from _asked(course, inner, (*around, inner))


def _recorded(course: "Course", activity: Element) -> Iterator[str]:
    """What the row that an element registers is made of."""
    form = course.library.register(activity.declarations.record) if activity.declarations.record else None
    for name, schema in form.fields.items() if form is not None else ():
        if X_VALUE in schema:
            yield from _read(formula(str(schema[X_VALUE])))
        else:
            yield name


def _inside(course: "Course", activity: Element) -> Iterator[Element]:
    """What is drawn in a stage, or in a called process that sees all that its caller does."""
    spec = activity.inner_spec if isinstance(activity, SubProcess) else None
    if isinstance(activity, CallActivity) and activity.called.all_parent_variables and isinstance(activity.called.id, LiteralTerm):
        called = course.library.process(activity.called.id.value)
        spec = called.spec if called is not None else None
    yield from (inner for inner in spec.elements.values() if isinstance(inner, Element)) if spec is not None else ()


def _read(term: FormulaTerm) -> frozenset[str]:
    return (term.expression.names - {PROJECT_NAME}) | term.facts
