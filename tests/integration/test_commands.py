"""The commands and the database: those that look change not a byte, those that write refuse another version's tables, two bring tables up to date."""

import hashlib
import json
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app import create_app
from app.cli import main
from app.config import load
from app.gathering import gather
from app.services import startup

ROOT = Path(__file__).resolve().parents[2]
OFFICER = ["user", "create", "anna", "--name", "安娜", "--district", "sucheng", "--role", "finance@宿城区财政局"]
LOOKING = (
    ["audit", "verify"],
    ["audit", "verify", "--json"],
    ["document", "verify"],
    ["document", "verify", "--json"],
    ["user", "list", "--district", "sucheng"],
    ["user", "list", "--district", "sucheng", "--json"],
    ["office", "list", "--district", "sucheng"],
    ["office", "list", "--district", "sucheng", "--json"],
)
WRITING = (
    OFFICER,
    ["user", "disable", "anna", "--reason", "r"],
    ["user", "enable", "anna", "--reason", "r"],
    ["user", "password", "anna", "--reason", "r"],
    ["user", "role", "anna", "--add", "finance@宿城区财政局", "--reason", "r"],
    ["user", "token", "anna"],
    ["office", "create", "某局", "--district", "sucheng"],
    ["office", "close", "某局", "--district", "sucheng", "--reason", "r"],
    ["document", "erase", "7", "--reason", "r"],
    ["document", "sweep"],
    ["deploy", str(ROOT / "dmn" / "sucheng" / "supervision.dmn")],
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a start leaves it."""
    folder = tmp_path_factory.mktemp("served")
    app: Flask = create_app(load({}, data=str(folder), durable=False))
    with app.app_context():
        startup.prepare()
        startup.dispose()
    return folder


def command(*arguments: str, data: Path) -> Result:
    return CliRunner().invoke(main, [*arguments, "--data", str(data)], input="long-enough-1\n")


def contents(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.parametrize("arguments", LOOKING, ids=" ".join)
def test_looking_changes_not_a_byte(served: Path, arguments: list[str]) -> None:
    before = contents(served)
    done = command(*arguments, data=served)
    assert done.exit_code == 0, done.stderr
    assert contents(served) == before


def test_looking_beside_a_server_that_was_killed_leaves_its_log_alone(served: Path, tmp_path: Path) -> None:
    """Commits that are only in the log are seen, and not written back."""
    writer = sqlite3.connect(served / "quancheng.sqlite")
    try:
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("UPDATE organisations SET name = '改名的局' WHERE name = '宿城区民政局'")
        writer.commit()
        copy = tmp_path / "killed"
        copy.mkdir()
        for path in served.iterdir():
            if not path.name.endswith("-shm"):
                (copy / path.name).write_bytes(path.read_bytes())
        before = contents(copy)
        listed = json.loads(command("office", "list", "--district", "sucheng", "--json", data=copy).stdout)
        assert "改名的局" in {line["name"] for line in listed}
        assert {name: digest for name, digest in contents(copy).items() if not name.endswith("-shm")} == before
    finally:
        writer.execute("UPDATE organisations SET name = '宿城区民政局' WHERE name = '改名的局'")
        writer.commit()
        writer.close()


@pytest.mark.parametrize("arguments", [*LOOKING, *WRITING], ids=" ".join)
def test_another_versions_tables_are_refused_and_left_alone(served: Path, tmp_path: Path, arguments: list[str]) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for path in served.iterdir():
        (old / path.name).write_bytes(path.read_bytes())
    database = sqlite3.connect(old / "quancheng.sqlite")
    database.execute("UPDATE alembic_version SET version_num = '0002'")
    database.commit()
    database.close()
    before = contents(old)
    done = command(*arguments, data=old)
    assert (done.exit_code, "SCHEMA" in done.stderr, "quancheng migrate" in done.stderr) == (1, True, True), done.stderr
    assert contents(old) == before


@pytest.mark.parametrize("arguments", [*LOOKING, *WRITING[:-1]], ids=" ".join)
def test_a_mistyped_folder_is_refused_and_not_made(tmp_path: Path, arguments: list[str]) -> None:
    done = command(*arguments, data=tmp_path / "typo")
    assert (done.exit_code, "NO_DATABASE" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "typo").exists()


def test_without_the_audit_key_nothing_is_verified_and_none_is_made(served: Path, tmp_path: Path) -> None:
    copy = tmp_path / "restored"
    copy.mkdir()
    (copy / "quancheng.sqlite").write_bytes((served / "quancheng.sqlite").read_bytes())
    done = command("audit", "verify", data=copy)
    assert (done.exit_code, "AUDIT_BROKEN" in done.stderr) == (1, True), done.stderr
    assert set(contents(copy)) == {"quancheng.sqlite"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["deploy"], "缺少 FILES"),
        (["deploy", "--foce", "a"], "没有选项 --foce,是不是 --force?"),
        (["deploy", "a", "--district"], "选项 --district 的写法不对"),
        (["user", "craete"], "没有命令“craete”"),
        (["nothing"], "没有命令“nothing”"),
        (["serve", "--port", "abc"], "--port “abc”不是整数"),
        (["test", "/nowhere"], "没有“/nowhere”"),
        (["decide", "/", "x"], "“/”是文件夹,应为文件"),
        (["user", "create", "a", "b", "--name", "x", "--district", "y"], "多出了“b”"),
        (["user", "create", "a", "--name", "x"], "缺少 --district"),
        (["user", "role", "a", "--add", "finance", "--reason", "r"], "--add “finance”应写作 角色@单位"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_call_is_told_in_chinese(arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert says in done.stderr
    assert not [word for word in ("Error", "Usage", "Invalid", "Missing", "such") if word in done.stderr]


@pytest.mark.parametrize(
    ("place", "code", "says"),
    [
        ("mysql://somewhere/x", "SETTING", "postgresql://"),
        ("postgresql://name:secret@127.0.0.1:port/x", "SETTING", "postgresql://"),
        ("postgresql://name:secret@127.0.0.1:1/x", "DATABASE", "name:***@127.0.0.1:1/x"),
        ("garbage", "DATABASE", "quancheng.sqlite"),
    ],
)
@pytest.mark.parametrize("arguments", [["migrate"], LOOKING[0], OFFICER, WRITING[-1]], ids=" ".join)
def test_a_database_that_cannot_be_opened_is_one_sentence_without_the_password(
    tmp_path: Path, arguments: list[str], place: str, code: str, says: str
) -> None:
    (tmp_path / "quancheng.sqlite").write_text("no database at all", encoding="utf-8")
    done = CliRunner().invoke(main, [*arguments, "--data", str(tmp_path) if place == "garbage" else place], input="long-enough-1\n")
    assert (done.exit_code, f"[{code}]" in done.stderr, says in done.stderr) == (1, True, True), done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = command("migrate", data=tmp_path / "file")
    assert (done.exit_code, "不能建立数据文件夹" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_port_that_is_taken_is_told_before_anything_is_made(tmp_path: Path, host: str) -> None:
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as taken:
        done = CliRunner().invoke(main, ["serve", "--host", host, "--port", str(taken.getsockname()[1]), "--data", str(tmp_path / "new")])
    assert (done.exit_code, "端口已被占用" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("was", "instead", "told"),
    [
        ('start_role = "applicant"', 'start_role = "aplicant"', "没有这个角色,是不是 applicant?"),
        ('zone = "Asia/Shanghai"', "zone = Asia", "不是正确的 TOML,请检查引号、等号、方括号和逗号"),
        ('["draft", "blocked"]', '["drft"]', "的 start_phases 写了“drft”,没有这个阶段,是不是 draft?"),
    ],
)
@pytest.mark.parametrize(
    "arguments",
    [["deploy", str(ROOT / "dmn" / "trial_window.dmn")], ["lint", str(ROOT / "dmn" / "trial_window.dmn")]],
)
def test_a_district_s_file_that_cannot_be_used_is_one_chinese_sentence(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], was: str, instead: str, told: str
) -> None:
    for folder in ("bpmn", "dmn", "forms", "scenarios", "documents"):
        if (ROOT / folder).exists():
            (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / "districts").mkdir()
    for path in (ROOT / "districts").iterdir():
        text = path.read_text("utf-8")
        assert path.name != "sucheng.toml" or was in text
        (tmp_path / "districts" / path.name).write_text(text.replace(was, instead, 1) if path.name == "sucheng.toml" else text, "utf-8")
    monkeypatch.setenv("QUANCHENG_MODELS", str(tmp_path))
    data = tmp_path / "data"
    if arguments[0] == "deploy":
        shutil.copytree(served, data)
    more = [] if arguments[0] == "lint" else ["--data", str(data)]
    command = [sys.executable, "-c", "from app.cli import main; main()", *arguments, *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "sucheng.toml" in line]
    assert line.startswith("区县文件 sucheng.toml ")
    assert told in line


def test_deploying_a_folder_without_models_says_so(served: Path, tmp_path: Path) -> None:
    done = command("deploy", str(tmp_path), data=served)
    assert done.stderr.splitlines()[-2:] == ["部署未通过,全部文件均未生效。没有可部署的文件", "  没有可部署的文件 [NO_FILE]"]


def test_a_folder_of_scenarios_brings_the_models_that_they_name_themselves(tmp_path: Path) -> None:
    """What docs/analyst/new-district.md deploys: a copied scenario that tries another reading has its decision file beside it."""
    folder = tmp_path / "scenarios" / "hill"
    folder.mkdir(parents=True)
    (folder / "reading.yaml").write_text(
        "district: sucheng\nprocess: decide\nmodels: [other.dmn]\ncases:\n  - name: 另一种读法\n    decide: {rule: x}\n    expect: {}\n",
        "utf-8",
    )
    for name in ("other.dmn", "unnamed.dmn"):
        (folder / name).write_text("<definitions/>", "utf-8")
    shipped = {Path(name).name for name, _ in gather(["scenarios/sucheng"])}
    assert "payment_after_acceptance.dmn" in shipped
    assert "unnamed.dmn" not in {Path(name).name for name, _ in gather([str(folder)])}


def test_what_a_decision_does_not_read_is_refused_and_not_passed_over() -> None:
    """The table would answer as if nothing had been said."""
    table = str(ROOT / "dmn" / "sucheng" / "supervision.dmn")
    flat = CliRunner().invoke(main, ["decide", table, "supervision", "--with", '{"totalAmount": 500000.01}'])
    assert (flat.exit_code, "不读“totalAmount”,它读的是:project" in flat.stderr) == (1, True), flat.stderr
    slip = CliRunner().invoke(main, ["decide", table, "supervision", "--with", '{"projct": {}}'])
    assert (slip.exit_code, "是不是 project?" in slip.stderr) == (1, True), slip.stderr


def test_the_decision_of_the_readme_is_taken_by_a_row() -> None:
    lines = [line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("quancheng decide ")]
    assert lines
    for line in lines:
        words = shlex.split(line)[1:]
        done = CliRunner().invoke(main, [words[0], str(ROOT / words[1]), *words[2:]])
        assert done.exit_code == 0, done.stderr
        assert json.loads(done.stdout)["rules"]
