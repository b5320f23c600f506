"""Texts in FEEL that stand in a decision model, each with its place: compiled once, evaluated with errors that name the cell.

A formula knows the special names of its surroundings (names with blanks, dots or operators, as "Teacher's Evaluation"), because FEEL needs
them to find where a name ends. A text that does not compile stays in the model as a problem; evaluating it fails with the same sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from app.decision import feel
from app.decision.codes import DmnCode
from app.decision.dmn.problems import DmnEvaluationError, DmnProblem, Place, fail, report
from app.decision.feel.syntax import Call, names_read, walk

EXPRESSION: Final = "expression"
UNARY: Final = "unary"

_PLAIN_NAME: Final = re.compile(r"[^\W\d]\w*\Z")

Scope = dict[str, object]


def is_plain(name: str) -> bool:
    """Whether FEEL reads a name as one word without being told."""
    return _PLAIN_NAME.match(name) is not None


class Formula:
    """One FEEL text. `kind` is EXPRESSION or UNARY; `names` are the special names visible where it stands."""

    __slots__ = ("_compiled", "_error", "_functions", "_limits", "_names", "_types", "kind", "place", "text")

    def __init__(self, text: str, kind: str, place: Place, *, limits: feel.Limits, functions: feel.Registry) -> None:
        self.text = text
        self.kind = kind
        self.place = place
        self._limits = limits
        self._functions = functions
        self._names: frozenset[str] = frozenset()
        self._types: Mapping[str, Callable[[object], bool]] | None = None
        self._compiled: feel.Expression | feel.UnaryTests | None = None
        self._error: DmnProblem | None = None

    def prepare(self, names: frozenset[str], types: Mapping[str, Callable[[object], bool]]) -> None:
        """Compile with these special names and the model's types in sight; what goes wrong is kept in `problem`."""
        self._names |= frozenset(name for name in names if not is_plain(name))
        self._types = types or None
        self._compile()

    def _compile(self) -> None:
        try:
            if self.kind == UNARY:
                self._compiled = feel.compile_unary(
                    self.text, limits=self._limits, functions=self._functions, names=self._names, types=self._types
                )
            else:
                self._compiled = feel.compile(
                    self.text, limits=self._limits, functions=self._functions, names=self._names, types=self._types
                )
            self._error = None
        except feel.FeelError as error:
            self._compiled = None
            self._error = report(error.code, explain(error), self.place, text=self.text)
        except RecursionError:
            self._compiled = None
            self._error = report(DmnCode.NESTING, "表达式的括号嵌套太深，请拆成几步", self.place, text=self.text)

    @property
    def compiled(self) -> feel.Expression | feel.UnaryTests | None:
        """FEEL's compiled form, None when the text is wrong."""
        if self._compiled is None and self._error is None:
            self._compile()
        return self._compiled

    @property
    def problem(self) -> DmnProblem | None:
        """Why the text does not compile."""
        return None if self.compiled is not None else self._error

    @property
    def names(self) -> frozenset[str]:
        """Free names that the text reads."""
        compiled = self.compiled
        return frozenset() if compiled is None else frozenset(compiled.names)

    @property
    def certain_names(self) -> frozenset[str]:
        """Free names without those that may be entries of an item that is filtered."""
        compiled = self.compiled
        return frozenset() if compiled is None else compiled.names - compiled.uncertain

    @property
    def read(self) -> frozenset[str]:
        """Free names that the text may read as values, called like a function or not."""
        compiled = self.compiled
        return frozenset() if compiled is None else names_read(compiled.tree.root)

    @property
    def calls(self) -> frozenset[str]:
        """Names that the text invokes."""
        compiled = self.compiled
        return frozenset() if compiled is None else frozenset(compiled.calls)

    @property
    def invocations(self) -> tuple[Call, ...]:
        """Every call that the text makes."""
        compiled = self.compiled
        return () if compiled is None else tuple(node for node in walk(compiled.tree.root) if isinstance(node, Call))

    @property
    def members(self) -> frozenset[tuple[str, str]]:
        """(name, entry) of every ``name.entry`` that the text reads of a free name."""
        compiled = self.compiled
        return frozenset() if compiled is None else compiled.members

    def evaluate(self, scope: Mapping[str, object], environment: feel.Environment) -> object:
        """Value of an expression. Raises DmnEvaluationError with the formula's place."""
        compiled = self._compiled
        if compiled is None:
            compiled = self._require()
        try:
            return compiled.evaluate(scope, environment)  # type: ignore[union-attr]
        except feel.FeelError as error:
            raise self.explained(error) from error

    def matches(self, value: object, scope: Mapping[str, object], environment: feel.Environment) -> bool | None:
        """Answer of unary tests about a value. Raises DmnEvaluationError with the formula's place."""
        compiled = self._compiled
        if compiled is None:
            compiled = self._require()
        try:
            return compiled.matches(value, scope, environment)  # type: ignore[union-attr]
        except feel.FeelError as error:
            raise self.explained(error) from error

    def explained(self, error: feel.FeelError) -> DmnEvaluationError:
        """FEEL's error as one of this cell."""
        return fail(error.code, explain(error), self.place, text=self.text)

    def _require(self) -> feel.Expression | feel.UnaryTests:
        compiled = self.compiled
        if compiled is None:
            problem = self._error
            message = "表达式有错误" if problem is None else problem.message
            raise fail(DmnCode.SYNTAX if problem is None else problem.code, message, self.place, text=self.text)
        return compiled


def explain(error: feel.FeelError) -> str:
    """FEEL's sentence with the position inside the cell."""
    where = f"（第 {error.position + 1} 个字符处）" if error.position is not None and error.position > 0 else ""
    return f"{error.message}{where}"
