"""``notify``: an in-site notice with the header ``title`` and the input ``text`` to the roles of the header ``to`` (``owner``: the project's applicant)."""

from collections.abc import Mapping

from app.connectors import headers as wanted
from app.connectors.calls import CallOutcome, ConnectorCall, Found, Known, Notice

TYPE = "notify"
RETURNS: tuple[str, ...] = ()


def check(headers: Mapping[str, str], known: Known) -> list[str]:
    return wanted.missing_or_unknown(headers, ["title", "to"]) + wanted.recipients(headers.get("to", ""), known)


def reads(call: ConnectorCall) -> None:
    return None


def run(call: ConnectorCall, found: Found) -> CallOutcome:
    call.accept(check(call.headers, call.known))
    title = call.header("title")
    text = call.variables.get("text") if call.mapped else None
    return CallOutcome({}, notices(call, call.header("to"), title, text if isinstance(text, str) else ""))


def notices(call: ConnectorCall, to: str, title: str, text: str) -> list[Notice]:
    """One notice a role and office. A role that belongs to the project's own office goes to that office, to nobody while there is none."""
    found: list[Notice] = []
    for role in wanted.roles_in(to):
        relation = call.roles[role].relation if call.roles is not None else None
        if relation is None or call.project is None:
            found.append(Notice(role, 0, title, text))
        else:
            found += [Notice(role, key, title, text) for key, _ in call.project.offices.get(relation, ())]
    return found
