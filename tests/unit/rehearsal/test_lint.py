"""``quancheng lint``: what keeps a file from running is an error anywhere, the house's rules are warnings for others' files; no file crashes it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from app import cli
from app.rehearsal.library import Shelf
from app.rehearsal.lint import Finding, check
from tests.effort import effort
from tests.unit.engine import diagrams as d
from tests.unit.engine.test_returning import back
from tests.unit.rehearsal import drawn, hostile, hostile_tables

ROOT = Path(__file__).parents[3]
FOREIGN = ROOT / "tests" / "data" / "scenarios" / "foreign"


def errors(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def of(source: bytes, name: str = "bpmn/x.bpmn", *, house: bool = False) -> list[Finding]:
    return check([(name, source)], house=house)


def test_every_shipped_file_keeps_the_house_rules() -> None:
    files = [
        path for folder in ("bpmn", "dmn", "documents", "forms") for path in sorted((ROOT / folder).rglob("*.*")) if path.name != ".undrawn"
    ]
    assert (
        errors(check([(path.relative_to(ROOT).as_posix(), path.read_bytes()) for path in files], house=True, installation=Shelf(ROOT)))
        == []
    )


def test_a_table_alone_finds_what_it_imports_in_the_installation() -> None:
    """And no older one of a file that is given: what that no longer has is missing."""
    table, library = (ROOT / "dmn" / "sucheng" / name for name in ("deadlines.dmn", "warranty.dmn"))
    assert errors(check([(str(table), table.read_bytes())], installation=Shelf(ROOT))) == []
    renamed = library.read_bytes().replace(b"dmn/sucheng/warranty", b"dmn/sucheng/other")
    missing = errors(check([(str(table), table.read_bytes()), (str(library), renamed)], installation=Shelf(ROOT)))
    assert ["warranty" in finding.message for finding in missing] == [True]


@pytest.mark.parametrize("path", sorted(FOREIGN.iterdir()), ids=lambda path: path.name)
def test_a_foreign_diagram_is_looked_at_without_a_crash(path: Path) -> None:
    findings = of(path.read_bytes(), f"{path.name}.bpmn")
    assert findings
    assert all(finding.code != "INTERNAL" and finding.message for finding in findings)


@pytest.mark.parametrize("name", [name for name in hostile.REFUSED if not name.startswith("fifty")])
def test_a_diagram_that_cannot_run_is_an_error_with_its_cause(name: str) -> None:
    found = errors(of(hostile.REFUSED[name]()))
    assert found
    assert found[0].file == "bpmn/x.bpmn"
    assert found[0].code.isascii()
    assert any("一" <= character <= "鿿" for character in found[0].message)


@pytest.mark.parametrize("name", hostile.STOPPED)
def test_a_diagram_that_turns_in_circles_is_looked_at_in_time(name: str) -> None:
    source = hostile.STOPPED[name][0]()
    found: list[Finding] = []
    assert effort(lambda: found.extend(of(source))) < 8_000_000
    assert not [finding for finding in found if finding.code == "INTERNAL"]


def test_a_return_to_what_cannot_have_been_done_before_is_an_error_by_name() -> None:
    source = d.file(
        d.process(d.start(), d.user("a", back("b *")), d.user("b", back("a")), d.end(), d.chain("start", "a", "b", "end")),
    )
    (found,) = [finding for finding in of(source) if finding.code == "RETURN_NEVER"]
    assert (found.severity, found.element) == ("error", "a")
    assert "“b”(b)" in found.message


def test_returns_from_everywhere_to_everywhere_are_looked_at_in_time() -> None:
    names = [f"t{number}" for number in range(300)]
    tasks = "".join(d.user(name, back(*names)) for name in names)
    source = d.file(d.process(d.start(), tasks, d.end(), d.chain("start", *names, "end")))
    found: list[Finding] = []
    assert effort(lambda: found.extend(of(source))) < 8_000_000
    assert len([finding for finding in found if finding.code == "RETURN_NEVER"]) == 300 * 301 / 2


@pytest.mark.parametrize("name", hostile_tables.TABLES)
def test_a_hostile_table(name: str) -> None:
    source, cause = hostile_tables.TABLES[name]
    found = errors(of(source, "dmn/x.dmn"))
    if cause is None:
        assert found == []
    else:
        assert any(cause in finding.message for finding in found), found


@pytest.mark.parametrize("name", hostile_tables.FORMS)
def test_a_hostile_form(name: str) -> None:
    source, cause = hostile_tables.FORMS[name]
    found = errors(of(source, "forms/x.json"))
    assert any(cause in finding.message for finding in found), found


def test_house_rules_are_warnings_for_files_of_others() -> None:
    source = d.file(
        d.process(
            d.start(), d.exclusive("Which-Way"), d.flow("start", "Which-Way"), d.flow("Which-Way", "a", "=amount > 4000000"), d.end("a")
        )
    )
    codes = {finding.code for finding in of(source)}
    assert {"NUMBER", "ID", "LAYOUT"} <= codes
    assert errors(of(source)) == []
    assert {"NUMBER", "ID", "LAYOUT"} <= {finding.code for finding in errors(of(source, house=True))}


def test_a_user_task_for_nobody_is_a_warning_and_in_the_houses_own_files_an_error() -> None:
    source = d.file(d.process(d.start(), d.user("approve"), d.chain("start", "approve")))
    for house, severity in ((False, "warning"), (True, "error")):
        found = [finding for finding in of(source, house=house) if finding.code == "NO_PERFORMER"]
        assert [(finding.element, finding.severity) for finding in found] == [("approve", severity)]


def test_a_condition_that_is_never_asked_is_a_warning_and_in_the_houses_own_files_an_error() -> None:
    split = d.parallel("both"), d.flow("both", "a", "=1 = 2", id="to_a"), d.flow("both", "b")
    source = d.file(d.process(d.start(), *split, d.end("a"), d.end("b"), d.chain("start", "both")))
    for house, severity in ((False, "warning"), (True, "error")):
        found = [finding for finding in of(source, house=house) if finding.code == "CONDITION_IGNORED"]
        assert [(finding.element, finding.severity) for finding in found] == [("to_a", severity)]


def test_a_drawing_may_refer_to_its_elements_with_a_prefix() -> None:
    path = ROOT / "bpmn" / "acceptance.bpmn"
    source = (
        path.read_bytes()
        .replace(b'bpmnElement="', b'bpmnElement="own:')
        .replace(b"<bpmn:definitions ", b'<bpmn:definitions xmlns:own="http://bpmn.io/schema/bpmn" ')
    )
    assert [finding for finding in of(source) if finding.code == "LAYOUT"] == []


def test_another_dialects_assignment_is_a_warning_everywhere() -> None:
    source = (ROOT / "tests" / "data" / "faults" / "10-foreign-assignment-dropped" / "flowable.bpmn").read_bytes()
    for house in (False, True):
        found = [finding for finding in of(source, house=house) if finding.code == "FOREIGN_EXTENSION"]
        assert [(finding.element, finding.line, finding.severity) for finding in found] == [("approve", 3, "warning")]


def test_full_width_punctuation_is_pointed_out_with_its_element() -> None:
    source = d.file(d.process(d.start(), d.script("work", '="金额：" + "一，二"', "x"), d.flow("start", "work")))
    assert "FULL_WIDTH" not in {finding.code for finding in of(source)}, "inside a text it may stand"
    wrong = d.file(d.process(d.start(), d.script("work", "=max(1，2)", "x"), d.flow("start", "work")))
    (found,) = errors(of(wrong))
    assert (found.element, "，" in found.message) == ("work", True)


def test_what_is_called_and_not_there_is_named_for_each_district() -> None:
    caller = d.file(d.process(d.start(), d.rule("ask", "route", "r"), d.call("call", "child"), d.chain("start", "ask", "call")))
    missing = {(finding.code, finding.element) for finding in of(caller)}
    assert {("CALLED_DECISION", "ask"), ("CALLED_PROCESS", "call")} <= missing
    child = d.file(d.process(d.start(), id="child"))
    codes = {finding.code for finding in check([("bpmn/sucheng/x.bpmn", caller), ("bpmn/fengxian/child.bpmn", child)])}
    assert "CALLED_PROCESS" in codes, "another district's process is not seen"
    codes = {finding.code for finding in check([("bpmn/x.bpmn", caller), ("bpmn/fengxian/child.bpmn", child)])}
    assert "CALLED_PROCESS" not in codes, "a shared diagram calls each district's own"


def test_one_id_in_two_files_of_one_owner_is_an_error() -> None:
    source = d.file(d.process(d.start()))
    assert [finding.code for finding in errors(check([("bpmn/a.bpmn", source), ("bpmn/b.bpmn", source)]))] == ["DUPLICATE_ID"]
    assert errors(check([("bpmn/a.bpmn", source), ("bpmn/sucheng/a.bpmn", source)])) == []


def test_a_drawing_with_broken_places_is_told_and_not_fatal() -> None:
    source = d.file(d.process(d.start()), drawn.plane("p", drawn.shape("start", "links", "")))
    assert "图上的位置或大小不是数字" in {finding.message for finding in of(source)}


def test_shapes_on_different_planes_do_not_stand_on_one_another() -> None:
    inner = d.subprocess("part", d.start("a"), d.user("b"))
    planes = (
        drawn.plane("p", drawn.shape("start", 0, 0), drawn.shape("part", 200, 0)),
        drawn.plane("part", drawn.shape("a", 0, 0), drawn.shape("b", 200, 0)),
    )
    assert "LAYOUT" not in {finding.code for finding in of(d.file(d.process(d.start(), inner), *planes))}


def test_the_command_exits_with_1_only_for_errors(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.bpmn", tmp_path / "bad.bpmn"
    good.write_bytes(hostile.PLAIN)
    bad.write_bytes(hostile.REFUSED["dangling_flow"]())
    assert CliRunner().invoke(cli.main, ["lint", str(good)]).exit_code == 0
    assert CliRunner().invoke(cli.main, ["lint", str(bad)]).exit_code == 1
    assert CliRunner().invoke(cli.main, ["lint", "--house", str(good)]).exit_code == 1
    assert CliRunner().invoke(cli.main, ["lint", str(tmp_path / "none.bpmn")]).exit_code == 2


# ---------------------------------------------------------------------- a number stands once


def table(name: str, clause: str, cell: str) -> bytes:
    return f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:{name}">
      <decision id="{name}" name="界限"><variable name="{name}"/><decisionTable hitPolicy="COLLECT">
        <input label="金额"><inputExpression typeRef="number"><text>amount</text></inputExpression></input><output name="r" typeRef="string"/>
        <rule id="{name}_01"><description>{clause} 界限</description><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>"是"</text></outputEntry></rule>
      </decisionTable></decision></definitions>""".encode()


