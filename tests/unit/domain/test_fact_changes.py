"""What one act changes of a project's row: the row anew, each change with before and after, and nothing that was given."""

import copy
from decimal import Decimal
from typing import Any

import pytest

from app.domain.fact_changes import FactChange, FactOrigin, FactRefused, confirm, named, refusal, set_facts, set_office, set_phase, typed
from app.domain.fact_sources import ClosedFrom
from app.domain.facts import LedgerField, LedgerSchema, Right, RightKind

OFFICE = {"type": "object", "x-format": "office"}
FIELDS = (
    LedgerField(name="projectName", title="名称", schema={"type": "string"}, owners=("applicant",)),
    LedgerField(name="totalAmount", title="总投资", schema={"type": "number", "x-format": "money"}, owners=("applicant",)),
    LedgerField(name="builderOffice", title="承建单位", schema=OFFICE, owners=("applicant",), relation="builder"),
    LedgerField(name="partners", title="共建", schema={"type": "array", "items": OFFICE}, owners=("applicant",), relation="partner"),
    LedgerField(name="auditOffice", title="审计单位", schema=OFFICE, owners=("applicant",)),
    LedgerField(name="budget", title="预算", schema={"type": "number"}, owners=("finance",), later=ClosedFrom("trial")),
)
SCHEMA = LedgerSchema({field.name: field for field in FIELDS})
ROW: dict[str, Any] = {
    "key": 5, "phase": "draft", "phases": [["draft", "a"]], "version": 3, "facts": {"projectName": "甲", "planYear": 2026, "old": "x"},
    "offices": {"applicant": [[1, "教育局"]], "builder": [[2, "某公司"]]}, "name": "甲", "number": "H-1", "plan_year": 2026, "total_amount": None,
    "contract_amount": None, "applicant_key": 1, "applicant_office": "教育局",
}  # fmt: skip
LINE = ("draft", "trial", "ended")


def origin(kind: RightKind = RightKind.FORM, role: str | None = "applicant") -> FactOrigin:
    return FactOrigin(process_id="permit", element_id="apply", right=Right(kind=kind), role=role, main_line=LINE)


def written(values: dict[str, Any], by: FactOrigin | None = None, row: dict[str, Any] = ROW) -> tuple[dict[str, Any], list[FactChange]]:
    before = copy.deepcopy(row)
    found = set_facts(row, values, SCHEMA, by or origin())
    assert row == before, "what was given stays as it was"
    return found


def test_an_origin_names_its_task() -> None:
    assert origin().task == "permit.apply"


def test_a_changed_fact_is_in_the_row_and_told_with_before_and_after() -> None:
    row, changes = written({"projectName": "乙", "totalAmount": Decimal("1.50")})
    assert row == {
        **ROW, "facts": {**ROW["facts"], "projectName": "乙", "totalAmount": Decimal("1.50")}, "name": "乙", "total_amount": Decimal("1.50"),
    }  # fmt: skip
    assert changes == [
        FactChange(field="projectName", before="甲", after="乙", origin=origin()),
        FactChange(field="totalAmount", before=None, after=Decimal("1.50"), origin=origin()),
    ]


def test_an_equal_value_is_no_change_and_a_blank_one_takes_the_fact_away() -> None:
    row, changes = written({"projectName": "甲", "totalAmount": " "})
    assert (row, changes) == (ROW, [])
    row, changes = written({"projectName": "\u3000"})
    assert "projectName" not in row["facts"]
    assert row["name"] == "甲", "a project keeps its name in lists"
    assert [(change.before, change.after) for change in changes] == [("甲", None)]
    priced = {**ROW, "facts": {"totalAmount": Decimal("1.0")}, "total_amount": Decimal("1.0")}
    assert written({"totalAmount": Decimal("1.000")}, row=priced)[1] == []
    row, _ = written({"totalAmount": None}, row=priced)
    assert (row["facts"], row["total_amount"], row["plan_year"], row["number"]) == ({}, None, None, "H-1")


def test_an_office_that_a_field_names_gets_its_relation() -> None:
    new = {"key": "7", "name": "新公司"}
    row, changes = written({"builderOffice": new, "auditOffice": {"key": "8", "name": "审计局"}})
    assert row["offices"] == {"applicant": [[1, "教育局"]], "builder": [[7, "新公司"]]}
    assert [change.field for change in changes] == ["builderOffice", "auditOffice"]
    row, _ = written({"partners": [new, {"key": "9", "name": "另一家"}]})
    assert row["offices"]["partner"] == [[7, "新公司"], [9, "另一家"]]
    row, _ = written({"builderOffice": None}, row={**ROW, "facts": {"builderOffice": new}})
    assert row["offices"] == {"applicant": [[1, "教育局"]]}, "nobody has it any more"


