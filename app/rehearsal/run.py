"""Models tried out without a database: instance trees of the real engine on a virtual clock. Scenarios and ``play`` run on it.

What would never end is stopped by a budget, and said (``stopped``): a cycle of seconds over a year, timers that set each other at one instant,
signals that start ever more instances.

One file because whoever moves the clock has to see all that it sets off.
"""

import heapq
from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import count
from typing import Any

from app.config import Config
from app.connectors.inline import InlineTasks, Surroundings, is_inline
from app.decision import feel
from app.domain import form_facts
from app.domain.codes import FormCode, VerdictCode
from app.domain.fact_changes import FactOrigin, FactRefused
from app.domain.facts import Right, RightKind
from app.domain.forms import Form
from app.engine import commands, effects, functions, parameters, step, timers
from app.engine.codes import IncidentType
from app.engine.definitions import ProcessDefinition, StartEvent
from app.engine.expressions import LiteralTerm, Term, parse
from app.engine.ledger import PARAMETERS, answering
from app.engine.limits import StepLimits
from app.engine.readings import readings
from app.engine.recalculation import concerns, counts_by_ledger, recount
from app.engine.state import State
from app.engine.waits import text_of
from app.errors import InvalidRequest
from app.rehearsal import dues
from app.rehearsal.codes import FindingCode
from app.rehearsal.dues import ArmedDue
from app.rehearsal.ledger import LedgerInMemory, RehearsedLedger
from app.rehearsal.library import Models
from app.rehearsal.trees import ArmedStart, Delivery, Ended, OpenMessage, RehearsedTree

ROOTS = 1_000  # instance trees of one rehearsal
AT_ONE_INSTANT = 1_000  # timers of one element that fire without the clock moving


@dataclass(frozen=True, slots=True)
class Budget:
    """``firings``: timers of one advance. ``seconds``: its processor time, told by the limits' clock. ``elements``: entered in the whole run."""

    firings: int = 10_000
    seconds: float = 30.0
    elements: int = 200_000


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a rehearsal went no further: the element at which it was, a stable code, a Chinese sentence."""

    element_id: str
    code: IncidentType
    message: str


def _stands(root: RehearsedTree, what: Any, due: datetime) -> bool:
    """Whether something of a tree is still due at this instant: it may be gone, or have been moved."""
    if isinstance(what, ArmedDue):
        return root.dues.get(what.opened.element) is what
    return what in root.waits and root.waits[what].due_at == due


class Stopped(InvalidRequest):
    """The budget of a rehearsal is used up."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.message, code=stop.code)
        self.stop = stop


