"""What the ledger's schema says of its fields besides who may set them: relations, digests, reasons in full."""

from typing import Any

import pytest

from app.domain import facts
from app.domain.codes import FormCode
from app.domain.fact_sources import ClosedFrom, FactSource
from app.domain.facts import FactsError, LedgerField, LedgerSchema, Right, RightKind, may_set, normal, validate
from app.domain.forms import FieldProblem
from tests.unit.domain.test_facts import OFFICE, PLATFORM, TEXT, extended, file, schema_of

LINE = ("draft", "approved", "building")


def test_relations_are_those_of_the_fields_that_name_them() -> None:
    schema = schema_of(
        builder={**OFFICE, "x-owner": ["finance"], "x-role": "implementer"}, other={**OFFICE, "x-owner": ["finance"]}, text=TEXT
    )
    assert schema.relations == {"applicant": schema.fields["applicantOffice"], "implementer": schema.fields["builder"]}
    people = {"type": "array", "items": {"type": "object", "x-format": "person"}, "title": "人", "x-owner": ["finance"], "x-role": "expert"}
    assert schema_of(experts=people).relations["expert"].name == "experts"


def test_a_digest_is_by_the_fields_own_ways() -> None:
    schema = schema_of(
        parts={"type": "array", "items": {"type": "string"}, "title": "列", "x-owner": ["finance"], "x-unordered": True}, text=TEXT
    )
    assert schema.digest({"parts": ["甲", "乙"]}) == schema.digest({"parts": ["乙", "甲"]}) != schema.digest({"parts": ["甲"]})
    assert schema.digest({"other": ["甲", "乙"]}) != schema.digest({"other": ["乙", "甲"]})
    assert normal(schema.fields["parts"], ["乙", "甲"]) == normal(schema.fields["parts"], ["甲", "乙"])


def test_a_field_by_itself_is_little() -> None:
    field = LedgerField(name="a", title="甲", schema={"type": "string"})
    assert (field.owners, field.later, field.sources, field.relation, field.read_only, field.unordered, field.own) == (
        (), None, (), None, False, False, False,
    )  # fmt: skip
    assert (field.form.id, field.form.title) == ("a", "甲")
    assert field.form.fields == {"a": {"title": "甲", "type": "string"}}
    assert Right(kind=RightKind.SET) == Right(kind=RightKind.SET, source=None, creates=False)
    assert (LedgerSchema().fields, LedgerSchema().relations) == ({}, {})


def test_a_value_that_no_form_refuses_may_still_be_none_that_a_fact_can_have() -> None:
    loose = LedgerField(name="a", title="甲", schema={})
    assert validate(loose, 1.5) == [
        FieldProblem("a", "甲", FormCode.INVALID, "“甲”:float 不能作为台账里的值,请改用文字、数字、是否、列表或一组内容")
    ]
    assert validate(loose, "x") == []
    amount = LedgerField(name="a", title="甲", schema={"type": "string"})
    assert [problem.code for problem in validate(amount, 1.5)] == ["TYPE"]


def refused(right: Right, task: str | None = "a.b", role: str | None = "finance", entered: Any = (), **field: Any) -> str | None:
    given = {"name": "budget", "title": "预算", "schema": {}, **field}
    return may_set(LedgerField(**given), right, role=role, task=task, entered=entered, main_line=LINE)


