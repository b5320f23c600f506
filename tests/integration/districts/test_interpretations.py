"""Readings that the regulation leaves open are changed by an interpretation of its authority, and by nothing else (ADR 49)."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.errors import Failure, Refused
from app.services import models, projects, tasks
from tests.integration.districts.evading import refused
from tests.integration.districts.play import District, at
from tests.integration.districts.test_statements import sign_in

ROOT = Path(__file__).parents[3]
PARAMETERS, ROUTE = "dmn/fengxian/parameters.dmn", "dmn/fengxian/change_route.dmn"
LEVELS = "dmn/fengxian/required_materials.dmn"
OPEN = "条文未定，待主管部门确认"


class Authority(District):
    """Fengxian, whose data bureau interprets; its analyst publishes."""

    def __init__(self, key: str = "fengxian") -> None:
        super().__init__(key, at("2026-03-02"))

    def draft(self, **answers: Any) -> Any:
        projects.start_district_process(self.person("data_bureau"), "interpretation", self.now, given={"question": "条文没有写明"})
        line = self.task(None, "draft_interpretation")
        return line, {"ruling": "以解释为准", **answers}

    def interpret(self, *clauses: str, on: str = "2026-03-02") -> str:
        """What the number of the interpretation is."""
        line, answers = self.draft(interpretedClauses=list(clauses), effectiveOn=on)
        self.do(line, **answers)
        self.do(self.task(None, "issue_interpretation"))
        page = models.clauses(self.person("auditor"))
        return page.interpretations[-1].number

    def publish(self, name: str, *changes: tuple[str, str], **wish: Any) -> None:
        """Raises Refused."""
        text = (ROOT / name).read_text("utf-8")
        for before, after in changes:
            assert before in text, before
            text = text.replace(before, after, 1)
        models.deploy(self.person("analyst"), [(name, text.encode())], self.now, **wish)

    def refused(self, name: str, *changes: tuple[str, str], **wish: Any) -> str:
        with pytest.raises(Refused) as failure:
            self.publish(name, *changes, **wish)
        assert {problem.code for problem in failure.value.problems} == {"INTERPRETATION"}
        return failure.value.message + " ".join(str(problem.message) for problem in failure.value.problems)


@pytest.mark.requirement("FX-39-1")
def test_an_open_reading_waits_for_the_interpretation(app: Flask) -> None:
    """The analyst alone changes neither value nor mark, by no force and under no other name; with the authority's number he does, from its day on."""
    place = Authority()
    fewer = ('expertMin_o2">\n          <text>3', 'expertMin_o2">\n          <text>1')
    assert "不能强制发布" in place.refused(PARAMETERS, fewer, force=True, reason="领导同意")
    reports = ('required_materials_13_o2">\n          <text>true', 'required_materials_13_o2">\n          <text>false')
    for change in (
        reports,
        ("建设方案一律批复，待主管部门确认", "建设方案一律批复"),
        ("建设方案一律批复，待主管部门确认", "建设方案一律批复，解释2026-0001"),
    ):
        assert "解释2026-0001" in place.refused(LEVELS, change)
    assert "删去" in place.refused(LEVELS, ('"required_materials_13"', '"required_materials_93"'))

    number = place.interpret("FX-5-3", on="2026-03-04")
    said = ("建设方案一律批复，待主管部门确认", f"建设方案一律批复，{number}")
    assert "自 2026-03-04 起适用" in place.refused(LEVELS, said, reports)
    place.advance(at("2026-03-04"))
    assert number in place.refused(LEVELS, reports)
    place.publish(LEVELS, said, reports, force=True, reason="按解释不再要求建设方案")  # the shipped cases say what held before
    page = models.clauses(place.person("auditor"))
    (shown,) = page.interpretations
    assert (shown.ruling, shown.by.split()[0]) == ("以解释为准", "奉贤区数据局")
    assert shown.rows[0].text.endswith("：建设方案")
    assert not any("required_materials_13" in line.anchor for line in page.open)


@pytest.mark.requirement("FX-39-1")
def test_a_rule_whose_article_was_interpreted_names_the_interpretation(app: Flask) -> None:
    """FX-22's ratio may be changed as any number; once the authority has interpreted the article, not without its newest interpretation."""
    place = Authority()
    other, first = place.interpret("FX-18-2"), place.interpret("FX-22")
    place.interpret("FX-22-1")
    text = (ROOT / ROUTE).read_text("utf-8")
    before = text.partition("<description>FX-22-1 ")[2].partition("</description>")[0]
    for number in ("", other, first, "解释2026-0009"):
        place.refused(ROUTE, ("0.1", "0.2"), (f"FX-22-1 {before}", f"FX-22-1 {before} {number}"))


@pytest.mark.requirement("SC-35-1")
def test_the_authority_of_the_other_district_decides_its_own_readings(app: Flask) -> None:
    """The way of reading article 17 is changed by Sucheng's interpretation; another district's has no number here."""
    place = Authority("sucheng")
    place.interpret("SC-17-2")
    assert not models.clauses(Authority().person("auditor")).interpretations
    assert "SC-17-2" in place.refused("dmn/sucheng/parameters.dmn", ('"A_OR_B"', '"A_AND_B"'))


@pytest.mark.requirement("FX-39-1", side="refused")
def test_an_interpretation_is_of_clauses_that_there_are_and_never_of_the_past(app: Flask) -> None:
    place = Authority()
    line, answers = place.draft(interpretedClauses=["FX-99"], effectiveOn="2026-03-02")
    assert "CLAUSE" in refused(place, line, **answers)
    assert "不溯及既往" in refused(place, line, **{**answers, "interpretedClauses": ["FX-22"], "effectiveOn": "2026-03-01"})
    place.do(line, **{**answers, "interpretedClauses": ["FX-22"]})
    issuing = place.task(None, "issue_interpretation")
    with pytest.raises(Failure):
        tasks.complete(place.person("data_bureau"), issuing.key, place.filled(issuing), place.now)
    assert "ruling" in refused(place, issuing, ruling="改成别的")
    place.advance(at("2026-03-03"))
    assert "适用日期已过" in refused(place, issuing)


def test_everybody_reads_on_the_page_what_is_open_and_what_was_decided(app: Flask) -> None:
    place = Authority()
    number = place.interpret("FX-18-2")
    client, _ = sign_in(app, "fengxian.auditor")
    page = client.get("/clauses").text
    assert number in page
    assert OPEN in page
