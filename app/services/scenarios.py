"""Scenarios: an analyst's tests of the models, in YAML, run on the real engine and a virtual clock (design §9)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from app.decision import feel
from app.engine import commands
from app.engine.errors import EngineError
from app.errors import InvalidRequest
from app.services.rehearsal import ZONE, ModelRefused, Models, Rehearsal, Root, shipped

STEPS = frozenset({"expect", "advance", "complete", "message", "signal", "job", "set", "resolve"})
TOP = frozenset({"models", "process", "district", "now", "variables", "hold", "steps", "expect", "cases", "name", "description"})
EXPECTATIONS = frozenset({"tasks", "timers", "jobs", "incidents", "variables", "path", "state", "decision"})
DEFAULT_NOW = datetime(2026, 1, 5, 9, tzinfo=ZONE)


@dataclass(frozen=True, slots=True)
class Result:
    """One case: ``step`` is where it failed (``step 3``, ``expect``, ``file``); ``difference`` says in Chinese what was wanted and what was."""

    file: str
    case: str
    ok: bool
    step: str = ""
    difference: str = ""


class Failed(Exception):
    """A step or an expectation that did not hold."""


class _Loader(yaml.SafeLoader):
    """YAML whose numbers are decimals read from their text and whose keys are not repeated."""


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    text = loader.construct_scalar(node).replace("_", "")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InvalidRequest(f"第 {node.start_mark.line + 1} 行的数字 {text!r} 无法使用", code="SCENARIO") from None


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> Any:
    keys = [loader.construct_object(key) for key, _ in node.value]  # type: ignore[no-untyped-call]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            raise InvalidRequest(f"第 {node.value[number][0].start_mark.line + 1} 行的键“{key}”重复", code="SCENARIO")
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def run(paths: Sequence[Path], root: Path) -> list[Result]:
    """Run every case of every file; a file that cannot be read is one failed result. ``root``: the installation whose models are the default."""
    results: list[Result] = []
    for path in paths:
        try:
            results += _run_file(path, root)
        except (InvalidRequest, ModelRefused) as error:
            results.append(Result(str(path), "", False, "file", error.message))
    return results


def _run_file(path: Path, root: Path) -> list[Result]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError) as error:
        raise InvalidRequest(f"场景文件 {path.name} 无法读取:{str(error).splitlines()[0]}", code="SCENARIO") from error
    if not isinstance(data, dict):
        raise InvalidRequest(f"场景文件 {path.name} 应是一个对象", code="SCENARIO")
    unknown = sorted(set(map(str, data)) - TOP)
    if unknown:
        raise InvalidRequest(f"场景文件 {path.name} 含有不认识的键“{unknown[0]}”,可用:{'、'.join(sorted(TOP))}", code="SCENARIO")
    cases = data.get("cases") or [{}]
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise InvalidRequest(f"场景文件 {path.name} 的 cases 应是对象的列表", code="SCENARIO")
    models = _models(data, path, root)
    return [_run_case(path, {**data, **_merged(data, case)}, models, str(case.get("name", data.get("name", "")))) for case in cases]


def _merged(data: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    merged = {key: value for key, value in case.items() if key != "name"}
    for key in ("variables", "expect"):
        if isinstance(case.get(key), dict) and isinstance(data.get(key), dict):
            merged[key] = {**data[key], **case[key]}
    return merged


def _models(data: Mapping[str, Any], path: Path, root: Path) -> Models:
    district = data.get("district")
    if district is not None and not isinstance(district, str):
        raise InvalidRequest("district 应是区键", code="SCENARIO")
    names = data.get("models")
    if names is None:
        return shipped(root, district)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidRequest("models 应是文件名的列表", code="SCENARIO")
    models = Models()
    for name in names:
        place = (path.parent / name).resolve()
        if not place.is_file():
            raise InvalidRequest(f"models 所列的文件 {name} 不存在", code="SCENARIO")
        models.add(name, place.read_bytes())
    return models


def _run_case(path: Path, case: Mapping[str, Any], models: Models, name: str) -> Result:
    run = _Run(case, models)
    place = "start"
    try:
        run.begin()
        for number, step in enumerate(case.get("steps") or [], start=1):
            place = f"step {number}"
            run.step(step)
        place = "expect"
        run.check(case.get("expect") or {}, final=True)
    except Failed as failed:
        return Result(str(path), name, False, place, str(failed))
    except (EngineError, InvalidRequest, feel.FeelError) as error:
        return Result(str(path), name, False, place, str(error))
    return Result(str(path), name, True)


@dataclass(slots=True)
class _Run:
    case: Mapping[str, Any]
    models: Models
    known: set[tuple[int, int]] = field(default_factory=set)  # incidents that an expectation has named
    rehearsal: Rehearsal = field(init=False)

    def begin(self) -> None:
        now = instant(self.case.get("now", DEFAULT_NOW), self.models.zone)
        hold = self.case.get("hold") or []
        self.rehearsal = Rehearsal(self.models, now, hold=hold)
        process = self.case.get("process")
        if process is None:
            return
        definition = self.models.processes.get(str(process))
        if definition is None:
            raise Failed(f"没有流程“{process}”")
        self.rehearsal.start(definition, json_values(self.case.get("variables") or {}))

    def step(self, step: Any) -> None:
        if not isinstance(step, dict):
            raise Failed("步骤应是一个对象")
        kinds = [key for key in step if key in STEPS]
        extra = set(step) - STEPS - {"as", "with"}
        if len(kinds) != 1 or extra:
            raise Failed(f"步骤应恰有一个动作({'、'.join(sorted(STEPS))}),这里是 {'、'.join(map(str, step)) or '空'}")
        kind = kinds[0]
        if kind == "expect":
            self.check(step["expect"] or {})
            return
        self._no_surprise()
        getattr(self, f"_{kind}")(step[kind], step)

    # --- actions

    def _advance(self, value: Any, step: Mapping[str, Any]) -> None:
        now = self.rehearsal.now
        if isinstance(value, str) and value.lstrip("-").startswith("P"):
            length = feel.compile(f'@"{value}"').evaluate({}, feel.Environment(now=now, zone=self.models.zone))
            until = feel.compile("now() + length").evaluate({"length": length}, feel.Environment(now=now, zone=self.models.zone))
            if not isinstance(until, datetime):
                raise Failed(f"advance 的时长 {value!r} 无法使用")
        else:
            until = instant(value, self.models.zone)
        if until < now:
            raise Failed(f"advance 不能回到过去:现在是 {_shown(now, self.models.zone)}")
        self.rehearsal.advance(until)

    def _complete(self, value: Any, step: Mapping[str, Any]) -> None:
        name, where = (value.get("task"), value.get("where")) if isinstance(value, dict) else (value, None)
        found = [(root, task) for root, task in self.rehearsal.open_tasks() if task.element_id == name]
        if where is not None:
            found = [(root, task) for root, task in found if self._feel(where, root.state.visible(task.element)) is True]
        if not found:
            raise Failed(
                f"没有可办理的事项“{name}”;正在等待办理的:{self._names(task.element_id for _, task in self.rehearsal.open_tasks())}"
            )
        root, task = min(found, key=lambda pair: (self.rehearsal.roots.index(pair[0]), pair[1].element))
        role = step.get("as")
        if role is not None and role not in task.candidate_groups and role != task.assignee:
            raise Failed(f"“{name}”不由角色“{role}”办理,应由:{'、'.join(task.candidate_groups) or task.assignee or '(未指定)'}")
        data = json_values(step.get("with") or {})
        form = self.models.forms.get(task.form_id) if task.form_id else None
        if form is not None:
            problems = form.validate(data)
            if problems:
                raise Failed(f"“{name}”的表单:" + ";".join(problem.message for problem in problems[:5]))
        self.rehearsal.act(root, commands.CompleteTask(task.element, data))

    def _message(self, value: Any, step: Mapping[str, Any]) -> None:
        given = value if isinstance(value, dict) else {"name": value}
        key = given.get("key", "")
        if isinstance(key, str) and key.startswith("="):
            key = self._feel(key, self.rehearsal.roots[0].state.variables() if self.rehearsal.roots else {})
        self.rehearsal.publish(
            str(given.get("name")),
            feel.to_text(key) if not isinstance(key, str) else key,
            json_values(given.get("with") or step.get("with") or {}),
        )

    def _signal(self, value: Any, step: Mapping[str, Any]) -> None:
        given = value if isinstance(value, dict) else {"name": value}
        self.rehearsal.signal(str(given.get("name")), json_values(given.get("with") or step.get("with") or {}))

    def _job(self, value: Any, step: Mapping[str, Any]) -> None:
        if not isinstance(value, dict):
            raise Failed("job 应是 {type, complete 或 fail 或 error}")
        found = [
            (root, job)
            for root, job in self.rehearsal.open_jobs()
            if job.type == value.get("type") or job.element_id == value.get("element")
        ]
        if not found:
            raise Failed(
                f"没有类型为“{value.get('type')}”的作业;正在等待的:{self._names(job.type for _, job in self.rehearsal.open_jobs())}"
            )
        root, job = found[0]
        if "fail" in value:
            failure = value["fail"] or {}
            self.rehearsal.act(root, commands.FailJob(job.element, int(failure.get("retries", 0)), str(failure.get("message", ""))))
        elif "error" in value:
            self.rehearsal.act(root, commands.ThrowError(job.element, str(value["error"])))
        else:
            self.rehearsal.act(root, commands.CompleteJob(job.element, json_values(value.get("complete") or {})))

    def _set(self, value: Any, step: Mapping[str, Any]) -> None:
        self.rehearsal.act(self._first(), commands.SetVariables(json_values(value or {})))

    def _resolve(self, value: Any, step: Mapping[str, Any]) -> None:
        found = [(root, incident) for root, incident in self.rehearsal.incidents() if incident.element_id == value]
        if not found:
            raise Failed(f"元素“{value}”没有事故")
        self.rehearsal.act(found[0][0], commands.Resolve(found[0][1].incident))

    # --- expectations

    def check(self, expected: Any, *, final: bool = False) -> None:
        if not isinstance(expected, dict):
            raise Failed("expect 应是一个对象")
        unknown = sorted(set(map(str, expected)) - EXPECTATIONS)
        if unknown:
            raise Failed(f"expect 含有不认识的键“{unknown[0]}”,可用:{'、'.join(sorted(EXPECTATIONS))}")
        self._check_incidents(expected.get("incidents"), named="incidents" in expected)
        if "tasks" in expected:
            self._counts("事项", expected["tasks"], Counter(task.element_id for _, task in self.rehearsal.open_tasks()))
        if "jobs" in expected:
            jobs = self.rehearsal.open_jobs()
            wanted = expected["jobs"] or {}
            by_type = {job.type for _, job in jobs} | set(wanted)
            counts = Counter(job.type if job.type in wanted or job.element_id not in wanted else job.element_id for _, job in jobs)
            self._counts("作业", wanted, Counter({name: count for name, count in counts.items() if name in by_type or count}))
        if "timers" in expected:
            self._check_timers(expected["timers"] or {})
        if "variables" in expected:
            self._check_variables(expected["variables"] or {})
        if "state" in expected and self._first().state.root_state != expected["state"]:
            raise Failed(f"状态应为 {expected['state']},实为 {self._first().state.root_state}")
        if "path" in expected:
            self._check_path(expected["path"] or [])
        for decision, rows in (expected.get("decision") or {}).items():
            taken = self.rehearsal.decisions.get(decision)
            got = [rule["id"] for rule in taken.rules] if taken else None
            if got != rows:
                raise Failed(f"决策“{decision}”命中的行应为 {rows},实为 {got if got is not None else '未判定过'}")
        if final:
            self._no_surprise()

    def _check_incidents(self, wanted: Any, *, named: bool) -> None:
        incidents = self.rehearsal.incidents()
        ids = sorted(incident.element_id for _, incident in incidents)
        if not named:
            return
        fits = len(ids) == wanted if isinstance(wanted, int) else ids == sorted(map(str, wanted or []))
        if not fits:
            raise Failed(f"事故应为 {wanted if wanted else '没有'},实为 {self._describe(incidents)}")
        self.known |= {(id(root), incident.incident) for root, incident in incidents}

    def _no_surprise(self) -> None:
        surprises = [(root, incident) for root, incident in self.rehearsal.incidents() if (id(root), incident.incident) not in self.known]
        if surprises:
            raise Failed(f"出现了没有预期的事故:{self._describe(surprises)}")

    def _describe(self, incidents: Sequence[tuple[Root, Any]]) -> str:
        return ";".join(f"{incident.element_id}({incident.type}):{incident.message}" for _, incident in incidents) or "没有"

    def _counts(self, what: str, wanted: Any, got: Counter[str]) -> None:
        wanted = wanted or {}
        if not wanted and +got:
            raise Failed(f"{what}应当没有,实为 {dict(got)}")
        for name, count in wanted.items():
            if got[name] != count:
                raise Failed(f"{what}“{name}”应有 {count} 个,实有 {got[name]} 个;现有:{dict(got) or '没有'}")

    def _check_timers(self, wanted: Mapping[str, Any]) -> None:
        timers = self.rehearsal.open_timers()
        if not wanted and timers:
            raise Failed(f"定时应当没有,实为 {self._names(timer.element_id for timer in timers)}")
        for name, due in wanted.items():
            dues = [timer.due_at for timer in timers if timer.element_id == name and timer.due_at is not None]
            expected = instant(due, self.models.zone)
            if expected not in dues:
                shown = "、".join(_shown(found, self.models.zone) for found in dues) or "没有这个定时"
                raise Failed(f"定时“{name}”应在 {_shown(expected, self.models.zone)},实为 {shown}")

    def _check_variables(self, wanted: Mapping[str, Any]) -> None:
        variables = self._first().state.variables()
        for name, value in wanted.items():
            got = variables.get(name)
            if not same(value, got):
                raise Failed(f"变量“{name}”应为 {json_value(value)!r},实为 {got!r}")

    def _check_path(self, wanted: Sequence[str]) -> None:
        rest = iter(self.rehearsal.path)
        for name in wanted:
            if not any(element == name for element in rest):
                raise Failed(f"路径中没有(按次序)经过“{name}”;实际经过:{' → '.join(self.rehearsal.path[-40:])}")

    def _first(self) -> Root:
        if not self.rehearsal.roots:
            raise Failed("还没有流程实例")
        return self.rehearsal.roots[0]

    def _feel(self, text: str, variables: Mapping[str, Any]) -> Any:
        environment = feel.Environment(now=self.rehearsal.now, zone=self.models.zone)
        return feel.compile(text.removeprefix("=")).evaluate(variables, environment)

    def _names(self, names: Any) -> str:
        return "、".join(sorted(set(names))) or "没有"


def instant(value: Any, zone: ZoneInfo) -> datetime:
    """An instant of a scenario: a timestamp or ISO text; without an offset it is read in the district's zone. Raises Failed."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise Failed(f"{value!r} 不是时刻,应如 2026-03-10T09:00:00+08:00") from None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=zone)
    raise Failed(f"{value!r} 不是时刻,应如 2026-03-10T09:00:00+08:00")


