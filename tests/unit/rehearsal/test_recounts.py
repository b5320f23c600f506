"""In a scenario too a changed fact moves the dates, timers and people of open tasks that name it; what has fired stays fired."""

from pathlib import Path

from app.rehearsal.library import Shelf
from app.rehearsal.scenarios import Suite
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.test_declared_effects import FIELDS, form, says
from tests.unit.rehearsal.test_ledger import passes

ROOT = Path(__file__).parents[3]
WHEN = 'date and time(project.dueOn + "T00:00:00+08:00")'
DUE = '<zeebe:taskSchedule dueDate="={}"/>'.format(WHEN.replace('"', "&quot;"))
GROUPS = '<zeebe:assignmentDefinition candidateGroups="=if project.checker = null then &quot;finance&quot; else project.checker"/>'
OWN = {name: {"type": "string", "title": name, "x-owner": ["applicant"]} for name in ("dueOn", "checker")}
BODY = (
    d.start(),
    d.parallel("both"),
    d.user("work", GROUPS + DUE),
    d.boundary("late", "work", d.timer("Date", f"={WHEN}"), False),
    d.user("apply", '<zeebe:assignmentDefinition candidateGroups="applicant"/><zeebe:formDefinition formId="p.facts"/>'),
    d.user("again", '<zeebe:assignmentDefinition candidateGroups="applicant"/><zeebe:formDefinition formId="p.facts"/>'),
    d.end("e1"),
    d.end("e2"),
    d.end("e3", extensions=says(notify="finance")),
    d.chain("start", "both", "work", "e1"),
    d.chain("both", "apply", "again", "e2"),
    d.chain("late", "e3"),
)
TEXT = """
models: [m.bpmn, project.json, p.facts.json]
process: p
now: 2026-03-10T09:00:00+08:00
ledger: {project: {phase: draft, projectName: 平台, dueOn: 2026-03-20}}
steps:
  - expect: {timers: {late: 2026-03-20T00:00:00+08:00}}
  - complete: apply
    with: {dueOn: 2026-03-25, checker: data_bureau}
  - expect: {timers: {late: 2026-03-25T00:00:00+08:00}}
  - advance: 2026-03-24T23:59:59+08:00
  - expect: {records: {}, notices: {}}
  - advance: 2026-03-25T00:00:00+08:00
  - expect:
      notices: {data_bureau: 1, finance: 1}
      records: {overdue: [{event: work, due: 2026-03-25T00:00:00+08:00}]}
  - complete: again
    with: {dueOn: 2026-04-01, checker: data_bureau}
  - expect: {timers: {}, records: {overdue: [{closedAt: 2026-03-25T00:00:00+08:00}]}}
  - advance: 2026-04-01T00:00:00+08:00
expect:
  records: {overdue: [{due: 2026-03-25T00:00:00+08:00}, {due: 2026-04-01T00:00:00+08:00}]}
  notices: {data_bureau: 2, finance: 1}
"""


def test_a_changed_fact_moves_what_is_open_and_names_it(tmp_path: Path) -> None:
    (tmp_path / "m.bpmn").write_bytes(d.file(d.process(*BODY)))
    (tmp_path / "project.json").write_text(form("records.project", {**FIELDS, **OWN}), "utf-8")
    fields = {name: {"type": "string", "title": name, "x-ledger": True} for name in OWN}
    (tmp_path / "p.facts.json").write_text(form("p.facts", fields), "utf-8")
    scenario = tmp_path / "s.yaml"
    scenario.write_text(TEXT, "utf-8")
    (result,) = Suite(Shelf(ROOT)).run(scenario)
    passes(result)
