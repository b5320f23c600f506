"""Numbers that only one row of a register may have: the same one, however wide, spaced or capitalised it is written."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from app.domain.form_checks import Unique

_SAME = str.maketrans({"—": "-", "–": "-", "－": "-", "〔": "(", "〕": ")", "[": "(", "]": ")", "【": "(", "】": ")"})


def plain(number: Any) -> str:
    """A number as it is compared; empty of what is none."""
    if not isinstance(number, str):
        return ""
    folded = unicodedata.normalize("NFKC", number.translate(_SAME)).casefold()
    return "".join(sign for sign in folded if not sign.isspace() and unicodedata.category(sign)[0] != "C")


def holds(row: Mapping[str, Any], unique: Unique, number: str) -> bool:
    """Whether a row of the register has the number."""
    return plain(row.get(unique.field)) == number and all(row.get(name) == value for name, value in unique.where.items())