def twice(*files: tuple[str, bytes]) -> list[tuple[str, str]]:
    found = check(files, house=True)
    return [(finding.file, finding.element) for finding in found if finding.code == "NUMBER_TWICE" and finding.severity == "error"]


def test_a_number_of_a_clause_stands_in_one_table_of_a_district() -> None:
    """SC-19-1, SC-2-5: the same clause's number in a second file is told there; another clause's, another district's and a bare 0 or 1 are not."""
    first = ("dmn/sucheng/fee.dmn", table("fee", "SC-19-1", "&gt; 500000"))
    assert twice(first, ("dmn/sucheng/gate.dmn", table("gate", "SC-19-1", "&lt;= 500000"))) == [("dmn/sucheng/gate.dmn", "gate 第 1 行")]
    assert twice(first, ("dmn/gate.dmn", table("gate", "SC-19-1", "&lt;= 500000"))) == [("dmn/gate.dmn", "gate 第 1 行")]
    assert twice(first, ("dmn/sucheng/gate.dmn", table("gate", "SC-2-5", "&lt;= 500000"))) == []
    assert twice(first, ("dmn/fengxian/gate.dmn", table("gate", "SC-19-1", "&lt;= 500000"))) == []
    assert twice(first, ("dmn/sucheng/gate.dmn", table("gate", "SC-19-1", "&lt;= 0"))) == []
