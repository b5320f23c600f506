"""Rows of other projects' ledger: what the table ``visibility`` gives, of the office or the district, never the own row; choosing by a hidden field is refused."""

from typing import Any

import pytest

from app.errors import Refused
from app.services import instances, tasks
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d
from tests.unit.engine.test_ledger_names import decision

REGISTER = t.form("records.deal", {"amount": t.MONEY}, ("amount",))


def visibility(text: str) -> tuple[str, bytes]:
    return "dmn/hill/visibility.dmn", decision("visibility", text, "role process element")


def reading(reads: str, seen: str = '"phase projectName"', role: str = "finance") -> None:
    """A first task of the applicant, then one that reads."""
    body = (
        d.start(),
        t.task("apply", role="applicant", record="deal", form="permit.apply_deal"),
        t.task("look", role=role, reads=reads),
        d.end("end"),
        d.chain("start", "apply", "look", "end"),
    )
    form = t.form("permit.apply_deal", {"amount": t.MONEY}, ("amount",))
    t.deploy(REGISTER, form, visibility(seen), t.diagram(*body))


def applied(actor: Any, name: str, amount: int) -> int:
    project = t.begin(actor, name=name)
    tasks.complete(actor, next(line.key for line in _open(project)), {"amount": amount}, NOW)
    return project


def _open(project: int) -> list[Any]:
    return list(tasks.search(t.SYSTEM, tasks.TaskFilter(state="open", tenant="hill", project_key=project), NOW).items)


def seen_by(actor: Any, project: int, name: str) -> Any:
    (line,) = _open(project)
    return tasks.view(actor, line.key, NOW).variables.get(name)


def test_a_task_sees_the_given_fields_of_the_others_and_never_its_own_row(cast: Cast) -> None:
    reading('others = project of district where phase = "draft"; n = count(project)')
    first, second = applied(cast.alice, "甲", 5), applied(cast.bob, "乙", 7)
    (row,) = seen_by(cast.fred, first, "others")
    assert row == {
        "phase": "draft",
        "projectName": "乙",
        "project": str(second),
        "office": {"key": str(cast.bob.memberships[0].office), "name": "水利局"},
        "process": None,
        "element": None,
        "stage": None,
        "at": None,
    }
    assert seen_by(cast.fred, second, "n") == 1


def test_of_office_is_the_office_that_has_applied(cast: Cast) -> None:
    reading("mine = project of office; total = sum(deal.amount of office); all = sum(deal.amount of district)")
    applied(cast.alice, "甲", 5)
    applied(cast.bob, "乙", 7)
    third = applied(cast.alice, "丙", 20)
    assert [row["projectName"] for row in seen_by(cast.fred, third, "mine")] == ["甲"]
    assert (seen_by(cast.fred, third, "total"), seen_by(cast.fred, third, "all")) == (25, 32)


def test_what_is_seen_goes_by_the_role(cast: Cast) -> None:
    reading("others = project", 'if role = "finance" and process = "permit" and element = "look" then ["projectName", "budget"] else []')
    applied(cast.alice, "甲", 5)
    second = applied(cast.alice, "乙", 5)
    assert {"projectName", "budget"} <= seen_by(cast.fred, second, "others")[0].keys()
    reading("others = project", 'if role = "finance" then ["projectName"] else []', role="data_bureau")
    third = applied(cast.alice, "丙", 5)
    assert not {"projectName", "budget", "phase"} & seen_by(t.SYSTEM, third, "others")[0].keys()


def test_nobody_chooses_by_what_it_may_not_see(cast: Cast) -> None:
    reading("n = count(project where budget = 5)")
    t.begin(cast.alice, name="甲")
    second = t.begin(cast.alice, name="乙")
    done = tasks.complete(cast.alice, _open(second)[0].key, {"amount": 1}, NOW)
    (incident,) = instances.view(cast.root, done.instance_key, NOW).incidents
    assert incident.type == "READ_ERROR"
    assert "budget" in incident.message


def test_without_a_table_nothing_is_seen(hill: object) -> None:
    body = (d.start(), t.task("look", reads="n = count(project)"), d.end("end"), d.chain("start", "look", "end"))
    with pytest.raises(Refused) as refused:
        t.deploy(REGISTER, t.diagram(*body))
    assert [problem.element for problem in refused.value.problems if "visibility" in problem.message] == ["look"]
