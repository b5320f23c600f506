"""``quancheng test``: scenario files as the design defines them, on models of their own and on the shipped ones."""

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from click.testing import CliRunner

from app import cli
from app.rehearsal import scenario_yaml
from app.rehearsal.library import Shelf
from app.rehearsal.scenarios import CaseResult, Suite
from tests.unit.engine import diagrams as d
from tests.unit.engine.test_returning import back

ROOT = Path(__file__).parents[3]
Try = Callable[..., CaseResult]

FORM = {
    "id": "apply",
    "title": "申请",
    "schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["amount"],
        "properties": {
            "amount": {"type": "number", "title": "金额", "minimum": 0, "x-format": "money"},
            "note": {"type": "string", "title": "备注"},
        },
    },
}
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="route_file" name="route_file" namespace="t">
  <decision id="route" name="route">
    <decisionTable id="route_table" hitPolicy="UNIQUE">
      <input id="in"><inputExpression id="ie" typeRef="number"><text>amount</text></inputExpression></input>
      <output id="out" name="route" typeRef="string"/>
      <rule id="small"><inputEntry id="a"><text>&lt;= 4000000</text></inputEntry><outputEntry id="b"><text>"FILE"</text></outputEntry></rule>
      <rule id="large"><inputEntry id="c"><text>&gt; 4000000</text></inputEntry><outputEntry id="d"><text>"APPROVE"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""
COLLECTING = (
    TABLE.replace("UNIQUE", "COLLECT")
    .replace("&gt; 4000000", "&gt; 50")
    .replace("&lt;= 4000000", "&lt; 0")
    .replace('"APPROVE"', '"请说明用途"')
)


@pytest.fixture(scope="module")
def suite() -> Suite:
    return Suite(Shelf(ROOT))


@pytest.fixture
def attempt(tmp_path: Path, suite: Suite) -> Try:
    """Write models and a scenario, run it, give its only result."""

    def run(text: str, *body: str, files: dict[str, bytes] | None = None, parts: tuple[str, ...] = ()) -> CaseResult:
        (tmp_path / "m.bpmn").write_bytes(d.file(*parts, d.process(*body))) if body else None
        for name, content in (files or {}).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
        scenario = tmp_path / "s.yaml"
        head = "models: [m.bpmn]\nprocess: p\nnow: 2026-01-31T09:00:00+08:00\n" if body else ""
        text = dedent(text).strip("\n")
        scenario.write_text(
            "".join(line for line in head.splitlines(keepends=True) if f"\n{line.split(':')[0]}:" not in f"\n{text}") + text, "utf-8"
        )
        (result,) = suite.run(scenario)
        return result

    return run


def passes(result: CaseResult) -> None:
    assert result == CaseResult(result.file, result.case, True, "", ""), result


def fails(result: CaseResult, step: str, *words: str) -> None:
    assert not result.ok
    assert result.step == step, result
    for word in words:
        assert word in result.difference, result.difference


SIGN = (d.start(), d.user("sign"), d.end(), d.chain("start", "sign", "end"))


# ---------------------------------------------------------------- tasks


def test_a_task_is_completed_with_any_variables_where_it_has_no_form(attempt: Try) -> None:
    passes(
        attempt(
            """
            steps:
              - expect: {tasks: {sign: 1, other: 0}, state: active, incidents: 0}
              - complete: sign
                with: {anything: {at: [1, 2.50]}}
            expect: {state: completed, tasks: {}, timers: {}, jobs: {}, path: [start, end], variables: {anything: {at: [1, 2.5]}}}
            """,
            *SIGN,
        )
    )


def test_a_user_task_without_our_extension_is_a_user_task(attempt: Try) -> None:
    plain = d.start(), d.node("userTask", "sign"), d.flow("start", "sign")
    passes(attempt("steps: [{complete: sign}]\nexpect: {state: completed}", *plain))


def test_a_task_that_is_not_open_fails_and_says_which_are(attempt: Try) -> None:
    fails(attempt("steps: [{complete: approve}]", *SIGN), "step 1", "没有可办理的事项“approve”", "sign")


def test_a_count_that_differs_fails_with_both(attempt: Try) -> None:
    fails(attempt("expect: {tasks: {sign: 2}}", *SIGN), "expect", "应有 2 个,实有 1 个")
    fails(attempt("expect: {tasks: {}}", *SIGN), "expect", "sign")
    fails(attempt("expect: {state: completed}", *SIGN), "expect", "应为 completed,实为 active")


def test_the_form_decides_what_may_be_submitted(attempt: Try) -> None:
    body = d.start(), d.user("apply", '<zeebe:formDefinition formId="apply"/>'), d.chain("start", "apply")
    form = {"apply.json": json.dumps(FORM).encode()}
    models = "models: [m.bpmn, apply.json]\n"
    passes(
        attempt(
            models + "steps: [{complete: apply, with: {amount: 4000000.01}}]\nexpect: {variables: {amount: 4000000.01}}", *body, files=form
        )
    )
    fails(attempt(models + "steps: [{complete: apply, with: {note: x}}]", *body, files=form), "step 1", "“金额”必填")
    fails(attempt(models + "steps: [{complete: apply, with: {amount: 1, approved: true}}]", *body, files=form), "step 1", "approved")
    fails(attempt(models + "steps: [{complete: apply, with: {amount: 1.001}}]", *body, files=form), "step 1", "金额")


def test_a_missing_form_is_an_incident(attempt: Try) -> None:
    body = d.start(), d.user("apply", '<zeebe:formDefinition formId="nowhere"/>'), d.chain("start", "apply")
    passes(attempt("expect: {incidents: [apply]}", *body))
    fails(attempt("expect: {state: active}", *body), "expect", "没有预期的事故", "apply", "FORM_NOT_FOUND")


