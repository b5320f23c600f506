"""Limits in words: as the table has them, with what they depend on; one without a clause is the system's own."""

from types import SimpleNamespace
from typing import Any

import pytest

from app.decision import dmn
from app.domain import districts
from app.seen.limits import limit
from app.seen.spans import span
from tests import brook

TITLES = {"trialDays": "试运行天数"}


@pytest.fixture(scope="module")
def library() -> Any:
    model = dmn.parse((brook.FOLDER / "dmn" / "deadlines.dmn").read_bytes())
    return SimpleNamespace(decision=lambda name: SimpleNamespace(model=model) if name == "deadlines" else None)


@pytest.fixture(scope="module")
def district() -> districts.District:
    return districts.load(brook.DISTRICTS / "brook.toml")


@pytest.mark.parametrize(
    ("key", "short", "lines", "clauses"),
    [
        ("opinion", "限 5 个工作日", ("5 个工作日，末日不是工作日的顺延", "逾期催办，不视为同意"), ["BK-13-1"]),
        ("review.revise", "限 3 个工作日", ("3 个工作日",), ["BK-14-1"]),
        ("declaration.close", "限 10 月 15 日", ("10 月 15 日", "含当日"), ["BK-8-2"]),
        ("declaration.correct", "本系统约定 5 个工作日", ("5 个工作日", "补正", "本系统约定，办法未规定"), []),
        ("trial.end", "限期按“试运行天数”", ("按“试运行天数”",), ["BK-14-1"]),
        (
            "acceptance.open",
            "限 3 个月或 1 个月",
            ("3 个月（含软件开发：是或没有说明）", "软件开发项目", "1 个月（含软件开发：否）"),
            ["BK-14-1"],
        ),
    ],
)
def test_a_limit_is_told_as_the_table_has_it(
    library: Any, district: districts.District, key: str, short: str, lines: tuple[str, ...], clauses: list[str]
) -> None:
    found = limit(key, library, district, TITLES.get)
    assert found is not None
    assert (found.short, found.lines) == (short, lines)
    assert [clause.id for clause in found.clauses] == clauses
    assert found.agreed == (not clauses)
    assert found.counted == (key != "declaration.close")


def test_what_the_table_does_not_know_has_no_limit(library: Any, district: districts.District) -> None:
    assert limit("no.such", library, district, TITLES.get) is None
    assert limit("opinion", SimpleNamespace(decision=lambda name: None), district, TITLES.get) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("P1M", "1 个月"),
        ("P1Y2M10DT2H30M", "1 年 2 个月 10 天 2 小时 30 分钟"),
        ("PT15S", "15 秒"),
        ("P2W", "2 周"),
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01T09:00:00+08:00", "2026-03-01 09:00"),
        ("R3/PT10M", "按流程设定的周期，一再到来"),
        ("0 0 9 L * *", "按流程设定的周期，一再到来"),
        ("P", "按流程设定的周期，一再到来"),
    ],
)
def test_times_that_stand_in_a_diagram_are_told_in_words(text: str, said: str) -> None:
    assert span(text) == said
