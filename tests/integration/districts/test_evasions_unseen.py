"""Nobody approves a process variable that was changed after their task had opened, unless they send back what they have seen. Source: modelling.md §6."""

from datetime import timedelta

import pytest
from flask import Flask

from app.errors import InvalidForm
from app.services import instances, repair, tasks
from tests.integration.districts.evading import begun, start


def test_a_change_that_was_altered_under_the_leader_s_eyes_is_not_confirmed_unseen(app: Flask) -> None:
    """FX-22-1: 0.9 million on the page, five million in the variable, and a client that sends only its own answers."""
    place, project = begun("fengxian")
    place.until(project, "start_trial")
    start(place, project, "change")
    place.do(place.task(project, "submit_change"), changeItems=[{"item": "扩容", "amount": 900_000}])
    line = place.task(project, "confirm_change")
    leader = place.performer(line)
    own = {name: value for name, value in place.filled(line).items() if name.startswith(("leader", "confirm"))}
    place.now += timedelta(minutes=5)
    altered = [{"item": "扩容", "amount": 5_000_000}]
    repair.set_variables(place.person("system_admin"), line.instance_key, {"changeItems": altered}, "更正", place.now)
    with pytest.raises(InvalidForm) as refused:
        tasks.complete(leader, line.key, own, place.now)
    assert [(one.path, one.code) for one in refused.value.problems] == [("changeItems", "CHANGED_MEANWHILE")]
    assert "重新打开此事项" in refused.value.problems[0].message
    seen = tasks.view(leader, line.key, place.now).data["changeItems"]
    assert [item["amount"] for item in seen] == [5_000_000]
    tasks.complete(leader, line.key, {**own, "changeItems": seen}, place.now)


def test_what_was_not_touched_need_not_be_sent_back(app: Flask) -> None:
    place, project = begun("fengxian")
    place.until(project, "start_trial")
    start(place, project, "change")
    place.do(place.task(project, "submit_change"), changeItems=[{"item": "扩容", "amount": 900_000}])
    line = place.task(project, "confirm_change")
    own = {name: value for name, value in place.filled(line).items() if name.startswith(("leader", "confirm"))}
    place.now += timedelta(minutes=5)
    tasks.complete(place.performer(line), line.key, own, place.now)


def test_what_no_page_shows_does_not_stand_in_the_way_for_ever(app: Flask) -> None:
    """FX-22-2: the route is worked out and approved by its parts; whoever reviews cannot send it back."""
    place, project = begun("fengxian")
    place.until(project, "start_trial")
    start(place, project, "change")
    place.do(place.task(project, "submit_change"), changeItems=[{"item": "扩容", "amount": 900_000}])
    place.do(place.task(project, "confirm_change"))
    line = place.task(project, "review_change")
    place.now += timedelta(minutes=5)
    known = instances.view(place.person("system_admin"), line.instance_key, place.now).variables
    (route,) = [one.value for one in known if one.name == "changeRoute"]
    repair.set_variables(place.person("system_admin"), line.instance_key, {"changeRoute": route}, "补录", place.now)
    place.do(line)
