"""A server may stand in any zone: the window and the deadlines are Shanghai's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MIDNIGHTS = [
    "tests/unit/domain/test_deadlines.py",
    "tests/processes/operation/test_deadlines.py",
    "tests/integration/districts/test_window.py::test_at_midnight_it_is_refused_and_the_exempt_way_is_shown",
    "tests/integration/districts/test_window.py::test_the_last_second_of_15_october_is_in_time[sqlite]",
    "tests/integration/districts/test_lateness.py::test_fengxians_bureau_is_overdue_when_day_thirty_is_over_without_a_meeting[sqlite]",
    "tests/integration/districts/test_lateness.py::test_a_day_thirty_without_office_hours_moves_to_the_next_with",
]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai"])
def test_midnight_is_the_districts(zone: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *MIDNIGHTS],
        cwd=ROOT,
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout
