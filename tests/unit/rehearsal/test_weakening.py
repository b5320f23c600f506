"""What a new version of a set of scenarios asks no longer: listed case by case; a changed value is none of it."""

import pytest

from app.rehearsal.scenario_files import parse
from app.rehearsal.weakening import weakenings

BEFORE = """
process: p
cases:
  - name: 拦住
    steps:
      - {complete: apply, as: applicant, with: {amount: 1}}
      - expect: {tasks: {review: 1, pay: 0}, decision: {gate: [r1, r2]}}
      - {complete: pay, with: {amount: 9}, refused: [amount, 超过预算]}
      - expect: {incidents: [pay], timers: {limit: "2026-01-01"}}
    expect: {state: active, path: [start, apply, review], variables: {a: 1}, jobs: {notify: 1}}
  - {name: 放行, expect: {state: completed}}
"""


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("name: 放行", "name: 通过", [("放行", "不再有这个场景")]),
        (", pay: 0", "", [("拦住", "不再核对事项“pay”")]),
        ("tasks: {review: 1, pay: 0}, ", "", [("拦住", "不再核对事项“review”"), ("拦住", "不再核对事项“pay”")]),
        ("tasks: {review: 1, pay: 0}", "tasks: {review: 2, pay: 1}", []),
        ("[r1, r2]", "[r1]", [("拦住", "不再要求决策“gate”命中:r2")]),
        ("[r1, r2]", "[]", [("拦住", "不再要求决策“gate”命中:r1"), ("拦住", "不再要求决策“gate”命中:r2")]),
        ("[r1, r2]", "[r1, r3]", []),
        ("[r1, r2]", "[r1, r2, r3]", []),
        ("decision: {gate: [r1, r2]}", "decision: {other: [r1]}", [("拦住", "不再核对决策命中的行“gate”")]),
        ("incidents: [pay]", "incidents: 0", [("拦住", "不再要求在此停下(事故):pay")]),
        ("incidents: [pay]", "incidents: 1", []),
        ("incidents: [pay], ", "", [("拦住", "不再核对事故")]),
        ('timers: {limit: "2026-01-01"}', 'timers: {limit: "2027-01-01"}', []),
        ("state: active, ", "", [("拦住", "不再核对状态")]),
        ("state: active", "state: completed", []),
        ("[start, apply, review]", "[start, review]", [("拦住", "不再核对路径“apply”")]),
        ("[start, apply, review]", "[start, apply, check, review]", []),
        ("variables: {a: 1}", "variables: {a: 2, b: 3}", []),
        ("variables: {a: 1}", "variables: {b: 1}", [("拦住", "不再核对变量“a”")]),
        (", jobs: {notify: 1}", "", [("拦住", "不再核对作业“notify”")]),
        (", 超过预算]", "]", [("拦住", "不再核对应被拒绝的提交“超过预算”")]),
        (", refused: [amount, 超过预算]", "", [("拦住", "不再核对应被拒绝的提交“amount”"), ("拦住", "不再核对应被拒绝的提交“超过预算”")]),
        ("as: applicant, ", "", [("拦住", "不再核对办理人的角色")]),
        ("as: applicant", "as: finance", []),
        ("as: applicant", "as: {role: applicant, office: 宿城区教育局}", []),
        ("process: p", "process: p\ndistrict: sucheng", []),
        ("process: p", "name: 题目\nprocess: p", []),
    ],
)
def test_what_is_lost_is_said(was: str, now: str, said: list[tuple[str, str]]) -> None:
    assert was in BEFORE
    found = weakenings(parse("x.yaml", BEFORE.encode()), parse("x.yaml", BEFORE.replace(was, now).encode()))
    assert [(one.case, one.text) for one in found] == said


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("jobs: {}", "jobs: {zzz: 0}", ["不再核对作业总共有几个"]),
        ("tasks: {}", "tasks: {zzz: 0}", ["不再核对事项总共有几个"]),
        ("tasks: {}", "tasks: {pay: 1}", ["不再核对事项总共有几个"]),
        ("tasks: null", "tasks: {zzz: 0}", ["不再核对事项总共有几个"]),
        ("tasks: 3", "tasks: {a: 3}", ["不再核对事项总共有几个"]),
        ("notices: {}", "notices: {finance: 0}", ["不再核对通知总共有几个"]),
        ("notices: {finance: [已受理]}", "notices: {finance: 1}", ["不再核对通知“finance的标题”"]),
        ("timers: {}", "timers: {zzz: null}", ["不再要求定时一个也没有"]),
        ("variables: {}", "variables: {zzz: null}", ["不再要求变量一个也没有"]),
        ("ledger: {}", "ledger: {zzz: null}", ["不再要求台账一个也没有"]),
        ("records: {}", "records: {overdue: []}", ["不再要求登记簿一个也没有"]),
        ("decision: {}", "decision: {zzz: null}", ["不再要求决策命中的行一个也没有"]),
        ("path: []", "path: [start]", ["不再要求路径一个也没有"]),
        ("path: []", "path: null", ["不再要求路径一个也没有"]),
        ("jobs: {}", "phase: trial", ["不再核对作业"]),
        # the same thing, written another way, or another number of the same things
        ("jobs: {}", "jobs: 0", []),
        ("jobs: {}", "jobs: null", []),
        ("tasks: 0", "tasks: 2", []),
        ("timers: {}", "timers: null", []),
        ("incidents: 0", "incidents: []", []),
    ],
)
def test_that_there_is_none_at_all_asks_more_than_that_one_is_not_there(was: str, now: str, said: list[str]) -> None:
    for text in ("process: p\nexpect: {{{}}}", "process: p\nsteps:\n  - expect: {{state: active, {}}}"):
        found = weakenings(parse("x.yaml", text.format(was).encode()), parse("x.yaml", text.format(now).encode()))
        assert [one.text for one in found] == said


def test_a_doer_without_the_office_or_the_person_asks_less() -> None:
    whole = "steps: [{complete: a, as: {role: finance, office: 局, person: 甲}}]"
    found = weakenings(parse("x.yaml", whole.encode()), parse("x.yaml", b"steps: [{complete: a, as: finance}]"))
    assert [one.text for one in found] == ["不再核对办理人的单位", "不再核对办理人是谁"]


def test_a_task_that_anybody_may_do_now_asks_less() -> None:
    found = weakenings(
        parse("x.yaml", b"steps: [{denied: pay, as: finance}]"), parse("x.yaml", b"steps: [{denied: {task: sign}, as: finance}]")
    )
    assert [one.text for one in found] == ["不再核对不该办理的人“pay”"]


def test_a_file_without_a_district_sees_less() -> None:
    before, after = parse("x.yaml", b"district: a\nexpect: {}"), parse("x.yaml", b"expect: {}")
    assert [one.text for one in weakenings(before, after)] == ["不再写明 district: a,看不到该区自己的表"]


def test_cases_of_one_name_are_told_apart_by_their_order() -> None:
    twice = "cases: [{name: a, expect: {state: active}}, {name: a, expect: {state: completed}}]"
    once = "cases: [{name: a, expect: {state: active}}]"
    assert [one.text for one in weakenings(parse("x.yaml", twice.encode()), parse("x.yaml", once.encode()))] == ["不再有这个场景"]
