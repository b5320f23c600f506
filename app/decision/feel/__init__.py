"""FEEL, the expression language of DMN 1.5: compile once, evaluate many times.

``compile`` and ``compile_unary`` give reusable objects; ``Environment`` carries the instant, the zone and the functions. A mismatch of
types gives null, as the specification says, and is reported to ``Environment.on_warning``; only syntax and limits raise (``FeelError``).
"""

from __future__ import annotations

from .builtins import BUILTINS
from .errors import FeelError, FeelEvaluationError, FeelLimitError, FeelSyntaxError
from .expression import Expression, UnaryTests, compile, compile_unary  # noqa: A004 (the interface's word)
from .limits import Limits
from .registry import FunctionSpec, Registry
from .run import Environment
from .text import literal, to_json, to_text
from .types import Type, coerce, conforms
from .values import FeelDate, FeelDateTime, FeelTime, Function, Range, YearMonthDuration, type_name

__all__ = [
    "BUILTINS",
    "Environment",
    "Expression",
    "FeelDate",
    "FeelDateTime",
    "FeelError",
    "FeelEvaluationError",
    "FeelLimitError",
    "FeelSyntaxError",
    "FeelTime",
    "Function",
    "FunctionSpec",
    "Limits",
    "Range",
    "Registry",
    "Type",
    "UnaryTests",
    "YearMonthDuration",
    "coerce",
    "compile",
    "compile_unary",
    "conforms",
    "literal",
    "to_json",
    "to_text",
    "type_name",
]