def test_a_submission_obeys_the_forms_checks_as_on_the_server(attempt: Try) -> None:
    checks = [
        {"id": "fen", "when": "amount > project.approvedBudget", "message": "超过批复预算", "field": "amount"},
        {"id": "note", "decision": "route", "message": "请说明用途", "field": "note", "confirm": True},
    ]
    form = {"apply.json": json.dumps({**FORM, "schema": {**FORM["schema"], "x-checks": checks}}).encode(), "route.dmn": COLLECTING.encode()}
    body = (d.start(), d.user("apply", '<zeebe:formDefinition formId="apply"/>'), d.end(), d.chain("start", "apply", "end"))
    top = "models: [m.bpmn, apply.json, route.dmn]\nvariables: {approvedBudget: 100}\n"

    def tried(*steps: str, expect: str = "{state: completed}") -> CaseResult:
        listed = "\n".join(f"  - {{complete: apply, {step}}}" for step in steps)
        return attempt(f"{top}steps:\n{listed}\nexpect: {expect}", *body, files=form)

    passes(tried("with: {amount: 10}"))
    passes(tried("with: {amount: 101}, refused: [amount, 请说明用途]", "with: {amount: 10}"))
    passes(
        tried(
            "with: {amount: 60}, refused: [note]",
            'with: {amount: 60}, confirmed: {note: " "}, refused: [请说明]',
            expect="{tasks: {apply: 1}}",
        )
    )
    passes(tried("with: {amount: 60}, confirmed: {note: 用于扩容}", expect="{state: completed, decision: {route: [large]}}"))
    fails(tried("with: {amount: 101}"), "step 1", "超过批复预算")
    fails(tried("with: {amount: 10}, refused: [amount]"), "step 1", "却收下了")
    fails(tried("with: {amount: 101}, refused: [备注]"), "step 1", "没有提到“备注”")
    fails(tried("with: {amount: 101}, refused: [fen]"), "step 1", "还有 refused 没有写到的原因:请说明用途")
    fails(tried("with: {amount: 101}, confirmed: {fen: 急用, note: 扩容}"), "step 1", "超过批复预算", "必须改正")
    fails(attempt(f"{top}steps: [{{complete: apply, refused: amount}}]", *body, files=form), "file", "refused 应是不为空的列表")
    fails(attempt("steps: [{complete: sign, confirmed: {x: y}}]", *SIGN), "step 1", "没有可以说明理由的检查")


def test_a_case_begins_with_what_its_start_form_takes(attempt: Try) -> None:
    checks = [{"when": "amount > project.approvedBudget", "message": "超过批复预算", "field": "amount"}]
    form = {"apply.json": json.dumps({**FORM, "schema": {**FORM["schema"], "x-checks": checks}}).encode()}
    body = (d.start(extensions='<zeebe:formDefinition formId="apply"/>'), d.end(), d.chain("start", "end"))
    top = "models: [m.bpmn, apply.json]\n"
    own = "ledger: {project: {approvedBudget: 100}}\n"
    passes(
        attempt(
            top + "variables: {amount: 10, note: ' ', approvedBudget: 100}\nexpect: {variables: {amount: 10, note: ~}}", *body, files=form
        )
    )
    passes(attempt(top + own + "variables: {amount: 10}\nexpect: {state: completed}", *body, files=form))
    fails(attempt(top + own + "variables: {amount: 101}", *body, files=form), "start", "超过批复预算")
    fails(attempt(top + own + "variables: {amount: 10, approvedBudget: 100}", *body, files=form), "start", "approvedBudget")
    fails(attempt(top + "variables: {approvedBudget: 100}", *body, files=form), "start", "“金额”必填")


def test_of_several_the_oldest_is_completed_or_the_one_that_is_meant(attempt: Try) -> None:
    body = d.start(), d.user("ask", loop=d.loop("=[1, 2, 3]", "item", "answers", "=answer")), d.chain("start", "ask")
    passes(
        attempt(
            """
            steps:
              - complete: {task: ask, where: "=item = 2"}
                with: {answer: b}
              - expect: {tasks: {ask: 2}}
              - complete: ask
                with: {answer: a}
              - complete: {task: ask, where: item > 2}
                with: {answer: c}
            expect: {state: completed, variables: {answers: [a, b, c]}}
            """,
            *body,
        )
    )
    fails(attempt('steps: [{complete: {task: ask, where: "=item = 9"}}]', *body), "step 1", "item = 9")
    fails(attempt('steps: [{complete: {task: ask, where: "=item ="}}]', *body), "step 1")
    fails(attempt("steps: [{complete: {task: ask, wo: 1}}]", *body), "step 1", "wo")


# ---------------------------------------------------------------- permissions


@pytest.mark.parametrize(
    ("assigned", "role", "cause"),
    [
        ('candidateGroups="data_bureau"', "data_bureau", ""),
        ('candidateGroups="=[&quot;finance&quot;, &quot;data_bureau&quot;]"', "finance", ""),
        ('candidateGroups="data_bureau"', "applicant", "data_bureau"),
        ('assignee="applicant"', "applicant", ""),
        ('assignee="finance"', "applicant", "finance"),
        ('candidateUsers="archives"', "archives", ""),
        ('candidateGroups="system_admin"', "system_admin", "管理员"),
        ("", None, ""),
        ('candidateGroups="data_bureau"', None, ""),
    ],
)
def test_a_role_is_checked_only_where_one_is_named(attempt: Try, assigned: str, role: str | None, cause: str) -> None:
    extension = f"<zeebe:assignmentDefinition {assigned}/>" if assigned else ""
    acting = f", as: {role}" if role else ""
    result = attempt(
        f"district: sucheng\nsteps: [{{complete: sign{acting}}}]", d.start(), d.user("sign", extension), d.chain("start", "sign")
    )
    if cause:
        fails(result, "step 1", f"不由角色“{role}”办理", cause)
    else:
        passes(result)


def test_a_role_at_a_task_that_names_nobody_fails_for_it_would_check_nothing(attempt: Try) -> None:
    for head in ("district: sucheng\n", ""):
        for extension in ("", '<zeebe:assignmentDefinition candidateGroups="=[]"/>'):
            body = d.start(), d.user("sign", extension), d.chain("start", "sign")
            fails(
                attempt(f"{head}steps: [{{complete: sign, as: applicant}}]", *body),
                "step 1",
                "“sign”没有写明由谁办理",
                "as: applicant 无从核对",
            )


