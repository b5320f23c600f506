"""Declared effects in scenarios and ``play``: the same code as on the server, on a ledger in memory; and every example of the analyst's page runs."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from app.rehearsal.library import Shelf
from app.rehearsal.scenarios import CaseResult, Suite
from app.rehearsal.single import rehearse
from tests.unit.engine import diagrams as d
from tests.unit.engine.test_ledger_names import decision
from tests.unit.rehearsal.test_ledger import fails, passes

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "analyst" / "diagrams.md"
MONEY = {"type": "number", "x-format": "money"}
FIELDS: dict[str, Any] = {
    "projectKey": {"type": "string", "title": "项目号", "readOnly": True},
    "phase": {"type": "string", "title": "阶段", "readOnly": True},
    "applicantOffice": {"type": "object", "x-format": "office", "x-role": "applicant", "title": "申报单位", "readOnly": True},
    "projectName": {"type": "string", "title": "名称", "x-owner": ["applicant"]},
    "route": {"type": "string", "title": "路径", "x-source": ["decision:route"]},
    "assetOutcome": {"type": "string", "title": "资产处置结果", "x-source": ["path:p.end"]},
}
DEAL = {
    "dealNo": {"type": "string", "title": "编号", "x-number": {"series": "deal", "prefix": "成"}},
    "amount": {**MONEY, "title": "金额"},
    "phase": {"type": "string", "title": "阶段", "x-value": "project.phase"},
}
Try = Callable[..., CaseResult]


def form(id: str, fields: dict[str, Any], required: tuple[str, ...] = ()) -> str:
    body = {"type": "object", "additionalProperties": False, "properties": fields, **({"required": required} if required else {})}
    return json.dumps({"id": id, "title": id, "schema": body})


def says(**properties: str) -> str:
    inner = "".join(f'<zeebe:property name="{name}" value="{value.replace(chr(34), "&quot;")}"/>' for name, value in properties.items())
    return f"<zeebe:properties>{inner}</zeebe:properties>"


@pytest.fixture(scope="module")
def suite() -> Suite:
    return Suite(Shelf(ROOT))


@pytest.fixture
def attempt(tmp_path: Path, suite: Suite) -> Try:
    """A scenario of the diagram ``p`` with a ledger, a register and a decision of its own."""

    def run(text: str, *body: str) -> CaseResult:
        (tmp_path / "m.bpmn").write_bytes(d.file(d.process(*body)))
        (tmp_path / "project.json").write_text(form("records.project", FIELDS), "utf-8")
        (tmp_path / "deal.json").write_text(form("records.deal", DEAL, ("dealNo", "amount")), "utf-8")
        (tmp_path / "route.dmn").write_bytes(decision("route", "{kind: &quot;A&quot;}"))
        scenario = tmp_path / "s.yaml"
        head = "models: [m.bpmn, project.json, deal.json, route.dmn]\nprocess: p\nnow: 2026-03-10T09:00:00+08:00\n"
        scenario.write_text(head + dedent(text).strip("\n"), "utf-8")
        (result,) = suite.run(scenario)
        return result

    return run


BODY = (
    d.start("start", extensions=says(phase="declared")),
    d.rule("decide", "route", "route", says(set="route = route.kind")),
    d.user("deal", says(record="deal", notify="finance")),
    d.end("end", extensions=says(phase="reviewing", set='assetOutcome = "移交"')),
    d.chain("start", "decide", "deal", "end"),
)
LEDGER = "ledger: {project: {phase: draft, projectName: 平台}}\n"


def test_phase_ledger_records_and_notices_are_what_the_elements_declare(attempt: Try) -> None:
    passes(
        attempt(
            LEDGER
            + """
steps:
  - expect: {phase: declared, ledger: {route: A}, records: {}, notices: {}}
  - {complete: deal, with: {amount: 12.5}}
expect:
  state: completed
  phase: reviewing
  ledger: {assetOutcome: 移交}
  records: {deal: [{dealNo: 成2026-0001, amount: 12.5, phase: declared}]}
  notices: {finance: 1}
""",
            *BODY,
        )
    )


def test_a_notice_may_be_asked_for_by_its_title(attempt: Try) -> None:
    body = (
        d.start(),
        d.user("deal", extensions=says(notify="finance")),
        d.user("again", extensions=says(notify="finance applicant")),
        d.end(),
        d.chain("start", "deal", "again", "end"),
    )
    steps = LEDGER.replace("}}", "}}\nsteps: [{complete: deal}, {complete: again}]")
    titles = re.findall(r"实为 \[(.*?)\]", attempt(steps + "\nexpect: {notices: {finance: [别的]}}", *body).difference)
    assert titles, "both are told when one is not there"
    passes(
        attempt(
            steps + f"\nexpect: {{notices: {{finance: [{titles[0].split(', ')[1]}, {titles[0].split(', ')[0]}], applicant: 1}}}}", *body
        )
    )
    fails(attempt(steps + f"\nexpect: {{notices: {{finance: [{titles[0].split(', ')[0]}]}}}}", *body), "expect", "通知应为")
    fails(attempt(steps + f"\nexpect: {{notices: {{finance: [{titles[0]}], applicant: 2}}}}", *body), "expect", "applicant")
    fails(attempt("expect: {notices: {finance: [1]}}", *body), "file", "名称: [标题]")


def test_a_phase_out_of_order_and_a_row_without_its_amount_fail_the_scenario_at_the_element(attempt: Try) -> None:
    fails(attempt("ledger: {project: {phase: reviewed}}\nexpect: {phase: declared}", *BODY), "expect", "start", "PHASE_ERROR")
    fails(attempt(LEDGER + "steps: [{complete: deal}, {expect: {state: completed}}]", *BODY), "step 2", "deal", "RECORD_ERROR", "金额")


def test_an_incident_is_mended_and_tried_again_without_booking_twice(attempt: Try) -> None:
    passes(
        attempt(
            LEDGER
            + """
