"""A task may be one person's, who was chosen: whoever else holds the role may not do it; chosen anew, the other does. Source: ADR 43, FX-4-3."""

from typing import Any

import pytest

from app.domain.permissions import SYSTEM
from app.engine import DiagramError, read
from app.errors import Forbidden
from app.playing import player
from app.services import accounts, people, repair, tasks
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

ASK = t.form("ask", {"chosen": {}})


def begin(cast: Cast, given: Any) -> int:
    """The key of the task, which is for ``given``."""
    body = (
        d.start(),
        t.task("ask", "applicant", form="ask"),
        t.task("sign", "finance", person="=chosen"),
        d.end("end"),
        d.chain("start", "ask", "sign", "end"),
    )
    t.deploy(ASK, t.diagram(*body))
    t.begin(cast.alice)
    t.complete(cast.alice, "ask", chosen=given)
    return t.open_task(cast.fred, "sign")


def chosen(actor: Any) -> dict[str, str]:
    return {"key": str(actor.user), "name": actor.name}


def test_who_holds_the_role_as_well_may_neither_do_it_nor_take_it(cast: Cast) -> None:
    task = begin(cast, chosen(cast.fred))
    people.change_roles(SYSTEM, cast.dora.username, "兼职", NOW, add=[("finance", cast.fred.memberships[0].office_name)])
    dora = accounts.actor(cast.dora.user, NOW)
    for act in (lambda: tasks.complete(dora, task, {}, NOW), lambda: tasks.claim(dora, task, NOW)):
        with pytest.raises(Forbidden, match=f"由{cast.fred.name}本人办理") as refused:
            act()
        assert refused.value.code == "NAMED_OTHER"
    found = player.performer(task, NOW)
    assert found is not None
    assert found.user == cast.fred.user
    repair.set_variables(cast.root, tasks.line(SYSTEM, task, NOW).instance_key, {"chosen": chosen(dora)}, "换人", NOW)
    with pytest.raises(Forbidden):
        tasks.complete(cast.fred, task, {}, NOW)
    tasks.complete(dora, task, {}, NOW)


@pytest.mark.parametrize(("given", "allowed"), [(None, True), ("甲", False), ({"key": "甲", "name": "甲"}, False)])
def test_nobody_named_is_everybody_and_what_is_no_person_is_nobody(cast: Cast, given: Any, allowed: bool) -> None:
    task = begin(cast, given)
    assert bool(player.performer(task, NOW)) is allowed


def test_a_person_is_not_written_into_a_diagram() -> None:
    body = (d.start(), t.task("sign", "applicant", person="张明"), d.end("end"), d.chain("start", "sign", "end"))
    with pytest.raises(DiagramError, match="属性 person 不能写死人员"):
        read(d.file(d.process(*body)), "x.bpmn")