def test_a_role_that_the_district_has_not_fails(attempt: Try) -> None:
    task = d.user("sign", '<zeebe:assignmentDefinition candidateGroups="aplicant"/>')
    body = d.start(), task, d.chain("start", "sign")
    fails(attempt("district: sucheng\nsteps: [{complete: sign, as: aplicant}]", *body), "step 1", "没有角色“aplicant”")
    passes(attempt("steps: [{complete: sign, as: aplicant}]", *body))  # without a district any key is a role


OF_OFFICE = d.start(), d.user("sign", '<zeebe:assignmentDefinition candidateGroups="applicant"/>'), d.chain("start", "sign")
LEDGER = "district: sucheng\nledger: {project: {applicantOffice: {key: sc_jyj, name: 宿城区教育局}}}\n"


def test_a_person_of_the_projects_own_office_does_what_one_of_another_may_not(attempt: Try) -> None:
    def by(who: str, head: str = LEDGER) -> CaseResult:
        return attempt(f"{head}steps: [{{complete: sign, as: {who}}}]", *OF_OFFICE)

    passes(by("{role: applicant, office: 宿城区教育局}"))
    passes(by("{role: applicant, office: 宿城区教育局, person: 甲}"))
    passes(by("{role: applicant}"))
    fails(by("{role: applicant, office: 宿城区卫生健康局}"), "step 1", "“宿城区卫生健康局”的角色“applicant”办理", "其他单位的项目")
    fails(by("{role: applicant, office: 无此单位}"), "step 1", "没有单位“无此单位”", "宿城区教育局")
    fails(by("{role: aplicant, office: 宿城区教育局}"), "step 1", "没有角色“aplicant”")
    fails(by("{role: finance, office: 宿城区财政局}"), "step 1", "“宿城区财政局”的角色“finance”办理")
    own = "district: sucheng\nledger: {project: {applicantOffice: 宿城区新设局}}\n"
    passes(by("{role: applicant, office: 宿城区新设局}", own))  # an office that only the ledger knows
    unsaid = "district: sucheng\nvariables: {applicantOffice: 宿城区教育局}\n"
    passes(by("{role: applicant, office: 宿城区教育局}", unsaid))
    fails(by("{role: applicant, office: 宿城区卫生健康局}", unsaid), "step 1", "其他单位的项目")


def test_a_role_of_the_district_counts_in_its_own_offices_only(attempt: Try) -> None:
    body = d.start(), d.user("sign", '<zeebe:assignmentDefinition candidateGroups="finance"/>'), d.chain("start", "sign")
    passes(attempt("district: sucheng\nsteps: [{complete: sign, as: {role: finance, office: 宿城区财政局}}]", *body))
    fails(
        attempt("district: sucheng\nsteps: [{complete: sign, as: {role: finance, office: 宿城区数据局}}]", *body),
        "step 1",
        "宿城区财政局的",
    )


def test_a_task_of_one_person_is_done_by_that_person(attempt: Try) -> None:
    body = d.start(), d.user("sign", '<zeebe:assignmentDefinition assignee="甲"/>'), d.chain("start", "sign")
    passes(attempt("district: sucheng\nsteps: [{complete: sign, as: {role: finance, person: 甲}}]", *body))
    fails(attempt("district: sucheng\nsteps: [{complete: sign, as: {role: finance, person: 乙}}]", *body), "step 1", "(“乙”)办理,应由 甲")


def test_an_office_or_role_that_there_is_not_is_refused_even_where_nobody_is_asked_for(attempt: Try) -> None:
    fails(attempt("district: sucheng\nsteps: [{complete: sign, as: {role: finance, office: 无此单位}}]", *SIGN), "step 1", "无此单位")
    passes(attempt("steps: [{complete: sign, as: {role: applicant, office: 某局}}]", *OF_OFFICE))  # without a district none is known


# ---------------------------------------------------------------- time

TWO = (
    d.start(), d.user("sign"), d.boundary("remind", "sign", d.timer("Cycle", "R/P1M"), False), d.end("reminded"),
    d.boundary("limit", "sign", d.timer("Duration", "P6M")), d.end("late"),
    d.chain("start", "sign"), d.chain("remind", "reminded"), d.chain("limit", "late"),
)  # fmt: skip


def test_months_clamp_and_repetitions_do_not_drift(attempt: Try) -> None:
    passes(
        attempt(
            """
            steps:
              - expect: {timers: {remind: 2026-02-28T09:00:00+08:00, limit: "2026-07-31T01:00:00Z"}}
              - advance: P1M
              - expect: {timers: {remind: "2026-03-31T09:00:00+08:00"}, path: [sign, remind, reminded]}
              - advance: 2026-04-30T08:59:59+08:00
              - expect: {timers: {remind: 2026-04-30T09:00:00+08:00}}
              - advance: PT1S
              - expect: {timers: {remind: 2026-05-31T09:00:00+08:00}, tasks: {sign: 1}}
              - advance: 2026-07-31T09:00:00+08:00
            expect: {state: completed, timers: {}, path: [start, remind, reminded, remind, remind, limit, late]}
            """,
            *TWO,
        )
    )


def test_a_timer_that_is_not_where_expected_fails_with_both_instants(attempt: Try) -> None:
    fails(
        attempt("expect: {timers: {limit: 2026-07-31T09:00:01+08:00}}", *TWO),
        "expect",
        "2026-07-31T09:00:01+08:00",
        "2026-07-31T09:00:00+08:00",
    )
    fails(attempt("expect: {timers: {nobody: 2026-07-31T09:00:00+08:00}}", *TWO), "expect", "没有这个定时")
    fails(attempt("expect: {timers: {}}", *TWO), "expect", "remind")
    fails(attempt("expect: {timers: {limit: soon}}", *TWO), "expect", "不是时刻")


