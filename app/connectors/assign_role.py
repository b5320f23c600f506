"""``assign_role``: the input ``office`` (a name) becomes the project's office in the relation of the header ``role``. A null office changes nothing."""

from collections.abc import Mapping

from app.connectors import headers as wanted
from app.connectors.calls import CallOutcome, ConnectorCall, Found, Known, OfficeRead, SetOffice
from app.errors import ConnectorError

TYPE = "assign_role"
RETURNS: tuple[str, ...] = ()


def check(headers: Mapping[str, str], known: Known) -> list[str]:
    return wanted.missing_or_unknown(headers, ["role"]) + wanted.relation(headers.get("role", "").strip(), known)


def reads(call: ConnectorCall) -> OfficeRead | None:
    office = call.variables.get("office")
    if office is None:
        return None
    if not isinstance(office, str) or not office.strip():
        raise ConnectorError(f"{call.place}的 office 应为单位名称,得到 {office!r}")
    return OfficeRead(office.strip())


def run(call: ConnectorCall, found: Found) -> CallOutcome:
    call.the_project()
    call.accept(check(call.headers, call.known))
    if not isinstance(found, int):
        return CallOutcome()
    role = call.header("role")
    relation = role if call.roles is None else call.roles[role].relation or role
    return CallOutcome({}, [SetOffice(relation, found, str(call.variables["office"]).strip())])
