"""``quancheng trace``: what carries a requirement counts only where a case of its id goes through it, and both sides are asked for."""

from pathlib import Path

import pytest

from app import reference
from app.domain import districts
from app.domain.districts import DistrictError
from app.rehearsal import case_names
from app.rehearsal.case_names import BOTH
from app.rehearsal.tracing import claims, table
from app.rehearsal.tracing.table import Coverage, Requirement, Tracing
from tests.unit.rehearsal import shipped

ROOT = Path(__file__).parents[3]
DISTRICT = 'title = "山丘区"\nzone = "Asia/Shanghai"\n[roles.applicant]\ntitle = "申报人"\n'
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="费用" namespace="https://example.org/fees">
  <decision id="fees" name="费用"><decisionTable id="t" hitPolicy="UNIQUE">
    <input id="i" label="金额"><inputExpression id="e"><text>amount</text></inputExpression></input>
    <output id="o" name="ok" />
    <rule id="fees_low"><inputEntry id="a"><text>&lt;= 10</text></inputEntry><outputEntry id="b"><text>true</text></outputEntry></rule>
    <rule id="fees_high"><inputEntry id="c"><text>&gt; 10</text></inputEntry><outputEntry id="d2"><text>false</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>"""
SCENARIO = """
models: [decide.bpmn, ../dmn/hill/fees.dmn]
process: decide
district: hill
cases:
  - {name: 十元（XX-1-1 放行）, variables: {decision: fees, amount: 10}, expect: {variables: {result: true}}}
  - {name: 十元一分, variables: {decision: fees, amount: 10.01}, expect: {variables: {result: false}}}
"""
SHOWN = 223  # requirements whose two sides are shown: never fewer
REGISTER = "XX-1-1,第一条,不超过十元,fees.fees_low fees.fees_high\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("districts", "dmn/hill", "scenarios", "tests/soak"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "districts" / "hill.toml").write_text(DISTRICT, "utf-8")
    (tmp_path / "dmn" / "hill" / "fees.dmn").write_text(TABLE, "utf-8")
    (tmp_path / "scenarios" / "decide.bpmn").write_bytes((ROOT / "scenarios" / "decide.bpmn").read_bytes())
    return tmp_path


def traced(root: Path, rows: str = REGISTER, scenario: str = SCENARIO) -> Tracing:
    (root / "districts" / "hill.clauses.csv").write_text("id,article,paraphrase,carriers,sides\n" + rows, "utf-8")
    (root / "scenarios" / "fees.yaml").write_text(scenario, "utf-8")
    return table.trace(root, table.run(root))


def only(root: Path, rows: str = REGISTER, scenario: str = SCENARIO) -> Requirement:
    found = traced(root, rows, scenario)
    assert found.findings == []
    return found.requirements[0]


def test_a_carrier_counts_only_where_a_case_of_the_id_goes_through_it(root: Path) -> None:
    found = only(root)
    assert (found.state, set(found.counted), found.idle) == (Coverage.REACHED, {"fees.fees_low"}, ())
    assert found.allowed == ("scenarios/fees.yaml 十元（XX-1-1 放行）",)
    assert found.refused == ()


def test_both_sides_make_a_requirement_covered(root: Path) -> None:
    found = only(root, scenario=SCENARIO.replace("十元一分", "十元一分（XX-1-1 拦住）"))
    assert (found.state, set(found.counted)) == (Coverage.COVERED, {"fees.fees_low", "fees.fees_high"})
    assert found.data["refused"] == ["scenarios/fees.yaml 十元一分（XX-1-1 拦住）"]
    assert (found.data["kind"], found.data["rows"]) == ("carried", ["fees.fees_low", "fees.fees_high"])


def test_where_nothing_can_be_refused_the_register_says_so(root: Path) -> None:
    assert only(root, REGISTER.replace("\n", ",one\n")).state == Coverage.COVERED
    (root / "districts" / "hill.clauses.csv").write_text("id,article,paraphrase,carriers,sides\nXX-1-1,一,甲,fees,none\n", "utf-8")
    with pytest.raises(DistrictError, match="第 2 行的 sides 写了“none”"):
        districts.load(root / "districts" / "hill.toml")


def test_a_case_that_goes_past_every_carrier_shows_nothing(root: Path) -> None:
    found = only(root, "XX-1-1,第一条,不超过十元,fees.fees_high\n")
    assert (found.state, found.allowed, set(found.counted)) == (Coverage.REACHED, (), set())


def test_a_case_that_fails_shows_nothing_and_is_told(root: Path) -> None:
    found = traced(root, scenario=SCENARIO.replace("result: true", "result: false"))
    assert found.requirements[0].allowed == ()
    assert [(finding.file, finding.element) for finding in found.findings] == [("scenarios/fees.yaml", "十元（XX-1-1 放行）")]


def test_carriers_and_ids_that_there_are_not_are_told_with_what_was_meant(root: Path) -> None:
    scenario = SCENARIO.replace("XX-1-1 放行", "XX-1-2 放行")
    found = traced(root, "XX-1-1,第一条,甲,fees.fees_lwo fee.a\nXX-2-1,第二条,乙,\nXX-3-1,第三条,丙,principle\n", scenario)
    assert [finding.message for finding in found.findings] == [
        "carriers 写了“fees.fees_lwo”,决策“fees”没有行“fees_lwo”,是不是 fees_low?",
        "carriers 写了“fee.a”,没有流程或决策“fee”",
        "没有条款“XX-1-2”,请改正编号,或先登记这一条",
    ]
    assert [one.state for one in found.requirements] == [Coverage.MISSING, Coverage.MISSING, Coverage.PRINCIPLE]
    assert [one.data["kind"] for one in found.requirements] == ["missing", "missing", "principle"]


def test_a_carrier_that_no_case_reaches_is_idle(root: Path) -> None:
    found = only(root, scenario=SCENARIO.partition("  - {name: 十元一分")[0])
    assert found.idle == ("fees.fees_high",)


TESTS = """
import pytest
pytestmark = [pytest.mark.browser, pytest.mark.requirement("XX-1-1", side="allowed")]

