"""The demonstration's projects are a file; what is wrong in it is refused by name."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.errors import InvalidRequest
from app.playing import lives
from tests.integration.services.conftest import Cast

GOOD = '[[life]]\nname = "平台"\nuntil = "approved"\nago = 1\nfacts = { totalAmount = 4000000.01 }\n'


def test_amounts_are_the_decimals_that_are_written(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "lives.toml"
    file.write_text(GOOD, encoding="utf-8")
    (plan,) = lives.read(file)
    assert plan.facts == {"totalAmount": Decimal("4000000.01")}
    assert (plan.name, plan.until, plan.office, plan.at) == ("平台", "approved", 0, "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('until = "approved"|until = "dreaming"', "dreaming"),
        ('ago = 1|ago = "1"', "“ago”"),
        ("ago = 1|", "缺少“ago”"),
        ('ago = 1|ago = 1\ncolour = "red"', "“colour”"),
        ('ago = 1|ago = 1\nat = "nobody"', "nobody"),
        ("[[life]]|[[live]]", "[[life]]"),
        ("facts = {|facts = [", "无法读取"),
    ],
)
def test_a_slip_is_refused_with_its_place(cast: Cast, tmp_path: Path, change: str, words: str) -> None:
    before, after = change.split("|")
    file = tmp_path / "lives.toml"
    file.write_text(GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(InvalidRequest) as refusal:
        lives.read(file)
    assert refusal.value.code == "LIVES"
    assert words in refusal.value.message
    assert "lives.toml" in refusal.value.message