def test_several_timers_of_one_element(attempt: Try) -> None:
    waiting = d.catch("wait", d.timer("Date", "=item"))
    part = d.subprocess(
        "each", d.start("begin"), waiting, d.chain("begin", "wait"), loop=d.loop('=["2026-02-01", "2026-03-01T09:00:00+08:00"]', "item")
    )
    body = d.start(), part, d.chain("start", "each")
    passes(
        attempt(
            """
            steps:
              - expect: {timers: {wait: 2026-03-01T09:00:00+08:00}}
              - expect: {timers: {wait: 2026-02-01}}
              - expect: {timers: {wait: [2026-03-01T09:00:00+08:00, 2026-02-01T00:00:00+08:00]}}
              - advance: P1D
            expect: {timers: {wait: [2026-03-01T09:00:00+08:00], other: null}}
            """,
            *body,
        )
    )
    fails(attempt("expect: {timers: {wait: [2026-02-01]}}", *body), "expect", "2026-03-01")


def test_what_is_due_now_has_fired(attempt: Try) -> None:
    body = d.start(), d.catch("past", d.timer("Date", "2020-01-01")), d.catch("now", d.timer("Duration", "PT0S")), d.user("sign")
    passes(attempt("expect: {tasks: {sign: 1}, path: [start, past, now, sign]}", *body, d.chain("start", "past", "now", "sign")))


def test_timers_of_one_instant_fire_in_the_order_of_their_making(attempt: Try) -> None:
    names = ["first", "second", "third"]
    events = [d.catch(name, d.timer("Date", "2026-02-01")) + d.end(f"end_{name}") + d.flow(name, f"end_{name}") for name in names]
    body = d.start(), d.parallel("fork"), *events, d.flow("start", "fork"), *(d.flow("fork", name) for name in names)
    passes(attempt("steps: [{advance: P2D}]\nexpect: {path: [end_first, end_second, end_third]}", *body))


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("2026-01-30T00:00:00+08:00", "过去"),
        ("-P1D", "过去"),
        ("P", "时长"),
        ("tomorrow", "不是时刻"),
        ("{}", "不是时刻"),
        ("P9999Y", "范围"),
        ("12", "不是时刻"),
    ],
)
def test_an_advance_that_makes_no_sense_fails(attempt: Try, value: str, cause: str) -> None:
    fails(attempt(f"steps: [{{advance: {value}}}]", *SIGN), "step 1", cause)


def test_timers_without_end_fail_the_scenario_and_do_not_hang_it(attempt: Try) -> None:
    body = (
        d.start(),
        d.user("sign"),
        d.boundary("tick", "sign", d.timer("Cycle", "R/PT1S"), False),
        d.end("x"),
        d.chain("tick", "x"),
        d.chain("start", "sign"),
    )
    fails(attempt("steps: [{advance: P1Y}]", *body), "step 1", "tick", "没有尽头")


def test_cron_and_a_date_with_no_zone_are_read_in_the_district(attempt: Try) -> None:
    body = d.start(), d.user("sign"), d.boundary("nine", "sign", d.timer("Cycle", "0 0 9 * * MON-FRI"), False), d.chain("start", "sign")
    passes(
        attempt(
            """
            now: 2026-01-30 10:00:00
            steps:
              - expect: {timers: {nine: 2026-02-02T09:00:00+08:00}}
              - advance: P3D
            expect: {timers: {nine: "2026-02-03T01:00:00Z"}}
            """,
            *body,
        )
    )


# ---------------------------------------------------------------- how it begins


def test_a_message_starts_the_instance_and_brings_the_cases_variables(attempt: Try) -> None:
    body = d.start("asked", d.on_message("m")), d.user("sign"), d.chain("asked", "sign")
    scenario = """
        models: [m.bpmn]
        process: {process}
        variables: {{projectKey: 7, a: 1}}
        steps:
          - expect: {{tasks: {{sign: 0}}}}
          - message: {{name: ask, key: "=projectKey", with: {{a: 2}}}}
          - message: {{name: ask, key: 7}}
          - message: {{name: nobody, key: 7}}
        expect: {{tasks: {{sign: 1}}, variables: {{projectKey: 7, a: 2}}}}
        """
    for process in ("p", "null"):  # one runs already with this key: the second message meets nobody
        passes(attempt(scenario.format(process=process), *body, parts=(d.message("m", "ask"),)))


def test_the_process_begins_at_once_where_no_step_would_start_it(attempt: Try) -> None:
    body = d.start("asked", d.on_message("m")), d.user("sign"), d.chain("asked", "sign")
    passes(attempt("variables: {a: 1}\nexpect: {tasks: {sign: 1}, variables: {a: 1}}", *body, parts=(d.message("m", "ask"),)))


def test_a_signal_starts_and_wakes(attempt: Try) -> None:
    wait = d.catch("hear", d.on_signal("s"))
    body = d.start("called", d.on_signal("s")), wait, d.user("sign"), d.chain("called", "hear", "sign")
    passes(
        attempt(
            """
            steps:
              - signal: {name: go, with: {a: 1}}
              - expect: {path: [called, hear], tasks: {sign: 0}}
              - signal: go
            expect: {tasks: {sign: 1}, path: [called, hear, sign, called, hear], variables: {a: 1}}
            """,
            *body,
            parts=(d.signal("s", "go"),),
        )
    )


def test_a_timer_starts_the_instance_when_it_is_due(attempt: Try) -> None:
    body = d.start("daily", d.timer("Cycle", "R2/P1D")), d.user("sign"), d.chain("daily", "sign")
    passes(
        attempt(
            """
            variables: {a: 1}
            steps:
              - expect: {tasks: {sign: 0}, timers: {daily: 2026-02-01T09:00:00+08:00}}
              - advance: P1D
              - expect: {tasks: {sign: 1}, variables: {a: 1}, timers: {daily: 2026-02-02T09:00:00+08:00}}
              - advance: P10D
            expect: {tasks: {sign: 2}, timers: {daily: null}}
            """,
            *body,
        )
    )
    passes(attempt("expect: {tasks: {sign: 1}}", *body))  # where no step moves the clock it begins at once


