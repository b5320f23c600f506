"""Every user task has a limit, or a reason why not: an error of the house's rules in diagrams of the new kind, a warning elsewhere."""

from pathlib import Path

import pytest

from app.rehearsal.findings import Finding
from app.rehearsal.library import Shelf
from app.rehearsal.lint import check
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.test_declared_effects import says

ROOT = Path(__file__).resolve().parents[3]
DUE = '<zeebe:taskSchedule dueDate="=deadline(&quot;opinion&quot;)"/>'
DECLARES = says(notify="finance")


def found(task: str, *, end: str = "", house: bool = True, where: str = "bpmn/p.bpmn", root: Path | None = None) -> list[Finding]:
    source = d.file(d.process(d.start(), task, d.end("end", extensions=end), d.chain("start", "work", "end")))
    shelf = Shelf(root) if root is not None else None
    return [finding for finding in check([(where, source)], house=house, installation=shelf) if finding.code == "DEADLINE_MISSING"]


def test_with_a_limit_or_a_reason_nothing_is_said() -> None:
    for given in (DUE, says(noDeadline="由申报单位自行安排")):
        assert found(d.user("work", given), end=DECLARES) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [("", "没有办理期限"), (DUE + says(noDeadline="不急"), "只保留一个"), (says(noDeadline=" "), "没有写原因")],
)
def test_neither_both_or_no_reason_is_refused_where_effects_are_declared(given: str, said: str) -> None:
    for loop in ("", d.loop("=[1]")):
        (finding,) = found(d.user("work", given, loop), end=DECLARES)
        assert (finding.severity, finding.element, said in finding.message) == ("error", "work", True)
    assert [finding.severity for finding in found(d.user("work", given))] == ["warning"], "it declares nothing"
    assert [finding.severity for finding in found(d.user("work", given), end=DECLARES, house=False)] == ["warning"]


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("=deadline(&quot;opinion&quot;)", ""), ("=check.closesAt", ""), ("=project.trialEndOn", ""),
        ("=remindAt(&quot;opinion&quot;, given)", ""), ("=workingDaysAfter(given, parameters.days)", ""),
        ("2027-01-01T00:00:00+08:00", "写死了期限"), ("=now() + duration(&quot;P3D&quot;)", "没有用 deadline"), ("=date and time(given)", "没有用 deadline"),
    ],
)  # fmt: skip
def test_a_limit_comes_from_the_table_or_from_what_somebody_has_said(due: str, said: str) -> None:
    told = found(d.user("work", f'<zeebe:taskSchedule dueDate="{due}"/>'), end=DECLARES)
    assert [(finding.element, said in finding.message) for finding in told] == ([("work", True)] if said else [])


def test_of_a_diagram_that_is_still_to_be_redrawn_nothing_is_said_until_it_declares_something(tmp_path: Path) -> None:
    (tmp_path / "bpmn").mkdir()
    (tmp_path / "districts").mkdir()
    (tmp_path / "bpmn" / ".undrawn").write_text("bpmn/p.bpmn\n", "utf-8")
    (tmp_path / "bpmn" / "p.bpmn").write_text("", "utf-8")
    where = str(tmp_path / "bpmn" / "p.bpmn")
    assert found(d.user("work"), where=where, root=tmp_path) == []
    assert [finding.severity for finding in found(d.user("work"), end=DECLARES, where=where, root=tmp_path)] == ["error"]
    other = where.replace("p.bpmn", "q.bpmn")
    assert [finding.severity for finding in found(d.user("work"), where=other, root=tmp_path)] == ["warning"]


@pytest.mark.parametrize(("written", "told"), [("=1", []), ("一批", ["应是以 = 开头的表达式"])])
def test_the_key_of_a_list_is_an_expression(written: str, told: list[str]) -> None:
    source = d.file(d.process(d.start(), d.user("work", says(together=written)), d.end(), d.chain("start", "work", "end")))
    found = [one for one in check([("bpmn/p.bpmn", source)]) if "together" in one.message]
    assert [(one.code, one.element, said in one.message) for one, said in zip(found, told, strict=True)] == [
        ("DECLARATION", "work", True)
    ] * len(told)


def test_an_unknown_property_is_told_once() -> None:
    source = d.file(d.process(d.start(), d.user("work", says(recrod="payment")), d.end(), d.chain("start", "work", "end")))
    for house in (True, False):
        found = [one for one in check([("bpmn/p.bpmn", source)], house=house) if "recrod" in one.message]
        assert len(found) == 1


@pytest.mark.parametrize(
    ("extensions", "code", "told"),
    [
        ('<zeebe:assignmentDefinition candidateGroups="finance，applicant"/>', "ROLE", "其中的“，”是全角的,不分隔名称,请用半角逗号(,)"),
        (says(notify="finance、applicant"), "DECLARED", "其中的“、”是全角的"),
        (says(returnTo="first，work"), "RETURN_TARGET", "“work”(work)的退回目标(returnTo)“first，work”在本流程中不存在,其中的“，”是全角的"),
        (says(returnTo="frist"), "RETURN_TARGET", "“work”(work)的退回目标(returnTo)“frist”在本流程中不存在,是不是 first?"),
    ],
)
def test_a_full_width_comma_between_names_is_told_as_one(extensions: str, code: str, told: str) -> None:
    body = (d.start(), d.user("first"), d.user("work", extensions), d.end(), d.chain("start", "first", "work", "end"))
    found = check([("bpmn/sucheng/p.bpmn", d.file(d.process(*body)))], installation=Shelf(ROOT))
    assert [told in one.message for one in found if one.code == code] == [True], [one.message for one in found]
