"""``make pictures``: every plane of the shipped diagrams as the pages show it, captions included, into docs/processes/pictures.

With names of processes as arguments only theirs.

A picture is drawn by the viewer of the models' pages in Chromium and is named <district>.<process>[.<sub-process>].png; what both districts run, once, without a district.
"""

import shutil
import sys
import tempfile
import threading
import tomllib
from collections.abc import Iterator
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from app import config, create_app
from app.domain.districts import SHARED
from app.domain.permissions import SYSTEM
from app.services import accounts, instants, startup
from tests.acceptance.conftest import CHROMIUM
from tests.acceptance.running import ROOT

FOLDER = ROOT / "docs" / "processes" / "pictures"
PASSWORD = "a picture of every plane"  # of an account that lives as long as this program
SHEET = "document.querySelector('.diagram-sheet')"
NATURAL = """() => {
  const svg = document.querySelector('.diagram-sheet svg'), { width, height } = svg.viewBox.baseVal;
  svg.style.cssText = `width: ${width}px; height: ${height}px; max-width: none; max-height: none`;
}"""


def diagrams() -> Iterator[tuple[str, str, str]]:
    """(district whose page shows it, process, stem of the picture's name) of every shipped file."""
    own = {district: {path.stem for path in (ROOT / "bpmn" / district).glob("*.bpmn")} for district in ("fengxian", "sucheng")}
    for path in sorted((ROOT / "bpmn").glob("*.bpmn")):
        district = next(key for key, files in own.items() if path.stem not in files)
        yield district, path.stem, path.stem
    for district, files in own.items():
        for stem in sorted(files):
            yield district, stem, f"{district}.{stem}"


def draw(page: Page, name: str) -> None:
    """The plane that is shown, as it would be printed."""
    page.locator("[data-act=print]").click()
    page.wait_for_function(f"{SHEET} !== null")
    page.emulate_media(media="print")
    page.evaluate(NATURAL)
    page.locator(".diagram-sheet svg").screenshot(path=str(FOLDER / f"{name}.png"))
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")


def planes(page: Page, name: str) -> None:
    """This plane and every one below it."""
    draw(page, name)
    for element in page.evaluate(
        "[...document.querySelectorAll('.bjs-drilldown')].filter(b => b.getClientRects().length).map(b => b.closest('.djs-overlays').dataset.containerId)"
    ):
        page.locator(f".djs-overlays[data-container-id='{element}'] .bjs-drilldown").click()
        planes(page, f"{name.split('.')[0]}.{name.split('.')[1]}.{element}" if name.count(".") else f"{name}.{element}")
        page.locator("[data-act=up]").click()


def main(only: list[str]) -> int:
    """``only``: names of processes whose pictures alone are drawn anew (``sucheng.review``); none: all."""
    if not only:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(config.load({}, data=folder, secret_key="pictures"))
        with app.app_context():
            startup.prepare()
            for district in ("fengxian", "sucheng"):
                accounts.create_user(
                    SYSTEM, f"analyst_{district}", "分析员", PASSWORD, district, [("analyst", _office(district))], instants.now()
                )
            server = make_server("127.0.0.1", 0, app, threaded=True)
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                _draw_all(f"http://127.0.0.1:{server.server_port}", only)
            finally:
                server.shutdown()
                thread.join()
                startup.dispose()
    return 0


def _office(district: str) -> str:
    roles = tomllib.loads((ROOT / "districts" / f"{district}.toml").read_text("utf-8"))["roles"]
    return str(roles["data_bureau"]["offices"][0])


def _draw_all(address: str, only: list[str]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--lang=zh-CN"])
        pages: dict[str, Page] = {}
        for district, process, name in diagrams():
            if only and name not in only:
                continue
            if district not in pages:
                page = browser.new_context(locale="zh-CN").new_page()
                page.set_viewport_size({"width": 2200, "height": 1200})
                page.add_init_script("window.print = () => {}")
                page.goto(f"{address}/sign-in")
                page.fill("#username", f"analyst_{district}")
                page.fill("#password", PASSWORD)
                page.click("#sign-in")
                pages[district] = page
            page = pages[district]
            tenant = district if name.startswith(district) else quote(SHARED)
            page.goto(f"{address}/models/process/{tenant}/{process}")
            page.wait_for_selector("[data-diagram][data-state=drawn]")
            planes(page, name)
            print(name, flush=True)
        browser.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
