"""What is written out in an expression and belongs into a table: numbers, and the digits of durations, dates and times that stand in quotes."""

import re

PLAIN = frozenset({"0", "1"})
LAST_DAY = "9998-12-31"  # a bound against slips of the hand: the platform reckons with no later one
_DIGITS = re.compile(r"[0-9]+")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?|\.\d+)(?![\w.])")
_MADE = r"years and months duration|days and time duration|date and time|duration|date|time|number"
_OF_TEXT = re.compile(rf'(?:(?<!\w)(?:{_MADE})\s*\(\s*|@\s*)"((?:[^"\\]|\\.)*)"')


def bare(text: str) -> str:
    """An expression without what its texts say."""
    return _STRING.sub('""', text)


def numbers(text: str) -> list[str]:
    """The numbers of an expression but 0 and 1, and texts of other ones of which it makes a duration, a date, a time or a number."""
    made = [found for found in _OF_TEXT.findall(text) if found != LAST_DAY and any(int(digits) > 1 for digits in _DIGITS.findall(found))]
    return [*(number for number in _NUMBER.findall(bare(text)) if number not in PLAIN), *(f'"{found}"' for found in made)]
