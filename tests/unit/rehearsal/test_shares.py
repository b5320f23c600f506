"""What a diagram is made of, and what its mappings and conditions may do."""

from collections import Counter
from pathlib import Path

import pytest

from app.engine.reading import read_with_tree
from app.rehearsal.planes import properties, shares
from app.rehearsal.planes.shares import Shares
from tests.unit.engine import diagrams as d

OFFICE = "东海区财政局"


def measure(*body: str) -> tuple[Shares, list[str]]:
    """The shares of a process of these nodes, and the codes of what is against the rules."""
    _, root = read_with_tree(d.file(d.process(d.start(), *body)), "x.bpmn")
    found, remarks = shares.measure(root, {OFFICE})
    return found, [remark.code for remark in remarks]


def said(*body: str) -> str:
    _, root = read_with_tree(d.file(d.process(d.start(), *body)), "x.bpmn")
    (remark,) = shares.measure(root, {OFFICE})[1]
    return remark.message


def test_every_node_is_counted_as_what_does_it() -> None:
    body = (
        d.user("apply"),
        d.rule("judge", "route", "r"),
        d.service("archive", "city-archive"),
        d.service("book", "put_record"),
        d.script("add", "=1", "x"),
        d.call("call", "q"),
        d.throw("tell", d.on_message("news"), '<zeebe:taskDefinition type="publish_message"/>'),
    )
    source = d.file(
        d.process(d.start(), *body, d.chain("start", "apply", "judge", "archive", "book", "add", "call", "tell")), d.message("news", "消息")
    )
    found, remarks = shares.measure(read_with_tree(source, "x.bpmn")[1], ())
    assert (found.nodes, found.user_tasks, found.decisions, found.outside_jobs, found.script_tasks, found.plumbing) == (8, 1, 1, 1, 1, 1)
    assert found.percent(found.user_tasks) == 12.5
    assert Counter(remark.code for remark in remarks) == {"SCRIPT_TASK": 1, "PLUMBING": 1}, "a message that is sent is what the text says"
    assert Shares().percent(0) == 0.0


def test_the_platforms_own_service_says_what_to_do_instead() -> None:
    assert "由平台自己的服务 move_phase 来做" in said(d.service("move", "move_phase"))
    assert "是脚本任务" in said(d.script("add", "=a", "x"))


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("=amount", None),
        ('={office: reviewer.office, text: "同意"}', None),
        ("=items[kind = wanted]", None),
        ("=if urgent then a else b", "用了 if 或 for"),
        ("=for x in items return x.name", "用了 if 或 for"),
        ("=a + 2", "写着数字 2"),
        ("=-3", "写着数字 -3"),
        (f'="送{OFFICE}"', f"写着单位 {OFFICE}"),
        (OFFICE, f"写着单位 {OFFICE}"),
        ('="if 2 for"', None),
        ("=" + "a" * 120, None),
        ("=" + "a" * 121, "有 121 个字符,最多 120 个"),
    ],
)
def test_a_mapping_hands_a_value_on(source: str, what: str | None) -> None:
    task = d.user("apply", d.io({"x": source}))
    if what is None:
        assert measure(task)[1] == []
    else:
        assert what in said(task)
        assert measure(d.user("apply", d.io(outputs={"x": source})))[1] == ["MAPPING"]


def test_what_was_against_the_rules_is_counted_by_kind() -> None:
    found, _ = measure(d.user("a", d.io({"x": "=if u then 2 else 3", "y": f'="{OFFICE}"', "z": "=abc"})))
    assert (found.mappings, found.longest_mapping) == (3, len("if u then 2 else 3"))
    assert (found.branching_mappings, found.mappings_with_numbers, found.mappings_with_offices) == (1, 1, 1)
    assert (found + found).mappings == 6
    assert (found + Shares(longest_mapping=30)).longest_mapping == 30


def test_an_element_has_three_mappings_at_most() -> None:
    assert measure(d.user("a", d.io({"x": "=a", "y": "=b"}, {"z": "=c"})))[1] == []
    assert "有 4 个输入输出映射,最多 3 个" in said(d.user("a", d.io({"x": "=a", "y": "=b"}, {"z": "=c", "u": "=d"})))


