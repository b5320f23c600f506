"""Process instances as administrators and the API see them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from app import engine
from app.acts import openings
from app.acts.held_tree import HeldTree
from app.acts.transaction import new_instance
from app.catalogue import snapshot
from app.codes import RequestCode
from app.domain import permissions
from app.domain.codes import VerdictCode
from app.domain.permissions import Actor, Verdict
from app.domain.reading import Content, Piece
from app.domain.states import SUSPENDED, TIMED, InstanceState, WaitKind
from app.engine import ProcessDefinition
from app.errors import Forbidden, InvalidRequest, NotFound
from app.seen import timeline
from app.seen.diagram import diagram_view
from app.seen.lines import bounds, instance_line
from app.seen.shapes import (
    HistoryEntry,
    IncidentLine,
    InstanceLine,
    InstancePage,
    JobLine,
    Page,
    TokenLine,
    VariableView,
    WaitLine,
)
from app.services import messages, reading
from app.services.reading import Before
from app.store import history, parts, projects
from app.store.tasks import both, either

HIDDEN = "（涉密项目，不显示）"  # the value of a variable, SC-4-4


@dataclass(frozen=True, slots=True)
class InstanceFilter:
    """What to look for; None is anything."""

    key: int | None = None
    root_key: int | None = None
    parent_key: int | None = None
    process_id: str | None = None
    definition_key: int | None = None
    version: int | None = None
    state: str | None = None
    tenant: str | None = None
    project_key: int | None = None
    has_incident: bool | None = None
    text: str = ""
    descending: bool = False


def search(actor: Actor, wanted: InstanceFilter, now: datetime, *, limit: int | None = None, offset: int = 0) -> Page[InstanceLine]:
    """Instances that the actor may see: administrators all of their district, others those of projects that they may read."""
    limit, offset = bounds(limit, offset)
    conditions: list[Any] = []
    own = sorted(actor.offices)
    if actor.tenant or not actor.is_system:
        conditions.append(history.in_tenant(actor.tenant))
    if not permissions.may_administer(actor):
        if actor.is_administrator:
            return Page([], 0, limit, offset)
        conditions.append(history.of_projects() if permissions.oversees(actor, snapshot.district(actor.tenant)) else _theirs(actor))
    for item in fields(wanted):
        value = getattr(wanted, item.name)
        if item.name == "state" and value == SUSPENDED:
            conditions.append(history.suspended())
        elif value is not None and item.name not in ("has_incident", "text", "descending"):
            conditions.append(history.having("definition_version" if item.name == "version" else item.name, value))
    found, total = history.search(
        conditions,
        has_incident=wanted.has_incident,
        text=wanted.text.strip(),
        offices=own,
        descending=wanted.descending,
        limit=limit,
        offset=offset,
    )
    return Page([instance_line(row, actor) for row in found], total, limit, offset)


def line(actor: Actor, key: int) -> InstanceLine:
    """One instance, as the API shows it. Raises NotFound, Forbidden."""
    row = _existing(key)
    if not permissions.may_administer(actor, row.tenant):
        project = projects.one(row.project_key) if row.project_key else None
        if project is None:
            raise Forbidden("只有系统管理员可以查看不属于项目的流程实例", code=VerdictCode.NOT_ADMINISTRATOR)
        _may_see(Before(actor, project), row).require()
    return instance_line(row, actor)


def view(actor: Actor, key: int, now: datetime) -> InstancePage:
    """One instance with tokens, variables, timers, jobs, incidents and history, for administrators. Raises NotFound, Forbidden."""
    row = administered(actor, key)
    root = history.root_state(row.root_key)
    definition = snapshot.process_definition(row.definition_key)
    visits = history.instance_elements(key)
    variables = _variables(key, visits)
    waits = [
        WaitLine(
            key=item.key,
            kind=item.kind,
            element_id=item.element_id,
            due_at=item.due_at,
            name=item.name,
            correlation_key=item.correlation_key,
            expression=item.expression,
            attempts=item.attempts,
        )
        for item in history.waits(key)
    ]
    return InstancePage(
        line=instance_line(row, actor),
        tokens=_tokens(row, root, definition, visits),
        variables=[replace(one, value=HIDDEN) for one in variables] if row.project_alias else variables,
        timers=[wait for wait in waits if wait.kind in (WaitKind.TIMER, WaitKind.DUE)],
        subscriptions=[wait for wait in waits if wait.kind not in TIMED],
        jobs=[
            JobLine(
                key=item.key,
                type=item.type,
                element_id=item.element_id,
                state=item.state,
                retries=item.retries,
                message=item.message,
                opened_at=item.opened_at,
                retry_at=item.retry_at,
            )
            for item in history.jobs(key)
        ],
        incidents=[
            IncidentLine(
                key=item.key,
                type=item.type,
                element_id=item.element_id,
                message=item.message,
                at=item.opened_at,
                resolved_at=item.closed_at,
                instance_key=key,
                details=item.details,
            )
            for item in history.incidents(instance_key=key)
        ],
        history=[
            HistoryEntry(
                key=item.key,
                element_id=item.element_id,
                name=item.name,
                type=item.type,
                state=item.state,
                entered_at=item.entered_at,
                ended_at=item.ended_at,
                instance_key=key,
            )
            for item in visits
        ],
        decisions=[] if row.project_alias else [timeline.decision_view(item) for item in history.decisions(instance_key=key)],
        children=[instance_line(item, actor) for item in history.children(key)],
        diagram=diagram_view(row, key, timeline.of_tree(row.root_key, snapshot.district(row.tenant), row.project_key), now),
        catalogue_version=root.catalogue_version,
        version=root.version,
    )


def create(
    actor: Actor,
    process_id: str,
    variables: Mapping[str, Any],
    now: datetime,
    *,
    tenant: str | None = None,
    version: int | None = None,
    definition_key: int | None = None,
    project_key: int | None = None,
    confirmed: Mapping[str, Any] | None = None,
) -> InstanceLine:
    """Start an instance (API). What the district's file lists begins as on the page: by whom, of which project, when, once a year, by the version in force.

    Anything else a system administrator may start, outside projects. Where the none start event has a form, ``variables`` are its fields and nothing else, and
    ``confirmed`` says why checks of it are set aside. Raises Forbidden, InvalidForm, NotFound, Conflict (ALREADY_…), InvalidRequest (VERSION and the engine's).
    """
    tenant = tenant or actor.tenant
    if not actor.is_system and tenant != actor.tenant:
        raise Forbidden("只能在本区发起流程", code=VerdictCode.OTHER_DISTRICT)
    definition = _definition(process_id, tenant, version, definition_key)
    try:
        if definition.process_id in snapshot.district(tenant).processes or not permissions.may_administer(actor, tenant):
            tree = _begin(actor, definition, variables, project_key, now, confirmed=confirmed)
        elif project_key is not None:
            raise Forbidden("区文件没有列出的流程不能从项目发起", code=VerdictCode.NOT_STARTABLE)
        else:
            with new_instance(definition.key, tenant, now, actor) as tree:
                openings.begun(tree, definition, variables, {}, confirmed=confirmed or {})
                tree.save()
    except (engine.ModificationRefused, engine.LimitExceeded) as error:
        raise InvalidRequest(str(error), code=error.code) from error
    if tree.unsettled:
        messages.settle(now)
    return instance_line(_existing(tree.root_key), actor)


def _begin(
    actor: Actor,
    definition: ProcessDefinition,
    variables: Mapping[str, Any],
    project_key: int | None,
    now: datetime,
    *,
    confirmed: Mapping[str, Any] | None,
) -> HeldTree:
    project = None
    if project_key is not None:
        project = projects.one(project_key)
        if project is None:
            raise NotFound("没有此项目")
        Before(actor, project).reader.may(Piece(content=Content.BASICS)).require()
    in_force = snapshot.library(actor.tenant).reference("process", definition.process_id)
    if in_force is not None and in_force.key != definition.key:
        raise InvalidRequest(f"这项流程只能按现行的第 {in_force.version} 版发起", code=RequestCode.VERSION)
    return openings.begin(actor, definition.process_id, project, variables, now, confirmed=confirmed)


# ---------------------------------------------------------------------- parts


def _theirs(actor: Actor) -> Any:
    """Of somebody who oversees nothing: instances of their projects; from outside those alone in which they have something to do, or had."""
    who = reading.theirs(actor)
    taking_part = parts.projects_of(actor.tenant, *who.followed, actor.username)
    trees = parts.roots_of(actor.tenant, *who.written, actor.username, person=who.person)
    own = both(history.of_projects(), history.of_trees(trees))
    return either(history.of_offices(who.inside), history.of_project_keys(taking_part), own)


def _may_see(before: Before, row: Any) -> Verdict:
    """Whether somebody may know of a project's instance: who reads what happens in it, or takes part in its tree."""
    verdict = before.reader.may(Piece(content=Content.TIMELINE, title=row.process_name))
    return verdict if verdict or not before.takes_part(row.root_key) else Verdict(True, VerdictCode.ALLOWED, "您在这项流程里有事项")


def _existing(key: int) -> Any:
    row = history.instance(key)
    if row is None:
        raise NotFound("没有此流程实例")
    return row


def administered(actor: Actor, key: int) -> Any:
    """The row of an instance that the actor may inspect and repair. Raises NotFound, Forbidden."""
    row = _existing(key)
    permissions.may_administer(actor, row.tenant).require()
    return row


def _definition(process_id: str, tenant: str, version: int | None, definition_key: int | None) -> ProcessDefinition:
    library = snapshot.library(tenant)
    found = None
    if definition_key is not None:
        found = library.by_key("process", definition_key)
    elif version is not None:
        found = library.by_version("process", process_id, version)
    else:
        found = library.reference("process", process_id)
    if found is None:
        raise NotFound(f"没有部署流程“{process_id or definition_key}”" + (f"的第 {version} 版" if version is not None else ""))
    return snapshot.process_definition(found.key)


def _tokens(row: Any, root: Any, definition: ProcessDefinition, visits: Any) -> list[TokenLine]:
    if row.state != InstanceState.ACTIVE:
        return []
    state = engine.State.load(root.blob, snapshot.library(row.tenant, root.catalogue_version))
    local = next((int(number) for number, key in root.keys.items() if key == row.key), 0)
    entered = {visit.element: visit for visit in visits}
    tokens = []
    for token in state.tokens():
        if token.instance == local:
            info = definition.elements.get(token.element_id)
            visit = entered.get(token.element)
            tokens.append(
                TokenLine(
                    element=token.element,
                    element_id=token.element_id,
                    name=info.name if info else "",
                    type=info.type if info else visit.type if visit else "",
                    state=token.state,
                    instance_key=row.key,
                    entered_at=visit.entered_at if visit else None,
                )
            )
    return tokens


def _variables(key: int, visits: Any) -> list[VariableView]:
    names = {visit.element: (visit.element_id, visit.key) for visit in visits}
    found = []
    for row in history.variables(key):
        scope, scope_key = names.get(row.scope, ("", 0)) if row.scope else ("", key)
        found.append(VariableView(name=row.name, value=row.value, scope=scope, instance_key=key, scope_key=scope_key, key=row.key))
    return found
