"""Districts' files while a server runs: one that is faulty keeps its district as it was, or is none yet; the others are read as they are now."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from app import current
from app.catalogue import districts
from app.config import load
from app.errors import InvalidRequest

GOOD = 'title = "{}"\nzone = "Asia/Shanghai"\n[roles.a]\ntitle = "甲"\n'
Put = Callable[[str, str], None]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    (tmp_path / "districts").mkdir()
    monkeypatch.setattr(districts, "LOOKED_AFTER", 0)
    chosen = load({}, models=str(tmp_path))
    monkeypatch.setattr(current, "settings", lambda: chosen)
    return lambda name, text: (tmp_path / "districts" / f"{name}.toml").write_text(text, "utf-8") and None


def titles() -> dict[str, str]:
    return {key: district.title for key, district in districts.every().items()}


def test_a_faulty_new_file_disturbs_nobody(put: Put, caplog: pytest.LogCaptureFixture) -> None:
    put("hill", GOOD.format("山丘区"))
    assert titles() == {"hill": "山丘区"}
    put("lake", 'title = "湖区"\nzone = ')
    with caplog.at_level(logging.WARNING):
        assert titles() == {"hill": "山丘区"}
    assert "lake.toml" in caplog.text
    put("hill", GOOD.format("大山丘区"))  # while the other is still faulty
    assert titles() == {"hill": "大山丘区"}
    put("lake", GOOD.format("湖区"))
    assert titles() == {"hill": "大山丘区", "lake": "湖区"}


def test_a_file_that_becomes_faulty_leaves_its_district_as_it_was(put: Put) -> None:
    put("hill", GOOD.format("山丘区"))
    put("lake", GOOD.format("湖区"))
    assert len(titles()) == 2
    put("hill", GOOD.format("大山丘区").replace("[roles.a]", '[roles.a]\nleader = "b"'))  # there is no such role
    put("lake", GOOD.format("大湖区"))
    assert titles() == {"hill": "山丘区", "lake": "大湖区"}


def test_a_phase_that_there_is_not_is_a_fault_of_the_file_that_names_it(put: Put) -> None:
    put("phases", '[[phase]]\nkey = "draft"\ntitle = "草稿"\norder = 1\n')
    put("hill", GOOD.format("山丘区"))
    assert titles() == {"hill": "山丘区"}
    put("lake", GOOD.format("湖区") + '[processes.p]\nstart_phases = ["drift"]\n')
    assert titles() == {"hill": "山丘区"}


def test_at_the_start_a_faulty_file_is_told_and_nothing_begins(put: Put) -> None:
    put("hill", 'title = "山丘区"\nzone = ')
    with pytest.raises(InvalidRequest, match=r"hill\.toml"):
        districts.every()
