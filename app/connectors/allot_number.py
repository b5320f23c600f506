"""``allot_number``: a running number of the district, the year and the header ``kind``; header ``prefix`` stands before it. Result: {number}."""

from collections.abc import Mapping

from app.connectors import headers as wanted
from app.connectors.calls import CallOutcome, ConnectorCall, Found, Known, NumberRead
from app.errors import ConnectorError

TYPE = "allot_number"
RETURNS: tuple[str, ...] = ("number",)


def check(headers: Mapping[str, str], known: Known) -> list[str]:
    return wanted.missing_or_unknown(headers, ["kind"], ["prefix"])


def reads(call: ConnectorCall) -> NumberRead:
    call.accept(check(call.headers, call.known))
    return NumberRead(call.header("kind"), call.year)


def run(call: ConnectorCall, found: Found) -> CallOutcome:
    if not isinstance(found, int):
        raise ConnectorError(f"{call.place}没有取到编号,请重试")
    return CallOutcome({"number": f"{call.headers.get('prefix', '')}{call.year}-{found:04d}"})
