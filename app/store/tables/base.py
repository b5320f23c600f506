"""The one database object and the base of every table."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, Text
from sqlalchemy.orm import DeclarativeBase, registry

from app.store.types import Instant, Json, Key, Money

# Named constraints, so that a later migration can drop them on both databases.
_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


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
        },
    )


# expire_on_commit would read the signed-in person again after every act.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
