"""What a task may be returned to, and what was last submitted at one that has been returned."""

from collections.abc import Mapping
from typing import Any

from app import engine
from app.catalogue import snapshot
from app.engine.returning import PROPERTY
from app.seen.shapes import ReturnChoice, ReturnItem
from app.store import history, tasks


def choices(row: Any) -> tuple[ReturnChoice, ...]:
    """The earlier tasks that the open task of ``row`` may be returned to now, the last done first. Nothing is read where its diagram allows none."""
    info = snapshot.process_definition(row.definition_key).elements.get(row.element_id)
    if info is None or PROPERTY not in info.properties:
        return ()
    root = history.root_state(row.root_key)
    state = engine.State.load(root.blob, snapshot.library(root.tenant, root.catalogue_version))
    try:
        found = engine.return_targets(state, row.element)
    except engine.NotOpen:  # closed between the two reads
        return ()
    keys = {int(local): key for local, key in root.keys.items()}
    done = tasks.completed_in(row.root_key, sorted({target.element_id for target in found})) if found else []
    places = {(one.instance_key, one.element_id): number for number, one in enumerate(done)}  # of the last completion
    told = []
    for target in found:
        place = keys[target.instance], target.element_id
        told.append((places.get(place, -1), _choice(target, [one for one in done if (one.instance_key, one.element_id) == place])))
    return tuple(choice for _, choice in sorted(told, key=lambda item: item[0], reverse=True))


def _choice(target: engine.ReturnTarget, done: list[Any]) -> ReturnChoice:
    """``done``: the completions of the task, in order."""
    last = {one.loop_counter: one for one in done}
    newest = done[-1] if done else None
    return ReturnChoice(
        element_id=target.element_id,
        name=target.name,
        person=newest.completed_name if newest else "",
        office=newest.completed_office if newest else "",
        at=newest.closed_at if newest else None,
        stepwise=target.stepwise,
        items=tuple(
            ReturnItem(
                place=place,
                person=last[place].completed_name if place in last else "",
                office=last[place].completed_office if place in last else "",
                at=last[place].closed_at if place in last else None,
            )
            for place in target.instances
        ),
    )


def last_answer(row: Any) -> Mapping[str, Any] | None:
    """What was last submitted at a task that has been returned to, by the same instance of it; None of any other task."""
    if row.returned_at is None:
        return None
    place = tasks.place_of(row.root_key, row.element)
    done = tasks.completed_in(row.root_key, [row.element_id])
    return next((one.answer for one in reversed(done) if one.instance_key == row.instance_key and one.loop_counter == place), None)
