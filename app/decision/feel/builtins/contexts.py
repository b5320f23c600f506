"""."""

from __future__ import annotations

from .declaration import Group

FUNCTIONS = Group("contexts")