# ---------------------------------------------------------------- messages, jobs, incidents

CATCH = (d.start(), d.catch("wait", d.on_message("m")), d.end(), d.chain("start", "wait", "end"))


@pytest.mark.parametrize(
    ("key", "meets"),
    [("a-1", True), ('"=k"', True), ("a-2", False), ('"=lower case(upper case(k))"', True), ('"=unknown"', False), ("~", False)],
)
def test_a_message_meets_its_key_and_meeting_nobody_is_no_failure(attempt: Try, key: str, meets: bool) -> None:
    text = f"variables: {{k: a-1}}\nsteps: [{{message: {{name: ask, key: {key}, with: {{b: 1}}}}}}]\nexpect: {{state: {'completed' if meets else 'active'}}}"
    passes(attempt(text, *CATCH, parts=(d.message("m", "ask", "=k"),)))


def test_a_number_is_a_key_as_it_is_written(attempt: Try) -> None:
    text = "variables: {k: 1001}\nsteps: [{message: {name: ask, key: 1001.0}}]\nexpect: {state: completed}"
    passes(attempt(text, *CATCH, parts=(d.message("m", "ask", "=k"),)))


def test_jobs_of_connectors_complete_by_themselves_unless_they_are_held(attempt: Try) -> None:
    told = d.service("tell", "notify", d.headers(title="已办结", to="owner"))
    body = d.start(), told, d.service("send", "mail"), d.end(), d.chain("start", "tell", "send", "end")
    passes(attempt("expect: {jobs: {mail: 1, notify: 0}, path: [tell, send], notices: {applicant: 1}}", *body))
    passes(
        attempt(
            """
            hold: [notify]
            steps:
              - expect: {jobs: {notify: 1}}
              - job: {type: notify, complete: {a: 1}}
              - job: {type: mail, fail: {retries: 2, message: 稍后再试}}
              - expect: {jobs: {send: 1}, incidents: 0}
              - job: {type: mail, fail: {retries: 0, message: 没有网络}}
              - expect: {jobs: {}, incidents: [send]}
              - resolve: send
              - expect: {incidents: 0, jobs: {mail: 1}}
              - job: {element: send}
            expect: {state: completed, variables: {a: 1}}
            """,
            *body,
        )
    )
    fails(attempt("steps: [{job: {type: notify, complete: {}}}]", *body), "step 1", "hold", "mail")
    fails(attempt("steps: [{job: {type: mail, complete: {}, fail: {}}}]", *body), "step 1", "之一")
    fails(attempt("steps: [{job: {type: mail, fail: {retries: -1}}}]", *body), "step 1", "retries")


def test_an_error_of_a_job_is_caught_or_an_incident(attempt: Try) -> None:
    caught = d.boundary("refused", "send", d.on_error("e"))
    body = d.start(), d.service("send", "mail"), caught, d.end("no_mail"), d.chain("start", "send"), d.chain("refused", "no_mail")
    passes(
        attempt(
            "steps: [{job: {type: mail, error: NO_MAIL}}]\nexpect: {path: [send, refused, no_mail]}",
            *body,
            parts=(d.error("e", "NO_MAIL"),),
        )
    )
    passes(attempt("steps: [{job: {type: mail, error: OTHER}}]\nexpect: {incidents: {send: 1}}", *body, parts=(d.error("e", "NO_MAIL"),)))


GATE = (
    d.start(), d.user("sign"), d.exclusive("which"), d.user("large"), d.end("small"),
    d.chain("start", "sign", "which"), d.flow("which", "large", "=amount > 4000000"), d.flow("which", "small", "=amount <= 4000000"),
)  # fmt: skip


def test_an_incident_has_to_be_named_at_its_moment(attempt: Try) -> None:
    passes(
        attempt(
            """
            steps:
              - complete: sign
              - expect: {incidents: 1}
              - set: {amount: 4000000.01}
              - resolve: which
            expect: {incidents: [], tasks: {large: 1}}
            """,
            *GATE,
        )
    )
    fails(
        attempt("steps: [{complete: sign}, {set: {amount: 1}}, {resolve: which}]", *GATE),
        "step 2",
        "没有预期的事故",
        "which(CONDITION_ERROR)",
    )
    fails(attempt("steps: [{complete: sign}, {expect: {tasks: {}}}]", *GATE), "expect", "没有预期的事故")
    fails(attempt("steps: [{complete: sign}]\nexpect: {incidents: 0}", *GATE), "expect", "which")
    fails(attempt("steps: [{resolve: which}]", *GATE), "step 1", "没有事故")


def test_several_incidents_are_named_by_count_or_by_element(attempt: Try) -> None:
    body = (
        d.start(),
        d.script(
            "each",
            "=1",
            "x",
            d.io(None, {"y": "=[1][2].z.q"}),
        ),
        d.service("s", "=null"),
        d.chain("start", "s"),
    )
    passes(attempt("expect: {incidents: [s]}", *body))
    passes(attempt("expect: {incidents: s}", *body))
    fails(attempt("expect: {incidents: [other]}", *body), "expect", "s(")
    fails(attempt("expect: {incidents: 2}", *body), "expect")


# ---------------------------------------------------------------- values


def test_amounts_keep_their_last_cent(attempt: Try) -> None:
    cases = """
        variables: {amount: 4000000.00}
        steps: [{complete: sign}]
        expect: {state: completed, variables: {amount: 4000000}}
        """
    passes(attempt(cases, *GATE))
    passes(
        attempt(
            cases.replace("4000000.00}", "4_000_000.01}")
            .replace("state: completed, ", "tasks: {large: 1}, ")
            .replace("4000000}", "4000000.01}"),
            *GATE,
        )
    )
    fails(
        attempt(cases.replace("{amount: 4000000}", "{amount: 4000000.01}"), *GATE), "expect", "变量“amount”应为 4000000.01,实为 4000000.00"
    )


