"""Documents: which file somebody has brought, to which task and place of its form."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import db


class DocumentRow(db.Model):  # type: ignore[name-defined,misc]
    """A version of a document; the content lies among the files under ``sha256``.

    ``slot``: the field of the form, like ``materials/files``; ``replaces``: the version before; ``submitted_at``: when a form that names it was first handed in
    (None: only those who fill in that task know of it). ``office``: in which the person acted; None of the system.

    One that was printed has ``template`` (its id), ``template_key`` (its version), ``number``, ``place`` (where in the tree: the next one printed there is the next
    version of it) and ``digest`` (of what it was filled with). ``signs``: the printed one of which this is what was signed.
    """

    __tablename__ = "documents"
    __table_args__ = (
        Index(None, "project_key"),
        Index(None, "root_key"),
        Index(None, "task_key"),
        Index(None, "sha256"),
        Index(None, "signs"),
        CheckConstraint(
            "(template IS NULL) = (template_key IS NULL) AND (template IS NULL) = (number IS NULL)"
            " AND (template IS NULL) = (place IS NULL) AND (template IS NULL) = (digest IS NULL)",
            name="printed",
        ),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("size >= 1", name="size"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("(version = 1) = (replaces IS NULL)", name="replaces"),
        CheckConstraint("office IS NULL OR office_key IS NOT NULL", name="office"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    project_key: Mapped[int | None] = mapped_column(ForeignKey("projects.key", ondelete="RESTRICT"))
    root_key: Mapped[int | None] = mapped_column(ForeignKey("process_instances.key", ondelete="SET NULL"))
    task_key: Mapped[int | None] = mapped_column(ForeignKey("user_tasks.key", ondelete="SET NULL"))
    process_id: Mapped[str]
    element_id: Mapped[str]
    slot: Mapped[str]
    version: Mapped[int]
    replaces: Mapped[int | None] = mapped_column(ForeignKey("documents.key", ondelete="RESTRICT"))
    name: Mapped[str]
    media: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    user_key: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    user_name: Mapped[str]
    office_key: Mapped[int | None] = mapped_column(ForeignKey("organisations.key", ondelete="RESTRICT"))
    office: Mapped[str | None]
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]  # its content was brought by mistake and is gone; that it was there is kept
    template: Mapped[str | None]
    template_key: Mapped[int | None] = mapped_column(ForeignKey("definitions.key", ondelete="RESTRICT"))
    number: Mapped[str | None]
    place: Mapped[str | None]
    digest: Mapped[str | None]
    signs: Mapped[int | None] = mapped_column(ForeignKey("documents.key", ondelete="RESTRICT"))
