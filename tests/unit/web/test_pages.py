"""What pages show and ask: the person's words in, the services' answers out."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import simplejson
from flask.testing import FlaskClient

from app.domain.forms import Form
from app.domain.permissions import Actor
from app.errors import Refused
from app.seen import shapes as v
from app.services import models, projects
from app.services.returns import ReturnWish
from app.web import display
from tests.unit.web import world

SignIn = Callable[[str], FlaskClient]
Token = Callable[[FlaskClient], str]

FILLED: dict[str, Any] = {
    "projectName": "智慧公园一期",
    "projectType": "建设类",
    "totalAmount": Decimal("4000000.01"),
    "plannedStartOn": "2027-03-01",
    "softwareDevelopment": False,
    "fundItems": [{"source": "区级财政", "amount": Decimal("4000000.01")}],
    "purpose": "改善公园管理，方便市民游园。",
}


def send(client: FlaskClient, token: Token, address: str, data: Any, *, confirmed: Any = None, **more: Any) -> Any:
    body = {"data": data} if confirmed is None else {"data": data, "confirmed": confirmed}
    return client.post(
        address,
        data=simplejson.dumps(body, use_decimal=True),
        headers={"Accept": "application/json", "Content-Type": "application/json", "X-CSRFToken": token(client), **more},
    )


def given(page: str, name: str = "task-form-data") -> Any:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found
    return simplejson.loads(found.group(1), use_decimal=True)


def test_the_inbox_lists_due_work_with_days_in_words(sign_in: SignIn) -> None:
    page = sign_in("applicant").get("/inbox").text
    for words in ("填写申报表", "2026-10-15", "剩余 2 天", "逾期 3 天", "今天到期", "无期限", "2026-10-22 后办理", world.LONG, "发起申报"):
        assert words in page


def test_the_filter_stays_in_the_address_and_can_be_cleared(sign_in: SignIn) -> None:
    page = sign_in("applicant").get("/inbox?q=补正&overdue=1").text
    assert 'value="补正"' in page
    assert "智慧公园一期" not in page
    assert "清除条件" in page


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=abc", "page=99999999999999999999", "q=" + "长" * 5000, "overdue=x", "page=١"])
def test_a_nonsensical_filter_is_no_failure(sign_in: SignIn, query: str) -> None:
    assert sign_in("applicant").get(f"/inbox?{query}").status_code == 200
    assert sign_in("applicant").get(f"/projects?year=x&{query}").status_code == 200
    assert sign_in("admin").get(f"/instances?state=x&{query}").status_code == 200


def test_an_empty_inbox_says_what_to_do_next(sign_in: SignIn) -> None:
    page = sign_in("idle").get("/inbox").text
    assert "现在没有待办事项" in page
    assert "发起年度计划" in page
    assert "发起申报" not in page
    assert "查看项目" in page


def test_what_somebody_may_begin_is_folded_where_it_is_much(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A district's data bureau begins eight kinds of matters; the inbox is for what waits."""
    caller = sign_in("idle")
    assert "发起其他事项" not in caller.get("/inbox").text
    (known,) = projects.startable(Actor(1, "idle", "", "sucheng"))
    offered = [replace(known, process_id=f"matter_{number}", name=f"事项{number}") for number in range(4)]
    monkeypatch.setattr(projects, "startable", lambda actor, now=None: offered)
    shown, _, folded = caller.get("/inbox").text.partition("发起其他事项")
    assert [number for number in range(4) if f"发起事项{number}" in shown] == [0, 1]
    assert [number for number in range(4) if f"发起事项{number}" in folded] == [2, 3]


def test_what_a_person_typed_is_never_markup(sign_in: SignIn) -> None:
    page = sign_in("applicant").get('/inbox?q="><script>alert(1)</script>').text
    assert "<script>alert" not in page


