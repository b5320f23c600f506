"""Playing a role: what nobody answered is assumed from the form, and said."""

from decimal import Decimal

from app.domain.forms import Form
from app.domain.permissions import SYSTEM
from app.playing import player
from app.services import inbox, projects, tasks
from app.store.types import dumps
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import reviewed


def form(properties: dict[str, object], required: list[str], **more: object) -> Form:
    schema = {"type": "object", "additionalProperties": False, "properties": properties, "required": required, **more}
    return Form.parse(dumps({"id": "f", "title": "表", "schema": schema}).encode())


def fill(
    made: Form, seen: dict[str, object] | None = None, facts: dict[str, object] | None = None, answers: dict[str, object] | None = None
) -> player.Filled:
    return player.fill(made, seen or {}, facts or {}, answers or {}, NOW, "hill")


def test_each_value_comes_from_the_first_that_has_one(cast: Cast) -> None:
    text = {"type": "string", "examples": ["例"]}
    made = form(
        {
            "a": text,
            "b": text,
            "c": text,
            "d": {"type": "string", "default": "默认", "examples": ["例"]},
            "e": text,
            "f": {"enum": ["甲", "乙"]},
        },
        ["f"],
    )
    filled = fill(made, {"a": "见", "b": "见", "c": "见"}, {"a": "案", "b": "案"}, {"a": "答"})
    assert filled.values == {"a": "答", "b": "案", "c": "见", "d": "默认", "e": "例", "f": "甲"}
    assert filled.assumed == ("d", "e", "f")


def test_an_example_may_be_feel_over_what_the_task_sees(cast: Cast) -> None:
    made = form(
        {
            "on": {"type": "string", "format": "date", "examples": ["=string(today())"]},
            "double": {"type": "number", "x-format": "money", "examples": ["=amount * 2"]},
            "odd": {"type": "string", "examples": ["=1 +"]},
            "gone": {"type": "number", "examples": ["=nothing + 1"]},
        },
        ["on"],
    )
    assert fill(made, {"amount": Decimal("2.50")}).values == {"on": "2026-03-10", "double": Decimal("5.00")}


def test_required_fields_without_any_hint_get_the_types_own(cast: Cast) -> None:
    made = form(
        {
            "n": {"type": "number", "minimum": 3},
            "b": {"type": "boolean"},
            "items": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
            },
            "optional": {"type": "string"},
        },
        ["n", "b", "items"],
    )
    filled = fill(made)
    assert made.validate(filled.values) == []
    assert "optional" not in filled.values


def test_what_a_condition_asks_for_is_filled_in_too(cast: Cast) -> None:
    made = form(
        {"agree": {"enum": ["同意", "退回"], "examples": ["退回"]}, "why": {"type": "string", "minLength": 1}},
        ["agree"],
        **{"if": {"properties": {"agree": {"const": "退回"}}}, "then": {"required": ["why"]}},
    )
    filled = fill(made)
    assert made.validate(filled.values) == []
    assert filled.assumed == ("agree", "why")


def test_a_variable_that_the_field_cannot_take_is_not_forced_on_it(cast: Cast) -> None:
    made = form({"verdict": {"enum": ["同意", "不同意"], "examples": ["同意"]}, "note": {"type": "string"}}, ["verdict"])
    assert fill(made, {"verdict": "通过", "note": ["x"]}).values == {"verdict": "同意"}


def test_an_explicit_answer_is_sent_as_it_is_even_if_it_is_wrong(cast: Cast) -> None:
    made = form({"a": {"type": "string"}}, [])
    assert fill(made, answers={"a": 5, "typename": "x"}).values == {"a": "5", "typename": "x"}
    assert fill(None, answers={"len": 1}).values == {"len": 1}


def test_an_account_that_may_do_the_task_is_found(cast: Cast) -> None:
    review = reviewed(cast)
    assert player.performer(review, NOW) == cast.fred
    project, task = projects.start(cast.bob, "permit", "水利平台", NOW)
    assert player.performer(task, NOW) == cast.bob
    assert player.performer(1, NOW) is None
    assert player.holder("hill", "applicant", NOW, office="水利局") == cast.bob
    assert player.holder("hill", "applicant", NOW, project=project) == cast.bob
    assert player.holder("hill", "applicant", NOW, office="没有") == cast.alice
    assert player.holder("hill", "implementer", NOW) is None
    found, seen = tasks.inputs(SYSTEM, review, NOW)
    filled = player.fill(found, seen, {}, {}, NOW, "hill")
    tasks.complete(cast.fred, review, filled.values, NOW)
    assert inbox.todo(cast.fred, NOW).items == []


def test_a_person_is_chosen_from_the_register(cast: Cast) -> None:
    made = form({"leader": {"type": "object", "x-format": "person", "examples": [{"key": "1", "name": "谁"}]}}, ["leader"])
    chosen = fill(made).values["leader"]
    assert set(chosen) == {"key", "name"}
    assert chosen["name"] != "谁"
