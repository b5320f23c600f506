"""A task's form in the browser: filling in, being corrected, losing nothing."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, Route, expect

from tests.acceptance.conftest import Enter
from tests.acceptance.test_look import AXE
from tests.unit.web import world

pytestmark = pytest.mark.browser
SUBMIT = "button:has-text('提交')"


def fill_in(page: Page) -> None:
    page.get_by_role("radio", name="建设类").check()
    page.fill("#root_totalAmount", "4,000,000.01")
    page.fill("#root_plannedStartOn", "2027-03-01")
    page.locator("#root_softwareDevelopment").get_by_label("否").check()
    page.fill("#root_purpose", "改善公园管理，方便市民游园。")


def test_an_official_fills_in_and_submits(enter: Enter, memory: world.Memory) -> None:
    page = enter("applicant", "/tasks/1")
    fill_in(page)
    page.click(SUBMIT)
    expect(page.get_by_role("status").filter(has_text="已提交")).to_be_visible()
    assert page.url.endswith("/inbox")
    assert memory.completed[1]["totalAmount"] == Decimal("4000000.01")
    assert memory.completed[1]["fundItems"] == [{"source": "区级财政", "amount": Decimal("1234567.8")}]
    assert memory.completed[1]["softwareDevelopment"] is False


def test_what_is_missing_is_listed_and_each_line_leads_to_its_field(enter: Enter, memory: world.Memory) -> None:
    page = enter("applicant", "/tasks/1")
    page.click(SUBMIT)
    summary = page.locator("#error-summary")
    expect(summary).to_contain_text("请更正以下 5 处问题")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="总投资：必填").click()
    expect(page.locator("#root_totalAmount")).to_be_focused()
    fill_in(page)
    expect(summary).to_have_count(0)
    assert memory.completed == {}


def test_a_condition_of_the_form_makes_a_field_required(enter: Enter) -> None:
    page = enter("applicant", "/tasks/1")
    fill_in(page)
    page.locator("#root_softwareDevelopment").get_by_label("是").check()
    page.click(SUBMIT)
    expect(page.locator("#error-summary")).to_contain_text("软件开发内容：必填")


def test_amounts_are_shown_with_thousands_and_in_ten_thousands(enter: Enter) -> None:
    page = enter("applicant", "/tasks/1")
    page.fill("#root_totalAmount", "4000000.01")
    expect(page.locator(".money-input").first).to_contain_text("4,000,000.01 元，合 400.000001 万元")
    page.fill("#root_totalAmount", "1.005")
    page.click(SUBMIT)
    expect(page.locator("#root_totalAmount__error")).to_contain_text("最多两位小数")
    assert page.input_value("#root_totalAmount") == "1.005"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [("120", None), ("1.5", "请填写整数"), ("很久", "请填写整数"), ("0", "不能小于 1"), ("99999999999999999999", "请填写整数")],
)
def test_a_whole_number_is_read_as_typed_or_refused_in_words(enter: Enter, memory: world.Memory, typed: str, problem: str | None) -> None:
    page = enter("applicant", "/tasks/1")
    fill_in(page)
    page.fill("#root_contractDays", typed)
    page.click(SUBMIT)
    if problem:
        expect(page.locator("#root_contractDays__error")).to_have_text(problem)
        assert page.input_value("#root_contractDays") == typed
    else:
        expect(page).to_have_url(re.compile("/inbox$"))
        assert memory.completed[1]["contractDays"] == 120


def test_rows_are_added_and_removed_and_added_up(enter: Enter) -> None:
    page = enter("applicant", "/tasks/1")
    page.locator("#root_fundItems").get_by_role("button", name="新增一行").click()
    page.select_option("#root_fundItems_1_source", label="自筹资金")
    page.fill("#root_fundItems_1_amount", "0.20")
    expect(page.locator("#root_fundItems tfoot")).to_contain_text("1,234,568.00")
    page.get_by_role("button", name="删除第 1 行").click()
    expect(page.locator("#root_fundItems tbody tr")).to_have_count(1)
    assert page.input_value("#root_fundItems_0_amount") == "0.20"


def test_an_instant_is_meant_in_the_districts_zone_wherever_the_browser_is(enter: Enter, memory: world.Memory) -> None:
    page = enter("applicant", "/tasks/1")
    fill_in(page)
    page.fill("#root_meetingAt", "2026-10-16T00:00")
    page.click(SUBMIT)
    expect(page).to_have_url(re.compile("/inbox$"))
    assert memory.completed[1]["meetingAt"] == "2026-10-16T00:00:00+08:00"


def test_what_only_the_server_finds_is_shown_at_the_field(enter: Enter, memory: world.Memory) -> None:
    page = enter("applicant", "/tasks/1")
    fill_in(page)
    stricter = {**memory.form.schema, "properties": {**memory.form.schema["properties"]}}
    stricter["properties"]["purpose"] = {**stricter["properties"]["purpose"], "minLength": 100}
    memory.form = type(memory.form)(memory.form.id, memory.form.title, stricter, memory.form.ui)
    page.click(SUBMIT)
    expect(page.locator("#error-summary")).to_contain_text("“建设目的和必要性”至少 100 个字")
    expect(page.locator("#root_purpose__error")).to_contain_text("至少 100 个字")
    assert page.input_value("#root_purpose") == "改善公园管理，方便市民游园。"


def test_a_task_closed_meanwhile_is_said_in_words_and_nothing_is_lost(enter: Enter, memory: world.Memory) -> None:
    page = enter("applicant", "/tasks/1")
    fill_in(page)
    memory.completed[1] = {}
    page.click(SUBMIT)
    expect(page.get_by_role("alert")).to_contain_text("此事项已经办结")
    expect(page.get_by_role("alert")).to_contain_text("TASK_CLOSED")
    assert page.input_value("#root_purpose") == "改善公园管理，方便市民游园。"


def test_an_expired_session_is_said_in_words_and_a_new_one_goes_on(enter: Enter, memory: world.Memory) -> None:
    page = enter("applicant", "/tasks/1")
    fill_in(page)
    page.context.clear_cookies()
    page.click(SUBMIT)
    expect(page.get_by_role("alert")).to_contain_text("登录已过期")
    enter("applicant", "/inbox").close()
    page.click(SUBMIT)
    expect(page).to_have_url(re.compile("/inbox$"))
    assert 1 in memory.completed


def test_a_lost_connection_is_said_in_words_and_retried_with_the_same_key(enter: Enter, memory: world.Memory) -> None:
    page = enter("applicant", "/tasks/1")
    fill_in(page)
    keys: list[str | None] = []

    def cut(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        if len(keys) == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/tasks/1/complete", cut)
    page.click(SUBMIT)
    expect(page.get_by_role("alert")).to_contain_text("没有连上服务器")
    page.click(SUBMIT)
    expect(page).to_have_url(re.compile("/inbox$"))
    assert keys[0] is not None
    assert keys[0] == keys[1]


def test_a_draft_is_kept_with_what_is_still_missing(enter: Enter, memory: world.Memory) -> None:
    page = enter("applicant", "/tasks/1")
    page.fill("#root_purpose", "写到一半")
    page.click("button:has-text('暂存草稿')")
    expect(page.get_by_role("status")).to_contain_text("草稿已于 09:30 保存")
    page.reload()
    assert page.input_value("#root_purpose") == "写到一半"
    assert "softwareDevelopment" not in memory.drafts[1]


def test_a_finished_task_is_shown_as_text(enter: Enter, memory: world.Memory) -> None:
    memory.completed[1] = {"projectName": "智慧公园一期", "totalAmount": Decimal("4000000.01"), "softwareDevelopment": True}
    page = enter("applicant", "/tasks/1")
    expect(page.locator("#root_totalAmount")).to_have_text("4,000,000.01 元")
    expect(page.locator("#root_softwareDevelopment")).to_have_text("是")
    expect(page.locator("#task-form input")).to_have_count(0)
    expect(page.locator(SUBMIT)).to_have_count(0)


def test_a_check_is_set_aside_at_its_field_with_a_reason(enter: Enter, memory: world.Memory) -> None:
    page = enter("applicant", "/tasks/1")
    fill_in(page)
    page.fill("#root_totalAmount", str(world.TOO_MUCH))
    page.click(SUBMIT)
    expect(page.locator("#error-summary")).to_contain_text("“总投资”超过估算（确属如此的，可在该项说明理由）")
    box = page.get_by_role("group", name="“总投资”超过估算")
    box.get_by_role("checkbox").check()
    box.get_by_role("textbox").fill("已报区政府")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']}).then(r => r.violations.map(v => v.id))") == []
    page.click(SUBMIT)
    expect(page.get_by_role("status").filter(has_text="已提交")).to_be_visible()
    assert memory.confirmed[1] == {"SC-9-1": "已报区政府"}
