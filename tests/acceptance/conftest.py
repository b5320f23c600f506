"""Debian's Chromium, driven by Playwright. Every page must keep the content security policy and write no error to the console."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from app.web import assets
from tests.acceptance import modelers
from tests.unit.web import world

PATIENCE = 180_000.0  # milliseconds that a page may take: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
Enter = Callable[..., Page]
Somebody = Callable[[], BrowserContext]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    missing = [
        reason
        for reason, there in (
            ("没有 Chromium（apt-get install chromium fonts-noto-cjk）", Path(CHROMIUM).exists()),
            ("前端未构建", assets.is_built()),
        )
        if not there
    ]
    if missing:
        message = "浏览器测试没有运行：" + "；".join(missing)
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--lang=zh-CN"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def desk(browser: Browser) -> Iterator[Page]:
    """A page with both modelers."""
    page = modelers.opened(browser)
    yield page
    page.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the console said: breaches of the policy and script errors fail the test; answers 4xx are what some tests are about."""
    heard: list[str] = []
    yield heard
    assert heard == []


@pytest.fixture
def somebody(browser: Browser, complaints: list[str]) -> Iterator[Somebody]:
    """A browser of one's own, for each person who takes part; far away, so that no test leans on the machine's zone."""
    opened: list[BrowserContext] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def open_browser() -> BrowserContext:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN", timezone_id="America/New_York")
        context.set_default_timeout(PATIENCE)
        context.on("console", listen)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        opened.append(context)
        return context

    yield open_browser
    for context in opened:
        context.close()


@pytest.fixture
def context(somebody: Somebody) -> BrowserContext:
    return somebody()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose services answer from memory."""
    app = world.build(tmp_path_factory.mktemp("pages"), demonstration=True, clock="virtual")

    def answer(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        """The answer whole: the development server leaves a file open whose browser has gone away."""
        with closing(ClosingIterator(app(environ, start))) as pieces:
            return [b"".join(pieces)]

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> world.Memory:
    return world.remember(monkeypatch)


@pytest.fixture
def enter(address: str, context: BrowserContext, memory: world.Memory) -> Enter:
    """Sign an account of the world in and open a page."""

    def open_as(username: str, path: str = "/") -> Page:
        page = context.new_page()
        page.goto(f"{address}/sign-in")
        page.fill("#username", username)
        page.fill("#password", world.PASSWORD)
        page.click("#sign-in")
        page.goto(address + path)
        return page

    return open_as
