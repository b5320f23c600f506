"""Every behaviour runs twice: straight, and with dump → load after every step."""

from collections.abc import Callable
from functools import partial

import pytest

from .runs import Run


@pytest.fixture(params=["straight", "reloaded"])
def begin(request: pytest.FixtureRequest) -> Callable[..., Run]:
    """Start a tree: ``begin(library, variables={…})``."""
    return partial(Run, reload=request.param == "reloaded")
