"""Every boundary of the two regulations has a case that goes through a process, in its own year: tests/data/boundaries.csv says which and what it shows.

The cases are scenarios; they run in UTC with the others, and in the district's zone with what counts days. 2027 and 2028 are told apart from the years that
are announced: counted without their calendar first, and anew when it has been imported.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from flask import Flask

from app.domain.districts import ZONE
from app.domain.permissions import SYSTEM
from app.domain.states import DeploymentSource
from app.errors import InvalidForm
from app.rehearsal.scenario_files import Failed, Scenario, instant, read, same
from app.services import calendars, projects, pump, tasks
from tests.integration.districts.play import District, at
from tests.integration.districts.registers import entries
from tests.integration.districts.test_lateness import applied_in_fengxian
from tests.unit.rehearsal import shipped

LIST = Path(__file__).parents[2] / "data" / "boundaries.csv"
HOW_MANY = 68


class Boundary(NamedTuple):
    """A row of the list. ``at``: the instant to which what is ``shown`` belongs; empty where it holds as soon as it is asked."""

    case: str
    clause: str
    given: str
    expected: str
    scenario: str
    at: str
    shown: str


def boundaries() -> list[Boundary]:
    return entries(LIST, Boundary)


@cache
def told(scenario: str) -> tuple[Scenario, ...]:
    return read(shipped.ROOT / "scenarios" / f"{scenario}.yaml").cases


def named(boundary: Boundary) -> list[Scenario]:
    """The cases that say that they hold it."""
    number = re.compile(rf"(?<![A-Za-z0-9]){boundary.case}(?!\d)")
    return [case for case in told(boundary.scenario) if number.search(case.name)]


def moments(case: Scenario) -> Iterator[tuple[datetime, Mapping[str, Any]]]:
    """What a case asks, and when: its steps and its end."""
    moment = instant(case.now, ZONE)
    for step in (*case.steps, {"expect": case.expect}):
        if "advance" in step:
            try:
                moment = instant(step["advance"], ZONE)
            except Failed:  # a duration
                continue
        yield moment, step


def found(value: Any, path: list[str]) -> Any:
    for part in path:
        if isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else ...
        else:
            value = value.get(part, ...) if isinstance(value, Mapping) else ...
    return value


def shows(case: Scenario, boundary: Boundary) -> bool:
    """Whether each thing that the list says is asked of the case, in the instant."""
    asked = [step for moment, step in moments(case) if not boundary.at or moment == instant(boundary.at, ZONE)]
    return all(_asked(claim, asked) for claim in boundary.shown.split("; "))


def _asked(claim: str, steps: list[Mapping[str, Any]]) -> bool:
    path, _, wanted = claim.partition("=")
    if path == "refused":
        return any(wanted in step.get("refused", ()) for step in steps)
    value = yaml.safe_load(wanted)
    if isinstance(value, date):
        value = wanted  # days and instants are texts in scenarios
    return any(same(value, found(step.get("expect", {}), path.split(".")), ZONE) for step in steps)


def _years(boundary: Boundary) -> set[str]:
    """The years of the days that are given."""
    return set(re.findall(r"20\d\d(?=-)", boundary.given))


# ------------------------------------------------------------------- the list


def test_no_boundary_is_missing() -> None:
    assert list(dict.fromkeys(row.case for row in boundaries())) == [f"B{number:02}" for number in range(1, HOW_MANY + 1)]


@pytest.mark.parametrize("boundary", boundaries(), ids=lambda row: f"{row.case}-{row.expected}")
def test_a_case_of_a_process_holds_the_boundary_in_its_own_year(boundary: Boundary) -> None:
    cases = [case for case in named(boundary) if shows(case, boundary)]
    assert cases, f"no case of {boundary.scenario} named {boundary.case} shows {boundary.shown}"
    clause = rf"{boundary.clause}(?!\d)"
    years = _years(boundary)
    for case in cases:
        assert "decide" not in (case.process, *(Path(model).stem for model in case.models or ())), "a table asked alone is no way in"
        assert re.search(clause, case.name), case.name
        assert {str(moment.year) for moment, _ in moments(case)} & years or not years


@pytest.mark.xdist_group(shipped.GROUP)
def test_what_turns_on_a_day_holds_in_this_zone_too() -> None:
    """The others hold wherever they run; that they do is asked with all shipped scenarios."""
    dated = {case.name: case for row in boundaries() if _years(row) for case in named(row)}
    results = [shipped.suite().run_case(case) for case in dated.values()]
    assert results
    assert [(result.case, result.difference) for result in results if not result.ok] == []


# ------------------------------------------- years that are not announced yet


HEADER = "日期,安排,说明\n"
# Made for the test: the holidays of October, and a Saturday that is worked for them.
OF_2027 = HEADER + "".join(f"2027-10-0{day},休,国庆节\n" for day in (1, 4, 5, 6, 7)) + "2027-10-09,班,国庆节\n"
OF_2028 = HEADER + "".join(f"2028-10-0{day},休,国庆节\n" for day in (2, 3, 4, 5, 6)) + "2028-10-14,班,国庆节\n2028-10-16,休,调休\n"


def announced(place: District, text: str) -> None:
    """The year's arrangement comes in through the door for calendars; whatever is open is counted anew."""
    calendars.take(place.person("system_admin"), text.encode(), "按国务院办公厅的通知", place.now, source=DeploymentSource.UPLOAD)
    pump.pump(place.now)


