"""What the engine's steps brought about, written down as rows: many effects, one statement a table.

What begins and ends within one act is merged here and written once, or not at all. Rows of earlier acts are found by ``(root_key, local integer)``.
One file because every kind of effect has its handler here beside the order in which all of them are written.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.acts import dues
from app.acts import rows as built
from app.acts.candidates import candidates, office_columns
from app.acts.rows import TreePlace
from app.catalogue.snapshot import Snapshot, district, process_definition
from app.domain.keys import next_key
from app.domain.states import ElementState, MessageKind, TaskState, WaitKind
from app.engine import ProcessDefinition
from app.engine import effects as e
from app.store import instances, messages, rows, tasks
from app.store.tables import (
    DecisionEvaluationRow,
    ElementInstanceRow,
    IncidentRow,
    JobRow,
    MessageRow,
    NotificationRow,
    ProcessInstanceRow,
    TaskCandidateRow,
    UserTaskRow,
    VariableRow,
    WaitRow,
)


class Journal:
    """The effects of one act on one tree. ``keys``: local instance → key, kept up to date; ``opened``: keys of user tasks that opened."""

    def __init__(
        self,
        root_key: int,
        library: Snapshot,
        *,
        project_key: int | None,
        keys: dict[int, int],
        now: datetime,
        inline: frozenset[str],
    ) -> None:
        self.root_key = root_key
        self.library = library
        self.project_key = project_key
        self.keys = keys
        self.now = now
        self.inline = inline
        self.opened: list[int] = []
        self.incidents_opened: list[str] = []
        self.subscribed = False
        self.ended_root: str | None = None
        self._definitions: dict[int, int] = {}  # local instance → definition, of those met in this act
        self._instances: dict[int, dict[str, Any]] = {}
        self._ended_instances: dict[int, str] = {}
        self._elements: dict[int, dict[str, Any]] = {}
        self._ended_elements: dict[int, str] = {}
        self._variables: dict[tuple[int, int, str], Any] = {}
        self._tasks: dict[int, dict[str, Any]] = {}
        self._closed_tasks: dict[int, str] = {}
        self._standing: dict[int, int] = {}  # task that repeats what was said → the task that said it
        self._jobs: dict[int, dict[str, Any]] = {}
        self._inline: set[int] = set()
        self._closed_jobs: dict[int, str] = {}
        self._waits: dict[int, dict[str, Any]] = {}
        self._closed_waits: set[int] = set()
        self._incidents: dict[int, dict[str, Any]] = {}
        self._closed_incidents: set[int] = set()
        self._dues: dict[int, dict[str, Any]] = {}  # element → the row that waits for the deadline of its task
        self._late: list[int] = []  # tasks that close and had been marked as overdue
        self._decisions: list[dict[str, Any]] = []
        self._signals: list[dict[str, Any]] = []

    def take(self, effects: Sequence[e.Effect], definitions: dict[int, int]) -> None:
        """Note the effects of a step. ``definitions``: local instance → key of its process definition, as the state has it."""
        self._definitions.update(definitions)
        for effect in effects:
            handler = _HANDLERS.get(type(effect))
            if handler is not None:
                handler(self, effect)

    def answered(self, element: int, *, late: int | None = None) -> None:
        """The caller has closed this user task itself, with who did it. ``late``: its key, if it had been marked as overdue."""
        self._closed_tasks.pop(element, None)
        if late is not None:
            self._late.append(late)

    def closed_job(self, element: int) -> None:
        """The caller has closed this job's row itself, with what the worker said."""
        self._closed_jobs.pop(element, None)

    # ------------------------------------------------------------------ effects

    def _place(self, local: int) -> TreePlace:
        return TreePlace(self.library.tenant, self.root_key, self.keys[local])

    def _instance_started(self, effect: e.InstanceStarted) -> None:
        self.keys.setdefault(effect.instance, self.root_key if effect.parent == 0 else next_key())
        self._definitions[effect.instance] = effect.definition
        if effect.parent == 0:
            return  # the root row belongs to the act
        self._instances[effect.instance] = built.instance(
            self._place(effect.instance),
            process_definition(effect.definition),
            local=effect.instance,
            parent_key=self.keys[effect.parent],
            project_key=self.project_key,
            correlation_key=None,
            catalogue_version=self.library.version,
            now=self.now,
        )

    def _instance_migrated(self, effect: e.InstanceMigrated) -> None:
        self._definitions[effect.instance] = effect.definition  # its rows follow in ``services.migration``

    def _instance_ended(self, effect: e.InstanceEnded) -> None:
        if self.keys.get(effect.instance) == self.root_key:
            self.ended_root = effect.state
        elif (row := self._instances.get(effect.instance)) is not None:
            row |= {"state": effect.state, "ended_at": self.now}
        else:
            self._ended_instances[self.keys[effect.instance]] = effect.state

    def _element_entered(self, effect: e.ElementEntered) -> None:
        self._elements[effect.element] = built.element_instance(
            self._place(effect.instance),
            element=effect.element,
            element_id=effect.element_id,
            name=effect.name or "",
            of_type=effect.element_type,
            scope=effect.scope,
            loop_counter=effect.loop_counter,
            now=self.now,
        )

    def _element_ended(self, effect: e.ElementEnded) -> None:
        row = self._elements.get(effect.element)
        if row is not None:
            row |= {"state": effect.state, "ended_at": self.now}
        else:
            self._ended_elements[effect.element] = effect.state

    def _variable_set(self, effect: e.VariableSet) -> None:
        self._variables[self.keys[effect.instance], effect.scope, effect.name] = effect.value

    def _task_opened(self, effect: e.TaskOpened) -> None:
        definition = process_definition(self._definitions[effect.instance])
        info = definition.elements.get(effect.element_id)
        form = None
        if effect.form_id:
            form = self.library.reference("form", effect.form_id, None, definition.key if effect.form_binding == "deployment" else None)
        self._closed_tasks.pop(effect.element, None)
        if effect.stands_for:
            self._standing[effect.element] = effect.stands_for
        returned = built.ReturnNote.of(effect.returned.remark) if effect.returned is not None else None
        due_at = min(at for at in (effect.due_at, returned.due_at) if at is not None) if returned is not None else effect.due_at
        self._tasks[effect.element] = built.user_task(
            self._place(effect.instance),
            definition,
            element=effect.element,
            element_id=effect.element_id,
            name=effect.name or effect.element_id,
            lane=effect.lane or "",
            form_id=effect.form_id,
            form_key=form.key if form else None,
            assignee=effect.assignee,
            candidate_groups=effect.candidate_groups,
            candidate_users=effect.candidate_users,
            due_at=due_at,
            follow_up_at=effect.follow_up_at,
            deadline=self.deadline_of(effect) if due_at == effect.due_at else None,
            priority=effect.priority,
            clauses=info.clauses if info else (),
            project_key=self.project_key,
            now=self.now,
            round_number=effect.round,
            returned=returned,
            office=office_columns(effect.office),
            signing=effect.signing,
        )
        self._wait_for_due(effect, definition)

    def _wait_for_due(self, effect: e.TaskOpened, definition: ProcessDefinition) -> None:
        """One row that waits for the task's deadline, where the platform serves it."""
        task = self._tasks[effect.element]
        if effect.follow_ups is None:
            return
        memo = dues.memo(
            effect.deadline_key,
            effect.follow_ups,
            task["due_at"],
            task["remind_at"],
            opened_at=self.now,
            calendar=self.library.calendar,
            zone=self.library.zone,
        )
        if memo is not None:
            self._dues[effect.element] = built.due(
                self._place(effect.instance),
                process_id=definition.process_id,
                definition_key=definition.key,
                element_id=effect.element_id,
                element=effect.element,
                memo=memo,
                now=self.now,
            )

    def deadline_of(self, effect: e.TaskOpened) -> dict[str, Any] | None:
        """How the task's due instant was counted: the deadline() among this act's decisions that gave it."""
        if effect.due_at is None:
            return None
        for row in reversed(self._decisions):
            if row["element"] == effect.element and row["deadline"] and datetime.fromisoformat(row["deadline"]["dueAt"]) == effect.due_at:
                found: dict[str, Any] = row["deadline"]
                return found
        return None

    def _task_closed(self, effect: e.TaskClosed) -> None:
        row = self._tasks.get(effect.element)
        if row is not None:
            row |= {"state": effect.state, "closed_at": self.now}
            self._dues.pop(effect.element, None)
        else:
            self._closed_tasks[effect.element] = effect.state
            if effect.followed:
                self._closed_waits.add(-effect.element)

    def _job_opened(self, effect: e.JobOpened) -> None:
        if effect.type in self.inline and effect.listener is None:
            self._inline.add(effect.element)  # done within this act, or an incident: it has no row
            return
        self._jobs[effect.element] = built.job(
            self._place(effect.instance),
            element=effect.element,
            element_id=effect.element_id,
            of_type=effect.type,
            listener=effect.listener,
            retries=effect.retries,
            headers=effect.headers,
            variables=effect.variables,
            now=self.now,
        )

    def _job_closed(self, effect: e.JobClosed) -> None:
        row = self._jobs.get(effect.element)
        if row is not None:
            row |= {"state": effect.state, "closed_at": self.now}
        elif effect.element not in self._inline:
            self._closed_jobs[effect.element] = effect.state

    def _wait_opened(self, effect: e.WaitOpened) -> None:
        definition = process_definition(self._definitions[effect.instance])
        self._waits[effect.wait] = built.wait(
            self._place(effect.instance),
            number=effect.wait,
            element=effect.element,
            process_id=definition.process_id,
            definition_key=definition.key,
            element_id=effect.element_id,
            kind=WaitKind(effect.kind),
            due_at=effect.due_at,
            name=effect.name,
            correlation_key=effect.correlation_key,
            expression=effect.expression,
            calendar_version=effect.calendar_version,
            interrupting=effect.interrupting,
            now=self.now,
        )

    def _wait_closed(self, effect: e.WaitClosed) -> None:
        if self._waits.pop(effect.wait, None) is None:
            self._closed_waits.add(effect.wait)

    def _incident_opened(self, effect: e.IncidentOpened) -> None:
        definition = process_definition(self._definitions[effect.instance])
        self._incidents[effect.incident] = built.incident(
            self._place(effect.instance),
            number=effect.incident,
            project_key=self.project_key,
            process_id=definition.process_id,
            element_id=effect.element_id,
            of_type=effect.type,
            message=effect.message,
            details=effect.details,
            now=self.now,
        )

    def _incident_closed(self, effect: e.IncidentClosed) -> None:
        row = self._incidents.get(effect.incident)
        if row is not None:
            row["closed_at"] = self.now
        else:
            self._closed_incidents.add(effect.incident)

    def _decision_evaluated(self, effect: e.DecisionEvaluated) -> None:
        definition = process_definition(self._definitions[effect.instance])
        self._decisions.append(
            built.evaluation(
                self._place(effect.instance),
                element=effect.element,
                project_key=self.project_key,
                process_id=definition.process_id,
                element_id=effect.element_id,
                decision_id=effect.decision_id,
                name=effect.decision_name,
                definition_key=effect.definition,
                version=effect.version,
                inputs=effect.inputs,
                output=effect.output,
                rules=effect.rules,
                required=effect.required,
                libraries=effect.libraries,
                deadline=effect.deadline,
                now=self.now,
            )
        )

    def _signal_thrown(self, effect: e.SignalThrown) -> None:
        self._signals.append(
            built.message(
                tenant=self.library.tenant,
                kind=MessageKind.SIGNAL,
                name=effect.name,
                variables=effect.variables,
                project_key=self.project_key,
                source_root=self.root_key,
                published_at=self.now,
                expires_at=self.now,
            )
        )

    # ------------------------------------------------------------------ rows

    def forget_ended(self) -> None:
        """Keep no keys of called instances that have ended, before the root's row is made: no later act meets them."""
        ended = {local for local, row in self._instances.items() if row["ended_at"] is not None}
        ended |= {local for local, key in self.keys.items() if key in self._ended_instances}
        for local in ended:
            self.keys.pop(local, None)

    @property
    def published(self) -> bool:
        return bool(self._signals)

    def write(self, offices: dict[str, list[list[Any]]] | None, ledger_version: int | None = None) -> None:
        """Write everything down. ``offices``: those of the project, to say who may do the new tasks; ``ledger_version``: its version with this act."""
        for task in self._tasks.values():
            task["ledger_version"] = ledger_version
        rows.insert(ProcessInstanceRow, list(self._instances.values()))
        for state in sorted(set(self._ended_instances.values())):
            instances.end_instances([key for key, ended in self._ended_instances.items() if ended == state], state, self.now)
        rows.upsert(
            ElementInstanceRow,
            [*self._elements.values(), *map(self._ended, self._ended_elements.items())],
            ["root_key", "element"],
            ["state", "ended_at"],
        )
        rows.upsert(
            VariableRow,
            [
                built.variable(TreePlace(self.library.tenant, self.root_key, instance), scope=scope, name=name, value=value, now=self.now)
                for (instance, scope, name), value in self._variables.items()
            ],
            ["root_key", "instance_key", "scope", "name"],
            ["value", "updated_at"],
        )
        self._write_tasks(offices)
        for state in sorted(set(self._closed_jobs.values())):
            instances.close_jobs(
                self.root_key, [element for element, closed in self._closed_jobs.items() if closed == state], state, self.now
            )
        rows.insert(JobRow, list(self._jobs.values()))
        instances.delete_waits(self.root_key, sorted(self._closed_waits))
        rows.insert(WaitRow, [*self._waits.values(), *self._dues.values()])
        self.subscribed = any(row["kind"] != WaitKind.TIMER for row in self._waits.values())
        instances.close_incidents(self.root_key, sorted(self._closed_incidents), self.now)
        rows.insert(IncidentRow, list(self._incidents.values()))
        self.incidents_opened = [row["message"] for row in self._incidents.values() if row["closed_at"] is None]
        rows.insert(DecisionEvaluationRow, self._decisions)
        if self._signals:
            rows.insert(MessageRow, self._signals)
            messages.address([row["key"] for row in self._signals])

    def _ended(self, ended: tuple[int, str]) -> built.Row:
        # Entered in an earlier act: the row is there. One upsert in place of an insert and an update.
        element, state = ended
        return built.ended_element(
            TreePlace(self.library.tenant, self.root_key, self.root_key), element=element, state=ElementState(state), now=self.now
        )

    def _write_tasks(self, offices: dict[str, list[list[Any]]] | None) -> None:
        for state in sorted(set(self._closed_tasks.values())):
            closed = [element for element, ended in self._closed_tasks.items() if ended == state]
            self._late += instances.close_tasks(self.root_key, closed, state, self.now)
        self._repeat()
        dues.close(self.root_key, self.project_key, self._late, self.now)
        rows.insert(UserTaskRow, list(self._tasks.values()))
        open_now = [row for row in self._tasks.values() if row["state"] == TaskState.OPEN]
        may = {row["key"]: candidates(row, offices) for row in open_now}
        rows.insert(TaskCandidateRow, [candidate for found in may.values() for candidate in found])
        returned = [row for row in open_now if row["returned_at"] is not None]
        rows.insert(NotificationRow, [told for row in returned for told in self._told(row, may[row["key"]])])
        self.opened = [row["key"] for row in open_now]

    def _repeat(self) -> None:
        """A task that stands is complete with who said it before, in which role and office, and what."""
        if not self._standing:
            return
        said = {row.element: dict(row._mapping) for row in tasks.said(self.root_key, sorted(set(self._standing.values())))}
        for element, before in sorted(self._standing.items()):
            known = said.get(before) or self._tasks.get(before)
            if known is not None:
                self._tasks[element] |= {name: known[name] for name in tasks.SAID} | {"stands_for": known["stands_for"] or known["key"]}

    def _told(self, task: built.Row, may: Sequence[built.Row]) -> list[built.Row]:
        """Notices to those who may do a task that was returned to. A notice is to holders of a role: who is named as a person sees it at the task."""
        zone = district(self.library.tenant).zone
        last_day = (task["return_due_at"] - timedelta(microseconds=1)).astimezone(zone).date()
        who = f"{task['returned_by_office']}{task['returned_by_name']}" or "系统"
        return [
            built.notice(
                tenant=self.library.tenant,
                role=role,
                office_key=office,
                title=f"退回:{task['name']}",
                text=f"{who}在“{task['returned_from']}”环节退回:{task['return_reason']}。请于 {last_day.isoformat()} 前办结。",
                project_key=self.project_key,
                root_key=self.root_key,
                element_id=task["element_id"],
                now=self.now,
            )
            for role, office in dict.fromkeys((row["role"], row["office_key"]) for row in may if row["role"])
        ]


_HANDLERS: dict[type, Any] = {
    e.InstanceStarted: Journal._instance_started,
    e.InstanceMigrated: Journal._instance_migrated,
    e.InstanceEnded: Journal._instance_ended,
    e.ElementEntered: Journal._element_entered,
    e.ElementEnded: Journal._element_ended,
    e.VariableSet: Journal._variable_set,
    e.TaskOpened: Journal._task_opened,
    e.TaskClosed: Journal._task_closed,
    e.JobOpened: Journal._job_opened,
    e.JobClosed: Journal._job_closed,
    e.WaitOpened: Journal._wait_opened,
    e.WaitClosed: Journal._wait_closed,
    e.SignalThrown: Journal._signal_thrown,
    e.IncidentOpened: Journal._incident_opened,
    e.IncidentClosed: Journal._incident_closed,
    e.DecisionEvaluated: Journal._decision_evaluated,
}
