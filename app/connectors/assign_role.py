"""``assign_role``: the input ``office`` (a name) becomes the project's office in the relation of the header ``role``. A null office changes nothing."""

from app.connectors.calls import ConnectorCall, Found, OfficeRead, Outcome, SetOffice
from app.errors import ConnectorError

TYPE = "assign_role"


def reads(call: ConnectorCall) -> OfficeRead | None:
    office = call.variables.get("office")
    if office is None:
        return None
    if not isinstance(office, str) or not office.strip():
        raise ConnectorError(f"{call.place}的 office 应为单位名称,得到 {office!r}")
    return OfficeRead(office.strip())


def run(call: ConnectorCall, found: Found) -> Outcome:
    call.the_project()
    role = call.header("role")
    facts = call.roles.get(role)
    if facts is None or facts.relation is None:
        raise ConnectorError(f"{call.place}的角色“{role}”在本区不是项目自己的单位(districts 中没有 relation),不能指定")
    if not isinstance(found, int):
        return Outcome()
    return Outcome({}, [SetOffice(facts.relation, found, str(call.variables["office"]).strip())])
