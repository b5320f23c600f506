"""Whose a model file is: the folder right below the last models' folder of its path, and nothing else."""

from itertools import pairwise
from pathlib import Path

import pytest

from app.domain.districts import (
    SHARED,
    ZONE,
    District,
    DistrictError,
    Phase,
    ProcessInfo,
    UnknownDistrict,
    load_clauses,
    load_phases,
    main_line,
    owner,
    short_name,
    stamp,
    survivors,
    woken,
)

KNOWN = ("sucheng", "fengxian")


@pytest.mark.parametrize(
    ("path", "whose"),
    [
        ("bpmn/sucheng/review.bpmn", "sucheng"),
        ("/data/quancheng/dmn/fengxian/scope.dmn", "fengxian"),
        ("forms/sucheng/records/contract.json", "sucheng"),
        ("scenarios/sucheng/payment.yaml", "sucheng"),
        ("bpmn/sucheng/old/review.bpmn", "sucheng"),
        ("C:\\models\\dmn\\sucheng\\scope.dmn", "sucheng"),
        ("/home/sucheng/work/bpmn/acceptance.bpmn", SHARED),
        ("/data/sucheng/quancheng/forms/records/contract.json", SHARED),
        ("forms/records/contract.json", SHARED),
        ("/x/bpmn/sucheng/dmn/scope.dmn", SHARED),  # the last such folder counts
        ("sucheng/scope.dmn", SHARED),
        ("scope.dmn", SHARED),
        ("bpmn", SHARED),
    ],
)
def test_the_folder_names_the_district(path: str, whose: str) -> None:
    assert owner(path, KNOWN) == whose


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("bpmn/nanjing/review.bpmn", "bpmn/nanjing"),
        ("bpmn/Sucheng/review.bpmn", "bpmn/Sucheng"),
        ("dmn/records/scope.dmn", "dmn/records"),  # only below forms/ these are registers
        ("/data/sucheng/scenarios/sucheg/x.yaml", "scenarios/sucheg"),
        ("bpmn/sucheng/forms/nanjing/x.json", "forms/nanjing"),
    ],
)
def test_a_folder_of_no_district_is_refused_with_those_that_there_are(path: str, folder: str) -> None:
    with pytest.raises(UnknownDistrict, match=f"{folder} 应是区名.*可用:fengxian、sucheng"):
        owner(path, KNOWN)


def test_a_file_goes_by_its_path_from_the_models_folder_on() -> None:
    assert short_name("/home/dmn/x/dmn/sucheng/scope.dmn") == "dmn/sucheng/scope.dmn"
    assert short_name("/tmp/scope.dmn") == "scope.dmn"


def test_a_folder_is_another_one_as_soon_as_a_file_changes(tmp_path: Path) -> None:
    first = stamp(tmp_path)
    (tmp_path / "a.toml").write_text("x = 1")
    second = stamp(tmp_path)
    (tmp_path / "a.toml").write_text("x = 12")
    third = stamp(tmp_path)
    (tmp_path / "a.toml").unlink()
    assert len({first, second, third}) == 3
    assert stamp(tmp_path) == first
    assert stamp(tmp_path / "nowhere") == ()


# ---------------------------------------------------------------------- phases

PHASES = """
[[phase]]
key = "building"
title = "建设中"
order = 20
main = true
next = ["accepted", "suspended"]
[[phase]]
key = "draft"
title = "草稿"
order = 10
main = true
next = ["building"]
[[phase]]
key = "accepted"
title = "已验收"
order = 30
main = true
terminal = true
[[phase]]
key = "suspended"
title = "已暂停"
order = 5
next = ["building"]
"""


def phases(tmp_path: Path, text: str) -> tuple[Phase, ...]:
    file = tmp_path / "phases.toml"
    file.write_text(text, encoding="utf-8")
    return load_phases(file)


