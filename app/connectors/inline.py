"""The inline service tasks of one act: each is run as the act reaches it, on whatever ledger the act has."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.connectors import CONNECTORS
from app.connectors.calls import ConnectorCall, RoleFacts
from app.connectors.ledger import Ledger
from app.domain.districts import District
from app.engine import State, commands, effects
from app.errors import ConnectorError


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where and when an act takes place. ``phases``, ``roles``: None if nobody can say which there are. ``limit``: inline tasks of one act."""

    tenant: str
    now: datetime
    zone: ZoneInfo
    phases: Sequence[str] | None
    roles: Mapping[str, RoleFacts] | None
    message_lifetime: str
    limit: int


def roles_of(district: District) -> dict[str, RoleFacts]:
    """A district's roles as connectors see them."""
    return {key: RoleFacts(role.title, role.relation) for key, role in district.roles.items()}


def is_inline(job: effects.JobOpened) -> bool:
    """Whether a job is done within the act; listeners' jobs are outside workers' whatever their type."""
    return job.type in CONNECTORS and job.listener is None


class InlineTasks:
    """Runs the inline tasks of one act on one tree. ``done``: how many it has run."""

    def __init__(self, ledger: Ledger, surroundings: Surroundings) -> None:
        self.ledger = ledger
        self.surroundings = surroundings
        self.done = 0

    def carry_out(
        self,
        jobs: Iterable[effects.JobOpened],
        state: Callable[[], State],
        advance: Callable[[commands.Command], Iterable[effects.JobOpened]],
    ) -> None:
        """Run these jobs, and those that ``advance`` brings in consequence. ``state``: the tree's present one."""
        pending = deque(jobs)
        while pending:
            job = pending.popleft()
            # One that was handed out beside it may have ended this one, with its whole scope.
            if _is_open(job, state()):
                pending.extend(advance(self._answer(job, state())))

    def _answer(self, job: effects.JobOpened, state: State) -> commands.Command:
        """What a connector cannot do becomes an incident at its element, never a failure of the act."""
        self.done += 1
        if self.done > self.surroundings.limit:
            text = f"一次办理中执行的服务任务超过 {self.surroundings.limit} 个,流程可能在循环。请检查模型后在“流程实例”中重试"
            return commands.FailJob(job.element, 0, text)
        connector = CONNECTORS[job.type]
        call = self._call(job, state)
        try:
            outcome = connector.run(call, self.ledger.read(connector.reads(call)))
            process = state.tree.instances[job.instance].definition
            self.ledger.apply(outcome.changes, job.element_id, process.process_id)
        except ConnectorError as error:
            return commands.FailJob(job.element, 0, error.message)
        return commands.CompleteJob(job.element, outcome.variables)

    def _call(self, job: effects.JobOpened, state: State) -> ConnectorCall:
        info = state.tree.instances[job.instance].definition.elements.get(job.element_id)
        around = self.surroundings
        return ConnectorCall(
            type=job.type,
            element_id=job.element_id,
            element_name=info.name if info else "",
            headers=job.headers,
            variables=job.variables,
            tenant=around.tenant,
            now=around.now,
            zone=around.zone,
            mapped=bool(state.tree.tokens[job.element].task_spec.input_mappings),
            project=self.ledger.seen(),
            phases=around.phases,
            roles=around.roles,
            message_lifetime=around.message_lifetime,
        )


def _is_open(job: effects.JobOpened, state: State) -> bool:
    token = state.tree.tokens.get(job.element)
    return token is not None and token.memo.get("job") is not None and not token.incident
