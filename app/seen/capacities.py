"""In which of several roles somebody may do a task."""

from app.domain import permissions
from app.domain.districts import District
from app.domain.permissions import Actor, ProjectFacts, TaskFacts
from app.seen.shapes import CapacityChoice


def choices(
    actor: Actor, task: TaskFacts, project: ProjectFacts | None, district: District, acting: str | None
) -> tuple[CapacityChoice, ...]:
    """Where a person who may do a task can do it in several roles: which, and which is chosen; else nothing is to be chosen."""
    found = permissions.capacities(actor, task, project, district)
    chosen = acting if acting in {one.role for one in found} else found[0].role
    offered = tuple(CapacityChoice(one.role, district.role_title(one.role), one.office, chosen=one.role == chosen) for one in found)
    return offered if len(offered) > 1 else ()
