"""What can go wrong in an expression, in an analyst's words."""

from __future__ import annotations

from enum import StrEnum


class FeelError(Exception):
    """A refusal of an expression.

    ``code`` is a stable ASCII word (a ``FeelCode``, or one of whoever added the function), ``message`` a Chinese sentence, ``position`` the
    code-point offset into ``text`` where it happened (None when there is no place), ``line`` and ``column`` the same place counted from 1.
    """

    def __init__(self, code: StrEnum, message: str, position: int | None = None, text: str | None = None) -> None:
        super().__init__(code, message, position, text)
        self.code = code
        self.message = message
        self.position = position
        self.text = text

    @property
    def line(self) -> int | None:
        if self.position is None or self.text is None:
            return None
        return self.text.count("\n", 0, self.position) + 1

    @property
    def column(self) -> int | None:
        if self.position is None or self.text is None:
            return None
        return self.position - self.text.rfind("\n", 0, self.position)

    def at(self, position: int | None, text: str | None) -> FeelError:
        """Give the error a place if it has none yet; returns itself."""
        if self.position is None:
            self.position = position
        if self.text is None:
            self.text = text
        return self

    def __str__(self) -> str:
        if self.line is None:
            return self.message
        return f"第 {self.line} 行第 {self.column} 列：{self.message}"


class FeelSyntaxError(FeelError):
    """The text is not FEEL."""


class FeelLimitError(FeelError):
    """A limit of ``Limits`` was passed; the code is ``feel_limit_`` and the limit's name."""


class FeelEvaluationError(FeelError):
    """A value that FEEL cannot hold, or one that cannot leave FEEL in the form asked for."""
