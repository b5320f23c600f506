"""No page of an official shows a machine's word: no field's id, role's key, code, truth value, instant of JSON or key, whatever the district and the phase."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import simplejson
from flask import Flask
from lxml import html
from sqlalchemy import select

from app import config, create_app
from app.catalogue import districts
from app.domain.permissions import SYSTEM
from app.playing import demonstration
from app.services import accounts, inbox, instants, pump, startup, tasks, trail
from app.store import accounts as people
from app.store.tables import IncidentRow, NotificationRow, ProjectRow, db
from tests.integration.districts.test_statements import sign_in

pytestmark = pytest.mark.xdist_group("words_of_pages")  # one demonstration for all
NOW = datetime.fromisoformat("2026-11-28T09:00:00+08:00")  # Sucheng's regulation has been in force for two Septembers
# The number of a document (HT-2026-001, XXJL-001), a clause's id (SC-10-2) and the ending of a file's name are people's own.
MACHINE = re.compile(
    r"\b[a-z]+[A-Z]\w*|\b[a-z]+_[a-z_]+\b|\b[A-Z][A-Z_]{2,}\b(?!-?\d)|\b(?:true|false|null|None|True|False)\b"
    r"|(?<!\.)\b[a-z]{3,}\b(?![./@-])|\d{4}-\d\d-\d\dT|\b\d{18}\b"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, int]]:
    """The shipped demonstration, and how many projects it has."""
    app = create_app(config.load({}, data=str(tmp_path_factory.mktemp("words")), clock="virtual"))
    with app.app_context():
        startup.prepare(NOW)
        instants.begin_at(NOW)
        made = demonstration.build(NOW)
        db.session.rollback()
    yield app, made
    with app.app_context():
        startup.dispose()


@pytest.fixture(scope="module")
def site(built: tuple[Flask, int]) -> Flask:
    return built[0]


def machine_words(page: str) -> Iterator[str]:
    """Words in what the page shows at once, scripts left out, with what is around them."""
    root = html.fromstring(page)
    for text in root.xpath("//main//text()[not(ancestor::script) and not(ancestor::style) and normalize-space()]"):
        for found in MACHINE.finditer(text):
            yield " ".join(text[max(0, found.start() - 40) : found.end() + 20].split())


def test_the_shipped_demonstration_has_work_for_many_in_both_districts(built: tuple[Flask, int]) -> None:
    app, made = built
    assert made >= 12
    with app.app_context():
        assert demonstration.build(NOW) == 0
        phases = db.session.execute(select(ProjectRow.tenant, ProjectRow.phase)).all()
        for tenant in districts.every():
            assert len({phase for own, phase in phases if own == tenant}) >= 6
        busy: Counter[str] = Counter()
        late = 0
        for account in accounts.demonstration_accounts():
            user = people.by_username(account.username)
            assert user is not None
            counts = inbox.counts(accounts.actor(user.id, NOW), NOW)
            busy[account.role] += counts.todo
            late += counts.overdue
        assert {role for role in ("applicant", "data_bureau", "finance") if busy[role]} == {"applicant", "data_bureau", "finance"}
        assert late
        assert db.session.execute(select(IncidentRow.message).where(IncidentRow.closed_at.is_(None))).all() == []
        told = db.session.execute(select(NotificationRow.title, NotificationRow.text)).all()
        assert [row for row in told if re.search(r"\dT\d|null|[a-z]+[A-Z]|_", f"{row.title}{row.text}")] == []
        assert any("24:00" in row.text for row in told)
        assert pump.pump(NOW).sealed
        assert trail.verify(SYSTEM).whole
        db.session.rollback()


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


def shown_of_diagram(page: str) -> dict[str, dict[str, Any]]:
    """What a click on each element of the page's diagram tells."""
    found = re.search(r'data-diagram>\s*<script type="application/json">(.*?)</script>', page, re.DOTALL)
    return dict(simplejson.loads(found[1])["elements"]) if found else {}


@pytest.mark.parametrize("district", ["sucheng", "fengxian"])
def test_what_a_click_tells_is_in_words_and_the_raw_text_is_for_analysts(site: Flask, district: str) -> None:
    with site.app_context():
        found = tasks.search(SYSTEM, tasks.TaskFilter(tenant=district, state="open"), instants.now(), limit=200).items
        db.session.rollback()
    official, _ = sign_in(site, f"{district}.data_bureau")
    told: dict[str, list[str]] = {}
    lines = []
    for task in {line.process_id: line for line in found}.values():
        for name, element in shown_of_diagram(official.get(f"/tasks/{task.key}").text).items():
            lines += (of_element := [line for fact in element.get("facts", ()) for line in fact["lines"]])
            texts = [element.get("kind", ""), *element.get("captions", ()), *(line["text"] for line in of_element)]
            if words := [text for text in texts if MACHINE.search(re.sub(r"\b[SF][CX]-[\d-]+", "", text))]:
                told[f"{task.process_id}.{name}"] = words
    assert told == {}
    assert all("formula" not in line for line in lines)
    said = {line["text"] for line in lines}
    assert any(text.endswith((" = 是", " = 否")) for text in said), "what an end writes"
    assert any(text.startswith("视为同意的条件：") for text in said)
    assert {line["href"].partition("#")[0] for line in lines if "href" in line} == {"/clauses"}

    analyst, _ = sign_in(site, f"{district}.analyst")
    own = {"sucheng": "review", "fengxian": "declaration"}[district]
    elements = shown_of_diagram(analyst.get(f"/models/process/{district}/{own}").text)
    assert "系统判定 · 业务规则任务" in {element.get("kind", "") for element in elements.values()}
    shown = [line for element in elements.values() for fact in element.get("facts", ()) for line in fact["lines"]]
    assert any("formula" in line for line in shown)
    links = {line["href"] for line in shown if "href" in line}
    assert any("/form/" in link and "records." in link for link in links), "a register leads to its form"
    row = next(link for link in links if "/decision/" in link and "#deadlines-" in link)
    address, _, anchor = row.partition("#")
    assert f'<tr id="{anchor}"' in analyst.get(address).text


@pytest.mark.parametrize("district", ["sucheng", "fengxian"])
def test_the_clauses_of_a_district_stand_on_a_page_with_what_carries_them(site: Flask, district: str) -> None:
    with site.app_context():
        clauses = districts.every()[district].clauses
    for who, linked in (("data_bureau", False), ("analyst", True)):
        client, _ = sign_in(site, f"{district}.{who}")
        page = client.get("/clauses")
        assert page.status_code == 200
        root = html.fromstring(page.text)
        assert [row.get("id") for row in root.xpath("//main//tbody/tr")] == list(clauses)
        assert not list(machine_words(page.text))
        links = root.xpath("//main//tbody//a/@href")
        assert bool(links) == linked
        assert {client.get(link).status_code for link in links[::40]} <= {200}


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
    for word in ("建设方案.pdf", "HT-2026-001", "SC-10-2", "2026-01-02 03:04", "监理〔2026〕1号", "5.00"):
        assert not list(machine_words(page.format(word))), word
