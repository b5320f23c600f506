"""Names of more than one word: which there are and where a text spells one."""

from __future__ import annotations

from collections.abc import Iterable

from .lexer import STRING, Lexeme, name_parts

Pieces = tuple[tuple[str, bool], ...]


class Vocabulary:
    """Names of more than one word, by their first word, the longest first."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[Pieces, str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Learn a name; one of a single word needs no learning."""
        parts = name_parts(name)
        if parts is None or len(parts) < 2:
            return
        entries = self._by_first.setdefault(parts[0][0], [])
        entry = (parts, " ".join(name.split()))
        if entry not in entries:
            entries.append(entry)
            entries.sort(key=lambda item: -len(item[0]))

    def match(self, tokens: list[Lexeme], index: int) -> tuple[str, int] | None:
        """The longest name that the tokens spell from an index on, and the index after it."""
        entries = self._by_first.get(tokens[index].value)
        if entries is None:
            return None
        for parts, name in entries:
            end = index + len(parts)
            if end < len(tokens) and all(
                token.value == value and token.kind != STRING and (offset == 0 or token.spaced == spaced)
                for offset, (token, (value, spaced)) in enumerate(zip(tokens[index:end], parts, strict=True))
            ):
                return name, end
        return None