def test_what_the_ledger_has_not_and_what_may_not_be_written_is_refused_by_field() -> None:
    for values, field, told in (
        ({"projectNam": "乙"}, "projectNam", "台账没有字段“projectNam”"),
        ({"budget": 1}, "budget", "“预算”(budget)由 finance 填写,permit.apply 无权填写"),
        ({"totalAmount": Decimal("0.001")}, "totalAmount", "“总投资”应为精确到分的金额(元),至多两位小数"),
    ):
        with pytest.raises(FactRefused) as refused:
            written({"projectName": "乙", **values})
        assert (refused.value.field, str(refused.value)) == (field, told)
    with pytest.raises(FactRefused, match="台账没有字段"):
        set_facts(ROW, {"projectName": "乙"}, None, origin())


def test_a_phase_that_was_ever_entered_closes_a_field() -> None:
    finance = origin(role="finance")
    assert refusal(SCHEMA.fields["budget"], 1, finance, ROW) is None
    assert refusal(SCHEMA.fields["budget"], "x", finance, ROW) == "“预算”应填数字"
    late = {**ROW, "phases": [["draft", "a"], ["ended", "b"], ["draft", "c"]]}
    assert refusal(SCHEMA.fields["budget"], 1, finance, late) == "项目进入过阶段“trial”或更后的阶段,“预算”(budget)不能再填写"


def test_a_connector_of_the_first_release_writes_what_it_likes_and_gives_no_relation() -> None:
    connector = origin(RightKind.CONNECTOR)
    row, changes = written({"anything": " ", "budget": "1", "builderOffice": "某公司", "old": "x"}, connector)
    assert row["facts"] == {**ROW["facts"], "anything": " ", "budget": "1", "builderOffice": "某公司"}
    assert row["offices"] == ROW["offices"]
    assert [(change.field, change.after) for change in changes] == [("anything", " "), ("budget", "1"), ("builderOffice", "某公司")]
    row, changes = written({"old": None}, connector)
    assert ("old" in row["facts"], changes[0].after) == (False, None)
    odd = {**ROW, "facts": {"totalAmount": 1.5}}
    assert written({"totalAmount": 1.5}, connector, row=odd)[1] == []
    assert len(written({"totalAmount": 2.5}, connector, row=odd)[1]) == 1


BY_IMPORT = FactOrigin(right=Right(kind=RightKind.IMPORT, creates=True), main_line=LINE)
BY_MIGRATION = origin(RightKind.MIGRATED, role=None)


@pytest.mark.parametrize("by", [BY_IMPORT, BY_MIGRATION], ids=["import", "migration"])
def test_what_is_imported_or_migrated_is_unconfirmed(by: FactOrigin) -> None:
    row, changes = written({"totalAmount": 5, "budget": 2, "auditOffice": " "}, by)
    assert row["unconfirmed"] == ["budget", "totalAmount"]
    assert [(change.field, change.origin.right.kind) for change in changes] == [("totalAmount", by.right.kind), ("budget", by.right.kind)]
    again, changes = written({"totalAmount": 5, "budget": None}, by, row)
    assert (again["unconfirmed"], [change.field for change in changes]) == (["totalAmount"], ["budget"]), (
        "there is nothing to confirm of a blank one"
    )
    assert "unconfirmed" not in written({"projectName": "甲"}, by)[0], (
        "an equal value is not written, so that what an owner has said goes on to count"
    )


def test_whoever_else_writes_a_fact_has_confirmed_it_with_another_value_or_the_same() -> None:
    unsure = {**ROW, "facts": {**ROW["facts"], "totalAmount": 5}, "total_amount": Decimal(5), "unconfirmed": ["projectName", "totalAmount"]}
    row, changes = written({"totalAmount": 6}, row=unsure)
    assert (row["unconfirmed"], [(change.before, change.after) for change in changes]) == (["projectName"], [(5, 6)])
    row, changes = written({"totalAmount": Decimal("5.00")}, row=unsure)
    assert (row["unconfirmed"], row["facts"]["totalAmount"]) == (["projectName"], 5)
    assert [(change.before, change.after, change.origin.right.kind, change.origin.task, change.origin.role) for change in changes] == [
        (5, 5, RightKind.CONFIRMED, "permit.apply", "applicant")
    ], "confirming counts as a change"
    assert written({"projectName": None, "totalAmount": 5}, row=unsure)[0]["unconfirmed"] == []
    assert written({"totalAmount": 5, "old": "y"}, origin(RightKind.CONNECTOR), unsure)[0]["unconfirmed"] == ["projectName"]
    with pytest.raises(FactRefused):
        written({"totalAmount": 5}, origin(role="leader"), unsure)
    named_by = {**ROW, "facts": {**ROW["facts"], "builderOffice": "某公司"}, "unconfirmed": ["builderOffice", "old"]}
    assert set_office(named_by, "builder", (7, "新公司"), origin(RightKind.CONNECTOR))[0]["unconfirmed"] == ["old"]


