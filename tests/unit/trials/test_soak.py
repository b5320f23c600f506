"""A part of the long trials goes on where it was left, with the seed that it began with."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.soak import __main__ as soak

Rounds = list[tuple[int, int]]


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Rounds:
    """The rounds that are tried, as (seed, number); what they come to stands in ``outcomes``."""
    tried: Rounds = []

    def attempt(part: soak.Part, seed: int, number: int, seconds: float, workers: int) -> bool | None:
        tried.append((seed, number))
        return outcomes.pop(0) if outcomes else True

    outcomes: list[Any] = []
    monkeypatch.setattr(soak, "attempt", attempt)
    monkeypatch.setattr(soak, "KEPT", tmp_path)
    monkeypatch.setattr(soak, "PARTS", {"few": soak.Part("few", 3, 10, [])})
    monkeypatch.setattr(soak, "outcomes", outcomes, raising=False)
    return tried


def outcome(*results: bool | None) -> None:
    soak.outcomes[:] = results  # type: ignore[attr-defined]


def test_all_rounds_in_order(rounds: Rounds) -> None:
    assert soak.run("few", 7, 40) == 0
    assert rounds == [(7, 0), (7, 1), (7, 2)]


@pytest.mark.parametrize(("result", "code"), [(None, 0), (False, 1)], ids=["cut off", "failed"])
def test_the_next_call_goes_on_with_the_round_that_was_not_passed(rounds: Rounds, result: bool | None, code: int) -> None:
    outcome(True, result)
    assert soak.run("few", 7, 40) == code
    assert soak.run("few", None, 40) == 0
    assert rounds == [(7, 0), (7, 1), (7, 1), (7, 2)]


def test_another_seed_begins_anew_and_so_does_a_call_after_the_last_round(rounds: Rounds) -> None:
    outcome(True, None)
    soak.run("few", 7, 40)
    soak.run("few", 8, 40)
    assert rounds[2:] == [(8, 0), (8, 1), (8, 2)]
    soak.run("few", None, 40)
    assert [number for _, number in rounds[5:]] == [0, 1, 2]


def test_what_is_kept_can_be_read(rounds: Rounds, capsys: pytest.CaptureFixture[str]) -> None:
    soak.run("few", 7, 40)
    assert json.loads((soak.KEPT / "few.json").read_text("utf-8"))["done"] == 3
    assert "few: 3 of 3 rounds, 30 of 30" in capsys.readouterr().out


def test_no_round_begins_when_the_time_is_over(rounds: Rounds, capsys: pytest.CaptureFixture[str]) -> None:
    assert soak.run("few", 7, -1) == 0
    assert rounds == []
    assert "0 of 3 rounds are done" in capsys.readouterr().out
