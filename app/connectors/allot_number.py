"""``allot_number``: a running number of the district, the year and the header ``kind``; header ``prefix`` stands before it. Result: {number}."""

from app.connectors.calls import ConnectorCall, Found, NumberRead, Outcome
from app.errors import ConnectorError

TYPE = "allot_number"


def reads(call: ConnectorCall) -> NumberRead:
    return NumberRead(call.header("kind"), call.year)


def run(call: ConnectorCall, found: Found) -> Outcome:
    if not isinstance(found, int):
        raise ConnectorError(f"{call.place}没有取到编号,请重试")
    return Outcome({"number": f"{call.headers.get('prefix', '')}{call.year}-{found:04d}"})
