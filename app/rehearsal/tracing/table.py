"""The state of every requirement: what carries it, what of that its own cases go through, and whether both sides of it are shown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.domain.districts import PRINCIPLE, Clause, District
from app.rehearsal.case_names import ALLOWED, REFUSED
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.library import Shelf
from app.rehearsal.scenarios import CaseResult, Suite
from app.rehearsal.tracing import carriers, claims
from app.rehearsal.tracing.carriers import ELEMENT, FIELD, ROW, Carrier
from app.rehearsal.tracing.claims import Claim
from app.rehearsal.tracing.constants import Constants


class Coverage(StrEnum):
    """From what is done to what is not. ``word``: what people call it."""

    word: str

    def __new__(cls, value: str, word: str) -> "Coverage":
        member = str.__new__(cls, value)
        member._value_ = value
        member.word = word
        return member

    COVERED = "covered", "已覆盖"
    REACHED = "reached", "只经过"
    UNREACHED = "unreached", "未经过"
    MISSING = "missing", "没有承载"
    PRINCIPLE = "principle", "原则"


@dataclass(frozen=True, slots=True)
class Requirement:
    """``counted``: the carriers that a case of this id goes through; ``idle``: those that no case at all does."""

    district: str
    clause: Clause
    state: Coverage
    carriers: Sequence[Carrier]
    counted: frozenset[str]
    idle: tuple[str, ...]
    allowed: tuple[str, ...]
    refused: tuple[str, ...]

    @property
    def tests(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.allowed, *self.refused]))

    @property
    def data(self) -> dict[str, Any]:
        """What programs are given (design §9)."""
        there = [carrier for carrier in self.carriers if not carrier.fault]
        return {
            "id": self.clause.id,
            "district": self.district,
            "article": self.clause.article,
            "kind": {Coverage.PRINCIPLE: "principle", Coverage.MISSING: "missing"}.get(self.state, "carried"),
            "state": str(self.state),
            "sides": "one" if self.clause.one_sided else "both",
            "elements": [carrier.name for carrier in there if carrier.kind == ELEMENT],
            "rows": [carrier.name for carrier in there if carrier.kind == ROW],
            "fields": [carrier.name for carrier in there if carrier.kind == FIELD],
            "records": sorted({record for carrier in there for record in carrier.records}),
            "counted": [carrier.name for carrier in there if carrier.name in self.counted],
            "idle": list(self.idle),
            "tests": list(self.tests),
            "allowed": list(self.allowed),
            "refused": list(self.refused),
        }


@dataclass(frozen=True, slots=True)
class Tracing:
    """All requirements in the order of the registers, and what is wrong with what was said of them."""

    requirements: Sequence[Requirement]
    findings: Sequence[Finding]

    def of(self, district: str) -> list[Requirement]:
        return [one for one in self.requirements if one.district == district]


def run(root: Path, files: Iterable[Path] | None = None) -> list[CaseResult]:
    """Every case of an installation's scenarios, for ``trace``."""
    suite = Suite(Shelf(root))
    return [result for path in (sorted((root / "scenarios").rglob("*.y*ml")) if files is None else files) for result in suite.run(path)]


def trace(root: Path, results: Sequence[CaseResult], *, only: str | None = None) -> Tracing:
    """``results``: what ``run`` gave. ``only``: one district. Raises InvalidRequest (DISTRICT)."""
    shelf = Shelf(root)
    chosen = [shelf.district(only)] if only is not None else list(shelf.districts().values())
    said = [claim for result in results for claim in claims.of_case(result, _short(result.file, root))]
    if (root / "tests").is_dir():
        said += claims.of_tests(root / "tests")
    requirements: list[Requirement] = []
    findings = [
        Finding(_short(result.file, root), result.case or None, None, FindingCode.SCENARIO, result.told or result.difference)
        for result in results
        if not result.ok
    ]
    for district in (one for one in chosen if one is not None):
        models = shelf.models(district.key)
        findings += carriers.check(district, models)
        constants = Constants(models)
        mine = frozenset().union(*(constants.with_rows(one.trail) for one in results if one.ok and one.district in (district.key, None)))
        own = [claim if claim.trail is None else replace(claim, trail=constants.with_rows(claim.trail)) for claim in said]
        for clause in district.clauses.values():
            found = [carriers.find(name, models) for name in clause.carriers if name != PRINCIPLE]
            requirements.append(_requirement(district, clause, found, own, mine))
    findings += _unknown(said, shelf.districts().values())
    return Tracing(requirements, findings)


def _requirement(
    district: District, clause: Clause, found: Sequence[Carrier], said: Sequence[Claim], passed: frozenset[str]
) -> Requirement:
    own = [claim for claim in said if claim.requirement == clause.id and claim.district in (None, district.key)]
    names = {carrier.name for carrier in found if not carrier.fault}
    counted = frozenset(name for claim in own for name in claim.trail or () if name in names)
    shown = [claim for claim in own if claim.trail is None or counted & claim.trail]  # a case that goes past all carriers shows nothing
    allowed, refused = (tuple(claim.where for claim in shown if side in claim.sides) for side in (ALLOWED, REFUSED))
    if clause.carriers == (PRINCIPLE,):
        state = Coverage.PRINCIPLE
    elif not names:
        state = Coverage.MISSING
    elif allowed and (refused or clause.one_sided):
        state = Coverage.COVERED
    else:
        state = Coverage.REACHED if own or names & passed else Coverage.UNREACHED
    idle = tuple(carrier.name for carrier in found if carrier.name in names - passed)
    return Requirement(
        district=district.key, clause=clause, state=state, carriers=found, counted=counted, idle=idle, allowed=allowed, refused=refused
    )


def _unknown(said: Iterable[Claim], districts: Iterable[District]) -> Iterator[Finding]:
    known = {key for district in districts for key in district.clauses}
    for claim in said:
        if claim.requirement not in known:
            yield Finding(claim.where, None, None, FindingCode.CLAIM, f"没有条款“{claim.requirement}”,请改正编号,或先登记这一条")
        elif not claim.sides:
            yield Finding(claim.where, None, None, FindingCode.CLAIM, "requirement 的 side 应是 allowed、refused 或 both")


def _short(file: str, root: Path) -> str:
    path = Path(file)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else file
