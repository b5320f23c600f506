"""Scenarios whose models read and write the ledger: facts, phases, registers, numbers, notices and messages as on the server, in memory."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from textwrap import dedent

import pytest

from app.config import Config
from app.rehearsal.ledger import LedgerInMemory
from app.rehearsal.library import Models, Shelf
from app.rehearsal.run import Rehearsal
from app.rehearsal.scenarios import CaseResult, Suite
from tests.unit.engine import diagrams as d

ROOT = Path(__file__).parents[3]
BEGIN = datetime.fromisoformat("2026-03-10T09:00:00+08:00")
Try = Callable[..., CaseResult]
CONTRACT = {
    "id": "records.deal",
    "title": "成交登记",
    "schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["no", "amount"],
        "properties": {"no": {"type": "string", "title": "编号"}, "amount": {"type": "number", "title": "金额", "x-format": "money"}},
    },
}


@pytest.fixture(scope="module")
def suite() -> Suite:
    return Suite(Shelf(ROOT))


@pytest.fixture
def attempt(tmp_path: Path, suite: Suite) -> Try:
    """A scenario of the diagrams ``p`` (the body) and others, in Sucheng."""

    def run(text: str, *body: str, parts: tuple[str, ...] = (), others: tuple[str, ...] = ()) -> CaseResult:
        (tmp_path / "m.bpmn").write_bytes(d.file(*parts, d.process(*body), *others))
        (tmp_path / "records.deal.json").write_text(json.dumps(CONTRACT), "utf-8")
        scenario = tmp_path / "s.yaml"
        head = "models: [m.bpmn, records.deal.json]\nprocess: p\ndistrict: sucheng\nnow: 2026-03-10T09:00:00+08:00\n"
        scenario.write_text(head + dedent(text).strip("\n"), "utf-8")
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


def row(*tasks: str) -> tuple[str, ...]:
    """Tasks one after the other, the last one a person's."""
    names = [task.split('id="')[1].split('"')[0] for task in tasks]
    return (d.start(), *tasks, d.user("sign"), d.chain("start", *names, "sign"))


MOVE = d.service("move", "move_phase", d.headers(phase="trial"))
READ = d.service("look", "read_project")
WRITE = d.service("write", "update_project", d.io({"totalAmount": "=totalAmount * 2", "planYear": "=2027", "purpose": "=null"}))
DEAL = d.service("deal", "put_record", d.headers(kind="deal") + d.io({"no": "=no", "amount": "=totalAmount"}, {"deal": "=recordKey"}))


# ---------------------------------------------------------------- what a file without a ledger begins with


def test_a_file_without_a_ledger_has_a_project_whose_facts_are_its_variables(attempt: Try) -> None:
    passes(
        attempt(
            """
            variables: {projectKey: "1001", projectName: 平台, totalAmount: 4000000.01, phase: building, purpose: 旧}
            expect:
              phase: trial
              ledger: {projectKey: "1001", projectName: 平台, totalAmount: 8000000.02, planYear: 2027, phase: trial, purpose: null}
              variables: {totalAmount: 4000000.01, planYear: 2027, phase: trial}
            """,
            *row(WRITE, MOVE),
        )
    )


def test_an_administrators_change_reaches_the_facts_too_where_variables_are_facts(attempt: Try) -> None:
    body = (d.start(), d.user("wait"), READ, d.user("sign"), d.chain("start", "wait", "look", "sign"))
    steps = "steps: [{set: {totalAmount: 7}}, {complete: wait}]\n"
    passes(attempt(f"variables: {{totalAmount: 5}}\n{steps}expect: {{variables: {{totalAmount: 7}}, ledger: {{totalAmount: 7}}}}", *body))
    told = "ledger: {project: {totalAmount: 5}}\n"
    passes(attempt(f"{told}{steps}expect: {{variables: {{totalAmount: 5}}, ledger: {{totalAmount: 5}}}}", *body))


def test_what_is_read_of_a_project_of_which_nothing_is_said(attempt: Try) -> None:
    passes(attempt("expect: {variables: {phase: draft}, ledger: {applicantOffice: 宿城区机关事务管理局}}", *row(READ)))


def test_a_project_of_which_nothing_is_said_stands_before_the_first_phase_that_is_declared(attempt: Try) -> None:
    declared = '<zeebe:properties><zeebe:property name="phase" value="trial"/></zeebe:properties>'
    trial = d.subprocess("part", d.start("in"), d.user("sign"), d.chain("in", "sign"), extensions=declared)
    passes(attempt("expect: {phase: trial, tasks: {sign: 1}}", d.start(), trial, d.chain("start", "part")))


