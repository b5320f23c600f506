"""What an element declares (``zeebe:property``), read once for everybody: who carries it out, who checks it, who shows it.

Values are texts of the diagram: keys, names and FEEL. Source: modelling.md §4, told to analysts in docs/analyst/diagrams.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

EFFECTS = (
    "phase", "record", "document", "set", "notify", "reads", "approves", "approvesWhen", "office", "person", "distinct", "mayBeEmpty",
)  # what the platform does because of them  # fmt: skip
WORDS = ("clauses", "returnTo", "stands", "noDeadline", "together")
OF_PROCESS = ("each", "when")  # declared on the process itself
PERSON = "person"  # of ``distinct``
PROPERTIES = frozenset({*EFFECTS, *WORDS, *OF_PROCESS})
RESERVED = (
    "project",
    "parameters",
)  # names of the ledger's row and of the district's parameters, wherever something of EFFECTS is declared
_SEPARATED = re.compile(r"[\s,;]+")
_READ = re.compile(r"=\s*(?:(?:sum|count)\s*\(\s*)?([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Empty where nothing is declared. ``returns``: element ids, or ``*``; ``sets``: ledger field → FEEL; ``reads``: registers; ``named_office``: an office is
    picked by an expression; ``notify_offices``: FEEL, each an office, a list of them or nobody."""

    phase: str = ""
    record: str = ""
    document: str = ""
    no_deadline: str = ""
    stands: str = ""
    approves_when: str = ""
    named_office: bool = False
    distinct: bool = False
    may_be_empty: bool = False
    notify: tuple[str, ...] = ()
    notify_offices: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    approves: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    sets: tuple[tuple[str, str], ...] = ()
    wrong_sets: tuple[str, ...] = ()  # parts of ``set`` that are no "field = FEEL"


def declared(properties: Mapping[str, str]) -> Declared:
    given = {name: value.strip() for name, value in properties.items()}
    return Declared(
        phase=given.get("phase", ""),
        record=given.get("record", ""),
        document=given.get("document", ""),
        no_deadline=given.get("noDeadline", ""),
        stands=_formula(given.get("stands", "")),
        approves_when=_formula(given.get("approvesWhen", "")),
        named_office=bool(given.get("office")),
        distinct=given.get("distinct") == PERSON,
        may_be_empty=given.get("mayBeEmpty") == "true",
        notify=_names(" ".join(part for part in parts(given.get("notify", "")) if not part.startswith("="))),
        notify_offices=tuple(_formula(part) for part in parts(given.get("notify", "")) if part.startswith("=") and _formula(part)),
        returns=_names(given.get("returnTo", "")),
        approves=_names(given.get("approves", "")),
        reads=tuple(dict.fromkeys(_READ.findall(";".join(parts(given.get("reads", "")))))),
        sets=tuple(pair for part in parts(given.get("set", "")) if (pair := _set(part)) is not None),
        wrong_sets=tuple(part for part in parts(given.get("set", "")) if _set(part) is None),
    )


def _set(part: str) -> tuple[str, str] | None:
    """Field and FEEL of one part of ``set``."""
    name, _, value = part.partition("=")
    return (name.strip(), _formula(value)) if name.strip().isidentifier() and _formula(value) else None


def parts(text: str) -> list[str]:
    """What stands between semicolons, but for those within a text."""
    found, quoted = [""], False
    for position, letter in enumerate(text):
        quoted ^= letter == '"' and text[position - 1 : position] != "\\"
        if letter == ";" and not quoted:
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found if part.strip()]


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in _SEPARATED.split(text) if name))


def _formula(text: str) -> str:
    return text.strip().removeprefix("=").strip()
