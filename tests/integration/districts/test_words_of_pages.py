"""No page of an official shows a machine's word: no field's id, role's key, code, truth value, instant of JSON or key, whatever the district and the phase."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from app import config, create_app
from app.domain.permissions import SYSTEM
from app.playing import demonstration
from app.services import instants, startup, tasks
from app.store.tables import ProjectRow, db
from tests.integration.districts.test_statements import sign_in

NOW = datetime.fromisoformat("2026-09-21T09:00:00+08:00")
# The number of a document (HT-2026-001, XXJL-001) and a clause's id (SC-10-2) are people's own.
MACHINE = re.compile(
    r"\b[a-z]+[A-Z]\w*|\b[a-z]+_[a-z_]+\b|\b[A-Z][A-Z_]{2,}\b(?!-?\d)|\b(?:true|false|null|None|True|False)\b"
    r"|\b[a-z]{3,}\b(?![./@-])|\d{4}-\d\d-\d\dT|\b\d{18}\b"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(config.load({}, data=str(tmp_path_factory.mktemp("words")), clock="virtual"))
    with app.app_context():
        startup.prepare(NOW)
        instants.begin_at(NOW)
        demonstration.build(NOW)
        db.session.rollback()
    yield app
    with app.app_context():
        startup.dispose()


def machine_words(page: str) -> Iterator[str]:
    """Words in what the page shows at once, scripts left out, with what is around them."""
    root = html.fromstring(page)
    for text in root.xpath("//main//text()[not(ancestor::script) and not(ancestor::style) and normalize-space()]"):
        for found in MACHINE.finditer(text):
            yield " ".join(text[max(0, found.start() - 40) : found.end() + 20].split())


@pytest.mark.parametrize("district", ["sucheng", "fengxian"])
def test_what_officials_read_has_no_machine_word(site: Flask, district: str) -> None:
    with site.app_context():
        now = instants.now()
        found = tasks.search(SYSTEM, tasks.TaskFilter(tenant=district), now, limit=200).items
        projects = db.session.execute(select(ProjectRow.key).where(ProjectRow.tenant == district)).scalars().all()
        db.session.rollback()
    # of every task of the diagrams one: open if there is an open one
    one_each = {line.element_id: line for line in sorted(found, key=lambda line: line.state == "open")}
    addresses = ["/inbox", "/inbox/done", "/inbox/notices", "/projects", *(f"/projects/{key}" for key in projects)]
    addresses += [f"/tasks/{line.key}" for line in one_each.values()]
    client, _ = sign_in(site, f"{district}.data_bureau")
    said, seen = {}, 0
    for address in addresses:
        answer = client.get(address)
        if answer.status_code == 200:
            seen += 1
            if words := sorted(set(machine_words(answer.text))):
                said[address] = words
    assert said == {}
    assert seen > len(addresses) / 2
    assert any("登记簿" in client.get(f"/projects/{key}").text for key in projects)


def test_the_test_knows_machine_words_when_it_sees_them() -> None:
    page = "<main><p>{}</p></main>"
    for word in (
        "projectName：否",
        "role：data_bureau",
        "result：PASS",
        "是 true",
        "2026-01-02T03:04",
        "task 384918893442891789",
        "trialUnit",
        "day",
    ):
        assert list(machine_words(page.format(word))), word
    for word in ("HT-2026-001", "SC-10-2", "2026-01-02 03:04", "监理〔2026〕1号", "5.00"):
        assert not list(machine_words(page.format(word))), word
