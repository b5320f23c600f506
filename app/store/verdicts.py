"""What became of the cases of deployed scenarios, each as of a catalogue version: one row a case, which moves on with the versions that do not touch it."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import delete, select, update

from app.store import rows
from app.store.tables import ScenarioVerdictRow, db


class ScenarioVerdict(NamedTuple):
    """Of a case of the set in a resource, seen with the models of ``tenant``. ``stops``: an incident or a refused evaluation."""

    resource_key: int
    case_key: str
    tenant: str
    ok: bool
    stops: bool
    difference: str


def known(versions: Mapping[str, int], basis: str) -> dict[tuple[int, str], ScenarioVerdict]:
    """(resource, case) → the verdict that holds. ``versions``: tenant → its catalogue version."""
    table = ScenarioVerdictRow
    query = select(table.resource_key, table.case_key, table.tenant, table.ok, table.stops, table.difference, table.number)
    found = db.session.execute(query.where(table.tenant.in_(list(versions)), table.basis == basis))
    return {(row.resource_key, row.case_key): ScenarioVerdict(*row[:-1]) for row in found if row.number == versions[row.tenant]}


def move_on(tenant: str, before: int, number: int) -> None:
    """What held of a tenant's cases as of one catalogue version holds as of another. Needs an act."""
    table = ScenarioVerdictRow
    query = update(table).where(table.tenant == tenant, table.number == before).values(number=number)
    db.session.execute(query.execution_options(synchronize_session=False))


def keep(verdicts: Sequence[ScenarioVerdict], number: int, basis: str) -> None:
    """What became of cases just now. Needs an act."""
    written = [{**verdict._asdict(), "number": number, "basis": basis} for verdict in verdicts]
    rows.upsert(ScenarioVerdictRow, written, ["resource_key", "case_key"], ["tenant", "number", "basis", "ok", "stops", "difference"])


def forget(resource_keys: Collection[int]) -> None:
    """Of sets that a newer one has taken the place of. Needs an act."""
    query = delete(ScenarioVerdictRow).where(ScenarioVerdictRow.resource_key.in_(list(resource_keys)))
    db.session.execute(query.execution_options(synchronize_session=False))
