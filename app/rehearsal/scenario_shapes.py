"""What the keys of a scenario file may hold: every value of another shape is refused with its place before anything runs (design §9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.rehearsal.scenario_yaml import ScenarioError

ACTIONS = frozenset({"expect", "advance", "complete", "denied", "return", "message", "signal", "job", "set", "resolve"})
TOP = frozenset({"models", "process", "district", "now", "variables", "ledger", "hold", "steps", "expect", "cases", "name", "description"})
OF_CASE = frozenset({"name", "now", "variables", "ledger", "expect", "steps", "hold", "process", "description"})
EXPECTATIONS = frozenset({
    "tasks", "timers", "jobs", "incidents", "variables", "path", "state", "decision", "phase", "ledger", "records", "notices", "approved",
    "documents",
})  # fmt: skip
LEDGER = frozenset({"project", "records", "others", "approved"})
DOER = frozenset({"role", "office", "person"})
BESIDE = {
    "complete": {"as", "with", "confirmed", "refused"},
    "denied": {"as"},
    "return": {"as"},
    "message": {"with", "key"},
    "signal": {"with"},
}


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does a task: ``role`` (its key), the office's name and the person's, where the scenario says them."""

    role: str
    office: str | None = None
    person: str | None = None


def doer(given: Any, place: str) -> Doer | None:
    """The value of ``as``: a role's key, or an object; None where nobody is named. Raises ScenarioError."""
    if given is None:
        return None
    parts = {"role": given} if isinstance(given, str) else given
    if not isinstance(parts, dict):
        raise ScenarioError(f"{place} 应是角色的键,或 {{role: 角色, office: 单位名称, person: 姓名}}")
    only(parts, DOER, place)
    role, office, person = (text(parts, key, place) for key in ("role", "office", "person"))
    if role is None:
        raise ScenarioError(f"{place} 应写明角色(role)")
    return Doer(role, office, person)


def ledger(given: Any, place: str) -> Mapping[str, Any] | None:
    """The ledger before the first step: one project with its registers, and others' in the same shape."""
    if given is None:
        return None
    _of_project(given, place, LEDGER)
    for number, other in enumerate(items(given, "others", place), start=1):
        _of_project(other, f"{place} 的 others 第 {number} 项", LEDGER - {"others", "approved"})
        if not other.get("project"):
            raise ScenarioError(f"{place} 的 others 第 {number} 项应写明 project")
    if not (isinstance(approved := given.get("approved") or {}, dict) and all(isinstance(values, dict) for values in approved.values())):
        raise ScenarioError(f"{place} 的 approved 应是“流程.任务: {{名称: 值}}”的对象")
    return dict(given)


def _of_project(given: Any, place: str, known: frozenset[str]) -> None:
    if not isinstance(given, dict):
        raise ScenarioError(f"{place}应是对象")
    only(given, known, place)
    if given.get("project") is not None and not isinstance(given["project"], dict):
        raise ScenarioError(f"{place} 的 project 应是“字段: 值”的对象")
    check_registers(given.get("records"), f"{place} 的 records")


def check_registers(given: Any, place: str) -> None:
    """Raises ScenarioError for what is not kind → list of rows."""
    if given is None:
        return
    rows = [row for kind in given.values() for row in (kind if isinstance(kind, list) else [None])] if isinstance(given, dict) else [None]
    if not all(isinstance(row, dict) for row in rows):
        raise ScenarioError(f"{place} 应是“登记簿: [{{字段: 值}}]”的对象")


def check_step(step: Any, place: str) -> None:
    if not isinstance(step, dict):
        raise ScenarioError(f"{place}应是对象")
    kinds = [key for key in step if key in ACTIONS]
    if len(kinds) != 1:
        raise ScenarioError(f"{place}应恰有一个动作({'、'.join(sorted(ACTIONS))}),这里是 {'、'.join(step) or '空'}")
    only(step, {kinds[0]} | BESIDE.get(kinds[0], set()), place)
    if "refused" in step and not (isinstance(step["refused"], list) and texts(step, "refused", place)):
        raise ScenarioError(f"{place}的 refused 应是不为空的列表,每项是字段、检查的标识,或提示里的一段文字")
    if kinds[0] == "expect":
        if step["expect"] is not None and not isinstance(step["expect"], dict):
            raise ScenarioError(f"{place}的 expect 应是对象")
        check_expectation(step["expect"] or {}, f"{place}的 expect")
    if doer(step.get("as"), f"{place}的 as") is None and kinds[0] == "denied":
        raise ScenarioError(f"{place}的 denied 应写明不该由谁办理(as)")


def check_expectation(expected: Mapping[str, Any], place: str) -> None:
    """Raises ScenarioError for what no expectation may name, and for values of another shape."""
    only(expected, EXPECTATIONS, place)
    for key in ("tasks", "jobs", "notices"):
        if expected.get(key) is not None and not is_count(expected[key]):
            counts = expected[key]
            if not isinstance(counts, dict) or not all(
                is_count(count) or (key == "notices" and _titles(count)) for count in counts.values()
            ):
                others = "，或“名称: [标题]”" if key == "notices" else ""
                raise ScenarioError(f"{place} 的 {key} 应是“名称: 个数”{others}的对象")
    for key in ("timers", "variables", "decision", "ledger", "approved", "documents"):
        if expected.get(key) is not None and not isinstance(expected[key], dict):
            raise ScenarioError(f"{place} 的 {key} 应是对象")
    if expected.get("path") is not None and not isinstance(expected["path"], list):
        raise ScenarioError(f"{place} 的 path 应是元素标识的列表")
    check_registers(expected.get("records"), f"{place} 的 records")
    if expected.get("phase") is not None and not isinstance(expected["phase"], str):
        raise ScenarioError(f"{place} 的 phase 应是一个阶段")
    if "state" in expected and expected["state"] not in ("active", "completed", "cancelled"):
        raise ScenarioError(f"{place} 的 state 应为 active、completed 或 cancelled")
    incidents = expected.get("incidents")
    named = incidents if isinstance(incidents, list) else list(incidents) if isinstance(incidents, dict) else []
    counted = all(is_count(count) for count in incidents.values()) if isinstance(incidents, dict) else True
    if (incidents is not None and not is_count(incidents) and not isinstance(incidents, list | str | dict)) or not counted:
        raise ScenarioError(f"{place} 的 incidents 应是个数(不小于 0)、元素标识的列表,或“元素标识: 个数”的对象")
    if not all(isinstance(name, str) for name in named):
        raise ScenarioError(f"{place} 的 incidents 应是元素标识的列表")


def _titles(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(title, str) for title in value)


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def only(data: Mapping[str, Any], known: frozenset[str] | set[str], place: str) -> None:
    unknown = sorted(key for key in data if key not in known)
    if unknown:
        raise ScenarioError(f"{place}含有不认识的键“{unknown[0]}”,可用:{'、'.join(sorted(known))}")


def text(data: Mapping[str, Any], key: str, place: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise ScenarioError(f"{place}的 {key} 应是文字")
    return value or None


def items(data: Mapping[str, Any], key: str, place: str) -> list[Any]:
    value = data.get(key)
    if value is not None and not isinstance(value, list):
        raise ScenarioError(f"{place}的 {key} 应是列表")
    return value or []


def texts(data: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    value = data.get(key)
    found = [value] if isinstance(value, str) else items(data, key, place)
    if not all(isinstance(one, str) for one in found):
        raise ScenarioError(f"{place}的 {key} 应是文字的列表")
    return tuple(found)
