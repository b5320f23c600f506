"""The first day, on the real server: an official declares a project, the bureau's task appears with its deadline, an analyst changes a table."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app import config, create_app
from app.services import instants, startup
from tests.acceptance.conftest import Somebody
from tests.acceptance.filling import fill_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("first_day")]  # one server for both
ROOT = Path(__file__).parents[2]
TODAY = datetime.fromisoformat("2026-09-21T09:00:00+08:00")  # a Monday within Sucheng's window
UP_WITHIN = 1_800  # seconds, far more than it needs: the demonstration plays eighteen projects through the real services
NAME = "智慧河道巡检平台"
ANSWERS: dict[str, Any] = {
    "planYear": 2027,
    "budget": {"development": 1550000, "implementation": 0, "maintenance": 0, "training": 0, "supervision": 50000, "other": 0},
    "fundItems": [{"source": "区财政", "amount": 1600000}],
}


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What ``make run`` starts, in a September whatever the day is; gives its address."""
    data = tmp_path_factory.mktemp("first_day")
    app = create_app(config.load({}, data=str(data), clock="virtual"))
    with app.app_context():
        startup.prepare(TODAY)
        instants.begin_at(TODAY)
        startup.dispose()
    port = a_free_port()
    server = subprocess.Popen(
        [str(Path(sys.executable).with_name("quancheng")), "serve", "--demonstration", "--data", str(data), "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    said: list[str] = []
    up = threading.Event()

    def listen() -> None:
        assert server.stdout
        for line in server.stdout:
            said.append(line)
            if "服务已启动" in line:
                up.set()
        up.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        assert up.wait(UP_WITHIN), "".join(said)
        assert any("服务已启动" in line for line in said), "".join(said)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=300)
        listener.join(timeout=300)
        if server.stdout:
            server.stdout.close()


def sign_in(somebody: Somebody, site: str, username: str) -> Page:
    """By one click on the account, as the demonstration offers it."""
    page = somebody().new_page()
    page.goto(site)
    page.locator(f'[data-account="{username}"]').click()
    page.click("#sign-in")
    return page


def the_form(page: Page) -> Any:
    found = page.locator("#task-form-data").text_content()
    assert found
    return json.loads(found)["form"]


def example_answers(schema: Any, given: dict[str, Any], ui: Any) -> dict[str, Any]:
    """The test's own answers; for the rest what the form itself gives as an example."""
    answers = {}
    for name, field in schema["properties"].items():
        example = (field.get("examples") or [None])[0]
        if name in given:
            answers[name] = given[name]
        elif ui.get(name, {}).get("ui:readonly") or example in (None, "", []) or str(example).startswith("="):
            continue
        else:
            answers[name] = example
    return answers


def test_the_first_day(site: str, somebody: Somebody) -> None:
    official = sign_in(somebody, site, "sucheng.applicant7")
    expect(official.locator(".assumed-time")).to_contain_text("2026-09-21")
    official.get_by_role("link", name="发起申报").click()
    official.fill("#name", NAME)
    official.get_by_role("button", name="下一步").click()
    expect(official.locator("#root_projectName")).to_have_value(NAME)

    form = the_form(official)
    names = official.locator("#root_requiredNames .form-control-plaintext").inner_text().split("、")
    materials = [{"name": name, "files": [{"document": f"{name}.pdf"}]} for name in names]
    fill_in(official, form["schema"], example_answers(form["schema"], {**ANSWERS, "materials": materials}, form["ui"]))
    official.get_by_role("button", name="提交", exact=True).click()
    expect(official.get_by_role("status").filter(has_text="已提交")).to_be_visible()
    official.goto(f"{site}/projects?q={NAME}")
    official.get_by_role("link", name=NAME).click()
    expect(official.get_by_role("region", name="办理经过")).to_contain_text("填报申报表")

    bureau = sign_in(somebody, site, "sucheng.data_bureau")
    bureau.goto(f"{site}/inbox?q={NAME}")
    row = bureau.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(re.compile(r"2026-\d\d-\d\d\s+(剩余 \d+ 天|今天到期)"))
    row.get_by_role("link").click()
    expect(bureau.locator("[data-diagram]")).to_have_attribute("data-state", "drawn")
    expect(bureau.locator(".is-current")).not_to_have_count(0)
    expect(bureau.get_by_role("region", name="为什么由您办理")).to_contain_text("第")
    expect(bureau.get_by_role("region", name="办理期限")).to_contain_text("工作日")

    stranger = sign_in(somebody, site, "sucheng.applicant2")
    assert stranger.goto(bureau.url).status == 403  # type: ignore[union-attr]
    expect(stranger.get_by_role("alert")).to_contain_text("没有权限")


def test_an_analyst_uploads_a_changed_table(site: str, somebody: Somebody, tmp_path: Path) -> None:
    source = (ROOT / "dmn" / "sucheng" / "supervision.dmn").read_text(encoding="utf-8")
    changed, spoilt = tmp_path / "supervision.dmn", tmp_path / "broken.dmn"
    number = re.search(r"<text>[^<]*?(\d{5,})", source)
    assert number
    changed.write_text(source.replace(number[1], "7654321"), encoding="utf-8")  # in both rows: they complement each other
    spoilt.write_text(source[: number.start(1)] + "＞ 1" + source[number.end(1) :], encoding="utf-8")

    analyst = sign_in(somebody, site, "sucheng.analyst")
    analyst.get_by_role("link", name="上传模型").click()
    analyst.set_input_files("#files", spoilt)
    analyst.get_by_role("button", name="上传并发布").click()
    refusal = analyst.get_by_role("alert")
    expect(refusal).to_contain_text("全部文件均未生效")
    expect(refusal).to_contain_text("broken.dmn")

    analyst.set_input_files("#files", changed)
    analyst.fill("#reason", "监理门槛调整")
    analyst.get_by_role("button", name="上传并发布").click()
    expect(analyst.get_by_role("status").filter(has_text="第 2 版")).to_be_visible()
    analyst.goto(f"{site}/models/decision/sucheng/supervision")
    expect(analyst.get_by_role("main")).to_contain_text("7654321")
    expect(analyst.get_by_role("main")).to_contain_text("网页上传")
    analyst.goto(f"{site}/models/decision/sucheng/supervision?version=1")
    expect(analyst.get_by_role("main")).not_to_contain_text("7654321")