@pytest.mark.requirement("XX-1-2", "XX-1-3", side="refused")
def test_one(): ...

def test_xx_1_4_is_named(): ...

class TestMore:
    @pytest.mark.skip
    @pytest.mark.requirement("XX-1-5")
    def test_two(self): ...

    @pytest.mark.requirement("XX-1-6")
    def test_three(self): ...

def helper_xx_1_7(): ...
"""


def test_tests_are_read_by_their_marks_and_names_and_never_imported(root: Path) -> None:
    (root / "tests" / "test_x.py").write_text(TESTS + "raise RuntimeError\n", "utf-8")
    (root / "tests" / "soak" / "test_y.py").write_text(TESTS, "utf-8")
    found = {(claim.requirement, claim.where.rpartition("::")[2]): claim.sides for claim in claims.of_tests(root / "tests")}
    assert {key for key in found if key[0] != "XX-1-1"} == {
        ("XX-1-2", "test_one"), ("XX-1-3", "test_one"), ("XX-1-4", "test_xx_1_4_is_named"), ("XX-1-6", "test_three"),
    }  # fmt: skip
    assert found["XX-1-1", "test_three"] == {"allowed"}
    assert (found["XX-1-2", "test_one"], found["XX-1-6", "test_three"]) == ({"refused"}, BOTH)


def test_a_name_says_ids_and_sides() -> None:
    assert case_names.requirements("四百万元（SC-12-1、SC-5-7 拦住），比例（FX-22-1 两面）；又（SC-2-1）") == {
        "SC-12-1": {"refused"}, "SC-5-7": {"refused"}, "FX-22-1": BOTH, "SC-2-1": {"allowed"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("四百万元（SC-12-1、SC-5-7 拦住；SC-4-1 两面）", "四百万元"),
        ("例外(SC-10-9):不写理由不收", "例外:不写理由不收"),
        ("四百万元（含本数）", "四百万元（含本数）"),
        ("（SC-12-1 放行）", "（SC-12-1 放行）"),
    ],
)
def test_a_case_that_comes_to_show_one_more_is_the_case_that_it_was(name: str, plain: str) -> None:
    assert case_names.plain(name) == plain


# ---------------------------------------------------------------------- what ships


@pytest.mark.xdist_group(shipped.GROUP)
def test_what_ships_is_traced_without_a_fault_and_no_less_than_before() -> None:
    found = table.trace(ROOT, shipped.every())
    assert [f"{finding.file} {finding.element} {finding.message}" for finding in found.findings] == []
    assert len(found.requirements) == 272
    states = [one.state for one in found.requirements]
    assert states.count(Coverage.PRINCIPLE) <= 8
    assert states.count(Coverage.COVERED) >= SHOWN
    page = reference.traceability_page(found, districts.load_all(ROOT / "districts"))
    assert (ROOT / "docs" / "reference" / "traceability.md").read_text("utf-8") == page, "run: make docs"
