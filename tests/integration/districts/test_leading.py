"""Why a task came to somebody: the step before it on its own branch, whoever was at work elsewhere in the meantime."""

from datetime import timedelta

from flask import Flask

from app.services import tasks
from app.services.returns import ReturnWish, give_back
from tests.integration.districts.play import District, at


def why(place: District, project: int, element: str) -> str:
    line = place.open(project, element)[0]
    return tasks.view(place.performer(line), line.key, place.now).why.split("。")[0]


def test_of_parallel_branches_each_task_is_told_its_own_way(app: Flask) -> None:
    place = District("sucheng", at("2026-09-01"))
    place.announce()
    project = place.declare("数字档案馆建设")
    place.until(project, "give_joint_opinion")
    before = why(place, project, "give_joint_opinion")
    assert before.startswith("“提交审核申报”由")
    assert before.endswith("经“确定联审单位”转到此处")
    place.advance(place.now + timedelta(hours=3))
    place.do(place.task(project, "submit_establishment"))  # of the other branch, and later than all that led to the opinions
    assert why(place, project, "give_joint_opinion") == before
    approval = why(place, project, "approve_project")
    assert approval.startswith("“编报立项文件”由")
    assert approval.endswith("办结后转到此处")


def test_what_comes_straight_back_comes_from_what_was_done_again(app: Flask) -> None:
    place = District("sucheng", at("2026-09-01"))
    place.announce()
    project = place.declare("数字档案馆建设")
    line = place.until(project, "set_control_price")
    wish = ReturnWish(to="apply_examination", straight=True, reason="概算缺附件", due_on=place.now.date() + timedelta(days=5))
    give_back(place.performer(line), line.key, wish, place.now)
    returned = why(place, project, "apply_examination")
    assert returned.startswith(f"“{line.name}”由")
    assert returned.endswith("退回后转到此处")
    place.advance(place.now + timedelta(hours=3))
    place.do(place.task(project, "apply_examination"))
    again = why(place, project, "set_control_price")
    assert again.startswith("“提交审核申报”由")
    assert again.endswith("办结后转到此处")


def test_a_process_that_another_began_tells_who_did_the_step_that_sent_for_it(app: Flask) -> None:
    place = District("fengxian", at("2026-09-01"))
    place.announce()
    project = place.declare("数字档案馆建设")
    place.until(project, "take_inventory")
    told = why(place, project, "take_inventory")
    assert told.startswith("“签发验收报告”由")
