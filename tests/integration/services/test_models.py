"""Models: a bundle is deployed whole or not at all, the district's own wins, and a running case keeps the rules it began with."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.catalogue import snapshot
from app.config import Config
from app.domain.permissions import SYSTEM
from app.errors import Forbidden, InvalidRequest, NotFound, Refused
from app.services import inbox, instances, models, projects, startup, tasks
from app.store.tables import AuditEntryRow, DefinitionRow, DeploymentRow, ResourceRow, WaitRow, db
from tests.integration.conftest import make_app
from tests.integration.services.conftest import DATA, NOW, Cast, files
from tests.integration.services.test_permit import APPLICATION
from tests.unit.engine.diagrams import chain, end, file, process, start, user

pytestmark = pytest.mark.one_database

GATE = (DATA / "dmn" / "permit_gate.dmn").read_bytes()
STRICT = GATE.replace(b"10000", b"1000")  # five thousand is large now
PERMIT = (DATA / "bpmn" / "permit.bpmn").read_bytes()


def counts() -> list[int]:
    return [
        db.session.execute(select(func.count()).select_from(table)).scalar_one() for table in (DeploymentRow, ResourceRow, DefinitionRow)
    ]


def test_everything_is_deployed_at_once_as_version_one(hill: Flask) -> None:
    found = models.definitions(SYSTEM, "<default>")
    assert {(item.kind, item.id, item.version) for item in found} >= {
        ("process", "permit", 1), ("decision", "permit_gate", 1), ("form", "permit.apply", 1), ("form", "records.inspection", 1),
    }  # fmt: skip
    assert len({item.deployment for item in found}) == 1


def test_equal_content_makes_no_new_version_and_a_rollback_does(hill: Flask) -> None:
    before = counts()
    again = models.deploy(SYSTEM, [("dmn/permit_gate.dmn", GATE)], NOW, source="cli")
    assert (again.key, again.definitions[0].unchanged, again.definitions[0].version) == (0, True, 1)
    assert counts() == before
    assert models.deploy(SYSTEM, [("dmn/permit_gate.dmn", STRICT)], NOW).definitions[0].version == 2
    assert models.deploy(SYSTEM, [("dmn/permit_gate.dmn", GATE)], NOW).definitions[0].version == 3
    assert [item.version for item in models.versions(SYSTEM, "decision", "permit_gate", "<default>")] == [3, 2, 1]


def test_a_bundle_with_one_bad_file_is_refused_whole_with_every_reason(hill: Flask) -> None:
    before = counts()
    bundle = [
        ("dmn/permit_gate.dmn", STRICT),
        ("bpmn/broken.bpmn", b"<html></html>"),
        ("forms/odd.json", b'{"id": "odd", "title": "x", "schema": {"type": "object", "properties": {}}}'),
        ("dmn/odd.dmn", GATE.replace(b"&lt;= 10000", b"&lt;= = 1")),
        ("notes.txt", b"x"),
        (
            "forms/evil.json",
            b'{"id": "a", "title": "a", "schema": {"$ref": "file:///etc/passwd", "type": "object", "additionalProperties": false, "properties": {}}}',
        ),
    ]
    with pytest.raises(Refused) as refused:
        models.deploy(SYSTEM, bundle, NOW)
    assert {problem.file for problem in refused.value.problems} == {
        "bpmn/broken.bpmn",
        "forms/odd.json",
        "dmn/odd.dmn",
        "notes.txt",
        "forms/evil.json",
    }
    assert all(problem.message for problem in refused.value.problems)
    assert counts() == before
    assert db.session.execute(select(AuditEntryRow.action).order_by(AuditEntryRow.key.desc()).limit(1)).scalar_one() == "models.refuse"
    assert {problem.file for problem in models.check(bundle)} == {problem.file for problem in refused.value.problems}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
        PERMIT.replace(b'id="verdict"', b'id="apply"'),
        PERMIT.replace(b'targetRef="verdict"', b'targetRef="nowhere"'),
        b"<a>" * 20_000,
    ],
)
@pytest.mark.parametrize("name", ["bpmn/x.bpmn", "dmn/x.dmn"])
def test_a_hostile_file_is_a_refusal_and_never_a_crash(paper: Flask, name: str, content: bytes) -> None:
    assert models.check([(name, content)])


def test_the_same_id_twice_in_a_bundle_is_refused(hill: Flask) -> None:
    with pytest.raises(Refused) as refused:
        models.deploy(SYSTEM, [("dmn/a.dmn", GATE), ("dmn/b.dmn", STRICT)], NOW)
    assert refused.value.problems[0].code == "DUPLICATE_ID"


def test_the_same_id_twice_is_refused_also_when_one_copy_is_what_is_deployed_and_both_come_under_one_name(hill: Flask) -> None:
    models.deploy(SYSTEM, [("dmn/a.dmn", GATE)], NOW)
    for bundle in ([("dmn/a.dmn", GATE), ("copy/dmn/a.dmn", STRICT)], [("copy/dmn/a.dmn", STRICT), ("dmn/a.dmn", GATE)]):
        with pytest.raises(Refused) as refused:
            models.deploy(SYSTEM, bundle, NOW)
        (problem,) = refused.value.problems
        assert problem.code == "DUPLICATE_ID"
        assert "copy/dmn/a.dmn" in problem.message


def test_what_is_called_but_not_there_is_refused_unless_it_comes_along(hill: Flask) -> None:
    caller = ("bpmn/permit.bpmn", PERMIT.replace(b'decisionId="permit_gate"', b'decisionId="nowhere"'))
    with pytest.raises(Refused) as refused:
        models.deploy(SYSTEM, [caller], NOW)
    assert [(item.code, "nowhere" in item.message) for item in refused.value.problems] == [("CALLED_DECISION", True)]
    table = ("dmn/nowhere.dmn", GATE.replace(b'decision id="permit_gate"', b'decision id="nowhere"'))
    for bundle in ([caller, table], [table, caller]):
        assert models.check(bundle) == []


def test_the_tenant_comes_from_the_path_unless_it_is_given(hill: Flask) -> None:
    assert models.deploy(SYSTEM, [("/somewhere/dmn/hill/permit_gate.dmn", STRICT)], NOW).definitions[0].tenant == "hill"
    assert models.deploy(SYSTEM, [("permit_gate.dmn", STRICT)], NOW, tenant="valley").definitions[0].tenant == "valley"
    assert models.deploy(SYSTEM, [("dmn/permit_gate.dmn", STRICT)], NOW).definitions[0].tenant == "<default>"


def test_the_districts_own_table_decides_for_it_alone(cast: Cast) -> None:
    models.deploy(SYSTEM, [("dmn/hill/permit_gate.dmn", STRICT)], NOW)
    assert snapshot.library("hill").reference("decision", "permit_gate").tenant == "hill"
    assert snapshot.library("valley").reference("decision", "permit_gate").tenant == "<default>"
    tasks.complete(cast.alice, projects.start(cast.alice, "permit", "平台", NOW)[1], APPLICATION, NOW)
    assert inbox.todo(cast.fred, NOW).items == []
    assert [line.element_id for line in inbox.todo(cast.lea, NOW).items] == ["review"]


def test_a_running_case_keeps_the_table_it_began_with_and_the_next_has_the_new_one(cast: Cast) -> None:
    old, old_task = projects.start(cast.alice, "permit", "旧", NOW)
    models.deploy(cast.ann, [("permit_gate.dmn", STRICT)], NOW, tenant="hill", reason="从严")
    new, new_task = projects.start(cast.alice, "permit", "新", NOW)
    for task in (old_task, new_task):
        tasks.complete(cast.alice, task, APPLICATION, NOW)
    assert [line.project_name for line in inbox.todo(cast.fred, NOW).items] == ["旧"]
    assert [line.project_name for line in inbox.todo(cast.lea, NOW).items] == ["新"]
    shown = {
        key: [
            (decision.version, decision.rules[0].id)
            for decision in projects.view(cast.dora, key, NOW).decisions
            if decision.decision_id == "permit_gate"
        ]
        for key in (old, new)
    }
    assert shown == {old: [(1, "small")], new: [(1, "large")]}  # the district's own first version, where the old case used the shared one


def test_a_form_that_changed_is_the_old_one_for_the_open_task(cast: Cast) -> None:
    _, task = projects.start(cast.alice, "permit", "旧", NOW)
    changed = (DATA / "forms" / "permit.apply.json").read_bytes().replace(b'"reason"', b'"cause"')
    models.deploy(SYSTEM, [("forms/permit.apply.json", changed)], NOW)
    assert "reason" in tasks.view(cast.alice, task, NOW).form.fields
    tasks.complete(cast.alice, task, APPLICATION, NOW)
    _, task = projects.start(cast.alice, "permit", "新", NOW)
    assert "cause" in tasks.view(cast.alice, task, NOW).form.fields


def test_another_process_sees_a_deployment_without_a_restart(cast: Cast, config: Config) -> None:
    projects.start(cast.alice, "permit", "之前", NOW)
    other = make_app(config)
    with other.app_context():
        models.deploy(SYSTEM, [("dmn/permit_gate.dmn", STRICT)], NOW, source="cli")
        startup.dispose()
    tasks.complete(cast.alice, projects.start(cast.alice, "permit", "之后", NOW)[1], APPLICATION, NOW)
    assert [line.project_name for line in inbox.todo(cast.lea, NOW).items] == ["之后"]


def test_an_undone_deployment_leaves_nothing_behind_in_memory(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*values: object, **names: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):  # noqa: PT012 - the act is the block
        patched.setattr(models.audit, "record", fail)
        models.deploy(SYSTEM, [("dmn/permit_gate.dmn", STRICT)], NOW)
    models.deploy(SYSTEM, [("dmn/hill/other.dmn", GATE.replace(b"permit_gate", b"other"))], NOW)
    tasks.complete(cast.alice, projects.start(cast.alice, "permit", "平台", NOW)[1], APPLICATION, NOW)
    assert len(inbox.todo(cast.fred, NOW).items) == 1


def test_only_analysts_publish_and_only_for_their_district(cast: Cast) -> None:
    for who in (cast.alice, cast.root, cast.dora):
        with pytest.raises(Forbidden):
            models.deploy(who, [("permit_gate.dmn", STRICT)], NOW, tenant="hill")
    for tenant in ("valley", "<default>"):
        with pytest.raises(Forbidden):
            models.deploy(cast.ann, [("permit_gate.dmn", STRICT)], NOW, tenant=tenant)
    with pytest.raises(Forbidden):
        models.deploy(cast.ann, [("dmn/permit_gate.dmn", STRICT)], NOW)
    with pytest.raises(Forbidden):
        models.definitions(cast.alice)
    with pytest.raises(Forbidden):
        models.definitions(cast.ann, "valley")
    with pytest.raises(InvalidRequest):
        models.deploy(SYSTEM, [], NOW, source="somewhere")


def test_officials_read_the_diagrams_of_their_own_district(cast: Cast) -> None:
    key = snapshot.library("hill").reference("process", "permit").key
    assert models.source(cast.alice, "process", key) == ("bpmn/permit.bpmn", PERMIT)
    assert models.definition(cast.alice, key).id == "permit"
    with pytest.raises(NotFound):
        models.source(cast.alice, "process", 5)
    with pytest.raises(NotFound):
        models.source(cast.alice, "picture", key)
    own = models.deploy(SYSTEM, [("bpmn/valley/permit.bpmn", PERMIT)], NOW).definitions[0].key
    with pytest.raises(Forbidden):
        models.source(cast.alice, "process", own)


def test_start_events_belong_to_the_newest_version(hill: Flask) -> None:
    query = select(WaitRow.tenant, WaitRow.process_id, WaitRow.element_id, WaitRow.kind).where(WaitRow.root_key.is_(None))
    before = sorted(db.session.execute(query).all())
    assert ("hill", "inspection", "requested", "message") in before
    assert ("<default>", "yearly", "each_year", "timer") not in before
    assert ("valley", "yearly", "each_year", "timer") in before
    inspection = (DATA / "bpmn" / "inspection.bpmn").read_bytes()
    models.deploy(
        SYSTEM,
        [
            (
                "bpmn/hill/inspection.bpmn",
                inspection.replace(b'id="requested"', b'id="asked"').replace(b'sourceRef="requested"', b'sourceRef="asked"'),
            )
        ],
        NOW,
    )
    after = sorted(db.session.execute(query).all())
    assert set(after) - set(before) == {("hill", "inspection", "asked", "message")}
    assert set(before) - set(after) == {("hill", "inspection", "requested", "message")}


def test_boot_deploys_what_changed_in_the_files_and_warns_of_drift(app: Flask, tmp_path: Path) -> None:
    for name, content in files("bpmn/*.bpmn", "dmn/*.dmn", "forms/*.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert len(models.boot(tmp_path, NOW).deployed) == 10
    again = models.boot(tmp_path, NOW + timedelta(days=1))
    assert (list(again.deployed), list(again.drift)) == ([], [])
    (tmp_path / "dmn" / "permit_gate.dmn").write_bytes(STRICT)
    assert [(item.id, item.version, item.source) for item in models.boot(tmp_path, NOW).deployed] == [("permit_gate", 2, "files")]
    models.deploy(SYSTEM, [("dmn/permit_gate.dmn", GATE)], NOW, source="cli")
    (tmp_path / "dmn" / "permit_gate.dmn").write_bytes(GATE)
    assert models.boot(tmp_path, NOW).drift == []  # the same content came another way
    (tmp_path / "dmn" / "permit_gate.dmn").write_bytes(GATE.replace(b"10000", b"20000"))
    view = models.boot(tmp_path, NOW)
    assert list(view.deployed) == []
    assert [line.split(":")[0] for line in view.drift] == ["dmn/permit_gate.dmn"]
    assert snapshot.library("hill").reference("decision", "permit_gate").version == 3
    (tmp_path / "dmn" / "permit_gate.dmn").write_bytes(b"not xml")
    with pytest.raises(Refused):
        models.boot(tmp_path, NOW)


def test_amounts_on_the_boundary_are_decided_exactly(cast: Cast) -> None:
    for amount, who in ((Decimal("10000.00"), cast.fred), (Decimal("10000.01"), cast.lea)):
        _, task = projects.start(cast.alice, "permit", str(amount), NOW)
        tasks.complete(cast.alice, task, {**APPLICATION, "amount": amount}, NOW)
        assert [line.project_name for line in inbox.todo(who, NOW).items] == [str(amount)]


def test_a_task_takes_the_form_of_its_own_deployment_or_the_newest_as_its_diagram_says(cast: Cast) -> None:
    def form(title: str) -> tuple[str, bytes]:
        schema = {"type": "object", "additionalProperties": False, "properties": {}}
        return "forms/hill/bound.json", json.dumps({"id": "bound", "title": title, "schema": schema}).encode()

    asks = '<zeebe:assignmentDefinition candidateGroups="finance"/><zeebe:formDefinition formId="bound" bindingType="{}"/>'
    body = (start(), user("own", asks.format("deployment")), user("new", asks.format("latest")), end(), chain("start", "own", "new", "end"))
    models.deploy(SYSTEM, [("bpmn/hill/bound.bpmn", file(process(*body, id="bound"))), form("甲")], NOW, source="cli")
    models.deploy(SYSTEM, [form("乙")], NOW, source="cli")
    instances.create(cast.root, "bound", {}, NOW)
    (own,) = inbox.todo(cast.fred, NOW).items
    assert (shown := tasks.form(cast.fred, own.key)) is not None
    assert (shown.form.title, shown.version) == ("甲", 1)
    tasks.complete(cast.fred, own.key, {}, NOW)
    (new,) = inbox.todo(cast.fred, NOW).items
    assert (shown := tasks.form(cast.fred, new.key)) is not None
    assert (shown.form.title, shown.version) == ("乙", 2)
