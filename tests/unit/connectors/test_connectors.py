"""Inline connectors as pure functions: what they read, what they change, and what they refuse in words an analyst understands."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.connectors import CONNECTORS
from app.connectors.calls import (
    ConnectorCall,
    FormRead,
    FoundProject,
    FoundRecord,
    Known,
    LedgerProject,
    Notice,
    NumberRead,
    OfficeRead,
    ProjectsRead,
    Publish,
    PutRecord,
    RecordsRead,
    RoleFacts,
    SetFacts,
    SetOffice,
    SetPhase,
)
from app.domain.forms import Form
from app.errors import ConnectorError

NOW = datetime(2025, 12, 31, 17, 0, tzinfo=UTC)  # already 2026 in Shanghai
PROJECT = LedgerProject(
    7, "平台", "building", {"totalAmount": Decimal("100.00"), "planYear": 2026}, {"applicant": [(11, "教育局")], "implementer": []}
)
ROLES = {
    "applicant": RoleFacts("申报单位", "applicant"),
    "implementer": RoleFacts("承建单位", "implementer"),
    "finance": RoleFacts("财政局"),
}
FORM = Form.parse(
    '{"id": "records.payment", "title": "支付登记", "schema": {"type": "object", "additionalProperties": false, "properties": '
    '{"amount": {"type": "number", "title": "金额", "x-format": "money"}, "note": {"type": "string", "title": "说明"}}, "required": ["amount"]}}'.encode()
)


def call(
    type: str, variables: dict[str, Any] | None = None, *, project: LedgerProject | None = PROJECT, mapped: bool = True, **headers: str
) -> ConnectorCall:
    return ConnectorCall(
        type,
        "task",
        "任务",
        headers,
        variables or {},
        "hill",
        NOW,
        ZoneInfo("Asia/Shanghai"),
        mapped,
        project,
        ("building", "trial"),
        ROLES,
        "P7D",
    )


def run(call: ConnectorCall, found: Any = None) -> Any:
    return CONNECTORS[call.type].run(call, found)


def reads(call: ConnectorCall) -> Any:
    return CONNECTORS[call.type].reads(call)


def test_there_is_one_module_for_each_type_of_the_dialect() -> None:
    assert set(CONNECTORS) == {
        "move_phase", "read_project", "update_project", "put_record", "query_records", "query_projects", "notify", "mark_overdue", "publish_message",
        "assign_role", "allot_number",
    }  # fmt: skip


def test_move_phase_moves_to_a_phase_that_there_is() -> None:
    outcome = run(call("move_phase", phase="trial"))
    assert (outcome.variables, outcome.changes) == ({"phase": "trial"}, [SetPhase("trial")])
    with pytest.raises(ConnectorError, match="阶段“nowhere”不在"):
        run(call("move_phase", phase="nowhere"))
    with pytest.raises(ConnectorError, match="缺少任务头"):
        run(call("move_phase"))
    with pytest.raises(ConnectorError, match="不属于任何项目"):
        run(call("move_phase", phase="trial", project=None))


def test_read_project_gives_every_fact_and_the_key_as_digits() -> None:
    assert run(call("read_project")).variables == {
        "totalAmount": Decimal("100.00"), "planYear": 2026, "projectKey": "7", "projectName": "平台", "phase": "building",
    }  # fmt: skip


def test_update_project_writes_inputs_as_facts_but_not_the_key_or_phase() -> None:
    outcome = run(
        call(
            "update_project",
            {"projectKey": "8", "phase": "trial", "totalAmount": Decimal("1.005"), "planYear": Decimal(2027), "purpose": None},
        )
    )
    assert outcome.changes == [SetFacts({"totalAmount": Decimal("1.01"), "planYear": 2027, "purpose": None})]
    for wrong in (
        {"totalAmount": "多"},
        {"totalAmount": True},
        {"contractAmount": Decimal(10) ** 20},
        {"planYear": "2026"},
        {"planYear": Decimal("2026.5")},
        {"projectName": ""},
    ):
        with pytest.raises(ConnectorError):
            run(call("update_project", wrong))


def test_put_record_is_checked_by_the_form_of_its_kind() -> None:
    asked = call("put_record", {"amount": Decimal("10.50"), "note": None}, kind="payment")
    assert reads(asked) == FormRead("payment")
    outcome = run(asked, FORM)
    (change,) = outcome.changes
    assert isinstance(change, PutRecord)
    assert (change.kind, change.data, change.amount) == ("payment", {"amount": Decimal("10.50")}, Decimal("10.50"))
    assert outcome.variables == {"recordKey": str(change.key)}
    with pytest.raises(ConnectorError, match=r"forms/records/payment\.json"):
        run(asked, None)
    with pytest.raises(ConnectorError, match="“金额”必填"):
        run(call("put_record", {"note": "x"}, kind="payment"), FORM)
    with pytest.raises(ConnectorError, match="没有“approved”"):
        run(call("put_record", {"amount": 1, "approved": True}, kind="payment"), FORM)


def test_query_records_filters_by_its_inputs_only() -> None:
    assert reads(call("query_records", {"result": "合格", "other": None}, kind="payment")) == RecordsRead(
        "payment", "project", {"result": "合格"}
    )
    assert reads(call("query_records", {"everything": 1}, kind="payment", scope="district", mapped=False)) == RecordsRead(
        "payment", "district", {}
    )
    with pytest.raises(ConnectorError, match="scope"):
        reads(call("query_records", kind="payment", scope="world"))
    with pytest.raises(ConnectorError):
        reads(call("query_records", kind="payment", project=None))
    found = [FoundRecord(5, "payment", {"note": "a"}, Decimal("1.00"), NOW, 7)]
    assert run(call("query_records", kind="payment"), found).variables == {
        "records": [{"note": "a", "recordKey": "5", "recordedAt": NOW.isoformat(), "projectKey": "7", "amount": Decimal("1.00")}]
    }


def test_query_projects_takes_one_phase_or_several() -> None:
    assert reads(call("query_projects", {"phase": "trial", "planYear": 2026})) == ProjectsRead(["trial"], {"planYear": 2026})
    assert reads(call("query_projects", {"phases": ["trial", "building"]})) == ProjectsRead(["trial", "building"], {})
    with pytest.raises(ConnectorError):
        reads(call("query_projects", {"phase": "nowhere"}))
    (project,) = run(call("query_projects"), [FoundProject(7, "平台", "trial", "教育局", {"planYear": 2026})]).variables["projects"]
    assert project == {
        "planYear": 2026,
        "projectKey": "7",
        "name": "平台",
        "projectName": "平台",
        "phase": "trial",
        "applicantOffice": "教育局",
    }


def test_notify_goes_to_the_projects_own_office_or_to_all_who_hold_the_role() -> None:
    outcome = run(call("notify", {"text": "请办理"}, to="owner finance", title="提醒"))
    assert outcome.changes == [Notice("applicant", 11, "提醒", "请办理"), Notice("finance", 0, "提醒", "请办理")]
    assert run(call("notify", {"text": "x"}, to="implementer", title="提醒")).changes == []  # there is none yet
    assert run(call("notify", {"text": "不是输入"}, to="finance", title="提醒", mapped=False)).changes == [Notice("finance", 0, "提醒", "")]
    with pytest.raises(ConnectorError, match="不在本区的角色表"):
        run(call("notify", to="nobody", title="提醒"))


def test_mark_overdue_records_and_escalates() -> None:
    record, notice = run(call("mark_overdue", event="acceptance.organise", to="finance")).changes
    assert isinstance(record, PutRecord)
    assert (record.kind, record.data["event"], record.data["element"]) == ("overdue", "acceptance.organise", "task")
    assert notice == Notice("finance", 0, "已逾期:任务", "平台")


def test_publish_message_correlates_by_the_project_and_lives_a_week() -> None:
    (change,) = run(call("publish_message", mapped=False, messageName="review_requested")).changes
    assert change == Publish("review_requested", "7", {}, NOW.replace(month=1, year=2026, day=7))
    (change,) = run(call("publish_message", {"correlationKey": "k", "variables": {"a": 1}, "timeToLive": "PT0S"}, messageName="m")).changes
    assert change == Publish("m", "k", {"a": 1}, NOW)
    for wrong in ({"correlationKey": True}, {"variables": [1]}, {"timeToLive": "一周"}):
        with pytest.raises(ConnectorError):
            run(call("publish_message", wrong, messageName="m"))


def test_assign_role_names_the_projects_office() -> None:
    asked = call("assign_role", {"office": " 示例公司 "}, role="implementer")
    assert reads(asked) == OfficeRead("示例公司")
    assert run(asked, 12).changes == [SetOffice("implementer", 12, "示例公司")]
    assert reads(call("assign_role", {"office": None}, role="implementer")) is None
    assert run(call("assign_role", {"office": None}, role="implementer")).changes == ()
    with pytest.raises(ConnectorError):
        run(call("assign_role", {"office": "财政局"}, role="finance"), 12)
    with pytest.raises(ConnectorError):
        reads(call("assign_role", {"office": 5}, role="implementer"))


def test_a_number_is_of_the_districts_year() -> None:
    asked = call("allot_number", kind="filing", prefix="备")
    assert reads(asked) == NumberRead("filing", 2026)
    assert run(asked, 42).variables == {"number": "备2026-0042"}


# ---------------------------------------------------------------- what can be said before a task is run

KNOWN = Known(phases=("building", "trial"), roles=ROLES, forms={"records.payment", "batch"})
RIGHT: dict[str, dict[str, str]] = {
    "move_phase": {"phase": "trial"},
    "read_project": {},
    "update_project": {},
    "put_record": {"kind": "payment"},
    "query_records": {"kind": "batch", "scope": "district"},
    "query_projects": {},
    "notify": {"title": "已办结", "to": "owner, finance"},
    "mark_overdue": {"event": "opinion", "subject": "出具意见", "title": "逾期", "to": "finance"},
    "publish_message": {"messageName": "asked", "timeToLive": "P30D"},
    "assign_role": {"role": "implementer"},
    "allot_number": {"kind": "declaration", "prefix": "检"},
}
REQUIRED = {
    "move_phase": ["phase"], "put_record": ["kind"], "query_records": ["kind"], "notify": ["title", "to"], "mark_overdue": ["event"],
    "publish_message": ["messageName"], "assign_role": ["role"], "allot_number": ["kind"],
}  # fmt: skip
WRONG = [
    ("move_phase", {"phase": "nonsense"}, "阶段“nonsense”不在"),
    ("put_record", {"kind": "paymnt"}, "登记簿“paymnt”"),
    ("query_records", {"kind": "paymnt"}, "登记簿“paymnt”"),
    ("query_records", {"scope": "world"}, "scope"),
    ("notify", {"to": "owner,fnance"}, "角色“fnance”"),
    ("mark_overdue", {"to": "fnance"}, "角色“fnance”"),
    ("publish_message", {"timeToLive": "30 days"}, "timeToLive"),
    ("assign_role", {"role": "finance"}, "角色“finance”"),
    ("assign_role", {"role": "nobody"}, "角色“nobody”"),
]


@pytest.mark.parametrize("type", RIGHT)
def test_right_headers_are_accepted_and_one_that_nobody_reads_is_told(type: str) -> None:
    assert CONNECTORS[type].check(RIGHT[type], KNOWN) == []
    (problem,) = CONNECTORS[type].check({**RIGHT[type], "phaze": "x"}, KNOWN)
    assert "任务头“phaze”" in problem
    for name in REQUIRED.get(type, ()):
        (problem,) = CONNECTORS[type].check({**RIGHT[type], name: " "}, KNOWN)
        assert f"缺少任务头(header)“{name}”" in problem


@pytest.mark.parametrize(("type", "headers", "cause"), WRONG)
def test_a_header_that_names_nothing_is_told_unless_nobody_knows(type: str, headers: dict[str, str], cause: str) -> None:
    (problem,) = CONNECTORS[type].check({**RIGHT[type], **headers}, KNOWN)
    assert cause in problem
    if headers.keys() & {"scope", "timeToLive"}:
        return
    assert CONNECTORS[type].check({**RIGHT[type], **headers}, Known()) == []


@pytest.mark.parametrize(("type", "headers", "cause"), [wrong for wrong in WRONG if "登记簿" not in wrong[2]])
def test_what_is_told_before_is_what_stops_the_task(type: str, headers: dict[str, str], cause: str) -> None:
    asked = call(type, **{**RIGHT[type], **headers})
    with pytest.raises(ConnectorError, match=cause):
        run(asked, reads(asked) and [])


def test_a_register_that_is_nowhere_stops_the_query() -> None:
    with pytest.raises(ConnectorError, match=r"forms/records/paymnt\.json"):
        run(call("query_records", kind="paymnt"), None)


def test_the_message_that_an_event_refers_to_brings_its_inputs_and_nothing_else_for_the_project() -> None:
    (change,) = run(call("publish_message", {"amount": 1, "correlationKey": "x"}, messageRef="listed")).changes
    assert (change.name, change.correlation_key, change.variables) == ("listed", "7", {"amount": 1, "correlationKey": "x"})
    (change,) = run(call("publish_message", {"amount": 1}, mapped=False, messageRef="listed")).changes
    assert change.variables == {}
    (change,) = run(call("publish_message", messageRef="listed", messageKey="2027")).changes
    assert change.correlation_key == "2027", "the key that the message is drawn with"