def test_the_collection_of_a_loop_is_not_chosen_in_the_diagram() -> None:
    assert measure(d.user("a", loop=d.loop("=reviewers", "r", "out", "={office: r.office}")))[1] == []
    assert "从列表里挑选" in said(d.user("a", loop=d.loop('=reviewers[role = "x"]', "r")))
    assert "用了 if 或 for" in said(d.user("a", loop=d.loop("=for r in reviewers return r", "r")))
    assert "写着数字 1" in said(d.user("a", loop=d.loop("=reviewers", "r", "out", "=[1, r]")))


def declared(name: str, value: str) -> str:
    return f'<zeebe:properties><zeebe:property name="{name}" value="{value}"/></zeebe:properties>'


def test_what_is_declared_as_set_obeys_the_same() -> None:
    assert measure(d.user("a", declared("set", "budget = approvedValue(&quot;p.t&quot;, &quot;a;b&quot;); state = result.state")))[1] == []
    found, codes = measure(d.user("a", declared("set", "budget = amount * 2; state = result")))
    assert (found.mappings, codes) == (2, ["MAPPING"])


@pytest.mark.parametrize(
    ("condition", "beyond"),
    [
        ("=true", None),
        ("=accepted", None),
        ("=not(accepted)", None),
        ('=check.route = "PASS"', None),
        ('="PASS" != check.route', None),
        ("=joint.reclaim > 0", None),
        ("=joint.reclaim > -5", None),
        ('=approval.required and not(approved("p.approve"))', None),
        ('=not(check.route = "PASS")', None),
        ("=project.x = null", None),
        ("=a and b and c", "有 3 个判断,最多 2 个"),
        ("=a or b", "不能用 or"),
        ("=a and (b or c)", "不能用 or"),
        ("=not(a and b)", "判断套着判断"),
        ("=a = b", "两个值相互比较"),
        ("=a + b > 0", "有计算"),
        ("=-a > 0", "有计算"),
        ("=count(items) = 0", "调用了函数 count"),
        ('=approved("p.x") = approved("p.y")', "两个值相互比较"),
        ("=1 = 1", "结果不会变"),
        ("=every x in items satisfies x", "不是一个值"),
        ("=items[1]", "不是一个值"),
        ('=a in ("x", "y")', "不是一个值"),
        ("=false", "不是一个值"),
    ],
)
def test_a_condition_tests_one_or_two_values(condition: str, beyond: str | None) -> None:
    body = (
        d.exclusive("g", default="n"),
        d.end("y"),
        d.end("e"),
        d.flow("start", "g"),
        d.flow("g", "y", condition),
        d.flow("g", "e", id="n"),
    )
    found, codes = measure(*body)
    assert (found.conditions, found.heavy_conditions, codes) == (1, int(beyond is not None), ["CONDITION"] * (beyond is not None))
    if beyond is not None:
        assert beyond in said(*body)


def test_an_unknown_property_names_the_one_that_was_meant() -> None:
    _, root = read_with_tree(
        d.file(d.process(d.start(), d.user("a", declared("recrod", "x")), d.user("b", declared("returnTo", "a")))), "x.bpmn"
    )
    (remark,) = properties.check(root)
    assert (remark.element, remark.code) == ("a", "PROPERTY_UNKNOWN")
    assert "“recrod”" in remark.message
    assert "是不是 record?" in remark.message


@pytest.mark.parametrize(
    ("total", "whole", "codes"),
    [
        (Shares(nodes=600, user_tasks=200, decisions=100, outside_jobs=30), True, []),
        (Shares(nodes=601), False, ["TOTAL_NODES"]),
        (Shares(nodes=600, user_tasks=200, decisions=101, outside_jobs=31), True, ["TOTAL_JOBS", "TOTAL_DECISIONS"]),
        (Shares(nodes=600, user_tasks=200, decisions=101, outside_jobs=31), False, []),
        (Shares(), True, []),
    ],
)
def test_all_diagrams_together_have_limits_too(total: Shares, whole: bool, codes: list[str]) -> None:
    assert [code for code, _ in shares.judge(total, whole=whole)] == codes


def test_an_example_is_mostly_what_people_do() -> None:
    source = (Path(__file__).parents[2] / "data" / "planes" / "review.bpmn").read_bytes()
    found, _ = shares.measure(read_with_tree(source, "review.bpmn")[1], ())
    assert (found.nodes, found.user_tasks, found.decisions, found.outside_jobs, found.plumbing) == (93, 22, 9, 0, 0)
