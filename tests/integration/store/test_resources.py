"""Deployed resources: versions up to a catalogue version, by whose they are, the newest first."""

from datetime import date

import pytest
from flask import Flask

from app.acts.transaction import act
from app.store import calendars, resources
from app.store.resources import ResourceRef
from app.store.tables import CalendarDayRow, CatalogueRow, DefinitionRow
from tests.integration.store.life import NOW, Life, Values, all_of


@pytest.fixture
def deployed(life: Life) -> dict[str, ResourceRef]:
    """permit in three versions and once in the valley, a form and a decision."""
    made: dict[str, ResourceRef] = {}
    files: dict[str, int] = {}
    deployments = {number: life.deployment(number) for number in (1, 2, 3)}

    def put(label: str, number: int, kind: str, name: str, version: int, tenant: str = "hill", **given: object) -> None:
        resource = life.resource(deployments[number], f"{label}.file", digest=f"#{label}", content=label.encode(), tenant=tenant)
        row: Values = life.put(
            DefinitionRow, kind=kind, id=name, name=name.upper(), tenant=tenant, version=version, version_tag=f"t{version}",
            deployment_key=deployments[number], resource_key=resource, **given,
        )  # fmt: skip
        files[label] = resource
        made[label] = ResourceRef(
            kind=row["kind"], key=row["key"], id=name, name=name.upper(), tenant=tenant, version=version, version_tag=f"t{version}", number=number,
            deployment_key=deployments[number], resource_key=resource, digest=f"#{label}",
        )  # fmt: skip

    put("two", 2, "process", "permit", 2)
    put("one", 1, "process", "permit", 1)
    put("three", 3, "process", "permit", 3)
    put("foreign", 1, "process", "permit", 1, "valley")
    put("form", 1, "form", "permit", 1)
    put("table", 2, "decision", "fees", 1, drg_id="d", drg_name="D")
    return made


def test_references_are_all_versions_of_some_tenants_up_to_a_number(deployed: dict[str, ResourceRef]) -> None:
    def labels(tenants: list[str], number: int) -> set[str]:
        found = resources.references(tenants, number)
        assert len(found) == len(set(found))
        return {label for label, reference in deployed.items() if reference in found}

    assert labels(["hill"], 1) == {"one", "form"}
    assert labels(["hill"], 2) == {"one", "two", "form", "table"}
    assert labels(["hill", "valley"], 3) == set(deployed)
    assert labels(["valley"], 3) == {"foreign"}
    assert resources.references(["hill"], 0) == []


def test_one_version_by_its_key_and_kind(deployed: dict[str, ResourceRef]) -> None:
    one = deployed["one"]
    assert resources.reference(None, one.key) == resources.reference("process", one.key) == one
    assert resources.reference("form", one.key) is None
    assert resources.reference(None, 9999) is None


def test_versions_stand_with_the_newest_first(deployed: dict[str, ResourceRef]) -> None:
    assert resources.versions("process", "permit", "hill") == [deployed[label] for label in ("three", "two", "one")]
    assert resources.versions("process", "permit", "valley") == [deployed["foreign"]]
    assert resources.versions("form", "permit", "hill") == [deployed["form"]]
    assert resources.versions("process", "fees", "hill") == []


def test_a_file_is_read_with_its_name(deployed: dict[str, ResourceRef]) -> None:
    two = deployed["two"]
    assert resources.content(two.resource_key) == ("two.file", b"two")
    assert resources.files([two.resource_key, deployed["one"].resource_key]) == {
        two.resource_key: "two.file", deployed["one"].resource_key: "one.file",
    }  # fmt: skip
    assert {key: row.number for key, row in resources.deployments([two.deployment_key]).items()} == {two.deployment_key: 2}
    assert resources.files([]) == resources.deployments([]) == {}


def test_all_that_a_deployment_made_stands_by_kind_and_key(deployed: dict[str, ResourceRef]) -> None:
    one = deployed["one"]
    assert resources.of_deployment(one.deployment_key) == sorted([one, deployed["foreign"], deployed["form"]])
    assert resources.of_deployment(deployed["three"].deployment_key) == [deployed["three"]]


def test_a_library_is_known_by_its_namespace_with_what_it_imports(life: Life, deployed: dict[str, ResourceRef]) -> None:
    deployment = deployed["one"].deployment_key
    files = [life.resource(deployment, f"{name}.dmn") for name in "ab"]
    for file, name, wanted in ((files[0], "urn:a", []), (files[1], "urn:b", ["urn:a"])):
        life.put(
            DefinitionRow, kind="library", id=name, tenant="hill", version=1, imports=wanted, deployment_key=deployment, resource_key=file
        )
    assert resources.imports([*files, deployed["one"].resource_key]) == {files[0]: ("urn:a", []), files[1]: ("urn:b", ["urn:a"])}
    assert resources.imports(files[:1]) == {files[0]: ("urn:a", [])}
    assert resources.imports([]) == {}


def test_the_catalogue_of_a_tenant_is_its_own_or_the_shared_one_whichever_is_newer(app: Flask) -> None:
    assert (resources.catalogue_version("hill"), resources.last_number(), resources.tenants()) == (0, 0, [])
    with act():
        resources.set_catalogue_version(["hill"], 3)
        resources.set_catalogue_version(["valley", "<default>"], 2)
    assert [resources.catalogue_version(tenant) for tenant in ("hill", "valley", "nowhere")] == [3, 2, 2]
    with act():
        resources.set_catalogue_version(["<default>", "valley"], 5)
    assert [resources.catalogue_version(tenant) for tenant in ("hill", "valley", "nowhere")] == [5, 5, 5]
    assert sorted(resources.tenants()) == ["<default>", "hill", "valley"]
    assert {row["tenant"]: row["version"] for row in all_of(CatalogueRow)} == {"<default>": 5, "hill": 3, "valley": 5}


def test_the_lock_of_deployments_makes_the_shared_row_once_and_tells_the_last_number(life: Life) -> None:
    with act():
        assert resources.lock_catalogue() == 0
    assert all_of(CatalogueRow) == [{"tenant": "<default>", "version": 0}]
    life.deployment(4)
    life.deployment(3)
    with act():
        resources.set_catalogue_version(["<default>"], 4)
        assert resources.lock_catalogue() == 4
    assert all_of(CatalogueRow) == [{"tenant": "<default>", "version": 4}]
    assert resources.last_number() == 4


def test_the_newest_that_came_from_files_is_told_by_tenant_and_file(life: Life) -> None:
    newer, older = life.deployment(2, source="files"), life.deployment(1, source="files")
    uploaded = life.deployment(3, source="upload")
    for deployment, file, tenant, digest in (
        (newer, "a", "hill", "a2"), (older, "a", "hill", "a1"), (uploaded, "a", "hill", "a3"), (older, "a", "valley", "v1"), (older, "b", "hill", "b1"),
        (older, "c", "hill", "c1"),
    ):  # fmt: skip
        life.resource(deployment, file, tenant=tenant, digest=digest)
    assert resources.last_from_files(["a", "b"]) == {("hill", "a"): (2, "a2"), ("valley", "a"): (1, "v1"), ("hill", "b"): (1, "b1")}


def test_imported_days_of_the_calendar(life: Life) -> None:
    life.put(CalendarDayRow, day=date(2026, 5, 1), working=False, name="劳动节", imported_at=NOW)
    life.put(CalendarDayRow, day=date(2026, 5, 9), working=True, name="补班", imported_at=NOW)
    assert sorted(calendars.days()) == [(date(2026, 5, 1), False), (date(2026, 5, 9), True)]
