"""Deadlines of user tasks in scenarios, served on the virtual clock as on the server; and what lint says of the table ``overdue``."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from app.rehearsal.findings import Finding
from app.rehearsal.library import Shelf
from app.rehearsal.lint import check
from app.rehearsal.scenarios import CaseResult, Suite
from tests.integration.services.test_dues import FOUR, SCHEDULE, table
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.test_ledger import fails, passes

ROOT = Path(__file__).parents[3]
Try = Callable[..., CaseResult]
FINANCE = '<zeebe:assignmentDefinition candidateGroups="finance"/>'
GIVES_BACK = '<zeebe:properties><zeebe:property name="returnTo" value="work"/></zeebe:properties>'


@pytest.fixture(scope="module")
def suite() -> Suite:
    return Suite(Shelf(ROOT))


@pytest.fixture
def attempt(tmp_path: Path, suite: Suite) -> Try:
    """A scenario of ``work`` (finance, until the end of the 19th of March) and ``check``, in Sucheng."""

    def run(text: str, overdue: bytes | None = FOUR) -> CaseResult:
        body = (
            d.start(),
            d.user("work", FINANCE + SCHEDULE),
            d.user("check", FINANCE + GIVES_BACK),
            d.end(),
            d.chain("start", "work", "check", "end"),
        )
        (tmp_path / "m.bpmn").write_bytes(d.file(d.process(*body)))
        if overdue is not None:
            (tmp_path / "overdue.dmn").write_bytes(overdue)
        scenario = tmp_path / "s.yaml"
        models = "[m.bpmn, overdue.dmn]" if overdue is not None else "[m.bpmn]"
        head = f"models: {models}\nprocess: p\ndistrict: sucheng\nnow: 2026-03-10T09:00:00+08:00\n"
        scenario.write_text(head + dedent(text).strip("\n"), "utf-8")
        (result,) = suite.run(scenario)
        return result

    return run


def test_each_row_is_served_at_its_instant(attempt: Try) -> None:
    passes(
        attempt("""
            steps:
              - advance: 2026-03-16T23:59:59+08:00
              - expect: {notices: {}, records: {}}
              - advance: 2026-03-17T00:00:00+08:00
              - expect: {notices: {finance: 1}, records: {}}
              - advance: 2026-03-20T00:00:00+08:00
              - expect:
                  notices: {finance: 2, finance_leader: 1, data_bureau_leader: 1}
                  records: {overdue: [{event: work, element: work, due: 2026-03-20T00:00:00+08:00}]}
                  tasks: {work: 1}
              - advance: P10D
              - expect: {notices: {finance: 2, data_bureau: 1}}
              - complete: work
            expect: {records: {overdue: [{closedAt: 2026-03-30T00:00:00+08:00}]}, notices: 5}
            """)
    )


def test_done_in_time_nothing_follows_and_a_difference_is_told(attempt: Try) -> None:
    text = """
        steps:
          - complete: work
          - advance: P60D
        expect: {records: %s, notices: {}}
        """
    passes(attempt(text % "{}"))
    fails(attempt(text % "{overdue: [{event: work}]}"), "expect", "overdue")


def test_without_a_table_it_is_marked_when_it_is_due(attempt: Try) -> None:
    passes(
        attempt(
            """
            steps:
              - advance: 2026-03-20T00:00:00+08:00
            expect: {notices: {finance: 1, finance_leader: 1, data_bureau_leader: 1}, records: {overdue: [{event: work}]}}
            """,
            None,
        )
    )


def test_a_returned_task_is_due_by_the_earlier(attempt: Try) -> None:
    passes(
        attempt(
            """
            steps:
              - complete: work
              - return: {from: check, to: work, reason: 金额不符, within: P2D}
              - advance: 2026-03-13T00:00:00+08:00
            expect: {records: {overdue: [{event: work, due: 2026-03-13T00:00:00+08:00}]}}
            """,
            None,
        )
    )


def of_table(*rows: tuple[str, str], where: str = "dmn/sucheng/overdue.dmn", change: tuple[str, str] = ("", "")) -> list[Finding]:
    content = table(*rows).decode().replace(*change) if change[0] else table(*rows).decode()
    return [found for found in check([(where, content.encode())], installation=Shelf(ROOT)) if found.code == "OVERDUE_RULE"]


def test_a_table_that_can_be_used_is_content() -> None:
    assert (
        of_table(
            ("a", '-3 | "working_day" | "doer, finance_leader" | | '),
            ("b", '0 | | "leader;overseer" | true | true'),
            ("c", "1 + 1 | | | | "),
        )
        == []
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('"soon" | | "doer" | | ', "offset"),
        ("1.5 | | | | ", "offset"),
        ('1 | "week" | | | ', "unit"),
        ('1 | | "财政局" | | ', "tell"),
        ('1 | | "finanse" | | ', "是不是 finance"),
        ('1 | | | "yes" | ', "mark"),
    ],
)
def test_a_row_that_would_stop_a_task_is_refused_with_its_place(row: str, said: str) -> None:
    (found,) = of_table(("a", row))
    assert (found.severity, found.element) == ("error", "overdue 第 1 行")
    assert said in found.message


def test_columns_and_inputs_that_nobody_knows_are_told_with_what_was_meant() -> None:
    row = ("a", '0 | | "doer" | | ')
    (found,) = of_table(row, change=('name="register"', 'name="registre"'))
    assert "是不是 register" in found.message
    (found,) = of_table(row, change=('name="offset"', 'name="days"'))[1:]
    assert "应有 offset" in found.message
    (found,) = of_table(row, change=("<text>role</text>", "<text>rol</text>"))
    assert "是不是 role" in found.message
    (found,) = of_table(row, change=("COLLECT", "UNIQUE"))
    assert (found.severity, "COLLECT" in found.message) == ("warning", True)
