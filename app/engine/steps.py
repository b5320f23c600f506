"""``step``: one command on one tree. Pure: the state that comes in is not changed, the clock is an argument."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.engine import commands as c
from app.engine import correcting, incidents, jobs, migration, modification, phases, returning
from app.engine.catching import throw_error, uncaught
from app.engine.codes import IncidentType
from app.engine.course import Course
from app.engine.definitions import ProcessDefinition
from app.engine.effects import Effect, TaskClosed
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.tasks import UserTask
from app.engine.errors import ElementFailure, ModificationRefused, NotOpen, TreeSuspended
from app.engine.incidents import close_incident, open_incident
from app.engine.ledger import NOTHING_KNOWN, KnownLedger
from app.engine.library import Library
from app.engine.limits import StepLimits
from app.engine.scopes import LOOP_COUNTER, home
from app.engine.spiff import Token, Tree, Wait
from app.engine.state import State

_DEFAULT_LIMITS = StepLimits()


def step(
    library: Library,
    state: State | None,
    command: c.Command,
    now: datetime,
    limits: StepLimits = _DEFAULT_LIMITS,
    ledger: KnownLedger = NOTHING_KNOWN,
) -> tuple[State, list[Effect]]:
    """Carry out ``command``. ``now`` is aware; ``ledger``: what is known of the tree's project before the step.

    Raises NotOpen, Suspended, LimitExceeded, NameReserved, Refused, and Unanswered where more has to be known (the state is unchanged); StateError for a damaged
    state.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    if isinstance(command, c.Start):
        return _start(library, command, now, limits=limits, ledger=ledger)
    if state is None:
        raise NotOpen("流程实例不存在")
    tree = state.take(library)
    course = Course(library, tree, now, limits=limits, ledger=ledger)
    if tree.root_state != "active":
        raise NotOpen("流程实例已经结束,不能再办理")
    if tree.suspended and not isinstance(command, c.Resume | c.Cancel | c.Modify | c.Migrate | c.SetVariables | c.Suspend):
        raise TreeSuspended("流程实例已被挂起,恢复之前不能办理")
    try:
        _HANDLERS[type(command)](course, command)
    except ElementFailure as failure:
        raise ModificationRefused([failure.message], failure.type) from failure
    course.drain()
    return State.of(course.tree, library), course.effects


def _start(library: Library, command: c.Start, now: datetime, *, limits: StepLimits, ledger: KnownLedger) -> tuple[State, list[Effect]]:
    try:
        definition = library.definition(command.definition)
    except KeyError:
        raise NotOpen(f"流程定义 {command.definition} 不存在") from None
    root_spec = definition.spec.start
    begin: list[str]
    payload: Mapping[str, Any] = {}
    tree = Tree(definition.spec)
    tree.catalogue = library.version
    tree.place(tree, 1, None)
    course = Course(library, tree, now, limits=limits, ledger=ledger)
    variables = course.accept(command.variables, definition)
    course.begun_in = _acting(command.office) if command.office is not None else None
    if command.start_before:
        unknown = [element_id for element_id in command.start_before if element_id not in definition.elements]
        if unknown:
            raise ModificationRefused([f"流程“{definition.process_id}”中没有元素 {element_id}" for element_id in unknown])
        begin = []
    elif command.start_event is not None:
        start = next((start for start in root_spec.starts if start.bpmn_id == command.start_event), None)
        if start is None:
            raise ModificationRefused([f"流程“{definition.process_id}”中没有开始事件 {command.start_event}"])
        begin = [start.bpmn_id]
        if start.trigger.kind == "message":
            course.inside, course.brought = command.inside, tuple(sorted(variables))
        if start.output_mappings and start.trigger.kind != "none":
            variables, payload = {}, variables
    else:
        none_start = root_spec.none_start
        if none_start is None:
            raise ModificationRefused([f"流程“{definition.process_id}”没有无触发条件的开始事件,只能由消息、信号或定时器发起"])
        begin = [none_start.bpmn_id]
    try:
        course.start_instance(definition, variables, None, begin, payload)
    except ElementFailure as failure:
        raise ModificationRefused([failure.message], failure.type) from failure
    if command.start_before:
        course.holding = True
        course.drain()
        course.holding = False
        modification.activate(course, [c.Activation(element_id) for element_id in command.start_before])
    course.drain()
    return State.of(tree, library), course.effects


# ---------------------------------------------------------------------- what a command is about


def _open_token(course: Course, number: int, what: str) -> Token:
    token = course.tree.tokens.get(number)
    if token is None or not token.is_open:
        raise NotOpen(f"{what}不存在或已经结束")
    return token


def _definition(course: Course, token: Token) -> ProcessDefinition:
    return course.tree.instances[token.instance].definition


def _job_token(course: Course, command: Any) -> Token:
    if command.element < 0 and -command.element in course.tree.instances:
        token = course.tree.by_reference(command.element)
    else:
        token = _open_token(course, command.element, "任务")
    if "job" not in token.memo or token.incident:
        raise NotOpen(f"{course.place(token)}没有等待完成的任务")
    return token


def _acting(office: tuple[str, str]) -> dict[str, str]:
    """The office in which a person acts, as a token keeps it."""
    return dict(zip(("key", "name"), office, strict=True))


def _open_wait(course: Course, number: int) -> Wait:
    wait = course.tree.waits.get(number)
    if wait is None:
        raise NotOpen("等待的事件不存在或已经触发")
    return wait


# ---------------------------------------------------------------------- handlers


