"""What a task's form opens with: what it shows of everything, what it keeps of the task's own, and nothing that an approval hangs on."""

import json
from typing import Any

from app.domain.forms import Form
from app.engine import ElementInfo
from app.seen.opening import opened

FORM = Form.parse(
    json.dumps(
        {
            "id": "f",
            "title": "表",
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "opinion": {"type": "string"},
                    "note": {"type": "string", "x-keep": True},
                    "reviewer": {"type": "string", "x-readonly-from": True},
                },
            },
        }
    ).encode()
)
SEEN: dict[str, Any] = {"opinion": "同意", "note": "别方的", "reviewer": "财政局", "other": 1}


def task(**properties: str) -> ElementInfo:
    return ElementInfo(id="give_opinion", type="userTask", name="出具意见", properties=properties)


def test_one_of_several_keeps_nothing_of_another() -> None:
    assert opened(FORM, SEEN, {}, task()) == {"reviewer": "财政局"}
    assert opened(FORM, SEEN, {"note": "自己的"}, task()) == {"reviewer": "财政局", "note": "自己的"}


def test_a_single_one_keeps_what_it_sees() -> None:
    assert opened(FORM, SEEN, SEEN, task()) == {"reviewer": "财政局", "note": "别方的"}


def test_what_an_approval_hangs_on_is_said_anew_on_a_returned_task() -> None:
    last = {"opinion": "同意", "note": "上次的"}
    assert opened(FORM, SEEN, SEEN, task(), last) == {"reviewer": "财政局", "opinion": "同意", "note": "上次的"}
    approving = task(approves="totalAmount", approvesWhen='=opinion = "同意"')
    assert opened(FORM, SEEN, SEEN, approving, last) == {"reviewer": "财政局", "note": "上次的"}
    assert opened(FORM, SEEN, SEEN, task(approvesWhen="=opinion ="), last)["opinion"] == "同意", "what cannot be read is told elsewhere"


def test_without_a_form_everything_is_seen() -> None:
    assert opened(None, SEEN, {}, None) == SEEN