def test_thirty_days_are_counted_anew_when_2027_and_then_2028_is_announced(app: Flask) -> None:
    """FX-24-3, FX-26-3, as B37 and B39: day thirty is a Sunday in the first days of October of both years."""
    fengxian, project = applied_in_fengxian("2027-09-03")
    line = fengxian.task(project, "hold_acceptance")

    def due() -> tuple[datetime | None, bool]:
        deadline = tasks.view(fengxian.performer(line), line.key, fengxian.now).deadline
        assert deadline is not None
        return deadline.due_at, deadline.provisional

    assert due() == (at("2027-10-05T00:00:00"), True), "Sunday, moved to Monday: nobody has said yet which days are free"
    announced(fengxian, OF_2027)
    assert due() == (at("2027-10-09T00:00:00"), False)
    assert fengxian.task(project, "hold_acceptance").remind_at == at("2027-10-04T00:00:00"), "what reminds does not move"

    fengxian.until(project, "conclude_acceptance")
    fengxian.do(fengxian.task(project, "conclude_acceptance"), acceptanceResult="不合格", issues=[{"issue": "两项功能未实现"}])
    fengxian.until(project, "apply_acceptance")
    fengxian.advance(at("2028-09-01"))
    fengxian.do(fengxian.task(project, "apply_acceptance"))
    fengxian.do(fengxian.task(project, "confirm_by_leader"))
    line = fengxian.task(project, "confirm_application")
    assert due() == (at("2028-10-03T00:00:00"), True)
    announced(fengxian, OF_2028)
    assert due() == (at("2028-10-10T00:00:00"), False), "1 to 8 October are free"
    fengxian.advance(at("2028-10-09T23:59:59"))
    assert not fengxian.task(project, "confirm_application").overdue
    fengxian.advance(at("2028-10-10T00:00:00"))
    assert fengxian.task(project, "confirm_application").overdue


def test_the_closing_of_2028_is_a_sunday_and_stays_whatever_is_announced(app: Flask) -> None:
    """B32, SC-8-2: a fixed day is no period, not even if the Monday after it is free; without that year's calendar a scenario holds it."""
    sucheng = District("sucheng", at("2028-09-01"))
    sucheng.announce()
    announced(sucheng, OF_2028)
    first, second = sucheng.declare("机关后勤平台"), sucheng.declare("河道巡检平台", office="宿城区水利局")
    sucheng.advance(at("2028-10-15T23:59:59"))
    sucheng.do(sucheng.task(first, "prepare_declaration"))
    assert projects.facts(SYSTEM, first)["firstSubmittedAt"] == "2028-10-15T23:59:59+08:00"
    sucheng.advance(sucheng.now + timedelta(seconds=1))
    with pytest.raises(InvalidForm) as refused:
        sucheng.do(sucheng.task(second, "prepare_declaration"))
    assert "SC-8-3" in next(problem.message for problem in refused.value.problems if problem.path == "planYear")
