"""Whose a lane is, and whether what is done in it is theirs: in each district that uses the diagram; and shared files that say one district's words."""

from pathlib import Path

import pytest

from app.rehearsal.findings import Finding
from app.rehearsal.library import Shelf
from app.rehearsal.lint import check

ROOT = Path(__file__).resolve().parents[3]


def told(file: str, *changes: tuple[str, str], root: Path = ROOT) -> list[Finding]:
    """What house lint newly says of a shipped file with these changes."""
    text = (ROOT / file).read_text("utf-8")
    for was, instead in changes:
        assert was in text, was
        text = text.replace(was, instead)
    return [finding for finding in check([(file, text.encode())], house=True, installation=Shelf(root)) if finding.severity == "error"]


@pytest.mark.parametrize(
    ("file", "was", "instead", "element", "code", "said"),
    [
        ("bpmn/sucheng/redeclaration.bpmn", "lane_finance", "lane_finanse", "lane_finanse", "LANE_OWNER", "不是本区的角色,也没有在区县文件里声明为单位组,是不是 finance?"),
        ("bpmn/sucheng/redeclaration.bpmn", "lane_finance", "lane_treasury", "lane_treasury", "LANE_OWNER", "[groups.treasury] roles = […]"),
        (
            "bpmn/sucheng/retirement.bpmn", "lane_system_users", "lane_system_user", "stop_system", "LANE_TASK",
            "“停用系统”(stop_system)由 applicant 办理,却在泳道“系统使用单位”",
        ),
        ("bpmn/rectification.bpmn", "lane_rectifiers", "lane_applicant", "rectify", "LANE_TASK", "由 implementer 办理,却在泳道“责任单位”"),
    ],
)  # fmt: skip
def test_a_lane_is_a_role_s_or_a_declared_group_s_and_holds_its_tasks(
    file: str, was: str, instead: str, element: str, code: str, said: str
) -> None:
    found = [finding for finding in told(file, (was, instead)) if finding.code in ("LANE_OWNER", "LANE_TASK")]
    assert [(finding.code, said in finding.message) for finding in found if finding.element == element] == [(code, True)], found


def test_in_a_shared_diagram_the_district_is_named_that_lacks_the_group() -> None:
    (found,) = told("bpmn/annual_plan.bpmn", ("lane_plan_consenters", "lane_big_data_centre"))
    assert (found.code, found.message.endswith("(奉贤区)")) == ("LANE_OWNER", True)


@pytest.mark.parametrize(
    ("file", "was", "instead", "said"),
    [
        ("bpmn/rectification.bpmn", 'name="提出整改的部门"', 'name="宿城区数据局"', "写了宿城区的单位“宿城区数据局”"),
        ("bpmn/rectification.bpmn", 'name="提出整改的部门"', 'name="奉贤的部门"', "写了一个区的区名“奉贤”"),
        ("bpmn/rectification.bpmn", 'name="提出整改的部门"', 'name="部门（SC-33-10）"', "写了一个区的条款编号“SC-33-10”"),
        ("forms/payment.pay.json", '"title": "款项"', '"title": "宿城区财政局款项"', "“宿城区财政局”"),
        ("dmn/om_period.dmn", "<description>", "<description>FX-32-2 ", "“FX-32-2”"),
    ],
)
def test_a_shared_file_says_no_district_s_words(file: str, was: str, instead: str, said: str) -> None:
    found = [finding for finding in told(file, (was, instead)) if finding.code == "DISTRICT_WORD"]
    assert found
    assert said in found[0].message
    assert found[0].line


def test_a_district_s_own_file_may() -> None:
    assert [
        finding for finding in told("bpmn/sucheng/redeclaration.bpmn", ("区财政局", "宿城区财政局")) if finding.code == "DISTRICT_WORD"
    ] == []


def test_a_process_that_a_district_has_on_is_drawn(tmp_path: Path) -> None:
    for folder in ("bpmn", "dmn", "documents", "forms"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / "districts").mkdir()
    for path in (ROOT / "districts").iterdir():
        text = path.read_text("utf-8")
        (tmp_path / "districts" / path.name).write_text(text.replace("[processes.change]", "[processes.chagne]"), "utf-8")
    found = [finding for finding in told("bpmn/payment.bpmn", root=tmp_path) if finding.code == "DISTRICT_PROCESS"]
    assert [(finding.file, "开放了流程“chagne”,没有它的图,是不是 change?" in finding.message) for finding in found] == [
        ("districts/fengxian.toml", True),
        ("districts/sucheng.toml", True),
    ]
