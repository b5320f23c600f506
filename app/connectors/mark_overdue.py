"""``mark_overdue``: records that the deadline of the header ``event`` has passed, and escalates to the roles of the header ``to``.

The header ``subject`` says what is late; without it the service task's own name must do."""

from collections.abc import Mapping

from app.connectors import headers as wanted
from app.connectors.calls import OVERDUE, CallOutcome, Change, ConnectorCall, Found, Known, PutRecord
from app.connectors.notify import notices
from app.domain.districts import OVERSEER
from app.domain.keys import next_key
from app.domain.overdue import MARK_OVERDUE

TYPE = MARK_OVERDUE
RETURNS: tuple[str, ...] = ()
ESCALATE_TO = OVERSEER


def check(headers: Mapping[str, str], known: Known) -> list[str]:
    return wanted.missing_or_unknown(headers, ["event"], ["subject", "title", "to"]) + wanted.recipients(_to(headers), known)


def reads(call: ConnectorCall) -> None:
    return None


def run(call: ConnectorCall, found: Found) -> CallOutcome:
    call.accept(check(call.headers, call.known))
    event = call.header("event")
    name = call.project.name if call.project else ""
    subject = call.headers.get("subject", "").strip() or call.element_name
    title = call.headers.get("title", "").strip() or f"已逾期:{subject or event}"
    data = {"event": event, "element": call.element_id, "name": subject, "at": call.now.isoformat()}
    changes: list[Change] = [
        PutRecord(next_key(), OVERDUE, data, None),
        *notices(call, _to(call.headers), title, name),
    ]
    return CallOutcome({}, changes)


def _to(headers: Mapping[str, str]) -> str:
    return headers.get("to", "").strip() or ESCALATE_TO
