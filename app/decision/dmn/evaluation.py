"""What one evaluation gives back, and what is known while it runs.

Public: Evaluation, Matched. Run is the state of one call: FEEL's environment, the remarks so far, the trace of the decision at hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.decision import feel
from app.decision.codes import DmnCode, FeelCode
from app.decision.dmn.problems import Place, Warned, fail, shorten

DEPTH: Final = 60
"""How deep functions of a model (knowledge models, services, boxed functions) may call each other."""

REMARKS: Final = 100
"""How many remarks one decision keeps; a loop may make thousands alike."""


@dataclass(slots=True)
class Matched:
    """A row that matched: number from 1, XML id, outputs by column name, annotations by name. `table` names a table nested in a context."""

    number: int
    id: str
    outputs: dict[str, object]
    annotations: dict[str, str]
    table: str = ""


@dataclass(slots=True)
class Evaluation:
    """A decision's result and how it came about.

    `inputs`: one dict per input column (name, label, expression, value) of its tables, `rules`: rows that matched, `required`: evaluations of
    decisions and knowledge models that it used, `warnings`: remarks (values that became null and why), `file`: where it is defined.
    """

    decision_id: str
    decision_name: str
    output: object = None
    inputs: list[dict[str, object]] = field(default_factory=list)
    rules: list[Matched] = field(default_factory=list)
    required: list[Evaluation] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    kind: str = "decision"
    file: str = ""


class EvaluationRun:
    """The state of one call: not shared between calls. `place` is where FEEL is working, for its remarks.

    `deadline` (of the clock of FEEL's limits) bounds the whole call; each expression has FEEL's own limit besides.
    """

    __slots__ = ("deadline", "depth", "environment", "place", "trace")

    def __init__(self, environment: feel.Environment, trace: Evaluation, deadline: float, depth: int = 0) -> None:
        self.trace = trace
        self.deadline = deadline
        self.place: Place = Place()
        self.depth = depth
        self.environment = feel.Environment(
            now=environment.now,
            zone=environment.zone,
            functions=environment.functions,
            limits=environment.limits,
            extra=environment.extra,
            on_warning=self._listener(environment),
        )

    def _listener(self, environment: feel.Environment) -> Callable[[FeelCode, str, int | None], None]:
        """Keeps FEEL's remarks for the explanation, and passes them to the caller's own listener."""
        outer = environment.on_warning

        def listen(code: FeelCode, message: str, position: int | None) -> None:
            place = self.place
            where = f"（第 {position + 1} 个字符处）" if position else ""
            self._keep(Warned(code, f"{message}{where}", place.decision, place.rule, place.column))
            if outer is not None:
                outer(code, message, position)

        return listen

    def warn(self, code: StrEnum, message: str, place: Place, text: str | None = None) -> None:
        """Leave a remark."""
        quoted = None if text is None else shorten(text)
        self._keep(Warned(code=code, message=message, decision=place.decision, rule=place.rule, column=place.column, text=quoted))

    def _keep(self, warned: Warned) -> None:
        kept = self.trace.warnings
        if len(kept) < REMARKS:
            kept.append(warned)

    def check_time(self, place: Place) -> None:
        """Raises DmnEvaluationError when the whole evaluation takes too long."""
        if self.environment.limits.clock() > self.deadline:
            raise fail(DmnCode.SECONDS, f"决策计算超过 {self.environment.limits.seconds} 秒，已停止，请简化表达式", place)

    def enter(self, place: Place) -> None:
        """One call deeper. Raises DmnEvaluationError when the model calls itself without end."""
        self.depth += 1
        if self.depth > DEPTH:
            raise fail(DmnCode.RECURSION, f"函数互相调用超过 {DEPTH} 层，请检查是否循环调用", place)

    def leave(self) -> None:
        """One call back."""
        self.depth -= 1
