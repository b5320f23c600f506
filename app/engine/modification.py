"""Modifying a live tree: terminate chosen tokens, activate chosen elements with the scopes around them, set variables — one audited act."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.engine import incidents, standing
from app.engine.commands import Activation, Modify
from app.engine.elements.base import Element
from app.engine.elements.events import ThrowEvent
from app.engine.elements.mappings import apply_inputs
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import SubProcess
from app.engine.elements.tasks import UserTask
from app.engine.errors import ModificationRefused
from app.engine.spiff import STARTED, Level, LevelSpec, Token
from app.engine.waits import open_waits

if TYPE_CHECKING:
    from app.engine.course import Course


def modify(course: "Course", command: Modify) -> None:
    """Carry out a modification. Raises ModificationRefused with every reason; then nothing has happened."""
    tree = course.tree
    reasons = []
    for number in command.terminate:
        if number not in tree.tokens:
            reasons.append(f"要终止的元素实例 {number} 不存在或已经结束")
    for activation in command.activate:
        reasons.extend(_check(course, activation))
    variables = course.accept(command.variables, tree.instances[tree.task_tree.instance].definition)
    reasons.extend(incidents.settled(course, {*variables, *(name for activation in command.activate for name in activation.variables)}))
    if reasons:
        raise ModificationRefused(reasons)
    levels = {id(tree.tokens[number].workflow): tree.tokens[number].workflow for number in command.terminate}
    bodies = [body for number in command.terminate if (body := tree.tokens[number].body) is not None]
    course.holding = True
    for number in command.terminate:
        token = tree.tokens.get(number)
        if token is not None:
            token.cancel()
    root = tree.task_tree
    for name, value in variables.items():
        course.set_local(root, name, value)
    activate(course, command.activate)
    course.holding = False
    for body in bodies:
        settle_body(course, body)
    settle(course, list(levels.values()))


def settle(course: "Course", levels: list[Level]) -> None:
    """What has lost its last token by the modification ends too, from the inside outwards; a process instance is cancelled."""
    while levels:
        level = levels.pop()
        root = level.task_tree
        if root._children or not root.is_open:
            continue
        opener = level.host or course.tree.tokens.get(course.tree.instances[level.instance].call)
        if opener is None:
            root.cancel()
            continue
        body = opener.body
        levels.append(opener.workflow)
        opener.cancel()
        if body is not None:
            settle_body(course, body)


def settle_body(course: "Course", body: Token) -> None:
    """A multi-instance body has lost instances: go on with the next item, or complete with what has been done, or end."""
    if not body.is_open or body._children:
        return
    spec = body.task_spec
    if isinstance(spec, MultiInstanceBody) and spec.has_more(body):
        spec.instance_left(course, body)
    else:
        body.cancel()


def _check(course: "Course", activation: Activation) -> list[str]:
    instance = course.tree.instances.get(activation.instance)
    if instance is None:
        return [f"流程实例 {activation.instance} 不存在或已经结束"]
    info = instance.definition.elements.get(activation.element_id)
    if info is None:
        return [f"流程“{instance.definition.process_id}”中没有元素 {activation.element_id}"]
    if info.type in ("boundaryEvent", "startEvent") or info.id == "":
        return [f"不能直接激活 {activation.element_id}:开始事件和边界事件只能由所在的活动触发"]
    if (made := _made_at(course, path_to(instance.definition.spec, activation.element_id))) is not None:
        name = f"“{info.name}”({activation.element_id})" if info.name else activation.element_id
        return [f"不能直接激活{name}:走到它就{made},这要由它之前的环节得出。请激活它之前的任务或判断;台账确有错误的,走更正流程"]
    if activation.ancestor is not None:
        ancestor = course.tree.tokens.get(activation.ancestor)
        if ancestor is not None and isinstance(ancestor.task_spec, MultiInstanceBody) and ancestor.element_id == activation.element_id:
            return [] if ancestor.instance == activation.instance and ancestor.stage == "active" else ["指定的多实例不能再增加实例"]
        path = path_to(instance.definition.spec, activation.element_id)
        if (
            ancestor is None
            or ancestor.instance != activation.instance
            or ancestor.element_id not in [element.bpmn_id for element in path[:-1]]
        ):
            return [f"指定的上级 {activation.ancestor} 不是元素 {activation.element_id} 所在的子流程"]
    return []


def _made_at(course: "Course", path: Sequence[Element]) -> str | None:
    """What an event writes because a token has come there, in words: nobody decides a fact or a row of a register by putting a token there (modelling.md §3)."""
    event = path[-1] if path else None
    if not isinstance(event, ThrowEvent) or course.project is None:
        return None
    if event.declarations.sets:
        fields = course.ledger.schema.fields if course.ledger.schema is not None else {}
        named = [f"“{fields[one.field].title}”" if one.field in fields else one.field for one in event.declarations.sets]
        return f"写入台账的{'、'.join(named)}"
    form = course.library.register(event.declarations.record) if event.declarations.record else None
    return f"登记一行“{form.title}”" if form is not None else None


def path_to(spec: LevelSpec, element_id: str) -> list[Element]:
    """The sub-processes around an element, outermost first, and the element itself (a multi-instance activity by its body). Empty if it is not there."""
    pending: list[tuple[LevelSpec, list[Element]]] = [(spec, [])]
    while pending:
        level, above = pending.pop()
        found = level.elements.get(element_id)
        if found is not None:
            return [*above, found]
        for element in level.elements.values():
            activity = element.activity if isinstance(element, MultiInstanceBody) else element
            if isinstance(activity, SubProcess) and " " not in element.name:
                pending.append((activity.inner_spec, [*above, element]))
    return []


def activate(course: "Course", activations: Sequence[Activation]) -> None:
    """Activate elements, using scopes that are open and creating those that are missing; scopes made for one activation serve the next."""
    made: dict[tuple[int, str], Token] = {}
    for activation in activations:
        instance = course.tree.instances[activation.instance]
        path = path_to(instance.definition.spec, activation.element_id)
        level: Level = instance.level
        chain = path[:-1]
        variables = course.accept(activation.variables, instance.definition)
        if activation.ancestor is not None:
            ancestor = course.tree.tokens[activation.ancestor]
            if ancestor.task_spec is path[-1] and isinstance(path[-1], MultiInstanceBody):
                path[-1].join(course, ancestor, variables)
                continue
            if isinstance(ancestor.task_spec, MultiInstanceBody):
                ancestor = _instance_of(course, ancestor)
            index = [element.bpmn_id for element in chain].index(ancestor.element_id)
            level, chain = _inside(course, ancestor), chain[index + 1 :]
        for element in chain:
            host = _open_host(level, element) or made.get((id(level), element.bpmn_id))
            if host is None:
                host = made[(id(level), element.bpmn_id)] = _open(course, level, element)
            level = _inside(course, host)
        token = level.task_tree.add(path[-1])
        if isinstance(path[-1].activity if isinstance(path[-1], MultiInstanceBody) else path[-1], UserTask):
            token.memo["entry"] = {standing.ANEW: True}  # who asks for it means it
        for name, value in variables.items():
            course.set_local(level.owner, name, value)
        token.ready()


def _open_host(level: Level, element: Element) -> Token | None:
    """The open token of a sub-process, newest first; of a multi-instance one its newest instance."""
    for token in reversed(level.live()):
        if token.task_spec is not element:
            continue
        if isinstance(element, MultiInstanceBody):
            if token._children:
                newest: Token = level.tasks[token._children[-1]]
                if newest.inner is not None:
                    return newest
        elif token.inner is not None:
            return token
    return None


def _open(course: "Course", level: Level, element: Element) -> Token:
    """Enter a sub-process without starting at its start event."""
    if isinstance(element, MultiInstanceBody):
        body = level.task_tree.add(element)
        element.announce(course, body)
        body.stage = "active"
        body._set_state(STARTED)
        body.memo.update(total=0, index=0, next=0, done=0)
        element.keep(course, body, [])
        open_waits(course, body, element.waits_to_open())
        return _instance_of(course, body)
    token = level.task_tree.add(element)
    element.announce(course, token)
    _enter(course, token)
    return token


def _instance_of(course: "Course", body: Token) -> Token:
    """A further instance of a multi-instance sub-process."""
    element = body.task_spec
    if not isinstance(element, MultiInstanceBody):
        raise ModificationRefused([f"{body.element_id} 不是多实例"])
    child = element.extra_instance(course, body)
    _enter(course, child)
    return child


def _enter(course: "Course", token: Token) -> None:
    """Input mappings and events of a sub-process, then its empty level."""
    spec = token.task_spec
    if spec.input_mappings:
        apply_inputs(course, token)
    open_waits(course, token, spec.waits_to_open())
    token.stage = "active"
    token._set_state(STARTED)
    course.tree.open_level(spec.inner_level(), token, token.instance, token)


def _inside(course: "Course", host: Token) -> Level:
    level = host.inner
    if level is None:
        raise ModificationRefused([f"{course.place(host)}还没有进入,不能在其中激活元素"])
    return level
