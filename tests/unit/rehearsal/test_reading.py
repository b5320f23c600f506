"""Lint of the tables that say who reads what: a slip is named with the nearest word; the shipped ones have none."""

from pathlib import Path

import pytest

from app.decision import dmn
from app.rehearsal import reading

DMN = Path(__file__).parents[3] / "dmn"


def found(name: str, *changes: tuple[str, str]) -> list[str]:
    text = (DMN / f"{name}.dmn").read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return [finding.message for finding in reading.check("x.dmn", dmn.parse(text.encode(), name="x.dmn"))]


@pytest.mark.parametrize("name", ["readable", "content_kind"])
def test_the_shipped_tables_are_right(name: str) -> None:
    assert found(name) == []


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        ("readable", '"name basics contract published"', '"name basics contracts published"', "“contracts”,没有这个词,是不是 contract?"),
        ("readable", '<text>"overseer", "concerned"</text>', '<text>"overseer", "concernd"</text>', "是不是 concerned?"),
        ("readable", '<text>"stage"</text>', '<text>"some"</text>', "可以写的有:always、all、stage"),
        ("content_kind", '<text>"published"</text>', '<text>"publishd"</text>', "是不是 published?"),
        ("content_kind", '<text>"record"</text>', '<text>"records"</text>', "是不是 record?"),
    ],
)
def test_a_slip_is_named(name: str, before: str, after: str, said: str) -> None:
    messages = found(name, (before, after))
    assert messages, after
    assert all(said in message for message in messages), messages
