"""A query that would give a process more than it can hold is refused, with what to do; one row fewer is given whole."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from app.connectors import ledger
from app.connectors.calls import FoundRecord, RecordsRead
from app.connectors.ledger import Approval, Ledger
from app.domain.forms import Form
from app.errors import ConnectorError

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
FORM = Form.parse(b'{"id": "records.payment", "title": "x", "schema": {"type": "object", "additionalProperties": false, "properties": {}}}')


class Full(Ledger):
    """A district's register with as many rows as wanted."""

    def __init__(self, rows: int) -> None:
        super().__init__(None, NOW)
        self.rows = rows

    def print_document(self, asked: object) -> None:
        return None

    @property
    def schema(self) -> None:
        return None

    @property
    def every_phase(self) -> None:
        return None

    @property
    def district(self) -> None:
        return None

    @property
    def relations(self) -> dict[str, str | None]:
        return {}

    def kept_approvals(self) -> tuple[Approval, ...]:
        return ()

    def last_writers(self, fields: Sequence[str]) -> dict[str, int]:
        return {}

    def known_offices(self, keys: Sequence[str]) -> dict[str, str]:
        return {}

    def role_offices(self) -> dict[str, list[dict[str, str]]]:
        return {}

    def form(self, kind: str) -> Form | None:
        return FORM

    def kept_records(self, kind: str, project_key: int | None) -> Iterable[FoundRecord]:
        return (FoundRecord(number, kind, {}, None, NOW, None) for number in range(self.rows))

    def kept_records_of(self, kind: str, applicant: int) -> Iterable[FoundRecord]:
        return ()

    def kept_projects(self, year: int | None, phase: str | None = None) -> Iterable[Mapping[str, Any]]:
        return ()

    def next_number(self, kind: str, year: int) -> int:
        return 1

    def office(self, name: str) -> int:
        return 1


def test_a_query_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "MOST_ROWS", 3)
    read = RecordsRead("payment", "district", {})
    assert len(Full(3).read(read) or []) == 3  # type: ignore[arg-type]
    with pytest.raises(ConnectorError, match="超过 3 条"):
        Full(4).read(read)
