"""``allot_number``: a running number of the district, the year and the header ``kind``; header ``prefix`` stands before it. Result: {number}."""

from collections.abc import Mapping

from app.connectors import headers as wanted
from app.connectors.calls import ConnectorCall, Found, Known, NumberRead, Outcome
from app.errors import ConnectorError

TYPE = "allot_number"
RETURNS: tuple[str, ...] = ("number",)


def check(headers: Mapping[str, str], known: Known) -> list[str]:
    return wanted.missing_or_unknown(headers, ["kind"], ["prefix"])


def reads(call: ConnectorCall) -> NumberRead:
    call.accept(check(call.headers, call.known))
    return NumberRead(call.header("kind"), call.year)


def run(call: ConnectorCall, found: Found) -> Outcome:
    if not isinstance(found, int):
        raise ConnectorError(f"{call.place}没有取到编号,请重试")
    return Outcome({"number": f"{call.headers.get('prefix', '')}{call.year}-{found:04d}"})