def test_the_task_page_says_why_until_when_and_by_which_clause(sign_in: SignIn) -> None:
    page = sign_in("applicant").get("/tasks/2").text
    for words in (
        "上一步“区数据局初审”由宿城区数据局李明办结后转到此处。您是本项目申报单位的人员。",
        "第十条第六项",
        "如实填写",
        "第 20 个工作日",
        "暂定",
        "4,000,000.01",
        "必须监理",
        "第 2 行",
        "第二十一条",
    ):
        assert words in page
    assert "reason" not in page  # a column of a table stands under its title
    assert page.count("btn-primary") == 0  # the one primary button, 提交, is the form's own


def test_several_tasks_are_chosen_from_a_list_and_answered_once(sign_in: SignIn, token: Token, memory: world.Memory) -> None:
    client = sign_in("applicant")
    first, second = world.LINES[:2]
    assert "与其他 1 件同类事项一并办理" in client.get("/tasks/1").text
    assert "一并办理" not in client.get("/tasks/4").text
    chosen = client.get("/tasks/1/together").text
    assert all(words in chosen for words in (first.project_name, second.project_name, "选定，填写意见"))
    assert 'id="task-form"' not in chosen
    assert "只有一件的请" in client.get("/tasks/1/together?task=1").text
    filled = client.get("/tasks/1/together?task=1&task=2").text
    assert "（2 件）" in filled
    assert filled.count(" checked>") == 2
    sent = send(client, token, "/tasks/1/together?task=1&task=2", FILLED)
    assert (sent.status_code, memory.together) == (200, [[1, 2]])
    assert "2 件已一并办结" in client.get(sent.get_json()["redirect"]).text


def test_a_returned_task_says_by_whom_why_and_until_when_and_the_inbox_marks_it(sign_in: SignIn) -> None:
    client = sign_in("applicant")
    page = client.get("/tasks/4").text
    for words in (
        "宿城区数据局李明 2026-10-12 09:30 在“区数据局初审”环节退回",
        "2026-10-10</strong> 日终前",
        "投资估算缺少依据",
        "&lt;b&gt;并&lt;/b&gt;盖章",
        "办结后直接回到“区数据局初审”环节",
    ):
        assert words in page
    listed = client.get("/inbox").text
    assert listed.count(">退回</span>") == 1
    assert "宿城区数据局李明：投资估算缺少依据" in listed
    assert ">退回</span>" not in client.get("/tasks/1").text


def test_a_task_is_returned_by_name_with_the_way_explained(sign_in: SignIn) -> None:
    client = sign_in("applicant")
    page = client.get("/tasks/4").text
    for words in (
        "填写申报表",
        "王建设 2026-09-23 09:30 办结",
        "只能办结后直接退回本环节",
        "第 2 项",
        "冯财",
        "逐级重办：",
        "直接退回本环节：",
        'min="2026-10-13"',
    ):
        assert words in page
    assert "退回原因" not in client.get("/tasks/1").text  # its diagram allows none


RETURN = {
    "to": "give_opinion",
    "way": "straight",
    "reason": "请补充依据",
    "due": "2026-10-20",
    "item": ["give_opinion:2", "fill_in:7", "give_opinion:x"],
}


def test_a_return_reaches_the_service_with_the_ticked_instances_of_its_target(sign_in: SignIn, token: Token, memory: world.Memory) -> None:
    client = sign_in("applicant")
    answer = client.post("/tasks/4/return", data={"csrf_token": token(client), **RETURN})
    assert (answer.status_code, answer.location) == (302, "/inbox")
    assert memory.returned == [ReturnWish("give_opinion", straight=True, reason="请补充依据", due_on=date(2026, 10, 20), instances=(2,))]


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"reason": " 　"}, 400, "请说明原因"),
        ({"due": "明天"}, 400, "请填写请对方办结的期限"),
        ({"due": ""}, 400, "期限"),
        ({"to": "check"}, 409, "正在办理"),
    ],
)
def test_what_is_not_accepted_stands_in_the_page_again(
    sign_in: SignIn, token: Token, memory: world.Memory, change: dict[str, str], status: int, said: str
) -> None:
    client = sign_in("applicant")
    given = {**RETURN, "reason": "写了很久的原因"} | change
    answer = client.post("/tasks/4/return", data={"csrf_token": token(client), **given})
    assert (answer.status_code, memory.returned) == (status, [])
    assert said in answer.text
    assert given["reason"].strip() in answer.text
    assert 'value="give_opinion:2" checked' in answer.text
    assert re.search(r'id="way-straight"[^>]*checked', answer.text)