def test_an_owner_confirms_a_fact_as_it_stands() -> None:
    unsure = {**ROW, "unconfirmed": ["old", "projectName"]}
    before = copy.deepcopy(unsure)
    row, changes = confirm(unsure, "projectName", SCHEMA, origin(RightKind.CONFIRMED))
    assert (row, unsure) == ({**ROW, "unconfirmed": ["old"]}, before)
    assert changes == [FactChange(field="projectName", before="甲", after="甲", origin=origin(RightKind.CONFIRMED))]
    for given, name, told in (
        (row, "projectName", "“名称”(projectName)不是待核实的内容,不需要核实"),
        (ROW, "totalAmount", "“总投资”(totalAmount)不是待核实的内容,不需要核实"),
        (unsure, "old", "台账没有字段“old”"),
    ):
        with pytest.raises(FactRefused) as refused:
            confirm(given, name, SCHEMA, origin(RightKind.CONFIRMED))
        assert (refused.value.field, str(refused.value)) == (name, told)
    with pytest.raises(FactRefused, match="台账没有字段"):
        confirm(unsure, "projectName", None, origin(RightKind.CONFIRMED))


def test_a_phase_is_entered_once_and_noted_with_its_instant() -> None:
    before = copy.deepcopy(ROW)
    row, changes = set_phase(ROW, "trial", "b", origin(RightKind.PHASE))
    assert row == {**ROW, "phase": "trial", "phases": [["draft", "a"], ["trial", "b"]]}
    assert changes == [FactChange(field="phase", before="draft", after="trial", origin=origin(RightKind.PHASE))]
    assert set_phase(ROW, "draft", "b", origin(RightKind.PHASE)) == (ROW, [])
    assert before == ROW


def test_an_office_that_a_connector_appoints_is_a_name_among_the_facts() -> None:
    by = origin(RightKind.CONNECTOR)
    row, changes = set_office(ROW, "builder", (7, "新公司"), by)
    assert row == {**ROW, "offices": {**ROW["offices"], "builder": [[7, "新公司"]]}, "facts": {**ROW["facts"], "builderOffice": "新公司"}}
    assert changes == [FactChange(field="builderOffice", before=None, after="新公司", origin=by)]
    again, changes = set_office(row, "builder", (8, "新公司"), by)
    assert (again["offices"]["builder"], changes) == ([[8, "新公司"]], [])
    row, _ = set_office(ROW, "applicant", (9, "水利局"), by)
    assert (row["applicant_key"], row["applicant_office"], row["facts"]["applicantOffice"]) == (9, "水利局", "水利局")
    assert row["offices"]["applicant"] == [[9, "水利局"]]


def test_offices_that_a_value_names() -> None:
    assert list(named({"key": "7", "name": "甲"})) == [[7, "甲"]]
    assert list(named([{"key": "7", "name": "甲"}, "乙", {"key": "8", "name": "丙"}])) == [[7, "甲"], [8, "丙"]]
    assert list(named(None)) == list(named("甲")) == list(named([])) == []


def test_typed_columns_are_of_facts_of_the_right_kind() -> None:
    empty = {"name": None, "number": None, "plan_year": None, "total_amount": None, "contract_amount": None}
    assert typed({}) == empty
    facts = {"projectName": "甲", "projectNumber": "H-1", "planYear": 2026, "totalAmount": 5, "contractAmount": Decimal("4.50"), "other": 1}
    found = typed(facts)
    assert found == {"name": "甲", "number": "H-1", "plan_year": 2026, "total_amount": Decimal(5), "contract_amount": Decimal("4.50")}
    assert isinstance(found["total_amount"], Decimal)
    assert typed({"planYear": True, "totalAmount": True, "contractAmount": "4"}) == empty
    assert typed({"planYear": "2026", "totalAmount": 1.5}) == empty
    assert typed({"planYear": Decimal(2026)}) == {**empty, "plan_year": 2026}, "as a decision gives it"
    assert typed({"planYear": Decimal("2026.5")}) == empty
