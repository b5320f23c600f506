"""``distinct = person``: nobody signs twice in a round, whoever they act for; said by every list and door with the reason, and held when two submits meet."""

import threading
from collections import Counter
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.permissions import SYSTEM, Actor
from app.errors import Forbidden
from app.services import accounts, inbox, people, returns, tasks, unattended
from app.store.tables import UserTaskRow, db
from tests.integration.services import declaring as t
from tests.integration.services import test_offices_of_tasks as o
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import statements
from tests.integration.services.test_races import at_once

SAID = "此事项同一人在一轮里只能办一次,您在本轮已经办过其中一份(包括代他人办理的),请由其他人员办理"


@pytest.fixture
def wes(cast: Cast) -> Actor:
    """Applies for both offices."""
    roles = [("applicant", "教育局"), ("applicant", "水利局")]
    (key,) = accounts.create_users(SYSTEM, [("wes", "魏双", "hill", roles)], o.HASH, NOW)
    return accounts.actor(key, NOW)


def begin(cast: Cast, *names: str, **more: str) -> int:
    o.deploy(distinct="person", **more)
    return o.ask(cast, *map(o.office, names or ("教育局", "水利局")))


def refused(actor: Actor, key: int) -> Forbidden:
    with pytest.raises(Forbidden) as found:
        tasks.complete(actor, key, {"verdict": "同意"}, NOW)
    return found.value


def test_a_person_of_both_offices_signs_for_one(cast: Cast, wes: Actor) -> None:
    begin(cast)
    assert sorted(o.signs(wes)) == ["教育局", "水利局"]
    tasks.complete(wes, o.key_of("教育局"), {"verdict": "同意"}, NOW)
    other = o.key_of("水利局")
    assert (o.signs(wes), inbox.counts(wes, NOW).todo) == ([], 0)
    assert (refused(wes, other).code, str(refused(wes, other))) == ("SIGNED_ALREADY", SAID)
    page = tasks.view(wes, other, NOW)
    assert (page.may.allowed, page.may.code, page.may.reason, page.returns) == (False, "SIGNED_ALREADY", SAID, ())
    with pytest.raises(Forbidden):
        tasks.claim(wes, other, NOW)
    assert o.signs(cast.bob) == ["水利局"]
    t.complete(cast.bob, "sign", verdict="同意")
    assert t.open_task(cast.lea, "end_task")


def test_nor_as_somebody_s_substitute(cast: Cast) -> None:
    begin(cast)
    t.complete(cast.alice, "sign", verdict="同意")
    accounts.substitute(SYSTEM, "bob", "alice", date(2026, 3, 1), date(2026, 3, 31), NOW)
    alice = accounts.actor(cast.alice.user, NOW)
    assert o.signs(alice) == []
    assert refused(alice, o.key_of("水利局")).code == "SIGNED_ALREADY"


def test_nor_first_as_substitute_and_then_for_their_own(cast: Cast) -> None:
    begin(cast)
    accounts.substitute(SYSTEM, "bob", "alice", date(2026, 3, 1), date(2026, 3, 31), NOW)
    alice = accounts.actor(cast.alice.user, NOW)
    tasks.complete(alice, o.key_of("水利局"), {"verdict": "同意"}, NOW)
    assert refused(accounts.actor(cast.alice.user, NOW), o.key_of("教育局")).code == "SIGNED_ALREADY"


def test_who_has_claimed_both_gives_the_other_back_by_signing_one(cast: Cast, wes: Actor) -> None:
    begin(cast)
    tasks.claim(wes, o.key_of("教育局"), NOW)
    tasks.claim(wes, o.key_of("水利局"), NOW)
    assert o.signs(cast.bob) == []
    tasks.complete(wes, o.key_of("教育局"), {"verdict": "同意"}, NOW)
    assert o.signs(cast.bob) == ["水利局"]


def test_where_nobody_is_left_the_administrator_sees_why(cast: Cast, wes: Actor) -> None:
    begin(cast)
    for name in ("alice", "bob"):
        people.disable(SYSTEM, name, "离职", NOW)
    tasks.complete(wes, o.key_of("教育局"), {"verdict": "同意"}, NOW)
    assert o.missing(cast) == {"水利局": ("同一人在一轮里只能办一次：能办的人在本轮都已办过（已办 1 人）",)}
    people.enable(SYSTEM, "bob", "返岗", NOW)
    assert (o.missing(cast), o.signs(cast.bob)) == ({}, ["水利局"])


