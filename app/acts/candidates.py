"""Which offices a role means for a project: a district's own offices, or the project's in that relation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.acts.rows import candidate
from app.catalogue import snapshot
from app.domain import permissions
from app.domain.districts import District
from app.domain.permissions import Actor, Membership, ProjectFacts
from app.engine.effects import NamedOffice

_DIGITS, _KEYS = 19, 2**63
ANY = 0  # an office key that means: in whatever office


def candidates(task: Mapping[str, Any], offices: Mapping[str, Sequence[Sequence[Any]]] | None) -> list[dict[str, Any]]:
    """Rows saying who may do a task. ``offices``: relation → [[key, name], …] of the project, None without a project.

    A role that belongs to the project's own office names that office; while the project has none in that relation, nobody can do it yet. Where the task is one
    office's, only that office has it; where there is none, nobody.
    """
    district = snapshot.district(task["tenant"])
    found: dict[tuple[str, int, str], None] = {}
    for role in task["candidate_groups"]:
        info = district.roles.get(role)
        if task.get("office_key") is not None:
            if task["office_key"]:  # 0: nobody's
                found[role, task["office_key"], ""] = None
        elif info is None or info.relation is None or offices is None:
            found[role, ANY, ""] = None
        else:
            found.update({(role, int(key), ""): None for key, _ in offices.get(info.relation, ())})
    found.update({("", ANY, username): None for username in task["candidate_users"]})
    if task["assignee"]:
        found["", ANY, task["assignee"]] = None
    return [candidate(task_key=task["key"], role=role, office_key=office, username=username) for role, office, username in found]


def office_columns(office: NamedOffice | None) -> dict[str, Any]:
    """What a task's row says of the office whose people alone do it; key 0: of none, or of one that no register can have."""
    if office is None:
        return {"office_key": None, "office": None}
    key = int(office.key) if office.key.isascii() and office.key.isdigit() and len(office.key) <= _DIGITS else 0
    return {"office_key": key if key < _KEYS else 0, "office": office.name}


def held(actor: Actor, district: District) -> list[tuple[str, int]]:
    """The actor's (role, office) pairs, each also as (role, ANY): what the row of a candidate, or of a notice, must match."""
    return sorted(effective(actor.memberships, district))


def effective(memberships: Iterable[Membership], district: District) -> set[tuple[str, int]]:
    """``held`` of any number of memberships."""
    pairs: set[tuple[str, int]] = set()
    for membership in memberships:
        if permissions.is_effective(membership, district):
            pairs |= {(membership.role, membership.office), (membership.role, ANY)}
    return pairs


def project_facts(project: Mapping[str, Any]) -> ProjectFacts:
    """What permissions need to know of a project's row."""
    offices = {relation: frozenset(int(key) for key, _ in held) for relation, held in project["offices"].items()}
    return ProjectFacts(project["tenant"], project["key"], project["phase"], offices)
