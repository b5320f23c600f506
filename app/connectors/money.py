"""Amounts that a diagram hands to the ledger."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.connectors.calls import ConnectorCall
from app.errors import ConnectorError

_FEN = Decimal("0.01")
_LARGEST = Decimal(10) ** 15


def exact(call: ConnectorCall, name: str, value: Any) -> Decimal | int:
    """Yuan to the fen, computed ones rounded half up. Raises ConnectorError for anything that is no amount."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not abs(Decimal(value)) < _LARGEST:
        raise ConnectorError(f"{call.place}的金额“{name}”应是以元为单位的数字,得到 {value!r}")
    return value if isinstance(value, int) else value.quantize(_FEN, ROUND_HALF_UP)
