"""The ledger's schema: what a file may say, and who may set a fact by which right."""

from itertools import product
from typing import Any

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

from app.domain.fact_sources import ClosedFrom, FactSource
from app.domain.facts import FactsError, LedgerField, LedgerSchema, Right, RightKind, may_set, validate

PLATFORM = {
    "projectKey": {"type": "string", "title": "项目号", "readOnly": True},
    "phase": {"type": "string", "title": "阶段", "readOnly": True},
    "applicantOffice": {"type": "object", "x-format": "office", "x-role": "applicant", "title": "申报单位", "readOnly": True},
}
MONEY = {"type": "number", "x-format": "money", "title": "金额"}
TEXT = {"type": "string", "title": "文字", "x-owner": ["finance"]}
OFFICE = {"type": "object", "x-format": "office", "title": "单位"}


def file(fields: dict[str, Any], **schema: Any) -> bytes:
    return simplejson.dumps(
        {
            "id": "records.project",
            "title": "项目台账",
            "schema": {"type": "object", "additionalProperties": False, "properties": fields, **schema},
        }
    ).encode()


def schema_of(**fields: Any) -> LedgerSchema:
    return LedgerSchema.parse(file({**PLATFORM, **fields}))


def extended(own: dict[str, Any], **schema: Any) -> LedgerSchema:
    shared = {**PLATFORM, "approvedBudget": {**MONEY, "x-owner": ["finance"]}}
    return LedgerSchema.parse(file(shared), file(own, **{"x-extends": "records.project", **schema}))


# ---------------------------------------------------------------------- reading


def test_a_field_says_type_title_owner_phase_source_and_relation() -> None:
    fields = schema_of(
        budget={**MONEY, "x-owner": ["finance", "review.review_budget"], "x-from": {"phase": "approved", "by": ["change.apply"]}},
        builder={**OFFICE, "x-source": ["approval:procurement.register_contract"], "x-role": "implementer"},
        passed={
            "type": "boolean",
            "title": "通过",
            "x-source": [{"decision": "opinion_aggregation", "from": ["review.give_opinion"]}, "job:registry"],
        },
        partners={
            "type": "array",
            "items": {"type": "object", "x-format": "office"},
            "title": "共建",
            "x-owner": ["applicant"],
            "x-unordered": True,
        },
    ).fields
    assert fields["budget"].owners == ("finance", "review.review_budget")
    assert fields["budget"].later == ClosedFrom("approved", ("change.apply",))
    assert fields["builder"].sources == (FactSource("approval", "procurement.register_contract"),)
    assert fields["passed"].sources == (
        FactSource("decision", "opinion_aggregation", ("review.give_opinion",)),
        FactSource("job", "registry"),
    )
    assert (fields["builder"].relation, fields["partners"].unordered, fields["phase"].read_only) == ("implementer", True, True)


def test_references_are_written_out() -> None:
    fields = {**PLATFORM, "budget": {"$ref": "#/$defs/money", "title": "预算", "x-owner": ["finance"]}}
    read = LedgerSchema.parse(file(fields, **{"$defs": {"money": {"type": "number", "x-format": "money"}}}))
    assert read.fields["budget"].schema == {"type": "number", "x-format": "money"}


def test_a_district_adds_fields_and_says_names_and_owners_its_own_way() -> None:
    read = extended(
        {"approvedBudget": {"title": "审核预算", "x-owner": ["review.review_budget"]}, "controlPrice": {**MONEY, "x-owner": ["finance"]}}
    )
    assert list(read.fields) == [*PLATFORM, "approvedBudget", "controlPrice"]
    assert (read.fields["approvedBudget"].title, read.fields["approvedBudget"].owners) == ("审核预算", ("review.review_budget",))
    assert read.fields["approvedBudget"].schema == {"type": "number", "x-format": "money"}
    assert (read.fields["approvedBudget"].own, read.fields["controlPrice"].own) == (False, True)


def test_a_district_takes_a_keyword_away_with_null() -> None:
    read = extended({"approvedBudget": {"x-owner": None, "x-source": "message:plan_listed"}}).fields["approvedBudget"]
    assert (read.owners, read.sources) == ((), (FactSource("message", "plan_listed"),))


