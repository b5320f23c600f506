"""Keys in addresses: one that no row can have is no page, and not a failure of the database."""

from flask import Flask
from werkzeug.routing import IntegerConverter, ValidationError

GREATEST = 2**63 - 1  # what a column of keys holds


class KeyConverter(IntegerConverter):
    """``<int:key>``: up to the greatest key that there can be."""

    def to_python(self, value: str) -> int:
        found: int = super().to_python(value)
        if found > GREATEST:
            raise ValidationError
        return found


def attach(app: Flask) -> None:
    """Before any address is registered."""
    app.url_map.converters["int"] = KeyConverter
