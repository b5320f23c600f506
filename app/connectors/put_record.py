"""``put_record``: an entry of the register of the header ``kind``; the inputs are its data, checked by forms/records/<kind>.json. Result: {recordKey}."""

from collections.abc import Mapping
from decimal import Decimal

from app.connectors import headers as wanted
from app.connectors.calls import CallOutcome, ConnectorCall, FormRead, Found, Known, PutRecord
from app.connectors.money import exact
from app.domain.forms import Form
from app.domain.keys import next_key
from app.errors import ConnectorError

TYPE = "put_record"
RETURNS: tuple[str, ...] = ("recordKey",)


def check(headers: Mapping[str, str], known: Known) -> list[str]:
    return wanted.missing_or_unknown(headers, ["kind"]) + wanted.register(headers.get("kind", "").strip(), known)


def reads(call: ConnectorCall) -> FormRead:
    call.accept(check(call.headers, call.known))
    return FormRead(call.header("kind"))


def run(call: ConnectorCall, found: Found) -> CallOutcome:
    kind = call.header("kind")
    if not isinstance(found, Form):
        raise ConnectorError(f"{call.place}要登记“{kind}”,但没有部署它的表单 forms/records/{kind}.json")
    data = {name: value for name, value in found.answered(call.variables).items() if value is not None}
    problems = found.validate(data)
    if problems:
        raise ConnectorError(f"{call.place}登记“{found.title}”的内容不符合表单:" + ";".join(problem.message for problem in problems))
    amount = exact(call, "amount", data["amount"]) if "amount" in data else None
    key = next_key()
    return CallOutcome({"recordKey": str(key)}, [PutRecord(key, kind, data, None if amount is None else Decimal(amount))])
