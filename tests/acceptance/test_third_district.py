"""A third district is a folder of files: no line of Python knows it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CASE = {
    "project": {
        "name": "新区政务服务平台",
        "kind": "construction",
        "softwareDevelopment": True,
        "totalAmount": 3000000.01,
        "trialRunDays": 90,
    }
}


def test_a_district_made_of_files_alone_lives_by_its_own_numbers(tmp_path: Path) -> None:
    """A copy of one district under a new key, with another threshold: its projects need approval from three million on."""
    for folder in ("bpmn", "dmn", "forms"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
        shutil.copytree(ROOT / folder / "sucheng", tmp_path / folder / "xinqu")
    shutil.copytree(ROOT / "districts", tmp_path / "districts")
    for suffix in (".toml", ".clauses.csv"):
        text = (ROOT / "districts" / f"sucheng{suffix}").read_text(encoding="utf-8")
        (tmp_path / "districts" / f"xinqu{suffix}").write_text(text.replace("宿城区", "新区"), encoding="utf-8")
    table = tmp_path / "dmn" / "xinqu" / "project_approval.dmn"
    changed = table.read_text(encoding="utf-8").replace("4000000", "3000000")
    table.write_text(changed, encoding="utf-8")
    case = tmp_path / "case.json"
    case.write_text(json.dumps(CASE), encoding="utf-8")

    def approvals(district: str) -> list[str]:
        command = [
            str(Path(sys.executable).with_name("quancheng")),
            "walk",
            str(case),
            "--district",
            district,
            "--until",
            "approved",
            "--json",
        ]
        done = subprocess.run(command, env={**os.environ, "QUANCHENG_MODELS": str(tmp_path)}, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return [event["account"] for event in json.loads(done.stdout)["events"] if event["element"] == "approve_project"]

    assert approvals("xinqu") == ["xinqu.development_reform"]
    assert approvals("sucheng") == []
