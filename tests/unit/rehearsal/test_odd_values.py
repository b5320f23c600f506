"""Whatever value stands at whatever key of a scenario file: the file is refused or the case fails in Chinese, never with an internal error."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.rehearsal.library import Shelf
from app.rehearsal.scenarios import CaseResult, Suite
from tests.unit.engine import diagrams as d

ROOT = Path(__file__).parents[3]
ODD = (
    "null", "true", "-1", "1.5", "9" * 30, '""', "x", '"=1 +"', '"P1D"', "P99999999999Y", '"0001-01-01T00:00:00+08:00"', '"9999-12-31T23:59:59-08:00"',
    "[1]", "[[x]]", "[{a: 1}]", "{}", "{a: 1}", "{a: [1]}", "{1: 2}", '"\\0"', '"\\uE000x\\uE001"', '"' + "z" * 5000 + '"',
)  # fmt: skip
# What no parser takes, or what YAML has and scenarios have not: one key is enough.
BROKEN = (
    "[", "{", "]", "'", '"\\q"', '"\\ud800"', "*nobody", "&a [*a]", "&a 1\nb: &a 2", "@x", "%x", "- a", "a: b: c", "{b 1, c: 2", "{<<: 5}", "|x\n b", "& x",
    "!<tag", "!!map 5", "!!int [1]", "!!binary aGk=", "1e4000", ".inf", ".nan", "2\n---\nb: 2", "\x01", "\x00", "\ud800", "\n\t- 1", "1\n b: 2", "x\nb",
)  # fmt: skip
HEAD = {
    "models": "[m.bpmn]",
    "process": "p",
    "district": "sucheng",
    "now": "2026-01-31T09:00:00+08:00",
    "variables": "{k: a}",
    "hold": "[work]",
}
STEP = "steps:\n  - "
# What a file looks like around one value, ``?``: every key at every depth.
AROUND = [
    *(f"{key}: ?" for key in (*HEAD, "ledger", "steps", "expect", "cases", "name", "description")),
    *(f"cases:\n  - {{{key}: ?}}" for key in ("name", "now", "variables", "ledger", "expect", "steps", "hold", "process", "description")),
    *(f"ledger: {{{key}: ?}}" for key in ("project", "records", "others")),
    *(
        f"ledger: {{project: {{{key}: ?}}}}"
        for key in ("projectKey", "phase", "applicantOffice", "implementerOffice", "totalAmount", "planYear")
    ),
    *(f"variables: {{k: a, {key}: ?}}" for key in ("projectKey", "phase", "applicantOffice", "totalAmount", "anything")),
    "ledger: {project: {}, records: {contract: ?}}",
    "ledger: {project: {}, records: {contract: [{amount: ?}]}}",
    "ledger: {others: [?]}",
    "ledger: {others: [{project: ?}]}",
    *(
        text.replace("KEY", key)
        for key in (
            "tasks",
            "timers",
            "jobs",
            "incidents",
            "variables",
            "path",
            "state",
            "decision",
            "phase",
            "ledger",
            "records",
            "notices",
        )
        for text in ("expect: {KEY: ?}", "expect: {KEY: {sign: ?}}", "expect: {KEY: {later: ?}}", "expect: {KEY: [?]}")
    ),
    *(f"{STEP}{{{key}: ?}}" for key in ("expect", "advance", "complete", "message", "signal", "job", "set", "resolve", "as", "with")),
    *(f"{STEP}{{complete: sign, {key}: ?}}" for key in ("as", "with")),
    f"{STEP}{{complete: sign, as: {{role: ?}}}}",
    *(f"{STEP}{{complete: sign, as: {{role: applicant, {key}: ?}}}}" for key in ("office", "person", "other")),
    f"{STEP}{{complete: {{task: ?}}}}",
    f"{STEP}{{complete: {{task: sign, where: ?}}}}",
    f"{STEP}{{message: {{name: ?, key: a}}}}",
    *(f"{STEP}{{message: {{name: go, {key}: ?}}}}" for key in ("key", "with")),
    *(f"{STEP}{{message: go, {key}: ?}}" for key in ("key", "with")),
    f"{STEP}{{signal: {{name: ?}}}}",
    f"{STEP}{{signal: {{name: on, with: ?}}}}",
    f"{STEP}{{job: {{type: ?}}}}",
    *(f"{STEP}{{job: {{type: work, {key}: ?}}}}" for key in ("element", "complete", "fail", "error")),
    *(f"{STEP}{{job: {{type: work, fail: {{{key}: ?}}}}}}" for key in ("retries", "message")),
    *(f"{STEP}{{job: {{type: work, error: {{{key}: ?}}}}}}" for key in ("code", "message", "with")),
    *(f"{STEP}{{set: {{{key}: ?}}}}" for key in ("anything", "totalAmount", "phase")),
    "steps: [?]",
    "cases: [?]",
]


@pytest.fixture(scope="module")
def suite() -> Suite:
    return Suite(Shelf(ROOT))


def body() -> Iterator[str]:
    waiting = ("sign", "job", "called", "heard", "later", "wrong")
    yield d.start()
    yield d.parallel("all")
    yield d.user("sign", '<zeebe:assignmentDefinition candidateGroups="applicant"/>')
    yield d.service("job", "work")
    yield d.catch("called", d.on_message("m"))
    yield d.catch("heard", d.on_signal("s"))
    yield d.catch("later", d.timer("Duration", "P1D"))
    yield d.script("wrong", '=1 + "a"', "x")
    yield d.chain("start", "all")
    yield from (d.flow("all", name) for name in waiting)


@pytest.mark.parametrize("around", AROUND)
def test_an_odd_value_is_refused_or_fails_in_chinese(tmp_path: Path, suite: Suite, around: str) -> None:
    (tmp_path / "m.bpmn").write_bytes(d.file(d.message("m", "go", "=k"), d.signal("s", "on"), d.process(*body())))
    scenario = tmp_path / "s.yaml"
    head = "".join(f"{key}: {value}\n" for key, value in HEAD.items() if not around.startswith(f"{key}:"))
    for odd in ODD:
        scenario.write_text(head + around.replace("?", odd) + "\n", "utf-8")
        for result in suite.run(scenario):
            in_chinese(odd, result)


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_yaml_for_us_is_told_in_chinese_with_its_place(tmp_path: Path, suite: Suite, broken: str) -> None:
    scenario = tmp_path / "s.yaml"
    scenario.write_bytes(f"process: p\nvariables:\n  a: {broken}\n".encode("utf-8", "surrogatepass"))
    (result,) = suite.run(scenario)
    assert not result.ok
    in_chinese(broken, result)
    assert re.search(r"第 \d+ 行|UTF-8|标签", result.difference), result


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [", "第 1 行第 5 列,这里应有一个值,却是 文件末尾"),
        ("a:\n\t- 1", "第 2 行第 1 列,制表符 不能放在值的开头;缩进请用空格"),
        ("a: b: c", "第 1 行第 5 列,这里不能再写“键: 值”"),
        ("a: {b: 1", "第 1 行第 9 列,括号没有配对"),
        ("a: 'x", "第 1 行第 6 列,引号没有配对"),
        ("a: *no", "第 1 行第 4 列,没有名为“no”的锚"),
        ("a: x\x01", "第 1 行第 5 列的字符 U+0001 不能出现"),
    ],
)
def test_a_fault_of_yaml_is_told_with_line_column_and_remedy(tmp_path: Path, suite: Suite, text: str, told: str) -> None:
    scenario = tmp_path / "s.yaml"
    scenario.write_text(text, "utf-8")
    (result,) = suite.run(scenario)
    assert told in result.difference, result


def in_chinese(odd: str, result: CaseResult) -> None:
    assert "内部错误" not in result.difference, (odd, result)
    assert result.ok or re.search(r"[一-鿿]", result.difference), (odd, result)
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", result.difference), (odd, result)
