"""Whose a lane is: a role of the district, or a group of offices that its file declares; and whether what is done in it is theirs to do.

``lane_<role or group>``, in a sub-process with ``__<its id>`` behind it. Judged for each district that uses the diagram. Source: modelling.md §1.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.decision.feel.syntax import Name, Path
from app.decision.near import near
from app.domain.districts import District
from app.engine import ProcessDefinition
from app.engine.elements.tasks import UserTask
from app.engine.expressions import LiteralTerm, Term
from app.engine.ledger import PARAMETERS
from app.engine.reading import xml
from app.engine.reading.xml import Node
from app.rehearsal import ledger_names
from app.rehearsal.codes import PlaneCode
from app.rehearsal.findings import Finding
from app.rehearsal.inventory import Part, texts, tree
from app.rehearsal.surroundings import View
from app.rehearsal.writers import Writers

PREFIX, SEPARATOR = "lane_", "__"


@dataclass(frozen=True, slots=True)
class Lane:
    """``owner``: the role or group that its id names; ``process``: whose it is; ``holds``: the elements in it."""

    id: str
    name: str
    line: int
    owner: str
    process: str
    holds: tuple[str, ...]


def read(root: Node) -> list[Lane]:
    """Every lane whose id says whose it is; the others are told where ids are looked at."""
    found = []
    for node in root.iter(xml.BPMN + "lane"):
        identifier = node.get("id", "")
        process = next((above.get("id", "") for above in node.iterancestors(xml.BPMN + "process")), "")
        if identifier.startswith(PREFIX):
            owner = identifier.removeprefix(PREFIX).partition(SEPARATOR)[0]
            holds = tuple((held.text or "").strip() for held in node.iterchildren(xml.BPMN + "flowNodeRef"))
            name, line = node.get("name", ""), node.sourceline or 0
            found.append(Lane(id=identifier, name=name, line=line, owner=owner, process=process, holds=holds))
    return found


def check(file: str, lanes: Sequence[Lane], process: ProcessDefinition, around: View) -> Iterator[Finding]:
    """In the order of the file; nothing where the district is not known."""
    parts = {part.id: part for part in around.kept(Writers).parts(process)}
    for tenant in around.tenants:
        district = around.stock.districts.get(tenant)
        for lane in lanes if district is not None else ():
            assert district is not None
            if lane.process != process.process_id:
                continue
            members = members_of(lane.owner, district)
            if members is None:
                message = f"泳道“{lane.name}”({lane.id})的“{lane.owner}”不是本区的角色,也没有在区县文件里声明为单位组,{_cure(lane.owner, district)}"
                yield Finding(file, lane.id, lane.line, PlaneCode.LANE_OWNER, message)
                continue
            for element in lane.holds:
                yield from _task(file, lane, parts.get(element), members, around)


def members_of(owner: str, district: District) -> Collection[str] | None:
    """The roles of a lane: itself, or those of the group."""
    return (owner,) if owner in district.roles else district.groups.get(owner)


def _task(file: str, lane: Lane, part: Part | None, members: Collection[str], around: View) -> Iterator[Finding]:
    task = part.activity if part is not None else None
    groups = task.assignment.candidate_groups if isinstance(task, UserTask) else None
    others = [role for role in _roles(groups, around) if role not in members] if groups is not None else []
    if part is not None and others:
        message = f"{part.place}由 {'、'.join(others)} 办理,却在泳道“{lane.name}”({lane.id},{'、'.join(members)})里;请移到办理单位的泳道,或改正候选组、单位组"
        yield Finding(file, part.id, lane.line, PlaneCode.LANE_TASK, message)


def _roles(term: Term, around: View) -> list[str]:
    """The roles that are written out, or that a parameter of the district gives; which of them a variable gives nobody can say."""
    if isinstance(term, LiteralTerm):
        return [role.strip() for role in term.value.split(",") if role.strip()]
    root = tree(term)
    if isinstance(root, Path) and isinstance(root.base, Name) and root.base.name == PARAMETERS:
        value = around.kept(ledger_names.constants).get(root.name)
        return [role for role in (value if isinstance(value, list) else [value]) if isinstance(role, str)]
    return texts(term)


def _cure(owner: str, district: District) -> str:
    known: Mapping[str, object] = {**district.roles, **district.groups}
    hint = near(owner, known)
    return f"是不是 {hint}?" if hint else f"请改正标识,或在 districts/{district.key}.toml 写上 [groups.{owner}] roles = […]"
