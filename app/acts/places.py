"""Where somebody is to hold a role: offices that there are, in which the district's file lets the role be held."""

from collections.abc import Sequence

from app.catalogue import snapshot
from app.codes import RequestCode
from app.domain import accounts as rules
from app.errors import InvalidRequest
from app.store import accounts


def places(tenant: str, memberships: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Office name → key of what somebody is to hold. Raises InvalidRequest (ROLE, ROLE_OFFICE, OFFICE) for what the district does not have."""
    district = snapshot.district(tenant)
    rules.check_memberships(district, memberships)
    present = {row.name: row.key for row in accounts.offices(tenant) if row.closed_at is None}
    for role, office in memberships:
        if office not in present:
            raise InvalidRequest(f"{district.title}没有单位“{office}”，或该单位已撤销；请先新建单位，或核对名称", code=RequestCode.OFFICE)
        rules.check_place(district, role, office)
    return {office: present[office] for _, office in memberships}
