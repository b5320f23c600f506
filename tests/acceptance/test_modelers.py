"""Every shipped diagram and table opens in bpmn-js and dmn-js without a warning; what they save says the same, redeploys, and lives the same lives."""

import json
import shutil
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from app import engine
from app.decision import dmn
from app.engine.expressions import vocabulary
from tests.acceptance.modelers import zeebe
from tests.acceptance.running import ROOT, run

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("modelers")]
CASE = ROOT / "tests" / "data" / "cases" / "songjiang_service_platform.json"
DIAGRAMS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "bpmn").rglob("*.bpmn"))
TABLES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "dmn").rglob("*.dmn"))
DRAWING = ("http://www.omg.org/spec/BPMN/20100524/DI", "https://www.omg.org/spec/DMN/20191111/DMNDI/")
BPMN = """async ([source, zeebe]) => {
  const modeler = new BpmnJS({ container: '#canvas', moddleExtensions: { zeebe } });
  try {
    const { warnings } = await modeler.importXML(source);
    const { xml } = await modeler.saveXML({ format: true });
    return { warnings: warnings.map((warning) => warning.message), xml, shown: modeler.get('elementRegistry').getAll().length };
  } finally { modeler.destroy(); }
}"""
DMN = """async ([source]) => {
  const modeler = new DmnJS({ container: '#canvas' });
  try {
    const { warnings } = await modeler.importXML(source, { open: false });
    for (const view of modeler.getViews()) warnings.push(...(await modeler.open(view)).warnings);
    const { xml } = await modeler.saveXML({ format: true });
    return { warnings: warnings.map((warning) => warning.message), xml, shown: modeler.getViews().length };
  } finally { modeler.destroy(); }
}"""


@dataclass(frozen=True)
class Saved:
    """What a modeler made of a file: its warnings, how many things it showed, and what it saved."""

    warnings: list[str]
    shown: int
    xml: str


@pytest.fixture(scope="module")
def saved(desk: Page) -> dict[str, Saved]:
    """All shipped files, opened and saved unchanged."""
    dialect = zeebe()
    found = {}
    for name in DIAGRAMS + TABLES:
        source = (ROOT / name).read_text("utf-8")
        told: dict[str, Any] = desk.evaluate(BPMN, [source, dialect]) if name.endswith(".bpmn") else desk.evaluate(DMN, [source])
        found[name] = Saved(told["warnings"], told["shown"], told["xml"])
    return found


def meaning(xml: str) -> str:
    """A model without where its shapes are drawn and without what spaces and the order of attributes say."""
    root = ElementTree.fromstring(xml)
    for drawn in [child for child in root if child.tag.startswith(tuple(f"{{{name}}}" for name in DRAWING))]:
        root.remove(drawn)
    return ElementTree.canonicalize(ElementTree.tostring(root, encoding="unicode"), strip_text=True)


def test_there_is_something_to_open() -> None:
    assert len(DIAGRAMS) >= 11
    assert len(TABLES) >= 40


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_opens_without_a_warning_and_is_saved_as_it_was(saved: dict[str, Saved], name: str) -> None:
    opened = saved[name]
    assert opened.warnings == []
    source = (ROOT / name).read_text("utf-8")
    (before,), (after,) = engine.read(source.encode(), name).processes, engine.read(opened.xml.encode(), name).processes
    assert opened.shown > len(after.elements), "flows and lanes are drawn too"
    for aspect in (
        "process_id",
        "name",
        "version_tag",
        "lanes",
        "start_events",
        "called_processes",
        "called_decisions",
        "forms",
        "job_types",
    ):
        assert getattr(after, aspect) == getattr(before, aspect), aspect
    assert dict(after.elements) == dict(before.elements)
    assert meaning(opened.xml) == meaning(source)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_opens_without_a_warning_and_is_saved_as_it_was(saved: dict[str, Saved], name: str) -> None:
    opened = saved[name]
    assert opened.warnings == []
    source = (ROOT / name).read_text("utf-8")
    before, after = (dmn.parse(text.encode(), name=name, functions=vocabulary()) for text in (source, opened.xml))
    assert list(after.decisions) == list(before.decisions)
    assert opened.shown == len(after.decisions) + 1, "the requirements and every decision"
    assert [problem for problem in dmn.check(after) if problem.severity == "error"] == []
    assert meaning(opened.xml) == meaning(source)


@pytest.fixture(scope="module")
def models(saved: dict[str, Saved], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installation's models as the modelers saved them; forms and districts as shipped."""
    root = tmp_path_factory.mktemp("saved")
    for name, opened in saved.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(opened.xml, "utf-8")
    for folder in ("forms", "documents", "districts"):
        shutil.copytree(ROOT / folder, root / folder)
    return root


@pytest.mark.soak
@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_the_saved_models_live_the_same_life(models: Path, district: str) -> None:
    shipped = json.loads(run("walk", str(CASE), "--district", district, "--json"))
    again = json.loads(run("walk", str(CASE), "--district", district, "--json", models=models))
    assert (again["phase"], again["open"], again["incidents"]) == ("retired", [], [])
    assert again["events"] == shipped["events"]