def test_a_return_needs_the_page_s_token(sign_in: SignIn, memory: world.Memory) -> None:
    assert sign_in("applicant").post("/tasks/4/return", data=RETURN).status_code in (400, 403)
    assert memory.returned == []


def test_the_form_gets_exact_values_and_its_own_order(sign_in: SignIn) -> None:
    form = given(sign_in("applicant").get("/tasks/1").text)
    assert form["initial"]["fundItems"][0]["amount"] == Decimal("1234567.8")
    assert list(form["form"]["schema"]["properties"])[:3] == ["projectName", "applicantOffice", "projectType"]
    assert form["readOnly"] is False


def test_a_completed_form_reaches_the_service_exactly(sign_in: SignIn, token: Token, memory: world.Memory) -> None:
    client = sign_in("applicant")
    answer = send(client, token, "/tasks/1/complete", FILLED)
    assert (answer.status_code, answer.get_json()) == (200, {"redirect": "/inbox"})
    assert memory.completed[1]["totalAmount"] == Decimal("4000000.01")
    assert "已提交" in client.get("/inbox").text
    assert "已办结" in client.get("/tasks/1").text


def test_completion_leads_to_the_next_task_of_the_same_person(sign_in: SignIn, token: Token) -> None:
    assert send(sign_in("applicant"), token, "/tasks/2/complete", FILLED).get_json()["redirect"] == "/tasks/3"


def test_who_has_several_roles_chooses_one_and_the_word_is_that_roles(sign_in: SignIn, token: Token, memory: world.Memory) -> None:
    client = sign_in("applicant")
    page = client.get("/tasks/2").text
    assert "的身份办理。改以" in page
    assert '<strong aria-current="true">宿城区水利局 申报单位经办人</strong>' in page
    (other,) = re.findall(r'href="([^"]*acting=finance)"', page)
    chosen = client.get(other).text
    assert '<strong aria-current="true">宿城区财政局 财政局经办人</strong>' in chosen
    address = given(chosen)["urls"]["complete"]
    assert send(client, token, address, FILLED).status_code == 200
    assert memory.acting == ["finance"]
    assert "的身份办理" not in client.get("/tasks/1").text


def test_a_return_is_of_the_chosen_role(sign_in: SignIn, token: Token, memory: world.Memory) -> None:
    client = sign_in("applicant")
    (address,) = re.findall(r'action="(/tasks/4/return[^"]*)"', client.get("/tasks/4?acting=finance").text)
    data = {"csrf_token": token(client), "to": "fill_in", "way": "stepwise", "reason": "请补充", "due": "2026-10-20"}
    client.post(address, data=data)
    assert [wish.acting for wish in memory.returned] == ["finance"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"totalAmount": None}, "totalAmount"),
        ({"totalAmount": "很多"}, "totalAmount"),
        ({"__builtins__": 1}, "__builtins__"),
        ({"len": 1}, "len"),
        ({"fundItems": [{"source": "区级财政"}]}, "fundItems/0/amount"),
        ({"totalAmount": Decimal("1.001")}, "totalAmount"),
    ],
)
def test_the_server_is_the_judge_and_names_the_field(sign_in: SignIn, token: Token, memory: world.Memory, change: Any, path: str) -> None:
    answer = send(sign_in("applicant"), token, "/tasks/1/complete", FILLED | change)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert [problem["path"] for problem in answer.get_json(force=True)["problems"]] == [path]
    assert memory.completed == {}


def test_a_check_is_set_aside_with_a_reason_in_the_second_submission(sign_in: SignIn, token: Token, memory: world.Memory) -> None:
    client, too_much = sign_in("applicant"), FILLED | {"totalAmount": world.TOO_MUCH}
    first = send(client, token, "/tasks/1/complete", too_much)
    (problem,) = first.get_json(force=True)["problems"]
    assert (first.status_code, problem["path"], problem["code"], problem["check"], problem["confirm"]) == (
        422, "totalAmount", "CHECK", "SC-9-1", True,
    )  # fmt: skip
    second = send(client, token, "/tasks/1/complete", too_much, confirmed={"SC-9-1": "已报区政府"})
    assert second.status_code == 200
    assert memory.confirmed == {1: {"SC-9-1": "已报区政府"}}


