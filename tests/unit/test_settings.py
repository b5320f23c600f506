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


@pytest.mark.parametrize(
    ("variable", "text", "wanted"),
    [
        ("QUANCHENG_PORT", "99999999", "应为 1 至 65535"),
        ("QUANCHENG_PORT", "-1", "应为 1 至 65535"),
        ("QUANCHENG_THREADS", "0", "应为 1 至 1000"),
        ("QUANCHENG_LOCK_SECONDS", "nan", "应为 0 至 3600"),
        ("QUANCHENG_PUMP_SECONDS", "inf", "应为 0.01 至 3600"),
        ("QUANCHENG_STEP_LIMIT", "0", "至少应为 1"),
        ("QUANCHENG_MESSAGE_LIFETIME", "一周", "应如 P7D"),
        ("QUANCHENG_MESSAGE_LIFETIME", "PT", "应如 P7D"),
    ],
)
def test_a_value_that_lets_nothing_run_is_refused_by_name_with_what_it_may_be(variable: str, text: str, wanted: str) -> None:
    with pytest.raises(InvalidRequest, match=f"{variable} 的值 {text} 不能用,{wanted}"):
        config.load({variable: text})


def test_the_command_line_has_the_same_limits() -> None:
    with pytest.raises(InvalidRequest, match="QUANCHENG_PORT"):
        config.load({}, port=70_000)
