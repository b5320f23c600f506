"""The commands that preview and make migrations, on what the release before left."""

from pathlib import Path

import pytest
import simplejson
from click.testing import CliRunner, Result

from app.cli import main
from app.config import Config
from tests.integration.releases import lives

pytestmark = pytest.mark.xdist_group("releases")
PLANS = str(lives.RELEASE / "plans.yaml")


@pytest.fixture
def data(config: Config, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("secret_key", "password_salt", "audit_key", "audit_head"):
        monkeypatch.setenv(f"QUANCHENG_{name.upper()}", str(getattr(config, name)))
    return config.data


def run(data: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["instance", *arguments, "--district", "sucheng", "--data", data])


def test_a_preview_says_what_a_plan_is_still_needed_for_and_the_migration_is_made_one_by_one(data: str) -> None:
    without = run(data, "preview", "--rules")
    assert without.exit_code == 0, without.output
    assert "不能迁移:“出具运维评价意见”(give_opinion) 正在运行,但目标流程中没有元素 give_opinion" in without.output
    assert "注意:目标流程的“停用系统”(stop_system)要用“systemUser”" in without.output
    planned = simplejson.loads(run(data, "preview", "--rules", "--plans", PLANS, "--json").output)
    assert [one["process_id"] for one in planned if one["reasons"]] == []
    (stopping,) = [one for one in planned if one["process_id"] == "retirement"]
    (evaluated,) = [one for one in planned if [move["before"] for move in one["begun"]] == ["give_opinion"]]
    keys = [str(stopping["instance_key"]), str(evaluated["instance_key"])]
    half = run(data, "migrate", *keys, "--rules", "--reason", "换用新图")
    assert half.exit_code == 1
    assert "retirement 第 1 版 → 本区第 1 版" in half.output
    assert "give_opinion" in half.output
    whole = run(data, "migrate", keys[1], "--rules", "--reason", "换用新图", "--plans", PLANS)
    assert (whole.exit_code, "om_evaluation 第 1 版 → 本区第 1 版" in whole.output) == (0, True), whole.output
    left = {one["instance_key"] for one in simplejson.loads(run(data, "preview", "--rules", "--plans", PLANS, "--json").output)}
    assert left == {one["instance_key"] for one in planned} - {stopping["instance_key"], evaluated["instance_key"]}


def test_a_file_that_is_no_plan_is_refused(data: str, tmp_path: Path) -> None:
    for text, told in (
        ("sucheng: {review: {move: {}}}", "sucheng review"),
        ("sucheng: {review: {plan: abc}}", "sucheng review"),
        ("sucheng: {review: {anew: {a: 1}}}", "sucheng review"),
        ("sucheng: {review: {stays: a}}", "sucheng review"),
        ("- a", "应为"),
        ("a: [", "无法读取"),
    ):
        (tmp_path / "plans.yaml").write_text(text, encoding="utf-8")
        refused = run(data, "preview", "--plans", str(tmp_path / "plans.yaml"))
        assert (refused.exit_code, told in refused.output) == (2, True), refused.output
