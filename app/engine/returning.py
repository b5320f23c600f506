"""Returning a user task to an earlier one (退回): which targets there are, what is undone, and how the token comes back.

Step by step, everything behind the target in the target's scope ends, and the target is entered anew. Straight back, nothing but the returning task ends: a
token of its own is put at the target, ``aside`` of the flow (it follows no flow, and no event leads it away), and the returning task's token is ``held`` where
it is until that one is done (memo ``back``) or given up. So in both ways as many tokens stand on every way as before, and no join is met twice.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from app.domain.fact_changes import PHASE
from app.engine import past, phases, standing
from app.engine.codes import CommandCode, DiagramCode
from app.engine.commands import Return
from app.engine.definitions import ProcessDefinition
from app.engine.effects import Returned
from app.engine.elements.base import Element
from app.engine.elements.gateways import Join
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import EventSubProcess, SubProcess
from app.engine.elements.tasks import UserTask
from app.engine.errors import DiagramProblem, ModificationRefused, NotOpen
from app.engine.paths import Downstream, is_join, paths_of
from app.engine.scopes import LOOP_COUNTER
from app.engine.spiff import Level, LevelSpec, Token

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.state import State

PROPERTY = "returnTo"
ANY = "*"
_SEPARATED = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class ReturnTarget:
    """An earlier task that an open one may be returned to now. ``instances``: of a multi-instance one those that were completed, counted from 1.

    ``stepwise``: everything behind it can run again; False where the returning task does not stand behind it for certain, so that only ``straight`` is possible.
    """

    element_id: str
    name: str
    instance: int  # the process instance that it belongs to
    instances: tuple[int, ...] = ()
    stepwise: bool = True


@dataclass(frozen=True, slots=True)
class Way:
    """From an open task to a target: the level that both stand in, what stands there for the open one (``here``; ``beside``: it is there for a correction only,
    aside of the flow), and the elements down to the target."""

    level: Level
    here: str
    beside: bool
    path: tuple[Element, ...]

    @property
    def target(self) -> str:
        return self.path[0].bpmn_id

    @property
    def loop(self) -> MultiInstanceBody | None:
        return next((element for element in self.path if isinstance(element, MultiInstanceBody)), None)

    @property
    def downstream(self) -> Downstream | None:
        """What a return step by step undoes; None if it cannot be one: the target's own token must be among what ends, or there would be one too many."""
        paths = paths_of(self.level.spec)
        moved = paths.moved(self.target)
        if self.here in moved and not self.beside:
            return paths.downstream(self.target, self.here)
        # The returning task stands beside the flow: the token that goes on by the flow is another one.
        for token in self.level.live():
            if token.element_id not in moved or "aside" in token.memo:
                continue
            found = paths.downstream(self.target, token.flow if token.flow is not None and is_waiting(token) else token.element_id)
            if found is not None and self.here in found.elements:
                return found
        return None


def names_of(properties: Mapping[str, str]) -> tuple[str, ...]:
    """The targets that an element declares: element ids, or ``*``."""
    return tuple(dict.fromkeys(name for name in _SEPARATED.split(properties.get(PROPERTY, "")) if name))


# ---------------------------------------------------------------------- what is possible


def targets(state: "State", element: int) -> tuple[ReturnTarget, ...]:
    """What the open user task ``element`` may be returned to now, in the diagram's order, innermost scope first. Raises NotOpen."""
    token = state.tree.tokens.get(element)
    if token is None or not isinstance(token.task_spec, UserTask) or token.memo.get("phase") != "open":
        raise NotOpen("事项不存在或已经办结")
    found = {}
    for way in _ways(token):
        task = way.path[-1]
        if task.bpmn_id not in found and _why_not(way) is None:
            loop = way.loop
            places = tuple(past.of(way.level.owner)[loop.bpmn_id].get("places", ())) if loop is not None else ()
            found[task.bpmn_id] = ReturnTarget(
                task.bpmn_id, task.bpmn_name or task.bpmn_id, way.level.instance, places, way.downstream is not None
            )
    return tuple(found.values())