@pytest.mark.parametrize(
    ("field", "place", "told"),
    [
        ({"title": "甲", "x-owner": ["finance"]}, "x/type", "应写明一种类型"),
        ({**TEXT, "type": ["string", "null"]}, "x/type", "不必写 null"),
        ({**TEXT, "x-onwer": ["finance"]}, "x/x-onwer", "不认识关键字“x-onwer”,是不是 x-owner?"),
        ({**TEXT, "x-unorderd": True}, "x/x-unorderd", "是不是 x-unordered?"),
        ({**TEXT, "x-format": "mony"}, "x/x-format", "是不是 money?"),
        ({**TEXT, "x-format": "money"}, "x/x-format", "应与 type number 同用"),
        ({**TEXT, "x-unordered": True}, "x/x-unordered", "只能写在列表"),
        ({"type": "array", "title": "列", "x-owner": ["finance"]}, "x/items", "应是一个对象"),
        (
            {"type": "array", "items": {"type": "string", "x-owner": ["finance"]}, "title": "列", "x-owner": ["finance"]},
            "x/items/x-owner",
            "只能写在字段上",
        ),
        ({"type": "string", "title": "甲"}, "x", "谁也不能写入它"),
        ({**TEXT, "title": " \u3000"}, "x/title", "没有中文名称"),
        ({**TEXT, "x-owner": []}, "x/x-owner", "应是非空的列表"),
        ({**TEXT, "x-owner": "finance"}, "x/x-owner", "应是非空的列表"),
        ({**TEXT, "x-owner": ["区财政局"]}, "x/x-owner", "应为角色键"),
        ({**TEXT, "x-owner": ["a.b.c"]}, "x/x-owner", "“流程.任务”"),
        ({**TEXT, "x-owner": ["finance", "finance"]}, "x/x-owner", "写了两次"),
        ({**TEXT, "x-from": "approved"}, "x/x-from", '{"phase": "阶段"'),
        ({**TEXT, "x-from": {"by": ["a.b"]}}, "x/x-from", "缺少 phase"),
        ({**TEXT, "x-from": {"phase": "approved", "by": ["finance"]}}, "x/x-from", "应写成“流程.任务”"),
        ({**TEXT, "x-from": {"phase": "approved", "bye": ["a.b"]}}, "x/x-from", "只能写 phase、by"),
        ({"type": "string", "title": "甲", "x-source": "decision:a", "x-from": {"phase": "approved"}}, "x/x-from", "本来就没有人填写"),
        ({"type": "string", "title": "甲", "x-source": []}, "x/x-source", "应写明来源"),
        ({"type": "string", "title": "甲", "x-source": [5]}, "x/x-source", "来源应是文字"),
        ({"type": "string", "title": "甲", "x-source": "decison:supervision"}, "x/x-source", "是不是 decision?"),
        ({"type": "string", "title": "甲", "x-source": "approval:approve_project"}, "x/x-source", "应为 approval:流程.任务"),
        ({"type": "string", "title": "甲", "x-source": "decision:"}, "x/x-source", "应为 decision:决策标识"),
        ({"type": "string", "title": "甲", "x-source": "import:old"}, "x/x-source", "应为 import"),
        ({"type": "string", "title": "甲", "x-source": {"decision": "a"}}, "x/x-source", "的 from 应是任务的列表"),
        ({"type": "string", "title": "甲", "x-source": {"from": ["a.b"]}}, "x/x-source", "缺少 decision"),
        ({"type": "string", "title": "甲", "x-source": ["decision:a", {"decision": "a", "from": ["a.b"]}]}, "x/x-source", "写了两次"),
        ({**TEXT, "x-source": "decision:a"}, "x/x-source", "须用 x-from 写明"),
        ({"type": "boolean", "title": "甲", "x-source": "path:a.b", "x-while-open": "是"}, "x/x-while-open", "应是 true 或 false"),
        ({"type": "string", "title": "甲", "x-source": "path:a.b", "x-while-open": True}, "x/x-while-open", "是非字段"),
        ({"type": "boolean", "title": "甲", "x-owner": ["finance"], "x-while-open": True}, "x/x-while-open", "是非字段"),
        ({**TEXT, "x-role": "implementer"}, "x/x-role", "只有单位或人员"),
        ({**OFFICE, "x-owner": ["finance"], "x-role": "承建"}, "x/x-role", "一种关系的标识"),
        ({**OFFICE, "x-owner": ["finance"], "x-role": "applicant"}, "x/x-role", "给出同一种关系 applicant"),
        ({**TEXT, "readOnly": True}, "x/readOnly", "只有平台的字段"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_keyword(field: dict[str, Any], place: str, told: str) -> None:
    with pytest.raises(FactsError) as refused:
        schema_of(x=field)
    assert (refused.value.place, told in str(refused.value)) == (place, True), str(refused.value)


@pytest.mark.parametrize(
    ("fields", "place", "told"),
    [
        ({**PLATFORM, "project": TEXT}, "project", "保留名称"),
        ({**PLATFORM, "phase": {**TEXT, "title": "阶段"}}, "phase/readOnly", "平台的字段"),
        ({**PLATFORM, "phase": {"type": "integer", "title": "阶段", "readOnly": True}}, "phase/type", "平台的字段"),
        ({"phase": PLATFORM["phase"], "projectKey": PLATFORM["projectKey"]}, "applicantOffice", "台账缺少平台的字段 applicantOffice"),
    ],
)
def test_the_platforms_own_fields_stay_what_they_are(fields: dict[str, Any], place: str, told: str) -> None:
    with pytest.raises(FactsError) as refused:
        LedgerSchema.parse(file(fields))
    assert (refused.value.place, told in str(refused.value)) == (place, True), str(refused.value)


@pytest.mark.parametrize(
    ("own", "place", "told"),
    [
        ({"approvedBudget": {"type": "string"}}, "approvedBudget/type", "本区不能改变字段的类型"),
        ({"approvedBudget": {"minimum": 1}}, "approvedBudget/minimum", "本区不能改变字段的类型"),
        ({"approvedBudget": {"x-role": "implementer"}}, "approvedBudget/x-role", "只能写 title、description"),
        ({"approvedBudget": {"x-owner": None}}, "approvedBudget", "谁也不能写入它"),
        ({"aprovedBudget": {"x-owner": ["finance"]}}, "aprovedBudget", "是不是 approvedBudget?"),
        ({"phase": {"x-owner": ["finance"]}}, "phase/x-owner", "由平台登记"),
        ({"controlPrice": {**MONEY}}, "controlPrice", "谁也不能写入它"),
    ],
)
def test_a_district_removes_and_retypes_nothing(own: dict[str, Any], place: str, told: str) -> None:
    with pytest.raises(FactsError) as refused:
        extended(own)
    assert (refused.value.place, told in str(refused.value)) == (place, True), str(refused.value)


def test_a_file_says_whether_it_is_the_shared_one_or_a_districts() -> None:
    with pytest.raises(FactsError, match="x-extends"):
        LedgerSchema.parse(file(PLATFORM), file({}))
    with pytest.raises(FactsError, match="共用的台账字段表不能写 x-extends"):
        LedgerSchema.parse(file(PLATFORM, **{"x-extends": "records.project"}))
    with pytest.raises(FactsError, match="必填写在任务的表单里"):
        LedgerSchema.parse(file(PLATFORM, required=["phase"]))
    with pytest.raises(FactsError, match="id 应为 records"):
        LedgerSchema.parse(file(PLATFORM).replace(b"records.project", b"records.projects"))
    with pytest.raises(FactsError, match="无法读取"):
        LedgerSchema.parse(b"{")


# ---------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("field", "value", "codes"),
    [
        (MONEY, "1.25", []),
        (MONEY, "1.250", []),
        (MONEY, "1.255", ["MONEY"]),
        (MONEY, '"1.25"', ["TYPE"]),
        (MONEY, "null", []),
        (MONEY, '"　"', []),
        (OFFICE, '{"key": "12", "name": "某局"}', []),
        (OFFICE, '"某局"', ["OFFICE"]),
        (OFFICE, '{"name": "某局"}', ["OFFICE"]),
        (OFFICE, '{"key": "12", "name": " "}', ["OFFICE"]),
        (OFFICE, '{"key": "12", "name": "某局", "more": 1}', ["OFFICE"]),
        ({"type": "object", "x-format": "person", "title": "人"}, '"张明"', ["PERSON"]),
        (
            {"type": "array", "items": {"type": "object", "x-format": "office"}, "title": "单位"},
            '[{"key": "1", "name": "甲"}, "乙"]',
            ["OFFICE"],
        ),
        ({"type": "string", "format": "date", "title": "日期"}, '"2026-02-30"', ["FORMAT"]),
        ({"type": "string", "enum": ["合格", "不合格"], "title": "结论"}, '"优"', ["ENUM"]),
    ],
)
def test_a_value_is_what_its_field_says_or_nothing(field: dict[str, Any], value: str, codes: list[str]) -> None:
    declared = schema_of(x={**field, "x-owner": ["finance"]}).fields["x"]
    found = validate(declared, simplejson.loads(value, use_decimal=True))
    assert [problem.code for problem in found] == codes
    assert all(problem.message for problem in found)


# ---------------------------------------------------------------------- who may

LINE = ("draft", "declared", "reviewing", "approved", "building")
TASKS = ("review.review_budget", "change.apply", "procurement.confirm", None)
ROLES = ("finance", "data_bureau", None)


def declared(**keywords: Any) -> LedgerField:
    return LedgerField(name="approvedBudget", title="批复预算", schema={"type": "number"}, **keywords)


phases = st.lists(st.sampled_from((*LINE, "suspended", "blocked")), unique=True)
owners = st.lists(st.sampled_from(("finance", "data_bureau", "review.review_budget", "change.apply")), unique=True, max_size=3)


@given(
    owners=owners,
    phase=st.sampled_from(LINE),
    by=st.lists(st.sampled_from([task for task in TASKS if task]), unique=True, max_size=2),
    closes=st.booleans(),
    entered=phases,
    role=st.sampled_from(ROLES),
    task=st.sampled_from(TASKS),
    kind=st.sampled_from((RightKind.FORM, RightKind.START)),
)
def test_by_a_form_owners_set_a_fact_and_from_its_phase_on_only_the_named_tasks(
    owners: list[str], phase: str, by: list[str], closes: bool, entered: list[str], role: str | None, task: str | None, kind: RightKind
) -> None:
    field = declared(
        owners=tuple(owners),
        later=ClosedFrom(phase, tuple(by)) if closes and owners else None,
        sources=() if owners else (FactSource("decision", "d"),),
    )
    owns = any(owner in (role, task) for owner in owners)
    has_come = {"draft": 0, "declared": 1, "reviewing": 2, "approved": 3, "building": 4}
    closed = closes and any(has_come.get(one, -1) >= has_come[phase] for one in entered)
    refused = may_set(field, Right(kind=kind), role=role, task=task, entered=entered, main_line=LINE)
    assert (refused is None) == (owns and (not closed or task in by)), refused


SOURCES = [
    FactSource("decision", "supervision"),
    FactSource("approval", "review.approve"),
    FactSource("message", "plan_listed"),
    FactSource("import"),
]


@given(
    known=st.lists(st.sampled_from(SOURCES), unique=True, min_size=1),
    come=st.sampled_from([*SOURCES, FactSource("decision", "other"), None]),
)
def test_a_declared_set_needs_a_source_that_the_field_names(known: list[FactSource], come: FactSource | None) -> None:
    right = Right(kind=RightKind.SET, source=come)
    refused = may_set(declared(sources=tuple(known)), right, role="finance", task="review.review_budget", entered=[], main_line=LINE)
    assert (refused is None) == (come in known and come is not None and come.kind != "import"), refused


def test_what_a_decision_is_worked_out_from_does_not_make_it_another_source() -> None:
    field = declared(sources=(FactSource("decision", "opinion_aggregation", ("review.give_opinion",)),))
    right = Right(kind=RightKind.SET, source=FactSource("decision", "opinion_aggregation"))
    assert may_set(field, right, role=None, task=None, entered=[], main_line=LINE) is None


def test_a_role_does_not_set_what_a_source_gives_whoever_it_is() -> None:
    field = declared(sources=(FactSource("message", "plan_listed"),))
    for kind, role, task in product((RightKind.FORM, RightKind.START), ROLES, TASKS):
        assert (
            may_set(field, Right(kind=kind), role=role, task=task, entered=[], main_line=LINE)
            == "“批复预算”(approvedBudget)不由人填写,它来自 message:plan_listed"
        )


def test_an_import_writes_only_into_the_project_that_it_makes() -> None:
    field = declared(owners=("finance",))
    for creates in (True, False):
        refused = may_set(field, Right(kind=RightKind.IMPORT, creates=creates), role=None, task=None, entered=["building"], main_line=LINE)
        assert (refused is None) is creates


@pytest.mark.parametrize("kind", list(RightKind))
def test_nobody_sets_what_the_platform_keeps(kind: RightKind) -> None:
    field = schema_of().fields["phase"]
    right = Right(kind=kind, source=FactSource("decision", "d"), creates=True)
    assert (
        may_set(field, right, role="data_bureau", task="review.approve", entered=[], main_line=LINE)
        == "“阶段”(phase)由平台登记,任何人都不能改"
    )


def test_a_phase_off_the_main_line_closes_by_itself_only() -> None:
    field = declared(owners=("finance",), later=ClosedFrom("suspended"))

    def refused(*entered: str) -> bool:
        return may_set(field, Right(kind=RightKind.FORM), role="finance", task=None, entered=entered, main_line=LINE) is not None

    assert (refused("building"), refused("suspended")) == (False, True)


def test_a_file_may_name_and_describe_itself() -> None:
    fields = {**PLATFORM, "x": {"$ref": "#/$defs/text", "title": "甲", "x-owner": ["finance"]}}
    read = LedgerSchema.parse(file(fields, title="台账", description="字段", **{"$defs": {"text": {"type": "string"}}}))
    assert read.fields["x"].schema == {"type": "string"}
