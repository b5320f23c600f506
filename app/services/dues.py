"""Deadlines of user tasks, served by the platform: mark, tell, register. No step of the engine: whatever follows from a lapse, a person decides (N09).

One act, one transaction, one audit entry. What has passed while nobody could look (a suspension, a clock that stood) is served once, together.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.acts import dues
from app.acts.held_tree import HeldTree
from app.acts.retries import Gone
from app.acts.transaction import open_instance
from app.connectors.calls import OVERDUE, PutRecord
from app.domain import overdue
from app.domain.codes import Action
from app.domain.keys import next_key
from app.domain.overdue import Step
from app.engine.effects import PeopleTold
from app.errors import Suspended
from app.services import accounts
from app.store import history, instances, tasks, waits
from app.store.waits import DueWait


def serve(wait: DueWait, now: datetime) -> bool:
    """Serve what has passed of one task's deadline. False if somebody else is at work there, or nothing is to be served any more. Raises Gone, Suspended, Outdated."""
    if wait.root_key is None or wait.element is None:
        return False
    with open_instance(wait.root_key, now, accounts.system(wait.tenant), wait=False) as tree:
        if tree is None:  # the next pump looks again
            return False
        if tree.the_state.suspended:
            raise Suspended("此流程实例已被管理员挂起,恢复之前不再提醒")
        task, kept = tasks.open_at(wait.root_key, wait.element), waits.kept_due(wait.key)  # as they are under the lock
        if kept is None:
            return False
        if task is None:  # closed by a release that did not know of deadlines
            waits.take(wait.key, now)
            return False
        passed, left = dues.passed(kept, now)
        if not passed:
            return False
        due_at = datetime.fromisoformat(kept["due"])
        told = _tell(tree, task, passed, due_at)
        marked = any(step.what.mark for step in passed)
        registered = any(step.what.register for step in passed) and _register(tree, task, kept["key"], due_at)
        tree.record(
            Action.DUE_SERVE,
            f"{wait.process_id}.{wait.element_id}",
            {
                "task": str(task.key),
                "due": due_at.isoformat(),
                "served": [step.document() for step in passed],
                "told": list(told),
                "marked": marked,
                "registered": registered,
            },
        )
        gone = waits.rearm(wait.key, datetime.fromisoformat(left["steps"][0]["at"]), left) if left else waits.take(wait.key, now)
        if not gone:  # another node was first
            raise Gone
        tree.save()
        if marked:
            instances.mark_overdue(wait.root_key, wait.element, now)
        if wait.attempts:
            waits.close_incidents(wait.key, now)
    return True


def _tell(tree: HeldTree, task: Any, passed: Sequence[Step], due_at: datetime) -> tuple[str, ...]:
    """One notice a role, whatever number of rows name it."""
    names = dict.fromkeys(name for step in passed for name in step.what.tell)
    roles = overdue.roles_told(names, task.candidate_groups, tree.district)
    about = tree.project["name"] if tree.project is not None else ""
    title, text = overdue.words(task.name, about, due_at, tree.now, tree.district.zone)
    tree.ledger.take([PeopleTold(task.element, task.element_id, role, title, text) for role in roles], tree.keys)
    return roles


def _register(tree: HeldTree, task: Any, key: str, due_at: datetime) -> bool:
    """One row of the register a task and due."""
    project = tree.project["key"] if tree.project is not None else None
    if any(overdue.is_entered(row.data, str(task.key), due_at) for row in history.records_of_tree(tree.root_key, project, OVERDUE)):
        return False
    data = overdue.entry(key=key, element_id=task.element_id, name=task.name, task=str(task.key), due_at=due_at, now=tree.now)
    tree.ledger.apply([PutRecord(next_key(), OVERDUE, data, None)], task.element_id, task.process_id)
    return True
