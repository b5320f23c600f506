"""Where an instance stands on its diagram: how often each element was visited, and what is late, which the register and the dues decide."""

from datetime import datetime, timedelta

from sqlalchemy import update

from app.seen.shapes import DiagramView
from app.services import inbox, instances, projects, repair, tasks, timers
from app.services.repair import Activate
from app.store.tables import UserTaskRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_deadlines import DUE, reviews
from tests.integration.services.test_repair import HOUR, begin, complete, deploy, each, number, task
from tests.unit.engine.diagrams import boundary, chain, end, exclusive, flow, node, parallel, script, service, start, subprocess, timer


def headers(**given: str) -> str:
    """Of a service task."""
    parts = [f'<zeebe:header key="{key}" value="{value}"/>' for key, value in given.items()]
    return f"<zeebe:taskHeaders>{''.join(parts)}</zeebe:taskHeaders>"


LATE = service("register", "mark_overdue", headers(event="own"))
AN_HOUR = timer("Duration", "PT1H")


def late(cast: Cast, key: int, now: datetime = NOW) -> dict[str, tuple[int | None, str]]:
    return {view.element_id: (view.days_left, view.deadline) for view in drawn(cast, key, now).late}


def drawn(cast: Cast, key: int, now: datetime = NOW) -> DiagramView:
    return instances.view(cast.root, key, now).diagram


def test_a_task_is_late_on_the_diagram_from_the_instant_it_is_late_in_the_inbox(cast: Cast) -> None:
    (project,) = reviews(cast, 1)
    instance = projects.view(cast.dora, project, NOW).instances[0].key
    for now, expected in (
        (DUE - timedelta(microseconds=1), {}),
        (DUE, {"review": (-1, "")}),
        (DUE + timedelta(days=2), {"review": (-3, "")}),
    ):
        (line,) = inbox.todo(cast.fred, now).items
        assert line.overdue == bool(expected)
        assert late(cast, instance, now) == expected
        assert tasks.view(cast.fred, line.key, now).diagram == drawn(cast, instance, now)
    timers.fire_due(DUE)
    tasks.complete(cast.fred, line.key, {"verdict": "同意"}, DUE)
    assert late(cast, instance, DUE) == {}, "what is done is late no more, however late it was"


def test_what_has_no_due_is_late_when_the_lapse_is_registered_however_long_the_way_there(cast: Cast) -> None:
    steps = [f"step{n}" for n in range(7)]
    deploy(
        start(),
        subprocess("work", start("s"), task("a"), end("e"), chain("s", "a", "e")),
        boundary("limit", "work", AN_HOUR, False),
        *(script(step, "=1", "x") for step in steps),
        subprocess("tell", start("t"), LATE, end("told"), chain("t", "register", "told")),
        end(),
        chain("start", "work", "end"),
        chain("limit", *steps, "tell"),
    )
    key = begin(cast).key
    assert late(cast, key, NOW + HOUR) == {}, "nobody has registered it yet"
    assert timers.fire_due(NOW + HOUR) == 1
    assert late(cast, key, NOW + HOUR) == {"work": (None, "")}
    complete(cast, "a", key)
    assert late(cast, key, NOW + HOUR) == {}


def test_a_reminder_is_no_lapse(cast: Cast) -> None:
    """Both go out from one timer; only the one that registers makes late."""
    deploy(
        start(),
        task("a"),
        boundary("limit", "a", timer("Cycle", "R2/PT1H"), False),
        exclusive("kind", "remind_flow"),
        service("remind", "notify", headers(to="finance", title="请办理")),
        LATE,
        end(),
        chain("start", "a", "end"),
        chain("limit", "kind"),
        flow("kind", "remind", id="remind_flow"),
        flow("kind", "register", "=strict"),
    )
    lenient, strict = begin(cast, {"strict": False}).key, begin(cast, {"strict": True}).key
    assert timers.fire_due(NOW + HOUR) == 2
    assert late(cast, lenient) == {}
    assert set(late(cast, strict)) == {"a"}
    repair.set_variables(cast.root, strict, {"strict": False}, "只提醒", NOW)
    assert timers.fire_due(NOW + 2 * HOUR) == 2
    assert set(late(cast, strict)) == {"a"}, "a reminder afterwards takes no lapse back"
    repair.modify(cast.root, strict, "重新办理", NOW + 2 * HOUR, terminate=[number(cast, strict, "a")], activate=[Activate("a")])
    assert timers.fire_due(NOW + 3 * HOUR) == 1
    assert late(cast, strict) == {}, "the task that came anew has been reminded of, no more"


