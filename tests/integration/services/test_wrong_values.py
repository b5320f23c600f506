"""What a model or a value does wrong ends as an incident or a refusal in words, on either database: never as an error of the program."""

import random

import pytest

from app.domain.permissions import SYSTEM
from app.errors import InvalidRequest
from app.services import inbox, instances, messages, models, tasks
from app.store.tables import WaitRow
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_races import FINANCE, count
from tests.unit.engine import diagrams as d


def deploy(*body: str, roots: str = "") -> None:
    models.deploy(SYSTEM, [("bpmn/hill/p.bpmn", d.file(roots, d.process(*body)))], NOW, source="cli")


def test_a_vote_with_a_variable_named_like_its_collection(cast: Cast) -> None:
    vote = d.user("vote", FINANCE, d.loop("=[1, 2, 3]", "n", "opinions", "=verdict"))
    deploy(d.start(), vote, d.user("read", FINANCE), d.end(), d.chain("start", "vote", "read", "end"))
    key = instances.create(cast.root, "p", {}, NOW).key
    for number, spoiled in enumerate((5, None, ["x"])):
        task = next(line.key for line in inbox.todo(cast.fred, NOW).items if line.element_id == "vote")
        tasks.complete(cast.fred, task, {"verdict": number, "opinions": spoiled, "loopCounter": spoiled}, NOW)
    (read,) = inbox.todo(cast.fred, NOW).items
    assert read.element_id == "read"
    assert [item.value for item in instances.view(cast.root, key, NOW).variables if (item.scope, item.name) == ("", "opinions")] == [
        [0, 1, 2]
    ]


@pytest.mark.parametrize("key", ["很长" * 300, "a\0b", [1], None, True])
def test_a_correlation_key_that_cannot_be_one_is_an_incident(cast: Cast, key: object) -> None:
    deploy(
        d.start(),
        d.catch("c", d.on_message("m")),
        d.end(),
        d.chain("start", "c", "end"),
        roots=d.message("m", "told", "=if flat then key else key[1]"),
    )
    try:
        line = instances.create(cast.root, "p", {"key": key, "flat": not isinstance(key, list)}, NOW)
    except InvalidRequest:
        assert key == "a\0b"  # such a text is no variable at all
        return
    assert (line.incidents, count(WaitRow.name == "told")) == ((1, 0) if key != [1] else (0, 1))


def test_the_longest_names_and_keys_fit_into_the_index(cast: Cast) -> None:
    chance = random.Random(1)  # nothing that could be packed
    name, key = ("".join(chr(chance.randrange(0x20000, 0x2A000)) for _ in range(most)) for most in (200, 400))
    deploy(d.start(), d.catch("c", d.on_message("m")), d.end(), d.chain("start", "c", "end"), roots=d.message("m", name, "=key"))
    line = instances.create(cast.root, "p", {"key": key}, NOW)
    assert line.incidents == 0
    messages.publish(cast.root, name, key, {}, NOW, tenant="hill")
    assert instances.view(cast.root, line.key, NOW).line.state == "completed"
    with pytest.raises(InvalidRequest, match="400"):
        messages.publish(cast.root, name, key + "x", {}, NOW, tenant="hill")


def test_a_task_for_nobody_is_open_and_no_incident(cast: Cast) -> None:
    deploy(
        d.start(),
        d.user("t", "<zeebe:assignmentDefinition candidateGroups='=missing.role' assignee='=&quot; &quot;'/>"),
        d.end(),
        d.chain("start", "t", "end"),
    )
    line = instances.create(cast.root, "p", {}, NOW)
    assert line.incidents == 0
    assert "t" in {token.element_id for token in instances.view(cast.root, line.key, NOW).tokens}
