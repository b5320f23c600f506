"""The functions of the language, by the chapters of the specification (10.3.4) and our few additions."""

from __future__ import annotations

from ..registry import Registry
from . import boolean, contexts, conversion, extensions, lists, numeric, ranges, strings, temporals

GROUPS = (conversion, boolean, strings, lists, numeric, temporals, ranges, contexts, extensions)
BUILTINS = Registry([spec for group in GROUPS for spec in group.FUNCTIONS.specs])

__all__ = ["BUILTINS", "GROUPS"]
