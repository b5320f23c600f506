"""What a walk may be told beforehand, and what of it is refused in words."""

from typing import Any

import pytest

from app.errors import InvalidRequest
from app.playing import answers


def test_an_answer_is_one_for_always_or_a_list_of_one_for_each_time() -> None:
    read = answers.read(
        {"a": {"x": 1}, "b": [{"x": 1}, {}], "@start": [{"process": "sanction", "phase": "building", "with": {"y": 2}}], "@again": True}
    )
    assert dict(read.tasks) == {"a": [{"x": 1}], "b": [{"x": 1}, {}]}
    assert [(one.process, one.phase, dict(one.values)) for one in read.starts] == [("sanction", "building", {"y": 2})]
    assert read.again


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
    ],
)
def test_what_cannot_be_meant_is_refused(given: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        answers.read(given)
    assert refused.value.code == "ANSWERS"