FORM = Right(kind=RightKind.FORM)


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("“预算”(budget)由平台登记,任何人都不能改", {"right": FORM, "read_only": True, "owners": ("finance",)}),
        ("“预算”(budget)不能这样写入", {"right": Right(kind=RightKind.CONNECTOR), "owners": ("finance",)}),
        ("“预算”(budget)不能这样写入", {"right": Right(kind=RightKind.PHASE), "owners": ("finance",)}),
        ("“预算”(budget)不能这样写入", {"right": Right(kind=RightKind.CONFIRMED), "owners": ("finance",)}),
        (None, {"right": Right(kind=RightKind.MIGRATED), "owners": ("leader",)}),
        (None, {"right": Right(kind=RightKind.MIGRATED), "sources": (FactSource("decision", "a"),)}),
        ("“预算”(budget)由平台登记,任何人都不能改", {"right": Right(kind=RightKind.MIGRATED), "read_only": True}),
        ("导入只能写入它自己新建的项目,不能改已有项目的“预算”(budget)", {"right": Right(kind=RightKind.IMPORT)}),
        (None, {"right": Right(kind=RightKind.IMPORT, creates=True)}),
        (
            "“预算”(budget)不由人填写,它来自 decision:a、import",
            {"right": FORM, "sources": (FactSource("decision", "a"), FactSource("import"))},
        ),
        ("“预算”(budget)由 leader、a.c 填写,a.b 无权填写", {"right": FORM, "owners": ("leader", "a.c")}),
        ("“预算”(budget)由 leader 填写,finance 无权填写", {"right": FORM, "owners": ("leader",), "task": None}),
        ("“预算”(budget)由 leader 填写,当前办理人 无权填写", {"right": FORM, "owners": ("leader",), "task": None, "role": None}),
        (None, {"right": FORM, "owners": ("leader", "a.b")}),
        (None, {"right": FORM, "owners": ("finance",), "later": ClosedFrom("approved"), "entered": ("draft",)}),
        (
            "项目进入过阶段“approved”或更后的阶段,“预算”(budget)不能再填写",
            {"right": FORM, "owners": ("finance",), "later": ClosedFrom("approved"), "entered": ("draft", "building")},
        ),
        (
            "项目进入过阶段“approved”或更后的阶段,“预算”(budget)只有 a.c、a.d 可以改",
            {"right": FORM, "owners": ("finance",), "later": ClosedFrom("approved", ("a.c", "a.d")), "entered": ("approved",)},
        ),
        (None, {"right": FORM, "owners": ("finance",), "later": ClosedFrom("approved", ("a.b",)), "entered": ("approved",)}),
        (
            "“预算”(budget)只能来自 decision:a、message:b,不能由这个值写入:看不出它来自哪一个,请直接取来源给出的结果或它的一部分",
            {
                "right": Right(kind=RightKind.SET),
                "sources": (FactSource("decision", "a"), FactSource("import"), FactSource("message", "b")),
            },
        ),
        (
            "“预算”(budget)由 finance 填写,没有登记可以写入它的来源(x-source),不能由“decision:a”写入",
            {"right": Right(kind=RightKind.SET, source=FactSource("decision", "a")), "owners": ("finance",)},
        ),
    ],
)
def test_why_a_field_may_not_be_written_is_said_in_full(said: str | None, given: dict[str, Any]) -> None:
    assert refused(**given) == said


@pytest.mark.parametrize(
    ("field", "place", "told"),
    [
        ({"type": "array", "items": {"type": "string", "minLenght": 1}, "title": "列", "x-owner": ["finance"]}, "x/items/minLenght", "是不是 minLength?"),
        (
            {"type": "object", "properties": {"a": {"type": ["string"]}}, "title": "组", "x-owner": ["finance"]},
            "x/a/type", "台账字段 x 的 x/a 应写明一种类型(type):string、number、integer、boolean、array、object;字段都可以为空,不必写 null",
        ),
        ({"type": "array", "items": {"type": "array"}, "title": "列", "x-owner": ["finance"]}, "x/items/items", "台账字段 x 的 x/items/items 应是一个对象"),
        ({"type": "string", "x-format": "zzz", "title": "甲", "x-owner": ["finance"]}, "x/x-format", "不认识,可用:money、office、person"),
        ({"type": "object", "properties": {"a": {"type": "string", "x-format": "office"}}, "title": "组", "x-owner": ["finance"]}, "x/a/x-format", "应与 type object 同用"),
        ({"type": "object", "x-format": "office", "title": "甲", "x-owner": ["finance"], "x-role": 5}, "x/x-role", "应是一种关系的标识"),
        ({"type": "string", "x-owner": ["finance"]}, "x/title", "没有中文名称"),
    ],
)  # fmt: skip
def test_parts_of_fields_are_looked_at_too(field: dict[str, Any], place: str, told: str) -> None:
    with pytest.raises(FactsError) as caught:
        schema_of(x=field)
    assert (caught.value.place, told in str(caught.value)) == (place, True), str(caught.value)


