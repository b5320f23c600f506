"""``query_records``: entries of the register of the header ``kind``, oldest first; inputs are values that their data must have. Result: {records}."""

from collections.abc import Sequence
from typing import Any

from app.connectors.calls import ConnectorCall, FoundRecord, Outcome, RecordsRead
from app.errors import ConnectorError

TYPE = "query_records"
_SCOPES = ("project", "district")


def reads(call: ConnectorCall) -> RecordsRead:
    scope = call.headers.get("scope", "project")
    if scope not in _SCOPES:
        raise ConnectorError(f"{call.place}的任务头 scope 应为 project 或 district,得到“{scope}”")
    if scope == "project":
        call.the_project()
    return RecordsRead(
        call.header("kind"), scope, {name: value for name, value in call.variables.items() if value is not None} if call.mapped else {}
    )


def run(call: ConnectorCall, found: Sequence[FoundRecord]) -> Outcome:
    return Outcome({"records": [_shown(record) for record in found]})


def _shown(record: FoundRecord) -> dict[str, Any]:
    shown = {**record.data, "recordKey": str(record.key), "recordedAt": record.created_at.isoformat()}
    if record.project_key is not None:
        shown["projectKey"] = str(record.project_key)
    if record.amount is not None:
        shown["amount"] = record.amount
    return shown
