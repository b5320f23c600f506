"""``notify``: an in-site notice with the header ``title`` and the input ``text`` to the roles of the header ``to`` (``owner``: the project's applicant)."""

from app.connectors.calls import ConnectorCall, Found, Notice, Outcome
from app.errors import ConnectorError

TYPE = "notify"
OWNER = "applicant"


def reads(call: ConnectorCall) -> None:
    return None


def run(call: ConnectorCall, found: Found) -> Outcome:
    title = call.header("title")
    text = call.variables.get("text") if call.mapped else None
    return Outcome({}, notices(call, call.header("to"), title, text if isinstance(text, str) else ""))


def notices(call: ConnectorCall, to: str, title: str, text: str) -> list[Notice]:
    """One notice a role and office. A role that belongs to the project's own office goes to that office, to nobody while there is none."""
    found: list[Notice] = []
    for word in to.replace(",", " ").split():
        role = OWNER if word == "owner" else word
        facts = call.roles.get(role)
        if facts is None:
            raise ConnectorError(f"{call.place}要通知的角色“{role}”不在本区的角色表中,请检查任务头 to")
        if facts.relation is None or call.project is None:
            found.append(Notice(role, 0, title, text))
        else:
            found += [Notice(role, key, title, text) for key, _ in call.project.offices.get(facts.relation, ())]
    return found