def test_values_compare_as_an_analyst_means_them(attempt: Try) -> None:
    passes(
        attempt(
            """
            variables: {at: 2026-03-10T09:00:00+08:00, text: "2026-03-10T01:00:00Z", on: 2026-03-10, yes: no, n: null, e: 1e3, l: [0.10, {x: 010}], t: true}
            expect:
              variables: {at: "2026-03-10T01:00:00Z", text: 2026-03-10T09:00:00+08:00, on: "2026-03-10", yes: "no", n: ~, missing: null, e: 1000.0, l: [0.1, {x: 10}], t: true}
            """,
            *SIGN,
        )
    )
    for wanted in ("at: 2026-03-10T09:00:01+08:00", "on: 2026-03-11", 't: "true"', "t: 1", "e: 1001", "l: [0.1]", "n: 0", "text: null"):
        fails(
            attempt(
                f"variables: {{at: 2026-03-10T09:00:00+08:00, text: x, on: 2026-03-10, n: null, e: 1e3, l: [0.1, 2], t: true}}\nexpect: {{variables: {{{wanted}}}}}",
                *SIGN,
            ),
            "expect",
            "变量",
        )


def test_no_variables_at_all(attempt: Try) -> None:
    passes(attempt("expect: {variables: {}}", *SIGN))
    fails(attempt("variables: {a: 1}\nexpect: {variables: {}}", *SIGN), "expect", "a")


def test_a_decision_is_known_by_its_rows(attempt: Try) -> None:
    body = d.start(), d.rule("choose", "route", "route"), d.chain("start", "choose")
    table = {"route.dmn": TABLE.encode()}
    models = "models: [m.bpmn, route.dmn]\n"
    passes(
        attempt(
            models + "variables: {amount: 4000000}\nexpect: {decision: {route: [small], other: null}, variables: {route: FILE}}",
            *body,
            files=table,
        )
    )
    passes(attempt(models + "variables: {amount: 4000000.01}\nexpect: {decision: {route: large}}", *body, files=table))
    passes(attempt(models + "expect: {decision: {route: []}, variables: {route: null}}", *body, files=table))
    fails(attempt(models + "variables: {amount: 1}\nexpect: {decision: {route: [large]}}", *body, files=table), "expect", "small", "large")
    fails(attempt(models + "variables: {amount: 1}\nexpect: {decision: {rout: [small]}}", *body, files=table), "expect", "未判定过")
    fails(attempt(models + "variables: {amount: 1}\nexpect: {decision: {}}", *body, files=table), "expect", "route")


# ---------------------------------------------------------------- models


def test_what_the_models_call_and_nobody_has_is_an_incident(attempt: Try) -> None:
    body = d.start(), d.call("call", "child"), d.end(), d.chain("start", "call", "end")
    passes(attempt("expect: {incidents: [call]}", *body))
    child = d.file(d.process(d.start("begin"), d.user("inner"), d.chain("begin", "inner"), id="child"))
    text = "models: [m.bpmn, child.bpmn]\nsteps: [{complete: inner}]\nexpect: {state: completed, path: [start, call, begin, inner, end]}"
    passes(attempt(text, *body, files={"child.bpmn": child}))


def test_what_is_not_among_the_models_comes_from_the_installation(attempt: Try) -> None:
    rule = d.rule("ask", "supervision", "supervision")
    body = d.start(), rule, d.chain("start", "ask")
    passes(attempt("district: sucheng\nexpect: {incidents: 0, path: [ask]}", *body))
    passes(attempt("expect: {incidents: [ask]}", *body))  # without a district no district's tables are seen


def test_a_district_sees_its_own_files_and_not_anothers(attempt: Try) -> None:
    body = d.start(), d.rule("choose", "route", "route"), d.chain("start", "choose")
    files = {
        "dmn/sucheng/route.dmn": TABLE.encode(),
        "dmn/fengxian/route.dmn": TABLE.replace("4000000", "5000000").encode(),
        "dmn/route.dmn": TABLE.replace("4000000", "3000000").encode(),
    }
    text = "models: [m.bpmn, dmn/sucheng/route.dmn, dmn/fengxian/route.dmn, dmn/route.dmn]\nvariables: {amount: 4500000}\n"
    passes(attempt(text + "district: sucheng\nexpect: {decision: {route: [large]}}", *body, files=files))
    passes(attempt(text + "district: fengxian\nexpect: {decision: {route: [small]}}", *body, files=files))
    passes(attempt(text + "expect: {decision: {route: [large]}}", *body, files=files))


def test_a_missing_process_or_file_is_said(attempt: Try) -> None:
    fails(attempt("process: q", *SIGN), "start", "没有流程“q”", "可用:p")
    fails(attempt("models: [other.bpmn]", *SIGN), "models", "other.bpmn")
    fails(attempt("process: review\nexpect: {}"), "start", "district")
    fails(attempt("process: review\ndistrict: suchen"), "models", "没有区“suchen”", "sucheng")
    broken = d.file(d.process(d.start(), d.flow("start", "nowhere"), id="p"))
    fails(attempt("models: [b.bpmn]\nprocess: p", files={"b.bpmn": broken}), "models", "nowhere")


def test_the_example_of_the_guide_holds(attempt: Try) -> None:
    """A listed shared diagram finds the district's tables and forms."""
    (result,) = Suite(Shelf(ROOT)).run(ROOT / "scenarios" / "sucheng" / "acceptance_window.yaml")
    passes(result)
    due = ("竣工验收申请", "项目建设总结", "系统测试报告", "试运行报告", "用户意见")
    papers = ", ".join(f"{{name: {name}, files: [{{document: {name}.pdf}}]}}" for name in due)
    text = f"""
        models: [{ROOT / "bpmn" / "acceptance.bpmn"}]
        process: acceptance
        district: sucheng
        now: 2026-03-10T09:00:00+08:00
        variables: {{totalAmount: 4000000.01, softwareDevelopment: true}}
        steps:
          - expect: {{tasks: {{prepare_materials: 1, hold_acceptance: 0}}, timers: {{trial_limit: "2026-09-11T00:00:00+08:00"}}}}
          - advance: 2026-06-11T00:00:00+08:00
          - complete: prepare_materials
            as: applicant
            with: {{selfCheck: true, acceptanceMaterials: [{papers}]}}
        """
    passes(attempt(text))


