"""Who does a task in a scenario: a role, or a person of a role in an office; whether the server would let them (design §9)."""

from collections.abc import Collection

from app.domain.districts import SHARED, ZONE, District
from app.domain.permissions import Actor, Membership, ProjectFacts, TaskFacts, may_do
from app.engine import effects
from app.rehearsal.ledger import LedgerInMemory
from app.rehearsal.scenario_files import Failed
from app.rehearsal.scenario_shapes import Doer
from app.rehearsal.wording import mark


class NotTheirs(Failed):
    """The server would not let them."""


NOWHERE = District(SHARED, "", ZONE, {}, {})


def check(doer: Doer, task: effects.TaskOpened, project: int | None, ledger: LedgerInMemory, signed: Collection[str] = ()) -> None:
    """Whether ``doer`` may complete ``task`` of a tree of ``project``. Raises NotTheirs; Failed for a role or an office that there is not.

    Without an office the role alone counts, in whatever office it is held; with one, the task's own office decides, else the project's where the role belongs to
    those. ``signed``: people who have done another of its instances in the same round, where nobody may do two; who is not named is somebody else each time.
    """
    district = ledger.district or NOWHERE
    role = doer.role
    if district.roles and role not in district.roles:
        raise Failed(f"区“{district.key}”没有角色“{role}”,可用:{'、'.join(sorted(district.roles))}")
    info = district.roles.get(role)
    own = info.offices if info is not None else ()
    office = doer.office if doer.office is not None else next(iter(own), "")
    if doer.office is not None and district.roles:
        known = {name for held in district.roles.values() for name in held.offices} | set(ledger.office_names().values())
        if office not in known:
            raise Failed(f"区“{district.key}”和台账里没有单位“{office}”,可用:{'、'.join(sorted(known))}")
    if not (task.assignee or task.candidate_groups or task.candidate_users):
        raise Failed(
            f"“{mark(task.element_id)}”没有写明由谁办理(没有候选组、候选人,也没有受理人),as: {mark(role)} 无从核对;请在图上写上候选组,或不写 as"
        )
    membership = Membership(role, ledger.office(office) if doer.office is not None else 1, office)
    actor = Actor(1, doer.person or role, doer.person or district.role_title(role), district.key, (membership,))
    facts = TaskFacts(
        district.key,
        tuple(task.candidate_groups),
        tuple(task.candidate_users),
        task.assignee,
        task.name,
        office=_office(task, doer, ledger),
        office_name=task.office.name if task.office is not None else "",
        signed_by=frozenset({actor.user} if doer.person in signed else ()),
    )
    verdict = may_do(actor, facts, _project(project, ledger, district) if doer.office is not None else None, district)
    if not verdict:
        entitled = "、".join(mark(group) for group in task.candidate_groups) or task.assignee or "、".join(task.candidate_users)
        who = f"“{office}”的" if doer.office is not None else ""
        named = f"(“{doer.person}”)" if doer.person is not None else ""
        raise NotTheirs(f"“{mark(task.element_id)}”不由{who}角色“{mark(role)}”{named}办理,应由 {entitled}:{verdict.reason}")


def _office(task: effects.TaskOpened, doer: Doer, ledger: LedgerInMemory) -> int | None:
    """The office whose people alone do the task, by its name; where the doer says no office, only that there is one."""
    if task.office is None:
        return None
    if not task.office.name:
        return 0
    return ledger.office(task.office.name) if doer.office is not None else None


def shown(doer: Doer | None) -> str:
    return "、".join(part for part in (doer.office, mark(doer.role), doer.person) if part) if doer is not None else ""


def acting(doer: Doer | None, task: effects.TaskOpened, ledger: LedgerInMemory) -> tuple[str, str] | None:
    """Key and name of the office in which somebody does a task: theirs, else the task's own."""
    name = doer.office if doer is not None and doer.office is not None else task.office.name if task.office is not None else ""
    return (str(ledger.office(name)), name) if name else None


def _project(key: int | None, ledger: LedgerInMemory, district: District) -> ProjectFacts | None:
    if key is None:
        return None
    row = ledger.projects[key]
    offices = {relation: frozenset(office for office, _ in held) for relation, held in row["offices"].items()}
    return ProjectFacts(district.key, key, row["phase"], offices)
