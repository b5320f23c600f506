"""Which projects and trees an office, or a person, has a part in, as the database finds them; and every task of a project in one statement."""

import pytest

from app.store import parts
from app.store.tables import db
from tests.integration.store.life import Life, Values


@pytest.fixture
def tree(life: Life) -> Values:
    return life.tree(project_key=life.project("甲")["key"])


def keys(query: object) -> set[int]:
    return set(db.session.execute(query).scalars())  # type: ignore[call-overload]


def test_an_office_has_a_part_by_what_it_has_done_and_what_it_has_to_do(life: Life, tree: Values) -> None:
    other, third = (life.tree(project_key=life.project(name)["key"]) for name in ("乙", "丙"))
    dora = life.person("dora")
    life.task(tree, 1, state="completed", completed_office="网信办")
    waiting = life.task(other, 1)
    life.candidate(waiting, "finance", 3)
    life.task(third, 1, state="completed", completed_by=dora)
    life.task(life.tree(), 1, state="completed", completed_office="网信办")  # of no project

    def projects(*offices: str, pairs: tuple[tuple[str, int], ...] = (), person: int = 0, tenant: str = "hill") -> set[int]:
        return keys(parts.projects_of(tenant, offices, pairs, "dora", person=person))

    assert projects("网信办") == {tree["project_key"]}
    assert projects("网信办", tenant="valley") == projects("") == projects() == set()
    assert projects(pairs=(("finance", 3),)) == {other["project_key"]}
    assert projects(pairs=(("finance", 0),)) == set()
    assert projects(person=dora) == {third["project_key"]}
    assert keys(parts.roots_of("hill", ("网信办",), (("finance", 3),), "dora")) == {tree["key"], other["key"]}
    by_name = life.task(third, 2)
    life.candidate(by_name, username="dora")
    assert projects(pairs=(("nothing", 1),)) == {third["project_key"]}
    assert projects() == set(), "without a post nobody has a part"


def test_every_task_of_a_project_comes_with_its_visit(life: Life, tree: Values) -> None:
    life.element(tree, 1, type="multiInstanceBody")
    life.element(tree, 2, type="userTask", scope=1, loop_counter=1)
    life.element(tree, 3, type="endEvent")
    task = life.task(tree, 2)
    life.element(life.tree(), 1, type="userTask")
    rows = parts.of_project(tree["project_key"])
    assert [(row.element, row.key, row.scope, row.loop_counter) for row in rows] == [(1, None, 0, None), (2, task["key"], 1, 1)]
