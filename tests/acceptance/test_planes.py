"""Planes are as large and hold as many nodes as bpmn-js draws them in Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from app.engine.reading import read_with_tree
from app.rehearsal.planes import drawing, measures
from tests.acceptance.running import ROOT

pytestmark = pytest.mark.browser
LIBRARY = ROOT / "frontend" / "node_modules" / "bpmn-js" / "dist" / "bpmn-viewer.production.min.js"
FILES = sorted([*(ROOT / "bpmn").rglob("*.bpmn"), *(ROOT / "tests" / "data" / "planes").glob("*.bpmn")])
TOLERANCE = 12  # pixels: letters are estimated
SIZES = """async (source) => {
  const viewer = new BpmnJS({ container: '#canvas' });
  try {
    await viewer.importXML(source);
    const canvas = viewer.get('canvas'), drawn = viewer.get('elementRegistry').getAll();
    return canvas.getRootElements().filter((root) => drawn.some((one) => one !== root && canvas.findRoot(one) === root)).map((root) => {
      canvas.setRootElement(root);
      const { width, height } = canvas.getActiveLayer().getBBox();
      const nodes = drawn.filter((one) => !one.labelTarget && one.id !== root.id && one.businessObject.$instanceOf('bpmn:FlowNode') && canvas.findRoot(one) === root);
      return { width, height, nodes: nodes.length, plane: root.businessObject.$instanceOf('bpmn:Collaboration')
        ? root.businessObject.participants[0].processRef.id : root.businessObject.id };
    });
  } finally { viewer.destroy(); }
}"""


@pytest.fixture(scope="module")
def desk(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.set_content('<meta charset="utf-8"><div id="canvas" style="width: 100vw; height: 100vh"></div>')
    page.add_script_tag(path=LIBRARY)
    yield page
    page.close()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_plane_is_measured_as_it_is_drawn(desk: Page, path: Any) -> None:
    drawn = {plane["plane"]: plane for plane in desk.evaluate(SIZES, path.read_text("utf-8"))}
    root = read_with_tree(path.read_bytes(), path.name)[1]
    measured = {plane.plane: plane for plane in measures.measure(path.name, root, drawing.read(root)).planes}
    assert measured.keys() == drawn.keys()
    for key, plane in measured.items():
        assert plane.nodes == drawn[key]["nodes"], key
        assert abs(plane.width - drawn[key]["width"]) <= TOLERANCE, (key, plane.width, drawn[key]["width"])
        assert abs(plane.height - drawn[key]["height"]) <= TOLERANCE, (key, plane.height, drawn[key]["height"])
