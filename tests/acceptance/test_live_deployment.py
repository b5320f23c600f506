"""A changed table, deployed from another process while the server runs, decides the next case; the case before it keeps the old one, and both show which."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import config, create_app
from app.playing import player
from app.seen.shapes import DecisionView
from app.services import accounts, instants, projects, startup
from tests.acceptance.running import ROOT, call, run, served
from tests.integration.districts.play import District, at, prepare

pytestmark = pytest.mark.xdist_group("processes")
BEGIN = at("2025-09-01")
# Between the shipped threshold of 500 000 and the changed one: supervised under the old table, not under the new.
PLATFORM = {"totalAmount": Decimal("600000.00"), "projectType": "建设类", "softwareDevelopment": True}


@pytest.fixture
def data(tmp_path: Path) -> str:
    return str(tmp_path / "data")


@pytest.fixture
def app(data: str) -> Iterator[Flask]:
    """This process's own view of the database that the server works on."""
    app = create_app(config.load({}, data=data, clock="virtual"))
    with app.app_context():
        prepare(BEGIN)
        yield app
        startup.dispose()


class Sucheng:
    """Officials who work over HTTP, each with their token."""

    def __init__(self, address: str, district: District) -> None:
        self.address, self.district = address, district

    def token(self, username: str) -> str:
        return accounts.issue_token(accounts.system(""), username, "tests", instants.now())

    def do(self, project: int, element: str) -> None:
        line = self.district.task(project, element)
        person = player.performer(line.key, instants.now())
        assert person is not None
        status, text = call(
            f"{self.address}/v2/user-tasks/{line.key}/completion", self.token(person.username), {"variables": self.district.filled(line)}
        )
        assert status == 204, text

    def page(self, project: int, username: str) -> str:
        status, text = call(f"{self.address}/projects/{project}", self.token(username))
        assert status == 200
        return text


def supervision(project: int, district: District) -> DecisionView:
    (found,) = [item for item in projects.view(district.system, project, instants.now()).decisions if item.decision_id == "supervision"]
    return found


def deployed(folder: Path, data: str) -> list[dict[str, Any]]:
    """Another process deploys a copy of the table with a higher threshold."""
    changed = folder / "dmn" / "sucheng" / "supervision.dmn"
    changed.parent.mkdir(parents=True)
    source = (ROOT / "dmn" / "sucheng" / "supervision.dmn").read_text("utf-8")
    assert source.count("500000") == 4
    changed.write_text(source.replace("500000", "5000000"), "utf-8")
    told: dict[str, Any] = json.loads(
        run("deploy", str(changed), "--district", "sucheng", "--reason", "监理门槛调整", "--data", data, "--json", clock="virtual")
    )
    definitions: list[dict[str, Any]] = told["definitions"]
    return definitions


def test_a_changed_table_decides_the_next_case_without_a_restart(app: Flask, data: str, tmp_path: Path) -> None:
    district = District("sucheng", BEGIN, PLATFORM)
    district.announce()
    before, after = district.declare("河道巡检平台"), district.declare("停车诱导平台", "教育局")
    # Both stand before the last act of their review: with it, procurement begins, and with it the rules that it goes on by.
    district.until(before, "upload_signed_form", after)
    instants.begin_at(district.now)
    with served(data, clock="virtual") as (address, process):
        people = Sucheng(address, district)
        people.do(before, "upload_signed_form")
        (definition,) = deployed(tmp_path, data)
        people.do(after, "upload_signed_form")

        # The case before goes on as it began, its later steps too; the next one never meets a supervisor.
        for project in (before, after):
            for element in ("submit_tender", "publish_announcement", "conduct_procurement", "register_contract"):
                people.do(project, element)
        assert [line.element_id for line in district.open(before) if line.process_id == "procurement"] == ["register_supervisor"]
        assert [line.element_id for line in district.open(after) if line.process_id == "procurement"] == ["start_construction"]
        old, new = supervision(before, district), supervision(after, district)
        assert (old.output["required"], new.output["required"]) == (True, False)
        assert (definition["id"], definition["version"], definition["tenant"]) == ("supervision", old.version + 1, "sucheng")
        assert new.version == old.version + 1
        assert str(new.definition_key) == str(definition["key"])

        for project, version in ((before, old.version), (after, new.version)):
            assert f"（第 {version} 版）" in shown(people.page(project, "sucheng.data_bureau"), old.name)
        assert process.process.poll() is None
        assert sum("服务已启动" in line for line in process.said) == 1

    # A restart does not bring the shipped table back.
    with served(data, clock="virtual") as (address, process):
        status, text = call(f"{address}/models/decision/sucheng/supervision", Sucheng(address, district).token("sucheng.analyst"))
        assert status == 200
        assert "5000000" in text


def shown(page: str, name: str) -> str:
    """What a project page says about a decision's version."""
    at_name = page.rindex(name)
    return page[at_name : at_name + 200]