def test_a_lapse_is_the_task_s_at_whose_edge_it_was_and_named_after_the_deadline_that_passed(cast: Cast) -> None:
    edge = {"attachedToRef": "b", "cancelActivity": "false"}
    deploy(
        start(),
        parallel("fork"),
        task("a"),
        task("b"),
        boundary("nudge", "a", AN_HOUR, False),
        node("boundaryEvent", "hard", AN_HOUR, name="最后期限", **edge),
        node("boundaryEvent", "soft", timer("Duration", "PT2H"), name="第一期限", **edge),
        service("remind", "notify", headers(to="finance", title="请办理")),
        LATE,
        end(),
        chain("start", "fork", "a", "end"),
        chain("fork", "b", "end"),
        chain("nudge", "remind"),
        chain("soft", "register"),
        chain("hard", "register"),
    )
    key = begin(cast).key
    assert timers.fire_due(NOW + HOUR) == 2
    assert late(cast, key) == {"b": (None, "最后期限")}
    assert timers.fire_due(NOW + 2 * HOUR) == 1
    repair.modify(cast.root, key, "重新办理", NOW + 2 * HOUR, terminate=[number(cast, key, "b")], activate=[Activate("b")])
    assert timers.fire_due(NOW + 3 * HOUR) == 1
    assert late(cast, key) == {"b": (None, "最后期限")}, "what lapsed before it came anew is not named"


def test_whoever_comes_again_after_a_lapse_begins_anew(cast: Cast) -> None:
    deploy(
        start(),
        exclusive("again"),
        task("a"),
        boundary("limit", "a", AN_HOUR, True),
        LATE,
        end(),
        chain("start", "again", "a", "end"),
        chain("limit", "register", "again"),
    )
    key = begin(cast).key
    assert timers.fire_due(NOW + HOUR) == 1
    assert drawn(cast, key).current == {"a": 1}
    assert late(cast, key) == {}


def test_a_task_that_is_sent_back_is_not_late_for_what_lapsed_before(cast: Cast) -> None:
    deploy(start(), task("a"), boundary("limit", "a", AN_HOUR, False), LATE, end(), chain("start", "a", "end"), chain("limit", "register"))
    key = begin(cast).key
    assert timers.fire_due(NOW + HOUR) == 1
    assert set(late(cast, key)) == {"a"}
    repair.modify(cast.root, key, "重新办理", NOW, terminate=[number(cast, key, "a")], activate=[Activate("a")])
    assert late(cast, key) == {}


def test_a_deadline_that_was_counted_anew_and_lies_ahead_has_not_lapsed(cast: Cast) -> None:
    (project,) = reviews(cast, 1)
    instance = projects.view(cast.dora, project, NOW).instances[0].key
    assert timers.fire_due(DUE) == 1
    assert set(late(cast, instance, DUE)) == {"review"}
    db.session.execute(update(UserTaskRow).where(UserTaskRow.element_id == "review").values(due_at=DUE + timedelta(days=1)))
    db.session.commit()
    assert late(cast, instance, DUE) == {}


def test_other_registers_and_other_trees_make_nothing_late(cast: Cast) -> None:
    deploy(start(), task("a"), boundary("limit", "a", AN_HOUR, False), LATE, end(), chain("start", "a", "end"), chain("limit", "register"))
    first = begin(cast).key
    assert timers.fire_due(NOW + HOUR) == 1
    second = begin(cast).key
    assert (set(late(cast, first)), set(late(cast, second))) == ({"a"}, set())


def test_every_visit_is_counted_and_a_multi_instance_by_its_instances(cast: Cast) -> None:
    deploy(*each(sequential=False))
    key = begin(cast).key
    complete(cast, "first", key)
    assert drawn(cast, key).current == {"sp": 3, "u": 3}
    complete(cast, "u", key)
    view = drawn(cast, key)
    assert (view.current, view.completed["u"]) == ({"sp": 3, "u": 2, "v": 1}, 1)
