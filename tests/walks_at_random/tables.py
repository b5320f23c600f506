"""What the regulations let happen, as tables: read from tests/data/oracle, where every row names its clauses.

They are written from the catalogue of requirements, not from what the product declares: who does which task, in which act a fact may change, what must stand
when a project goes on.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "data" / "oracle"
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Condition:
    """``name=value`` or ``name!=value``."""

    name: str
    differs: bool
    value: Any

    @classmethod
    def of(cls, text: str) -> "Condition":
        name, _, value = text.partition("=")
        return cls(name.removesuffix("!"), name.endswith("!"), _WORDS.get(value, value))

    def holds(self, values: Mapping[str, Any]) -> bool:
        return (same(values.get(self.name), self.value)) is not self.differs


@dataclass(frozen=True, slots=True)
class Gate:
    """What must stand when ``gate`` happens. ``needs``: one of these tasks, done by one of ``by``; none: ``says`` is of the facts. ``of``: facts that have
    not changed since."""

    gate: str
    on: tuple[Condition, ...]
    when: tuple[Condition, ...]
    needs: tuple[str, ...]
    says: tuple[Condition, ...]
    by: frozenset[str]
    of: tuple[str, ...]
    clauses: str


@dataclass(frozen=True, slots=True)
class Rules:
    """``tasks``: process.task → roles; ``facts``: fact, ``phase>…`` or ``record>…`` → acts in which it may come about; ``relations``: role → the relations to a
    project in one of which its office must stand; a role without one is the district's."""

    tasks: Mapping[str, frozenset[str]]
    facts: Mapping[str, frozenset[str]]
    gates: Sequence[Gate]
    relations: Mapping[str, tuple[str, ...]]
    clauses: frozenset[str]


@lru_cache(maxsize=2)
def of(district: str) -> Rules:
    tasks: dict[str, frozenset[str]] = {}
    facts: dict[str, frozenset[str]] = {}
    clauses: set[str] = set()
    for row in _rows(f"{district}.tasks"):
        tasks |= dict.fromkeys(row["tasks"].split(), frozenset(row["roles"].split()))
        clauses |= set(row["clauses"].split())
    for row in _rows(f"{district}.facts"):
        for fact in row["facts"].split():
            facts[fact] = facts.get(fact, frozenset()) | frozenset(row["acts"].split())
        clauses |= set(row["clauses"].split())
    gates = [_gate(row) for row in _rows(f"{district}.gates")]
    clauses |= {clause for gate in gates for clause in gate.clauses.split()}
    relations = {row["role"]: tuple(row["relation"].split()) for row in _rows("relations")}
    return Rules(tasks, facts, gates, relations, frozenset(clauses))


def _gate(row: Mapping[str, str]) -> Gate:
    name, _, on = row["gate"].partition(":")
    return Gate(
        name, _conditions(on), _conditions(row["when"]), tuple(row["needs"].split()), _conditions(row["says"]), frozenset(row["by"].split()),
        tuple(row["of"].split()), row["clauses"],
    )  # fmt: skip


def _conditions(text: str) -> tuple[Condition, ...]:
    return tuple(Condition.of(part) for part in text.split())


def _rows(name: str) -> Iterator[Mapping[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def same(one: Any, other: Any) -> bool:
    """Whether two values are one to a person: blank is blank, an amount is an amount however it is written."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal):
        return one == other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(same(one.get(name), other.get(name)) for name in {*one, *other})
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool((one if one not in ("", [], {}) else None) == (other if other not in ("", [], {}) else None))
