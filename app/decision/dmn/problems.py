"""What is wrong with a decision file or with one evaluation, in an analyst's words.

Every problem has a stable ASCII code, a place (file, decision, rule row, column, XML line) and a Chinese sentence that says what is wrong
and what to do about it. Rows are counted from 1, as a modeler shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from app.decision.codes import DmnCode

Severity = Literal["error", "warning"]

SHOWN_TEXT = 60


def shorten(text: str) -> str:
    """The text of a cell as it is quoted in a message: one line, at most SHOWN_TEXT characters."""
    line = " ".join(text[: SHOWN_TEXT * 4].split())
    return line if len(line) <= SHOWN_TEXT else line[:SHOWN_TEXT] + "…"


def locate(file: str, decision: str | None, rule: int | None, column: str | None, line: int | None = None) -> str:
    """A place in words: 「change_route.dmn 决策“变更路径” 第 3 行 “金额”列」; empty when nothing is known."""
    parts = []
    if file:
        parts.append(f"{file}（第 {line} 行源码）" if line else file)
    if decision:
        parts.append(f"决策“{decision}”")
    if rule is not None:
        parts.append(f"第 {rule} 行")
    if column:
        parts.append(f"“{column}”列" if rule is not None else f"“{column}”")
    return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text of the model stands; shared by everything that can fail there."""

    file: str = ""
    decision: str | None = None
    rule: int | None = None
    column: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class DmnProblem:
    """One finding about a decision file. `message` is the Chinese sentence without its place; `str()` adds the place."""

    code: StrEnum
    message: str
    file: str
    decision: str | None = None
    rule: int | None = None
    column: str | None = None
    text: str | None = None
    severity: Severity = "error"
    line: int | None = None

    def __str__(self) -> str:
        place = locate(self.file, self.decision, self.rule, self.column, self.line)
        return f"{place}：{self.message}" if place else self.message


def report(code: StrEnum, message: str, place: Place, *, text: str | None = None, severity: Severity = "error") -> DmnProblem:
    """A Problem at a Place."""
    return DmnProblem(
        code=code,
        message=message,
        file=place.file,
        decision=place.decision,
        rule=place.rule,
        column=place.column,
        text=None if text is None else shorten(text),
        severity=severity,
        line=place.line,
    )


class DmnError(Exception):
    """A decision file that cannot be used. `problems` holds all findings; `str()` is the first one with its place."""

    def __init__(self, problems: Sequence[DmnProblem]) -> None:
        self.problems: list[DmnProblem] = list(problems)
        super().__init__(str(self.problems[0]) if self.problems else "决策文件有错误")

    @property
    def code(self) -> StrEnum:
        """Code of the first problem."""
        return self.problems[0].code if self.problems else DmnCode.INVALID


class DmnEvaluationError(Exception):
    """A decision that could not give a result: a violated UNIQUE or ANY, a value that is not allowed, a limit.

    `code` is stable ASCII, `message` a Chinese sentence without the place, `str()` has both.
    """

    def __init__(
        self,
        code: StrEnum,
        message: str,
        *,
        decision: str | None = None,
        rule: int | None = None,
        column: str | None = None,
        text: str | None = None,
        file: str = "",
    ) -> None:
        self.code = code
        self.message = message
        self.decision = decision
        self.rule = rule
        self.column = column
        self.text = None if text is None else shorten(text)
        self.file = file
        place = locate(file, decision, rule, column)
        super().__init__(f"{place}：{message}" if place else message)


def fail(code: StrEnum, message: str, place: Place, *, text: str | None = None) -> DmnEvaluationError:
    """A DmnEvaluationError at a Place; the caller raises it."""
    return DmnEvaluationError(code, message, decision=place.decision, rule=place.rule, column=place.column, text=text, file=place.file)


@dataclass(frozen=True, slots=True)
class Warned:
    """A remark that an evaluation leaves behind (a value that did not fit its type became null, and the like)."""

    code: StrEnum
    message: str
    decision: str | None = None
    rule: int | None = None
    column: str | None = None
    text: str | None = None

    def __str__(self) -> str:
        place = locate("", self.decision, self.rule, self.column)
        return f"{place}：{self.message}" if place else self.message
