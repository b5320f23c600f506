"""What a scenario expects at one moment, compared with a rehearsal; every difference says what was wanted and what there is (design §9)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.engine import effects
from app.rehearsal.ledger import office_name
from app.rehearsal.run import Rehearsal
from app.rehearsal.scenario_files import Failed, instant, same, shown
from app.rehearsal.scenario_shapes import is_count
from app.rehearsal.trees import RehearsedTree
from app.rehearsal.wording import mark, mark_path

PATH_SHOWN = 40


class Expectations:
    """``named``: the incidents that an expectation has named; any other fails the scenario. ``facts_are_variables``: what is no variable may be a fact."""

    def __init__(self, rehearsal: Rehearsal, *, facts_are_variables: bool = False) -> None:
        self.rehearsal = rehearsal
        self.facts_are_variables = facts_are_variables
        self.named: set[tuple[int, int]] = set()

    def check(self, expected: Mapping[str, Any]) -> None:
        """Raises Failed. What is not named is not asserted; an empty object asserts that there is none."""
        checks = {
            "incidents": self._incidents, "tasks": self._tasks, "jobs": self._jobs, "timers": self._timers, "variables": self._variables,
            "state": self._state, "path": self._path, "decision": self._decisions, "phase": self._phase, "ledger": self._ledger,
            "records": self._records, "notices": self._notices, "approved": self._approved,
            "documents": self._documents,
        }  # fmt: skip
        for key, check in checks.items():
            if key in expected:
                try:
                    check(expected[key])
                except Failed as error:
                    surprises = self.surprises() if "incidents" not in expected else []
                    raise Failed(f"{error};而且出现了没有预期的事故:{_describe(surprises)}" if surprises else str(error)) from error

    def no_surprise(self) -> None:
        """Raises Failed for an incident that nothing has named."""
        if surprises := self.surprises():
            raise Failed(f"出现了没有预期的事故:{_describe(surprises)}")

    def surprises(self) -> list[tuple[RehearsedTree, effects.IncidentOpened]]:
        """The incidents that no expectation has named."""
        return [(root, found) for root, found in self.rehearsal.incidents() if (id(root), found.incident) not in self.named]

    def described(self) -> str:
        return _describe(self.surprises())

    # ------------------------------------------------------------------ one by one

    def _incidents(self, wanted: Any) -> None:
        incidents = self.rehearsal.incidents()
        got = Counter(incident.element_id for _, incident in incidents)
        if is_count(wanted):
            fits = len(incidents) == wanted
        elif isinstance(wanted, dict):
            fits = got == Counter(wanted)
        else:
            ids = [wanted] if isinstance(wanted, str) else [str(name) for name in wanted or ()]
            # Naming an element once names all that stand there.
            fits = got == Counter(ids) or (len(set(ids)) == len(ids) and set(got) == set(ids))
        if not fits:
            raise Failed(f"事故应为 {shown(wanted) if wanted else '没有'},实为 {_describe(incidents)}")
        self.named |= {(id(root), incident.incident) for root, incident in incidents}

    def _tasks(self, wanted: Any) -> None:
        _count("事项", wanted, [(task.element_id,) for _, task in self.rehearsal.open_tasks()])

    def _jobs(self, wanted: Any) -> None:
        _count("作业", wanted, [(job.type, job.element_id) for _, job in self.rehearsal.open_jobs()])

    def _timers(self, wanted: Mapping[str, Any] | None) -> None:
        """By the event's id; until when an open task is to be done, by the task's."""
        timers = self.rehearsal.open_timers()
        if not wanted:
            if timers:
                raise Failed(f"定时应当没有,实为 {name_all(timer.element_id for timer in timers)}")
            return
        known = [(timer.element_id, timer.due_at) for timer in timers]
        known += [(start.event.element_id, start.due_at) for start in self.rehearsal.starts]
        known += [(task.element_id, task.due_at) for _, task in self.rehearsal.open_tasks()]
        for name, value in wanted.items():
            self._timer(name, value, sorted(due for element_id, due in known if element_id == name and due is not None))

    def _timer(self, name: str, wanted: Any, got: Sequence[datetime]) -> None:
        """``wanted``: an instant (one of them), a list of all, how many, or null for none."""
        zone = self.rehearsal.models.zone
        if is_count(wanted):
            fits, words = len(got) == wanted, f"{wanted} 个"
        elif wanted is None or isinstance(wanted, list):
            dues = sorted(instant(due, zone) for due in wanted or ())
            fits, words = list(got) == dues, "、".join(_at(due, self.rehearsal) for due in dues) or "没有"
        else:
            due = instant(wanted, zone)
            fits, words = due in got, _at(due, self.rehearsal)
        if not fits:
            raise Failed(f"定时“{mark(name)}”应为 {words},实为 {'、'.join(_at(due, self.rehearsal) for due in got) or '没有这个定时'}")

    def _variables(self, wanted: Mapping[str, Any] | None) -> None:
        variables = self._first().state.variables()
        if not wanted and variables:
            raise Failed(f"变量应当没有,实为 {'、'.join(sorted(variables))}")
        if self.facts_are_variables:
            variables = {**self.rehearsal.ledger.fields(), **variables}
        for name, value in (wanted or {}).items():
            if not same(value, variables.get(name), self.rehearsal.models.zone):
                got = shown(variables[name]) if name in variables else "没有这个变量"
                raise Failed(f"变量“{name}”应为 {shown(value)},实为 {got}")

    def _state(self, wanted: str) -> None:
        got = self._first().state.root_state
        if got != wanted:
            raise Failed(f"状态应为 {mark(wanted)},实为 {mark(got)}")

    def _path(self, wanted: Sequence[Any] | None) -> None:
        path = self.rehearsal.path
        if wanted == [] and path:
            raise Failed(f"路径应为空,实际经过:{mark_path(path[-PATH_SHOWN:])}")
        rest = iter(path)
        for name in wanted or ():
            if not any(element_id == name for element_id in rest):
                raise Failed(f"路径中没有(按次序)经过“{mark(str(name))}”;实际经过:{mark_path(path[-PATH_SHOWN:]) if path else '(无)'}")

    def _decisions(self, wanted: Mapping[str, Any] | None) -> None:
        taken = self.rehearsal.decisions
        if not wanted and taken:
            raise Failed(f"不应判定过决策,实际判定了 {name_all(taken)}")
        for decision, value in (wanted or {}).items():
            rules = taken.get(decision)
            rows = value if isinstance(value, list) else [] if value is None else [value]
            if rules is None:
                if value is not None:
                    raise Failed(f"决策“{mark(decision)}”命中的行应为 {_rows(rows)},实为未判定过")
                continue
            # A row is named by its id, or by its number where the table gives it none.
            got = [str(rule["number"]) if not rule["id"] or rule["number"] in rows else str(rule["id"]) for rule in rules]
            if value is None or sorted(map(str, rows)) != sorted(got):
                raise Failed(f"决策“{mark(decision)}”命中的行应为 {'未判定过' if value is None else _rows(rows)},实为 {_rows(got)}")

    def _phase(self, wanted: str | None) -> None:
        got = self.rehearsal.ledger.phase
        if got != wanted:
            raise Failed(f"阶段应为 {shown(wanted)},实为 {shown(got)}")

    def _ledger(self, wanted: Mapping[str, Any] | None) -> None:
        fields = self.rehearsal.ledger.fields()
        if not wanted and fields:
            raise Failed(f"台账应当没有,实有 {'、'.join(sorted(fields))}")
        for name, value in (wanted or {}).items():
            value = office_name(value)
            if not same(value, fields.get(name), self.rehearsal.models.zone):
                got = shown(fields[name]) if name in fields else "没有这个字段"
                raise Failed(f"台账的“{name}”应为 {shown(value)},实为 {got}")

    def _records(self, wanted: Mapping[str, Any] | None) -> None:
        """``wanted``: kind → all its rows in order, each by some of its fields."""
        zone = self.rehearsal.models.zone
        if not wanted and (registers := self.rehearsal.ledger.registers()):
            raise Failed(f"登记簿应当没有记录,实有 {shown(dict(registers))}")
        for kind, rows in (wanted or {}).items():
            got = self.rehearsal.ledger.entered(kind)
            if len(rows or ()) != len(got):
                raise Failed(f"登记簿“{kind}”应有 {len(rows or ())} 条,实有 {len(got)} 条:{shown(list(map(dict, got)))}")
            for number, (row, data) in enumerate(zip(rows or (), got, strict=True), start=1):
                for name, value in row.items():
                    if not same(value, data.get(name), zone):
                        had = shown(data[name]) if name in data else "没有填写"
                        raise Failed(f"登记簿“{kind}”第 {number} 条的“{name}”应为 {shown(value)},实为 {had}")

    def _approved(self, wanted: Mapping[str, Any] | None) -> None:
        """``process.task`` → whether it stands, as a gate of the project's would find."""
        got = self.rehearsal.ledger.standing(self.rehearsal.now)
        if not wanted and got:
            raise Failed(f"应当没有批准,实有 {'、'.join(sorted(got))}")
        for task, value in (wanted or {}).items():
            if value is not got.get(task, False):
                raise Failed(f"“{mark(str(task))}”的批准应为 {shown(value)},实为 {shown(got.get(task, False))}")

    def _documents(self, wanted: Mapping[str, Any] | None) -> None:
        """``wanted``: template → the version that counts, or that with some of what was printed; None: not printed."""
        printed = {one.template: one for one in self.rehearsal.ledger.documents.values()}
        if not wanted and printed:
            raise Failed(f"应当没有打印件,实有 {'、'.join(sorted(printed))}")
        for template, asked in (wanted or {}).items():
            more = asked if isinstance(asked, Mapping) else {"version": asked}
            got = printed.get(template)
            version = got.version if got is not None else None
            if version != more.get("version", version) or (version is None and more.get("version") is None and more is asked):
                wanted_one, got_one = (
                    f"第 {shown(one)} 版" if one is not None else "没有打印" for one in (more.get("version", 1), version)
                )
                raise Failed(f"打印件“{mark(str(template))}”应为{wanted_one},实为{got_one}")
            values = got.values if got is not None else {}
            for name, value in (more.get("values") or {}).items():
                if not same(value, values.get(name), self.rehearsal.models.zone):
                    raise Failed(f"打印件“{mark(str(template))}”的“{name}”应为 {shown(value)},实为 {shown(values.get(name))}")

    def _notices(self, wanted: Any) -> None:
        """By role, or by the office's name: how many, or all their titles in whatever order."""
        given = self.rehearsal.ledger.notices
        titles = {name: said for name, said in wanted.items() if isinstance(said, list)} if isinstance(wanted, dict) else {}
        for name, said in titles.items():
            got = [notice.title for notice in given if name in (notice.role, notice.office)]
            if Counter(said) != Counter(got):
                raise Failed(f"“{mark(name)}”的通知应为 {_rows(sorted(said))},实为 {_rows(sorted(got))}")
        counted = {name: count for name, count in wanted.items() if name not in titles} if titles else wanted
        if counted or not titles:
            _count("通知", counted, [(notice.role, notice.office) for notice in given])

    def _first(self) -> RehearsedTree:
        if not self.rehearsal.roots:
            raise Failed("还没有流程实例")
        return self.rehearsal.roots[0]


