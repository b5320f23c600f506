"""A district as its files describe it: title, zone, roles and offices, processes, regulation, clauses. No rule values live here.

Here alone is decided whose a model file is: the folder right below the last ``bpmn``, ``dmn``, ``forms`` or ``scenarios`` of its path names the district.
"""

import csv
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any
from zoneinfo import ZoneInfo

from app.decision.near import near
from app.domain import district_checks
from app.domain.district_checks import ANYBODY as ANYBODY

ZONE = ZoneInfo("Asia/Shanghai")  # one zone holds for the whole country; a district's file names its own all the same
SHARED = "<default>"  # the tenant of resources that every district uses
FOLDERS = ("bpmn", "dmn", "forms", "documents", "scenarios")
OVERSEER = "data_bureau_leader"  # the role that is told of every lapse where a district's file names no other
PRINCIPLE = "principle"  # the carrier of a clause that nothing can be done about
ONE_SIDE = "one"  # in the register's column of sides
REGISTERS = "records"  # below forms/: the forms of registers, nobody's folder


class DistrictError(Exception):
    """A district's file cannot be used; the text names file, key and cause in Chinese."""


class UnknownDistrict(DistrictError):
    """A path or a person names a district that the installation does not serve."""

    def __init__(self, key: str, known: Collection[str], where: str = "") -> None:
        there = "、".join(sorted(known)) or "(无)"
        super().__init__(f"{where}没有区“{key}”,可用:{there}。请改正区名,或先写好 districts/{key}.toml")
        self.key = key


@dataclass(frozen=True, slots=True)
class RoleInfo:
    """``offices`` hold the role for the whole district; with ``relation`` it belongs to the project's own office in that relation."""

    key: str
    title: str
    offices: tuple[str, ...] = ()
    relation: str | None = None
    administrative: bool = False
    oversees: bool = False  # may read every project of the district
    leader: str | None = None  # the role that is told of what its holders have let lapse; None: ``<key>_leader`` if there is one
    outside: bool = False  # no part of the administration: a company, an expert
    personal: bool = False  # what is done in it is the person's, and no office's: an expert's opinion


@dataclass(frozen=True, slots=True)
class ProcessInfo:
    """How a process is used: who may start it by hand (a role, or ``ANYBODY`` who may see the project), in which phases of a project, once or repeatedly, per
    project, per year of the district, or as a matter of the district: any number of them at once."""

    key: str
    enabled: bool = True
    start_role: str | None = None
    start_phases: tuple[str, ...] = ()
    repeat: bool = False
    per: str = "project"
    title: str = ""
    at_once: bool = False  # of a project: any number may go on at once, where each is a matter of its own


@dataclass(frozen=True, slots=True)
class Clause:
    """``carriers``: what does what it asks for, or ``PRINCIPLE`` alone. ``one_sided``: nothing can be refused under it; ``line``: of its row in the register."""

    id: str
    article: str
    paraphrase: str
    carriers: tuple[str, ...] = ()
    one_sided: bool = False
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of the ledger. ``main``: of the main line, in ``order``; ``next``: those that may follow, besides a return to an earlier main one.

    What is ``terminal`` has none: only the processes ``woken_by`` lead out of it, back into a phase that the project has been in. It ends whatever is open of the
    project, but for processes that ``goes_on`` names and those that may be begun in it.
    """

    key: str
    title: str
    order: int
    terminal: bool = False
    main: bool = False
    next: tuple[str, ...] = ()
    goes_on: tuple[str, ...] = ()
    woken_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class District:
    key: str
    title: str
    zone: ZoneInfo
    roles: Mapping[str, RoleInfo]
    processes: Mapping[str, ProcessInfo]
    regulation: Mapping[str, Any] = field(default_factory=dict)
    clauses: Mapping[str, Clause] = field(default_factory=dict)
    region: str = ""
    words: Mapping[str, str] = field(default_factory=dict)  # words of other documents → this district's
    carried: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # carrier (process.element, …) → ids of the clauses that name it
    overseer: str = OVERSEER  # the role that is told of every lapse (督办)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # group of offices → its roles: whose a lane is

    def role_title(self, key: str) -> str:
        role = self.roles.get(key)
        return role.title if role else key

    def clauses_at(self, process_id: str, element_id: str, written: Sequence[str] = ()) -> Sequence[str]:
        """The ids of the clauses of an element: those that a diagram of the first release writes itself, else those of the register that name it."""
        return written or self.carried.get(f"{process_id}.{element_id}", ())

    def own_clauses(self, ids: str) -> tuple[Clause, ...]:
        """Those of the space-separated clause ids that this district's register holds, in the order given."""
        return tuple(self.clauses[clause] for clause in ids.split() if clause in self.clauses)


