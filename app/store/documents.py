"""Queries over documents."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from app.domain.states import TaskState
from app.store import rows
from app.store.tables import DocumentRow, UserTaskRow, db

_AT_ONCE = 500


def one(key: int) -> Row[Any] | None:
    return db.session.execute(select(DocumentRow.__table__).where(DocumentRow.key == key)).one_or_none()


def some(keys: Collection[int]) -> dict[int, Row[Any]]:
    """Those there are of ``keys``."""
    wanted, found = sorted(keys), {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(DocumentRow.__table__).where(DocumentRow.key.in_(wanted[start : start + _AT_ONCE]))
        found.update({row.key: row for row in db.session.execute(query)})
    return found


def of_project(project_key: int) -> Sequence[Row[Any]]:
    """What has been handed in, the newest first, with the name of the task."""
    query = (
        select(DocumentRow.__table__, UserTaskRow.name.label("task_name"), UserTaskRow.process_name)
        .outerjoin(UserTaskRow, UserTaskRow.key == DocumentRow.task_key)
        .where(DocumentRow.project_key == project_key, DocumentRow.submitted_at.is_not(None))
    )
    return db.session.execute(query.order_by(DocumentRow.submitted_at.desc(), DocumentRow.key.desc())).all()


def printed_at(root_key: int, template: str, place: str) -> Row[Any] | None:
    """The newest version of what was printed at a place of a tree."""
    here = (DocumentRow.root_key == root_key, DocumentRow.template == template, DocumentRow.place == place)
    return db.session.execute(select(DocumentRow.__table__).where(*here).order_by(DocumentRow.version.desc()).limit(1)).one_or_none()


def printed_of(root_key: int) -> Sequence[Row[Any]]:
    """What a tree has printed, of each only the newest version, the newest first."""
    later = aliased(DocumentRow)
    newer = select(later.key).where(later.replaces == DocumentRow.key, later.template.is_not(None)).exists()
    here = (DocumentRow.root_key == root_key, DocumentRow.template.is_not(None), ~newer)
    return db.session.execute(select(DocumentRow.__table__).where(*here).order_by(DocumentRow.key.desc())).all()


def of_trees(roots: Collection[int]) -> Sequence[Row[Any]]:
    """What was printed in these trees for no project, of each place the last version."""
    later = aliased(DocumentRow)
    newer = select(later.key).where(later.replaces == DocumentRow.key).exists()
    query = select(DocumentRow.__table__).where(
        DocumentRow.root_key.in_(sorted(roots)), DocumentRow.project_key.is_(None), DocumentRow.template.is_not(None), ~newer
    )
    return db.session.execute(query.order_by(DocumentRow.key)).all()


def count_of_task(task_key: int) -> int:
    return db.session.execute(select(func.count()).select_from(DocumentRow).where(DocumentRow.task_key == task_key)).scalar_one()


def add(row: dict[str, Any]) -> None:
    rows.insert(DocumentRow, [row])


def hand_in(keys: Collection[int], now: datetime) -> None:
    """A form that names them has been handed in; the first time counts."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), _AT_ONCE):
        some_of = DocumentRow.key.in_(wanted[start : start + _AT_ONCE])
        query = update(DocumentRow).where(some_of, DocumentRow.submitted_at.is_(None)).values(submitted_at=now)
        db.session.execute(query.execution_options(synchronize_session=False))


def never_handed_in(before: datetime, *, most: int) -> Sequence[Row[Any]]:
    """The oldest uploads that no form which was handed in names, of tasks that are closed or gone, and that no other document goes back to."""
    other = aliased(DocumentRow)
    named = select(other.key).where(or_(other.replaces == DocumentRow.key, other.signs == DocumentRow.key)).exists()
    query = (
        select(DocumentRow.__table__)
        .outerjoin(UserTaskRow, UserTaskRow.key == DocumentRow.task_key)
        .where(DocumentRow.submitted_at.is_(None), DocumentRow.erased_at.is_(None), DocumentRow.created_at < before)
        .where(or_(UserTaskRow.key.is_(None), UserTaskRow.state != TaskState.OPEN), ~named)
    )
    return db.session.execute(query.order_by(DocumentRow.key).limit(most)).all()


def forget(keys: Collection[int]) -> None:
    db.session.execute(delete(DocumentRow).where(DocumentRow.key.in_(sorted(keys))).execution_options(synchronize_session=False))


def of_content(sha256: str) -> Sequence[Row[Any]]:
    return db.session.execute(select(DocumentRow.__table__).where(DocumentRow.sha256 == sha256).order_by(DocumentRow.key)).all()


def erase(sha256: str, now: datetime) -> None:
    """Every document of this content is without it."""
    query = update(DocumentRow).where(DocumentRow.sha256 == sha256, DocumentRow.erased_at.is_(None)).values(erased_at=now)
    db.session.execute(query.execution_options(synchronize_session=False))


def contents() -> Iterator[tuple[str, int, str, int]]:
    """(sha256, size, name, key) of every content, once: of its first document."""
    query = select(DocumentRow.sha256, DocumentRow.size, DocumentRow.name, DocumentRow.key).where(DocumentRow.erased_at.is_(None))
    query = query.order_by(DocumentRow.sha256, DocumentRow.key)
    before = ""
    for sha256, size, name, key in db.session.execute(query.execution_options(yield_per=1_000)):
        if sha256 != before:
            yield sha256, size, name, key
        before = sha256
