"""Migration: a running process instance goes on by another version of its definition. Tokens keep their numbers, timers their due, variables their values.

Where the other version draws a sub-process around an element, it is entered around the token; one that it does not draw any more is left: see ``rescoping``.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.engine.codes import CommandCode
from app.engine.commands import Migrate
from app.engine.definitions import ProcessDefinition
from app.engine.effects import InstanceMigrated
from app.engine.elements.base import Element
from app.engine.elements.gateways import Join
from app.engine.elements.mappings import apply_inputs
from app.engine.elements.multi_instance import MultiInstanceBody, places_of
from app.engine.elements.tasks import UserTask
from app.engine.errors import ModificationRefused, NotOpen
from app.engine.library import Library
from app.engine.modification import path_to
from app.engine.rescoping import Destination, Scopes, begin_anew, enter_opened, is_down_to_one, is_left, place_of, rescope
from app.engine.spiff import Instance, Level, Token
from app.engine.state import State, build, write
from app.engine.waits import close_wait, open_waits

if TYPE_CHECKING:
    from app.engine.course import Course


@dataclass(frozen=True, slots=True)
class Move:
    """A token's element before and after, with the scopes that keep it."""

    element: int
    old_id: str
    new_id: str
    name: str


@dataclass(slots=True)
class Preview:
    """What a migration would do. ``reasons`` not empty: it cannot be made. ``kept`` and ``closed`` are waits, ``opened`` event ids that would begin to wait,
    ``entered`` and ``left`` ids of sub-processes; ``begun`` is what is ended and begins again."""

    definition: int
    moves: list[Move] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    begun: list[Move] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Plan:
    preview: Preview
    elements: dict[int, str] = field(default_factory=dict)
    flows: dict[int, str] = field(default_factory=dict)
    events: dict[int, str] = field(default_factory=dict)
    to_open: dict[int, list[str]] = field(default_factory=dict)
    scopes: Scopes = field(default_factory=Scopes)


def preview(library: Library, state: State, command: Migrate) -> Preview:
    """What ``command`` would move, keep and end, and why it cannot be made if so. Raises NotOpen for an unknown instance or definition."""
    instance = state.tree.instances.get(command.instance)
    if instance is None:
        raise NotOpen("要迁移的流程实例不存在或已经结束")
    return _plan(instance, _target(library, command), command).preview


def migrate(course: "Course", command: Migrate) -> None:
    """Carry out a migration. Raises NotOpen, ModificationRefused with every reason."""
    tree = course.tree
    instance = tree.instances.get(command.instance)
    if instance is None:
        raise NotOpen("要迁移的流程实例不存在或已经结束")
    target = _target(course.library, command)
    plan = _plan(instance, target, command)
    if plan.preview.reasons:
        raise ModificationRefused(plan.preview.reasons, CommandCode.MIGRATION)
    course.holding = True
    for begun in plan.preview.begun:
        tree.tokens[begun.element].cancel()
    for number in plan.preview.closed:
        close_wait(course, tree.waits[number])
    forgotten = tuple(_forget(instance, command.forget))
    document = write(tree)
    row = next(row for row in document["instances"] if row["id"] == command.instance)
    row["definition"], row["process"] = target.key, target.process_id
    for kept in (row, *(token_row for token_row in document["tokens"] if token_row.get("instance", 1) == command.instance)):
        if "past" in kept.get("memo", ()):
            kept["memo"]["past"] = {command.plan.get(name, name): entry for name, entry in kept["memo"]["past"].items()}
    for token_row in document["tokens"]:
        number = token_row["id"]
        if number in plan.elements:
            token_row["at"] = plan.elements[number]
        if number in plan.flows:
            token_row["flow"] = plan.flows[number]
    for wait_row in document["waits"]:
        if wait_row["id"] in plan.events:
            wait_row["event"] = plan.events[wait_row["id"]]
    if command.rules:
        document["catalogue"] = course.library.version
    opened = rescope(document, command.instance, plan.scopes, plan.elements)
    moved = build(document, course.library)
    course.tree = moved
    moved.course = course
    course.site = moved.task_tree
    for number in plan.elements:
        if (token := moved.tokens[number]).entered_at is None:
            token.note_entered(course.now)  # entered before this was kept: what counts from it counts from now
        _carry_output(tree.tokens[number], moved.tokens[number])
    scopes = {number: host.number if (host := moved.tokens[number].workflow.host) is not None else 0 for number in plan.scopes.moved()}
    course.emit(InstanceMigrated(command.instance, target.key, target.process_id, dict(plan.elements), scopes=scopes, forgotten=forgotten))
    enter_opened(course, plan.scopes, opened)
    for number in plan.elements:
        token = moved.tokens[number]
        if isinstance(token.task_spec, UserTask) and token.stage == "active" and token.task_spec.input_mappings:
            apply_inputs(course, token, lacking=True)  # what the other version lets the task see besides
    begin_anew(course, plan.scopes, command.instance)
    course.holding = False
    for reference, events in plan.to_open.items():
        owner = moved.by_reference(reference)
        open_waits(course, owner, [owner.task_spec.waiting_event(event_id) for event_id in events])
    # A join may have become complete, or an inclusive one unreachable.
    for level in [moved, *moved.subprocesses.values()]:
        for name in list(level.joins):
            gateway = level.spec.elements[name]
            arrived = level.joins.get(name)
            if arrived and isinstance(gateway, Join):
                first = next(iter(arrived.values()))[0]
                if gateway.may_go(first, arrived):
                    first.ready()


