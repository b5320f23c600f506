"""The ledger's schema beside roles, phases and models: what it names and there is not is an error in its file; what is right is let alone."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.districts import SHARED, District, ProcessInfo, RoleInfo
from app.domain.facts import LEDGER
from app.domain.forms import Form
from app.engine import read
from app.rehearsal import facts, lint
from app.rehearsal.library import Shelf
from app.rehearsal.surroundings import Stock, of_installation
from tests.unit.engine import diagrams as d

ROOT = Path(__file__).resolve().parents[3]
PLATFORM = {
    "projectKey": {"type": "string", "title": "项目号", "readOnly": True},
    "phase": {"type": "string", "title": "阶段", "readOnly": True},
    "applicantOffice": {"type": "object", "x-format": "office", "x-role": "applicant", "title": "申报单位", "readOnly": True},
}
EAST = District(
    "east",
    "东区",
    ZoneInfo("Asia/Shanghai"),
    {
        "applicant": RoleInfo("applicant", "申报单位", relation="applicant"),
        "finance": RoleInfo("finance", "财政局", offices=("东区财政局",)),
        "archives": RoleInfo("archives", "档案局"),
        "system_admin": RoleInfo("system_admin", "系统管理员", offices=("东区",), administrative=True),
    },
    {"review": ProcessInfo("review"), "closed": ProcessInfo("closed", enabled=False)},
)
REVIEW = read(
    d.file(
        d.process(
            d.start(), d.user("approve", '<zeebe:assignmentDefinition candidateGroups="finance"/>'), d.user("apply", '<zeebe:assignmentDefinition candidateGroups="applicant"/>'),
            d.service("tell", "publish_message", '<zeebe:taskHeaders><zeebe:header key="messageName" value="plan_listed"/></zeebe:taskHeaders>'),
            d.service("register", "national_registry"), d.throw("listed"), d.end(), d.chain("start", "apply", "approve", "tell", "register", "listed", "end"),
            id="review",
        )
    ),
    "review.bpmn",
).processes[0]  # fmt: skip
CLOSED = read(d.file(d.process(d.start(), d.user("work"), d.end(), d.chain("start", "work", "end"), id="closed")), "closed.bpmn").processes[
    0
]


def form(fields: dict[str, Any], id: str = LEDGER, **schema: Any) -> Form:
    return Form.parse(
        json.dumps(
            {"id": id, "title": "台账", "schema": {"type": "object", "additionalProperties": False, "properties": fields, **schema}}
        ).encode()
    )


def stock(fields: dict[str, Any], own: dict[str, Any] | None = None, **more: Any) -> Stock:
    models: dict[tuple[str, str, str], Any] = {
        (SHARED, "form", LEDGER): form({**PLATFORM, **fields}),
        (SHARED, "form", "records.payment"): form({"amount": {"type": "number"}}, "records.payment"),
        ("east", "process", "review"): REVIEW,
        (SHARED, "process", "closed"): CLOSED,
        ("east", "decision", "supervision"): None,
    }
    if own is not None:
        models["east", "form", LEDGER] = form(own, **{"x-extends": LEDGER})
    return replace(
        Stock(
            {place: partial(lambda model: model, model) for place, model in models.items()}, {"east": EAST}, main_line=("draft", "approved")
        ),
        **more,
    )


def typed(**keywords: Any) -> dict[str, Any]:
    return {"type": "string", "title": "字段", **keywords}


RIGHT = {
    "a": typed(**{"x-owner": ["finance", "review.approve"], "x-from": {"phase": "approved", "by": ["review.approve"]}}),
    "b": typed(**{"x-source": ["decision:supervision", "record:payment", "record:overdue", "approval:review.approve", "path:review.end"]}),
    "c": typed(
        **{
            "x-source": [
                "path:review.listed",
                {"message": "plan_listed", "from": ["review.tell"]},
                "job:national_registry",
                "job:allot_number",
                "import",
            ]
        }
    ),
    "e": typed(**{"x-owner": ["review.start"]}),
}


def test_what_there_is_is_let_alone() -> None:
    assert facts.check(stock(RIGHT)) == []


@pytest.mark.parametrize(
    ("keywords", "told"),
    [
        ({"x-owner": ["finanse"]}, "本区没有角色“finanse”,是不是 finance?"),
        ({"x-owner": ["archives"]}, "本区没有单位承担角色“archives”"),
        ({"x-owner": ["system_admin"]}, "是管理角色"),
        ({"x-owner": ["review.aprove"]}, "流程“review”里没有“aprove”,是不是 approve?"),
        ({"x-owner": ["revew.approve"]}, "没有流程“revew”,是不是 review?"),
        ({"x-owner": ["review.tell"]}, "不是用户任务或开始事件"),
        ({"x-owner": ["closed.work"]}, "流程“closed”在本区没有开放"),
        ({"x-owner": ["finance"], "x-from": {"phase": "aproved"}}, "“aproved”不是主线上的阶段(districts/phases.toml),是不是 approved?"),
        ({"x-owner": ["finance"], "x-from": {"phase": "approved", "by": ["review.start"]}}, "不是用户任务"),
        ({"x-owner": ["finance"], "x-from": {"phase": "approved", "by": ["review.apply"]}}, "由 applicant 办理,不是所有者 finance"),
        ({"x-source": ["decision:supervison"]}, "没有决策“supervison”,是不是 supervision?"),
        ({"x-source": [{"decision": "supervision", "from": ["review.appply"]}]}, "是不是 apply?"),
        ({"x-source": ["record:paymnt"]}, "没有登记簿“paymnt”的表单 forms/records/paymnt.json,是不是 payment?"),
        ({"x-source": ["record:project"]}, "没有登记簿“project”"),
        ({"x-source": ["approval:review.listed"]}, "不是用户任务"),
        ({"x-source": ["path:review.approve"]}, "不是结束事件或里程碑"),
        ({"x-source": ["message:plan_lised"]}, "没有流程发出消息“plan_lised”,是不是 plan_listed?"),
        (
            {"x-source": ["message:plan_listed"]},
            '没有写明消息“plan_listed”由哪个元素发出,请写成 {"message": "plan_listed", "from": ["review.tell"]}',
        ),
        ({"x-source": [{"message": "plan_listed", "from": ["review.approve"]}]}, '"from": ["review.approve", "review.tell"]}'),
        ({"x-source": [{"message": "plan_listed", "from": ["review.tel"]}]}, "流程“review”里没有“tel”,是不是 tell?"),
        ({"x-source": [{"message": "plan_listed", "from": ["review.start"]}]}, "不是发出消息的元素或用户任务"),
        ({"x-source": ["job:national_registy"]}, "是不是 national_registry?"),
    ],
)
@pytest.mark.parametrize("whose", ["shared", "own"])
def test_a_name_that_there_is_not_is_an_error_where_it_is_written(keywords: dict[str, Any], told: str, whose: str) -> None:
    field = {"x": typed(**keywords)}
    found = facts.check(stock(field) if whose == "shared" else stock({}, field))
    file = "forms/records/project.json" if whose == "shared" else "forms/east/records/project.json"
    assert [(finding.file, finding.code, finding.severity) for finding in found] == [(file, "LEDGER_NAME", "error")]
    assert (found[0].element, told in found[0].message) == (f"x/{next(key for key in reversed(keywords))}", True), found[0].message


def test_a_relation_is_one_of_the_districts_roles() -> None:
    office = {"type": "object", "x-format": "office", "title": "单位", "x-owner": ["finance"], "x-role": "implementer"}
    (found,) = facts.check(stock({"x": office}))
    assert "本区没有角色的关系(relation)是“implementer”,可用:applicant" in found.message


def test_a_district_may_say_another_owner_where_it_lacks_the_shared_one() -> None:
    shared = {"x": typed(**{"x-owner": ["archives"]})}
    assert len(facts.check(stock(shared))) == 1
    assert facts.check(stock(shared, {"x": {"x-owner": ["finance"]}})) == []
    (found,) = facts.check(stock(shared, {"x": {"x-owner": ["nobody"]}}))
    assert found.file == "forms/east/records/project.json"


def test_a_file_that_is_written_wrongly_is_told_once_and_in_the_right_file() -> None:
    (found,) = facts.check(stock({"x": typed()}))
    assert (found.file, found.code, found.element) == ("forms/records/project.json", "LEDGER_SCHEMA", "x")
    (found,) = facts.check(stock(RIGHT, {"a": {"type": "number"}}))
    assert (found.file, found.code, found.element) == ("forms/east/records/project.json", "LEDGER_SCHEMA", "a/type")


def test_a_districts_file_needs_the_shared_one() -> None:
    alone = stock({}, {"x": typed(**{"x-owner": ["finance"]})})
    models = {place: load for place, load in alone.models.items() if place != (SHARED, "form", LEDGER)}
    (found,) = facts.check(replace(alone, models=models))
    assert (found.file, "forms/records/project.json,请一起提交" in found.message) == ("forms/east/records/project.json", True)


def test_without_districts_only_the_writing_is_judged() -> None:
    where = stock({"x": typed(**{"x-owner": ["anybody"]})}, districts={})
    assert facts.check(where) == []
    assert [finding.code for finding in facts.check(stock({"x": typed()}, districts={}))] == ["LEDGER_SCHEMA"]


def test_nothing_is_said_where_nothing_is_declared() -> None:
    where = Stock({("east", "process", "review"): lambda: REVIEW}, {"east": EAST})
    assert facts.check(where) == []
    assert not facts.touches(where, {("process", "review")})


@pytest.mark.parametrize(
    ("changed", "is_touched"),
    [
        (("form", LEDGER), True),
        (("process", "review"), True),
        (("decision", "supervision"), True),
        (("form", "records.payment"), True),
        (("form", "pay"), False),
    ],
)
def test_what_may_matter_to_the_ledger_is_looked_at_again(changed: tuple[str, str], is_touched: bool) -> None:
    assert facts.touches(stock(RIGHT), {changed}) is is_touched


# ---------------------------------------------------------------------- what ships


def shipped(change: Callable[[str, bytes], bytes] = lambda name, content: content) -> list[str]:
    """What lint says of the shipped files with one of them changed."""
    shelf = Shelf(ROOT)
    names = ["forms/records/project.json", "forms/fengxian/records/project.json", "forms/sucheng/records/project.json"]
    names += ["bpmn/sucheng/review.bpmn", "bpmn/fengxian/review.bpmn", "bpmn/annual_plan.bpmn"]
    files = [(name, change(name, (ROOT / name).read_bytes())) for name in names]
    return [
        f"{finding.file} {finding.message}" for finding in lint.check(files, house=True, installation=shelf) if finding.severity == "error"
    ]


def test_the_shipped_ledger_names_what_there_is() -> None:
    assert shipped() == []


@pytest.mark.parametrize(
    ("file", "was", "instead", "told"),
    [
        ("bpmn/sucheng/review.bpmn", b'"review_budget"', b'"audit_budget"', "approvedBudget"),
        ("bpmn/annual_plan.bpmn", b'name="plan_listed"', b'name="plan_published"', "没有流程发出消息“plan_listed”"),
        ("bpmn/annual_plan.bpmn", b"announce_listed", b"tell_listed", "没有写明可以由 annual_plan.tell_listed 发出"),
        ("bpmn/annual_plan.bpmn", b'"=entry.planAmount"', b'"=planTitle"', "annual_plan.issue_plan 的“计划名称”(planTitle)"),
        ("forms/sucheng/records/project.json", b'"archives"', b'"archive"', "是不是 archives?"),
        ("forms/records/project.json", b'"x-role": "implementer"', b'"x-role": "implementor"', "是不是 implementer?"),
    ],
)
def test_a_change_of_a_shipped_file_that_takes_a_fact_its_owner_or_source_is_told(file: str, was: bytes, instead: bytes, told: str) -> None:
    found = shipped(lambda name, content: content.replace(was, instead) if name == file else content)
    assert any(told in line for line in found), found


def test_a_message_that_lists_projects_is_sent_by_the_annual_plan_and_nobody_else() -> None:
    """The applicant's declaration listed its own project in the plan, with the amount that it had typed."""
    file = ROOT / "bpmn/declaration.bpmn"
    source = file.read_text("utf-8").replace('name="review_requested"', 'name="plan_listed"')
    found = lint.check([("bpmn/declaration.bpmn", source.encode())], installation=Shelf(ROOT))
    (told,) = [finding for finding in found if "发出消息“plan_listed”" in finding.message]
    assert (told.element, told.code, told.severity) == ("end_accepted", "DECLARED", "error")
    assert "写入台账的“计划年度”(planYear)、“已列入年度计划”(listed)" in told.message
    assert "没有写明可以由 declaration.end_accepted 发出" in told.message


def test_the_installation_on_disk_lists_each_districts_ledger_by_one_id() -> None:
    places = {place for place, _ in of_installation(ROOT, ("fengxian", "sucheng"))}
    assert {("sucheng", "decision", name) for name in ("change_route", "change_amounts", "change_assessment")} <= places, (
        "all that a file holds"
    )
    assert {owner for owner, kind, name in places if (kind, name) == ("form", LEDGER)} == {SHARED, "fengxian", "sucheng"}
