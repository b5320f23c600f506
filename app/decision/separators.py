"""Commas that part what they should not, or do not part what they should.

`4,000,000` is a list of three numbers in FEEL, and `<= 4,000,000` three tests, without a word of warning.
"""

import re

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_OF_DATES = re.compile(r"\b(?:date and time|date|time)\s*\([^()]*\)")  # `date(2027, 01, 01)` has leading zeros for another reason
_GROUPED = re.compile(r"(?<![\w,])(?<![^.]\.)\d+(?:\s*,\s*\d{3})*?\s*,\s*0\d+(?:\s*,\s*\d{3})*(?![\w])")


def grouped_numbers(text: str) -> list[str]:
    """The numbers of an expression that somebody has written in groups: an item begins with 0 and has further digits, right after a number."""
    bare = _OF_DATES.sub("", _STRING.sub('""', text))
    return _GROUPED.findall(bare)


def full_width(text: str) -> str:
    """What is to be said of a list of names that full-width commas part; empty where there are none."""
    found = next((mark for mark in "，、；" if mark in text), "")
    return f"其中的“{found}”是全角的,不分隔名称,请用半角逗号(,)" if found else ""


def told(text: str) -> str:
    """What is to be said of the first of them; empty where there is none."""
    found = grouped_numbers(text)
    if not found:
        return ""
    plain = re.sub(r"[\s,]", "", found[0])
    return f"“{found[0]}”是几个数,不是一个:数里不能写分节的逗号,请写成 {plain}"
