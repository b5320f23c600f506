"""bpmn-js and dmn-js as their makers publish them, on a page of Debian's Chromium."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import Browser, Page

from tests.acceptance.running import ROOT

LIBRARIES = ROOT / "frontend" / "node_modules"
HANDS = ROOT / "tests" / "data" / "analyst" / "desk.js"
Gesture = Sequence[str | Mapping[str, Any]]


def zeebe() -> Any:
    """What bpmn-js has to know of the dialect's extensions."""
    return json.loads((LIBRARIES / "zeebe-bpmn-moddle" / "resources" / "zeebe.json").read_text("utf-8"))


def opened(browser: Browser) -> Page:
    """A page with both modelers."""
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.set_content('<meta charset="utf-8"><div id="canvas" style="width: 100vw; height: 100vh"></div>')
    for library in ("bpmn-js/dist/bpmn-modeler.production.min.js", "dmn-js/dist/dmn-modeler.production.min.js"):
        page.add_script_tag(path=LIBRARIES / library)
    return page


class Modelers:
    """Somebody who edits models in them: what the gestures mean stands in ``tests/data/analyst/desk.js``."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.add_script_tag(content=HANDS.read_text("utf-8"))

    def table(self, source: str, decision: str, *gestures: Gesture) -> str:
        """What dmn-js saves of a file after these gestures on one of its decision tables."""
        saved: str = self.page.evaluate(
            "([source, decision, gestures]) => desk.table(source, decision, gestures)", [source, decision, gestures]
        )
        return saved

    def diagram(self, source: str, *gestures: Gesture) -> str:
        """What bpmn-js saves of a file after these gestures."""
        saved: str = self.page.evaluate("([source, zeebe, gestures]) => desk.diagram(source, zeebe, gestures)", [source, zeebe(), gestures])
        return saved