def _forget(instance: Instance, names: Collection[str]) -> Iterator[tuple[int, str]]:
    """Take these variables out of every scope of the instance; gives (scope, name) of each that was there."""
    pending: list[Level] = [instance.level]
    while pending:
        level = pending.pop()
        for token in level.tasks.values():
            for name in [name for name in token.variables if name in names]:
                del token.variables[name]
                yield (0 if token.is_process else token.number), name
            if "written" in token.memo:
                token.memo["written"] = [name for name in token.memo["written"] if name not in names]
            inner = token.inner if not token.is_root else None
            if inner is not None and inner.host is token:
                pending.append(inner)


def _carry_output(before: Token, after: Token) -> None:
    """A multi-instance goes on filling its collection under the target's name; one that had none begins with empty places."""
    spec = after.task_spec
    if not isinstance(spec, MultiInstanceBody) or "total" not in after.memo:
        return
    if spec.kept is None:
        after.memo.pop("output", None)
    elif before.task_spec.kept is None:
        after.memo["output"] = [None] * places_of(after)


def _target(library: Library, command: Migrate) -> ProcessDefinition:
    try:
        return library.definition(command.definition)
    except KeyError:
        raise NotOpen(f"流程定义 {command.definition} 不存在") from None


def _plan(instance: Instance, target: ProcessDefinition, command: Migrate) -> _Plan:
    plan, mapping = _Plan(Preview(target.key)), command.plan
    reasons = plan.preview.reasons
    known = instance.definition.elements
    for old, new in (*mapping.items(), *command.anew.items()):
        if old not in known and old not in instance.definition.flows:
            reasons.append(f"迁移计划中的 {old} 在原流程中不存在")
        if new not in target.elements and new not in target.flows:
            reasons.append(f"迁移计划中的 {new} 在目标流程中不存在")
    if reasons:
        return plan
    _plan_waits(plan, instance.level.task_tree, target.spec.start, mapping)
    pending: list[Level] = [instance.level]
    while pending:
        level = pending.pop()
        ended: set[int] = set()
        for token in level.live():
            if token.element_id in command.anew:
                _plan_anew(plan, token, target, command)
                ended |= {token.number, *token._children}
                continue
            _plan_token(plan, token, target, mapping)
            for number in token._children:
                _plan_token(plan, level.tasks[number], target, mapping)
        for token in level.tasks.values():
            inner = token.inner if not token.is_root and token.number not in ended else None
            if inner is not None and inner.host is token:
                pending.append(inner)
    plan.preview.entered.extend(plan.scopes.entered())
    return plan


def _plan_anew(plan: _Plan, token: Token, target: ProcessDefinition, command: Migrate) -> None:
    """What runs is ended and begins again at an element of the target: once there, from however many branches it comes."""
    new_id = command.anew[token.element_id]
    path = path_to(target.spec, new_id)
    if not path or target.elements[new_id].type in ("startEvent", "boundaryEvent"):
        plan.preview.reasons.append(f"{_label(token)} 不能从 {new_id} 重新开始:请选择一个活动或网关,开始事件和边界事件只能由所在的活动触发")
        return
    place = place_of(token, path, target, command.plan)
    if not isinstance(place, Destination):
        plan.preview.reasons.append(f"{_label(token)} {place}")
        return
    plan.scopes.begun[place.base, place.chain, new_id] = place.base
    plan.preview.begun.append(Move(token.number, token.element_id, new_id, path[-1].bpmn_name or ""))


def _label(token: Token) -> str:
    name = token.task_spec.bpmn_name
    return f"“{name}”({token.element_id})" if name else token.element_id


