"""``mark_overdue``: records that the deadline of the header ``event`` has passed, and escalates to the roles of the header ``to``.

The header ``subject`` says what is late; without it the service task's own name must do."""

from app.connectors.calls import Change, ConnectorCall, Found, Outcome, PutRecord
from app.connectors.notify import notices
from app.domain.keys import next_key

TYPE = "mark_overdue"
KIND = "overdue"
ESCALATE_TO = "data_bureau_leader"


def reads(call: ConnectorCall) -> None:
    return None


def run(call: ConnectorCall, found: Found) -> Outcome:
    event = call.header("event")
    name = call.project.name if call.project else ""
    subject = call.headers.get("subject", "").strip() or call.element_name
    title = call.headers.get("title", "").strip() or f"已逾期:{subject or event}"
    data = {"event": event, "element": call.element_id, "name": subject, "at": call.now.isoformat()}
    changes: list[Change] = [
        PutRecord(next_key(), KIND, data, None),
        *notices(call, call.headers.get("to", "").strip() or ESCALATE_TO, title, name),
    ]
    return Outcome({}, changes)
