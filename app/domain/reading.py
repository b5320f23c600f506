"""Who may read which content of a project. The kinds of content and the extents are words of the tables ``content_kind`` and ``readable``; the answer is given here alone.

What one's own office has written is always read; of a countersigning that goes on nobody reads another's opinion. Of a classified project (SC-4-4) other
offices know an alias.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.codes import VerdictCode
from app.domain.districts import District
from app.domain.permissions import Actor, Membership, ProjectFacts, TaskFacts, Verdict, is_effective

READABLE, CONTENT_KIND = "readable", "content_kind"  # the tables
CLASSIFIED = "classified"  # the fact that says so
DRAFT = "draft"  # the phase of what nobody has submitted yet


class Seat(StrEnum):
    """How somebody stands to a project."""

    OWN = "own"  # of an office of the project
    OVERSEER = "overseer"  # oversees the district's projects
    CONCERNED = "concerned"  # of an office of the administration that has or had a task in it
    OUTSIDE = "outside"  # of a company that takes part, an expert


class Extent(StrEnum):
    ALWAYS = "always"
    ALL = "all"
    STAGE = "stage"  # as far as the stages in which the office takes part


class Content(StrEnum):
    NAME = "name"
    BASICS = "basics"
    PAPER = "paper"
    TIMELINE = "timeline"
    DECLARATION = "declaration"
    BUDGET = "budget"
    MATERIALS = "materials"
    OPINION = "opinion"
    HANDLING = "handling"
    CONTRACT = "contract"
    PUBLISHED = "published"
    CONTROL_PRICE = "control_price"
    RULES = "rules"


TITLES: Mapping[Content, str] = {
    Content.NAME: "项目名称",
    Content.BASICS: "项目概况",
    Content.PAPER: "文号和日期",
    Content.TIMELINE: "办理经过",
    Content.DECLARATION: "申报内容",
    Content.BUDGET: "预算和资金",
    Content.MATERIALS: "材料",
    Content.OPINION: "意见",
    Content.HANDLING: "办理内容",
    Content.CONTRACT: "合同",
    Content.PUBLISHED: "公布的内容",
    Content.CONTROL_PRICE: "招标控制价",
    Content.RULES: "规则判定",
}
_WIDTH = (Extent.ALWAYS, Extent.ALL, Extent.STAGE)
_KINDS_OF_FILES = (Content.CONTRACT, Content.PUBLISHED, Content.OPINION, Content.CONTROL_PRICE)
Extents = Mapping[Content, Extent]
Stage = tuple[str, str]  # process and the outermost sub-process, see ``ProcessDefinition.stage_of``


def extents(rows: Any) -> dict[Content, Extent]:
    """What the rows of ``readable`` give; words that are none give nothing."""
    found: dict[Content, Extent] = {}
    for row in rows if isinstance(rows, list) else []:
        extent = row.get("extent") if isinstance(row, Mapping) else None
        if extent not in _WIDTH:
            continue
        for word in str(row.get("contents") or "").replace(",", " ").split():
            if word in set(Content):
                found[Content(word)] = wider(found.get(Content(word)), Extent(extent))
    return found


def wider(one: Extent | None, other: Extent) -> Extent:
    return other if one is None or _WIDTH.index(other) < _WIDTH.index(one) else one


def of_file(task: Content) -> Content:
    """The kind of a file by that of the task to which it was brought."""
    return task if task in _KINDS_OF_FILES else Content.MATERIALS


def is_classified(facts: Mapping[str, Any]) -> bool:
    return facts.get(CLASSIFIED) is True


def alias(key: int, number: str, facts: Mapping[str, Any], *, unsaid: bool = False) -> str:
    """What a classified project is called outside its office; empty of any other. ``unsaid``: it is being drafted, and nobody has said yet whether it is one."""
    known = number or facts.get("projectNumber") or f"登记号 {key}"
    return f"涉密项目（{known}）" if is_classified(facts) else "起草中的项目" if unsaid else ""


def is_hidden(project: Mapping[str, Any]) -> bool:
    """Whether a project's name is its office's alone: it is classified, or nobody has said yet that it is not. Told by its other name."""
    return bool(project["alias"])


def is_unsaid(phase: str, facts: Mapping[str, Any], fields: Collection[str]) -> bool:
    """Whether a project is being drafted in a district whose ledger (``fields``) asks whether it is classified, and that has not been said."""
    return phase == DRAFT and CLASSIFIED in fields and facts.get(CLASSIFIED) is None


def called(actor: Actor, name: str, other_name: str, applicant: int | None) -> str:
    """A project's name as somebody may know it."""
    return name if not other_name or actor.is_system or applicant in actor.offices else other_name


# ---------------------------------------------------------------------- how somebody stands to a project


@dataclass(frozen=True, slots=True)
class TaskPart:
    """A user task of the project in which somebody may have a part. ``office``: the name of that in which it was completed, ``person``: by whom."""

    task: TaskFacts
    is_open: bool
    office: str
    person: int | None


def posts(actor: Actor, district: District) -> tuple[Membership, ...]:
    """The memberships by which somebody reads: no administrative ones."""
    return tuple(one for one in actor.memberships if is_effective(one, district) and not _info(district, one.role)[0])


def is_outside(one: Membership, district: District) -> bool:
    return _info(district, one.role)[1]


