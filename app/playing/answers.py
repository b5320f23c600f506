"""What a walk is told beforehand: answers to tasks, what is started besides, whether a project that was refused is declared again.

A JSON object: element id → the values of that task's form, or a list of them, one for each time; ``@start`` → [{"process", "phase", "after", "with"}], started as soon as
the project is in the phase and the task ``after`` has been done (without either at once); ``@again`` → true: when the project has come to another end than the
goal, it is declared anew a year later; ``@project`` → what of the case file's project is otherwise in this life, by the same keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.codes import InstallationCode
from app.errors import InvalidRequest

START, AGAIN, PROJECT = "@start", "@again", "@project"
_OF_A_START = frozenset({"process", "phase", "after", "with"})


@dataclass(frozen=True, slots=True)
class AskedStart:
    """``phase`` and ``after`` empty: at once. ``after``: the task that has to have been done before."""

    process: str
    phase: str = ""
    after: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answers:
    tasks: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    starts: Sequence[AskedStart] = ()
    again: bool = False
    project: Mapping[str, Any] = field(default_factory=dict)


def read(given: Any) -> Answers:
    """Raises InvalidRequest (ANSWERS)."""
    if not isinstance(given, dict):
        raise _wrong("答案文件应是一个对象:元素 id → 字段与取值的对象，办几次写几个的列表")
    tasks: dict[str, Sequence[Mapping[str, Any]]] = {}
    for name, value in given.items():
        if name in (START, AGAIN, PROJECT):
            continue
        entries = value if isinstance(value, list) else [value]
        if not entries or not all(isinstance(entry, dict) for entry in entries):
            raise _wrong(f"答案文件里的“{name}”应是字段与取值的对象，或这样的对象的列表")
        tasks[name] = entries
    if not isinstance(again := given.get(AGAIN, False), bool):
        raise _wrong(f"{AGAIN} 应为 true 或 false")
    starts = given.get(START, [])
    if not isinstance(starts, list):
        raise _wrong(f"{START} 应是列表，每项是一个流程")
    if not isinstance(project := given.get(PROJECT, {}), dict):
        raise _wrong(f"{PROJECT} 应是一个对象，键与案例文件的 project 相同")
    return Answers(tasks, tuple(map(_start, starts)), again, project)


def _start(entry: Any) -> AskedStart:
    named = isinstance(entry, dict) and isinstance(entry.get("process"), str) and not entry.keys() - _OF_A_START
    worded = named and all(isinstance(entry.get(key, ""), str) for key in ("phase", "after"))
    if not worded or not isinstance(entry.get("with", {}), dict):
        raise _wrong(f"{START} 的每一项应写 process，可写 phase（进入该阶段时发起）、after（该事项办理后发起）和 with（表单的取值）")
    return AskedStart(entry["process"], entry.get("phase", ""), entry.get("after", ""), entry.get("with", {}))


def _wrong(message: str) -> InvalidRequest:
    return InvalidRequest(message, code=InstallationCode.ANSWERS)
