"""Lives walked for the tests as ``quancheng walk --registers`` walks them; the models are read once for all of them and the database is copied for each."""

import json
import shutil
import tempfile
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import simplejson

from app import logs
from app.cli import WALK_BEGINS
from app.command import preparing
from app.domain import forms
from app.playing import answers, case_files, demonstration, walk

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "data" / "cases"
ANSWERS = ROOT / "tests" / "data" / "walks" / "answers"
SONGJIANG, XIAMEN = "songjiang_service_platform", "xiamen_city_brain"
BEGIN = datetime.fromisoformat(WALK_BEGINS)
REGISTERED = {"奉贤示例镇人民政府": "镇", "奉贤示例国有资产经营有限公司": "区属国企"}
_RULE = """      <rule id="org_type_{0}">
        <inputEntry id="org_type_{0}_i1"><text>"{1}"</text></inputEntry>
        <outputEntry id="org_type_{0}_o1"><text>"{2}"</text></outputEntry>
        <annotationEntry><text>FX-4-1 FX-2-1</text></annotationEntry>
      </rule>
"""
CLOCK: dict[str, Any] = {"at": BEGIN, "clock": "virtual", "durable": False}


class Lived:
    """A life that has been walked to its end."""

    def __init__(self, case: str, name: str, district: str, until: str) -> None:
        result = walked(case, forms.loads((ANSWERS / f"{name}.{district}.json").read_bytes()), district, until)
        assert result.succeeded, (result.phase, result.problems, result.incidents, result.open)
        self.story: dict[str, Any] = json.loads(simplejson.dumps(result.as_json(), use_decimal=True, default=str))
        self.events: list[dict[str, Any]] = self.story["events"]
        self.steps = Counter(event["element"] for event in self.events)
        self.phase: str = self.story["phase"]
        self.facts: dict[str, Any] = self.story["kept"]["facts"]
        self.records: dict[str, list[dict[str, Any]]] = self.story["kept"]["records"]
        self.documents: list[dict[str, Any]] = self.story["kept"]["documents"]
        self.registers: dict[str, list[dict[str, Any]]] = self.story["kept"]["district"]

    def order(self, *elements: str) -> list[str]:
        return [event["element"] for event in self.events if event["element"] in elements]

    def of(self, element: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["element"] == element]

    def the(self, element: str) -> dict[str, Any]:
        (found,) = self.of(element)
        return found

    def roles(self, element: str) -> list[str]:
        return [event["role"] for event in self.of(element)]

    def offices(self, element: str) -> list[str]:
        return [event["office"] for event in self.of(element)]

    def days(self, element: str) -> list[str]:
        return [event["at"][:10] for event in self.of(element)]


def walked(case: str, told: dict[str, Any], district: str, until: str) -> walk.Walk:
    given = answers.read(told)
    known = case_files.read((CASES / f"{case}.json").read_bytes(), given.project)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(_prepared().name, folder, dirs_exist_ok=True)
        with preparing(folder, models=_models().name, **CLOCK), logs.played():
            return walk.play(known, district, given, BEGIN, until, keep=True)


@cache
def lived(case: str, name: str, district: str, until: str = "retired") -> Lived:
    return Lived(case, name, district, until)


@cache
def _prepared() -> tempfile.TemporaryDirectory[str]:
    """A folder with a database that has the shipped models and the offices' accounts."""
    folder = tempfile.TemporaryDirectory(prefix="quancheng-lives-")
    with preparing(folder.name, models=_models().name, **CLOCK), logs.played():
        demonstration.organise(BEGIN)
    return folder


@cache
def _models() -> tempfile.TemporaryDirectory[str]:
    """What is shipped but the scenarios, which no life needs; in Fengxian the bureau has registered a town and a company (FX-38-2)."""
    folder = tempfile.TemporaryDirectory(prefix="quancheng-models-")
    root = Path(folder.name)
    for name in ("bpmn", "forms", "documents", "demonstration"):
        (root / name).symlink_to(ROOT / name)
    for name in ("districts", "dmn"):
        shutil.copytree(ROOT / name, root / name)
    district, table = root / "districts" / "fengxian.toml", root / "dmn" / "fengxian" / "org_type.dmn"
    last = '    "奉浦街道办事处",\n'
    offices = "".join(f'    "{office}",\n' for office in REGISTERED)
    district.write_text(district.read_text("utf-8").replace(last, last + offices), "utf-8")
    rules = "".join(_RULE.format(number, office, kind) for number, (office, kind) in enumerate(REGISTERED.items(), start=90))
    table.write_text(table.read_text("utf-8").replace("    </decisionTable>", rules + "    </decisionTable>", 1), "utf-8")
    return folder
