"""What a service task may call inside the act that reaches it: pure functions of variables and ledger rows, one module a job type."""

from collections.abc import Mapping
from typing import cast

from app.connectors import (
    allot_number,
    assign_role,
    mark_overdue,
    move_phase,
    notify,
    publish_message,
    put_record,
    query_projects,
    query_records,
    read_project,
    update_project,
)
from app.connectors.calls import Connector

_MODULES = (
    allot_number,
    assign_role,
    mark_overdue,
    move_phase,
    notify,
    publish_message,
    put_record,
    query_projects,
    query_records,
    read_project,
    update_project,
)
CONNECTORS: Mapping[str, Connector] = {module.TYPE: cast(Connector, module) for module in _MODULES}
