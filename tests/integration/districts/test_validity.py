"""How long the regulation holds is said on every page, and asked of whoever declares after its end (FX-38-1)."""

from pathlib import Path

import pytest
from flask import Flask

from app.services import models, tasks
from tests.integration.districts.evading import begun, refused
from tests.integration.districts.play import at
from tests.integration.districts.test_statements import sign_in

PARAMETERS = "dmn/fengxian/parameters.dmn"


@pytest.mark.requirement("FX-38-1")
def test_the_pages_say_whether_the_regulation_holds_and_a_late_declaration_says_on_what_it_rests(app: Flask) -> None:
    place, project = begun("fengxian")

    def shown(day: str) -> str:
        return models.standing(place.person("data_bureau"), at(day))

    assert "草案" in shown("2026-09-10")
    before = place.task(project, "prepare_declaration")
    text = (Path(__file__).parents[3] / PARAMETERS).read_text("utf-8")
    dated = text.replace('publishedOn_o2">\n          <text>null', 'publishedOn_o2">\n          <text>"2021-09-20"')
    assert dated != text
    models.deploy(place.person("analyst"), [(PARAMETERS, dated.encode())], place.now, force=True, reason="登记发布日期")
    assert shown("2026-03-22") == ""
    assert "2026-09-19" in shown("2026-03-23")
    assert "已于 2026-09-19 到期" in shown("2026-09-20")

    place.advance(at("2026-09-20"))
    late = place.task(place.declare("到期以后的平台"), "prepare_declaration")
    assert "已于 2026-09-19 到期" in refused(place, late, projectName="到期以后的平台")
    tasks.complete(
        place.performer(late), late.key, place.filled(late), place.now, confirmed={"regulation_expired": "上级文件要求本年度建设"}
    )
    place.do(before)  # begun before: it keeps the rules that it began with


@pytest.mark.parametrize(("district", "is_draft"), [("fengxian", True), ("sucheng", False)])
def test_the_banner_stands_on_the_pages_of_the_district_alone(app: Flask, district: str, *, is_draft: bool) -> None:
    official, _ = sign_in(app, f"{district}.data_bureau")
    for address in ("/inbox", "/projects", "/clauses"):
        assert ('role="note"' in official.get(address).text) is is_draft