def test_the_main_line_is_what_says_so_in_order(tmp_path: Path) -> None:
    found = phases(tmp_path, PHASES)
    assert main_line(found) == ("draft", "building", "accepted")
    assert {phase.key: phase.next for phase in found} == {
        "suspended": ("building",),
        "draft": ("building",),
        "building": ("accepted", "suspended"),
        "accepted": (),
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('["accepted", "suspended"]', '["acepted"]', "“building”的 next 写了“acepted”,没有这个阶段,是不是 accepted?"),
        ("terminal = true", 'next = ["draft"]\nterminal = true', "“accepted”是终态.*不能有 next"),
        ("terminal = true", "", "“accepted”既不是终态.*又没有写可以进入的下一阶段"),
        ("order = 20", "order = 10", "主线上有两个阶段的 order 都是 10"),
        ('key = "suspended"', 'key = "draft"', "阶段“draft”写了两次"),
        ("order = 20", 'order = 20\ngoes_on = ["payment"]', "“building”不是终态.*goes_on"),
        ("order = 20", 'order = 20\nwoken_by = ["waking"]', "“building”不是终态.*woken_by"),
    ],
)
def test_phases_that_lead_nowhere_are_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(DistrictError, match=told):
        phases(tmp_path, PHASES.replace(old, new))


def test_an_end_lets_go_on_what_it_names_what_wakes_and_what_may_begin_in_it(tmp_path: Path) -> None:
    found = phases(tmp_path, PHASES.replace("terminal = true", 'terminal = true\ngoes_on = ["correction"]\nwoken_by = ["waking"]'))
    begun = District("d", "区", ZONE, {}, {key: ProcessInfo(key, start_phases=(key,)) for key in ("accepted", "building")})
    assert survivors(found, begun, "accepted") == {"correction", "waking", "accepted"}
    assert (survivors(found, begun, "building"), woken(found)) == (None, {"accepted": ("waking",)})


def test_a_file_without_successors_allows_any(tmp_path: Path) -> None:
    plain = '[[phase]]\nkey = "draft"\ntitle = "草稿"\norder = 1\n'
    assert phases(tmp_path, plain)[0].next == ()


SHIPPED = load_phases(Path(__file__).resolve().parents[3] / "districts" / "phases.toml")


def test_a_project_can_come_from_every_phase_to_an_end_and_to_every_phase_from_the_first() -> None:
    follows = {phase.key: set(phase.next) for phase in SHIPPED}
    ends = {phase.key for phase in SHIPPED if phase.terminal}

    def reached(start: str) -> set[str]:
        found, pending = {start}, [start]
        while pending:
            for key in follows[pending.pop()] - found:
                found.add(key)
                pending.append(key)
        return found

    assert reached(SHIPPED[0].key) == set(follows)
    assert all(reached(key) & ends for key in follows)
    line = main_line(SHIPPED)
    assert all(later in follows[earlier] for earlier, later in pairwise(line))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("XX-1,第一条,甲,\nXX-1,第二条,乙,", "第 3 行的编号 XX-1 重复"),
        ("XX-1,第一条,甲,\nXX-2,第二条", "第 3 行缺少列"),
    ],
)
def test_a_register_of_clauses_that_makes_no_sense_is_refused_with_its_line(tmp_path: Path, rows: str, told: str) -> None:
    file = tmp_path / "x.clauses.csv"
    file.write_text(f"id,article,paraphrase,carriers\n{rows}\n", "utf-8")
    with pytest.raises(DistrictError, match=told):
        load_clauses(file)


def test_a_clause_is_carried_by_what_the_register_names(tmp_path: Path) -> None:
    file = tmp_path / "x.clauses.csv"
    file.write_text("id,article,paraphrase,carriers\n XX-1 ,第一条,甲,review.decide fees.rule_1\n", "utf-8")
    assert load_clauses(tmp_path / "none.csv") == {}
    (clause,) = load_clauses(file).values()
    assert (clause.id, clause.carriers) == ("XX-1", ("review.decide", "fees.rule_1"))