def test_what_may_stand_in_a_file_and_in_a_field() -> None:
    every = {
        "s": {"type": "string", "title": "文", "description": "说明", "enum": ["甲"], "format": "date", "pattern": "a", "minLength": 1, "maxLength": 2, "x-owner": ["finance"]},
        "n": {"type": "number", "title": "数", "minimum": 1, "maximum": 2, "exclusiveMinimum": 0, "exclusiveMaximum": 3, "multipleOf": 1, "x-owner": ["finance"]},
        "l": {"type": "array", "title": "列", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2, "uniqueItems": True, "x-unordered": False, "x-owner": ["finance"]},
        "o": {
            "type": "object", "title": "组", "properties": {"a": {"type": "boolean"}}, "required": ["a"], "additionalProperties": False, "x-owner": ["finance"],
            "x-from": {"phase": "approved", "by": []}, "x-source": "import",
        },
    }  # fmt: skip
    read = LedgerSchema.parse(
        file({**PLATFORM, **every}, **{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "x", "description": "y"})
    )
    assert {name: dict(read.fields[name].schema) for name in every} == {
        name: {key: value for key, value in part.items() if key not in ("title", "x-owner", "x-from", "x-source")}
        for name, part in every.items()
    }
    assert read.fields["o"].later == ClosedFrom("approved")
    assert read.fields["l"].unordered is False
    assert facts.MAY_DIFFER == ("title", "description", "x-owner", "x-from", "x-source")
    assert {"project", "parameters"} == facts.RESERVED
    assert (facts.LEDGER, facts.EXTENDS) == ("records.project", "x-extends")


def test_a_district_says_of_a_shared_field_what_it_may() -> None:
    own = {"title": "预算", "description": "说明", "x-owner": ["leader"], "x-from": {"phase": "approved"}, "x-source": None}
    field = extended({"approvedBudget": own}).fields["approvedBudget"]
    assert (field.title, field.schema["description"], field.owners, field.later, field.sources) == (
        "预算",
        "说明",
        ("leader",),
        ClosedFrom("approved"),
        (),
    )
    assert extended({"phase": {"title": "所处阶段"}}).fields["phase"].title == "所处阶段"
    for given, told in (
        ({"approvedBudget": {"x-rol": "x"}}, "本区不能写“x-rol”"),
        ({"somethingElse": {"title": "甲"}}, "应写明一种类型"),
    ):
        with pytest.raises(FactsError, match=told):
            extended(given)


@pytest.mark.parametrize(
    ("schema", "place", "told"),
    [
        ({"requird": []}, "schema/requird", "台账字段表的 schema 不用“requird”,可用:"),
        ({"required": []}, "schema/required", "必填写在任务的表单里"),
        ({"propertis": 1}, "schema/propertis", "是不是 properties?"),
    ],
)
def test_keywords_of_the_file_are_known(schema: dict[str, Any], place: str, told: str) -> None:
    with pytest.raises(FactsError) as caught:
        LedgerSchema.parse(file(PLATFORM, **schema))
    assert (caught.value.place, told in str(caught.value)) == (place, True), str(caught.value)


def test_a_platforms_field_has_no_rules_of_its_own() -> None:
    for rule in ({"x-owner": ["finance"]}, {"x-source": "import"}, {"x-owner": ["finance"], "x-from": {"phase": "approved"}}):
        with pytest.raises(FactsError) as caught:
            LedgerSchema.parse(file({**PLATFORM, "phase": {**PLATFORM["phase"], **rule}}))
        assert (caught.value.place, "不能有 x-owner、x-from、x-source" in str(caught.value)) == ("phase/readOnly", True)
    with pytest.raises(FactsError, match="应为"):
        LedgerSchema.parse(file({**PLATFORM, "applicantOffice": {**PLATFORM["applicantOffice"], "x-format": "person"}}))
