"""The one database object and the base of every table."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, registry

from app.domain import states
from app.domain.facts import RightKind
from app.domain.subjects import Subject
from app.store.types import Instant, Json, Key, Money, Word

# Named constraints, so that a later migration can drop them on both databases.
_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


_WORDS = (
    states.InstanceState,
    states.ElementState,
    states.TaskState,
    states.JobState,
    states.WaitKind,
    states.MessageKind,
    states.MessageState,
    states.DefinitionKind,
    states.DeploymentSource,
    RightKind,
    Subject,
)


class Base(DeclarativeBase):
    """No server defaults and no SQL now(): every value is bound by the act that writes it."""

    registry = registry(
        metadata=MetaData(naming_convention=_NAMES),
        type_annotation_map={
            int: Key,
            str: Text(),
            datetime: Instant(),
            Decimal: Money(),
            dict[str, Any]: Json(),
            list[Any]: Json(),
            **{words: Word(words) for words in _WORDS},
        },
    )


# expire_on_commit would read the signed-in person again after every act.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def one_of(column: str, words: Iterable[StrEnum]) -> CheckConstraint:
    """The column holds one of these words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def of_instance() -> ForeignKeyConstraint:
    """A row of a tree: it names its instance together with the tenant and the root, so that it cannot belong to two trees, and goes where the root goes.

    ``instance_key`` null (where a table allows it): of a start event, of no tree.
    """
    parents = [f"process_instances.{name}" for name in ("tenant", "root_key", "key")]
    return ForeignKeyConstraint(["tenant", "root_key", "instance_key"], parents, ondelete="CASCADE")