def load(path: Path) -> District:
    """Read ``districts/<d>.toml`` and, beside it, ``<d>.clauses.csv``. Raises DistrictError."""
    try:
        data = district_checks.toml(path)
    except district_checks.FileError as error:
        raise DistrictError(f"区县文件 {path.name} 无法读取:{error}") from error
    for problem in district_checks.shape(data):
        raise DistrictError(f"区县文件 {path.name} 无法读取:{problem}")
    for problem in district_checks.sense(data):
        raise DistrictError(f"区县文件 {path.name} {problem}")
    roles = {
        key: RoleInfo(
            key=key,
            title=role["title"],
            offices=tuple(role.get("offices", ())),
            relation=role.get("relation"),
            administrative=bool(role.get("administrative", False)),
            oversees=bool(role.get("oversees", False)),
            leader=role.get("leader"),
            outside=bool(role.get("outside", False)),
            personal=bool(role.get("personal", False)),
        )
        for key, role in data["roles"].items()
    }
    processes = {
        key: ProcessInfo(
            key=key,
            enabled=bool(entry.get("enabled", True)),
            start_role=entry.get("start_role"),
            start_phases=tuple(entry.get("start_phases", ())),
            repeat=bool(entry.get("repeat", False)),
            per=entry.get("per", "project"),
            at_once=bool(entry.get("at_once", False)),
            title=entry.get("title", ""),
        )
        for key, entry in data.get("processes", {}).items()
    }
    clauses = load_clauses(path.with_suffix(".clauses.csv"))
    return District(
        key=path.stem,
        title=data["title"],
        zone=ZoneInfo(data["zone"]),
        roles=roles,
        processes=processes,
        regulation=data.get("regulation", {}),
        clauses=clauses,
        carried=_carried(clauses),
        region=str(data.get("region", "")),
        words={str(word): str(own) for word, own in data.get("words", {}).items()},
        overseer=str(data.get("overseer", OVERSEER)),
        groups={key: tuple(group["roles"]) for key, group in data.get("groups", {}).items()},
    )