class Rehearsal:
    """Instance trees on one virtual clock and one ledger. ``hold``: job types that stay open although the platform itself would do them."""

    def __init__(
        self,
        models: Models,
        now: datetime,
        *,
        ledger: LedgerInMemory | None = None,
        hold: Iterable[str] = (),
        limits: StepLimits | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.models = models
        self.now = now
        self.hold = frozenset(hold)
        self.limits = limits or StepLimits()
        self.budget = budget or Budget()
        self.ledger = ledger or LedgerInMemory(models, alone=True)
        self.roots: list[RehearsedTree] = []
        self.path: list[str] = []
        self.decisions: dict[str, Sequence[Mapping[str, Any]]] = {}  # id → the rows that its last evaluation matched
        self.trail: set[str] = set()  # what was gone through, as registers of clauses name it: process, process.element, table.row
        self.starts: list[ArmedStart] = []
        self._order = count(1)
        self._queue: list[tuple[datetime, int, RehearsedTree | None, Any]] = []
        self._thrown: deque[Delivery | OpenMessage | Ended] = deque()
        self._messages: list[OpenMessage] = []  # that have time left to meet somebody
        self._settling = False

    # ------------------------------------------------------------------ what happens

    def start(
        self,
        definition: ProcessDefinition,
        variables: Mapping[str, Any],
        start_event: str | None = None,
        started_by: tuple[str, str] | None = None,
        sender: RehearsedTree | None = None,
    ) -> RehearsedTree:
        """A new tree. Without ``start_event``: the none start event, else the first. Raises the engine's errors, Stopped.

        It belongs to the project that its message's key names, else to the sender's; from outside, to the run's own if it is about a project at all.
        """
        named = self.ledger.named(started_by[1]) if started_by is not None else None
        project = named if named is not None or sender is None else sender.project
        if project is not None and text_of(variables.get("projectKey")) != str(project):
            variables = {**variables, "projectKey": str(project)}
        elif sender is None and self.ledger.belongs(definition.process_id):
            project = self.ledger.own if project is None else project
        kinds = {event.element_id: event.kind for event in definition.start_events}
        if start_event is None and "none" not in kinds.values():
            start_event = next(iter(kinds), None)
        if len(self.roots) >= ROOTS:
            raise Stopped(
                Stop(start_event or "", IncidentType.LIMIT_INSTANCES, f"流程“{definition.process_id}”已经发起超过 {ROOTS} 个实例,已停止")
            )
        ledger = self.ledger.open(project, self.now)
        ledger.root_key = len(self.roots) + 1
        starter = self.ledger.starter(definition.process_id) if start_event is None else None
        command = commands.Start(definition.key, variables, start_event, inside=True, office=starter)
        state, happened = self._answered(None, ledger, command)
        root = RehearsedTree(state, project, started_by=started_by, number=len(self.roots) + 1)
        self.roots.append(root)
        self._take(root, ledger, happened)
        self._settle()
        return root

    def complete(
        self,
        root: RehearsedTree,
        task: effects.TaskOpened,
        data: Mapping[str, Any],
        *,
        form: Form | None = None,
        role: str | None = None,
        office: tuple[str, str] | None = None,
    ) -> None:
        """A person completes a task: the marked fields of its form become facts. Without ``role`` the person acts in the task's first one; ``office``: key and
        name of that in which they act.

        Raises the engine's errors, Stopped, InvalidRequest (LEDGER_OWNER).
        """
        straight = root.state.goes_straight(task.element) and root.state.tree.instances[task.instance].definition.declares
        ledger, command = self._completion(root, task, data, form=form, role=role, office=office)
        if straight:  # not if what others approved has changed: then everything behind it is done again
            _, happened = self._answered(root.state, ledger, command)
            ledger.take(happened, {**root.keys})
            onward = bool(ledger.lapsing())
            ledger, command = self._completion(root, task, data, form=form, role=role, office=office)
            command = replace(command, onward=onward)
        self._take(root, ledger, self._step(root, ledger, command))
        self._settle()

    def _completion(
        self,
        root: RehearsedTree,
        task: effects.TaskOpened,
        data: Mapping[str, Any],
        *,
        form: Form | None,
        role: str | None,
        office: tuple[str, str] | None,
    ) -> tuple[RehearsedLedger, commands.CompleteTask]:
        """The ledger with what the person makes facts, and the command."""
        ledger = self._opened(root)
        schema, known = ledger.schema, ledger.known().project
        fields = form_facts.marked(form, schema) if form is not None else {}
        wanted = form_facts.changed(fields, data, known) if known is not None else {}
        if wanted:
            process = root.processes[task.instance]
            acting = role if role is not None else next(iter(task.candidate_groups), None)
            right = Right(kind=RightKind.FORM)
            origin = FactOrigin(process_id=process, element_id=task.element_id, right=right, role=acting, main_line=ledger.main_line)
            try:
                ledger.write_facts(wanted, origin)
            except FactRefused as error:
                raise InvalidRequest(str(error), code=VerdictCode.LEDGER_OWNER) from error
        declares = root.state.tree.instances[task.instance].definition.declares
        names = {*fields, *(form_facts.shown(form, schema) if form is not None and declares else ())}
        if form is not None and declares:
            others = form_facts.of_others(form, names)
            if wrong := form_facts.altered(form, others, data, self.seen_from(root, task.element)):
                raise InvalidRequest(f"“{form.title_of([wrong[0]])}”是前面的环节填写的,只供查看,不能改", code=FormCode.NOT_ALLOWED)
            names |= set(others)
        moved = frozenset(change.field for change in ledger.changes)
        return ledger, commands.CompleteTask(task.element, data, facts=frozenset(names), moved=moved, office=office)

    def _opened(self, root: RehearsedTree) -> RehearsedLedger:
        """The ledger for one act on a tree."""
        ledger = self.ledger.open(root.project, self.now)
        ledger.root_key, ledger.instance_keys = root.number, root.keys
        return ledger

    def act(self, root: RehearsedTree, command: commands.Command) -> None:
        """One command, and everything that follows by itself. Raises the engine's errors, Stopped."""
        ledger = self._opened(root)
        self._take(root, ledger, self._step(root, ledger, command))
        self._settle()

    def take(self, root: RehearsedTree, happened: Sequence[effects.Effect]) -> None:
        """Note what an act brought about before its step: decisions that a form's checks took."""
        self._note_all(root, happened)

    def advance(self, until: datetime) -> None:
        """Move the clock from due to due, in order of due, then of creation. Raises Stopped where timers fire without end."""
        left, end = self.budget.firings, self.limits.clock() + self.budget.seconds
        still: Counter[str] = Counter()
        while (due := self.next_due()) is not None and due <= until:
            if due > self.now:
                self.now = due
                still.clear()
            _, _, root, what = heapq.heappop(self._queue)
            element_id = self._element(root, what)
            still[element_id] += 1
            left -= 1
            if still[element_id] > AT_ONE_INSTANT or left < 0 or self.limits.clock() > end:
                raise Stopped(
                    Stop(
                        element_id, IncidentType.LIMIT_TIMERS, f"定时“{element_id}”在 {self._shown()} 前后反复触发而没有尽头,已停止推进时间"
                    )
                )
            if isinstance(what, ArmedStart):
                self._begin(what)
            elif isinstance(what, ArmedDue):
                self._serve(root, what)
            elif root is not None:
                self.act(root, commands.FireTimer(what))
        self.now = max(self.now, until)

    def settle(self) -> None:
        """Fire what is due by now, as the server's pump would."""
        self.advance(self.now)

    def next_due(self) -> datetime | None:
        """When the next timer is due."""
        while self._queue:
            due, _, root, what = self._queue[0]
            if root is None or (root.is_active and _stands(root, what, due)):
                return due
            heapq.heappop(self._queue)
        return None

    def arm(self, definition: ProcessDefinition, variables: Mapping[str, Any] | None = None) -> None:
        """Set the timer start events of a process, as its deployment does. A date that has passed is no start; nor is what begins for many, of whom one run knows
        one. Raises InvalidRequest (TIMER)."""
        for event in definition.start_events:
            if event.timer is None or definition.obligation is not None:
                continue
            schedule = self._schedule(definition, event, self.now)
            if event.timer.kind != timers.DATE or schedule.due_at > self.now:
                self._arm(ArmedStart(definition, event, schedule.due_at, schedule.memo, variables or {}))

    def turn(self, definition: ProcessDefinition, day: date) -> str | None:
        """The start event at which a period of what begins for many begins on a day. Raises InvalidRequest (TIMER) where its cycle is none."""
        midnight = datetime.combine(day, time(), self.models.zone)
        timed = [event for event in definition.start_events if event.timer is not None]
        return next((event.element_id for event in timed if self._schedule(definition, event, midnight).due_at.date() == day), None)

    def _schedule(self, definition: ProcessDefinition, event: StartEvent, now: datetime) -> timers.Schedule:
        assert event.timer is not None
        try:
            return timers.schedule(event.timer.kind, self._value(event.timer.term), now, self.models.zone)
        except (timers.TimerError, feel.FeelError) as error:
            raise InvalidRequest(f"流程“{definition.process_id}”的开始事件“{event.element_id}”:{error}", code=FindingCode.TIMER) from error

    def publish(self, name: str, key: str, variables: Mapping[str, Any]) -> bool:
        """A message from outside with ttl 0, see ``_offer``. Returns whether it met anything."""
        message = OpenMessage(name, key, variables, self.now)
        self._thrown.append(message)
        self._settle()
        return bool(message.met)

    def signal(self, name: str, variables: Mapping[str, Any]) -> bool:
        """A signal from outside: to every subscription, and to signal starts. Returns whether it met anything."""
        met = self._address(name, variables, None)
        self._settle()
        return met

    # ------------------------------------------------------------------ what is

    def open_tasks(self) -> list[tuple[RehearsedTree, effects.TaskOpened]]:
        """The oldest first."""
        found = [(root.since["element", task.element], root, task) for root in self.roots for task in root.tasks.values()]
        return [(root, task) for _, root, task in sorted(found, key=lambda item: item[0])]

    def open_jobs(self) -> list[tuple[RehearsedTree, effects.JobOpened]]:
        """The oldest first."""
        found = [(root.since["job", job.element], root, job) for root in self.roots for job in root.jobs.values()]
        return [(root, job) for _, root, job in sorted(found, key=lambda item: item[0])]

    def open_timers(self) -> list[effects.WaitOpened]:
        return [wait for root in self.roots for wait in root.waits.values() if wait.kind == "timer"]

    def incidents(self) -> list[tuple[RehearsedTree, effects.IncidentOpened]]:
        return [(root, incident) for root in self.roots for incident in root.incidents.values()]

    # ------------------------------------------------------------------ starts

    def listens(self, definition: ProcessDefinition, kind: str, name: str) -> StartEvent | None:
        """The start event of a process that this message or signal would start."""
        return next((event for event in definition.start_events if event.kind == kind and self._name(event) == name), None)

    def _listening(self, kind: str, name: str) -> Iterable[tuple[ProcessDefinition, StartEvent]]:
        known = self.models.district.processes if self.models.district else {}
        for definition in self.models.all_processes():
            if definition.process_id in known and not known[definition.process_id].enabled:
                continue
            for event in definition.start_events:
                if event.kind == kind and self._name(event) == name:
                    yield definition, event

    def _name(self, event: StartEvent) -> str | None:
        try:
            value = self._value(parse(event.name)) if event.name is not None else None
        except feel.FeelError:
            return None
        return value if isinstance(value, str) else None

    def _value(self, term: Term) -> Any:
        if isinstance(term, LiteralTerm):
            return term.value
        registry = functions.of(self.models.calendar, self.models.zone)
        known = {PARAMETERS: parameters.of(self.models)} if PARAMETERS in term.reserved else {}
        return term.expression.evaluate(known, feel.Environment(now=self.now, zone=self.models.zone, functions=registry))

    def _arm(self, start: ArmedStart) -> None:
        self.starts.append(start)
        heapq.heappush(self._queue, (start.due_at, next(self._order), None, start))

    def _begin(self, start: ArmedStart) -> None:
        self.starts.remove(start)
        upcoming = timers.following(start.memo, self.now, self.models.zone) if start.memo else None
        if upcoming is not None:
            self._arm(replace(start, due_at=upcoming.due_at, memo=upcoming.memo))
        self.start(start.definition, start.variables, start.event.element_id)

    # ------------------------------------------------------------------ deadlines

    def _element(self, root: RehearsedTree | None, what: Any) -> str:
        """The element at which something is due."""
        if isinstance(what, ArmedStart):
            return what.event.element_id
        if isinstance(what, ArmedDue):
            return what.opened.element_id
        return root.waits[what].element_id if root is not None else ""

    def _wait_for(self, root: RehearsedTree, due: ArmedDue) -> None:
        root.dues[due.opened.element] = due
        heapq.heappush(self._queue, (due.steps[0].at, next(self._order), root, due))

    def _serve(self, root: RehearsedTree | None, due: ArmedDue) -> None:
        if root is None:
            return
        dues.serve(due, self._opened(root), root.keys, process_id=root.processes[due.opened.instance], zone=self.models.zone)
        if due.steps:
            self._wait_for(root, due)
        else:
            del root.dues[due.opened.element]

    def _depends(self, root: RehearsedTree, facts: Collection[str], *, counted: bool) -> bool:
        """Whether dates or people of the tree depend on these fields of the ledger."""
        running = root.state.tree.instances.values()
        return any(concerns(instance.definition.dated_by, facts, counted=counted) for instance in running)

    def _recount(self, root: RehearsedTree, facts: Collection[str]) -> None:
        """Evaluate the dates and people of a tree again, as the server's pump would. What has fired stays fired."""
        ledger = self._opened(root)
        found = answering(
            lambda known: recount(self.models, root.state, facts, self.now, limits=self.limits, ledger=known),
            ledger.known(),
            ledger.look_up,
        )
        for number, due_at in found.waits.items():
            wait = root.waits.get(number)
            if wait is not None and wait.due_at != due_at:
                root.waits[number] = replace(wait, due_at=due_at)
                heapq.heappush(self._queue, (due_at, next(self._order), root, number))
        for element, opened in found.tasks.items():
            before = root.tasks.get(element)
            if before is not None:
                assignee = opened.assignee if element in found.assigned else before.assignee
                self._move(root, before, replace(opened, returned=before.returned, assignee=assignee), found.effects)

    def seen_from(self, root: RehearsedTree, element: int) -> dict[str, Any]:
        """What can be seen from an open task now: variables, and what it reads of the registers."""
        ledger = self._opened(root)
        found = answering(
            lambda known: readings(self.models, root.state, element, self.now, limits=self.limits, ledger=known),
            ledger.known(),
            ledger.look_up,
        )
        return {**root.state.visible(element), **found}

    def _move(self, root: RehearsedTree, before: effects.TaskOpened, after: effects.TaskOpened, happened: Sequence[effects.Effect]) -> None:
        """An open task has other dates or people now."""
        root.tasks[after.element] = after
        armed = root.dues.get(after.element)
        if dues.due_of(before) == (due_at := dues.due_of(after)):
            if armed is not None:
                armed.opened = after
            return
        root.dues.pop(after.element, None)
        again = dues.arm(after, root.number, happened, now=self.now, calendar=self.models.calendar, zone=self.models.zone)
        if again is not None:
            self._wait_for(root, again)
        if due_at is None or due_at > self.now:
            dues.close(self.ledger, f"{root.number}.{after.element}", self.now)

    # ------------------------------------------------------------------ inside

    def _step(self, root: RehearsedTree, ledger: RehearsedLedger, command: commands.Command) -> Sequence[effects.Effect]:
        root.state, happened = self._answered(root.state, ledger, command)
        return happened

    def _answered(self, state: State | None, ledger: RehearsedLedger, command: commands.Command) -> tuple[State, Sequence[effects.Effect]]:
        """A step with everything that it asks. Only of a tree that will ask nothing may the state be let go of: a step that asks is taken again."""
        after, happened = answering(
            lambda known: step(self.models, state, command, self.now, limits=self.limits, ledger=known), ledger.known(), ledger.look_up
        )
        asks = any(instance.definition.may_ask for instance in after.tree.instances.values())
        return after if asks else after.released(), happened

    def _settle(self) -> None:
        """Deliver what was thrown; what is thrown meanwhile waits its turn, and a message that has time left for whoever comes to wait for it."""
        if self._settling:
            return
        self._settling = True
        try:
            met = True
            while met or self._thrown:
                while self._thrown:
                    thrown = self._thrown.popleft()
                    if isinstance(thrown, Delivery):
                        self._deliver(thrown)
                        continue
                    if isinstance(thrown, Ended):
                        if thrown.root.is_active:
                            self.act(thrown.root, commands.EndOfProject(thrown.phase))
                        continue
                    self._offer(thrown)
                    if thrown.expires_at > self.now:
                        self._messages.append(thrown)
                self._messages = [message for message in self._messages if message.expires_at >= self.now]
                met = any(self._offer(message) for message in self._messages)
        finally:
            self._settling = False

    def _address(self, name: str, variables: Mapping[str, Any], thrower: RehearsedTree | None) -> bool:
        """Note who waits for a signal now: those and nobody else are to get it. Its own tree has heard it in the step that threw it."""
        waiting = [
            (root.since["wait", wait.wait], Delivery(variables, root, (wait.instance, wait.element, wait.element_id)))
            for root in self.roots
            if root is not thrower
            for wait in root.waits.values()
            if wait.kind == "signal" and wait.name == name
        ]
        found = [delivery for _, delivery in sorted(waiting, key=lambda item: item[0])]
        found += [
            Delivery(variables, start=(definition, event.element_id), sender=thrower)
            for definition, event in self._listening("signal", name)
        ]
        self._thrown.extend(found)
        return bool(found)

    def _deliver(self, delivery: Delivery) -> None:
        root = delivery.root
        if delivery.start is not None:
            self.start(delivery.start[0], delivery.variables, delivery.start[1], sender=delivery.sender)
        elif root is not None and root.is_active:
            # An event that does not interrupt has a new wait each time, at the same place.
            places = {
                (wait.instance, wait.element, wait.element_id): number for number, wait in root.waits.items() if wait.kind == "signal"
            }
            if delivery.place in places:
                self.act(root, commands.Deliver(places[delivery.place], delivery.variables))

    def _offer(self, message: OpenMessage) -> bool:
        """A message to the oldest fitting subscription of each process id, else a message start; to each once. Returns whether it met anything now."""
        before = len(message.met)
        waiting = [
            (root.since["wait", wait.wait], root, wait)
            for root in self.roots
            for wait in root.waits.values()
            if wait.kind == "message" and wait.name == message.name and wait.correlation_key == message.key
        ]
        for _, root, wait in sorted(waiting, key=lambda found: found[0]):
            process = root.processes.get(wait.instance, "")
            if process not in message.met and wait.wait in root.waits:
                message.met.add(process)
                self.act(root, commands.Deliver(wait.wait, message.variables, inside=True))
        for definition, event in list(self._listening("message", message.name)):
            started_by = (definition.process_id, message.key)
            running = message.key and any(root.is_active and root.started_by == started_by for root in self.roots)
            if definition.process_id not in message.met and not running:
                message.met.add(definition.process_id)
                self.start(definition, message.variables, event.element_id, started_by, message.sender)
        return len(message.met) > before

    def _take(self, root: RehearsedTree, ledger: RehearsedLedger, happened: Sequence[effects.Effect]) -> None:
        """Note what a step brought about, and carry out the inline tasks that it reached; one act on the ledger."""
        inline = self._note_all(root, happened)
        ledger.take(happened, root.keys)

        def advance(command: commands.Command) -> list[effects.JobOpened]:
            self._send(root, ledger)
            brought = self._step(root, ledger, command)
            opened = self._note_all(root, brought)
            ledger.take(brought, root.keys)
            return opened

        InlineTasks(ledger, self._surroundings()).carry_out(inline, lambda: root.state, advance)
        ledger.write()
        if ledger.survivors is not None:
            self._end(root, ledger.survivors)
        facts = {change.field for change in ledger.changes}
        if facts:
            counted = counts_by_ledger(self.models)
            for other in self.roots:
                if other.is_active and other.project == ledger.project_key and self._depends(other, facts, counted=counted):
                    self._recount(other, facts)

    def _end(self, ender: RehearsedTree, survivors: Collection[str]) -> None:
        """Its project has ended: the project's other trees are told in turn, each in an act of its own."""
        phase = self.ledger.phase_of(ender.project)
        for root in self.roots:
            if root is not ender and root.project == ender.project and root.is_active and root.processes[1] not in survivors:
                self._thrown.append(Ended(root, phase))

    def _send(self, root: RehearsedTree, ledger: RehearsedLedger) -> None:
        """Put the messages that a task has sent in line, among the signals of the same act."""
        self._thrown += [
            OpenMessage(sent.message.name, sent.message.correlation_key, sent.message.variables, sent.message.expires_at, root)
            for sent in ledger.messages
        ]
        ledger.messages.clear()

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            tenant=self.models.tenant,
            now=self.now,
            zone=self.models.zone,
            phases=self.ledger.phases,
            roles=self.ledger.roles,
            message_lifetime=Config.message_lifetime,
            limit=Config.connector_limit,
        )

    def _note_all(self, root: RehearsedTree, happened: Sequence[effects.Effect]) -> list[effects.JobOpened]:
        """Note effects. Returns the jobs among them that the platform does itself."""
        inline = []
        for effect in happened:
            self._note(root, effect)
            if isinstance(effect, effects.TaskOpened):
                due = dues.arm(effect, root.number, happened, now=self.now, calendar=self.models.calendar, zone=self.models.zone)
                if due is not None:
                    self._wait_for(root, due)
            if isinstance(effect, effects.JobOpened) and is_inline(effect) and effect.type not in self.hold:
                inline.append(effect)
        if len(self.path) > self.budget.elements:
            stop = Stop(
                self.path[-1],
                IncidentType.LIMIT_STEPS,
                f"已经过 {self.budget.elements} 个元素而没有尽头,停在“{self.path[-1]}”。请检查流程是否在循环",
            )
            self.path = self.path[: self.budget.elements]
            raise Stopped(stop)
        return inline

    def _note(self, root: RehearsedTree, effect: effects.Effect) -> None:
        match effect:
            case effects.ElementEntered():
                self.path.append(effect.element_id)
                self.trail.add(f"{root.processes.get(effect.instance, '')}.{effect.element_id}")
                root.scopes[effect.element] = effect.scope
                root.since["element", effect.element] = next(self._order)
            case effects.ElementEnded():
                root.scopes.pop(effect.element, None)
            case effects.TaskOpened():
                root.tasks[effect.element] = effect
            case effects.TaskClosed():
                root.tasks.pop(effect.element, None)
                if effect.followed:
                    root.dues.pop(effect.element, None)
                    dues.close(self.ledger, f"{root.number}.{effect.element}", self.now)
            case effects.JobOpened():
                root.jobs[effect.element] = effect
                root.since["job", effect.element] = next(self._order)
            case effects.JobClosed():
                root.jobs.pop(effect.element, None)
            case effects.WaitOpened():
                root.waits[effect.wait] = effect
                order = root.since["wait", effect.wait] = next(self._order)
                if effect.kind == "timer" and effect.due_at is not None:
                    heapq.heappush(self._queue, (effect.due_at, order, root, effect.wait))
            case effects.WaitClosed():
                root.waits.pop(effect.wait, None)
            case effects.IncidentOpened():
                root.incidents[effect.incident] = effect
            case effects.IncidentClosed():
                root.incidents.pop(effect.incident, None)
            case effects.DecisionEvaluated():
                self._note_decision(effect.decision_id, effect.rules, effect.required)
            case effects.SignalThrown():
                self._address(effect.name, effect.variables, root)
            case effects.InstanceStarted():
                root.processes[effect.instance] = effect.process_id
                self.trail.add(effect.process_id)
                if effect.call_element:
                    root.callers[effect.instance] = effect.call_element
            case effects.InstanceEnded():
                root.callers.pop(effect.instance, None)
            case _:
                pass

    def _note_decision(self, decision: str, rules: Sequence[Mapping[str, Any]], required: Sequence[Mapping[str, Any]]) -> None:
        for inner in required:
            self._note_decision(inner["decisionId"], inner["rules"], inner["required"])
        self.decisions[decision] = rules
        self.trail |= {decision, *(f"{decision}.{rule['id']}" for rule in rules)}

    def _shown(self) -> str:
        return self.now.astimezone(self.models.zone).isoformat()
