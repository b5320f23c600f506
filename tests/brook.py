"""溪谷区: a small district in which the two drawn examples of ``tests/data/planes`` run, with its people; what the examples call besides is made up here."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import docx
from lxml import etree

from app.domain.permissions import SYSTEM, Actor
from app.services import accounts, models

FOLDER = Path(__file__).parent / "data" / "brook"
DISTRICTS = FOLDER / "districts"
PLANES = FOLDER.parent / "planes"
NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)  # a Tuesday, 09:00 in the district
PEOPLE = [
    ("alice", "艾丽", "brook", [("applicant", "溪谷区教育局")]),
    ("dora", "杜数", "brook", [("data_bureau", "溪谷区数据局")]),
    ("fred", "冯财", "brook", [("finance", "溪谷区财政局")]),
    ("ann", "安析", "brook", [("analyst", "溪谷区数据局")]),
    ("root", "系管", "brook", [("system_admin", "溪谷区数据局")]),
]
_OF_LEDGER = re.compile(rb'\s*<zeebe:property name="(?:(?:phase|set|reads|stands)" [^>]*|office" value="=preparer")/>')
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
_RESULTS = {
    "reviewers": '[{role: "finance", office: officesOf("finance")[1]}, {role: "data_bureau", office: officesOf("data_bureau")[1]}]',
    "project_approval": "{required: true, simplified: false}",
}


def install(hashed: str = "$argon2id$not-a-password") -> dict[str, Actor]:
    """Deploy everything and make the people; username → person."""
    models.deploy(SYSTEM, list(files()), NOW, source="cli")
    keys = accounts.create_users(SYSTEM, PEOPLE, hashed, NOW)
    return {person[0]: accounts.actor(key, NOW) for person, key in zip(PEOPLE, keys, strict=True)}


def files() -> Iterator[tuple[str, bytes]]:
    """Both diagrams, what lies in the folder, and a form or a decision for every other name that they call."""
    there = {path.name for path in FOLDER.rglob("*") if path.suffix in (".dmn", ".json")}
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in (".dmn", ".json"):
            home, *rest = path.relative_to(FOLDER).parts
            yield "/".join([home, *(rest if rest[0] == "records" else ["brook", *rest])]), path.read_bytes()
    for name in ("review.bpmn", "fengxian.declaration.bpmn"):
        content = runnable((PLANES / name).read_bytes())
        yield f"bpmn/brook/{name.removeprefix('fengxian.')}", content
        root = etree.fromstring(content)
        for task in root.iter(_BPMN + "userTask"):
            form = task.find(f".//{_ZEEBE}formDefinition").get("formId")
            if f"{form}.json" not in there:
                there.add(f"{form}.json")
                yield f"forms/brook/{form}.json", empty_form(form, task.get("name"))
        for declared in root.iter(_ZEEBE + "property"):
            if declared.get("name") == "document" and f"{declared.get('value')}.docx" not in there:
                there.add(f"{declared.get('value')}.docx")
                yield f"documents/brook/{declared.get('value')}.docx", empty_template()
        for task in root.iter(_BPMN + "businessRuleTask"):
            decision = task.find(f".//{_ZEEBE}calledDecision").get("decisionId")
            if f"{decision}.dmn" not in there:
                there.add(f"{decision}.dmn")
                yield f"dmn/brook/{decision}.dmn", constant(decision, task.get("name"))


def runnable(content: bytes) -> bytes:
    """A drawn example as today's engine takes it: what it throws goes to an outside worker, and what it declares for the ledger of another district is left out, with
    the office that only a project has and what stands by a form that is made up: these instances belong to no project."""
    content = content.replace(b"publish_message", b"tell_others").replace(b" and not(approved(&quot;approve_project&quot;))", b"")
    return _OF_LEDGER.sub(b"", content.replace(b'value="owner ', b'value="'))


def empty_template() -> bytes:
    made, out = docx.Document(), BytesIO()
    made.core_properties.title = "联合评审表"
    made.save(out)
    return out.getvalue()


def empty_form(name: str, title: str) -> bytes:
    schema = {"type": "object", "additionalProperties": False, "properties": {}}
    return json.dumps({"id": name, "title": title, "schema": schema, "ui": {}}, ensure_ascii=False).encode()


def constant(name: str, title: str) -> bytes:
    """A decision that always gives the same."""
    result = _RESULTS.get(name, '"PASS"').replace('"', "&quot;")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="definitions_{name}" name="{title}" namespace="https://quancheng.dev/tests/brook/{name}">
  <decision id="{name}" name="{title}"><literalExpression id="{name}_expression"><text>{result}</text></literalExpression></decision>
</definitions>
""".encode()
