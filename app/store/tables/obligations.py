"""What begins by itself: for whom, in which period, and the instance that it has become."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.subjects import Subject
from app.store.tables.base import db, one_of


class ObligationRow(db.Model):  # type: ignore[name-defined,misc]
    """A process is due for one subject in one period, once. ``period``: the instant of the timer (ISO 8601, in the district's zone).

    ``root_key``: the instance that has begun; ``passed_at``: it was not begun, for ``when`` held no more at its turn.
    """

    __tablename__ = "obligations"
    __table_args__ = (
        UniqueConstraint("tenant", "process_id", "subject_kind", "subject_key", "period"),
        Index(None, "project_key"),
        Index(None, "root_key"),
        one_of("subject_kind", Subject),
        CheckConstraint("subject_key <> '' AND period <> ''", name="named"),
        CheckConstraint("root_key IS NULL OR passed_at IS NULL", name="begun"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    process_id: Mapped[str]
    subject_kind: Mapped[Subject]
    subject_key: Mapped[str]
    subject_name: Mapped[str]
    period: Mapped[str]
    project_key: Mapped[int | None] = mapped_column(ForeignKey("projects.key", ondelete="RESTRICT"))
    root_key: Mapped[int | None] = mapped_column(ForeignKey("process_instances.key", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    passed_at: Mapped[datetime | None]
