"""Beginning a process by hand: what the district's file, the project and the year allow. One decision for the page and for ``/v2``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.acts import checks
from app.acts.candidates import project_facts
from app.acts.facts import begin_facts
from app.acts.held_tree import HeldTree
from app.acts.transaction import new_instance
from app.catalogue import snapshot
from app.domain import permissions
from app.domain.codes import Action, VerdictCode
from app.domain.districts import ProcessInfo
from app.domain.permissions import Actor, ProjectFacts, Verdict
from app.domain.states import InstanceState
from app.engine import ProcessDefinition
from app.engine.commands import Start
from app.errors import Conflict, NotFound
from app.store import history, projects

_AGAIN = frozenset({VerdictCode.ALREADY_RUNNING, VerdictCode.ALREADY_DONE})  # about the state of things, not about the person


def may_begin(actor: Actor, process_id: str, project: Mapping[str, Any] | None, now: datetime) -> Verdict:
    """Whether the actor may begin a process of their district by hand: its role, the project's phase, and once in a project's life, or in a year."""
    district = snapshot.district(actor.tenant)
    info = district.processes.get(process_id)
    if info is not None and info.per == "project" and project is None:
        startable = permissions.may_start(actor, process_id, None, district)
        return (
            startable
            if not startable
            else Verdict(False, VerdictCode.PROJECT_REQUIRED, "这项流程属于一个项目:请从项目页发起,或以 projectKey 指明项目")
        )
    if info is not None and info.per != "project" and project is not None:
        return Verdict(False, VerdictCode.NO_PROJECT, "这项流程不属于某一个项目,不能从项目发起")
    verdict = permissions.may_start(actor, process_id, project_facts(project) if project is not None else None, district)
    if not verdict or info is None:
        return verdict
    return _not_yet_this_year(actor, info, now) if project is None else _not_yet_of(project, info)


def begin(
    actor: Actor,
    process_id: str,
    project: Mapping[str, Any] | None,
    variables: Mapping[str, Any],
    now: datetime,
    *,
    confirmed: Mapping[str, Any] | None = None,
) -> HeldTree:
    """Begin it, if ``may_begin`` allows. See ``launch``.

    What the ledger knows of the project goes before ``variables``; a process that declares reads it there and gets no copy.
    Raises Forbidden, NotFound, InvalidForm, Conflict (ALREADY_…).
    """
    verdict = may_begin(actor, process_id, project, now)
    if verdict.code in _AGAIN:
        raise Conflict(verdict.reason, code=verdict.code)
    verdict.require()
    if project is None:
        return launch(actor, process_id, variables, now, confirmed=confirmed)
    if declares(actor.tenant, process_id):
        return launch(actor, process_id, variables, now, project_key=project["key"], confirmed=confirmed)
    known = {
        **project["facts"],
        "projectKey": str(project["key"]),
        "projectName": project["name"],
        "applicantOffice": project["applicant_office"],
    }
    return launch(actor, process_id, variables, now, known=known, project_key=project["key"], confirmed=confirmed)


def declares(tenant: str, process_id: str) -> bool:
    """Whether the process reads the ledger by its name, so that nothing of it is copied into variables."""
    found = snapshot.library(tenant).process(process_id)
    return found is not None and found.declares


def may_open(actor: Actor, process_id: str, phase: str, relation: str) -> Verdict:
    """Whether the actor may begin a new project with this process: it stands in ``phase`` then, and their offices are its own in ``relation``."""
    fresh = ProjectFacts(actor.tenant, 0, phase, {relation: actor.offices})
    return permissions.may_start(actor, process_id, fresh, snapshot.district(actor.tenant))


def launch(
    actor: Actor,
    process_id: str,
    variables: Mapping[str, Any],
    now: datetime,
    *,
    known: Mapping[str, Any] | None = None,
    project: dict[str, Any] | None = None,
    project_key: int | None = None,
    confirmed: Mapping[str, Any] | None = None,
) -> HeldTree:
    """The act itself; ``project`` is the row of one that begins with it. ``variables``: what the person says (of a start form its fields and nothing else);
    ``known``: what the platform adds; ``confirmed``: id of a check of the start form → why it is set aside. Raises NotFound, InvalidForm, Forbidden."""
    found = snapshot.library(actor.tenant).reference("process", process_id)
    if found is None:
        raise NotFound(f"没有部署流程“{process_id}”,请联系业务分析员")
    with new_instance(found.key, actor.tenant, now, actor, project=project, project_key=project_key) as tree:
        begun(tree, snapshot.process_definition(found.key), variables, known or {}, confirmed=confirmed or {})
        if project is not None:
            projects.insert(project)
        tree.save()
    return tree


def begun(
    tree: HeldTree,
    definition: ProcessDefinition,
    variables: Mapping[str, Any],
    known: Mapping[str, Any],
    *,
    confirmed: Mapping[str, Any],
) -> None:
    """The step that begins a tree, and its audit entry; fields of the start form that are marked so become facts, not variables.

    Raises InvalidForm, Forbidden (LEDGER_OWNER), the engine's errors.
    """
    given = checks.started(tree, definition, variables, confirmed)
    together = {**given.data, **known}
    facts = begin_facts(tree, definition, given.form, given.data, role=_role(tree.actor, definition.process_id))
    begun_with = {name: value for name, value in together.items() if name not in facts}
    tree.step(Start(definition.key, begun_with, office=_acting_office(tree.actor, definition.process_id)))
    tree.journal.take(given.effects, {1: definition.key})
    tree.overrides = [one | {"person": tree.actor.name, "office": _office(tree.actor)} for one in given.documents()]
    tree.record(
        Action.PROCESS_START,
        definition.process_id,
        {"variables": together} | ({"overrides": given.documents()} if given.overridden else {}),
    )


def _office(actor: Actor) -> str:
    return actor.memberships[0].office_name if actor.memberships else ""


def _acting_office(actor: Actor, process_id: str) -> tuple[str, str] | None:
    """The office in which somebody begins a process by hand: that of the role in which they do, else their first."""
    role = _role(actor, process_id)
    held = actor.office_in(role) if role is not None else next(iter(actor.memberships), None)
    return (str(held.office), held.office_name) if held is not None else None


def _role(actor: Actor, process_id: str) -> str | None:
    """The role in which somebody begins a process by hand."""
    info = snapshot.district(actor.tenant).processes.get(process_id)
    role = info.start_role if info is not None else None
    return role if role is not None and role in actor.roles else None


def _not_yet_this_year(actor: Actor, process: ProcessInfo, now: datetime) -> Verdict:
    if process.per == "matter":  # as many at once as there are matters
        return Verdict(True, VerdictCode.ALLOWED, "可以发起")
    zone = snapshot.district(actor.tenant).zone
    year = now.astimezone(zone).year
    # Last year's may still be open: this year's has its own.
    states = {row.state for row in history.started(actor.tenant, process.key) if row.started_at.astimezone(zone).year == year}
    if InstanceState.ACTIVE in states or (states and not process.repeat):
        return Verdict(False, VerdictCode.ALREADY_RUNNING, "本年度的这项流程正在办理,或已经办过")
    return Verdict(True, VerdictCode.ALLOWED, "可以发起")


def _not_yet_of(project: Mapping[str, Any], process: ProcessInfo) -> Verdict:
    """One at a time, but for what may go on at once; what is not to be repeated only once in a project's life."""
    if process.at_once:
        return Verdict(True, VerdictCode.ALLOWED, "可以发起")
    states = history.states(project["key"], process.key)
    if InstanceState.ACTIVE in states:
        return Verdict(False, VerdictCode.ALREADY_RUNNING, "本项目的这项流程正在办理,不能重复发起")
    if states and not process.repeat:
        return Verdict(False, VerdictCode.ALREADY_DONE, "本项目已办过这项流程,不能再次发起")
    return Verdict(True, VerdictCode.ALLOWED, "可以发起")
