"""``quancheng play``: any diagram, from anybody's modeler, gives an outcome or a refusal that names element and cause."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app import cli, gathering
from app.rehearsal.library import ModelRefused
from app.rehearsal.single import LIMITS, rehearse
from tests.effort import Ticking, effort
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal import hostile

ROOT = Path(__file__).parents[3]
FOREIGN = ROOT / "tests" / "data" / "scenarios" / "foreign"
BEGIN = datetime.fromisoformat("2026-01-05T09:00:00+08:00")


def played(*body: str, **kind: str) -> dict[str, Any]:
    return rehearse("test.bpmn", d.file(d.process(d.start(), *body, **kind)), BEGIN)


def command(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


# ---------------------------------------------------------------- files of other modelers

RUNS: dict[str, tuple[str, list[str], list[str]]] = {  # state, open, path
    "bpmn_io_plain.bpmn": ("completed", [], ["StartEvent_1y45yut", "Activity_1hcentk", "Event_0yjs2x1"]),
    "camunda7_forms.bpmn": ("active", ["apply"], ["start", "apply"]),
    "signavio.bpmn": ("completed", [], ["sid-S1", "sid-T1", "sid-S2"]),
    "bizagi.bpmn": ("active", ["Id_t1"], ["Id_c1", "Id_t1"]),
    "activiti.bpmn20.xml": ("active", ["handleRequest"], ["request", "handleRequest"]),
    "bpmn2_prefix.bpmn": ("active", ["_2.self-evaluation"], ["_1-start.event", "_2.self-evaluation"]),
    "chinese_ids.bpmn": ("active", ["填写申报表"], ["开始", "填写申报表"]),
    "gbk.bpmn": ("active", ["验收"], ["start", "验收"]),
    "several_pools.bpmn": ("active", ["c_task"], ["p_start", "call", "c_start", "c_task"]),
    "message_start_only.bpmn": ("active", ["pack"], ["received", "pack"]),
    "other_vendors.bpmn": ("active", ["task"], ["start", "task"]),
    "event_gateway_and_past_date.bpmn": ("completed", [], ["start", "race", "long_gone", "end_past"]),
}
REFUSED: dict[str, tuple[str, str]] = {  # element, a word of the cause
    "bpmn_io_gateway.bpmn": ("Flow_pasta", "既没有条件,也不是默认流向"),
    "camunda7_invoice.bpmn": ("approved", "${approved}"),
    "camunda7_service.bpmn": ("charge_card", "taskDefinition"),
    "camunda7_script.bpmn": ("sum", "zeebe:script"),
    "camunda7_call.bpmn": ("call_inner", "calledElement"),
    "flowable_conditions.bpmn": ("f2", "${days > 5}"),
    "subprocess_without_start.bpmn": ("empty_sub", "开始事件"),
    "no_start.bpmn": ("p", "没有开始事件"),
    "compensation.bpmn": ("undo", "补偿"),
    "choreography.bpmn": ("", "没有流程"),
    "black_box_only.bpmn": ("", "没有流程"),
    "transaction_adhoc.bpmn": ("anything", "ad-hoc"),
    "multi_instance_cardinality.bpmn": ("three_times", "输入集合"),
    "message_without_key.bpmn": ("wait_reply", "correlationKey"),
    "dmn_file.bpmn": ("", "DMN"),
    "bpmn_1.xml": ("", "Package"),
    "no_id_nodes.bpmn": ("", "没有标识"),
    "process_without_id.bpmn": ("", "流程没有标识"),
}
INCIDENTS: dict[str, list[tuple[str, str]]] = {
    "missing_everything.bpmn": [
        ("with_form", "FORM_NOT_FOUND"),
        ("with_decision", "CALLED_DECISION_ERROR"),
        ("with_process", "CALLED_ELEMENT_ERROR"),
    ],
    "conditions_beyond_gateways.bpmn": [("weigh", "CONDITION_ERROR")],
    "c8_condition_number.bpmn": [("which", "CONDITION_ERROR")],
}


def test_every_foreign_file_is_expected_somewhere() -> None:
    assert {path.name for path in FOREIGN.iterdir()} == {*RUNS, *REFUSED, *INCIDENTS}


@pytest.mark.parametrize("name", RUNS)
def test_a_foreign_diagram_runs(name: str) -> None:
    state, open_elements, path = RUNS[name]
    assert rehearse(name, (FOREIGN / name).read_bytes(), BEGIN) == {"state": state, "open": open_elements, "incidents": [], "path": path}


@pytest.mark.parametrize("name", REFUSED)
def test_a_foreign_diagram_is_refused_with_element_and_cause(name: str) -> None:
    element, cause = REFUSED[name]
    with pytest.raises(ModelRefused) as refused:
        rehearse(name, (FOREIGN / name).read_bytes(), BEGIN)
    assert refused.value.element == element
    assert cause in refused.value.message
    assert name in refused.value.message


@pytest.mark.parametrize("name", INCIDENTS)
def test_what_is_missing_is_an_incident(name: str) -> None:
    result = rehearse(name, (FOREIGN / name).read_bytes(), BEGIN)
    assert [(incident["element"], incident["type"]) for incident in result["incidents"]] == INCIDENTS[name]
    assert all(set(incident) == {"element", "type", "message"} for incident in result["incidents"])
    assert result["state"] == "active"


# ---------------------------------------------------------------- what a rehearsal does


def test_no_task_and_no_outside_workers_job_is_completed() -> None:
    result = played(d.parallel("fork"), d.user("sign"), d.service("send", "mail"), d.chain("start", "fork", "sign"), d.flow("fork", "send"))
    assert sorted(result["open"]) == ["send", "sign"]


def test_what_the_platform_does_itself_is_done() -> None:
    tasks = {
        "read": d.service("read", "read_project"),
        "move": d.service("move", "move_phase", d.headers(phase="trial")),
        "put": d.service("put", "put_record", d.headers(kind="contract") + d.io({"no": "=1"})),
        "find": d.service("find", "query_records", d.headers(kind="contract") + d.io({}, {"found": "=records.no"})),
        "tell": d.service("tell", "notify", d.headers(title="x", to="owner finance")),
    }
    result = played(*tasks.values(), d.user("sign"), d.chain("start", *tasks, "sign"))
    assert result == {"state": "active", "open": ["sign"], "incidents": [], "path": ["start", *tasks, "sign"]}
    (incident,) = played(d.service("tell", "notify"), d.flow("start", "tell"))["incidents"]
    assert (incident["element"], incident["type"]) == ("tell", "JOB_NO_RETRIES")
    assert "title" in incident["message"]


@pytest.mark.parametrize("name", ["declaration"])
def test_a_shipped_diagram_goes_as_far_as_what_stands_in_other_files(name: str) -> None:
    result = rehearse(f"{name}.bpmn", (ROOT / "bpmn" / f"{name}.bpmn").read_bytes(), BEGIN)
    assert result["path"] == ["start", "judge_declaration"]
    assert [(incident["element"], incident["type"]) for incident in result["incidents"]] == [("judge_declaration", "READ_ERROR")]


def test_a_token_stands_inside_and_not_at_what_encloses_it() -> None:
    inner = d.subprocess("part", d.start("begin"), d.user("deep"), d.chain("begin", "deep"))
    assert played(inner, d.flow("start", "part"))["open"] == ["deep"]
    assert played(d.user("each", loop=d.loop("=[1,2]")), d.flow("start", "each"))["open"] == ["each", "each"]


@pytest.mark.parametrize(("duration", "state"), [("P1Y", "completed"), ("P12M", "completed"), ("P366D", "active"), ("P2Y", "active")])
def test_timers_are_jumped_for_a_year_and_no_longer(duration: str, state: str) -> None:
    assert played(d.catch("wait", d.timer("Duration", duration)), d.end(), d.chain("start", "wait", "end"))["state"] == state


def test_timers_fire_in_the_order_of_their_due() -> None:
    late, soon = d.catch("late", d.timer("Duration", "P2D")), d.catch("soon", d.timer("Duration", "P1D"))
    after = d.end("after_late"), d.end("after_soon")
    flows = (
        d.flow("start", "fork"),
        d.flow("fork", "late"),
        d.flow("fork", "soon"),
        d.flow("late", "after_late"),
        d.flow("soon", "after_soon"),
    )
    assert played(d.parallel("fork"), late, soon, *after, *flows)["path"][-2:] == ["after_soon", "after_late"]


def test_a_daily_reminder_fires_every_day_of_the_year() -> None:
    remind = d.boundary("daily", "sign", d.timer("Cycle", "R/P1D"), False)
    result = played(d.user("sign"), remind, d.end("reminded"), d.chain("daily", "reminded"), d.flow("start", "sign"))
    assert result["path"].count("reminded") == 365
    assert result["incidents"] == []
    assert result["open"] == ["sign"]


def test_the_none_start_wins_and_a_called_process_does_not() -> None:
    child = d.process(d.start("inner"), id="child")
    by_message = d.start("by_message", d.on_message("m"))
    parent = d.process(
        by_message, d.start("plain"), d.call("call", "child"), d.flow("plain", "call"), d.flow("by_message", "call"), id="parent"
    )
    assert rehearse("x.bpmn", d.file(d.message("m", "go"), child, parent), BEGIN)["path"] == ["plain", "call", "inner"]


def test_a_signal_reaches_those_who_wait_for_it() -> None:
    catch, throw = d.catch("hear", d.on_signal("s")), d.throw("shout", d.on_signal("s"))
    flows = d.chain("start", "fork", "hear", "heard") + d.chain("fork", "pause", "shout")
    pause = d.catch("pause", d.timer("Duration", "PT1H"))
    result = rehearse(
        "x.bpmn", d.file(d.signal("s", "go"), d.process(d.start(), d.parallel("fork"), catch, pause, throw, d.end("heard"), flows)), BEGIN
    )
    assert result["state"] == "completed"
    assert result["path"][-1] == "heard"


def test_the_command_prints_json_and_exits_with_0_or_2(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.bpmn", tmp_path / "bad.bpmn"
    good.write_bytes(hostile.PLAIN)
    bad.write_bytes(hostile.REFUSED["dangling_flow"]())
    code, text = command("play", str(good), "--json")
    assert (code, json.loads(text)) == (0, {"state": "active", "open": ["task"], "incidents": [], "path": ["start", "task"]})
    code, text = command("play", str(bad), "--json")
    assert code == 2
    assert set(json.loads(text)["refused"]) == {"element", "message"}
    assert "nowhere" in json.loads(text)["refused"]["message"]


# ---------------------------------------------------------------- what means harm


@pytest.mark.parametrize("name", hostile.REFUSED)
def test_what_cannot_run_is_refused_in_chinese_and_soon(name: str) -> None:
    source = hostile.REFUSED[name]()[: gathering.LARGEST_FILE]

    def attempt() -> None:
        with pytest.raises(ModelRefused) as refused:
            rehearse(f"{name}.bpmn", source, BEGIN)
        messages.append(refused.value.message)

    messages: list[str] = []
    assert effort(attempt) < 3_000_000
    assert any("一" <= character <= "鿿" for character in messages[0])
    assert "root:" not in messages[0]


@pytest.mark.parametrize("name", hostile.STOPPED)
def test_what_would_never_end_is_stopped_with_an_incident(name: str) -> None:
    """The limits' clock moves when it is looked at, so that what is stopped, and where, is the same on every machine."""
    make, kind = hostile.STOPPED[name]
    source = make()
    clock = Ticking(0.002 if name in hostile.SLOW else 0.00005)
    limits = replace(LIMITS, clock=clock, expression=replace(LIMITS.expression, clock=clock))
    results: list[dict[str, Any]] = []
    calls = effort(lambda: results.append(rehearse(f"{name}.bpmn", source, BEGIN, limits)))
    assert calls < 4_000_000
    result = results[0]
    types = {incident["type"] for incident in result["incidents"]}
    assert any(found.startswith(kind) for found in types) if kind else types == set(), result["incidents"][:3]
    assert all(incident["element"] and incident["message"] for incident in result["incidents"])