def _count(what: str, wanted: Any, open_ones: Sequence[tuple[str, ...]]) -> None:
    """``wanted``: name → how many (each of ``open_ones`` goes by several names), or how many in all."""
    now = Counter(names[0] for names in open_ones)
    if is_count(wanted) or not wanted:
        if len(open_ones) != (wanted or 0):
            raise Failed(f"{what}应有 {wanted or 0} 个,实有 {len(open_ones)} 个:{_counted(now)}")
        return
    for name, count in wanted.items():
        got = sum(name in names for names in open_ones)
        if got != count:
            raise Failed(f"{what}“{mark(name)}”应有 {count} 个,实有 {got} 个;现有:{_counted(now) if now else '没有'}")


def _rows(rows: Sequence[Any]) -> str:
    return "[" + ", ".join(mark(str(row)) for row in rows) + "]"


def _counted(counts: Counter[str]) -> str:
    return "{" + ", ".join(f"{mark(name)}: {count}" for name, count in counts.items()) + "}"


def _describe(incidents: Sequence[tuple[RehearsedTree, effects.IncidentOpened]]) -> str:
    return ";".join(f"{mark(incident.element_id)}({incident.type}):{incident.message}" for _, incident in incidents[:20]) or "没有"


def _at(at: datetime, rehearsal: Rehearsal) -> str:
    return at.astimezone(rehearsal.models.zone).isoformat()


def name_all(names: Iterable[str]) -> str:
    """Names for a sentence, each once."""
    return "、".join(mark(name) for name in sorted(set(names))) or "没有"
