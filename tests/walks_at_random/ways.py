"""What people answer besides the usual: the answers of the shipped scenarios, by the task at which they are given.

A scenario is played on a day of its own and on a ledger of its own: dates, offices, people and keys of projects are left to the form's examples.
"""

import json
import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.forms import Form
from app.rehearsal import scenario_files

ROOT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=2)
def of(district: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Element id → the different answers that somebody gives there."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for path in sorted((ROOT / "scenarios" / district).glob("*.yaml")):
        for case in scenario_files.read(path).cases:
            for step in case.steps:
                task, answers = step.get("complete"), step.get("with")
                if isinstance(task, Mapping):
                    task = task.get("task")
                if isinstance(task, str) and isinstance(answers, Mapping) and answers not in found.setdefault(task, []):
                    found[task].append(answers)
    return {task: [usual[0], *(_apart(way, usual[0]) for way in usual[1:])] for task, usual in found.items()}


def _apart(way: Mapping[str, Any], usual: Mapping[str, Any]) -> Mapping[str, Any]:
    """What makes a way another one; the rest is as usual, as people of the project see it."""
    return {name: value for name, value in way.items() if name not in usual or usual[name] != value}


def leads(district: str) -> Mapping[str, Mapping[str, Any]]:
    """A task to which the usual answers do not lead → process.task → what is answered there; ``@times``: how often, else once; ``@facts``: of the life;
    ``@late``: whether it is declared outside the window; ``@without``: what is left blank; ``@offices``: of a task, field → role of the office that is chosen there."""
    return {task: lead for task, lead in _seats(district).items() if not task.startswith("@")}


def skips(district: str) -> Mapping[str, Mapping[str, Any]]:
    """A task that is reached by an administrator's repair alone → the variables that they give with it."""
    found: Mapping[str, Mapping[str, Any]] = _seats(district).get("@skips", {})
    return found


@lru_cache(maxsize=2)
def _seats(district: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((ROOT / "tests" / "data" / "seats" / f"{district}.json").read_text("utf-8"))
    return found


@lru_cache(maxsize=2)
def said(district: str) -> Mapping[tuple[str, str], Sequence[Any]]:
    """(element id, field) → everything that somebody says there."""
    found: dict[tuple[str, str], list[Any]] = {}
    for element, answers in of(district).items():
        for name, value in ((name, value) for way in answers for name, value in way.items()):
            if value not in found.setdefault((element, name), []):
                found[(element, name)].append(value)
    return found


def fitting(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Of a way what can be said on any day of any project."""
    return {
        name: value
        for name, value in answers.items()
        if name in form.fields and form.fields[name].get("readOnly") is not True and not _is_of_its_day(form.fields[name], value)
    }


def otherwise(form: Form, element: str, name: str, district: str, chance: random.Random, seen: Mapping[str, Any]) -> Any:
    """Something else for a field that was refused: what a scenario says there, else a word of explanation. None: nothing comes to mind."""
    schema = form.fields.get(name, {})
    if name == "fundItems" and seen.get("reviewedEstimate") is not None:
        sources = schema["items"]["properties"]["source"]["enum"]
        return [{"source": sources[0], "amount": seen["reviewedEstimate"]}]
    if schema.get("type") == "integer" and chance.random() < 0.5:
        return schema.get("minimum", 1) + chance.randrange(99)
    kinds = _KINDS.get(str(schema.get("type", "string")), (object,))
    known = [value for value in said(district).get((element, name), ()) if isinstance(value, kinds) and not _is_of_its_day(schema, value)]
    if schema.get("type", "string") == "string" and "enum" not in schema and "format" not in schema:
        known = known or ["按要求补充说明"]
    return chance.choice(known) if known else None


_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "array": (list,), "boolean": (bool,), "integer": (int,), "number": (int, Decimal), "object": (dict,),
}  # fmt: skip


def _is_of_its_day(schema: Mapping[str, Any], value: Any) -> bool:
    return schema.get("format") in ("date", "date-time") or schema.get("x-format") in ("office", "person") or _names_somebody(value)


def _names_somebody(value: Any) -> bool:
    """Whether a key of that ledger is in it."""
    if isinstance(value, Mapping):
        return bool({"projectKey", "key"} & value.keys()) or any(_names_somebody(part) for part in value.values())
    return isinstance(value, list) and any(_names_somebody(part) for part in value)
