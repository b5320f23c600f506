"""Migration: a running instance goes on by another version of its process, after a preview of what that changes in it.

The tree keeps its rules (its catalogue version) unless it is asked to take those in force, its timers and open tasks their due instants, people what they have
claimed. Position, form and who may do a task follow the other version.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app import engine
from app.acts import dues
from app.acts.candidates import candidates
from app.acts.held_tree import HeldTree
from app.acts.ledger import StoredLedger
from app.acts.transaction import retried
from app.catalogue import references, snapshot
from app.catalogue.snapshot import Snapshot, process_definition
from app.codes import RequestCode
from app.domain.codes import Action
from app.domain.permissions import Actor, may_administer
from app.domain.states import WaitKind
from app.engine import ProcessDefinition, State, commands, effects
from app.engine.codes import CommandCode
from app.errors import InvalidRequest, NotFound
from app.rehearsal import passed
from app.seen.shapes import AssigneeChange, DeadlineChange, FormChange, MigrationPreview, OlderInstance, PositionChange
from app.services import instances, migrated_tasks
from app.services.migrating_facts import FactsMoved, MigratedCase
from app.services.repair import local_of, repaired
from app.store import history, ledger, projects, repair
from app.store import tasks as stored_tasks

MOST_AT_ONCE = 1_000


# The open tasks of an instance: each row, and what its new definition makes of it.
_Tasks = Sequence[tuple[Any, dict[str, Any]]]


def preview(
    actor: Actor,
    keys: Sequence[int],
    definition_key: int,
    now: datetime,
    *,
    plan: Mapping[str, str] | None = None,
    anew: Mapping[str, str] | None = None,
    rules: bool = False,
    facts: Mapping[str, str] | None = None,
) -> list[MigrationPreview]:
    """What a migration would change, an instance each; nothing is written. ``plan``: old element id → new one, where they differ; ``anew``: old element id → the one
    at which what runs there begins again; ``rules``: the tree takes the rules now in force with it, as it must where the other version needs a table or form
    that came with it; ``facts``: ledger field → ``keep`` or ``write`` for each whose copy among the variables differs, see ``migrating_facts``.

    Raises NotFound, Forbidden, InvalidRequest (TOO_MANY).
    """
    if len(keys) > MOST_AT_ONCE:
        raise InvalidRequest(f"一次最多预览 {MOST_AT_ONCE} 个流程实例", code=RequestCode.TOO_MANY)
    wanted = commands.Migrate(definition_key, dict(plan or {}), rules=rules, anew=dict(anew or {}))
    return [_preview(actor, key, wanted, facts or {}, now) for key in keys]


def outdated(actor: Actor, tenant: str) -> list[OlderInstance]:
    """A district's running instances of which there is a newer diagram, callers before what they call. Raises Forbidden."""
    may_administer(actor, tenant).require()
    library = snapshot.library(tenant)
    found = []
    for row in repair.running(tenant):
        newest = library.reference("process", row.process_id)
        if newest is not None and newest.key != row.definition_key:
            at = tuple(dict.fromkeys(repair.active_elements(row.key)))
            found.append(
                OlderInstance(
                    key=row.key,
                    tenant=tenant,
                    process_id=row.process_id,
                    version=row.definition_version,
                    newest=newest.version,
                    newest_key=newest.key,
                    own=newest.tenant == tenant,
                    project_name=row.name or "",
                    at=at,
                )
            )
    return found


