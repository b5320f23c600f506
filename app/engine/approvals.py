"""Approvals as expressions ask for them: ``approved("process.task")`` and ``approvedValue("process.task", "name")``.

An approval is of values: it counts while they are what they were, and only the newest round of its task counts. Source: modelling.md §6.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.domain import fact_values
from app.domain.facts import LedgerSchema
from app.engine import past
from app.engine.ledger import ApprovalsAsked, KnownApproval
from app.engine.scopes import visible

if TYPE_CHECKING:
    from app.engine.course import Course


def approved(course: "Course", task: str) -> bool:
    """Whether the newest round of a task has approved, in a loop every instance of it, and nothing of that has changed. Raises Unanswered."""
    return bool(_standing(course, task))


def value(course: "Course", task: str, name: str) -> Any:
    """What was approved under a name, None unless it is approved. Raises Unanswered."""
    standing = _standing(course, task)
    return standing[-1].values.get(name) if standing else None


def differing(schema: LedgerSchema | None, values: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The names of ``now`` whose values are not the approved ones any more."""
    return [name for name in values if name in now and normal(schema, name, values[name]) != normal(schema, name, now[name])]


def normal(schema: LedgerSchema | None, name: str, given: Any) -> Any:
    """The form in which two values are compared; what no fact can hold is compared as it is."""
    field = schema.fields.get(name) if schema is not None else None
    try:
        return fact_values.normal(field.schema if field is not None else {}, given)
    except fact_values.ValueRefused:
        return ["as it is", repr(given)]


def _standing(course: "Course", task: str) -> Sequence[KnownApproval]:
    """The approvals of the newest round, if it stands as a whole."""
    process, _, element = task.partition(".")
    known: list[KnownApproval] = [*course.ledger.answer(ApprovalsAsked()), *course.approvals]
    mine = [one for one in known if (one.process_id, one.element_id) == (process, element) and _belongs(course, one)]
    if not mine:
        return ()
    newest = mine[-1]
    if _is_under_way(course, newest):
        return ()
    # A list that has become shorter in the same round has fewer people to ask.
    by_item = {one.item: one for one in mine if one.visit == newest.visit and one.item <= newest.required}
    holding = [one for one in by_item.values() if one.holds and not one.lapsed and not _changed(course, one)]
    return holding if len(holding) == len(by_item) == newest.required else ()


def _is_under_way(course: "Course", newest: KnownApproval) -> bool:
    """Whether the task is to say so anew: a return has reopened it, or it is open once more where it said so."""
    instance = course.tree.instances.get(newest.instance or 0)
    scope = newest.visit[1] if instance is not None else 0
    host = course.tree.tokens.get(scope) if scope else None
    level = host.inner if host is not None else instance.level if instance is not None and not scope else None
    if level is None:
        return False
    if past.of(level.owner).get(newest.element_id, {}).get("reopened"):
        return True
    own = (course.site, course.site.body)
    return any(token.element_id == newest.element_id and token not in own for token in level.live())


def _belongs(course: "Course", one: KnownApproval) -> bool:
    """An approval of ledger fields alone is the project's, any other that of the process instance that asks."""
    fields = course.ledger.schema.fields if course.ledger.schema is not None else {}
    if course.project is not None and all(name in fields for name in one.values):
        return True
    return one.instance == course.site.instance


def _changed(course: "Course", one: KnownApproval) -> bool:
    schema = course.ledger.schema
    fields = schema.fields if schema is not None and course.project is not None else {}
    now = {name: (course.project or {}).get(name) for name in one.values if name in fields}
    instance = course.tree.instances.get(one.instance or 0)
    if instance is not None:
        seen = visible(instance.level.task_tree)
        now |= {name: seen[name] for name in one.values if name not in fields and name in seen}
    return bool(differing(schema, one.values, now))
