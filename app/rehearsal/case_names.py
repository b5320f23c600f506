"""What the name of a scenario's case says of requirements: their ids, each with the side that the case shows; and the name without it."""

import re

ALLOWED, REFUSED = "allowed", "refused"
BOTH = frozenset({ALLOWED, REFUSED})
SIDES = {"放行": frozenset({ALLOWED}), "拦住": frozenset({REFUSED}), "两面": BOTH}  # after an id; without one: allowed
_ID = r"[A-Z]{2,6}-\d+-\d+"
_GROUP = re.compile(rf"{_ID}(?:、{_ID})*(?: ?(?:{'|'.join(SIDES)}))?")
_BRACKETS = re.compile(rf"[（(](?:{_GROUP.pattern})(?:[；、，;, ]*(?:{_GROUP.pattern}))*[）)]")


def requirements(name: str) -> dict[str, frozenset[str]]:
    """``四百万元（SC-12-1、SC-5-7 放行）`` → the ids with their sides."""
    found: dict[str, frozenset[str]] = {}
    for match in _GROUP.finditer(name):
        sides = next((sides for word, sides in SIDES.items() if match[0].endswith(word)), SIDES["放行"])
        for key in re.findall(_ID, match[0]):
            found[key] = found.get(key, frozenset()) | sides
    return found


def plain(name: str) -> str:
    """Without what stands in brackets about requirements: a case that comes to show one more is the case that it was."""
    return _BRACKETS.sub("", name).strip() or name
