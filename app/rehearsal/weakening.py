"""What a new version of a set of scenarios no longer asks: cases that are gone, expectations that are gone, refusals that are expected no more.

A changed value is no weakening: the case still asks, and the models have to answer it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.rehearsal.scenario_files import Scenario, ScenarioSet
from app.rehearsal.scenario_shapes import doer

_WORDS = {
    "tasks": "事项", "timers": "定时", "jobs": "作业", "incidents": "事故", "variables": "变量", "path": "路径", "state": "状态",
    "decision": "决策命中的行", "as": "办理人的角色", "refused": "应被拒绝的提交", "phase": "阶段", "ledger": "台账", "records": "登记簿", "notices": "通知",
    "approved": "批准", "documents": "打印件", "denied": "不该办理的人", "office": "办理人的单位", "person": "办理人是谁",
}  # fmt: skip
_COUNTED = frozenset({"tasks", "jobs", "notices"})
_ALL = "*"  # as a name: not one by one, but all there are (``{}`` asks that there be none); no element, role or variable is called that


@dataclass(frozen=True, slots=True)
class Weakening:
    """``case`` empty: the whole set."""

    case: str
    text: str


def weakenings(before: ScenarioSet, after: ScenarioSet) -> Iterator[Weakening]:
    """Case by case, in the order of the older version."""
    kept = {case.key: case for case in after.cases}
    for case in before.cases:
        if case.key not in kept:
            yield Weakening(case.name, "不再有这个场景")
            continue
        for text in _lost(case, kept[case.key]):
            yield Weakening(case.name, text)
    if before.district is not None and after.district is None:
        yield Weakening("", f"不再写明 district: {before.district},看不到该区自己的表")


def _lost(before: Scenario, after: Scenario) -> Iterator[str]:
    now = Counter(_asked(after))
    lost = Counter(_asked(before)) - now
    named = {key for key, name in lost if name not in ("", _ALL)}
    for (key, name), count in lost.items():
        if name == _ALL:
            if (key, "") not in lost:
                yield f"不再核对{_WORDS[key]}总共有几个" if key in _COUNTED else f"不再要求{_WORDS[key]}一个也没有"
        elif name or key not in named:
            shown = f"{_WORDS.get(key, key)}“{name}”" if name else _WORDS.get(key, key)
            yield f"不再核对{shown}" + (f"(少了 {count} 处)" if (key, name) in now else "")
    fewer = Counter(key for key, _ in _refusals(before)) - Counter(key for key, _ in _refusals(after))
    gone = Counter(_refusals(before)) - Counter(_refusals(after))
    for key, name in gone:
        if key in fewer and not {("decision", key), (key, "")} & set(lost):
            yield f"不再要求{'在此停下(事故)' if key == 'incidents' else f'决策“{key}”命中'}:{name}"


def _expectations(case: Scenario) -> list[Mapping[str, Any]]:
    return [*(step["expect"] for step in case.steps if step.get("expect")), case.expect]


def _asked(case: Scenario) -> Iterator[tuple[str, str]]:
    """Each thing that a case looks at, as often as it does: (key, name); who does a task is looked at wherever ``as`` stands, what a form refuses wherever ``refused``."""
    for expected in _expectations(case):
        for key, value in expected.items():
            yield key, ""
            if _is_of_all(key, value):
                yield key, _ALL
            elif isinstance(value, Mapping) or key == "path":
                yield from ((key, str(name)) for name in value or ())
            if key == "notices" and isinstance(value, Mapping):
                yield from ((key, f"{name}的标题") for name, said in value.items() if isinstance(said, list))
    for step in case.steps:
        if "denied" in step:
            yield "denied", str(step["denied"]["task"] if isinstance(step["denied"], Mapping) else step["denied"])
        if "complete" in step and step.get("as") is not None:
            yield "as", ""
            named = doer(step["as"], "as")
            if named is not None and named.office is not None:
                yield "office", ""
            if named is not None and named.person is not None:
                yield "person", ""
        yield from (("refused", str(said)) for said in step.get("refused") or ())


def _is_of_all(key: str, value: Any) -> bool:
    """Whether an expectation is about all there are of a kind: how many in all, or that there is none. Incidents always are."""
    if key in _COUNTED:
        return not isinstance(value, Mapping) or not value
    if key == "path":
        return bool(value == [])  # null asks nothing
    return key in ("timers", "variables", "decision", "ledger", "records") and not value


def _refusals(case: Scenario) -> Iterator[tuple[str, str]]:
    """Rows that a decision has to match and elements that have to stop: (decision or ``incidents``, row or element)."""
    for expected in _expectations(case):
        for decision, rows in (expected.get("decision") or {}).items():
            yield from ((decision, str(row)) for row in _list(rows))
        incidents = expected.get("incidents")
        if isinstance(incidents, int):
            yield from (("incidents", str(number)) for number in range(1, incidents + 1))
        else:
            yield from (("incidents", str(name)) for name in (incidents if isinstance(incidents, Mapping) else _list(incidents)))


def _list(value: Any) -> Sequence[Any]:
    return () if value is None else value if isinstance(value, list) else [value]
