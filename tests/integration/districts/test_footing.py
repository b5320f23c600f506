"""A shared file holds for each district that uses it: what one district takes away is told where it was used, though the other still has it."""

from pathlib import Path

import pytest
from flask import Flask

from app.domain.permissions import SYSTEM
from app.errors import Refused
from app.rehearsal import lint
from app.rehearsal.library import Shelf
from app.services import models
from tests.integration.districts.play import at

ROOT = Path(__file__).parents[3]

# file, what it says, what instead → where it was used, what is said there
TAKEN = [
    pytest.param("dmn/sucheng/parameters.dmn", "rectifiedBy", "rectifyBy", "bpmn/rectification.bpmn", "rectify", "parameters.rectifiedBy", id="parameter"),
    pytest.param("dmn/sucheng/parameters.dmn", "planOffset", "yearOffset", "dmn/notice_year.dmn", "notice_year", "parameters.planOffset", id="of a table"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "was", "instead", "user", "element", "told"), TAKEN)
def test_what_one_district_takes_away_is_told_in_the_shared_file_that_uses_it(
    file: str, was: str, instead: str, user: str, element: str, told: str
) -> None:
    changed = (ROOT / file).read_text("utf-8").replace(was, instead).encode()
    found = lint.check([(file, changed), (user, (ROOT / user).read_bytes())], house=True, installation=Shelf(ROOT))
    about = [finding for finding in found if finding.file == user and told in finding.message]
    assert [(finding.element, finding.severity, finding.message.endswith("(宿城区)")) for finding in about] == [(element, "error", True)]


@pytest.mark.parametrize(("file", "was", "instead", "user", "element", "told"), TAKEN)
def test_and_refused_where_the_changed_table_is_deployed(
    app: Flask, file: str, was: str, instead: str, user: str, element: str, told: str
) -> None:
    changed = (ROOT / file).read_text("utf-8").replace(was, instead).encode()
    with pytest.raises(Refused) as refused:
        models.deploy(SYSTEM, [(file, changed)], at("2026-09-01"), reason="试")
    assert [(problem.file.endswith(user), problem.element) for problem in refused.value.problems if told in problem.message] == [
        (True, element)
    ]
