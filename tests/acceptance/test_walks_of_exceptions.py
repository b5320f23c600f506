"""Lives that do not go straight, walked from declaration to retirement: refused and declared again, changed over the limit, accepted at the third time, eliminated.

The answers lie in tests/data/walks/answers; whoever reads them sees what the officials did otherwise.
"""

import json
from collections import Counter
from functools import cache
from typing import Any

import pytest
from click.testing import CliRunner

from app import cli
from tests.acceptance.test_walk import CASES, ROOT, SONGJIANG

ANSWERS = ROOT / "tests" / "data" / "walks" / "answers"


class Lived:
    """A life that has been walked to the end."""

    def __init__(self, case: str, name: str, district: str, *options: str) -> None:
        given = str(ANSWERS / f"{name}.{district}.json")
        done = CliRunner().invoke(
            cli.main, ["walk", str(CASES / f"{case}.json"), "--district", district, "--answers", given, "--json", *options]
        )
        assert done.exit_code == 0, done.output[-2000:]
        self.story: dict[str, Any] = json.loads(done.stdout)
        self.steps = Counter(event["element"] for event in self.story["events"])

    def order(self, *elements: str) -> list[str]:
        return [event["element"] for event in self.story["events"] if event["element"] in elements]

    def roles(self, element: str) -> list[str]:
        return [event["role"] for event in self.story["events"] if event["element"] == element]

    def days(self, element: str) -> list[str]:
        return [event["at"][:10] for event in self.story["events"] if event["element"] == element]


@cache
def lived(case: str, name: str, district: str, *options: str) -> Lived:
    return Lived(case, name, district, *options)


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_accepted_at_the_third_time_after_two_rectifications(district: str) -> None:
    told = lived(SONGJIANG, "accepted_at_third", district)
    assert told.order("hold_acceptance", "rectify") == ["hold_acceptance", "rectify", "hold_acceptance", "rectify", "hold_acceptance"]
    assert (told.story["phase"], told.story["open"], told.story["incidents"]) == ("retired", [], [])


def test_refused_by_the_preliminary_review_and_declared_again_in_the_next_year() -> None:
    told = lived(SONGJIANG, "declared_again", "sucheng")
    assert told.steps["prepare_declaration"] == told.steps["issue_pre_review"] == 2
    first, second = (day[:4] for day in told.days("prepare_declaration"))
    assert int(second) == int(first) + 1
    assert told.steps["apply_budget"] == 1, "the refused one goes no further"
    assert told.story["phase"] == "retired"


def test_a_change_over_ten_per_cent_is_handled_by_the_procurement_law() -> None:
    told = lived(SONGJIANG, "changed_over_the_limit", "fengxian")
    assert told.order("submit_change", "review_change", "apply_procurement_law") == [
        "submit_change",
        "review_change",
        "apply_procurement_law",
    ]
    assert told.story["phase"] == "retired"


def test_a_system_that_nobody_uses_is_eliminated_against_its_office() -> None:
    told = lived(SONGJIANG, "eliminated", "sucheng")
    assert told.order("record_monitoring", "decide_elimination")[:2] == ["record_monitoring", "decide_elimination"]
    assert told.steps["apply_retirement"] == 0, "its office does not ask for it"
    assert told.steps["reclaim_forced"] == 1
    assert set(told.roles("reclaim_forced")) == {"big_data_centre"}
    assert told.story["phase"] == "retired"
