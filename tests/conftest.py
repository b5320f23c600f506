"""What holds for all tests: those of one ``xdist_group`` run on one worker, so that what they share is made once."""

import pytest
from _pytest.nodeid import NodeId


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # pytest-xdist 3.8 writes the group to an attribute that pytest 9.2 does not read any more: without this every group is torn apart.
    for item in items:
        grouped = vars(item).get("_nodeid")
        if isinstance(grouped, str) and grouped != item.nodeid:
            item._id = NodeId.parse(grouped)
