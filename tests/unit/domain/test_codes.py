"""The words of the domain: what stands in rows, macs and answers of years ago never becomes another word."""

import re
from pathlib import Path

import pytest

from app.codes import Code
from app.domain import states
from app.domain.codes import Action, CalendarCode, DeadlineCode, DocumentCode, FormCode, VerdictCode
from app.domain.fact_sources import FORMS, IMPORT, OF_ELEMENTS
from app.domain.facts import RightKind

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "codes.md").read_text("utf-8")
# An entry's word is in its mac. A new one is added here; one that stands here is never changed.
ACTIONS = """
process.start task.complete approval.lapse task.claim task.release task.return task.hand_over timer.fire tree.recount due.serve
message.publish signal.publish message.receive signal.receive job.complete job.fail job.error incident.resolve instance.set_variables
instance.modify instance.migrate instance.suspend instance.resume project.ended
document.put document.replace document.erase document.print document.sweep document.read project.package systems.import project.confirm instance.cancel
register.export calendar.import models.deploy models.refuse user.create
user.enable user.disable user.password user.roles user.substitute user.token organisation.create organisation.open organisation.close
"""


def test_actions_of_the_trail_are_what_they_were() -> None:
    assert [action.value for action in Action] == ACTIONS.split()
    for action in Action:
        assert action.name == action.value.upper().replace(".", "_")


@pytest.mark.parametrize("codes", [VerdictCode, FormCode, DocumentCode, CalendarCode, DeadlineCode], ids=lambda codes: codes.__name__)
def test_a_code_is_its_own_name(codes: type[Code]) -> None:
    for code in codes:
        assert code.value == code.name


@pytest.mark.parametrize(
    "codes", [Action, VerdictCode, FormCode, DocumentCode, CalendarCode, DeadlineCode], ids=lambda codes: codes.__name__
)
def test_every_code_stands_on_the_page_with_its_meaning(codes: type[Code]) -> None:
    listed = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE, re.MULTILINE))
    for code in codes:
        assert listed[code] == code.meaning


def test_states_are_the_words_that_rows_hold() -> None:
    words = {
        states.InstanceState: "active completed cancelled",
        states.ElementState: "active completed terminated",
        states.TaskState: "open completed cancelled",
        states.JobState: "open completed cancelled failed error",
        states.WaitKind: "timer message signal due recount ending obligation",
        states.MessageKind: "message signal",
        states.MessageState: "open closed",
        states.DefinitionKind: "process decision form scenario library template",
        states.DeploymentSource: "files upload cli",
        RightKind: "form start set import connector phase migrated confirmed ended",
    }
    for kind, listed in words.items():
        assert {word.name: word.value for word in kind} == {word.upper(): word for word in listed.split()}
    assert states.SUSPENDED == "suspended"


def test_a_fact_comes_from_one_of_seven_kinds_of_sources() -> None:
    assert FORMS == {
        "decision": "decision:决策标识", "record": "record:登记簿", "approval": "approval:流程.任务", "path": "path:流程.元素", "message": "message:消息名",
        "job": "job:作业类型", "import": "import",
    }  # fmt: skip
    assert {"approval", "path"} == OF_ELEMENTS
    assert IMPORT == "import"
