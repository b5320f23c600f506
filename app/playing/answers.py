"""What a walk is told beforehand: answers to tasks, what is started besides, whether a project that was refused is declared again.

A JSON object: element id → the values of that task's form, or a list of them, one for each time; ``@start`` → [{"process", "phase", "with"}], started as soon as
the project is in the phase (without one at once); ``@again`` → true: when the project has come to another end than the goal, it is declared anew a year later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.codes import InstallationCode
from app.errors import InvalidRequest

START, AGAIN = "@start", "@again"
_OF_A_START = frozenset({"process", "phase", "with"})


@dataclass(frozen=True, slots=True)
class AskedStart:
    """``phase`` empty: at once."""

    process: str
    phase: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answers:
    tasks: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    starts: Sequence[AskedStart] = ()
    again: bool = False


def read(given: Any) -> Answers:
    """Raises InvalidRequest (ANSWERS)."""
    if not isinstance(given, dict):
        raise _wrong("答案文件应是一个对象:元素 id → 字段与取值的对象，办几次写几个的列表")
    tasks: dict[str, Sequence[Mapping[str, Any]]] = {}
    for name, value in given.items():
        if name in (START, AGAIN):
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
    return Answers(tasks, tuple(map(_start, starts)), again)


def _start(entry: Any) -> AskedStart:
    named = isinstance(entry, dict) and isinstance(entry.get("process"), str) and not entry.keys() - _OF_A_START
    if not named or not isinstance(entry.get("phase", ""), str) or not isinstance(entry.get("with", {}), dict):
        raise _wrong(f"{START} 的每一项应写 process，可写 phase（进入该阶段时发起）和 with（表单的取值）")
    return AskedStart(entry["process"], entry.get("phase", ""), entry.get("with", {}))


def _wrong(message: str) -> InvalidRequest:
    return InvalidRequest(message, code=InstallationCode.ANSWERS)
