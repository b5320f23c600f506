"""The districts that this installation serves, from its files."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from app import current
from app.domain import districts
from app.domain.districts import District, Phase
from app.errors import InvalidRequest


def every() -> Mapping[str, District]:
    return _every(current.settings().root)


@lru_cache(maxsize=8)
def _every(root: Path) -> Mapping[str, District]:
    return districts.load_all(root / "districts")


def get(key: str) -> District:
    """One district. Raises InvalidRequest (DISTRICT) naming those that there are."""
    known = every()
    if key not in known:
        raise InvalidRequest(f"没有区“{key}”,可用:{'、'.join(known)}", code="DISTRICT")
    return known[key]


def phases() -> tuple[Phase, ...]:
    return _phases(current.settings().root)


@lru_cache(maxsize=8)
def _phases(root: Path) -> tuple[Phase, ...]:
    return districts.load_phases(root / "districts" / "phases.toml")


def phase_keys() -> tuple[str, ...]:
    return tuple(phase.key for phase in phases())


def translate(district: District, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts in the district's own words: texts that its file lists under [words] are replaced, also inside tables; ``kind`` becomes projectType."""

    def word(value: Any) -> Any:
        if isinstance(value, str):
            return district.words.get(value, value)
        if isinstance(value, list):
            return [word(item) for item in value]
        if isinstance(value, Mapping):
            return {key: word(item) for key, item in value.items()}
        return value

    translated = {name: word(value) for name, value in facts.items()}
    if "kind" in translated:
        translated["projectType"] = translated.pop("kind")
    if "fundItems" in translated:
        translated["totalAmount"] = sum((Decimal(item["amount"]) for item in translated["fundItems"]), Decimal(0))
    return translated
