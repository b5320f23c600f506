"""Queries over the audit trail."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, exists, func, select, text, update

from app.domain.codes import Action
from app.store.database import is_postgresql
from app.store.tables import AuditEntryRow, AuditSealRow, ProcessInstanceRow, db

_SEALER = 711_120_261  # the advisory lock of the one node that seals
_AT_ONCE = 1_000


def last(chain: int) -> tuple[int, str]:
    """Number and mac of a chain's last entry; (0, "") before the first. Two acts that append at once collide on the number, and one is undone."""
    query = (
        select(AuditEntryRow.number, AuditEntryRow.mac).where(AuditEntryRow.chain == chain).order_by(AuditEntryRow.number.desc()).limit(1)
    )
    found = db.session.execute(query).one_or_none()
    return (found[0], found[1]) if found else (0, "")


def elect() -> bool:
    """Whether this act may seal: one at a time, held until it ends."""
    if is_postgresql():
        return bool(db.session.execute(text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": _SEALER}).scalar_one())
    # Any writing statement takes SQLite's only write lock.
    db.session.execute(update(AuditSealRow).where(AuditSealRow.sequence < 0).values(count=0).execution_options(synchronize_session=False))
    return True


def has_unsealed() -> bool:
    return bool(db.session.execute(select(exists().where(AuditEntryRow.seal.is_(None)))).scalar_one())


def unsealed(limit: int) -> list[tuple[int, str]]:
    """Key and mac of the oldest committed entries without a seal."""
    query = select(AuditEntryRow.key, AuditEntryRow.mac).where(AuditEntryRow.seal.is_(None)).order_by(AuditEntryRow.key).limit(limit)
    return [(key, mac) for key, mac in db.session.execute(query)]


def last_seal() -> tuple[int, str]:
    found = db.session.execute(
        select(AuditSealRow.sequence, AuditSealRow.root).order_by(AuditSealRow.sequence.desc()).limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else (0, "")


def set_seal(keys: Sequence[int], sequence: int) -> None:
    query = (
        update(AuditEntryRow)
        .where(AuditEntryRow.key.in_(bindparam("some", expanding=True)))
        .values(seal=sequence)
        .execution_options(synchronize_session=False)
    )
    for start in range(0, len(keys), _AT_ONCE):
        db.session.execute(query, {"some": list(keys[start : start + _AT_ONCE])})


def chain_ends() -> dict[int, tuple[int, str]]:
    """Root → (count, last mac) as the root rows have it."""
    query = select(ProcessInstanceRow.key, ProcessInstanceRow.audit_count, ProcessInstanceRow.audit_mac).where(
        ProcessInstanceRow.local == 1
    )
    return {key: (count, mac) for key, count, mac in db.session.execute(query)}


def entries() -> Iterator[dict[str, Any]]:
    """All entries, chain by chain, in order."""
    query = select(AuditEntryRow.__table__).order_by(AuditEntryRow.chain, AuditEntryRow.number).execution_options(yield_per=_AT_ONCE)
    for row in db.session.execute(query):
        yield dict(row._mapping)


def details(project_key: int, action: Action) -> list[tuple[str, dict[str, Any]]]:
    """(subject, details) of a project's entries of one action, the newest first."""
    query = select(AuditEntryRow.subject, AuditEntryRow.details).where(
        AuditEntryRow.project_key == project_key, AuditEntryRow.action == action
    )
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(AuditEntryRow.key.desc()))]


def seals() -> Iterator[tuple[int, str, str, int]]:
    for row in db.session.execute(
        select(AuditSealRow.sequence, AuditSealRow.previous, AuditSealRow.root, AuditSealRow.count).order_by(AuditSealRow.sequence)
    ):
        yield row[0], row[1], row[2], row[3]


def sealed(sequence: int) -> list[str]:
    """The macs of the entries under a seal, in key order."""
    return list(db.session.execute(select(AuditEntryRow.mac).where(AuditEntryRow.seal == sequence).order_by(AuditEntryRow.key)).scalars())


def count() -> int:
    return db.session.execute(select(func.count()).select_from(AuditEntryRow)).scalar_one()
