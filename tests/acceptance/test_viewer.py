"""The diagram on the pages, in Chromium: opens where the instance stands, leads through its planes, says under tasks and beside the drawing what is declared."""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Locator, Page, expect
from werkzeug.serving import make_server

from app import config, create_app
from app.domain.permissions import SYSTEM
from app.services import inbox, instances, messages, models, repair, startup, tasks
from app.services.repair import Activate
from app.store import schema
from tests import brook
from tests.acceptance.conftest import Somebody
from tests.acceptance.test_look import AXE
from tests.brook import NOW
from tests.unit.web.world import PASSWORD

pytestmark = pytest.mark.browser
MANY = 700

# Of a plane that is shown, in pixels of the window: captions with their tasks, names, flows.
MEASURED = """(box) => {
  const shown = (one) => one.getClientRects().length > 0;
  const rect = (one) => { const { left, top, right, bottom } = one.getBoundingClientRect(); return { left, top, right, bottom }; };
  const texts = (group) => [...group.querySelectorAll('text')].filter(shown);
  const whole = (ones) => { const all = ones.map(rect); return { left: Math.min(...all.map((a) => a.left)), top: Math.min(...all.map((a) => a.top)),
    right: Math.max(...all.map((a) => a.right)), bottom: Math.max(...all.map((a) => a.bottom)) }; };
  const captions = [...box.querySelectorAll('.diagram-caption')].filter((one) => texts(one).length).map((one) => {
    const drawn = one.closest('.djs-element');
    return { id: drawn.dataset.elementId, text: texts(one).map((line) => line.textContent), ...whole(texts(one)),
      task: rect(drawn.querySelector('.djs-visual > rect')) };
  });
  const labels = [...box.querySelectorAll('[data-element-id$="_label"] .djs-visual text')].filter(shown).map(rect);
  const points = [...box.querySelectorAll('.djs-connection .djs-visual > path')].filter(shown).flatMap((path) => {
    const at = path.getScreenCTM(), length = path.getTotalLength();
    return Array.from({ length: Math.ceil(length / 3) }, (_, i) => { const { x, y } = path.getPointAtLength(i * 3).matrixTransform(at); return [x, y]; });
  });
  return { captions, labels, points };
}"""


@dataclass(frozen=True)
class Site:
    """``staged``: an instance within a stage; ``forked``: one at two places, one of them stuck; ``task``: an open task of ``staged`` for fred;
    ``second``: the open task of ``forked``, the later of its places in the diagram."""

    address: str
    staged: int
    forked: int
    task: int
    second: int


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("brook")
    shutil.copytree(brook.DISTRICTS, folder / "models" / "districts")
    (folder / "data").mkdir()
    app = create_app(config.load({}, data=str(folder / "data"), models=str(folder / "models"), secret_key="tests"))
    with app.app_context():
        schema.upgrade()
        people = brook.install(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))
        root = people["root"]
        models.deploy(SYSTEM, [("bpmn/brook/many.bpmn", many())], NOW, source="cli")
        staged = review(root, "1")
        dora = next(line.key for line in inbox.todo(people["dora"], NOW).items)
        tasks.complete(people["dora"], dora, {}, NOW)
        task = next(line.key for line in inbox.todo(people["fred"], NOW).items)
        forked = review(root, "2")
        began = next(token.element for token in instances.view(root, forked, NOW).tokens if token.element_id == "pre_review")
        two = [Activate("revise_final"), Activate("give_consultation_opinion")]  # of the latter nobody has said who gives one
        repair.modify(root, forked, "两处同时办理", NOW, terminate=[began], activate=two)
        second = next(line.key for line in tasks.search(SYSTEM, tasks.TaskFilter(element_id="revise_final", state="open"), NOW).items)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Site(f"http://127.0.0.1:{server.server_port}", staged, forked, task, second)
        server.shutdown()
        thread.join()
        server.server_close()
        startup.dispose()


def review(root: Any, key: str) -> int:
    known = {line.key for line in instances.search(root, instances.InstanceFilter(), NOW).items}
    messages.publish(root, "review_requested", key, {}, NOW, tenant="brook")
    return next(line.key for line in instances.search(root, instances.InstanceFilter(), NOW).items if line.key not in known)


