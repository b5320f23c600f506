"""How single values are said, on pages and in the panel of a diagram alike."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_GROUPED = 10_000  # whole numbers from here on are written with separators; below are years and numbers of days
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def number(value: Decimal | int) -> str:
    """2026, 12,000, 1,234.50."""
    exact = Decimal(value)
    plain = f"{exact:f}"
    return plain if "." not in plain and abs(exact) < _GROUPED else f"{exact:,f}"


def document(reference: Mapping[str, Any]) -> str:
    """建设方案.pdf, 建设方案.pdf(第 2 版)."""
    return str(reference["name"]) + (f"(第 {reference['version']} 版)" if reference["version"] > 1 else "")


def size(count: int) -> str:
    """100 MB, 512 KB."""
    if count >= 1_000_000:
        return f"{count / 1_000_000:.4g} MB"
    return f"{count / 1_000:.4g} KB" if count >= 1_000 else f"{count} 字节"


def is_said(text: str) -> bool:
    """Whether a text is for people: a code or an id has no Chinese letter."""
    return _CHINESE.search(text) is not None


def is_day(text: str) -> bool:
    """Whether a text is a calendar day, as JSON writes it and as people read it."""
    return _DAY.fullmatch(text) is not None
