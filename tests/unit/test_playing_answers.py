"""What a walk may be told beforehand, and what of it is refused in words."""

from typing import Any

import pytest

from app.errors import InvalidRequest
from app.playing import answers, case_files


def test_an_answer_is_one_for_always_or_a_list_of_one_for_each_time() -> None:
    read = answers.read(
        {"a": {"x": 1}, "b": [{"x": 1}, {}], "@start": [{"process": "sanction", "phase": "building", "with": {"y": 2}}], "@again": True}
    )
    assert dict(read.tasks) == {"a": [{"x": 1}], "b": [{"x": 1}, {}]}
    assert [(one.process, one.phase, dict(one.values)) for one in read.starts] == [("sanction", "building", {"y": 2})]
    assert read.again


def test_a_start_may_wait_for_a_task_and_the_project_may_differ() -> None:
    read = answers.read({"@start": [{"process": "payment", "after": "decide"}], "@project": {"classified": True, "fundSource": None}})
    assert [(one.process, one.phase, one.after) for one in read.starts] == [("payment", "", "decide")]
    assert read.project == {"classified": True, "fundSource": None}


def test_what_differs_in_the_case_is_checked_like_the_case_itself() -> None:
    known = '{"project": {"name": "平台", "totalAmount": 100, "fundSource": {"财政资金": 100}}}'.encode()
    assert case_files.read(known, {"kind": "maintenance", "fundSource": None}).facts["kind"] == "maintenance"
    assert "fundItems" not in case_files.read(known, {"fundSource": None}).facts
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"totalAmount": None}, "totalAmount"),
        ({"totalAmount": 99}, "fundSource"),
        ({"kind": "hovercraft"}, "kind"),
        ({"colour": "red"}, "colour"),
    ]
    for otherwise, key in wrong:
        with pytest.raises(InvalidRequest, match=key) as refused:
            case_files.read(known, otherwise)
        assert refused.value.code == "CASE"


@pytest.mark.parametrize(
    "given",
    [
        [],
        {"a": 1},
        {"a": []},
        {"a": [1]},
        {"@again": 1},
        {"@start": {}},
        {"@start": [1]},
        {"@start": [{}]},
        {"@start": [{"process": "p", "when": 1}]},
        {"@start": [{"process": "p", "after": 1}]},
        {"@project": []},
    ],
)
def test_what_cannot_be_meant_is_refused(given: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        answers.read(given)
    assert refused.value.code == "ANSWERS"