def json_value(value: Any) -> Any:
    """YAML's values as process variables: instants and dates as ISO text."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return feel.to_json(value)
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [json_value(item) for item in value]
    return value


def json_values(values: Any) -> dict[str, Any]:
    """The same for a whole object. Raises Failed."""
    if not isinstance(values, dict):
        raise Failed("应是“名称: 值”的对象")
    return {str(key): json_value(item) for key, item in values.items()}


def same(wanted: Any, got: Any) -> bool:
    """Equality as analysts mean it: numbers by value, instants by moment, objects and lists part by part."""
    wanted = json_value(wanted)
    if isinstance(wanted, bool) or isinstance(got, bool) or wanted is None or got is None:
        return wanted is got
    if isinstance(wanted, int | Decimal) and isinstance(got, int | Decimal):
        return wanted == got
    if isinstance(wanted, dict) and isinstance(got, dict):
        return set(wanted) == set(got) and all(same(value, got[key]) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(got, list):
        return len(wanted) == len(got) and all(same(one, other) for one, other in zip(wanted, got, strict=True))
    if isinstance(wanted, str) and isinstance(got, str) and wanted != got and "T" in wanted and "T" in got:
        try:
            return datetime.fromisoformat(wanted) == datetime.fromisoformat(got)
        except (ValueError, TypeError):
            return False
    return bool(wanted == got)


def _shown(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat()
