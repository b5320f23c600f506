"""What the row of an open task says once its instance goes on by another version of its process."""

from typing import Any

from app.acts.candidates import office_columns
from app.catalogue.snapshot import Snapshot
from app.engine import ProcessDefinition, effects


def values(
    library: Snapshot, task: Any, target: ProcessDefinition, old: effects.TaskOpened | None, new: effects.TaskOpened
) -> dict[str, Any]:
    info = target.elements.get(new.element_id)
    form = None
    if new.form_id:
        form = library.reference("form", new.form_id, None, target.key if new.form_binding == "deployment" else None)
    office = office_columns(new.office)
    # A claim holds as long as the task is the same office's.
    claimed = task.assignee != (old.assignee if old is not None else None) and office["office_key"] == task.office_key
    return {
        "process_id": target.process_id,
        "process_name": target.name or target.process_id,
        "definition_key": target.key,
        "definition_version": target.version,
        "element_id": new.element_id,
        "name": new.name or new.element_id,
        "lane": new.lane or "",
        "form_id": new.form_id,
        "form_key": form.key if form else None,
        "clauses": " ".join(info.clauses) if info else "",
        "assignee": task.assignee if claimed else new.assignee,
        "candidate_groups": list(new.candidate_groups),
        "candidate_users": list(new.candidate_users),
        **office,
        "signing": new.signing.round if new.signing else None,
        "seat": new.signing.seat if new.signing else None,
        "visit": new.signing.visit if new.signing else None,
    }