def _carried(clauses: Mapping[str, Clause]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for clause in clauses.values():
        for carrier in clause.carriers:
            found.setdefault(carrier, []).append(clause.id)
    return {carrier: tuple(ids) for carrier, ids in found.items()}


def load_clauses(path: Path) -> dict[str, Clause]:
    """The register of requirements: columns id, article, paraphrase, carriers and, if need be, sides. A missing file is an empty register.

    Raises DistrictError.
    """
    if not path.exists():
        return {}
    clauses: dict[str, Clause] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            sides = (row.get("sides") or "").strip()
            try:
                clause = Clause(
                    id=row["id"].strip(),
                    article=row["article"].strip(),
                    paraphrase=row["paraphrase"].strip(),
                    carriers=tuple((row.get("carriers") or "").split()),
                    one_sided=sides == ONE_SIDE,
                    line=number,
                )
            except (KeyError, AttributeError) as error:
                raise DistrictError(f"条款登记 {path.name} 第 {number} 行缺少列 {error}") from error
            if sides not in ("", ONE_SIDE):
                raise DistrictError(
                    f"条款登记 {path.name} 第 {number} 行的 sides 写了“{sides}”,只能不写(两面)或写 {ONE_SIDE}(没有拦住的一面)"
                )
            if clause.id in clauses:
                raise DistrictError(f"条款登记 {path.name} 第 {number} 行的编号 {clause.id} 重复")
            clauses[clause.id] = clause
    return clauses


def load_phases(path: Path) -> tuple[Phase, ...]:
    """The ledger's phases in order, from ``districts/phases.toml``. Raises DistrictError."""
    try:
        rows = district_checks.toml(path).get("phase", ())
    except district_checks.FileError as error:
        raise DistrictError(f"阶段文件 {path.name} 无法读取:{error}") from error
    found = []
    for number, row in enumerate(rows if isinstance(rows, list) else (), start=1):
        for problem in district_checks.words_of_phase(row):
            raise DistrictError(f"阶段文件 {path.name} {problem}")
        try:
            found.append(_phase(row))
        except (KeyError, TypeError, ValueError) as error:
            raise DistrictError(f"阶段文件 {path.name} 无法读取:第 {number} 个 [[phase]] 应写 key、title 和 order(整数)") from error
    if not found:
        raise DistrictError(f"阶段文件 {path.name} 无法读取:没有 [[phase]]")
    found.sort(key=lambda phase: phase.order)
    for problem in _wrong_phases(found):
        raise DistrictError(f"阶段文件 {path.name} {problem}")
    return tuple(found)


def _phase(row: Mapping[str, Any]) -> Phase:
    return Phase(
        key=row["key"],
        title=row["title"],
        order=int(row["order"]),
        terminal=bool(row.get("terminal", False)),
        main=bool(row.get("main", False)),
        next=tuple(row.get("next", ())),
        goes_on=tuple(row.get("goes_on", ())),
        woken_by=tuple(row.get("woken_by", ())),
    )


def _wrong_phases(phases: Sequence[Phase]) -> Iterator[str]:
    """What cannot be: two of a key or a place in the main line, a successor that there is not, an end that goes on, a way that stops.

    A file that says nothing of successors allows any.
    """
    keys = [phase.key for phase in phases]
    places = [phase.order for phase in phases if phase.main]
    yield from (f"里阶段“{key}”写了两次,请只保留一处" for key in dict.fromkeys(keys) if keys.count(key) > 1)
    yield from (
        f"里主线上有两个阶段的 order 都是 {place},主线分不出先后,请改正" for place in dict.fromkeys(places) if places.count(place) > 1
    )
    for phase in phases:
        for key in phase.next:
            if key not in keys:
                cure = f"是不是 {hint}?" if (hint := near(key, keys)) else f"可用:{'、'.join(keys)}"
                yield f"里“{phase.key}”的 next 写了“{key}”,没有这个阶段,{cure}"
        if phase.terminal and phase.next:
            yield f"里“{phase.key}”是终态(terminal),不能有 next:项目只能由唤醒离开终态"
        if not phase.terminal and (phase.goes_on or phase.woken_by):
            yield f"里“{phase.key}”不是终态(terminal),goes_on 和 woken_by 只写在终态上"
        if not phase.terminal and not phase.next and any(other.next for other in phases):
            yield f"里“{phase.key}”既不是终态(terminal),又没有写可以进入的下一阶段(next),项目到了那里就再也不能往下办"


def main_line(phases: Sequence[Phase]) -> tuple[str, ...]:
    """The main phases in order."""
    return tuple(phase.key for phase in phases if phase.main)


def following(phases: Sequence[Phase]) -> dict[str, tuple[str, ...]] | None:
    """Phase → those that may follow; None where the file says nothing of it and any may."""
    return {phase.key: phase.next for phase in phases} if any(phase.next for phase in phases) else None


def survivors(phases: Sequence[Phase], district: District | None, phase: str) -> frozenset[str] | None:
    """The processes that a project's entering ``phase`` lets go on; None if it ends none: the phase is not terminal."""
    found = next((one for one in phases if one.key == phase and one.terminal), None)
    if found is None:
        return None
    begun = (info.key for info in district.processes.values() if phase in info.start_phases) if district is not None else ()
    return frozenset({*found.goes_on, *found.woken_by, *begun})


def lasting(phases: Sequence[Phase], district: District | None, now: str) -> dict[str, frozenset[str]]:
    """Terminal phase → the processes that go on in it; nothing of a project whose phase is not terminal, which every step asks for."""
    if not any(phase.terminal and phase.key == now for phase in phases):
        return {}
    return {phase.key: found for phase in phases if (found := survivors(phases, district, phase.key)) is not None}


def woken(phases: Sequence[Phase]) -> dict[str, tuple[str, ...]]:
    """Terminal phase → the processes that lead out of it."""
    return {phase.key: phase.woken_by for phase in phases if phase.terminal}


def load_all(folder: Path) -> Mapping[str, District]:
    """Every district of a folder by key: each ``*.toml`` but phases.toml, whose phases and processes they name and it names. Raises DistrictError."""
    found = {path.stem: load(path) for path in _files(folder)}
    _together(folder, found)
    return found


def load_again(folder: Path, before: Mapping[str, District]) -> tuple[Mapping[str, District], tuple[str, ...]]:
    """The same while they are in use: a file that cannot be used leaves its district as it was ``before``, a new one is no district yet. With what is wrong."""
    found: dict[str, District] = {}
    wrong: list[str] = []
    for path in _files(folder):
        try:
            one = load(path)
            _together(folder, {**before, path.stem: one})
            found[path.stem] = one
        except DistrictError as error:
            wrong.append(str(error))
            if path.stem in before:
                found[path.stem] = before[path.stem]
    return found, tuple(wrong)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.toml")) if path.stem != "phases"]


def _together(folder: Path, found: Mapping[str, District]) -> None:
    """Raises DistrictError for what districts and phases name of each other and there is not."""
    file = folder / "phases.toml"
    phases = load_phases(file) if file.is_file() else ()
    for key, district in found.items() if phases else ():
        for problem in district_checks.phases_named(district, phases):
            raise DistrictError(f"区县文件 {key}.toml {problem}")
    for problem in (
        district_checks.processes_named(phases, {process for one in found.values() for process in one.processes}) if found else ()
    ):
        raise DistrictError(f"阶段文件 {file.name} {problem}")


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of a folder's files: another one as soon as a file is added, changed or removed."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.stat()) for entry in entries if entry.name.endswith((".toml", ".csv"))]
    except OSError:
        return ()
    return tuple(sorted((name, status.st_mtime_ns, status.st_size) for name, status in found))


# ---------------------------------------------------------------------- whose a file is


def short_name(path: str) -> str:
    """``/home/x/dmn/sucheng/supervision.dmn`` → ``dmn/sucheng/supervision.dmn``; a file outside the models' folders is its bare name."""
    parts, start = _parts(path)
    return "/".join(parts[start:])


def named(path: str) -> str:
    """The district that a model file's folder names, whether there is such a district or not; without such a folder the shared tenant."""
    parts, start = _parts(path)
    below = parts[start + 1 : -1]
    return SHARED if not below or (parts[start] == "forms" and below[0] == REGISTERS) else below[0]


def owner(path: str, known: Collection[str]) -> str:
    """Whose a model file is: the district whose folder it lies in, else everybody's. Raises UnknownDistrict."""
    key = named(path)
    if key != SHARED and key not in known:
        parts, start = _parts(path)
        raise UnknownDistrict(key, known, f"文件夹 {parts[start]}/{key} 应是区名:")
    return key


def _parts(path: str) -> tuple[tuple[str, ...], int]:
    """A path's parts, and which of them is the last models' folder (else the file itself)."""
    parts = PurePath(path.replace("\\", "/")).parts
    return parts, max((number for number, part in enumerate(parts[:-1]) if part in FOLDERS), default=max(0, len(parts) - 1))
