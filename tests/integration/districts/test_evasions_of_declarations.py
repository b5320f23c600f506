"""What somebody might try before a Sucheng project is approved: to declare past the office above, to spend before a re-declaration, to give a tick for a fact."""

from typing import Any

import pytest
from flask import Flask

from app.errors import Forbidden
from app.services import tasks
from tests.integration.districts.evading import elements, facts, refused
from tests.integration.districts.play import PLATFORM, District, at

HOSPITAL, HEALTH = "宿城区中心医院", "宿城区卫生健康局"
SUBSIDIARY, PARENT = "宿城示例数字科技有限公司", "宿城示例国有资产投资集团有限公司"


def _declared_by(office: str, **known: Any) -> tuple[District, int]:
    place = District("sucheng", at("2026-09-01"), {**PLATFORM, **known})
    place.announce()
    place.advance(at("2026-09-10"))
    return place, place.declare("信息化平台", office)


def _office(place: District, role: str, name: str) -> dict[str, str]:
    member = place.person(role, office=name).memberships[0]
    return {"key": str(member.office), "name": member.office_name}


@pytest.mark.parametrize(
    ("own", "kind", "above"),
    [
        pytest.param(HOSPITAL, "公共事业单位", HEALTH, marks=pytest.mark.requirement("SC-9-1")),
        pytest.param(SUBSIDIARY, "区属国企下属子企业", PARENT, marks=pytest.mark.requirement("SC-9-2")),
    ],
)
def test_the_institution_drafts_and_the_office_above_submits(app: Flask, own: str, kind: str, above: str) -> None:
    place, project = _declared_by(own)
    line = place.task(project, "prepare_declaration")
    drafter = place.performer(line)
    assert drafter.memberships[0].office_name == own
    superior, other = _office(place, "sector_authority", above), _office(place, "sector_authority", "宿城区教育局")
    assert "单位类别应是" in refused(place, line, orgType="行政机关")
    assert "请选它" in refused(place, line, orgType=kind, sectorAuthority=other)
    assert "应从登记的单位中选择" in refused(place, line, orgType=kind, extra={"sectorAuthority": "卫健委"})
    place.do(line, orgType=kind, sectorAuthority=superior)
    assert (elements(place, project), facts(project).get("firstSubmittedAt")) == (["endorse_declaration"], None)
    ties = place.task(project, "endorse_declaration")
    with pytest.raises(Forbidden):
        tasks.complete(drafter, ties.key, place.filled(ties), place.now)
    with pytest.raises(Forbidden):
        tasks.complete(place.person("sector_authority", office="宿城区教育局"), ties.key, place.filled(ties), place.now)
    place.do(ties)
    assert elements(place, project) == ["check_declaration"]
    assert facts(project)["sectorAuthority"] == superior