def test_a_process_by_the_year_has_no_project(attempt: Try) -> None:
    text = "process: annual_plan\nexpect: {phase: null, ledger: {}, incidents: [move]}"
    models = d.process(*row(MOVE), id="annual_plan")
    result = attempt(text.replace("process: annual_plan\n", ""), *row(MOVE))
    fails(result, "expect", "事故应为")
    path = Path(result.file)
    path.with_name("m.bpmn").write_bytes(d.file(models))
    path.write_text(path.read_text("utf-8").replace("process: p\n", "process: annual_plan\n"), "utf-8")
    (again,) = Suite(Shelf(ROOT)).run(path)
    passes(again)


# ---------------------------------------------------------------- what a file says of it


def test_a_file_says_project_registers_and_others(attempt: Try) -> None:
    near = d.service("near", "query_projects", d.io({"planYear": "=2027", "phase": '="planned"'}, {"peers": "=projects.projectName"}))
    deals = d.service("deals", "query_records", d.headers(kind="deal") + d.io({}, {"own": "=records.amount"}))
    every = d.service(
        "every", "query_records", d.headers(kind="deal", scope="district") + d.io({"no": '="HT-9"'}, {"other": "=records.amount"})
    )
    passes(
        attempt(
            """
            ledger:
              project: {phase: trial, totalAmount: 4000000.01, applicantOffice: {key: sc_x, name: 某局}, implementerOffice: 某公司}
              records: {deal: [{no: HT-1, amount: 3900000}, {no: HT-2, amount: 0.01}]}
              others:
                - {project: {projectName: 甲, phase: planned, planYear: 2027}, records: {deal: [{no: HT-9, amount: 1}]}}
                - {project: {projectName: 乙, phase: planned, planYear: 2026}}
                - {project: {projectName: 丙, phase: draft, planYear: 2027}}
            expect:
              variables: {peers: [甲], own: [3900000, 0.01], other: [1]}
              ledger: {applicantOffice: 某局, implementerOffice: 某公司, totalAmount: 4000000.01}
              phase: trial
              records: {deal: [{no: HT-1}, {amount: 0.01}]}
            """,
            *row(near, deals, every),
        )
    )


def test_a_ledger_without_a_project_is_that_of_a_process_without_one(attempt: Try) -> None:
    passes(attempt("ledger: {}\nexpect: {incidents: [look], phase: null, ledger: {}, records: {}}", *row(READ)))


@pytest.mark.parametrize(
    ("ledger", "step", "cause"),
    [
        ("{project: {phase: nonsense}}", "start", "阶段“nonsense”"),
        ("{records: {nowhere: []}}", "start", "登记簿“nowhere”"),
        ("{records: {deal: [{amout: 1}]}}", "start", "amout"),
        ("{projects: {}}", "file", "projects"),
        ("[]", "file", "ledger"),
        ("{project: []}", "file", "project"),
        ("{records: {deal: {no: 1}}}", "file", "records"),
        ("{others: [{records: {}}]}", "file", "others"),
        ("{others: [{project: {a: 1}, others: []}]}", "file", "others"),
    ],
)
def test_a_ledger_that_makes_no_sense_is_refused_with_its_place(attempt: Try, ledger: str, step: str, cause: str) -> None:
    fails(attempt(f"ledger: {ledger}", *row(READ)), step, cause)


def test_a_case_may_have_a_ledger_of_its_own(tmp_path: Path, suite: Suite) -> None:
    (tmp_path / "m.bpmn").write_bytes(d.file(d.process(*row(READ))))
    scenario = tmp_path / "s.yaml"
    scenario.write_text(
        dedent("""
        models: [m.bpmn]
        process: p
        district: sucheng
        ledger: {project: {totalAmount: 1}}
        expect: {variables: {totalAmount: 1}}
        cases:
          - {name: 同上}
          - {name: 另一, ledger: {project: {totalAmount: 2}}, expect: {variables: {totalAmount: 2}}}
        """),
        "utf-8",
    )
    assert [(result.case, result.ok) for result in suite.run(scenario)] == [("同上", True), ("另一", True)]


# ---------------------------------------------------------------- what is expected of it


