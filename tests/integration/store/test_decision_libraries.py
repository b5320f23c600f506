"""A database that took decision files before imports were looked at knows their namespaces after the migration, and goes on."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from app.acts.transaction import act
from app.store import resources, rows, schema
from app.store.tables import DefinitionRow, DeploymentRow, ResourceRow, db

NOW = datetime(2026, 3, 10, 1, 2, 3, tzinfo=UTC)
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
LIBRARY = f'<definitions xmlns="{DMN}" id="r" name="rates" namespace="urn:rates"/>'.encode()
IMPORTER = (
    f'<definitions xmlns="{DMN}" id="f" namespace="urn:fee"><import namespace="urn:rates" name="lib" importType="{DMN}"/></definitions>'
).encode()


def deployment(key: int, number: int) -> dict[str, object]:
    return {
        "key": key, "number": number, "tenant": "hill", "source": "cli", "reason": "", "user_key": 0, "user_name": "", "created_at": NOW,
    }  # fmt: skip


def resource(key: int, deployment_key: int, file: str, content: bytes, tenant: str = "hill") -> dict[str, object]:
    return {"key": key, "deployment_key": deployment_key, "tenant": tenant, "file": file, "digest": f"d{key}", "content": content}


def test_files_deployed_before_are_found_by_their_namespaces(released: Flask) -> None:
    with act():
        rows.insert(DeploymentRow, [deployment(1, 11), deployment(2, 12)])
        rows.insert(
            ResourceRow,
            [
                resource(10, 1, "dmn/hill/rates.dmn", LIBRARY),
                resource(11, 1, "dmn/hill/fee.dmn", IMPORTER),
                resource(12, 2, "dmn/hill/rates.dmn", LIBRARY + b"<!-- new -->"),
                resource(13, 2, "dmn/rates.dmn", LIBRARY, "<default>"),
                resource(14, 2, "bpmn/x.bpmn", b"<definitions/>"),
            ],
        )
    db.session.remove()
    schema.upgrade()
    found = [
        (one.tenant, one.id, one.version, one.number, one.resource_key)
        for one in resources.references(["hill", "<default>"], 12)
        if one.kind == "library" and one.id.startswith("urn:")
    ]
    assert sorted(found) == [
        ("<default>", "urn:rates", 1, 12, 13),
        ("hill", "urn:fee", 1, 11, 11),
        ("hill", "urn:rates", 1, 11, 10),
        ("hill", "urn:rates", 2, 12, 12),
    ]
    assert resources.imports([11, 12]) == {11: ("urn:fee", ["urn:rates"]), 12: ("urn:rates", [])}
    assert db.session.execute(select(DefinitionRow.kind, DefinitionRow.name).where(DefinitionRow.key == 10)).one() == ("library", "rates")