def test_jumping_from_timer_to_timer_is_stopped_by_the_clock_of_the_limits() -> None:
    clock = Ticking(0.02)  # a second, which the jumps of one rehearsal may take, are fifty looks
    result = rehearse("x.bpmn", hostile.STOPPED["cycle_of_seconds"][0](), BEGIN, replace(LIMITS, clock=clock))
    assert [incident["type"] for incident in result["incidents"]] == ["LIMIT_TIMERS"]
    assert clock.looks < 60


def test_nothing_hostile_takes_200_megabytes() -> None:
    """All of them in one process, so that what one leaves behind counts for the next; the largest are read as the command reads them."""
    script = """
from pathlib import Path
from datetime import datetime
from app.rehearsal.library import ModelRefused
from app.rehearsal.single import rehearse
from tests.unit.rehearsal import hostile
for name, make in [*hostile.REFUSED.items(), *((name, make) for name, (make, _) in hostile.STOPPED.items())]:
    if name.startswith("fifty") or name in hostile.SLOW:
        continue  # of the first the making alone would count
    try:
        rehearse(name, make(), datetime.fromisoformat("2026-01-05T09:00:00+08:00"))
    except ModelRefused:
        pass
print(int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 200


def test_fifty_megabytes_are_not_held_in_memory(tmp_path: Path) -> None:
    large = tmp_path / "large.bpmn"
    with large.open("wb") as stream:
        stream.write(hostile.PLAIN)
        for _ in range(50):
            stream.write(b" " * 1_000_000)
    script = """
import sys
from pathlib import Path
from app import cli
try:
    cli.main(["play", sys.argv[1], "--json"])
finally:
    print(int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", script, str(large)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "超过上限" in json.loads(done.stdout)["refused"]["message"]
    assert int(done.stderr.split()[-1]) < 200