@retried
def migrate(
    actor: Actor,
    key: int,
    definition_key: int,
    reason: str,
    now: datetime,
    *,
    plan: Mapping[str, str] | None = None,
    anew: Mapping[str, str] | None = None,
    rules: bool = False,
    facts: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> None:
    """Move an instance, a called one too, to another definition. Raises NotFound, Forbidden, InvalidRequest (REASON), Conflict with every reason."""
    row = instances.administered(actor, key)
    target = _target(row.tenant, definition_key)
    details = {
        "from": {"key": str(row.definition_key), "version": row.definition_version},
        "to": {"key": str(target.key), "process": target.process_id, "version": target.version},
        "plan": dict(plan or {}),
    }
    if anew:
        details["anew"] = dict(anew)
    with repaired(actor, key, reason, now, seen=seen) as mended:
        tree = mended.tree
        began = tree.library
        if rules:
            newest = snapshot.library(row.tenant)
            details["rules"] = {"from": tree.library.version, "to": newest.version}
            tree.take_rules(newest)
        before = tree.the_state
        command = commands.Migrate(target.key, dict(plan or {}), mended.local, rules, dict(anew or {}))
        trial = _Trial(tree.library, tree.ledger, now)
        _check(trial.refusals(before, command))
        known = trial.facts(before, command, target, began, facts or {})
        _check(known.reasons)
        command = known.carry(command, target, tree.ledger)
        _check(trial.refusals(before, command))
        details |= known.told()
        old_ids = {token.element: token.element_id for token in before.tokens()}
        described = trial.tasks(before)[0]
        # The state right after the move says which rows follow it; in the tree the connectors that it reached run on from there.
        moved, brought = trial.step(before, command)
        tasks = _tasks(trial, row, target, described=described, moved=moved)
        tree.step(command)
        mended.save(Action.INSTANCE_MIGRATE, details)
        if rules:
            repair.set_rules(tree.root_key, tree.library.version)
        migrated = next(effect for effect in brought if isinstance(effect, effects.InstanceMigrated))
        _follow(tree, row, target, moved=moved, old_ids=old_ids, tasks=tasks, migrated=migrated)
        _wait_for_dues(tree, tasks, trial.tasks(moved)[0])


def _check(reasons: tuple[str, ...]) -> None:
    """Raises ModificationRefused with every reason."""
    if reasons:
        raise engine.ModificationRefused(reasons, CommandCode.MIGRATION)


# ---------------------------------------------------------------------- preview


def _preview(actor: Actor, key: int, wanted: commands.Migrate, answers: Mapping[str, str], now: datetime) -> MigrationPreview:
    row = instances.administered(actor, key)
    target = _target(row.tenant, wanted.definition)
    root = history.root_state(row.root_key)
    began = snapshot.library(row.tenant, root.catalogue_version)
    library = snapshot.library(row.tenant) if wanted.rules else began
    state = State.load(root.blob, library)
    local = next((int(number) for number, known in root.keys.items() if known == key), 0)
    command = replace(wanted, instance=local)
    project = projects.one(row.project_key) if row.project_key is not None else None
    trial = _Trial(library, StoredLedger(library, project, row.root_key, now), now)
    reasons = trial.refusals(state, command) if local else ("此流程实例已经结束",)
    missing = tuple(references.missing(library, target))
    if reasons:
        return MigrationPreview(key, row.process_id, row.definition_version, target.version, reasons, missing=missing)
    known = trial.facts(state, command, target, began, answers)
    moves = engine.preview_migration(library, state, command)
    described = trial.tasks(state)[0]
    command = known.carry(command, target, trial.ledger)
    moved, brought = trial.step(state, command)
    tasks = _tasks(trial, row, target, described=described, moved=moved)
    return MigrationPreview(
        instance_key=key,
        process_id=row.process_id,
        version=row.definition_version,
        new_version=target.version,
        reasons=known.reasons or trial.refusals(state, command),
        positions=tuple(PositionChange(move.element, move.old_id, move.new_id, move.name) for move in moves.moves),
        begun=tuple(PositionChange(move.element, move.old_id, move.new_id, move.name) for move in moves.begun),
        deadlines=tuple(_deadlines(row.root_key, moves, brought)),
        assignees=tuple(
            AssigneeChange(task.key, values["element_id"], _people(task._mapping), _people(values))
            for task, values in tasks
            if _people(task._mapping) != _people(values)
        ),
        forms=tuple(change for task, values in tasks if (change := _form_change(task, values)) is not None),
        missing=missing,
        entered=tuple(_named(target, moves.entered)),
        left=tuple(_named(process_definition(row.definition_key), moves.left)),
        unprepared=tuple(_unprepared(trial, target, moved, local)),
        rules=tuple(references.changes(began, library, [process_definition(view.definition) for view in moved.instances()])),
        copies=known.copies,
        filled=known.filled,
        unknown=known.missing,
        forgotten=tuple(sorted(known.forget)),
    )


def _named(definition: ProcessDefinition, ids: Sequence[str]) -> Iterator[str]:
    """Elements as people know them."""
    for element_id in ids:
        name = definition.elements[element_id].name
        yield f"“{name}”({element_id})" if name else element_id


def _unprepared(trial: "_Trial", target: ProcessDefinition, moved: State, local: int) -> Iterator[str]:
    """What the other version asks ahead of the positions and has prepared behind them."""
    positions = {token.element_id for token in moved.tokens() if token.instance == local}
    known = {name for instance, _, shown in moved.scopes() if instance == local for name in shown}
    approved = {f"{one.process_id}.{one.element_id}" for one in trial.ledger.kept_approvals()}

    def fields(form_id: str) -> Collection[str]:
        form = trial.library.reference("form", form_id)
        return snapshot.form(form.key).fields if form is not None else ()

    for one in passed.unprepared(target, positions, known, approved, fields):
        yield one.sentence


def _deadlines(root_key: int, moves: engine.Preview, brought: Sequence[effects.Effect]) -> Iterator[DeadlineChange]:
    waits = {wait.wait: wait for wait in repair.open_waits(root_key) if wait.kind == WaitKind.TIMER}
    for fate, numbers in (("kept", moves.kept), ("closed", moves.closed)):
        for number in numbers:
            if number in waits:
                yield DeadlineChange(waits[number].element_id, fate, waits[number].due_at)
    for effect in brought:
        if isinstance(effect, effects.WaitOpened) and effect.kind == WaitKind.TIMER:
            yield DeadlineChange(effect.element_id, "opened", effect.due_at)


def _people(task: Mapping[str, Any]) -> tuple[str, ...]:
    assigned = (task["assignee"],) if task["assignee"] else ()
    return (*assigned, *task["candidate_groups"], *task["candidate_users"])


def _form_change(task: Any, values: Mapping[str, Any]) -> FormChange | None:
    before, after = task.form_key, values["form_key"]
    if before == after and task.form_id == values["form_id"]:
        return None
    old, new = _fields(before), _fields(after)
    return FormChange(
        task_key=task.key,
        element_id=values["element_id"],
        before=task.form_id,
        after=values["form_id"],
        added=tuple(title for name, title in new.items() if name not in old),
        removed=tuple(title for name, title in old.items() if name not in new),
    )


def _fields(form_key: int | None) -> dict[str, str]:
    if form_key is None:
        return {}
    return {name: str(schema.get("title", name)) for name, schema in snapshot.form(form_key).fields.items()}


# ---------------------------------------------------------------------- what a migration does


def _target(tenant: str, definition_key: int) -> ProcessDefinition:
    """A definition that the tenant may use. Raises NotFound."""
    if snapshot.library(tenant).by_key("process", definition_key) is None:
        raise NotFound(f"本区没有部署流程定义 {definition_key}")
    return snapshot.process_definition(definition_key)


@dataclass(frozen=True, slots=True)
class _Trial:
    """Where a migration is tried out: the tree's rules, the ledger as the act sees it, and the clock. Nothing of it is written."""

    library: Snapshot
    ledger: StoredLedger
    now: datetime

    def step(self, state: State, command: commands.Migrate) -> tuple[State, list[effects.Effect]]:
        """Raises NotOpen, ModificationRefused."""
        return engine.answering(
            lambda known: engine.step(self.library, state, command, self.now, ledger=known), self.ledger.known(), self.ledger.look_up
        )

    def tasks(self, state: State) -> tuple[dict[int, effects.TaskOpened], dict[int, str]]:
        """See ``engine.describe_tasks``."""
        return engine.answering(
            lambda known: engine.describe_tasks(self.library, state, self.now, ledger=known), self.ledger.known(), self.ledger.look_up
        )

    def facts(
        self, state: State, command: commands.Migrate, target: ProcessDefinition, began: Snapshot, answers: Mapping[str, str]
    ) -> FactsMoved:
        """What becomes of the facts that the instance keeps in its variables. Raises NotOpen, ModificationRefused."""
        moved, _ = self.step(state, command)
        case = MigratedCase(
            local=command.instance, before=state, moved=moved, began=began, library=self.library, ledger=self.ledger, target=target
        )
        return case.facts(answers)

    def refusals(self, state: State, command: commands.Migrate) -> tuple[str, ...]:
        """Every reason why the migration cannot be made."""
        try:
            reasons = engine.preview_migration(self.library, state, command).reasons
            if reasons:
                return tuple(reasons)
            moved, brought = self.step(state, command)
        except engine.NotOpen as error:
            return (str(error),)
        except engine.ModificationRefused as error:
            return error.reasons
        if stopped := tuple(effect.message for effect in brought if isinstance(effect, effects.IncidentOpened)):
            return stopped
        failed = self.tasks(moved)[1]
        here = {task.element for task in moved.open_tasks() if task.instance == command.instance}
        return tuple(why for element, why in failed.items() if element in here)


def _tasks(trial: _Trial, row: Any, target: ProcessDefinition, *, described: Mapping[int, effects.TaskOpened], moved: State) -> _Tasks:
    """The open tasks of the instance with what the other version makes of them; what nobody has claimed goes to whom that version names."""
    after, _ = trial.tasks(moved)
    changed = []
    for task in repair.open_tasks(row.root_key):
        new = after.get(task.element)
        if task.instance_key == row.key and new is not None:
            changed.append((task, migrated_tasks.values(trial.library, task, target, described.get(task.element), new)))
    return changed


def _wait_for_dues(tree: HeldTree, tasks: _Tasks, described: Mapping[int, effects.TaskOpened]) -> None:
    """What follows the deadlines of the instance's tasks is what the other version says; the deadlines stay."""
    still_open = {task.element for task in tree.the_state.open_tasks()}
    for task, _ in tasks:
        if task.element in still_open and task.element in described:
            now = stored_tasks.open_at(task.root_key, task.element)
            if now is not None:
                dues.again(tree.library, now, described[task.element], tree.now, due_at=now.due_at, remind_at=now.remind_at)
    if tree.the_state.suspended:
        repair.pause_timers(tree.root_key)


def _follow(
    tree: HeldTree,
    row: Any,
    target: ProcessDefinition,
    *,
    moved: State,
    old_ids: Mapping[int, str],
    tasks: _Tasks,
    migrated: effects.InstanceMigrated,
) -> None:
    """Let the rows of the instance say what it is now."""
    names = target.elements
    local = local_of(tree, row.key)
    elements = {
        token.element: (token.element_id, names[token.element_id].name if token.element_id in names else "")
        for token in moved.tokens()
        if token.instance == local and token.element in old_ids and old_ids[token.element] != token.element_id
    }
    waits = {wait.wait: wait.element_id for wait in moved.open_waits() if wait.instance == local}
    values = {
        "definition_key": target.key,
        "definition_version": target.version,
        "version_tag": target.version_tag or "",
        "process_id": target.process_id,
        "process_name": target.name or target.process_id,
    }
    repair.redefine(row.key, row.root_key, values, elements=elements, waits=waits, scopes=migrated.scopes)
    repair.forget_variables(row.root_key, row.key, migrated.forgotten)
    for incident in moved.incidents():
        if incident.element in elements:
            repair.rename_incident(row.root_key, incident.incident, incident.element_id)
    still_open = {task.element for task in tree.the_state.open_tasks()}
    offices = tree.ledger.offices
    keys, fresh = [], []
    for task, values_now in tasks:
        if task.element in still_open:
            repair.change_task(task.key, values_now)
            keys.append(task.key)
            fresh += candidates({"key": task.key, "tenant": task.tenant, **values_now}, offices)
    if keys:
        ledger.replace_candidates(keys, fresh)
