"""What lint says of offices: a loop that may be over nothing, an office by a name that nobody writes."""

from dataclasses import replace

import pytest

from app.domain.districts import RoleInfo
from app.rehearsal.findings import Finding
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.test_names import EAST, WEST, findings, stock, told

SIGN = '<zeebe:assignmentDefinition candidateGroups="finance"/>'


def says(**properties: str) -> str:
    inner = "".join(f'<zeebe:property name="{name}" value="{value.replace(chr(34), "&quot;")}"/>' for name, value in properties.items())
    return f"<zeebe:properties>{inner}</zeebe:properties>"


def looped(collection: str, **properties: str) -> list[Finding]:
    east = replace(
        EAST, roles={**EAST.roles, "nobodys": RoleInfo("nobodys", "无主", ()), "bureau": RoleInfo("bureau", "局", ("甲局", "乙局"))}
    )
    task = d.user("sign", SIGN + says(**{"office": "=asked", **properties}), d.loop(collection, "asked"))
    where = stock(districts={"east": east, "west": WEST})
    return findings(d.start(), task, d.end(), d.chain("start", "sign", "end"), where=where)


@pytest.mark.parametrize(
    ("collection", "why"),
    [
        ("=if project.a = null then [] else project.a", "表达式里有一种情形得到空列表"),
        ('=officesOf("nobodys")', f"{EAST.title}没有单位担任“nobodys”"),
    ],
)
def test_a_list_that_is_empty_on_a_way_that_is_written_down(collection: str, why: str) -> None:
    found = [one for one in looped(collection) if one.code == "EMPTY_LOOP"]
    assert told(found) == [("EMPTY_LOOP", "sign", "warning")]
    assert why in found[0].message
    assert [one for one in looped(collection, mayBeEmpty="true") if one.code == "EMPTY_LOOP"] == []


def test_a_list_that_is_never_empty_as_far_as_can_be_told() -> None:
    assert [one for one in looped('=officesOf("bureau")') if one.code == "EMPTY_LOOP"] == []


def test_an_office_by_a_name_that_nobody_writes() -> None:
    found = [one for one in looped('=officesOf("finance")', office="=askd") if one.code == "VARIABLE"]
    assert told(found) == [("VARIABLE", "sign", "warning")]
    assert "属性 office" in found[0].message


def test_what_stands_sees_the_form_alone() -> None:
    def found(stands: str) -> list[str]:
        said = says(approves="amount", approvesWhen="payOpinion = 1", stands=stands)
        task = d.user("sign", SIGN + '<zeebe:formDefinition formId="pay"/>' + said)
        body = (d.start(), task, d.end(), d.chain("start", "sign", "end"))
        return [one.message for one in findings(*body) if one.code == "DECLARED" and "stands" in one.message]

    assert found('payOpinion = "同意" and project.a = 1') == []
    (told,) = found('payOpinon = "同意"')
    assert "是不是 payOpinion?" in told
