"""``update_project``: the task's inputs are written to the ledger as facts of the project. A null input clears the fact."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.connectors import headers as wanted
from app.connectors.calls import CallOutcome, ConnectorCall, Found, Known, SetFacts
from app.connectors.money import exact
from app.errors import ConnectorError

TYPE = "update_project"
RETURNS: tuple[str, ...] = ()
_FIXED = frozenset({"projectKey", "phase"})
_AMOUNTS = ("totalAmount", "contractAmount")


def check(headers: Mapping[str, str], known: Known) -> list[str]:
    return wanted.missing_or_unknown(headers, [])


def reads(call: ConnectorCall) -> None:
    return None


def run(call: ConnectorCall, found: Found) -> CallOutcome:
    call.the_project()
    call.accept(check(call.headers, call.known))
    facts = {name: value for name, value in call.variables.items() if name not in _FIXED}
    for name in _AMOUNTS:
        if facts.get(name) is not None:
            facts[name] = exact(call, name, facts[name])
    if facts.get("planYear") is not None:
        facts["planYear"] = _year(call, facts["planYear"])
    if "projectName" in facts and not (isinstance(facts["projectName"], str) and facts["projectName"].strip()):
        raise ConnectorError(f"{call.place}的 projectName 不能为空")
    return CallOutcome({}, [SetFacts(facts)] if facts else [])


def _year(call: ConnectorCall, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value) or not 1900 <= value <= 9999:
        raise ConnectorError(f"{call.place}的 planYear 应为四位整数年份,得到 {value!r}")
    return int(value)
