"""What is written out in an expression and belongs into a table: numbers, and the digits of durations, dates and times that stand in quotes."""

import re

PLAIN = frozenset({"0", "1"})
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?|\.\d+)(?![\w.])")
_MADE = r"years and months duration|days and time duration|date and time|duration|date|time|number"
_OF_TEXT = re.compile(rf'(?:(?<!\w)(?:{_MADE})\s*\(\s*|@\s*)"((?:[^"\\]|\\.)*)"')


def bare(text: str) -> str:
    """An expression without what its texts say."""
    return _STRING.sub('""', text)


def numbers(text: str) -> list[str]:
    """The numbers of an expression but 0 and 1, and texts of which it makes a duration, a date, a time or a number; a text of zeros alone is none."""
    made = [found for found in _OF_TEXT.findall(text) if any(digit in found for digit in "123456789")]
    return [*(number for number in _NUMBER.findall(bare(text)) if number not in PLAIN), *(f'"{found}"' for found in made)]