@pytest.mark.parametrize(
    ("address", "key", "following"), [("/projects/77/begin/inspection", 77, "/tasks/3"), ("/begin/inspection", None, "/inbox")]
)
def test_a_process_with_a_start_form_is_begun_by_filling_it_in(
    sign_in: SignIn, token: Token, memory: world.Memory, address: str, key: int | None, following: str
) -> None:
    client = sign_in("applicant")
    page = client.get(address).text
    assert "发起项目检查" in page
    island = given(page)
    assert (island["initial"]["projectType"], island["urls"], island["readOnly"]) == ("建设类", {"complete": address}, False)
    refused = send(client, token, address, FILLED | {"len": 1})
    assert [problem["path"] for problem in refused.get_json(force=True)["problems"]] == ["len"]
    assert memory.begun == []
    answer = send(client, token, address, FILLED, confirmed={"1": "急用"})
    assert (answer.status_code, answer.get_json()["redirect"]) == (200, following)
    assert [(process, project, confirmed) for process, project, _, confirmed in memory.begun] == [("inspection", key, {"1": "急用"})]
    assert memory.begun[0][2]["totalAmount"] == Decimal("4000000.01")


def test_the_project_offers_a_form_where_there_is_one_and_a_button_where_not(sign_in: SignIn) -> None:
    page = sign_in("applicant").get("/projects/77").text
    assert 'href="/projects/77/begin/inspection"' in page
    assert 'action="/projects/77/start/change"' in page
    assert "/projects/77/start/inspection" not in page


def test_a_problem_of_the_schema_names_no_check(sign_in: SignIn, token: Token) -> None:
    answer = send(sign_in("applicant"), token, "/tasks/1/complete", FILLED | {"totalAmount": None})
    assert all(problem.keys() == {"path", "title", "code", "message"} for problem in answer.get_json(force=True)["problems"])


def test_a_second_submit_is_told_409(sign_in: SignIn, token: Token) -> None:
    client = sign_in("applicant")
    assert send(client, token, "/tasks/1/complete", FILLED).status_code == 200
    again = send(client, token, "/tasks/1/complete", FILLED)
    assert (again.status_code, again.get_json(force=True)["code"]) == (409, "TASK_CLOSED")


def test_a_stranger_gets_403_on_read_and_write(sign_in: SignIn, token: Token, memory: world.Memory) -> None:
    client = sign_in("stranger")
    assert client.get("/tasks/1").status_code == 403
    answer = send(client, token, "/tasks/1/complete", FILLED)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (403, "NOT_YOUR_PROJECT")
    assert memory.completed == {}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"data": []}',
        '{"data": {}, "more": 1}',
        '{"data": {}, "confirmed": []}',
        '{"data": {}, "confirmed": {}, "more": {}}',
        '{"data": {"a": NaN}}',
        '{"data": {"a": 1, "a": 2}}',
        '{"data": ' + "[" * 50 + "]" * 50 + "}",
        "\ud83d",
    ],
)
def test_a_body_that_is_no_form_is_refused_with_400(sign_in: SignIn, token: Token, memory: world.Memory, body: str) -> None:
    client = sign_in("applicant")
    answer = client.post(
        "/tasks/1/complete",
        data=body.encode(errors="surrogatepass"),
        headers={"Accept": "application/json", "Content-Type": "application/json", "X-CSRFToken": token(client)},
    )
    assert answer.status_code == 400
    assert answer.get_json(force=True)["detail"]
    assert memory.completed == {}


def test_a_strange_idempotency_key_is_refused(sign_in: SignIn, token: Token) -> None:
    answer = send(sign_in("applicant"), token, "/tasks/1/complete", FILLED, **{"Idempotency-Key": "k" * 200})
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (400, "IDEMPOTENCY_KEY")


