"""What an element prints, seen from the engine: the template's values and nothing besides, asked when nothing else can fail; a place of its own for each round and
each of a loop."""

from typing import Any

import pytest

from app import printing
from app.engine import PrintAsked, effects
from tests.unit.engine.diagrams import chain, end, loop, node, start, user
from tests.unit.engine.test_effecting import Project, lib, says
from tests.unit.printing.test_templates import word

SHEET = printing.read("sheet", ".docx", word("{{name}}", rows=(("{{rows.序号}}", "{{rows.text}}"),)))


class Printing(Project):
    """Answers with a version for every other digest at a place."""

    def __init__(self, library: Any, **more: Any) -> None:
        self.asked: list[PrintAsked] = []
        library.templates = {"sheet": SHEET}
        super().__init__(library, **more)

    def _look_up(self, question: object) -> Any:
        if not isinstance(question, PrintAsked):
            return super()._look_up(question)
        self.asked.append(question)
        version = len({one.digest for one in self.asked if one.place == question.place})
        return {"key": str(len(self.asked)), "name": "表.docx", "sha256": f"{version:064d}", "version": version}

    @property
    def values(self) -> list[dict[str, Any]]:
        return [dict(one.values) for one in self.asked]


def milestone(id: str = "agreed") -> str:
    return node("intermediateThrowEvent", id, "", says(document="sheet"))


def test_an_event_prints_what_is_seen_there_and_no_more() -> None:
    run = Printing(lib(start(), user("write"), milestone(), user("sign"), end(), chain("start", "write", "agreed", "sign", "end")))
    assert run.asked == []
    run.complete("write", {"name": "甲", "rows": [{"text": "一", "secret": 1}], "other": 2})
    assert run.values == [{"name": "甲", "rows": [{"text": "一"}]}]
    assert run.current.visible(run.task("sign"))["sheet"]["version"] == 1
    assert [effect.template for effect in run.of(effects.DocumentPrinted)] == ["sheet"]


def test_a_task_prints_when_it_opens() -> None:
    run = Printing(lib(start(), user("write"), user("sign", says(document="sheet")), end(), chain("start", "write", "sign", "end")))
    run.complete("write", {"name": "甲"})
    assert (run.values, run.current.visible(run.task("sign"))["sheet"]["version"]) == ([{"name": "甲", "rows": None}], 1)


def test_each_of_a_loop_has_a_place_of_its_own_and_leaves_nothing_outside() -> None:
    each = user("sign", says(document="sheet"), loop("=[1, 2]", "name"))
    run = Printing(lib(start(), each, user("after"), end(), chain("start", "sign", "after", "end")))
    assert [one["name"] for one in run.values] == [1, 2]
    assert len({one.place for one in run.asked}) == 2
    run.complete("sign")
    run.complete("sign")
    assert "sheet" not in run.current.visible(run.task("after"))


@pytest.mark.parametrize("task", [True, False])
def test_without_its_template_it_stands_still_until_there_is_one(task: bool) -> None:
    printing_one = user("sign", says(document="sheet")) if task else milestone("sign")
    run = Printing(lib(start(), user("write"), printing_one, user("after"), end(), chain("start", "write", "sign", "after", "end")))
    run.library.templates = {}
    run.complete("write", {"name": "甲"})
    assert "sheet" in run.why
    assert run.troubles == [("sign", "DOCUMENT_ERROR")]
    run.library.templates = {"sheet": SHEET}
    run.resolve("sign")
    assert (len(run.asked), run.troubles) == (1, [])