def _complete_task(course: Course, command: c.CompleteTask) -> None:
    token = _open_token(course, command.element, "任务")
    if not isinstance(token.task_spec, UserTask) or token.memo.get("phase") != "open" or token.incident:
        raise NotOpen(f"{course.place(token)}不是等待办理的任务,可能已被办结")
    token.memo["result"] = course.accept(command.variables, _definition(course, token))
    token.memo["phase"] = "completing"
    said = {name: value for name, value in token.memo["result"].items() if name not in command.facts}
    if command.onward or correcting.is_decided_otherwise(course, token, said, command.moved):
        correcting.go_onward(course, token)
    if command.facts:
        token.memo["facts"] = sorted(command.facts)
    if command.office is not None:
        token.memo["acting"] = _acting(command.office)
    course.emit(TaskClosed(token.number, "completed", followed=bool(token.memo.pop("followed", False))))
    token.queue("activating")


def _complete_job(course: Course, command: c.CompleteJob) -> None:
    token = _job_token(course, command)
    variables = course.accept(command.variables, _definition(course, token))
    job = jobs.close_job(course, token, "completed")
    if "listener" in job:
        jobs.listener_done(token)
        for name, value in variables.items():
            course.set_local(token, name, value)
        token.queue(token.stage)
        return
    token.memo["result"] = variables
    token.queue("completing")


def _fail_job(course: Course, command: c.FailJob) -> None:
    token = _job_token(course, command)
    job = token.memo["job"]
    if command.retries > 0:
        job["left"] = command.retries
        return
    said = f":{command.message}" if command.message else ""
    jobs.give_up_job(course, token, "failed")
    open_incident(
        course,
        token,
        ElementFailure(
            IncidentType.JOB_NO_RETRIES,
            f"{course.place(token)}的任务“{job['type']}”多次失败{said}。请排除原因后重试",
            {"type": job["type"], "error": command.message},
        ),
    )


def _throw_error(course: Course, command: c.ThrowError) -> None:
    token = _job_token(course, command)
    payload = course.accept(command.variables, _definition(course, token))
    jobs.give_up_job(course, token, "error")
    if not throw_error(course, token, command.code, payload):
        open_incident(course, token, uncaught(course, token, command.code, command.message))


def _fire_timer(course: Course, command: c.FireTimer) -> None:
    wait = _open_wait(course, command.wait)
    if wait.event.trigger.kind != "timer":
        raise NotOpen("等待的不是定时器")
    wait.event.fire(course, wait, {})


def _deliver(course: Course, command: c.Deliver) -> None:
    wait = _open_wait(course, command.wait)
    if wait.event.trigger.kind not in ("message", "signal"):
        raise NotOpen("等待的不是消息或信号")
    course.inside = command.inside
    wait.event.fire(course, wait, course.accept(command.variables))


def _set_variables(course: Course, command: c.SetVariables) -> None:
    if command.scope:
        token = _open_token(course, command.scope, "变量所在的元素")
    else:
        instance = course.tree.instances.get(command.instance)
        if instance is None:
            raise NotOpen("变量所在的流程实例不存在或已经结束")
        token = instance.level.task_tree
    variables = course.accept(command.variables, _definition(course, token))
    homes = {name: token if command.local else home(token, name) for name in variables}
    counted = next((at for name, at in homes.items() if name == LOOP_COUNTER and "place" in at.memo), None)
    if counted is not None:
        raise ModificationRefused([f"变量“{LOOP_COUNTER}”是{course.place(counted)}这一多实例的序号,由引擎给出,不能修改"])
    if told := incidents.settled(course, variables):
        raise ModificationRefused(told)
    for name, at in homes.items():
        spec = token.task_spec
        if isinstance(spec, MultiInstanceBody) and name == spec.kept:
            spec.restore(course, token, variables[name])
        else:
            course.set_local(at, name, variables[name])


def _resolve(course: Course, command: c.Resolve) -> None:
    incident = course.tree.incidents.get(command.incident)
    if incident is None:
        raise NotOpen("异常不存在或已经处理")
    token = incident.token
    close_incident(course.tree, token)
    if "job" in token.memo:
        jobs.reopen_job(course, token)
        return
    token.queue(token.stage)
    if incident.type == IncidentType.LIMIT_STEPS:
        release_stalled(course.tree, course)


def release_stalled(tree: Tree, course: Course) -> None:
    """Let what the step limit has stopped go on."""
    numbers, tree.stalled = tree.stalled, []
    for number in numbers:
        if number not in tree.tokens and -number not in tree.instances:
            continue
        token = tree.by_reference(number)
        if token.is_open and not token.incident:
            token.queue(token.stage)


def _cancel(course: Course, command: c.Cancel) -> None:
    course.tree.task_tree.cancel()
    course.queue.clear()
    course.tree.stalled = []


def _end_of_project(course: Course, command: c.EndOfProject) -> None:
    phases.end(course, command.phase)


def _suspend(course: Course, command: c.Suspend) -> None:
    if course.tree.suspended:
        raise NotOpen("流程实例已经处于挂起状态")
    course.tree.suspended = True


def _resume(course: Course, command: c.Resume) -> None:
    if not course.tree.suspended:
        raise NotOpen("流程实例没有被挂起")
    course.tree.suspended = False


_HANDLERS: dict[type, Callable[[Course, Any], None]] = {
    c.CompleteTask: _complete_task,
    c.Return: returning.give_back,
    c.CompleteJob: _complete_job,
    c.FailJob: _fail_job,
    c.ThrowError: _throw_error,
    c.FireTimer: _fire_timer,
    c.Deliver: _deliver,
    c.SetVariables: _set_variables,
    c.Resolve: _resolve,
    c.Modify: modification.modify,
    c.Migrate: migration.migrate,
    c.Cancel: _cancel,
    c.EndOfProject: _end_of_project,
    c.Suspend: _suspend,
    c.Resume: _resume,
}