# ---------------------------------------------------------------- files and cases


def test_cases_are_merged_over_the_file_and_each_counts(tmp_path: Path, suite: Suite) -> None:
    (tmp_path / "m.bpmn").write_bytes(d.file(d.process(*GATE)))
    scenario = tmp_path / "s.yaml"
    scenario.write_text(
        dedent("""
        models: [m.bpmn]
        process: p
        variables: {amount: 1, kept: true}
        steps: [{complete: sign}]
        expect: {state: completed, variables: {kept: true}}
        cases:
          - {name: 小额}
          - {name: 整数, variables: {amount: 4000000}}
          - {name: 多一分, now: 2026-06-01T00:00:00+08:00, variables: {amount: 4000000.01}, expect: {state: active, tasks: {large: 1}}}
          - {name: 写错, variables: {amount: 4000000.01}}
        """),
        "utf-8",
    )
    results = suite.run(scenario)
    assert [(result.case, result.ok) for result in results] == [("小额", True), ("整数", True), ("多一分", True), ("写错", False)]
    reply = CliRunner().invoke(cli.main, ["test", str(scenario), "--json"])
    assert reply.exit_code == 1
    data = json.loads(reply.stdout)
    assert (data["passed"], data["failed"]) == (3, 1)
    assert set(data) == {"passed", "failed", "results"}
    assert data["results"][3] == {
        "file": str(scenario), "case": "写错", "ok": False, "step": "expect", "difference": "状态应为 completed,实为 active",
    }  # fmt: skip


def test_the_command_tells_people_the_step_and_the_elements_by_their_names(tmp_path: Path) -> None:
    body = (
        d.start(),
        d.user("sign", '<zeebe:assignmentDefinition candidateGroups="finance"/>').replace('name="sign"', 'name="会签"'),
        d.end(),
        d.chain("start", "sign", "end"),
    )
    (tmp_path / "p.bpmn").write_bytes(d.file(d.process(*body)))
    scenario = tmp_path / "s.yaml"
    scenario.write_text("models: [p.bpmn]\nprocess: p\ndistrict: sucheng\nsteps: [{complete: sign, as: applicant}]\n", "utf-8")
    reply = CliRunner().invoke(cli.main, ["test", str(scenario)])
    assert (reply.exit_code, "step" in reply.stderr) == (1, False)
    assert "第 1 步 办理“会签”:“会签”不由角色“申报" in reply.stderr
    scenario.write_text("models: [nothing.bpmn]\nprocess: p\n", "utf-8")
    assert f"未通过 {scenario} 读取模型时:" in CliRunner().invoke(cli.main, ["test", str(scenario)]).stderr


def test_the_command_exits_with_0_when_all_pass_and_fails_on_nothing(tmp_path: Path) -> None:
    assert CliRunner().invoke(cli.main, ["test", str(ROOT / "scenarios" / "sucheng" / "acceptance_window.yaml")]).exit_code == 0
    assert CliRunner().invoke(cli.main, ["test", str(tmp_path)]).exit_code == 1


