"""What holds for all tests: those of one ``xdist_group`` run on one worker, so that what they share is made once."""

import gc
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from _pytest.nodeid import NodeId

from app import logs
from app.config import Config

# A worker keeps thousands of models: to look through them all again and again would be an eighth of the suite's time.
gc.set_threshold(20_000, 20, 100)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # pytest-xdist 3.8 writes the group to an attribute that pytest 9.2 does not read any more: without this every group is torn apart.
    for item in items:
        grouped = vars(item).get("_nodeid")
        if isinstance(grouped, str) and grouped != item.nodeid:
            item._id = NodeId.parse(grouped)


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """What a command or a server sets up in this process ends with the test."""
    loggers = [logging.getLogger(name) for name in (None, "app", "gunicorn.error")]
    before = [(logger, logger.level, logger.propagate) for logger in loggers]
    yield
    for logger, level, propagate in before:
        for handler in [handler for handler in logger.handlers if type(handler).__module__ == logs.__name__]:
            logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


@pytest.fixture
def logbook(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """The lines written since the last call, down to debug."""
    logs.set_up(Config(log_format="json", log_level="debug"))
    capsys.readouterr()
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
