"""A district's files, read: every key with its value, and what each says where it says nothing."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.domain import districts
from app.domain.districts import Clause, DistrictError, Phase, ProcessInfo, RoleInfo, UnknownDistrict

WHOLE = """
title = "山丘区"
zone = "Asia/Urumqi"
region = "某省"
[regulation]
name = "办法"
[words]
"单位" = "部门"
[roles.finance]
title = "财政"
offices = ["财政局", "财务中心"]
administrative = true
oversees = true
[roles.applicant]
title = "申报人"
relation = "applicant"
[processes.permit]
title = "许可"
enabled = false
start_role = "applicant"
start_phases = ["draft", "trial"]
repeat = true
per = "year"
[processes.fees]
"""


PHASES = "".join(f'[[phase]]\nkey = "{key}"\ntitle = "{key}"\norder = {number}\n' for number, key in enumerate(("draft", "trial")))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hill.toml"
    path.write_text(WHOLE, "utf-8")
    return path


def test_everything_that_a_districts_file_says_is_read(file: Path) -> None:
    (file.parent / "hill.clauses.csv").write_text("id,article,paraphrase,carriers\nX-1, 第一条 , 甲 ,a.b\nX-2,第二条,乙,\n", "utf-8")
    hill = districts.load(file)
    assert (hill.key, hill.title, hill.zone, hill.region, hill.regulation, hill.words) == (
        "hill", "山丘区", ZoneInfo("Asia/Urumqi"), "某省", {"name": "办法"}, {"单位": "部门"},
    )  # fmt: skip
    assert hill.roles == {
        "finance": RoleInfo("finance", "财政", ("财政局", "财务中心"), None, administrative=True, oversees=True),
        "applicant": RoleInfo("applicant", "申报人", (), "applicant", administrative=False, oversees=False),
    }
    assert hill.processes == {
        "permit": ProcessInfo(
            "permit", enabled=False, start_role="applicant", start_phases=("draft", "trial"), repeat=True, per="year", title="许可"
        ),
        "fees": ProcessInfo("fees", enabled=True, start_role=None, start_phases=(), repeat=False, per="project", title=""),
    }
    assert hill.clauses == {"X-1": Clause("X-1", "第一条", "甲", ("a.b",)), "X-2": Clause("X-2", "第二条", "乙", ())}
    assert (hill.role_title("finance"), hill.role_title("boss")) == ("财政", "boss")
    assert [clause.id for clause in hill.own_clauses("X-2 Y-1  X-1")] == ["X-2", "X-1"]
    assert hill.own_clauses("") == ()


def test_a_district_may_say_little(tmp_path: Path) -> None:
    file = tmp_path / "bare.toml"
    file.write_text('title = "空"\nzone = "UTC"\n[roles]\n', "utf-8")
    bare = districts.load(file)
    assert (bare.key, bare.roles, bare.processes, bare.regulation, bare.clauses, bare.region, bare.words) == (
        "bare",
        {},
        {},
        {},
        {},
        "",
        {},
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "山丘区"\n', ""), ('zone = "Asia/Urumqi"\n', ""), ('"Asia/Urumqi"', '"Asia/Nowhere"'), ('[roles.finance]\ntitle = "财政"\n', "[roles.finance]\n"),
        ('title = "山丘区"', "title ="), ('offices = ["财政局", "财务中心"]', "offices = 5"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_with_its_name(file: Path, old: str, new: str) -> None:
    assert old in WHOLE
    file.write_text(WHOLE.replace(old, new), "utf-8")
    with pytest.raises(DistrictError, match=r"区县文件 hill\.toml 无法读取"):
        districts.load(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DistrictError, match=r"hill\.toml 无法读取"):
        districts.load(tmp_path / "hill.toml")


def test_every_district_of_a_folder_is_read_but_for_the_phases(file: Path) -> None:
    (file.parent / "phases.toml").write_text(PHASES, "utf-8")
    (file.parent / "brook.toml").write_text(WHOLE.replace("山丘区", "小河区"), "utf-8")
    (file.parent / "notes.txt").write_text("x", "utf-8")
    assert {key: district.title for key, district in districts.load_all(file.parent).items()} == {"brook": "小河区", "hill": "山丘区"}
    assert list(districts.load_all(file.parent)) == ["brook", "hill"]


def test_an_unknown_district_is_told_with_those_that_there_are() -> None:
    error = UnknownDistrict("hil", ["valley", "hill"], "这里:")
    assert (str(error), error.key) == ("这里:没有区“hil”,可用:hill、valley。请改正区名,或先写好 districts/hil.toml", "hil")
    assert str(UnknownDistrict("hil", [])).startswith("没有区“hil”,可用:(无)")


def test_clauses_are_told_apart_by_line(tmp_path: Path) -> None:
    file = tmp_path / "x.clauses.csv"
    file.write_text("id,article,paraphrase\nX-1,第一条,甲\n", "utf-8")
    assert districts.load_clauses(file) == {"X-1": Clause("X-1", "第一条", "甲")}
    for text, told in (
        ("id,article\nX-1,第一条\n", "第 2 行缺少列 'paraphrase'"),
        ("id,article,paraphrase,carriers\nX-1,第一条,甲,\n X-1,第二条,乙,\n", "第 3 行的编号 X-1 重复"),
    ):
        file.write_text(text, "utf-8")
        with pytest.raises(DistrictError, match=f"条款登记 x.clauses.csv {told}"):
            districts.load_clauses(file)


# ---------------------------------------------------------------------- phases

LINE = """
[[phase]]
key = "b"
title = "乙"
order = 20
[[phase]]
key = "a"
title = "甲"
order = 10
main = true
next = ["b", "c"]
[[phase]]
key = "c"
title = "丙"
order = 30
terminal = true
"""


def phases(tmp_path: Path, text: str) -> tuple[Phase, ...]:
    file = tmp_path / "phases.toml"
    file.write_text(text, "utf-8")
    return districts.load_phases(file)


def test_phases_are_read_in_order_with_all_they_say(tmp_path: Path) -> None:
    found = phases(tmp_path, LINE.replace("order = 20", 'order = 20\nnext = ["c"]'))
    assert found == (
        Phase("a", "甲", 10, terminal=False, main=True, next=("b", "c")),
        Phase("b", "乙", 20, terminal=False, main=False, next=("c",)),
        Phase("c", "丙", 30, terminal=True, main=False, next=()),
    )
    assert districts.following(found) == {"a": ("b", "c"), "b": ("c",), "c": ()}
    assert districts.main_line(found) == ("a",)


def test_where_no_phase_has_a_successor_any_may_follow(tmp_path: Path) -> None:
    found = phases(tmp_path, LINE.replace('next = ["b", "c"]\n', ""))
    assert districts.following(found) is None
    assert [phase.key for phase in found] == ["a", "b", "c"]
    assert districts.following(()) is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("order = 20", "order = 20", "里“b”既不是终态"),
        ("order = 20", 'order = "x"', "无法读取"),
        ('title = "乙"\n', "", "无法读取"),
        ("[[phase]]", "[[fase]]", "无法读取"),
        ("order = 20", 'order = 10\nmain = true\nnext = ["c"]', "里主线上有两个阶段的 order 都是 10"),
        ("order = 20", 'order = 20\nnext = ["zzz"]', "里“b”的 next 写了“zzz”,没有这个阶段,可用:a、b、c"),
    ],
)
def test_phases_that_make_no_sense_are_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(DistrictError, match=rf"阶段文件 phases\.toml {told}"):
        phases(tmp_path, LINE.replace(old, new))


def test_two_phases_off_the_main_line_may_share_a_place(tmp_path: Path) -> None:
    text = LINE.replace("order = 20", 'order = 10\nnext = ["c"]')
    assert [phase.key for phase in phases(tmp_path, text)] == ["b", "a", "c"]


def test_a_folder_is_stamped_by_its_own_files_names_times_and_sizes(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text("x", "utf-8")
    (tmp_path / "a.csv").write_text("xy", "utf-8")
    (tmp_path / "a.txt").write_text("xyz", "utf-8")
    for name, at in (("b.toml", 5), ("a.csv", 6)):
        os.utime(tmp_path / name, ns=(at, at))
    assert districts.stamp(tmp_path) == (("a.csv", 6, 2), ("b.toml", 5, 1))


@pytest.mark.parametrize(
    ("path", "whose", "short"),
    [
        ("forms/records/contract.json", "<default>", "forms/records/contract.json"),
        ("x/forms/hill/records/contract.json", "hill", "forms/hill/records/contract.json"),
        ("dmn/records/x.dmn", "records", "dmn/records/x.dmn"),
        ("scenarios/nowhere/x.yaml", "nowhere", "scenarios/nowhere/x.yaml"),
        ("bpmn/x.bpmn", "<default>", "bpmn/x.bpmn"),
        ("x.bpmn", "<default>", "x.bpmn"),
        ("a/b/x.bpmn", "<default>", "x.bpmn"),
        ("forms", "<default>", "forms"),
        ("", "<default>", ""),
    ],
)
def test_whose_a_file_is_says_its_folder(path: str, whose: str, short: str) -> None:
    assert (districts.named(path), districts.short_name(path)) == (whose, short)


def test_the_countrys_zone_and_everybodys_tenant() -> None:
    assert ZoneInfo("Asia/Shanghai") == districts.ZONE
    assert (districts.SHARED, districts.REGISTERS, districts.FOLDERS) == (
        "<default>",
        "records",
        ("bpmn", "dmn", "forms", "documents", "scenarios"),
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('start_role = "applicant"', 'start_role = "aplicant"', r"\[processes.permit\] 的 start_role 写了“aplicant”,没有这个角色,是不是 applicant\?"),
        ('start_role = "applicant"', 'start_rol = "applicant"', r"\[processes.permit\] 里不认识“start_rol”,是不是 start_role\?"),
        ('per = "year"', 'per = "yaer"', r"的 per 写了“yaer”,没有这个写法,是不是 year\?"),
        ("[processes.fees]", '[groups.both]\nroles = ["finance", "aplicant"]', r"\[groups.both\] 的 roles 写了“aplicant”,没有这个角色,是不是 applicant\?"),
        ("[processes.fees]", '[groups.finance]\nroles = ["applicant"]', r"\[groups.finance\] 与角色“finance”同名"),
        ("[processes.fees]", "[groups.both]", r"\[groups.both\] 没有写 roles"),
        ("[processes.fees]", "[proceses.fees]", r"里不认识“proceses”,是不是 processes\?"),
        ('title = "山丘区"', "title = ", "第 [0-9]+ 行第 [0-9]+ 列不是正确的 TOML"),
        ('"Asia/Urumqi"', '"Asia/Nowhere"', "没有时区“Asia/Nowhere”"),
    ],
)  # fmt: skip
def test_a_name_that_nobody_answers_to_is_refused_with_place_and_what_was_meant(file: Path, old: str, new: str, told: str) -> None:
    assert old in WHOLE
    file.write_text(WHOLE.replace(old, new), "utf-8")
    with pytest.raises(DistrictError, match=told) as refused:
        districts.load(file)
    assert str(refused.value).startswith("区县文件 hill.toml ")
    assert not re.search("[a-z]{3,} [a-z]{2,}", str(refused.value)), "no English sentence"


def test_groups_of_offices_are_read(file: Path) -> None:
    file.write_text(WHOLE + '[groups.both]\nroles = ["finance", "applicant"]\n', "utf-8")
    assert districts.load(file).groups == {"both": ("finance", "applicant")}


@pytest.mark.parametrize(
    ("phases", "told"),
    [
        (lambda: PHASES.replace('"trial"', '"trail"'), r"区县文件 hill.toml \[processes.permit\] 的 start_phases 写了“trial”,没有这个阶段,是不是 trail\?"),
        (lambda: PHASES + 'terminal = true\nwoken_by = ["permits"]\n', r"阶段文件 phases.toml “trial”的 woken_by 写了“permits”,没有这个流程,是不是 permit\?"),
        (lambda: PHASES + "goes_no = []\n", r"“trial”里不认识“goes_no”,是不是 goes_on\?"),
        (lambda: "[[phase]]\nkey = 5 5\n", "第 2 行第 [0-9]+ 列不是正确的 TOML"),
        (lambda: '[[phase]]\nkey = "x"\n', "第 1 个 .*应写 key、title 和 order"),
    ],
)  # fmt: skip
def test_phases_and_districts_name_what_there_is_of_the_other(file: Path, phases: Callable[[], str], told: str) -> None:
    (file.parent / "phases.toml").write_text(phases(), "utf-8")
    with pytest.raises(DistrictError, match=told):
        districts.load_all(file.parent)


@pytest.mark.parametrize("line", ["words = 5", "processes = 5", 'roles = "x"'])
def test_a_file_with_another_shape_is_refused_with_its_name(file: Path, line: str) -> None:
    file.write_text(f'title = "山丘区"\nzone = "Asia/Shanghai"\n{line}\n', "utf-8")
    with pytest.raises(DistrictError, match=r"区县文件 hill\.toml 无法读取"):
        districts.load(file)
