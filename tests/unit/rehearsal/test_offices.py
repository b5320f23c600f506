"""Offices in lint and in scenarios: who is asked has to be said; and a rehearsal lets nobody do what the server would not."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from textwrap import dedent

import pytest

from app.domain.districts import RoleInfo
from app.rehearsal.findings import Finding
from app.rehearsal.library import Shelf
from app.rehearsal.scenarios import CaseResult, Suite
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.test_ledger import fails, passes
from tests.unit.rehearsal.test_names import EAST, WEST, findings, stock, told

SIGN = '<zeebe:assignmentDefinition candidateGroups="finance"/>'


def says(**properties: str) -> str:
    inner = "".join(f'<zeebe:property name="{name}" value="{value.replace(chr(34), "&quot;")}"/>' for name, value in properties.items())
    return f"<zeebe:properties>{inner}</zeebe:properties>"


def looped(collection: str, **properties: str) -> list[Finding]:
    east = replace(
        EAST, roles={**EAST.roles, "nobodys": RoleInfo("nobodys", "无主", ()), "bureau": RoleInfo("bureau", "局", ("甲局", "乙局"))}
    )
    task = d.user("sign", SIGN + says(**{"office": "=asked", **properties}), d.loop(collection, "asked"))
    where = stock(districts={"east": east, "west": WEST})
    return findings(d.start(), task, d.end(), d.chain("start", "sign", "end"), where=where)


@pytest.mark.parametrize(
    ("collection", "why"),
    [
        ("=if project.a = null then [] else project.a", "表达式里有一种情形得到空列表"),
        ('=officesOf("nobodys")', f"{EAST.title}没有单位担任“nobodys”"),
    ],
)
def test_a_list_that_is_empty_on_a_way_that_is_written_down(collection: str, why: str) -> None:
    found = [one for one in looped(collection) if one.code == "EMPTY_LOOP"]
    assert told(found) == [("EMPTY_LOOP", "sign", "warning")]
    assert why in found[0].message
    assert [one for one in looped(collection, mayBeEmpty="true") if one.code == "EMPTY_LOOP"] == []


def test_a_list_that_is_never_empty_as_far_as_can_be_told() -> None:
    assert [one for one in looped('=officesOf("bureau")') if one.code == "EMPTY_LOOP"] == []


def test_an_office_by_a_name_that_nobody_writes() -> None:
    found = [one for one in looped('=officesOf("finance")', office="=askd") if one.code == "VARIABLE"]
    assert told(found) == [("VARIABLE", "sign", "warning")]
    assert "属性 office" in found[0].message


def test_what_stands_sees_the_form_alone() -> None:
    def found(stands: str) -> list[str]:
        said = says(approves="amount", approvesWhen="payOpinion = 1", stands=stands)
        task = d.user("sign", SIGN + '<zeebe:formDefinition formId="pay"/>' + said)
        body = (d.start(), task, d.end(), d.chain("start", "sign", "end"))
        return [one.message for one in findings(*body) if one.code == "DECLARED" and "stands" in one.message]

    assert found('payOpinion = "同意" and project.a = 1') == []
    (told,) = found('payOpinon = "同意"')
    assert "是不是 payOpinion?" in told


def open_role(severity: str = "warning", **properties: str) -> list[tuple[str, str | None, str]]:
    east = replace(
        EAST, roles={**EAST.roles, "bureau": RoleInfo("bureau", "局", ("甲局", "乙局")), "one": RoleInfo("one", "一", ("甲局",))}
    )
    where = stock(districts={"east": east, "west": WEST}, unasked=severity)
    groups = properties.pop("groups", "bureau")
    task = d.user("sign", f'<zeebe:assignmentDefinition candidateGroups="{groups}"/>' + (says(**properties) if properties else ""))
    return [
        one for one in told(findings(d.start(), task, d.end(), d.chain("start", "sign", "end"), where=where)) if one[0] == "OFFICE_OPEN"
    ]


def test_a_role_of_several_offices_has_to_say_which_is_asked() -> None:
    assert open_role() == [("OFFICE_OPEN", "sign", "warning")]
    assert open_role(notify="finance") == [("OFFICE_OPEN", "sign", "warning")]
    assert open_role("error", notify="finance") == [("OFFICE_OPEN", "sign", "error")]  # with --house
    assert open_role("error") == [("OFFICE_OPEN", "sign", "warning")]  # declares nothing: of the first release
    assert open_role("error", office="=project.applicantOffice") == []


@pytest.mark.parametrize("groups", ["one", "applicant", "finance"])
def test_a_role_of_one_office_of_the_project_s_or_of_anybody_does_not(groups: str) -> None:
    assert open_role("error", groups=groups, notify="finance") == []


# ---------------------------------------------------------------------- scenarios

FIRST, SECOND, OTHER = "宿城区教育局", "宿城区水利局", "宿城区财政局"
Try = Callable[..., CaseResult]


@pytest.fixture(scope="module")
def suite() -> Suite:
    return Suite(Shelf(Path(__file__).parents[3]))


@pytest.fixture
def attempt(tmp_path: Path, suite: Suite) -> Try:
    """Two offices are asked, each for its own sign-off."""

    numbers = count()  # a suite keeps what it has read

    def run(text: str, collection: str = "", **properties: str) -> CaseResult:
        offices = collection or f'=[{{key: "1", name: "{FIRST}"}}, {{key: "2", name: "{SECOND}"}}]'
        group = '<zeebe:assignmentDefinition candidateGroups="applicant"/>'
        sign = d.user("sign", group + says(**{"office": "=asked", **properties}), d.loop(offices, "asked", "verdicts", "=verdict"))
        body = (d.start(), sign, d.end(), d.chain("start", "sign", "end"))
        (tmp_path / f"m{(number := next(numbers))}.bpmn").write_bytes(d.file(d.process(*body)))
        head = f"models: [m{number}.bpmn]\nprocess: p\ndistrict: sucheng\nnow: 2026-03-10T09:00:00+08:00\n"
        (tmp_path / "s.yaml").write_text(head + dedent(text).strip("\n"), "utf-8")
        (result,) = suite.run(tmp_path / "s.yaml")
        return result

    return run


def step(office: str, verdict: str, person: str = "") -> str:
    named = f", person: {person}" if person else ""
    return f"  - {{complete: sign, as: {{role: applicant, office: {office}{named}}}, with: {{verdict: {verdict}}}}}\n"


def test_the_office_of_the_doer_picks_its_own_sign_off(attempt: Try) -> None:
    text = "steps:\n" + step(SECOND, "乙") + step(FIRST, "甲") + "expect: {state: completed, variables: {verdicts: [甲, 乙]}}\n"
    passes(attempt(text))


def test_that_somebody_may_not_do_a_task_can_be_expected(attempt: Try) -> None:
    passes(
        attempt(
            f"steps:\n  - {{denied: sign, as: finance}}\n  - {{denied: sign, as: {{role: applicant, office: {OTHER}}}}}\n"
            + step(FIRST, "甲")
        )
    )
    fails(attempt(f"steps: [{{denied: sign, as: {{role: applicant, office: {SECOND}}}}}]\n"), "step 1", f"不该由 {SECOND}", "却可以办")
    fails(attempt("steps: [{denied: sign, as: fnance}]\n"), "step 1", "没有角色“fnance”")
    fails(attempt("steps: [{denied: sgn, as: finance}]\n"), "step 1", "没有可办理的事项")
    fails(attempt("steps: [{denied: sign}]\n"), "file", "不该由谁办理(as)")


def test_another_office_s_person_is_refused_as_on_the_server(attempt: Try) -> None:
    fails(attempt("steps:\n" + step(OTHER, "丙")), "step 1", "由宿城区教育局的", "不属于您所在的单位")


def test_where_has_the_last_word(attempt: Try) -> None:
    where = f'  - {{complete: {{task: sign, where: "=asked.name = \\"{FIRST}\\""}}, as: {{role: applicant, office: {SECOND}}}, with: {{verdict: 乙}}}}\n'
    fails(attempt("steps:\n" + where), "step 1", "不属于您所在的单位")


def test_a_role_alone_counts_in_whatever_office(attempt: Try) -> None:
    text = "steps:\n" + 2 * "  - {complete: sign, as: applicant, with: {verdict: 甲}}\n" + "expect: {state: completed}\n"
    passes(attempt(text))


def test_a_named_person_signs_once(attempt: Try) -> None:
    twice = "steps:\n" + step(FIRST, "甲", "张三") + step(SECOND, "乙", "张三")
    fails(attempt(twice, distinct="person"), "step 2", "一轮里只能办一次")
    passes(attempt(twice + "expect: {state: completed}\n"))
    two = "steps:\n" + step(FIRST, "甲", "张三") + step(SECOND, "乙", "李四") + "expect: {state: completed}\n"
    passes(attempt(two, distinct="person"))


def test_nobody_does_what_has_no_office(attempt: Try) -> None:
    fails(attempt("steps:\n  - {complete: sign, as: applicant, with: {verdict: 甲}}\n", "=[null]"), "step 1", "没有指定到登记的单位")


def test_a_loop_over_nothing_is_a_surprise_that_a_scenario_can_expect(attempt: Try) -> None:
    fails(attempt("expect: {state: completed}\n", "=[]"), "expect", "是空的")
    passes(attempt("expect: {incidents: [sign]}\n", "=[]"))
    passes(attempt("expect: {state: completed}\n", "=[]", mayBeEmpty="true"))
