"""The changes that are made to a decision file: a row gone, or one literal of one cell moved by one unit up or down."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

MODEL = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
MONEY = 10_000  # a whole number from here on is an amount: its unit is a fen, of a smaller one it is one
_LITERAL = re.compile(
    r'"(?P<whole>\d{4}-\d\d-\d\d)"|"(?P<day>\d\d-\d\d)"|"(?P<text>(?:[^"\\]|\\.)*)"|(?<![\w@])(?<!\d\.)(?P<number>\d+(?:\.\d+)?)(?!\w)(?!\.\d)'
)
_YEAR = 2027  # of a day without one: not a leap year


@dataclass(frozen=True, slots=True)
class Mutation:
    """``file`` relative to the installation, ``decision`` and ``row`` by id; ``what`` says what becomes of it."""

    file: str
    decision: str
    row: str
    what: str
    content: bytes

    @property
    def place(self) -> str:
        return f"{self.decision}.{self.row}"

    @property
    def name(self) -> str:
        return f"{self.file} {self.place}: {self.what}"


def of_file(root: Path, path: Path) -> Iterator[Mutation]:
    """All of one file, in order."""
    name = path.relative_to(root).as_posix()
    source = path.read_bytes()
    for namespace, address in _namespaces(source):
        ElementTree.register_namespace(namespace, address)
    tree = ElementTree.fromstring(source)
    for decision in tree.iter(f"{MODEL}decision"):
        table = decision.find(f"{MODEL}decisionTable")
        for row in [] if table is None else table.findall(f"{MODEL}rule"):
            assert table is not None
            at = list(table).index(row)
            table.remove(row)
            yield Mutation(name, decision.get("id", ""), row.get("id", ""), "gone", ElementTree.tostring(tree))
            table.insert(at, row)
            for cell in (text for entry in ("inputEntry", "outputEntry") for text in row.findall(f"{MODEL}{entry}/{MODEL}text")):
                before = cell.text or ""
                for after, what in moved(before):
                    cell.text = after
                    yield Mutation(name, decision.get("id", ""), row.get("id", ""), what, ElementTree.tostring(tree))
                cell.text = before


def moved(cell: str) -> Iterator[tuple[str, str]]:
    """A cell with one of its literals one unit up or down, and what that is."""
    for match in _LITERAL.finditer(cell):
        for sign in (1, -1):
            after = _one_on(match, sign)
            if after is not None:
                yield cell[: match.start()] + after + cell[match.end() :], f"{match.group()} -> {after} in {cell.strip()[:60]}"


def _one_on(match: re.Match[str], sign: int) -> str | None:
    if text := match["whole"]:
        return f'"{date.fromisoformat(text) + timedelta(days=sign)}"'
    if text := match["day"]:
        try:
            return f'"{date.fromisoformat(f"{_YEAR}-{text}") + timedelta(days=sign):%m-%d}"'
        except ValueError:
            return None
    if (text := match["number"]) is None:
        return None
    number = Decimal(text)
    if "." in text:
        unit = Decimal(1).scaleb(-len(text.partition(".")[2]))
    else:
        unit = Decimal("0.01") if number >= MONEY else Decimal(1)
    after = number + sign * unit
    return str(after) if after >= 0 else None


def _namespaces(source: bytes) -> list[tuple[str, str]]:
    return [(prefix, address) for prefix, address in re.findall(r'xmlns:?([\w]*)="([^"]+)"', source.decode())]
