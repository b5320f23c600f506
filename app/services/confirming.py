"""Facts that were imported or migrated: what waits for an owner to confirm it, and the confirmation. Until then gates read null. Source: modelling.md §1."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from app import engine
from app.acts import audit, recounts
from app.acts.candidates import project_facts
from app.acts.ledger import StoredLedger
from app.acts.transaction import open_project, retried
from app.catalogue import owners, snapshot
from app.codes import RequestCode
from app.domain import permissions
from app.domain.codes import Action
from app.domain.fact_changes import UNCONFIRMED, FactOrigin, FactRefused
from app.domain.facts import LedgerField, Right, RightKind
from app.domain.permissions import Actor, TaskFacts
from app.domain.reading import Content, Piece
from app.errors import Conflict, NotFound
from app.seen import changes
from app.seen.shapes import FactView, UnconfirmedView
from app.services.reading import Before
from app.store import projects


@retried
def confirm(actor: Actor, project_key: int, field: str, version: int, now: datetime) -> FactView:
    """An owner says that an unconfirmed fact is right as it stands. ``version``: of the project, as the page showed it. Gives what has been confirmed.

    Raises NotFound (no such project or field, or none that this person may know of), Forbidden (FACT_OWNER, ADMINISTRATOR), Conflict (CONFIRMED; OUTDATED: the
    project has changed since), Busy.
    """
    project = projects.one(project_key)
    if project is None:
        raise NotFound("没有此项目")
    role = _role(actor, project, field)
    library, district = snapshot.library(project["tenant"]), snapshot.district(project["tenant"])
    with open_project(project_key, actor) as row:
        ledger = StoredLedger(library, row, 0, now, actor=actor)
        origin = FactOrigin(right=Right(kind=RightKind.CONFIRMED), role=role, main_line=ledger.main_line)
        try:
            ledger.confirm(field, origin)
        except FactRefused as error:
            raise Conflict(f"{error}。请刷新页面查看", code=RequestCode.CONFIRMED) from error
        if row["version"] != version:
            raise Conflict("本项目的台账在您打开页面之后有改动,请刷新页面,核对后再核实", code=RequestCode.OUTDATED)
        ledger.write()
        value = row["facts"].get(field)
        details = {"field": field, "value": value, "role": role}
        audit.record(
            actor, Action.PROJECT_CONFIRM, field, details, now, chain=project_key, tenant=project["tenant"], project_key=project_key
        )
        counted = engine.counts_by_ledger(library)
        acting = permissions.capacities(actor, TaskFacts(project["tenant"], (role,)), project_facts(row), district)[0]
        recounts.ask(ledger.changes, project_key, library.ledger, by=f"{acting.office}{actor.name}", counted=counted, now=now)
    return FactView(field, changes.title(library, field), value)


def unconfirmed(actor: Actor, project: Mapping[str, Any]) -> list[UnconfirmedView]:
    """What waits to be confirmed of a project's row, in the order of the ledger's fields."""
    names = set(project[UNCONFIRMED])
    library = snapshot.library(project["tenant"])
    if not names or library.ledger is None:
        return []
    district, facts = snapshot.district(project["tenant"]), project_facts(project)
    came = changes.origins(project["key"], names)
    found = []
    for field in (field for name, field in library.ledger.fields.items() if name in names):
        roles, change = owners.of(library, field), came.get(field.name)
        found.append(
            UnconfirmedView(
                name=field.name,
                title=field.title,
                value=changes.worded(library, field.name, project["facts"].get(field.name)),
                origin=changes.HOW[change.right_kind] if change is not None else changes.ELSEWHERE,
                by=change.user_name if change is not None else "",
                at=change.at if change is not None else None,
                owners=tuple(district.role_title(role) for role in roles),
                may=permissions.may_confirm(actor, roles, facts, district)[0],
            )
        )
    return found


def marks(project: Mapping[str, Any], names: Collection[str]) -> dict[str, str]:
    """Those of these facts that nobody has confirmed, each with what it came by, in words."""
    found = set(project[UNCONFIRMED]) & set(names)
    came = changes.origins(project["key"], found)
    return {name: changes.HOW[came[name].right_kind] if name in came else changes.ELSEWHERE for name in sorted(found)}


def _role(actor: Actor, project: Mapping[str, Any], name: str) -> str:
    """The role in which the actor may confirm a field. Raises NotFound, Forbidden."""
    district, facts = snapshot.district(project["tenant"]), project_facts(project)
    library = snapshot.library(project["tenant"])
    field: LedgerField | None = library.ledger.fields.get(name) if library.ledger is not None else None
    roles = owners.of(library, field) if field is not None else ()
    verdict, role = permissions.may_confirm(actor, roles, facts, district)
    known = actor.is_administrator and actor.tenant == project["tenant"]  # an administrator sees its trees
    if not verdict and not known and not Before(actor, project).reader.may(Piece(content=Content.BASICS)):
        raise NotFound("没有此项目")  # nobody learns of others' projects here
    if field is None:
        raise NotFound(f"台账没有字段“{name}”")
    verdict.require()
    return role