def test_a_draft_is_kept_and_comes_back(sign_in: SignIn, token: Token) -> None:
    client = sign_in("applicant")
    answer = send(client, token, "/tasks/1/draft", {"projectName": "写到一半"})
    assert answer.get_json()["savedAt"] == world.NOW.isoformat()
    page = client.get("/tasks/1").text
    assert given(page)["initial"] == {"projectName": "写到一半"}
    assert "暂存的草稿" in page


def test_a_declaration_begins_with_a_name(sign_in: SignIn, token: Token) -> None:
    client = sign_in("applicant")
    refused = client.post("/projects/new", data={"name": "  ", "csrf_token": token(client)})
    assert refused.status_code == 422
    assert "请填写项目名称" in refused.text
    started = client.post("/projects/new", data={"name": "智慧公园", "csrf_token": token(client)})
    assert started.location == "/tasks/1"


def test_whoever_may_not_declare_is_told_why(sign_in: SignIn) -> None:
    page = sign_in("idle").get("/projects/new").text
    assert "只有申报单位可以申报" in page
    assert "<input class=" not in page


def test_amounts_stand_under_a_heading_with_their_unit(sign_in: SignIn) -> None:
    page = sign_in("applicant").get("/projects").text
    assert "总投资（元）" in page
    assert re.search(r'<td class="number"[^>]*>4,000,000\.01</td>', page)


def test_the_project_page_lists_the_files_that_were_handed_in(sign_in: SignIn) -> None:
    page = sign_in("applicant").get("/projects/77").text
    row = page[page.index('id="files-title"') :].split("</table>")[0]
    assert '<a href="/documents/9" download>建设方案（终稿）.pdf</a>' in row
    for words in ("第 2 版，2.5 MB", "ab" * 32, "填写申报表", "王建设"):
        assert words in row


def test_the_project_page_shows_the_whole_life(sign_in: SignIn) -> None:
    page = sign_in("applicant").get("/projects/77").text
    for words in (
        'aria-current="step"',
        "评审中",
        "申报单位经办人",
        "逾期 3 天",
        "监理要求（第 2 版）",
        "条款：第二十一条",
        "发起项目变更",
        "退回补正",
    ):
        assert words in page