def _plan_token(plan: _Plan, token: Token, target: ProcessDefinition, mapping: Mapping[str, str]) -> None:
    old = token.task_spec
    new_id = mapping.get(old.bpmn_id, old.bpmn_id)
    label = _label(token)
    reasons = plan.preview.reasons
    path = path_to(target.spec, new_id)
    if not path:
        if is_left(token):
            plan.scopes.left[token.number] = token
            plan.preview.left.append(old.bpmn_id)
            plan.preview.closed.extend(token.waits)
        elif token.body is None:
            reasons.append(f"{label} 正在运行,但目标流程中没有元素 {new_id},请在迁移计划中指明它对应的元素;没有对应元素的,留在原版本办完")
        return
    new = path[-1]
    if isinstance(old, MultiInstanceBody) and not isinstance(new, MultiInstanceBody) and token.body is None and is_down_to_one(token):
        place = place_of(token, path, target, mapping)
        if isinstance(place, Destination):
            plan.scopes.unwrap(token, place)
            plan.preview.closed.extend(token.waits)
            return
    if isinstance(old, MultiInstanceBody) != isinstance(new, MultiInstanceBody) and token.body is None:
        reasons.append(f"{label} 的多实例设置与目标元素 {new_id} 不同,不能迁移;请在迁移计划中指明另一元素,或留在原版本办完")
        return
    if isinstance(new, MultiInstanceBody) and isinstance(old, MultiInstanceBody) and new.loop.sequential != old.loop.sequential:
        reasons.append(f"{label} 是{'依次' if old.loop.sequential else '并行'}多实例,目标元素 {new_id} 不是,不能迁移")
        return
    if token.body is not None and token.body.number not in plan.scopes.unwrapped:
        if not isinstance(new, MultiInstanceBody):
            return
        new = new.activity
    if (type(old) is not type(new) or old.element_type != new.element_type) and not is_waiting_at_join(token, new):
        reasons.append(f"{label} 的类型是 {old.element_type},目标元素 {new_id} 的类型是 {new.element_type},不能迁移")
        return
    if token.body is None:
        place = place_of(token, path, target, mapping)
        if not isinstance(place, Destination):
            reasons.append(f"{label} {place}")
            return
        plan.scopes.places[token.number] = place
    if is_waiting_at_join(token, new):
        flow_id = _flow(str(token.flow), old, new, mapping)
        if flow_id is None:
            reasons.append(
                f"{label} 处有一个经 {token.flow} 到达、等待汇合的分支,目标网关 {new_id} 没有对应的流入顺序流,请在迁移计划中指明"
            )
            return
        plan.flows[token.number] = flow_id
    plan.elements[token.number] = new_id
    plan.preview.moves.append(Move(token.number, old.bpmn_id, new_id, new.bpmn_name or ""))
    _plan_waits(plan, token, new, mapping)


def is_waiting_at_join(token: Token, new: Element) -> bool:
    """Whether a token has come to a join, and goes on waiting at one: whether that waits for all flows, or for those that can still come, is its own matter."""
    return token.stage == "arrived" and token.flow is not None and isinstance(token.task_spec, Join) and isinstance(new, Join)


def _flow(flow_id: str, old: Element, new: Element, mapping: Mapping[str, str]) -> str | None:
    incoming = [flow.id for flow in new.incoming]
    wanted = mapping.get(flow_id, flow_id)
    if wanted in incoming:
        return wanted
    source = next((flow.source.bpmn_id for flow in old.incoming if flow.id == flow_id), None)
    same = [flow.id for flow in new.incoming if source is not None and flow.source.bpmn_id == mapping.get(source, source)]
    return same[0] if len(same) == 1 else None


def _plan_waits(plan: _Plan, token: Token, new: Element, mapping: Mapping[str, str]) -> None:
    if token.stage not in ("active", "activating", "completing", "effecting", "printing", "ending"):
        return
    available = {event.bpmn_id: event for event in new.waits_to_open()}
    covered = set()
    for wait in token.waits.values():
        event_id = mapping.get(wait.event.bpmn_id, wait.event.bpmn_id)
        event = available.get(event_id)
        if event is not None and event.trigger.kind == wait.event.trigger.kind and event_id not in covered:
            plan.events[wait.number] = event_id
            plan.preview.kept.append(wait.number)
            covered.add(event_id)
        elif event is None and wait.event is token.task_spec:
            plan.preview.reasons.append(f"{token.element_id} 等待的事件在目标元素中类型不同,不能迁移")
        else:
            plan.preview.closed.append(wait.number)
    before = {mapping.get(event.bpmn_id, event.bpmn_id) for event in token.task_spec.waits_to_open()}
    fresh = [
        event_id
        for event_id, event in available.items()
        if event_id not in covered and event_id not in before and event.trigger.kind in ("timer", "message", "signal")
    ]
    if fresh:
        plan.to_open[token.reference] = fresh
        plan.preview.opened.extend(fresh)
