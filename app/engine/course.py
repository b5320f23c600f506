"""The course of one step: what it carries along while tokens move — the library, the clock, the queue and the effects so far."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.decision import feel
from app.decision.dmn import DmnError, DmnEvaluationError
from app.domain.declared import RESERVED
from app.domain.project_values import as_gates_read
from app.engine import approvals, effecting, functions, parameters, phases, printing, reads
from app.engine.codes import IncidentType
from app.engine.definitions import ProcessDefinition
from app.engine.effects import Effect, InstanceEnded, InstanceStarted, VariableSet
from app.engine.errors import ElementFailure, LimitExceeded, NameReserved
from app.engine.incidents import open_incident
from app.engine.ledger import NOTHING_KNOWN, PARAMETERS, PROJECT, KnownApproval, KnownLedger
from app.engine.library import Library
from app.engine.limits import LONGEST_NAME, StepLimits, flaw_of, objection
from app.engine.scopes import LOOP_COUNTER, home, visible
from app.engine.spiff import Instance, Level, Token, Tree


def unfit_name(name: object) -> tuple[IncidentType, str] | None:
    """Why a variable cannot have this name, as (code, Chinese clause); None if it can."""
    if not isinstance(name, str):
        return IncidentType.VARIABLE_VALUE, "的名称不是文字"
    flaw = flaw_of(name, LONGEST_NAME)
    return (IncidentType.VARIABLE_VALUE, f"的名称{flaw}") if flaw is not None else None


class Course:
    """``site`` is the token whose expression is being evaluated. ``project``: the ledger's row as it is at this moment of the step; ``unconfirmed``: the fields of
    it that no owner has confirmed, what the step itself writes left out."""

    def __init__(self, library: Library, tree: Tree, now: datetime, limits: StepLimits, ledger: KnownLedger = NOTHING_KNOWN) -> None:
        self.library = library
        self.tree = tree
        self.now = now
        self.limits = limits
        self.ledger = ledger
        self.project = dict(ledger.project) if ledger.project is not None else None
        self.unconfirmed = set(ledger.unconfirmed)
        self.entered = list(ledger.entered)  # every phase that the project has been in
        self._watched: frozenset[str] | None = None
        self.approvals: list[KnownApproval] = []  # of this step
        self.made: dict[str, list[dict[str, Any]]] = {}  # register → rows of this step
        self.inside = False  # what comes with the command was sent by a tree of ours
        self.brought: tuple[str, ...] | None = None  # the variables that a message start comes with
        self.begun_in: dict[str, str] | None = None  # the office in which a person begins the tree, as a token keeps it
        self.effects: list[Effect] = []
        self.queue: deque[Token] = deque()
        self.steps = 0
        self.deadline = limits.clock() + limits.seconds
        self.holding = False  # a modification is under way: an emptied level is not done yet
        self.site: Token = tree.task_tree
        self.environment = feel.Environment(
            now=now, zone=library.zone, functions=functions.of(library.calendar, library.zone), limits=limits.expression, extra=self
        )
        tree.course = self

    def emit(self, effect: Effect) -> None:
        self.effects.append(effect)

    # ------------------------------------------------------------------ variables

    def visible(self, token: Token) -> dict[str, Any]:
        """Everything that can be seen from ``token``: nearer scopes hide farther ones. A fresh mapping."""
        return visible(token)

    def supply(self, context: dict[str, Any], token: Token, names: Sequence[str], *, gate: bool) -> None:
        """Put the reserved names into what an expression sees. Where nothing is declared, a variable of the name hides it. Raises ElementFailure.

        ``gate``: a condition or a decision called ``*_gate`` asks, which reads null in fields that no owner has confirmed.
        """
        declares = self.tree.instances[token.instance].definition.declares
        for name in names:
            if declares or name not in context:
                context[name] = self.parameters(token) if name != PROJECT else self.gate_project if gate else self.project

    @property
    def gate_project(self) -> Mapping[str, Any] | None:
        """The ledger's row as gates read it."""
        return as_gates_read(self.project, self.unconfirmed)

    def titles(self, fields: Collection[str]) -> str:
        """Ledger fields as people call them, for a sentence."""
        known = self.ledger.schema.fields if self.ledger.schema is not None else {}
        return "、".join(f"“{known[name].title if name in known else name}”" for name in sorted(fields))

    def parameters(self, token: Token) -> Any:
        """The parameters of the library. Raises ElementFailure (CALLED_DECISION_ERROR)."""
        try:
            return parameters.of(self.library)
        except (DmnError, DmnEvaluationError, feel.FeelError) as error:
            raise ElementFailure(
                IncidentType.CALLED_DECISION_ERROR,
                f"{self.place(token)}用到参数,但决策“{PARAMETERS}”不能得出结果:{error}。请改正决策文件后重试",
                {"decision": PARAMETERS},
            ) from error

    def set_local(self, token: Token, name: str, value: Any) -> None:
        """Set a variable in the token's own scope; the number of an instance stays what it is. Raises ElementFailure (LIMIT_VARIABLE_SIZE, VARIABLE_VALUE)."""
        if name == LOOP_COUNTER and "place" in token.memo:
            return
        self.check(token, name, value)
        self.put(token, name, value)

    def check(self, token: Token, name: str, value: Any) -> None:
        """Whether a value may be a variable. Raises ElementFailure (LIMIT_VARIABLE_SIZE, VARIABLE_VALUE)."""
        objected = unfit_name(name) or objection(value, self.limits.variable_size)
        if objected is not None:
            code, why = objected
            cure = "请精简数据或调高上限后重试" if code == IncidentType.LIMIT_VARIABLE_SIZE else "请改正得出它的表达式或数据后重试"
            raise ElementFailure(
                code,
                f"{self.place(token)}的变量“{name[:LONGEST_NAME]}”{why},不能保存。{cure}",
                {"variable": name, "limit": self.limits.variable_size},
            )

    def put(self, token: Token, name: str, value: Any) -> None:
        """Set a variable, which has been checked, in the token's own scope. Where the names are reserved, one that comes from elsewhere is no variable."""
        if name in RESERVED and self.tree.instances[token.instance].definition.declares:
            return
        token.variables[name] = value
        written = token.memo.get("written")
        if written is not None and token.is_process and name not in written:
            token.memo["written"] = [*written, name]
        self.tell(token, name, value)

    def tell(self, token: Token, name: str, value: Any) -> None:
        """Say what a name stands for in the token's scope."""
        self.emit(VariableSet(token.instance, 0 if token.is_process else token.number, name, value))

    def propagate(self, start: Token, variables: Mapping[str, Any]) -> None:
        """Set each variable where it is at home from ``start`` outwards."""
        for name, value in variables.items():
            self.set_local(home(start, name), name, value)

    def accept(self, variables: Mapping[str, Any], into: ProcessDefinition | None = None) -> dict[str, Any]:
        """Variables that come with a command, as JSON values; ``into``: the process that gets them. Raises LimitExceeded, NameReserved."""
        accepted: dict[str, Any] = {}
        if into is not None and into.declares and (taken := [name for name in RESERVED if name in variables]):
            raise NameReserved(f"变量不能叫“{taken[0]}”:在流程“{into.name}”里它是台账和参数的名称。请改名后重新提交")
        for name, value in variables.items():
            objected = unfit_name(name) or objection(value, self.limits.variable_size)
            if objected is not None:
                code, why = objected
                raise LimitExceeded(f"变量“{str(name)[:LONGEST_NAME]}”{why},不能保存,请修改后重新提交", code)
            try:
                accepted[str(name)] = feel.to_json(value)
            except feel.FeelError as error:
                raise LimitExceeded(f"变量“{name}”不是可以保存的值:{error.message}", IncidentType.VARIABLE_VALUE) from error
        return accepted

    # ------------------------------------------------------------------ instances

    def start_instance(
        self,
        definition: ProcessDefinition,
        variables: Mapping[str, Any],
        caller: Token | None = None,
        begin: list[str] | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> Token:
        """Begin a process instance: the root of the tree, or called by ``caller``. Its root token is queued."""
        tree = self.tree
        number = tree.next_number("instance")
        level: Level
        if caller is None:
            level = tree
        else:
            level = tree.open_level(definition.spec, caller, number, None)
        parent = caller.instance if caller is not None else 0
        call = caller.number if caller is not None else 0
        tree.instances[number] = Instance(number, definition, level, parent, call)
        self._watched = None
        self.emit(InstanceStarted(number, definition.key, definition.process_id, parent, call))
        root = level.task_tree
        root.note_entered(self.now)
        if begin is not None:
            root.memo["begin"] = begin
        if payload:
            root.memo["payload"] = dict(payload)
        for name, value in variables.items():
            self.set_local(root, name, value)
        if caller is not None:
            # What the called process sets goes back; a copy that it has only kept must not undo what others did meanwhile.
            root.memo["written"] = []
        root.ready()
        return root

    def decided(self, token: Token, decision_id: str, output: Any) -> None:
        """Keep what the process instance has last taken of a decision, if a ledger field may come from it."""
        instance = self.tree.instances[token.instance]
        if any(decision_id in decisions for decisions in instance.definition.results.values()):
            memo = instance.level.task_tree.memo
            memo["decided"] = {**memo.get("decided", {}), decision_id: output}

    def visit(self, token: Token) -> Mapping[str, Any]:
        """What is kept of the present round of an element in its scope: ``round``, ``rows`` (loop item → numbers of its register row)."""
        found: Mapping[str, Any] = token.workflow.owner.memo.get("visits", {}).get(token.element_id, {"round": 1})
        return found

    def keep_visit(self, token: Token, visit: Mapping[str, Any]) -> None:
        memo = token.workflow.owner.memo
        memo["visits"] = {**memo.get("visits", {}), token.element_id: dict(visit)}

    def enter_round(self, token: Token, number: int) -> None:
        """The element is entered once more in its scope: what it makes now stands beside what it made before; in place of it where a return has reopened it."""
        if self.visit(token)["round"] != number:
            self.keep_visit(token, {"round": number})

    def enter_phase(self, token: Token) -> None:
        """See ``phases.enter``."""
        phases.enter(self, token)

    def read(self, token: Token) -> None:
        """See ``reads.answered``."""
        if token.reads is None:
            token.reads = reads.answered(self, token)

    def is_approved(self, task: str) -> bool:
        """See ``approvals.approved``."""
        return approvals.approved(self, task)

    def approved_value(self, task: str, name: str) -> Any:
        """See ``approvals.value``."""
        return approvals.value(self, task, name)

    def take_effect(self, token: Token) -> None:
        """See ``effecting.complete``."""
        effecting.complete(self, token)

    def print_document(self, token: Token) -> None:
        """See ``printing.document``."""
        printing.document(self, token)

    def completed(self, token: Token) -> None:
        """An element has been completed: keep when, if an expression of the tree, or of a process that it calls, asks for it."""
        if self._watched is None:
            self._watched = self._asked_for()
        if token.element_id in self._watched:
            self.tree.completions[token.element_id] = self.now.isoformat()

    def _asked_for(self) -> frozenset[str]:
        seen: set[int] = set()
        pending: list[ProcessDefinition] = [instance.definition for instance in self.tree.instances.values()]
        watched: set[str] = set()
        while pending:
            definition = pending.pop()
            if definition.key in seen:
                continue
            seen.add(definition.key)
            watched |= definition.watched
            for process_id, tag, bound in definition.calls:
                found = self.library.process(process_id, tag=tag, deployment=definition.key if bound else None)
                if found is not None:
                    pending.append(found)
        return frozenset(watched)

    def finish_instance(self, root: Token) -> None:
        """A process instance has completed: tell its caller."""
        instance = self.tree.instances[root.instance]
        self.emit(InstanceEnded(instance.number, "completed"))
        if instance.call == 0:
            self.tree.root_state = "completed"
            return
        del self.tree.instances[instance.number]
        caller = self.tree.tokens[instance.call]
        caller.task_spec.returned(caller, root.variables, root.memo.get("written", ()))

    def instance_cancelled(self, root: Token) -> None:
        instance = self.tree.instances[root.instance]
        self.emit(InstanceEnded(instance.number, "cancelled"))
        if instance.call == 0:
            self.tree.root_state = "cancelled"
        else:
            del self.tree.instances[instance.number]

    def depth_of(self, token: Token) -> int:
        """How many call activities stand above ``token``."""
        depth = 0
        instance = self.tree.instances[token.instance]
        while instance.parent:
            depth += 1
            instance = self.tree.instances[instance.parent]
        return depth

    # ------------------------------------------------------------------ movement

    def drain(self) -> None:
        """Run everything that can run. What the step limit stops is kept: one incident, and the rest goes on with it."""
        queue = self.queue
        while True:
            while queue:
                token = queue.popleft()
                if not token.is_open or token.incident:
                    continue
                if self.steps >= self.limits.steps or self.limits.clock() > self.deadline:
                    queue.appendleft(token)
                    self.stall()
                    return
                self.steps += 1
                token.run()
            if not self.tree.inclusive or not self.join_inclusive():
                return

    def join_inclusive(self) -> bool:
        """Everything stands still: let one inclusive join go that nothing can reach any more."""
        for key, level in list(self.tree.inclusive.items()):
            waiting = False
            for name in list(level.joins):
                gateway = level.spec.elements[name]
                if gateway.element_type == "inclusiveGateway":
                    waiting = True
                    if gateway.fire_if_complete(level):
                        return True
            if not waiting:
                del self.tree.inclusive[key]
        return False

    def stall(self) -> None:
        waiting = [token for token in dict.fromkeys(self.queue) if token.is_open and not token.incident]
        self.queue.clear()
        first = waiting[0]
        if first.stage == "arrived" and not first.is_root:
            first.task_spec.announce(self, first)
            first.stage = "entering"
        most = (
            f"步数超过上限({self.limits.steps} 步)" if self.steps >= self.limits.steps else f"运算时间超过上限({self.limits.seconds:g} 秒)"
        )
        open_incident(
            self,
            first,
            ElementFailure(
                IncidentType.LIMIT_STEPS,
                f"{self.place(first)}:一次办理中运行的{most},流程已在此停下。请检查流程图是否有不等待的循环,修改后重试",
                {"limit": self.limits.steps, "seconds": self.limits.seconds},
            ),
        )
        for token in waiting[1:]:
            self.tree.stalled.append(token.reference)

    # ------------------------------------------------------------------ words

    def place(self, token: Token) -> str:
        """Where a token stands, for people."""
        name = token.task_spec.bpmn_name
        return f"“{name}”({token.element_id})" if name else f"元素 {token.element_id} "
