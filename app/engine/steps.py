"""``step``: one command on one tree. Pure: the state that comes in is not changed, the clock is an argument."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.engine import commands as c
from app.engine import jobs, migration, modification
from app.engine.act import Act
from app.engine.catching import throw_error, uncaught
from app.engine.effects import Effect, TaskClosed
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.tasks import UserTask
from app.engine.errors import Failure, NotOpen, Refused, Suspended
from app.engine.incidents import close_incident, open_incident
from app.engine.library import Library
from app.engine.limits import Limits
from app.engine.scopes import LOOP_COUNTER, home
from app.engine.spiff import Token, Tree, Wait
from app.engine.state import State

_DEFAULT_LIMITS = Limits()


def step(
    library: Library, state: State | None, command: c.Command, now: datetime, limits: Limits = _DEFAULT_LIMITS
) -> tuple[State, list[Effect]]:
    """Carry out ``command``. ``now`` is aware. Raises NotOpen, Suspended, LimitExceeded, Refused (the state is unchanged), StateError for a damaged state."""
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    if isinstance(command, c.Start):
        return _start(library, command, now, limits)
    if state is None:
        raise NotOpen("流程实例不存在")
    tree = state.take(library)
    act = Act(library, tree, now, limits)
    if tree.root_state != "active":
        raise NotOpen("流程实例已经结束,不能再办理")
    if tree.suspended and not isinstance(command, c.Resume | c.Cancel | c.Modify | c.Migrate | c.SetVariables | c.Suspend):
        raise Suspended("流程实例已被挂起,恢复之前不能办理")
    try:
        _HANDLERS[type(command)](act, command)
    except Failure as failure:
        raise Refused([failure.message], failure.type) from failure
    act.drain()
    return State.of(act.tree, library), act.effects


def _start(library: Library, command: c.Start, now: datetime, limits: Limits) -> tuple[State, list[Effect]]:
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
    act = Act(library, tree, now, limits)
    variables = act.accept(command.variables)
    if command.start_before:
        unknown = [element_id for element_id in command.start_before if element_id not in definition.elements]
        if unknown:
            raise Refused([f"流程“{definition.process_id}”中没有元素 {element_id}" for element_id in unknown])
        begin = []
    elif command.start_event is not None:
        start = next((start for start in root_spec.starts if start.bpmn_id == command.start_event), None)
        if start is None:
            raise Refused([f"流程“{definition.process_id}”中没有开始事件 {command.start_event}"])
        begin = [start.bpmn_id]
        if start.output_mappings and start.trigger.kind != "none":
            variables, payload = {}, variables
    else:
        none_start = root_spec.none_start
        if none_start is None:
            raise Refused([f"流程“{definition.process_id}”没有无触发条件的开始事件,只能由消息、信号或定时器发起"])
        begin = [none_start.bpmn_id]
    try:
        act.start_instance(definition, variables, None, begin, payload)
    except Failure as failure:
        raise Refused([failure.message], failure.type) from failure
    if command.start_before:
        act.holding = True
        act.drain()
        act.holding = False
        modification.activate(act, [c.Activation(element_id) for element_id in command.start_before])
    act.drain()
    return State.of(tree, library), act.effects


# ---------------------------------------------------------------------- what a command is about


def _open_token(act: Act, number: int, what: str) -> Token:
    token = act.tree.tokens.get(number)
    if token is None or not token.is_open:
        raise NotOpen(f"{what}不存在或已经结束")
    return token


def _job_token(act: Act, command: Any) -> Token:
    if command.element < 0 and -command.element in act.tree.instances:
        token = act.tree.by_reference(command.element)
    else:
        token = _open_token(act, command.element, "任务")
    if "job" not in token.memo or token.incident:
        raise NotOpen(f"{act.place(token)}没有等待完成的任务")
    return token


def _open_wait(act: Act, number: int) -> Wait:
    wait = act.tree.waits.get(number)
    if wait is None:
        raise NotOpen("等待的事件不存在或已经触发")
    return wait


# ---------------------------------------------------------------------- handlers


def _complete_task(act: Act, command: c.CompleteTask) -> None:
    token = _open_token(act, command.element, "任务")
    if not isinstance(token.task_spec, UserTask) or token.memo.get("phase") != "open" or token.incident:
        raise NotOpen(f"{act.place(token)}不是等待办理的任务,可能已被办结")
    token.memo["result"] = act.accept(command.variables)
    token.memo["phase"] = "completing"
    act.emit(TaskClosed(token.number, "completed"))
    token.queue("activating")


def _complete_job(act: Act, command: c.CompleteJob) -> None:
    token = _job_token(act, command)
    variables = act.accept(command.variables)
    job = jobs.close_job(act, token, "completed")
    if "listener" in job:
        jobs.listener_done(token)
        for name, value in variables.items():
            act.set_local(token, name, value)
        token.queue(token.stage)
        return
    token.memo["result"] = variables
    token.queue("completing")


def _fail_job(act: Act, command: c.FailJob) -> None:
    token = _job_token(act, command)
    job = token.memo["job"]
    if command.retries > 0:
        job["left"] = command.retries
        return
    said = f":{command.message}" if command.message else ""
    jobs.give_up_job(act, token, "failed")
    open_incident(
        act,
        token,
        Failure(
            "JOB_NO_RETRIES",
            f"{act.place(token)}的任务“{job['type']}”多次失败{said}。请排除原因后重试",
            {"type": job["type"], "error": command.message},
        ),
    )


def _throw_error(act: Act, command: c.ThrowError) -> None:
    token = _job_token(act, command)
    payload = act.accept(command.variables)
    jobs.give_up_job(act, token, "error")
    if not throw_error(act, token, command.code, payload):
        open_incident(act, token, uncaught(act, token, command.code, command.message))


def _fire_timer(act: Act, command: c.FireTimer) -> None:
    wait = _open_wait(act, command.wait)
    if wait.event.trigger.kind != "timer":
        raise NotOpen("等待的不是定时器")
    wait.event.fire(act, wait, {})


def _deliver(act: Act, command: c.Deliver) -> None:
    wait = _open_wait(act, command.wait)
    if wait.event.trigger.kind not in ("message", "signal"):
        raise NotOpen("等待的不是消息或信号")
    wait.event.fire(act, wait, act.accept(command.variables))


def _set_variables(act: Act, command: c.SetVariables) -> None:
    if command.scope:
        token = _open_token(act, command.scope, "变量所在的元素")
    else:
        instance = act.tree.instances.get(command.instance)
        if instance is None:
            raise NotOpen("变量所在的流程实例不存在或已经结束")
        token = instance.level.task_tree
    variables = act.accept(command.variables)
    homes = {name: token if command.local else home(token, name) for name in variables}
    counted = next((at for name, at in homes.items() if name == LOOP_COUNTER and "place" in at.memo), None)
    if counted is not None:
        raise Refused([f"变量“{LOOP_COUNTER}”是{act.place(counted)}这一多实例的序号,由引擎给出,不能修改"])
    for name, at in homes.items():
        spec = token.task_spec
        if isinstance(spec, MultiInstanceBody) and name == spec.kept:
            spec.restore(act, token, variables[name])
        else:
            act.set_local(at, name, variables[name])


def _resolve(act: Act, command: c.Resolve) -> None:
    incident = act.tree.incidents.get(command.incident)
    if incident is None:
        raise NotOpen("异常不存在或已经处理")
    token = incident.token
    close_incident(act.tree, token)
    if "job" in token.memo:
        jobs.reopen_job(act, token)
        return
    token.queue(token.stage)
    if incident.type == "LIMIT_STEPS":
        release_stalled(act.tree, act)


def release_stalled(tree: Tree, act: Act) -> None:
    """Let what the step limit has stopped go on."""
    numbers, tree.stalled = tree.stalled, []
    for number in numbers:
        if number not in tree.tokens and -number not in tree.instances:
            continue
        token = tree.by_reference(number)
        if token.is_open and not token.incident:
            token.queue(token.stage)


def _cancel(act: Act, command: c.Cancel) -> None:
    act.tree.task_tree.cancel()
    act.queue.clear()
    act.tree.stalled = []


def _suspend(act: Act, command: c.Suspend) -> None:
    if act.tree.suspended:
        raise NotOpen("流程实例已经处于挂起状态")
    act.tree.suspended = True


def _resume(act: Act, command: c.Resume) -> None:
    if not act.tree.suspended:
        raise NotOpen("流程实例没有被挂起")
    act.tree.suspended = False


_HANDLERS: dict[type, Callable[[Act, Any], None]] = {
    c.CompleteTask: _complete_task,
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
    c.Suspend: _suspend,
    c.Resume: _resume,
}
