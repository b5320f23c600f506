"""A district made of another's files: what is copied bears its own key, name and clause ids; nothing is written where it cannot be made."""

import shutil
import zipfile
from pathlib import Path

import pytest

from app.domain import districts
from app.domain.district_copies import NotCopied, make

ROOT = Path(__file__).parents[3]
FILES = {
    "districts/hill.toml": '# Hill: a draft.\ntitle = "山丘区"\nzone = "Asia/Shanghai"\n[roles.finance]\ntitle = "财政"\noffices = ["山丘区财政局", "示例公司"]\n',
    "districts/hill.clauses.csv": "id,article,paraphrase,carriers\nHL-1-1,第一条,山丘区的项目,fees.fees_low\n",
    "dmn/hill/fees.dmn": '<definitions namespace="https://example.org/dmn/hill/fees"><description>HL-1-1 山丘的数，另见 FX-1-1，不是 uphill</description></definitions>',
    "scenarios/hill/fees.yaml": "district: hill\nname: 山丘：费用（HL-1-1 拦住）\n",
    "documents/hill/x.docx": "山丘区",
    "dmn/fees.dmn": "hill",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def tree(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_everything_of_its_own_is_copied_under_its_own_names(root: Path) -> None:
    made = make(root, "east", "hill", title="东新区")
    assert made.files == (
        "districts/east.clauses.csv", "districts/east.toml", "dmn/east/fees.dmn", "documents/east/x.docx", "scenarios/east/fees.yaml",
    )  # fmt: skip
    assert tree(root) == {*FILES, *made.files}
    east = districts.load(root / "districts" / "east.toml")
    assert (east.title, east.roles["finance"].offices, list(east.clauses)) == ("东新区", ("东新区财政局", "示例公司"), ["EAST-1-1"])
    text = (root / "dmn" / "east" / "fees.dmn").read_text("utf-8")
    assert text == '<definitions namespace="https://example.org/dmn/east/fees"><description>EAST-1-1 东新区的数，另见 FX-1-1，不是 uphill</description></definitions>'  # fmt: skip
    assert (root / "scenarios" / "east" / "fees.yaml").read_text("utf-8") == "district: east\nname: 东新区：费用（EAST-1-1 拦住）\n"
    assert (root / "documents" / "east" / "x.docx").read_text("utf-8") == "山丘区"  # a document is no text
    assert FILES["dmn/hill/fees.dmn"] == (root / "dmn" / "hill" / "fees.dmn").read_text("utf-8")


@pytest.mark.parametrize(
    ("key", "source", "options", "said"),
    [
        ("East", "hill", {}, "区键“East”不能用"),
        ("e", "hill", {}, "区键“e”不能用"),
        ("records", "hill", {}, "区键“records”不能用"),
        ("../east", "hill", {}, "不能用"),
        ("hill", "hill", {}, "已有 districts/hill.toml"),
        ("fees", "hill", {"prefix": "HL"}, "条款编号的开头“HL”不能用:别的区已在用"),
        ("east", "hill", {"prefix": "x"}, "应是二至六个大写字母"),
        ("east", "hill", {"title": "山丘区"}, "已有名为“山丘区”的区"),
        ("east", "hil", {}, "没有区“hil”"),
    ],
)
def test_what_cannot_be_made_leaves_nothing(root: Path, key: str, source: str, options: dict[str, str], said: str) -> None:
    with pytest.raises(NotCopied, match=said):
        make(root, key, source, **options)
    assert tree(root) == set(FILES)


def test_files_that_lie_there_are_not_written_over(root: Path) -> None:
    (root / "forms" / "east").mkdir(parents=True)
    with pytest.raises(NotCopied, match="已有 forms/east,不会覆盖"):
        make(root, "east", "hill")


def read(path: Path) -> str:
    """What a file says; of a template the text of all its parts."""
    if path.suffix not in (".docx", ".xlsx"):
        return path.read_text("utf-8")
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize("source", ["fengxian", "sucheng"])
def test_of_a_shipped_district_nothing_is_left_in_its_copy(tmp_path: Path, source: str) -> None:
    for folder in ("bpmn", "dmn", "forms", "documents", "districts", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    title = districts.load(ROOT / "districts" / f"{source}.toml").title
    made = make(tmp_path, "xinqu", source, title="新区")
    texts = {name: read(tmp_path / name) for name in made.files}
    assert [name for name, text in texts.items() if source in text.lower() or title in text] == []
    assert len(districts.load_all(tmp_path / "districts")["xinqu"].clauses) in (126, 146)
