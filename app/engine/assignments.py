"""What the open user tasks of a tree would be if they were opened now: to see what another definition makes of them."""

from datetime import datetime

from app.engine.course import Course
from app.engine.effects import TaskOpened
from app.engine.elements.tasks import UserTask
from app.engine.errors import ElementFailure
from app.engine.ledger import NOTHING_KNOWN, KnownLedger
from app.engine.library import Library
from app.engine.limits import StepLimits
from app.engine.state import State, build

_DEFAULT_LIMITS = StepLimits()


def describe_tasks(
    library: Library, state: State, now: datetime, limits: StepLimits = _DEFAULT_LIMITS, ledger: KnownLedger = NOTHING_KNOWN
) -> tuple[dict[int, TaskOpened], dict[int, str]]:
    """Element → its task as its definition has it now; and element → why it cannot be said, in Chinese. The state is not changed. Raises Unanswered."""
    course = Course(library, build(state.document(), library), now, limits=limits, ledger=ledger)
    tasks: dict[int, TaskOpened] = {}
    failed: dict[int, str] = {}
    for token in course.tree.tokens.values():
        spec = token.task_spec
        if isinstance(spec, UserTask) and token.memo.get("phase") == "open":
            try:
                tasks[token.number] = spec.open_task(course, token)
            except ElementFailure as failure:
                failed[token.number] = failure.message
    return tasks, failed