def check(definition: ProcessDefinition) -> list[DiagramProblem]:
    """RETURN_NEVER for every target that cannot have been done before: it lies on no way from the start to here that has not passed here already. ``line`` is 0."""
    problems = []
    paths = {path[-1].bpmn_id: path for path in _tasks(definition.spec)}
    for element in definition.elements.values():
        for name in names_of(element.properties):
            if name != ANY and _between(paths[name], paths[element.id]) is None:
                known = definition.elements.get(name)
                said = f"“{known.name}”({name})" if known is not None and known.name else name
                problems.append(
                    DiagramProblem(
                        definition.file,
                        element.id,
                        0,
                        DiagramCode.RETURN_NEVER,
                        f"退回目标 {said} 不可能在此之前办过:从开始到这里的路径上没有它,或要先经过本环节才到得了它",
                    )
                )
    return problems


def _between(target: Sequence[Element], here: Sequence[Element]) -> int | None:
    """Where two paths part, if a return may lead from the one to the other."""
    depth = next((depth for depth, (one, other) in enumerate(zip(target, here, strict=False)) if one is not other), None)
    if depth is None:
        return None
    if any(isinstance(element, EventSubProcess) for element in (*target[depth:], here[depth])):
        return None  # an event sub-process stands beside the flow of its level: nothing there leads into it or out of it
    if sum(isinstance(element, MultiInstanceBody) for element in target[depth:]) > 1:
        return None  # which instance of which instance nobody could pick
    level = here[depth].level_spec
    return depth if paths_of(level).precedes(target[depth].bpmn_id, here[depth].bpmn_id) else None


def _ways(token: Token) -> Iterator[Way]:
    """Every way that the diagram allows, be the target completed or not."""
    names = names_of(token.task_spec.properties)
    if not names:
        return
    at: Token | None = token
    while at is not None:
        instance = at.workflow.tree.instances[at.instance]
        levels: list[tuple[Level, Token]] = []
        inner: Token | None = at
        while inner is not None:
            levels.insert(0, (inner.workflow, inner.body or inner))
            inner = inner.workflow.host
        here = [standing.task_spec for _, standing in levels]
        found = []
        for path in _tasks(instance.definition.spec):
            if ANY not in names and (at is not token or path[-1].bpmn_id not in names):
                continue
            depth = _between(path, here)
            if depth is not None:
                level, standing = levels[depth]
                found.append((depth, Way(level, standing.element_id, "aside" in standing.memo, tuple(path[depth:]))))
        yield from (way for _, way in sorted(found, key=lambda item: -item[0]))
        # Only ``*`` leads on to the process that has called this one: ids are those of one diagram.
        at = at.workflow.tree.tokens.get(instance.call) if ANY in names and instance.call else None


def _tasks(spec: LevelSpec) -> Iterator[list[Element]]:
    """Every user task with the sub-processes around it, outermost first."""
    pending: list[tuple[LevelSpec, list[Element]]] = [(spec, [])]
    while pending:
        level, above = pending.pop(0)
        for name, element in level.elements.items():
            if " " in name:
                continue
            activity = element.activity if isinstance(element, MultiInstanceBody) else element
            if isinstance(activity, UserTask):
                yield [*above, element]
            elif isinstance(activity, SubProcess):
                pending.append((activity.inner_spec, [*above, element]))


def _why_not(way: Way) -> str | None:
    """Why a return along ``way`` is not possible now, in words; None if it is."""
    task = way.path[-1]
    name = f"“{task.bpmn_name or task.bpmn_id}”"
    if "done" not in past.of(way.level.owner).get(task.bpmn_id, {}):
        return f"{name}还没有办结过"
    if any(token.element_id == way.target for token in way.level.live()):
        return f"{name}正在办理,请待其办结"
    return None


# ---------------------------------------------------------------------- the command


def give_back(course: "Course", command: Return) -> None:
    """Carry out a return. Raises NotOpen, ModificationRefused (RETURN)."""
    token = course.tree.tokens.get(command.element)
    if token is None or not isinstance(token.task_spec, UserTask) or token.memo.get("phase") != "open" or token.incident:
        raise NotOpen("事项不存在,或已经办结")
    way = _chosen(token, command)
    standing.forget(token)
    downstream = way.downstream
    behind = () if command.straight or downstream is None else sorted(downstream.elements)
    reopened = reopen(way, command.to, behind)
    returned = Returned(
        element=token.number,
        instance=token.instance,
        element_id=token.element_id,
        to=command.to,
        target_instance=way.level.instance,
        straight=command.straight,
        places=tuple(sorted(set(command.instances))),
        reopened=reopened,
        remark=dict(course.accept(command.remark)),
    )
    course.emit(returned)
    before = phases.fall_back(course, token, way.level, way.path)
    back: int | None = None
    if command.straight:
        back = _hold(token)
        if before is not None and course.project is not None:
            course.tree.tokens[back].memo["phases"] = [before, course.project[PHASE]]
        token.cancel()
    elif downstream is not None:
        undo(way.level, downstream)
    _enter(way, returned, back)