steps:
  - complete: deal
  - expect: {incidents: [deal], records: {}, notices: {}}
  - set: {amount: 3}
  - resolve: deal
expect: {state: completed, incidents: 0, records: {deal: [{dealNo: 成2026-0001, amount: 3}]}, notices: {finance: 1}}
""",
            *BODY,
        )
    )


def test_a_diagram_tried_by_itself_meets_incidents_where_something_is_missing_and_is_never_refused() -> None:
    body = (
        d.start("start", extensions=says(phase="declared")),
        d.end("end", extensions=says(record="deal", notify="finance")),
        d.chain("start", "end"),
    )
    assert rehearse("x.bpmn", d.file(d.process(*body)), datetime.fromisoformat("2026-03-10T09:00:00+08:00"))["state"] == "completed"
    sets = (d.start(), d.end("end", extensions=says(set="listed = true")), d.chain("start", "end"))
    found = rehearse("x.bpmn", d.file(d.process(*sets)), datetime.fromisoformat("2026-03-10T09:00:00+08:00"))
    assert [(incident["element"], incident["type"]) for incident in found["incidents"]] == [("end", "FACT_ERROR")]


CHECKED = (
    d.start(),
    d.user("check", says(approves="route", approvesWhen='verdict = "同意"')),
    d.rule("decide", "route", "route", says(set="route = route.kind")),
    d.user("gate"),
    d.chain("start", "check", "decide", "gate"),
)


def test_an_approval_lapses_with_what_it_was_of(attempt: Try) -> None:
    approving = "steps: [{complete: check, with: {verdict: 同意}}]\n"
    passes(
        attempt("ledger: {project: {phase: draft, route: A}}\n" + approving + "expect: {approved: {p.check: true}, notices: {}}", *CHECKED)
    )
    passes(
        attempt(
            "ledger: {project: {phase: draft, route: B}}\n" + approving + "expect: {approved: {p.check: false}, ledger: {route: A}}",
            *CHECKED,
        )
    )
    fails(attempt("ledger: {project: {phase: draft}}\n" + approving + "expect: {approved: {p.check: true}}", *CHECKED), "expect", "p.check")


def test_an_approval_may_be_there_from_before(attempt: Try) -> None:
    asked = (d.start(), d.user("check", says(approves="route", approvesWhen="true")), d.exclusive("which", "no"), d.user("yes"), d.user("other"),
             d.flow("start", "which"), d.flow("which", "yes", '=approved("p.check")'), d.flow("which", "other", id="no"), d.chain("yes", "check"))  # fmt: skip
    before = "ledger: {project: {phase: draft, route: A}, approved: {p.check: {route: %s}}}\nexpect: {tasks: {%s: 1}}"
    passes(attempt(before % ("A", "yes"), *asked))
    passes(attempt(before % ("B", "other"), *asked))


def test_every_property_of_the_page_does_what_the_page_says(attempt: Try) -> None:
    """The examples stand in one table of docs/analyst/diagrams.md: they are taken from there and run."""
    rows = re.findall(r"^\| `(phase|set|record|notify|reads)` \|.*\| `([^`]+)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    told = dict(rows)
    pair = re.search(r"`approves`:`([^`]+)`;`approvesWhen`:`([^`]+)`", PAGE.read_text("utf-8"))
    assert pair is not None
    assert set(told) == {"phase", "set", "record", "notify", "reads"}
    body = (
        d.start("start", extensions=says(phase=told["phase"])),
        d.user("deal", says(record=told["record"], notify=told["notify"], approves=pair[1], approvesWhen=pair[2])),
        d.node("exclusiveGateway", "sum", "", says(reads=told["reads"])),
        d.end("end", extensions=says(set=told["set"])),
        d.end("other"),
        d.chain("start", "deal", "sum"),
        d.flow("sum", "end", "=total = 1 and deals[1].amount = total"),
        d.flow("sum", "other", "=total != 1"),
    )
    passes(
        attempt(
            LEDGER
            + """
steps: [{complete: deal, with: {amount: 1, verdict: 同意}}]
expect: {state: completed, phase: declared, approved: {p.deal: true}, ledger: {assetOutcome: 移交}, records: {deal: [{amount: 1}]}, notices: {applicant: 1, finance: 1}}
""",
            *body,
        )
    )


def test_a_project_that_ends_takes_its_other_processes_along(tmp_path: Path, suite: Suite) -> None:
    ender = d.process(d.start(), d.user("stop"), d.end("end", extensions=says(phase="terminated")), d.chain("start", "stop", "end"))
    begun = f'<bpmn:startEvent id="begun">{d.on_message("go")}</bpmn:startEvent>'
    other = d.process(begun, d.user("build"), d.end("built"), d.chain("begun", "build", "built"), id="works")
    (tmp_path / "m.bpmn").write_bytes(d.file(d.message("go", "go"), ender, other))
    (tmp_path / "s.yaml").write_text(
        dedent("""\
        models: [m.bpmn]
        process: p
        district: sucheng
        now: 2026-03-10T09:00:00+08:00
        ledger: {project: {phase: building}}
        steps:
          - message: {name: go, key: "=projectKey"}
          - expect: {tasks: {stop: 1, build: 1}}
          - complete: stop
          - expect: {phase: terminated, tasks: {build: 0}, path: [begun, build], state: completed}
        """),
        "utf-8",
    )
    (result,) = suite.run(tmp_path / "s.yaml")
    assert result.ok, result.difference
