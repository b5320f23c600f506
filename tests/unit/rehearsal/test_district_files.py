"""Lint of a district's files: whoever is asked for something can be somebody, and what carries a clause is there."""

from pathlib import Path

import pytest

from app.rehearsal import lint
from app.rehearsal.library import Shelf
from tests.unit.engine import diagrams as d

ROOT = Path(__file__).parents[3]
DISTRICT = """
title = "山丘区"
zone = "Asia/Shanghai"
overseer = "finance"
[roles.finance]
title = "财政"
offices = ["山丘区财政局"]
[roles.expert]
title = "专家"
[roles.applicant]
title = "申报人"
relation = "applicant"
[processes.p]
start_role = "applicant"
"""
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="会同单位" namespace="https://example.org/reviewers">
  <decision id="reviewers" name="会同单位"><decisionTable id="t" hitPolicy="COLLECT">
    <input id="i" label="环节"><inputExpression id="e"><text>stage</text></inputExpression></input>
    <output id="o" name="role" /><output id="n" name="name" />
    <rule id="r1"><inputEntry id="a"><text>"a"</text></inputEntry><outputEntry id="b"><text>"WHO"</text></outputEntry><outputEntry id="c"><text>"某局"</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("districts", "bpmn", "dmn"):
        (tmp_path / folder).mkdir()
    write(tmp_path)
    return tmp_path


def write(
    root: Path, district: str = DISTRICT, group: str = "finance", who: str = "finance", carriers: str = "p.sign reviewers.r1"
) -> None:
    task = d.user("sign", f'<zeebe:assignmentDefinition candidateGroups="{group}"/>')
    (root / "bpmn" / "p.bpmn").write_bytes(d.file(d.process(d.start(), task, d.end(), d.chain("start", "sign", "end"))))
    (root / "dmn" / "reviewers.dmn").write_text(TABLE.replace("WHO", who), "utf-8")
    (root / "districts" / "hill.toml").write_text(district, "utf-8")
    (root / "districts" / "hill.clauses.csv").write_text(f"id,article,paraphrase,carriers\nHL-1-1,第一条,甲,{carriers}\n", "utf-8")


def told(root: Path) -> list[tuple[str, str]]:
    files = sorted((root / "districts").iterdir())
    found = lint.check([(str(file), file.read_bytes()) for file in files], installation=Shelf(root))
    return [(str(one.code), one.message) for one in found]


def test_a_district_that_fits_is_told_nothing(root: Path) -> None:
    assert told(root) == []


def test_a_table_that_asks_a_role_that_there_is_not(root: Path) -> None:
    write(root, who="fnance")
    assert told(root) == [("ROLE", "表“reviewers”第 1 行由角色“fnance”办理,本区没有这个角色,是不是 finance?")]


def test_a_role_that_nobody_can_hold(root: Path) -> None:
    write(root, who="expert")
    assert told(root) == [
        ("ROLE_VACANT", "表“reviewers”第 1 行由角色“expert”办理,它没有单位(offices),也不属于项目的单位(relation),没有人能办")
    ]
    write(root, group="expert")
    ((code, message),) = told(root)
    assert (code, message.partition("由角色")[0]) == ("ROLE_VACANT", "流程“p”的“sign”")


def test_what_is_off_asks_nobody(root: Path) -> None:
    write(root, district=DISTRICT.replace("[processes.p]", "[processes.p]\nenabled = false"), group="expert")
    assert told(root) == []


def test_a_carrier_that_there_is_not_is_told_at_its_row(root: Path) -> None:
    write(root, carriers="p.sing reviewers.r1")
    (found,) = lint.check([(str(root / "districts" / "hill.clauses.csv"), b"")], installation=Shelf(root))
    assert (found.code, found.element, found.line) == ("CARRIER", "HL-1-1", 2)
    assert found.message == "carriers 写了“p.sing”,流程“p”没有元素“sing”,是不是 sign?"


def test_files_beside_the_installation_are_judged_where_they_lie(root: Path) -> None:
    def found() -> list[tuple[str, str]]:
        files = sorted((root / "districts").iterdir())
        return [(str(one.code), one.message) for one in lint.check([(str(file), b"") for file in files], installation=Shelf(ROOT))]

    assert found() == []
    (root / "districts" / "hill.toml").write_text('title = "山丘区"\nzone = ', "utf-8")
    (code, message), _ = found()
    assert (code, "hill.toml" in message) == ("DISTRICT", True)
    (root / "districts" / "hill.toml").unlink()
    assert found() == [("UNKNOWN_DISTRICT", "没有 districts/hill.toml,没有区用这个登记")]


def test_the_shipped_districts_fit() -> None:
    files = sorted((ROOT / "districts").iterdir())
    assert lint.check([(str(file), file.read_bytes()) for file in files], installation=Shelf(ROOT)) == []