def test_what_is_unconfirmed_is_marked_with_its_way_here_and_a_button_for_whoever_may(
    sign_in: SignIn, token: Token, memory: world.Memory
) -> None:
    client = sign_in("applicant")
    page = client.get("/projects/77").text
    section = re.sub(r"\s+", " ", page[page.index('id="unconfirmed-title"') : page.index('id="facts-title"')])
    for words in (
        "4,000,000.01",
        "迁移，系统，2026-10-13",
        "导入，李明",
        "由财政局经办人核实",
        "没有角色可以核实",
        "把关的规则按没有内容判断",
    ):
        assert words in section
    assert section.count("待核实</span>") == 3
    assert re.findall(r'action="([^"]+)"', section) == ["/projects/77/confirm/totalAmount"]
    assert 'aria-label="核实无误：总投资（元）"' in section
    assert 'name="version" value="7"' in section
    assert page[page.index('id="facts-title"') :].count("待核实</span>") == 1, "the fact itself is marked where the others stand"
    address, sent = "/projects/77/confirm/totalAmount", {"version": "7", "csrf_token": token(client)}
    assert client.post(address, data={"version": "7"}).status_code == 400, "nobody else's page sends it"
    assert memory.confirmed_facts == []
    answer = client.post(address, data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/projects/77")
    assert memory.confirmed_facts == [("applicant", 77, "totalAmount", 7)]
    assert "已核实“总投资（元）”：4,000,000.01。" in client.get("/projects/77").text


def test_a_confirmation_that_is_not_ones_own_late_or_not_from_the_page_is_refused(
    sign_in: SignIn, token: Token, memory: world.Memory
) -> None:
    client = sign_in("applicant")
    for field, version, status in (
        ("approvedBudget", "7", 403),
        ("totalAmount", "6", 409),
        ("totalAmount", "x", 400),
        ("totalAmount", "", 400),
    ):
        answer = client.post(f"/projects/77/confirm/{field}", data={"version": version, "csrf_token": token(client)})
        assert answer.status_code == status, (field, version)
    assert memory.confirmed_facts == []


def test_the_changes_of_facts_say_how_a_value_came_and_who_confirmed_it(sign_in: SignIn) -> None:
    page = sign_in("applicant").get("/projects/77").text
    section = re.sub(r"\s+", " ", page[page.index('id="changes-title"') : page.index('id="decisions-title"')])
    for words in (
        '建设模式：— → 统建</div> <div class="sub small">迁移，系统</div>',
        '计划年度：2027</div> <div class="sub small">核实无误，王建设（申报单位经办人）</div>',
        '总投资（元）：3 → 4,000,000.01</div> <div class="sub small">填写（填写申报表），王建设（申报单位经办人）</div>',
    ):
        assert words in section


def test_a_form_marks_what_nobody_has_confirmed(sign_in: SignIn, memory: world.Memory) -> None:
    memory.form = Form.parse(
        json.dumps({"id": "f", "title": "表", "schema": {"type": "object", "additionalProperties": False, "properties": {
            "budget": {"type": "number", "title": "预算", "readOnly": True, "description": "元"}, "scheme": {"type": "string", "title": "方案", "x-ledger": True},
            "note": {"type": "string", "title": "说明", "description": "注"},
        }}}).encode()
    )  # fmt: skip
    memory.unconfirmed = {"budget": "迁移", "scheme": "导入"}
    fields = given(sign_in("applicant").get("/tasks/1").text)["form"]["schema"]["properties"]
    assert {name: part.get("description") for name, part in fields.items()} == {
        "budget": "待核实（迁移）：填写它的人员在项目页核实之前，把关的规则按没有内容判断。元",
        "scheme": "待核实（导入）：请核对，提交即为核实无误。",
        "note": "注",
    }
    assert memory.form.fields["scheme"] == {"type": "string", "title": "方案", "x-ledger": True}, "the form itself is as it was deployed"


def test_an_instance_shows_where_it_stands_and_what_is_stuck(sign_in: SignIn) -> None:
    page = sign_in("admin").get("/instances/500").text
    for words in (
        "停在哪里",
        "totalAmount",
        "4000000.01",
        "作用域 each_office",
        "CONDITION_ERROR",
        "重试",
        "调用的流程",
        "declaration.close",
        "没有收件人",
    ):
        assert words in page
    elements = drawn(page)
    here = elements["fill_in"]
    assert (here["current"], here["overdue"], here["kind"]) == (1, "申报期限已过", "办理事项")
    assert "incident" not in here
    assert elements["gate"]["incident"] == "“验收关口”的条件“=acceptanceGate”的结果不是 true 或 false"


def test_cancelling_needs_a_reason(sign_in: SignIn, token: Token) -> None:
    client = sign_in("admin")
    assert client.post("/instances/500/cancel", data={"csrf_token": token(client), "reason": " "}).status_code == 400


def upload(client: FlaskClient, token: Token, **more: str) -> Any:
    data = {
        "csrf_token": token(client),
        "tenant": "sucheng",
        "reason": "门槛调整",
        "files": (io.BytesIO(b"<x/>"), "supervision.dmn"),
        **more,
    }
    return client.post("/models/upload", data=data, content_type="multipart/form-data")


def test_an_upload_is_published_and_named(sign_in: SignIn, token: Token, memory: world.Memory) -> None:
    client = sign_in("analyst")
    page = client.get(upload(client, token).location).text
    assert memory.deployed == [("supervision.dmn", b"<x/>")]
    assert "监理要求 第 4 版" in page
    assert "说明：门槛调整" in page


def test_a_refused_upload_names_file_element_line_and_cause(sign_in: SignIn, token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    class Place:
        file, element, line, code, message = "supervision.dmn", "rule_2", 14, "FEEL_SYNTAX", "第 2 行的条件“？>5”用了全角问号"

    def refuse(*values: object, **more: object) -> None:
        raise Refused([Place()])

    monkeypatch.setattr(models, "deploy", refuse)
    answer = upload(sign_in("analyst"), token)
    assert answer.status_code == 422
    for words in ("没有发布", "supervision.dmn", "rule_2", "14", "全角问号", "FEEL_SYNTAX", "门槛调整"):
        assert words in answer.text


def test_failed_scenarios_may_be_overruled_with_a_reason_and_nothing_else_may(
    sign_in: SignIn, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Place:
        file, element, line, code, message = "scenarios/gates.yaml", "空白", None, "SCENARIO", "应当拦截"

    forced: list[bool] = []

    def refuse(*values: object, force: bool = False, **more: object) -> None:
        forced.append(force)
        raise Refused([Place()])

    monkeypatch.setattr(models, "deploy", refuse)
    client = sign_in("analyst")
    assert "仍要发布" in upload(client, token).text
    upload(client, token, force="1")
    assert forced == [False, True]
    Place.code = "FEEL_SYNTAX"
    assert "仍要发布" not in upload(client, token).text


def test_another_district_cannot_be_uploaded_for(sign_in: SignIn, token: Token, memory: world.Memory) -> None:
    assert upload(sign_in("analyst"), token, tenant="fengxian").status_code == 403
    assert memory.deployed == []


@pytest.mark.parametrize("address", ["/models/upload", "/models/process/900/download", "/models/process/sucheng/declaration"])
def test_models_are_the_analysts_own(sign_in: SignIn, address: str) -> None:
    assert sign_in("applicant").get(address).status_code == 403


def drawn(page: str) -> Any:
    """What the diagram of a page is given of its elements."""
    found = re.search(
        r'<script type="application/json">(.*?)</script>\s*(?:<div class="diagram-places"|<div class="diagram-crumbs")', page, re.DOTALL
    )
    assert found
    return simplejson.loads(found[1])["elements"]


def test_a_diagram_tells_what_came_of_an_element_the_newest_first(sign_in: SignIn) -> None:
    elements = drawn(sign_in("admin").get("/instances/500").text)
    (visit,) = elements["fill_in"]["visits"]
    assert visit == {
        "when": "2026-10-13 09:30",
        "what": "办结",
        "who": "宿城区绿化和市容管理局 王建设（经办人）",
        "result": "提交",
        "rows": ["第 2 行：第二十一条"],
        "table": {"text": "监理要求（第 2 版）"},
    }
    many = elements["start"]
    assert [one["when"] for one in many["visits"]] == [f"2026-10-{day} 09:30" for day in ("12", "11", "10", "09", "08")]
    assert many["more"] == 2


@pytest.mark.parametrize(
    ("username", "path", "linked"),
    [("analyst", "/models/process/sucheng/declaration", True), ("applicant", "/tasks/1", False), ("admin", "/instances/500", False)],
)
def test_a_diagram_links_to_the_pages_of_models_for_those_who_may_open_them(
    sign_in: SignIn, username: str, path: str, linked: bool
) -> None:
    client = sign_in(username)
    (form,) = next(fact["lines"] for fact in drawn(client.get(path).text)["fill_in"]["facts"] if fact["title"] == "表单")
    assert form["text"] == "数字化项目申报表（第 1 版）"
    assert ("href" in form) == linked
    if linked:
        assert client.get(form["href"]).status_code == 200


def test_officials_may_read_the_diagram_of_their_task(sign_in: SignIn) -> None:
    answer = sign_in("applicant").get("/models/diagrams/900")
    assert answer.status_code == 200
    assert answer.data.startswith(b"<?xml")


def test_a_version_is_shown_and_downloaded(sign_in: SignIn) -> None:
    client = sign_in("analyst")
    assert "第 2 版" in client.get("/models/process/sucheng/declaration").text
    assert client.get("/models/process/sucheng/declaration?version=9").status_code == 404
    assert client.get("/models/nonsense/sucheng/declaration").status_code == 404
    assert "attachment" in client.get("/models/process/900/download").headers["Content-Disposition"]


def test_a_decision_is_shown_as_a_table_with_its_clauses(sign_in: SignIn) -> None:
    page = sign_in("analyst").get("/models/decision/sucheng/supervision").text
    for words in ("总投资（元）", "&gt; 4000000", "必须监理", "条款", "SC-21-1", "命中规则 FIRST"):
        assert words in page


def test_a_decision_says_what_it_imports_and_a_library_has_a_page_by_its_namespace(sign_in: SignIn) -> None:
    client = sign_in("analyst")
    page = client.get("/models/decision/sucheng/supervision").text
    for words in ("现在用的文件", world.LIBRARY, "dmn/rates.dmn"):
        assert words in page
    listed = client.get("/models?kind=library").text
    assert "决策库" in listed
    address = listed.partition('href="/models/library/')[2].partition('"')[0]
    answer = client.get(f"/models/library/{address}")
    assert answer.status_code == 200
    assert "第 2 版" in answer.text
    assert "attachment" in client.get("/models/library/904/download").headers["Content-Disposition"]


def test_a_form_is_shown_as_people_will_see_it_and_cannot_be_sent(sign_in: SignIn) -> None:
    form = given(sign_in("analyst").get("/models/form/<default>/declaration.fill_in").text)
    assert (form["preview"], form["urls"]) == (True, {})


def test_the_clock_moves_by_days_or_to_an_instant(sign_in: SignIn, token: Token, memory: world.Memory) -> None:
    memory.virtual = True
    client = sign_in("admin")
    assert "2026-10-13 09:30" in client.get("/clock").text
    client.post("/clock", data={"days": "3", "csrf_token": token(client)})
    client.post("/clock", data={"until": "2026-10-16T00:00", "csrf_token": token(client)})
    assert memory.moved == [timedelta(days=3), datetime(2026, 10, 15, 16, tzinfo=UTC)]


@pytest.mark.parametrize("wrong", [{"days": "0"}, {"days": "-1"}, {"days": "9999"}, {"days": "1e3"}, {"days": ""}, {"until": "soon"}])
def test_a_nonsensical_move_of_the_clock_is_refused(sign_in: SignIn, token: Token, memory: world.Memory, wrong: dict[str, str]) -> None:
    memory.virtual = True
    client = sign_in("admin")
    assert client.post("/clock", data={"csrf_token": token(client), **wrong}).status_code == 400
    assert memory.moved == []


def test_the_assumed_instant_stands_on_every_page_and_only_then(sign_in: SignIn, memory: world.Memory) -> None:
    client = sign_in("applicant")
    assert "演示时间" not in client.get("/inbox").text
    memory.virtual = True
    assert "演示时间 2026-10-13 09:30" in client.get("/inbox").text
    assert "演示时间 2026-10-13 09:30" in client.get("/nowhere").text


@pytest.mark.parametrize(
    ("days", "overdue", "words", "look"),
    [
        (41, False, "剩余 41 天", "calm"),
        (4, False, "剩余 4 天", "calm"),
        (3, False, "剩余 3 天", "soon"),
        (0, False, "今天到期", "soon"),
        (-1, True, "逾期 1 天", "late"),
        (None, False, "无期限", ""),
    ],
)
def test_days_left_by_word_and_colour(days: int | None, overdue: bool, words: str, look: str) -> None:
    assert display.remaining(world.line(1, "x", "y", days)) == (words, look)


def test_a_last_day_is_the_day_before_its_midnight() -> None:
    assert display.last_day(datetime(2026, 10, 15, 16, tzinfo=UTC)) == "2026-10-15"


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (None, "—"),
        (True, "是"),
        (Decimal("4000000.01"), "4,000,000.01"),
        (["甲", "乙"], "甲、乙"),
        ([{"source": "财政", "amount": 5}], "财政 5"),
        ({}, "—"),
        ([], "—"),
        (0, "0"),
    ],
)
def test_values_as_people_read_them(thing: Any, words: str) -> None:
    assert display.value(thing) == words


def test_pages_of_a_list() -> None:
    third = v.Page([], 41, 20, 40)
    assert (third.number, third.pages, third.has_more) == (3, 3, False)
    assert v.Page([], 41, 20, 20).has_more
