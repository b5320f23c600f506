"""Every page keeps the policy, passes axe-core at WCAG 2.1 AA, and stays readable at 390 px."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.acceptance.conftest import Enter
from tests.unit.web import world

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = [
    ("applicant", "/inbox"),
    ("applicant", "/inbox/done"),
    ("applicant", "/inbox/notices"),
    ("applicant", "/tasks/2"),
    ("applicant", "/tasks/4"),
    ("applicant", "/tasks/5"),
    ("applicant", "/projects"),
    ("applicant", "/projects/77"),
    ("applicant", "/projects/new"),
    ("stranger", "/tasks/1"),
    ("admin", "/instances"),
    ("admin", "/instances/500"),
    ("admin", "/clock"),
    ("admin", "/calendar"),
    ("applicant", "/registers"),
    ("analyst", "/models"),
    ("analyst", "/models/upload"),
    ("analyst", "/models/process/sucheng/declaration"),
    ("analyst", "/models/decision/sucheng/supervision"),
    ("analyst", "/models/form/<default>/declaration.fill_in"),
    ("applicant", "/projects/77/begin/inspection"),
]


def settled(page: Page) -> None:
    """Wait for the islands of a page."""
    for diagram in page.locator("[data-diagram]").all():
        expect(diagram).to_have_attribute("data-state", "drawn")
    if page.locator("#task-form").count():
        expect(page.locator("#task-form form")).to_be_visible()


@pytest.mark.parametrize(("username", "path"), PAGES)
def test_a_page_is_accessible_and_fits_a_narrow_window(enter: Enter, memory: world.Memory, username: str, path: str) -> None:
    memory.virtual = True
    page = enter(username, path)
    settled(page)
    page.evaluate(AXE.read_text(encoding="utf-8") + "\n;undefined")
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
    )
    assert found == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_task_is_returned_from_its_page(enter: Enter, memory: world.Memory) -> None:
    page = enter("applicant", "/tasks/4")
    settled(page)
    page.get_by_text("内容需要前面的环节改正时").click()
    form = page.locator("#return form")
    expect(form.get_by_label("填写申报表")).to_be_checked()
    form.get_by_role("button", name="退回").click()
    assert memory.returned == []  # the browser itself asks for a reason and a day
    form.get_by_label("出具联审意见").check()
    form.get_by_label("第 2 项").check()
    form.get_by_label("直接退回本环节：").check()
    form.get_by_label("退回原因").fill("请补充依据")
    form.get_by_label("请对方办结的期限").fill("2026-10-20")
    page.evaluate(AXE.read_text(encoding="utf-8") + "\n;undefined")
    assert (
        page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then(r => r.violations.map(v => v.id))")
        == []
    )
    form.get_by_role("button", name="退回").click()
    expect(page.get_by_text("已退回，对方会收到通知。")).to_be_visible()
    (wish,) = memory.returned
    assert (wish.to, wish.straight, wish.instances, wish.reason) == ("give_opinion", True, (2,), "请补充依据")


def test_the_sign_in_page_fills_an_account_in_by_one_click(context: BrowserContext, address: str, memory: world.Memory) -> None:
    page = context.new_page()
    page.goto(address)
    page.fill("#account-search", "分析")
    expect(page.locator("[data-account]:visible")).to_have_count(1)
    page.locator("[data-account]:visible").click()
    page.click("#sign-in")
    expect(page.get_by_role("heading", name="模型", exact=True)).to_be_visible()


def test_the_diagram_shows_the_place_and_keeps_the_makers_mark(enter: Enter) -> None:
    page = enter("admin", "/instances/500")
    settled(page)
    expect(page.locator(".is-current.is-overdue[data-element-id=fill_in]")).to_have_count(1)
    expect(page.locator(".is-stuck[data-element-id=gate]")).to_have_count(1)
    expect(page.locator(".diagram-badge.overdue")).to_have_text("逾期")
    page.locator("[data-element-id=gate] .djs-hit").click()
    expect(page.get_by_role("region", name="环节说明")).to_contain_text("故障：“验收关口”的条件")
    mark = page.locator(".bjs-powered-by")
    expect(mark).to_be_visible()
    box, frame = mark.bounding_box(), page.locator(".diagram-canvas").bounding_box()
    assert box
    assert frame
    assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    assert box["y"] + box["height"] <= frame["y"] + frame["height"]


def test_the_wheel_scrolls_the_page_over_a_diagram(enter: Enter) -> None:
    page = enter("admin", "/instances/500")
    settled(page)
    page.locator(".diagram-canvas").hover()
    page.mouse.wheel(0, 300)
    page.wait_for_function("window.scrollY > 0")
