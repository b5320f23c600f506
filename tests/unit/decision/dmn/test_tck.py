"""The kit's runner on a small kit of our own, and on the real one where it is to be found (TCK_DIR)."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from app.decision import tck

KIT = Path(os.environ.get("TCK_DIR", Path(__file__).parents[5] / "shared" / "dmn-tck"))


def test_each_result_node_is_counted_once_with_its_reason(data):
    report = tck.run(data / "tck")
    assert (report.count.passed, report.count.failed, report.count.errors, report.count.total) == (5, 3, 1, 9)
    assert list(report.by_directory) == ["own/0001-sum", "own/0002-unreadable"]
    assert [(failure.case, failure.node, failure.kind) for failure in report.failures] == [
        ("005", "echo", "failed"),
        ("005", "broken", "failed"),
        ("005", "nothing", "failed"),
        ("001", "x", "errors"),
    ]
    assert all(failure.reason for failure in report.failures)


def test_the_command_prints_json_or_text_and_an_exit_code(data):
    code, text = tck.main(data / "tck", True)
    found = json.loads(text)
    assert code == 1
    assert {key: found[key] for key in ("passed", "failed", "errors", "total")} == {"passed": 5, "failed": 3, "errors": 1, "total": 9}
    assert found["by_directory"]["own/0002-unreadable"] == {"passed": 0, "failed": 0, "errors": 1, "total": 1}
    code, text = tck.main(data / "tck")
    assert code == 1
    assert "5/9" in text


def test_a_missing_or_empty_directory_is_said(tmp_path):
    assert tck.main(tmp_path / "none")[0] == 2
    code, text = tck.main(tmp_path, True)
    assert code == 2
    assert json.loads(text)["total"] == 0


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        (Decimal("0.33333333"), Decimal(1) / 3, True),
        (Decimal("0.3333333"), Decimal(1) / 3, False),
        (Decimal(1), True, False),
        (Decimal(1), "1", False),
        (None, None, True),
        (None, False, False),
        ([Decimal(1)], [Decimal(1), None], False),
        ({"a": Decimal(1)}, {"a": Decimal("1.0")}, True),
        ({"a": None}, {}, False),
    ],
)
def test_values_are_compared_as_the_kit_does(expected, actual, same):
    assert tck.equal(expected, actual) is same


@pytest.mark.skipif(not KIT.is_dir(), reason=f"the DMN TCK is not at {KIT} (set TCK_DIR)")
@pytest.mark.parametrize(("level", "share"), [("compliance-level-2", 0.99), ("compliance-level-3", 0.97)])
def test_the_real_kit(level, share):
    report = tck.run(KIT / level)
    assert report.count.errors == 0
    assert report.count.passed >= share * report.count.total, report.text()
