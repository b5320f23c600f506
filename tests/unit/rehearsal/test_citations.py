"""What tables and forms cite and no register of the district holds is shown to nobody: told by row or field."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.decision import dmn
from app.domain.districts import SHARED, Clause
from app.domain.forms import Form
from app.engine.expressions import vocabulary
from app.rehearsal import form_checks, tables
from app.rehearsal.findings import Finding
from app.rehearsal.surroundings import Stock
from tests.unit.rehearsal.test_ledger_schema import EAST

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="http://example.org/f">
<decision id="fee" name="费用"><variable name="fee"/><decisionTable hitPolicy="FIRST"><input id="i"><inputExpression><text>n</text></inputExpression></input>
<output name="o"/><rule id="r"><description>{} 说明</description><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def clause(id: str) -> Clause:
    return Clause(id, "第一条", "内容", ())


EASTERN = replace(EAST, clauses={one: clause(one) for one in ("EA-1-1", "EA-12-2", "ALL-1-1")})
WESTERN = replace(EAST, key="west", title="西区", clauses={one: clause(one) for one in ("WE-1-1", "ALL-1-1")})


def stock(**models: Any) -> Stock:
    return Stock({place: partial(lambda model: model, model) for place, model in models.items()}, {"east": EASTERN, "west": WESTERN})  # type: ignore[misc]


def of_table(tenant: str, cited: str) -> list[Finding]:
    model = dmn.parse(TABLE.format(cited).encode(), name="fee.dmn", functions=vocabulary())
    return list(tables.named("fee.dmn", model, tenant, stock()))


def of_form(tenant: str, cited: str) -> list[Finding]:
    fields = {"amount": {"type": "number", "title": "金额", "x-clauses": cited}}
    text = json.dumps({"id": "f", "title": "f", "schema": {"type": "object", "additionalProperties": False, "properties": fields}})
    return form_checks.check("f.json", Form.parse(text.encode()), tenant, stock())


@pytest.mark.parametrize(("of", "place"), [(of_table, "fee 第 1 行"), (of_form, "amount/x-clauses")])
def test_a_clause_that_the_district_has_not_is_told_with_its_place(of: Any, place: str) -> None:
    (found,) = of("east", "EA-12-3")
    assert (found.element, found.code, found.severity) == (place, "CLAUSE_UNKNOWN", "warning")
    assert "“EA-12-3”" in found.message
    assert of("east", "EA-1-1 EA-12-2") == []
    assert len(of("east", "EA-1-1 WE-1-1")) == 1, "another district's"


@pytest.mark.parametrize("of", [of_table, of_form])
def test_a_shared_file_says_no_district_s_clause(of: Any) -> None:
    (found,) = of(SHARED, "EA-1-1")
    assert "各区共用的文件写了一个区的条款“EA-1-1”" in found.message
    assert of(SHARED, "ALL-1-1") == []


def test_a_district_without_a_register_is_asked_nothing() -> None:
    bare = Stock({}, {"east": replace(EASTERN, clauses={})})
    model = dmn.parse(TABLE.format("EA-9-9").encode(), name="fee.dmn", functions=vocabulary())
    assert list(tables.named("fee.dmn", model, "east", bare)) == []


def test_no_shared_form_that_ships_cites_a_clause() -> None:
    root = Path(__file__).parents[3]
    assert [path.name for path in sorted((root / "forms").glob("*.json")) if "x-clauses" in path.read_text("utf-8")] == []