def many() -> bytes:
    """A process of 700 nodes in rows of 35, as nobody should draw one."""
    names = ["start", *(f"task_{number}" for number in range(MANY - 2)), "end"]
    nodes, shapes, edges = [], [], []
    for number, name in enumerate(names):
        x, y = 100 + number % 35 * 150, 100 + number // 35 * 140
        wide, high = (100, 80) if name.startswith("task") else (36, 36)
        said = '<zeebe:properties><zeebe:property name="record" value="opinion"/></zeebe:properties>'
        if name.startswith("task"):
            nodes.append(
                f'<bpmn:userTask id="{name}" name="办理{number}"><bpmn:extensionElements><zeebe:userTask/>'
                f'<zeebe:assignmentDefinition candidateGroups="finance"/>{said}</bpmn:extensionElements></bpmn:userTask>'
            )
        else:
            nodes.append(f'<bpmn:{name}Event id="{name}"/>')
        shapes.append(
            f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}"><dc:Bounds x="{x}" y="{y}" width="{wide}" height="{high}"/></bpmndi:BPMNShape>'
        )
        if number:
            before = names[number - 1]
            nodes.append(f'<bpmn:sequenceFlow id="to_{name}" sourceRef="{before}" targetRef="{name}"/>')
            ends = [(x - 50 if x > 100 else 100, y + 18), (x, y + 18)]
            if x == 100:  # from the end of the row above, between the rows
                ends = [(5300, y - 122), (5320, y - 122), (5320, y - 15), (80, y - 15), (80, y + 18), (x, y + 18)]
            points = "".join(f'<di:waypoint x="{at}" y="{height}"/>' for at, height in ends)
            edges.append(f'<bpmndi:BPMNEdge id="to_{name}_di" bpmnElement="to_{name}">{points}</bpmndi:BPMNEdge>')
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 id="definitions_many" targetNamespace="http://bpmn.io/schema/bpmn">
<bpmn:process id="many" name="许多环节" isExecutable="true">{"".join(nodes)}</bpmn:process>
<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="many">{"".join(shapes)}{"".join(edges)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>""".encode()


Visit = Callable[..., Page]


@pytest.fixture
def visit(site: Site, somebody: Somebody) -> Visit:
    """Sign somebody of the district in and open a page with a diagram."""

    def opened(username: str, path: str, width: int = 1280, height: int = 900) -> Page:
        page = somebody().new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{site.address}/sign-in")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.click("#sign-in")
        page.goto(site.address + path)
        expect(page.locator("[data-diagram]")).to_have_attribute("data-state", "drawn")
        return page

    return opened


def node(page: Page, element: str) -> Locator:
    return page.locator(f'[role=button][data-element-id="{element}"]')


def crumbs(page: Page) -> list[str]:
    return page.locator(".bjs-breadcrumbs:visible li").all_inner_texts()


def act(page: Page, name: str) -> Locator:
    return page.locator(f'[data-act="{name}"]')


def planes(page: Page) -> Iterator[str]:
    """Each plane below the one that is shown, opened by its button, and left again."""
    for number in range(page.locator(".bjs-drilldown:visible").count()):
        page.locator(".bjs-drilldown:visible").nth(number).click()
        yield crumbs(page)[-1]
        yield from planes(page)
        act(page, "up").click()


def apart(one: Mapping[str, float], other: Mapping[str, float], slack: float = 1) -> bool:
    return (
        one["right"] <= other["left"] + slack
        or other["right"] <= one["left"] + slack
        or one["bottom"] <= other["top"] + slack
        or other["bottom"] <= one["top"] + slack
    )


# ---------------------------------------------------------------------- planes


def test_an_instance_opens_on_the_plane_where_it_stands_with_the_place_in_view(visit: Visit, site: Site) -> None:
    page = visit("root", f"/instances/{site.staged}")
    assert crumbs(page) == ["项目审核与批复", "四方预审"]
    here = node(page, "give_pre_review_opinion")
    expect(here).to_be_in_viewport()
    expect(here).to_contain_class("is-current")
    expect(node(page, "find_reviewers")).to_contain_class("is-done")
    assert node(page, "start").is_hidden()


def test_one_goes_back_to_the_plane_above_and_into_a_stage_again(visit: Visit, site: Site) -> None:
    page = visit("root", f"/instances/{site.staged}")
    page.locator(".bjs-breadcrumbs a", has_text="项目审核与批复").click()
    assert crumbs(page) == []
    stage = node(page, "pre_review")
    expect(stage).to_contain_class("is-current")
    # the deadline that the sample gives has passed since, on any day on which this runs
    assert [text.partition("逾期")[0] for text in page.locator(".diagram-badges:visible").all_text_contents()] == ["● 1✓ 1"]
    page.get_by_title("展开“四方预审”").click()
    assert crumbs(page) == ["项目审核与批复", "四方预审"]
    act(page, "up").click()
    expect(stage).to_be_focused()
    expect(act(page, "up")).to_be_hidden()
    act(page, "here").click()
    expect(node(page, "give_pre_review_opinion")).to_be_focused()


def test_of_several_places_there_is_a_list_that_leads_to_each(visit: Visit, site: Site) -> None:
    page = visit("root", f"/instances/{site.forked}")
    places = page.get_by_role("group", name="当前位置").get_by_role("button")
    assert places.all_inner_texts() == ["审核与批复 › 分散建设审批 › 出具会商意见", "审核与批复 › 终稿与签章 › 修订方案终稿"]
    for button, plane, element, mark in (
        (places.nth(1), "终稿与签章", "revise_final", "is-current"),
        (places.nth(0), "分散建设审批", "give_consultation_opinion", "is-stuck"),
    ):
        button.click()
        assert crumbs(page) == ["项目审核与批复", "审核与批复", plane]
        expect(node(page, element)).to_be_in_viewport()
        expect(node(page, element)).to_contain_class(mark)
    act(page, "up").click()
    act(page, "up").click()
    expect(node(page, "examination")).to_contain_class("is-stuck")
    badges = page.locator(".diagram-badges:visible", has_text="故障").text_content() or ""
    assert (badges.startswith("● 2"), badges.endswith("! 故障 1")) == (True, True)


def test_a_tasks_page_opens_at_the_task_though_others_are_at_work_elsewhere(visit: Visit, site: Site) -> None:
    page = visit("alice", f"/tasks/{site.second}")
    own = ["项目审核与批复", "审核与批复", "终稿与签章"]
    assert crumbs(page) == own
    here = node(page, "revise_final")
    expect(here).to_be_in_viewport()
    expect(page.get_by_role("group", name="当前位置")).to_be_hidden()
    act(page, "up").click()
    act(page, "up").click()
    assert crumbs(page) == []
    act(page, "here").click()
    assert crumbs(page) == own
    expect(here).to_be_focused()
    act(page, "full").click()
    expect(act(page, "full")).to_have_text("退出全屏")
    assert crumbs(page) == own
    expect(here).to_be_in_viewport()
    page.get_by_role("link", name="审核与批复", exact=True).click()
    page.get_by_title("展开“分散建设审批”").click()
    expect(node(page, "give_consultation_opinion")).to_be_in_viewport()  # of a plane that the task is not on, the place that is
    act(page, "here").click()
    expect(here).to_be_in_viewport()


@pytest.mark.parametrize("width", [1280, 400])
def test_the_drawing_opens_so_that_it_can_be_read_and_nothing_lies_on_it(visit: Visit, site: Site, width: int) -> None:
    sizes = "(texts) => texts.map((text) => parseFloat(getComputedStyle(text).fontSize) * Math.hypot(text.getCTM().a, text.getCTM().b))"
    for username, path, place in (
        ("alice", f"/tasks/{site.second}", "revise_final"),
        ("root", f"/instances/{site.staged}", "give_pre_review_opinion"),
        ("ann", "/models/process/brook/many", "start"),
    ):
        page = visit(username, path, width)
        letters = page.locator("[data-diagram] .djs-visual text:visible, [data-diagram] .diagram-caption:visible text").evaluate_all(sizes)
        assert min(letters) >= 10.99
        expect(node(page, place)).to_be_in_viewport()
        if crumbs(page):
            way, drawing = page.locator(".bjs-breadcrumbs").bounding_box(), page.locator(".diagram-canvas").bounding_box()
            assert way
            assert drawing
            assert way["y"] + way["height"] <= drawing["y"]


# ---------------------------------------------------------------------- captions


@pytest.mark.parametrize("process", ["review", "declaration"])
def test_captions_lie_under_their_tasks_and_cover_no_name_and_no_flow(visit: Visit, process: str) -> None:
    page = visit("ann", f"/models/process/brook/{process}", 1700, 1000)
    found: dict[str, list[str]] = {}

    def look(plane: str) -> None:
        act(page, "all").click()
        drawn = page.locator("[data-diagram]").evaluate(MEASURED)
        for one in drawn["captions"]:
            where = f"{plane}: {one['text']}"
            assert "…" not in "".join(one["text"]), where
            assert one["top"] >= one["task"]["bottom"] - 1, where
            assert one["top"] - one["task"]["bottom"] <= 6, where
            assert one["left"] < one["task"]["right"], where
            assert one["right"] > one["task"]["left"], where
            assert all(apart(one, label) for label in drawn["labels"]), where
            assert not any(one["left"] < x < one["right"] and one["top"] + 1 < y < one["bottom"] - 1 for x, y in drawn["points"]), where
            assert all(apart(one, other) for other in drawn["captions"] if other is not one), where
            found[one["id"]] = one["text"]

    look("")
    for plane in planes(page):
        look(plane)
    expected = {
        "review": {
            "give_joint_opinion": ["限 5 个工作日", "↩ 提交审核申报"],
            "conclude_joint_review": ["登记意见", "↩ 提交审核申报、出具联审意见"],
            "revise_final": ["限 3 个工作日 · 登记申报"],
            "sign_joint_review": ["一人一次 · 出表", "↩ 修订方案终稿"],
        },
        "declaration": {
            "prepare_declaration": ["限 10 月 15 日"],
            "accept_declaration": ["限 5 个工作日", "↩ 填报申报表"],
        },
    }[process]
    assert {name: text for name, text in found.items() if name in expected} == expected
    assert len(found) == {"review": 18, "declaration": 6}[process]


def test_captions_follow_the_zoom(visit: Visit, site: Site) -> None:
    page = visit("root", f"/instances/{site.staged}")
    caption = page.locator(".diagram-caption:visible text", has_text="限 5 个工作日").first
    before = caption.bounding_box()
    act(page, "in").click()
    after = caption.bounding_box()
    assert before
    assert after
    assert after["width"] / before["width"] == pytest.approx(1.25, rel=0.05)


# ---------------------------------------------------------------------- the panel


def test_a_click_tells_what_is_declared_of_an_element(visit: Visit, site: Site) -> None:
    page = visit("ann", "/models/process/brook/review")
    for stage in ("审核与批复", "终稿与签章"):
        page.get_by_title(f"展开“{stage}”").click()
    node(page, "check_final").locator(".djs-hit").first.click()
    panel = page.get_by_role("region", name="环节说明")
    expect(panel.get_by_role("heading", name="复核终稿")).to_be_visible()
    text = panel.inner_text()
    for said in (
        "用户任务（多实例）",
        "四方联审单位",
        "5 个工作日，末日不是工作日的顺延",
        "第十三条",
        "总投资",
        "修订方案终稿",
        "签署联合评审表",
    ):
        assert said in text
    panel.get_by_role("link", name="终稿复核表（第 1 版）").click()
    expect(page.get_by_role("heading", name="终稿复核表 第 1 版")).to_be_visible()


def test_a_click_on_a_name_or_on_a_flow_is_about_the_gateway(visit: Visit) -> None:
    page = visit("ann", "/models/process/brook/review")
    page.get_by_title("展开“四方预审”").click()
    act(page, "all").click()
    panel = page.locator("[data-panel]")
    page.locator('[data-element-id="pre_review_result_label"] .djs-hit').first.click()
    expect(panel.get_by_role("heading")).to_have_text("预审结论？")
    expect(panel.locator("code").first).to_have_text('preReviewResult = "PASS"')
    expect(panel).to_contain_text("修改后同意 → 修改申报材料：其余情况")
    panel.get_by_role("button", name="关闭").click()
    expect(panel).to_be_hidden()


def test_in_an_instance_it_tells_who_did_it_when_and_by_which_rows(visit: Visit, site: Site) -> None:
    page = visit("fred", f"/tasks/{site.task}")
    panel = page.locator("[data-panel]")
    node(page, "give_pre_review_opinion").locator(".djs-hit").first.click()
    expect(panel).to_contain_text("2026-03-10 09:00 办结")
    expect(panel).to_contain_text("溪谷区数据局 杜数（区数据局经办）")
    node(page, "find_reviewers").locator(".djs-hit").first.click()
    expect(panel).to_contain_text("判定")
    assert panel.get_by_role("link").count() == 0  # fred may not open the models' pages


def test_the_diagram_is_read_by_keys_alone(visit: Visit, site: Site) -> None:
    page = visit("root", f"/instances/{site.staged}")
    canvas = page.locator(".diagram-canvas svg").first
    canvas.focus()
    seen = []
    for _ in range(14):  # the page's own links come first, then the way back
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.getAttribute('data-element-id')"))
    reached = [name for name in seen if name]
    assert {"find_reviewers", "give_pre_review_opinion", "judge_pre_review", "issue_pre_review"} <= set(reached)
    here = node(page, "give_pre_review_opinion")
    here.focus()
    label = here.get_attribute("aria-label") or ""
    assert label.startswith("办理事项（各办各的） 出具预审意见，限 5 个工作日，停在这里 1 处 · 已完成 1 次")
    page.keyboard.press("Enter")
    heading = page.locator("[data-panel] h3")
    expect(heading).to_be_focused()
    expect(heading).to_have_text("出具预审意见")
    page.keyboard.press("Escape")
    expect(here).to_be_focused()
    expect(page.locator("[data-panel]")).to_be_hidden()
    before = here.bounding_box()
    page.keyboard.press("+")
    after = here.bounding_box()
    assert before
    assert after
    assert after["width"] > before["width"]


# ---------------------------------------------------------------------- screens and paper


def test_the_diagram_fills_the_screen_and_comes_back(visit: Visit, site: Site) -> None:
    page = visit("root", f"/instances/{site.staged}")
    act(page, "full").click()
    expect(act(page, "full")).to_have_text("退出全屏")
    box = page.locator("[data-diagram]").bounding_box()
    assert box
    assert (box["x"], box["y"], box["width"]) == (0, 0, 1280)
    expect(node(page, "give_pre_review_opinion")).to_be_in_viewport()
    node(page, "give_pre_review_opinion").locator(".djs-hit").first.click()
    expect(page.locator("[data-panel]")).to_be_in_viewport()
    mark = page.locator(".bjs-powered-by")
    expect(mark).to_be_in_viewport(ratio=1)
    act(page, "full").click()
    expect(act(page, "full")).to_have_text("全屏")


def test_a_print_is_the_plane_alone(visit: Visit, site: Site) -> None:
    page = visit("root", f"/instances/{site.staged}")
    page.evaluate("window.print = () => {}")  # the browser's own dialogue
    act(page, "print").click()
    sheet = page.locator(".diagram-sheet")
    expect(sheet).to_have_count(1)
    page.emulate_media(media="print")
    expect(sheet).to_contain_text("项目审核与批复 › 四方预审")
    expect(sheet).to_contain_text("当前位置：四方预审 › 出具预审意见")
    expect(sheet.locator(".is-current[data-element-id=give_pre_review_opinion]")).to_be_visible()
    expect(sheet.locator(".diagram-caption", has_text="限 5 个工作日").first).to_be_visible()
    lost = "(paths) => paths.map((path) => /#([\\w-]+)/.exec(path.style.markerEnd)?.[1]).filter((id) => id && !document.getElementById(id).closest('.diagram-sheet'))"
    assert sheet.locator(".djs-connection path").evaluate_all(lost) == [], "arrow heads of the hidden page are not drawn"
    expect(page.locator("main")).to_be_hidden()
    expect(page.locator("header")).to_be_hidden()
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(sheet).to_have_count(0)
    expect(page.locator("main")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_diagram_with_its_panel_is_accessible_and_fits_the_window(visit: Visit, site: Site, width: int) -> None:
    for username, path, element in (
        ("root", f"/instances/{site.forked}", "give_consultation_opinion"),
        ("ann", "/models/process/brook/declaration", "prepare_declaration"),
    ):
        page = visit(username, path, width)
        node(page, element).focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-panel] h3")).to_be_in_viewport()
        page.evaluate(AXE.read_text(encoding="utf-8") + "\n;undefined")
        found = page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
        )
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_makers_mark_stays_in_sight_beside_the_panel(visit: Visit, site: Site) -> None:
    page = visit("root", f"/instances/{site.staged}")
    node(page, "give_pre_review_opinion").locator(".djs-hit").first.click()
    mark, panel = page.locator(".bjs-powered-by").bounding_box(), page.locator("[data-panel]").bounding_box()
    assert mark
    assert panel
    assert mark["x"] + mark["width"] <= panel["x"]
    top = "(box) => { const { x, y, width, height } = box.getBoundingClientRect(); return box.contains(document.elementFromPoint(x + width / 2, y + height / 2)); }"
    assert page.locator(".bjs-powered-by").evaluate(top)


def test_seven_hundred_nodes_are_drawn_with_their_captions(visit: Visit) -> None:
    page = visit("ann", "/models/process/brook/many")
    assert page.locator(".djs-shape[role=button]").count() == MANY
    assert page.locator(".diagram-caption").count() == MANY - 2
