"""A server as it is set up for real, by what the README says: no demonstration; an administrator, offices, people; one declares, the other receives."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app import config, create_app
from app.playing import papers
from app.services import instants, startup
from tests.acceptance.conftest import Somebody
from tests.acceptance.filling import fill_in
from tests.acceptance.running import COMMAND, ROOT, environment, run, served
from tests.acceptance.test_first_day import ANSWERS, TODAY, example_answers, the_form

pytestmark = pytest.mark.browser
PASSWORD = "四个字的口令-2026"
OWN = "correct horse battery"
PROJECT = "智慧水务调度平台"
NEW_OFFICE = "宿城区智慧水务建设专班"


def typed(password: str, *arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    """A command that is given a password on standard input."""
    return subprocess.run(
        [COMMAND, *arguments], cwd=ROOT, env=environment(**settings), input=password + "\n", capture_output=True, text=True, check=False
    )


def sign_in(somebody: Somebody, site: str, username: str, password: str) -> Page:
    page = somebody().new_page()
    page.goto(f"{site}/sign-in")
    page.fill("#username", username)
    page.fill("#password", password)
    page.click("#sign-in")
    return page


def choose_own_password(page: Page, given: str) -> None:
    """What whoever got a one-time password has to do before anything else."""
    expect(page).to_have_title("修改口令 · 全程")
    page.fill("#present", given)
    page.fill("#wanted", OWN)
    page.fill("#again", OWN)
    page.get_by_role("button", name="修改口令").click()
    expect(page.get_by_role("status")).to_contain_text("口令已修改")


def issue_the_notice(page: Page, site: str) -> None:
    """The bureau opens the year: before its notice is out nobody can declare."""
    page.goto(f"{site}/inbox")
    page.get_by_role("button", name="发起年度计划").click()
    form = the_form(page)
    fill_in(
        page, form["schema"], {"planYear": 2027, "noticeNo": "申报通知〔2027〕1号", "noticeOn": "2026-09-21", "requirements": "按要求填报"}
    )
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="已提交")).to_be_visible()


def declare(page: Page, name: str) -> None:
    page.get_by_role("link", name="发起申报").click()
    page.fill("#name", name)
    page.get_by_role("button", name="下一步").click()
    form = the_form(page)
    names = page.locator("#root_requiredNames .form-control-plaintext").inner_text().split("、")
    materials = [{"name": material, "files": [{"document": f"{material}.pdf"}]} for material in names]
    answers = example_answers(form["schema"], {**ANSWERS, "projectName": name, "materials": materials}, form["ui"])
    fill_in(page, form["schema"], answers)
    refuse_wrong_files(page, names[0])
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="已提交")).to_be_visible()


def refuse_wrong_files(page: Page, material: str) -> None:
    """Each is refused with its name and the reason, in the browser or on the server; what was filled in and brought before stays."""
    purpose, kept = page.input_value("#root_purpose"), page.get_by_role("link", name=f"{material}.pdf", exact=True)
    for name, content, why in (
        ("木马.exe", b"MZ", "这种类型不能上传"),
        ("改名.pdf", b"MZ\x90\0", "内容不是它的扩展名所说的类型"),
        ("改名.docx", papers.made("x.pdf"), "与扩展名不符"),
    ):
        page.set_input_files("#root_materials_0_files", {"name": name, "mimeType": "", "buffer": content})
        refusal = page.get_by_role("alert").filter(has_text=why)
        expect(refusal).to_contain_text(f"“{name}”")
    assert page.input_value("#root_purpose") == purpose
    expect(kept).to_be_visible()
    page.set_input_files(
        f"input[aria-label='替换 {material}.pdf']", {"name": "终稿.pdf", "mimeType": "", "buffer": papers.made("终稿.pdf")}
    )
    expect(page.get_by_role("link", name="终稿.pdf（第 2 版）")).to_be_visible()
    expect(kept).to_have_count(0)


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).first.click()
    assert waiting.value.suggested_filename == name.split("（")[0]
    return Path(waiting.value.path()).read_bytes()


@pytest.fixture
def data(tmp_path: Path) -> str:
    """A folder whose clock stands within Sucheng's window, whatever the day is; nothing else is prepared."""
    folder = tmp_path / "data"
    app = create_app(config.load({}, data=str(folder), clock="virtual"))
    with app.app_context():
        startup.prepare(TODAY)
        instants.begin_at(TODAY)
        startup.dispose()
    return str(folder)


def test_from_an_empty_server_to_a_project_that_the_bureau_receives(data: str, somebody: Somebody) -> None:
    with served(data, clock="virtual") as (site, _):
        settings = {"clock": "virtual"}
        made = typed(
            PASSWORD, "user", "create", "anquan", "--name", "安全", "--district", "sucheng",
            "--role", "security_admin@宿城区数据局", "--data", data, **settings,
        )  # fmt: skip
        assert (made.returncode, PASSWORD in made.stdout + made.stderr) == (0, False), made.stderr
        run("office", "create", NEW_OFFICE, "--district", "sucheng", "--reason", "新设专班", "--data", data, **settings)

        security = sign_in(somebody, site, "anquan", PASSWORD)
        given = {}
        for username, name, office, role in (
            ("shen", "申报人", NEW_OFFICE, "申报单位经办"),
            ("shou", "受理人", "宿城区数据局", "区数据局经办"),
        ):
            security.get_by_role("link", name="人员与单位").first.click()
            security.get_by_role("link", name="新建账号").click()
            security.fill("#name", name)
            security.fill("#username", username)
            security.select_option("#office", label=office)
            security.select_option("#role", label=role)
            security.get_by_role("button", name="建立账号").click()
            given[username] = security.locator("#one-time").inner_text()
            security.get_by_role("link", name="已记下").click()

        bureau = sign_in(somebody, site, "shou", given["shou"])
        choose_own_password(bureau, given["shou"])
        issue_the_notice(bureau, site)

        official = sign_in(somebody, site, "shen", given["shen"])
        official.goto(f"{site}/projects/new")  # nothing opens before the password is the person's own
        choose_own_password(official, given["shen"])
        declare(official, PROJECT)

        bureau.goto(f"{site}/inbox?q={PROJECT}")
        row = bureau.locator("tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(PROJECT)
        expect(row).to_contain_text(NEW_OFFICE)
        row.get_by_role("link").first.click()
        assert download(bureau, "终稿.pdf（第 2 版）") == papers.made("终稿.pdf")

        security.goto(f"{site}/people/of/shou")
        security.get_by_role("region", name="停用账号").get_by_label("原因").fill("调离")
        security.get_by_role("button", name="停用账号").click()
        expect(security.get_by_role("status")).to_contain_text("账号已停用")
        bureau.reload()
        expect(bureau).to_have_title("登录 · 全程")
        listed = json.loads(run("user", "list", "--district", "sucheng", "--json", "--data", data, **settings))
        assert {person["username"]: person["active"] for person in listed} == {"anquan": True, "shen": True, "shou": False}
        run("audit", "verify", "--data", data, **settings)


def test_a_password_is_asked_for_and_never_taken_from_the_command_line(data: str) -> None:
    account = ["user", "create", "anquan", "--name", "安全", "--district", "sucheng", "--data", data]
    nothing = subprocess.run(
        [COMMAND, *account], cwd=ROOT, env={**os.environ}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert (nothing.returncode, "标准输入中没有口令" in nothing.stderr) == (2, True)
    assert typed(PASSWORD, *account, "--password", PASSWORD).returncode == 2
    assert "口令应为" in typed("short", *account).stderr
    assert json.loads(run("user", "list", "--district", "sucheng", "--json", "--data", data)) == []
