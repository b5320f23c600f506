"""``query_records``: entries of the register of the header ``kind``, oldest first; inputs are values that their data must have. Result: {records}."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.connectors import headers as wanted
from app.connectors.calls import CallOutcome, ConnectorCall, FoundRecord, Known, RecordsRead
from app.errors import ConnectorError

TYPE = "query_records"
RETURNS: tuple[str, ...] = ("records",)
_SCOPES = ("project", "district")


def check(headers: Mapping[str, str], known: Known) -> list[str]:
    problems = wanted.missing_or_unknown(headers, ["kind"], ["scope"]) + wanted.register(headers.get("kind", "").strip(), known)
    scope = headers.get("scope", _SCOPES[0])
    return problems if scope in _SCOPES else [*problems, f"任务头 scope 应为 {' 或 '.join(_SCOPES)},得到“{scope}”"]


def reads(call: ConnectorCall) -> RecordsRead:
    call.accept(check(call.headers, call.known))
    scope = call.headers.get("scope", _SCOPES[0])
    if scope == "project":
        call.the_project()
    return RecordsRead(
        call.header("kind"), scope, {name: value for name, value in call.variables.items() if value is not None} if call.mapped else {}
    )


def run(call: ConnectorCall, found: Sequence[FoundRecord] | None) -> CallOutcome:
    if found is None:
        kind = call.header("kind")
        raise ConnectorError(f"{call.place}要查询“{kind}”,但没有部署它的表单 forms/records/{kind}.json")
    return CallOutcome({"records": [_shown(record) for record in found]})


def _shown(record: FoundRecord) -> dict[str, Any]:
    shown = {**record.data, "recordKey": str(record.key), "recordedAt": record.created_at.isoformat()}
    if record.project_key is not None:
        shown["projectKey"] = str(record.project_key)
    if record.amount is not None:
        shown["amount"] = record.amount
    return shown
