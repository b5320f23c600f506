"""The register of offices and people as forms choose from it."""

from collections.abc import Collection
from typing import Any

from app.acts import named
from app.domain.permissions import Actor
from app.errors import Forbidden
from app.seen.shapes import Choice, Register
from app.store import accounts


def choices(
    actor: Actor, tenant: str, *, offices: bool, people: bool, held: Collection[str] = (), seated: Collection[str] = ()
) -> Register:
    """Open offices and active people of a district that a form may name, by name; only what is asked for is looked up.

    ``held``: roles of which the holders are offered by themselves, ``seated``: of which the offices are, in which somebody holds them. Raises Forbidden for other districts."""
    if actor.tenant != tenant and not actor.is_system:
        raise Forbidden("只能从本区登记的单位和人员中选择")
    open_offices = [row for row in accounts.offices(tenant) if row.closed_at is None] if offices or seated else []
    holding = {role: {row.id for row in accounts.holders(tenant, role)} for role in held}
    sitting = {role: named.holding(tenant, role) for role in seated}
    active = accounts.active_people(tenant) if people or holding else []
    return Register(
        offices=[_office(row) for row in open_offices] if offices else [],
        people=[Choice(str(row.id), row.name, f"{row.name}（{row.username}）") for row in active] if people else [],
        holders={
            role: [Choice(str(row.id), row.name, f"{row.name}（{row.username}）") for row in active if row.id in those]
            for role, those in holding.items()
        },
        seats={role: [_office(row) for row in open_offices if str(row.key) in those] for role, those in sitting.items()},
    )


def _office(row: Any) -> Choice:
    return Choice(str(row.key), row.name, row.name)