def test_a_successor_takes_over_what_they_may_do_and_the_rest_goes_back(cast: Cast, wes: Actor) -> None:
    begin(cast)
    tasks.claim(cast.bob, o.key_of("水利局"), NOW)
    people.disable(SYSTEM, "bob", "调离", NOW, successor="alice")  # of another office
    assert (o.signs(cast.alice), sorted(o.signs(wes))) == (["教育局"], ["教育局", "水利局"])
    tasks.claim(wes, o.key_of("水利局"), NOW)
    ivy = o.hire("ivy", "艾维", "applicant", "水利局")
    people.disable(SYSTEM, "wes", "调离", NOW, successor="ivy")
    assert o.signs(ivy) == ["水利局"]
    with pytest.raises(Forbidden):
        tasks.complete(wes, o.key_of("水利局"), {"verdict": "同意"}, NOW)


def test_another_project_s_round_is_another(cast: Cast, wes: Actor) -> None:
    begin(cast)
    tasks.complete(wes, o.key_of("教育局"), {"verdict": "同意"}, NOW)
    t.complete(cast.bob, "sign", verdict="同意")
    o.ask(cast, o.office("教育局"), o.office("水利局"))
    assert sorted(o.signs(wes)) == ["教育局", "水利局"]


def test_one_who_is_returned_to_does_their_own_again(cast: Cast, wes: Actor) -> None:
    """The round goes on: one's own sign-off is no second one, another's still is."""
    begin(cast)
    tasks.complete(wes, o.key_of("水利局"), {"verdict": "同意"}, NOW)
    t.complete(cast.alice, "sign", verdict="同意")
    wish = returns.ReturnWish("sign", straight=False, reason="意见不明", due_on=date(2026, 3, 20))
    returns.give_back(cast.lea, t.open_task(cast.lea, "end_task"), wish, NOW)
    assert (o.signs(wes), o.signs(cast.alice)) == (["水利局"], ["教育局"])


def test_an_office_twice_in_a_list_takes_two_people(cast: Cast) -> None:
    begin(cast, "水利局", "水利局")
    t.complete(cast.bob, "sign", verdict="同意")
    assert o.signs(cast.bob) == []
    assert refused(cast.bob, o.key_of("水利局")).code == "SIGNED_ALREADY"


def test_without_it_one_person_signs_for_both(cast: Cast, wes: Actor) -> None:
    o.deploy()
    o.ask(cast, o.office("教育局"), o.office("水利局"))
    t.complete(wes, "sign", verdict="同意")
    t.complete(wes, "sign", verdict="同意")
    assert t.open_task(cast.lea, "end_task")


def test_two_submits_of_one_person_at_once_are_one_signature(cast: Cast, wes: Actor, app: Flask) -> None:
    o.deploy(distinct="person")
    outcomes: Counter[str] = Counter()
    lock = threading.Lock()
    for _ in range(6):
        o.ask(cast, o.office("教育局"), o.office("水利局"))
        keys = [o.key_of("教育局"), o.key_of("水利局")]
        db.session.rollback()

        def sign(key: int) -> None:
            try:
                tasks.complete(wes, key, {"verdict": "同意"}, NOW)
                said = "signed"
            except Forbidden as error:
                said = str(error.code)
            with lock:
                outcomes[said] += 1

        at_once(app, *(lambda key=key: sign(key) for key in keys))  # type: ignore[misc]
        query = select(UserTaskRow.completed_by).where(UserTaskRow.key.in_(keys), UserTaskRow.state == "completed")
        assert db.session.execute(query).scalars().all() == [wes.user]
        left = next(key for key in keys if db.session.get(UserTaskRow, key).state == "open")  # type: ignore[union-attr]
        helper = cast.alice if db.session.get(UserTaskRow, left).office == "教育局" else cast.bob  # type: ignore[union-attr]
        tasks.complete(helper, left, {"verdict": "同意"}, NOW)
    assert outcomes == {"signed": 6, "SIGNED_ALREADY": 6}


def test_only_such_a_task_pays_for_the_question(cast: Cast, wes: Actor) -> None:
    counted = []
    for more in ({}, {"distinct": "person"}):
        o.deploy(**more)
        o.ask(cast, o.office("教育局"), o.office("水利局"))
        t.complete(cast.alice, "sign", verdict="同意")  # the new models are read with it
        key = o.key_of("水利局")
        with statements() as made:
            tasks.complete(cast.bob, key, {"verdict": "同意"}, NOW)
        counted.append(len(made))
    assert counted[1] - counted[0] == 2  # who has signed; claims given back
    assert unattended.listing(cast.root, NOW).items == []


def test_the_administrator_is_told_that_all_have_signed_and_that_nobody_is_left(cast: Cast, wes: Actor) -> None:
    begin(cast)
    tasks.complete(wes, o.key_of("教育局"), {"verdict": "同意"}, NOW)
    people.disable(SYSTEM, "bob", "调离", NOW)
    signed = "同一人在一轮里只能办一次：能办的人在本轮都已办过（已办 1 人）"
    assert o.missing(cast) == {"水利局": (signed,)}
    people.disable(SYSTEM, "wes", "调离", NOW)
    assert o.missing(cast) == {"水利局": (signed, "水利局没有人担任“申报单位”")}
