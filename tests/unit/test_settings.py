"""Settings are documented, typed, and refuse what they cannot read."""

from pathlib import Path

import pytest

from app import config
from app.errors import InvalidRequest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "settings.md"


def test_the_reference_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == config.reference(), "run: make docs"


def test_the_command_line_wins_over_the_environment_and_that_over_the_default() -> None:
    assert config.load({}).port == 8000
    assert config.load({"QUANCHENG_PORT": "9000"}).port == 9000
    assert config.load({"QUANCHENG_PORT": "9000"}, port=9001).port == 9001


@pytest.mark.parametrize(
    ("variable", "text"), [("QUANCHENG_PORT", "eight"), ("QUANCHENG_DURABLE", "maybe"), ("QUANCHENG_PUMP_SECONDS", "")]
)
def test_a_value_of_the_wrong_type_is_refused_by_name(variable: str, text: str) -> None:
    with pytest.raises(InvalidRequest, match=variable):
        config.load({variable: text})