BAD = {
    "empty": ("", "对象"),
    "list": ("- 1", "对象"),
    "not_yaml": ("a: [", "第 1 行"),
    "tab": ("a:\n\t- 1", "YAML"),
    "twice": ("process: p\nprocess: q", "第 2 行的键“process”重复"),
    "unknown_key": ("proces: p", "proces"),
    "unknown_step": ("steps: [{wait: P1D}]", "第 1 步"),
    "two_actions": ("steps: [{complete: a, advance: P1D}]", "恰有一个动作"),
    "unknown_beside": ("steps: [{complete: a, who: b}]", "who"),
    "unknown_expectation": ("expect: {task: {a: 1}}", "task"),
    "expectation_in_step": ("steps: [{expect: {path: {a: 1}}}]", "path"),
    "count_of_text": ("expect: {tasks: {a: one}}", "tasks"),
    "negative_count": ("expect: {tasks: {a: -1}}", "tasks"),
    "state": ("expect: {state: done}", "completed"),
    "cases_object": ("cases: {name: x}", "列表"),
    "no_cases": ("cases: []", "列表"),
    "unknown_in_case": ("cases: [{name: x, district: y}]", "district"),
    "variables_list": ("variables: [1]", "variables"),
    "steps_object": ("steps: {complete: a}", "steps"),
    "models_number": ("models: [1]", "models"),
    "python": ("process: !!python/object/apply:os.system [id]", "标签"),
    "nan": ("variables: {a: .nan}", "数字"),
    "million_digits": ("variables: {a: " + "9" * 900_000 + "}", "数字"),
    "deep": ("variables: " + "[" * 5_000, "嵌套"),
    "laughs": (
        "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)),
        "展开",
    ),
    "two_megabytes": ("#" * 2_000_000, "超过"),
    "nul": ("process: \x00", "YAML"),
    "name_list": ("name: [1]", "场景文件的 name 应是文字"),
    "name_number": ("name: 2026", "name 应是文字"),
    "name_of_case": ("cases: [{name: {a: 1}}, {name: x}]", "cases 的第 1 项的 name 应是文字"),
    "description": ("description: [1]", "description 应是文字"),
    "now": ("now: soon", "now:soon 不是时刻"),
    "now_object": ("now: {a: 1}", "now:{a: 1} 不是时刻"),
    "now_of_no_zone": ("now: 9999-12-31T23:59:59-08:00", "年份应在 2 至 9998 之间"),
    "incidents": ("expect: {incidents: -1}", "expect 的 incidents 应是个数(不小于 0)"),
    "incidents_fraction": ("expect: {incidents: 1.5}", "incidents"),
    "incidents_counted_wrongly": ("expect: {incidents: {a: -1}}", "incidents"),
    "incidents_unnamed": ("expect: {incidents: [1]}", "incidents"),
    "as_list": ("steps: [{complete: a, as: [applicant]}]", "第 1 步的 as 应是角色的键"),
    "as_number": ("steps: [{complete: a, as: 5}]", "第 1 步的 as 应是角色的键"),
    "as_empty": ("steps: [{complete: a, as: {}}]", "第 1 步的 as 应写明角色(role)"),
    "as_blank": ('steps: [{complete: a, as: ""}]', "第 1 步的 as 应写明角色(role)"),
    "as_no_role": ("steps: [{complete: a, as: {office: 局}}]", "第 1 步的 as 应写明角色(role)"),
    "as_unknown": ("steps: [{complete: a, as: {role: a, offce: 局}}]", "第 1 步的 as含有不认识的键“offce”"),
    "as_role_list": ("steps: [{complete: a, as: {role: [a]}}]", "第 1 步的 as的 role 应是文字"),
    "as_office_object": ("steps: [{complete: a, as: {role: a, office: {key: x}}}]", "第 1 步的 as的 office 应是文字"),
    "as_person_object": ("steps: [{complete: a, as: {role: a, person: {a: 1}}}]", "第 1 步的 as的 person 应是文字"),
    "half_a_character": ('variables: {a: "\\ud800"}', "第 1 行第 16 列的文字含有不完整的字符"),
    "half_a_characters_key": ('variables: {"\\ud800": 1}', "不完整的字符"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_makes_no_sense_is_one_failure_with_its_place(tmp_path: Path, suite: Suite, name: str) -> None:
    text, cause = BAD[name]
    scenario = tmp_path / "bad.yaml"
    scenario.write_text(text, "utf-8")
    (result,) = suite.run(scenario)
    fails(result, "file", "bad.yaml", cause)


def test_a_file_of_another_encoding_is_a_failure_too(tmp_path: Path, suite: Suite) -> None:
    (tmp_path / "bad.yaml").write_bytes("process: 验收".encode("gbk"))
    (result,) = suite.run(tmp_path / "bad.yaml")
    fails(result, "file", "UTF-8")
    (result,) = suite.run(tmp_path / "none.yaml")
    fails(result, "file", "无法读取")


# ---------------------------------------------------------------------- 退回

RETURNED = [
    d.start(), d.user("a"), d.user("b"), d.user("c", back("*")), d.end(), d.chain("start", "a", "b", "c", "end"),
]  # fmt: skip
AT_C = """
steps:
  - complete: a
  - complete: b
"""


@pytest.mark.parametrize(("straight", "then"), [("false", "b"), ("true", "c")])
def test_a_task_is_returned_step_by_step_or_straight_back(attempt: Try, straight: str, then: str) -> None:
    result = attempt(
        AT_C
        + f"""  - return: {{from: c, to: a, straight: {straight}, reason: 金额不符, within: P5D}}
  - expect: {{tasks: {{a: 1, b: 0, c: 0}}}}
  - complete: a
expect: {{tasks: {{{then}: 1}}}}
""",
        *RETURNED,
    )
    assert result.ok, result.difference


def test_a_return_has_a_role_and_a_date_will_do(attempt: Try) -> None:
    clerks = d.user("c", '<zeebe:assignmentDefinition candidateGroups="clerk"/>' + back("*"))
    result = attempt(
        AT_C + "  - {return: {from: c, to: b, reason: 补充, within: 2026-01-31}, as: clerk}\nexpect: {tasks: {b: 1}}\n",
        *RETURNED[:3], clerks, *RETURNED[4:],
    )  # fmt: skip
    assert result.ok, result.difference


def test_of_a_multi_instance_task_the_named_ones_are_done_again(attempt: Try) -> None:
    result = attempt(
        """
        steps:
          - complete: m
          - complete: m
          - return: {from: c, to: m, reason: 补充, within: P1D, instances: [2]}
          - complete: {task: m, where: "=i = 20"}
        expect: {tasks: {m: 0, c: 1}}
        """,
        d.start(),
        d.user("m", "", d.loop("=[10, 20]", "i")),
        d.user("c", back("m")),
        d.end(),
        d.chain("start", "m", "c", "end"),
    )
    assert result.ok, result.difference


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("{from: c, to: a, within: P5D}", "reason"),
        ("{from: c, to: a, reason: '　', within: P5D}", "reason"),
        ("{from: c, to: a, reason: 因}", "within"),
        ("{from: c, to: a, reason: 因, within: 5}", "within"),
        ("{from: c, to: a, reason: 因, within: PX}", "within"),
        ("{from: c, to: a, reason: 因, within: 2026-01-30}", "不能早于当天"),
        ("{from: c, to: a, reason: 因, within: -P1D}", "within"),
        ("{from: c, to: a, reason: 因, within: P1D, straight: 是}", "straight"),
        ("{from: c, to: a, reason: 因, within: P1D, instances: [1]}", "不能挑选实例"),
        ("{from: c, to: a, reason: 因, within: P1D, instances: 1}", "instances"),
        ("{from: c, to: nowhere, reason: 因, within: P1D}", "nowhere"),
        ("{from: c, reason: 因, within: P1D}", "(to)"),
        ("{from: a, to: a, reason: 因, within: P1D}", "没有可办理的事项“a”"),
        ("{from: c, to: a, why: 因, within: P1D}", "不认识的键“why”"),
        ("c", "(to)"),
    ],
)
def test_a_return_that_the_server_would_refuse_fails_by_name(attempt: Try, asked: str, said: str) -> None:
    result = attempt(AT_C + f"  - return: {asked}\n", *RETURNED)
    assert (result.ok, result.step) == (False, "step 3")
    assert said in result.difference


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without its scanner in C")
def test_a_scenario_is_read_by_the_faster_scanner() -> None:
    read: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scenario_yaml.yaml, "load", lambda text, Loader: read.append(Loader.__name__))
        scenario_yaml.load(b"name: x")
    assert read == ["Faster"]