def reopen(way: Way, target: str, downstream: Sequence[str]) -> tuple[str, ...]:
    """See ``past.reopen``; with what stands in sub-processes downstream, and behind the target in those around it."""
    scope = way.level.owner
    since = past.of(scope)[target]["done"]
    found = past.reopen(scope, target, downstream)
    inside = [target]
    if downstream:
        for outer, inner in zip(way.path, way.path[1:], strict=False):
            activity = outer.activity if isinstance(outer, MultiInstanceBody) else outer
            own = paths_of(activity.inner_level())
            inside += _with_inside(own.elements[name] for name in own.moved(inner.bpmn_id))
        inside += _with_inside(paths_of(way.level.spec).elements[name] for name in downstream)
    past.reopen_rows(scope, target, since, inside)
    return found


def _with_inside(elements: Iterable[Element]) -> Iterator[str]:
    for element in elements:
        yield element.bpmn_id
        if isinstance(element, SubProcess):
            yield from _with_inside(paths_of(element.inner_spec).elements.values())


def _chosen(token: Token, command: Return) -> Way:
    ways = [way for way in _ways(token) if way.path[-1].bpmn_id == command.to]
    if not ways:
        raise _refused(f"“{token.task_spec.bpmn_name or token.element_id}”不能退回到 {command.to}:流程图没有规定,或它不在本环节之前")
    reasons = [_why_not(way) for way in ways]
    way = next((way for way, reason in zip(ways, reasons, strict=True) if reason is None), None)
    if way is None:
        raise _refused(next(reason for reason in reasons if reason is not None))
    name = f"“{way.path[-1].bpmn_name or command.to}”"
    if not command.straight and way.downstream is None:
        raise _refused(f"从{name}逐级重办不一定再到本环节,只能办结后直接退回本环节")
    loop = way.loop
    if command.instances:
        done = past.of(way.level.owner)[loop.bpmn_id].get("places", ()) if loop is not None else ()
        wrong = sorted(set(command.instances) - set(done))
        if wrong:
            raise _refused(
                f"{name}没有办结过的第 {'、'.join(map(str, wrong))} 项" if loop is not None else f"{name}不是多实例,不能挑选实例"
            )
    return way


def _refused(reason: str) -> ModificationRefused:
    return ModificationRefused([reason], CommandCode.RETURN)


def is_waiting(token: Token) -> bool:
    """Whether it stands before a join: it belongs to the way it came on."""
    return token.stage == "arrived" and is_join(token.task_spec)


def undo(level: Level, downstream: Downstream, kept: Token | None = None) -> None:
    """End every token downstream but ``kept``, with all below it. What came from other branches stands at its join again."""
    for token in level.live():
        if (
            token.is_open
            and token is not kept
            and (token.flow in downstream.flows if is_waiting(token) else token.element_id in downstream.elements)
        ):
            token.cancel()
    for name, flow in downstream.supplied:
        join = level.spec.elements[name]
        if isinstance(join, Join):
            join.supply(level, flow)


def _hold(token: Token) -> int:
    """A token in the place of the returning one, which opens again when the correction is done; nothing is said of it before."""
    body = token.body
    held = body.add(token.task_spec) if body is not None else token.workflow.task_tree.add(token.task_spec)
    held.flow = token.flow
    held.memo["held"] = True
    if body is not None and isinstance(body.task_spec, MultiInstanceBody):
        held.memo["place"] = token.memo["place"]
        names = (LOOP_COUNTER, *body.task_spec.loop.names_of_instance)
        held.variables.update((name, token.variables[name]) for name in names if name in token.variables)
    for name in ("back", "aside"):
        if name in token.memo:
            held.memo[name] = token.memo.pop(name)
    return held.number


def _enter(way: Way, returned: Returned, back: int | None) -> None:
    """Put a token at the target: in its level, or at the sub-process around it, which leads it on."""
    entry: dict[str, Any] = {"at": [element.bpmn_id for element in way.path[1:]], "returned": asdict(returned)}
    if returned.places:
        entry["places"] = list(returned.places)
    token = way.level.task_tree.add(way.path[0])
    token.memo["entry"] = entry
    if back is not None:
        token.memo.update(back=back, aside=True)
    token.ready()