def is_personal(one: Membership, district: District) -> bool:
    """Whether what is done in this role is the person's and no office's: an expert's."""
    return _info(district, one.role)[2]


def _info(district: District, role: str) -> tuple[bool, bool, bool]:
    info = district.roles.get(role)
    return (False, False, False) if info is None else (info.administrative, info.outside, info.personal)


def roles_of_office(one: Membership, district: District) -> tuple[str, ...]:
    """The roles whose tasks are the office's: in a personal role the person's alone."""
    if is_personal(one, district):
        return (one.role,)
    others = (
        info.key for info in district.roles.values() if one.office_name in info.offices and not (info.personal or info.administrative)
    )
    return tuple(dict.fromkeys((one.role, *others)))


def has_part(actor: Actor, one: Membership, part: TaskPart, district: District) -> bool:
    """Whether a task is, or was, the membership's office's, or in a personal role the person's."""
    personal = is_personal(one, district)
    if not part.is_open:
        return part.person == actor.user if personal else bool(part.office) and part.office == one.office_name
    task = part.task
    if actor.username in (task.assignee, *task.candidate_users):
        return True
    if personal and (task.assignee is not None or task.person not in (None, actor.user)):
        return False
    if task.office is not None:
        return task.office == one.office
    roles = roles_of_office(one, district)
    return any(role in roles and ((info := district.roles.get(role)) is None or info.relation is None) for role in task.candidate_groups)


def seats(actor: Actor, project: ProjectFacts, district: District, parts: Mapping[Membership, bool]) -> frozenset[tuple[Seat, str]]:
    """Every seat with the role in which it is taken. ``parts``: whether a membership's office has a part by a task."""
    found: set[tuple[Seat, str]] = set()
    own = frozenset().union(*project.offices.values()) if project.offices else frozenset()
    for one in posts(actor, district):
        info = district.roles.get(one.role)
        outside = is_outside(one, district)
        if info is not None and info.oversees:
            found.add((Seat.OVERSEER, one.role))
        if one.office in own:
            found.add((Seat.OUTSIDE if outside else Seat.OWN, one.role))
        elif parts.get(one):
            found.add((Seat.OUTSIDE if outside else Seat.CONCERNED, one.role))
    return frozenset(found)


# ---------------------------------------------------------------------- the answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Something of a project that might be read. ``title``: what it is called in a sentence; ``office`` (key), ``office_name``, ``person``: who has written it, and
    ``role`` in which; ``at``: when; ``pending``: it is of a countersigning that has not been concluded."""

    content: Content
    title: str = ""
    office: int | None = None
    office_name: str = ""
    person: int | None = None
    role: str = ""
    at: datetime | None = None
    stage: Stage | None = None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class ProjectReader:
    """Somebody before a project. ``until``: when their office's part in it was over, None while it goes on; ``others``: content → who reads it, in words."""

    actor: Actor
    district: District
    project: ProjectFacts
    seats: frozenset[tuple[Seat, str]] = frozenset()
    given: Extents = field(default_factory=dict)
    until: datetime | None = None
    stages: frozenset[Stage] = frozenset()
    others: Mapping[Content, str] = field(default_factory=dict)
    refusal: Verdict | None = None  # why nothing at all is read

    @property
    def is_outside(self) -> bool:
        return all(seat is Seat.OUTSIDE for seat, _ in self.seats)

    def may(self, piece: Piece) -> Verdict:
        """Whether this piece may be read; the one answer that every way in asks for."""
        if self.actor.is_system:
            return Verdict(True, VerdictCode.ALLOWED, "系统")
        if self.refusal is not None:
            return self.refusal
        if self.wrote(piece):
            return Verdict(True, VerdictCode.ALLOWED, "这是您所在单位(本人)提交的内容")
        extent = self.given.get(piece.content)
        what = piece.title or TITLES[piece.content]
        if extent is None or (extent is Extent.STAGE and not self._reached(piece)):
            who = self.others.get(piece.content) or "本项目的单位"
            return Verdict(False, VerdictCode.CONTENT_HIDDEN, f"“{what}”属于{TITLES[piece.content]},您不能查看;可以查看的有:{who}")
        if piece.pending and extent is not Extent.ALWAYS:
            return Verdict(
                False,
                VerdictCode.NOT_CONCLUDED,
                f"“{what}”属于还没有结束的会签:各单位独立出具意见,全部办结后,参加会签的单位和本项目的单位可以查看",
            )
        return Verdict(True, VerdictCode.ALLOWED, f"您可以查看{TITLES[piece.content]}")

    def reads(self, content: Content, title: str = "") -> bool:
        """The same of a content that nobody in particular has written."""
        return bool(self.may(Piece(content=content, title=title)))

    def wrote(self, piece: Piece) -> bool:
        if piece.person is not None and piece.person == self.actor.user:
            return True
        if (info := self.district.roles.get(piece.role)) is not None and info.personal:
            return False
        mine = [one for one in posts(self.actor, self.district) if not is_personal(one, self.district)]
        return any(
            (piece.office is not None and one.office == piece.office) or (piece.office_name and one.office_name == piece.office_name)
            for one in mine
        )

    def _reached(self, piece: Piece) -> bool:
        return self.until is None or piece.stage in self.stages or (piece.at is not None and piece.at <= self.until)