def test_a_difference_says_what_was_wanted_and_what_there_is(attempt: Try) -> None:
    body = row(DEAL, MOVE, d.service("tell", "notify", d.headers(title="已登记", to="owner finance")))
    head = "variables: {totalAmount: 10.5, no: HT-1}\n"
    passes(
        attempt(
            head
            + "expect: {records: {deal: [{no: HT-1, amount: 10.50}], contract: []}, notices: {applicant: 1, finance: 1}, phase: trial}",
            *body,
        )
    )
    passes(attempt(head + "expect: {notices: {宿城区机关事务管理局: 1, data_bureau: 0}}", *body))
    passes(attempt(head + "expect: {notices: 2}", *body))
    fails(attempt(head + "expect: {phase: building}", *body), "expect", "阶段应为 building,实为 trial")
    fails(attempt(head + "expect: {ledger: {totalAmount: 10.6}}", *body), "expect", "台账的“totalAmount”应为 10.6,实为 10.5")
    fails(attempt(head + "expect: {ledger: {nobody: 1}}", *body), "expect", "没有这个字段")
    fails(attempt(head + "expect: {ledger: {}}", *body), "expect", "台账应当没有")
    fails(attempt(head + "expect: {records: {deal: []}}", *body), "expect", "登记簿“deal”应有 0 条,实有 1 条", "HT-1")
    fails(attempt(head + "expect: {records: {deal: [{amount: 10.51}]}}", *body), "expect", "第 1 条的“amount”应为 10.51,实为 10.5")
    fails(attempt(head + "expect: {records: {deal: [{note: x}]}}", *body), "expect", "没有填写")
    fails(attempt(head + "expect: {records: {}}", *body), "expect", "deal")
    fails(attempt(head + "expect: {notices: {finance: 2}}", *body), "expect", "通知“finance”应有 2 个,实有 1 个")
    fails(attempt(head + "expect: {notices: {}}", *body), "expect", "通知应有 0 个")
    for wrong in ("records: [deal]", "records: {deal: {no: 1}}", "ledger: [totalAmount]", "phase: 1", "notices: {finance: many}"):
        fails(attempt(head + f"expect: {{{wrong}}}", *body), "file", wrong.partition(":")[0])


# ---------------------------------------------------------------- what stops a task on the server stops it here


@pytest.mark.parametrize(
    ("task", "causes"),
    [
        (d.service("t", "move_phase", d.headers(phase="nonsense")), ("阶段“nonsense”不在", "draft")),
        (d.service("t", "move_phase", d.headers(phaze="trial")), ("缺少任务头", "phaze")),
        (d.service("t", "put_record", d.headers(kind="deel")), ("forms/records/deel.json",)),
        (d.service("t", "put_record", d.headers(kind="deal") + d.io({"no": "=1"})), ("成交登记", "金额")),
        (d.service("t", "query_records", d.headers(kind="deel")), ("forms/records/deel.json",)),
        (d.service("t", "query_records", d.headers(kind="deal", scope="world")), ("scope",)),
        (d.service("t", "notify", d.headers(title="x", to="fnance")), ("角色“fnance”",)),
        (d.service("t", "mark_overdue", d.headers(event="opinion", to="fnance")), ("角色“fnance”",)),
        (d.service("t", "assign_role", d.headers(role="finance") + d.io({"office": '="某局"'})), ("角色“finance”",)),
        (d.service("t", "assign_role", d.headers(role="implementer") + d.io({"office": "=1"})), ("office",)),
        (d.service("t", "update_project", d.io({"totalAmount": '="多"'})), ("totalAmount",)),
        (d.service("t", "query_projects", d.io({"phase": '="nowhere"'})), ("phase",)),
        (d.service("t", "publish_message", d.headers(messageName="m", timeToLive="30 days")), ("timeToLive",)),
        (d.service("t", "allot_number"), ("缺少任务头", "kind")),
    ],
)
def test_what_a_task_cannot_do_is_an_incident_that_names_it(attempt: Try, task: str, causes: tuple[str, ...]) -> None:
    fails(attempt("expect: {tasks: {sign: 1}}", *row(task)), "expect", "没有预期的事故", "t(JOB_NO_RETRIES)", *causes)
    passes(attempt("expect: {incidents: [t], records: {}, notices: {}}", *row(task)))


def test_a_loop_of_inline_tasks_ends_in_an_incident_as_on_the_server() -> None:
    body = (d.start(), d.exclusive("again"), MOVE, d.flow("start", "again"), d.flow("again", "move", "=true"), d.flow("move", "again"))
    models = Models()
    (process,) = models.add_diagram("m.bpmn", d.file(d.process(*body)))
    ledger = LedgerInMemory(models)
    ledger.own = ledger.add_project({}, BEGIN)
    rehearsal = Rehearsal(models, BEGIN, ledger=ledger)
    rehearsal.start(process, {})
    ((_, incident),) = rehearsal.incidents()
    assert incident.element_id == "move"
    assert f"超过 {Config.connector_limit} 个" in incident.message
    assert rehearsal.path.count("move") == Config.connector_limit + 1


def test_a_task_that_failed_is_done_when_it_is_tried_again(attempt: Try) -> None:
    task = d.service("t", "update_project")
    passes(
        attempt(
            """
            variables: {totalAmount: 多}
            steps:
              - expect: {incidents: [t]}
              - set: {totalAmount: 5}
              - resolve: t
            expect: {incidents: 0, ledger: {totalAmount: 5}}
            """,
            *row(task),
        )
    )


# ---------------------------------------------------------------- numbers, offices, lateness


def test_numbers_run_by_kind_and_year(attempt: Try) -> None:
    def number(id: str, kind: str, result: str) -> str:
        return d.service(id, "allot_number", d.headers(kind=kind, prefix="检") + d.io({}, {result: "=number"}))

    body = row(number("first", "a", "x"), number("second", "a", "y"), number("third", "b", "z"))
    passes(attempt("expect: {variables: {x: 检2026-0001, y: 检2026-0002, z: 检2026-0001}}", *body))


def test_an_office_that_is_appointed_is_told_from_then_on(attempt: Try) -> None:
    tell = d.headers(title="开工", to="implementer")
    appoint = d.service("appoint", "assign_role", d.headers(role="implementer") + d.io({"office": '="某公司"'}))
    body = row(d.service("before", "notify", tell), appoint, d.service("after", "notify", tell))
    passes(attempt("expect: {notices: {implementer: 1, 某公司: 1}, ledger: {implementerOffice: 某公司}}", *body))


def test_what_is_late_is_recorded_and_told(attempt: Try) -> None:
    late = d.service("late", "mark_overdue", d.headers(event="opinion", subject="出具意见"))
    row_ = "{event: opinion, element: late, name: 出具意见, at: 2026-03-10T09:00:00+08:00}"
    passes(attempt(f"expect: {{records: {{overdue: [{row_}]}}, notices: {{data_bureau_leader: 1}}}}", *row(late)))


# ---------------------------------------------------------------- messages

M = d.message("m", "ask")
WAITING = d.process(d.start("begin", d.on_message("m")), READ, d.user("answer"), d.chain("begin", "look", "answer"), id="q")


def publish(**headers: str) -> str:
    return d.service("tell", "publish_message", d.headers(messageName="ask", **headers) + d.io({"variables": "={a: 1}"}))


def test_a_message_starts_a_process_of_the_same_project(attempt: Try) -> None:
    passes(
        attempt(
            'variables: {projectKey: "7", b: 2}\nexpect: {tasks: {answer: 1}, path: [tell, begin, look, answer], ledger: {projectKey: "7"}}',
            *row(publish()), parts=(M,), others=(WAITING,),
        )
    )  # fmt: skip


def test_a_message_waits_for_whoever_comes_within_its_time(attempt: Try) -> None:
    wait = d.catch("hear", d.on_message("m"))
    body = (d.start(), publish(timeToLive="P2D"), d.user("sign"), wait, d.end(), d.chain("start", "tell", "sign", "hear", "end"))
    parts = (d.message("m", "ask", "=projectKey"),)
    head = 'variables: {projectKey: "7"}\n'
    passes(attempt(head + "steps: [{advance: P1D}, {complete: sign}]\nexpect: {state: completed, variables: {a: 1}}", *body, parts=parts))
    passes(attempt(head + "steps: [{advance: P3D}, {complete: sign}]\nexpect: {state: active}", *body, parts=parts))


def test_a_second_message_of_one_key_waits_until_the_first_instance_has_ended(attempt: Try) -> None:
    body = (
        d.start(),
        publish(),
        d.service("again", "publish_message", d.headers(messageName="ask")),
        d.user("sign"),
        d.chain("start", "tell", "again", "sign"),
    )
    passes(
        attempt(
            """
            steps:
              - expect: {tasks: {answer: 1}}
              - complete: answer
            expect: {tasks: {answer: 1}, path: [begin, answer, begin, answer]}
            """,
            *body, parts=(M,), others=(WAITING,),
        )
    )  # fmt: skip


def test_a_process_belongs_to_the_project_that_the_key_names_else_to_the_senders(attempt: Try) -> None:
    """``first`` is about another project than the run's own; what it asks for by another key is about that project too."""
    once = d.service("pass_on", "publish_message", d.headers(messageName="further") + d.io({"correlationKey": '="no project"'}))
    first = d.process(d.start("asked", d.on_message("m")), MOVE, once, d.chain("asked", "move", "pass_on"), id="first")
    second = d.process(d.start("begin", d.on_message("n")), READ, d.user("answer"), d.chain("begin", "look", "answer"), id="second")
    tell = d.service("tell", "publish_message", d.headers(messageName="ask") + d.io({"correlationKey": '="9"'}))
    passes(
        attempt(
            """
            ledger:
              project: {projectKey: 7, phase: building}
              others: [{project: {projectKey: 9, projectName: 邻, phase: building}}]
            steps:
              - complete: {task: answer, where: '=projectKey = "9" and projectName = "邻" and phase = "trial"'}
            expect: {phase: building, path: [tell, asked, move, pass_on, begin, look, answer]}
            """,
            *row(tell), parts=(M, d.message("n", "further")), others=(first, second),
        )
    )  # fmt: skip
