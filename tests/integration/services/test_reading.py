"""What is not to be read of a project, and the ways by which people came to it; what reading costs. The tables are the shipped ones.

SC-4-3 and SC-13-1 (an opinion is one's own), SC-4-4 (classified), FX-18-1 (experts), design §6.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from app.domain.codes import Action
from app.domain.permissions import Actor
from app.errors import Forbidden, NotFound
from app.playing import papers
from app.services import documents, inbox, instances, projects, tasks
from app.store.tables import AuditEntryRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

TABLES = [
    (f"dmn/{name}.dmn", (Path(__file__).resolve().parents[3] / "dmn" / f"{name}.dmn").read_bytes()) for name in ("readable", "content_kind")
]
DOCUMENT = {"type": "object", "x-format": "document"}
TEXT = {"type": "string"}
CLASSIFIED: dict[str, Any] = {"classified": {"type": "boolean", "title": "涉密", "x-owner": ["applicant"]}}
APPLY = t.form("apply", {"scheme": {**TEXT, "x-ledger": True}, "classified": {"type": "boolean", "x-ledger": True}, "plan": DOCUMENT})
OPINION = t.form(
    "opinion", {"scheme": {**TEXT, "readOnly": True}, "projectName": {**TEXT, "readOnly": True}, "verdict": TEXT, "paper": DOCUMENT}
)
LATER = t.form("later", {"budget": {**t.MONEY, "x-ledger": True}, "note": TEXT})
ROW = t.form("records.opinion", {"verdict": TEXT})


@pytest.fixture(autouse=True)
def deployed(cast: Cast) -> None:
    """The school board applies; a person of the water board, finance and the bureau sign together; finance goes on in a stage of its own."""
    by_name = '<zeebe:assignmentDefinition candidateUsers="=[who]"/><zeebe:formDefinition formId="opinion"/>'
    together = d.user("each", by_name + t.says(record="opinion"), d.loop('=["bob", "fred", "dora"]', "who", "papers", "=paper"))
    inside = (t.task("arrange", "finance", form="later"), t.task("pay", "finance", form="later"))
    stage = d.subprocess("arranging", d.start("in"), *inside, d.end("out"), d.chain("in", "arrange", "pay", "out"))
    body = (t.task("apply", "applicant", form="apply"), together, stage, d.end("end", extensions=t.says(notify="finance applicant")))
    t.deploy(
        *TABLES,
        APPLY,
        OPINION,
        LATER,
        ROW,
        t.diagram(d.start(), *body, d.chain("start", "apply", "each", "arranging", "end")),
        fields=CLASSIFIED,
    )


def put(actor: Actor, element: str, slot: str, name: str) -> Any:
    return documents.put(actor, t.open_task(actor, element), name, BytesIO(papers.made(name)), NOW, slot=slot)


def applied(cast: Cast, name: str = "教育平台", **more: Any) -> int:
    key = t.begin(cast.alice, name=name)
    t.complete(cast.alice, "apply", scheme="方案正文", **more)
    return key


def code(read: Callable[[], object]) -> str:
    with pytest.raises((Forbidden, NotFound)) as refused:
        read()
    assert refused.value.message
    return str(refused.value.code)


def task_of(cast: Cast, key: int, element: str, who: str) -> int:
    found = tasks.search(cast.dora, tasks.TaskFilter(project_key=key, element_id=element), NOW).items
    return next(line.key for line in found if line.completed_by == who)


def outcomes(actor: Actor, key: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in projects.view(actor, key, NOW).timeline:
        found.setdefault(entry.element, []).append(entry.outcome)
    return found


def test_nobody_copies_the_first_opinion(cast: Cast) -> None:
    key = applied(cast)
    paper = put(cast.bob, "each", "paper", "意见.pdf")
    own = t.open_task(cast.fred, "each")
    t.complete(cast.bob, "each", verdict="不同意,理由甲", paper=paper.reference)
    given = task_of(cast, key, "each", "鲍勃")
    for actor in (cast.fred, cast.dora, cast.alice):
        assert code(lambda actor=actor: tasks.view(actor, given, NOW)) == "NOT_CONCLUDED", actor.name
        assert code(lambda actor=actor: tasks.line(actor, given, NOW)) == "NOT_CONCLUDED"
        assert code(lambda actor=actor: documents.opened(actor, paper.key, NOW)) == "NOT_CONCLUDED"
        assert documents.of_project(actor, key) == []
        assert projects.view(actor, key, NOW).records == []
        assert outcomes(actor, key)["each"] == ["会签结束后可以查看"], "that it was given, not what it says"
    assert code(lambda: documents.opened(cast.fred, paper.key, NOW, task=own)) == "NOT_CONCLUDED", "beside one's own opinion neither"
    assert tasks.view(cast.bob, given, NOW).data["verdict"] == "不同意,理由甲"
    for actor in (cast.fred, cast.dora):
        t.complete(actor, "each", verdict="同意")
    for actor in (cast.alice, cast.fred, cast.dora):
        assert tasks.view(actor, given, NOW).data["verdict"] == "不同意,理由甲"
        assert [row.data["verdict"] for row in projects.view(actor, key, NOW).records] == ["不同意,理由甲", "同意", "同意"]
        with documents.opened(actor, paper.key, NOW).stream as stream:
            assert stream.read() == papers.made("意见.pdf")
    read = db.session.execute(select(AuditEntryRow.user_key).where(AuditEntryRow.action == Action.DOCUMENT_READ)).scalars().all()
    assert sorted(read) == sorted([cast.alice.user, cast.fred.user, cast.dora.user]), (
        "each reading of another office's paper is in the trail"
    )


def test_a_draft_is_its_writers(cast: Cast) -> None:
    applied(cast)
    mine = t.open_task(cast.fred, "each")
    tasks.save_draft(cast.fred, mine, {"verdict": "还在想"}, NOW)
    assert tasks.view(cast.fred, mine, NOW).data["verdict"] == "还在想"
    for actor in (cast.dora, cast.alice, cast.bob):
        seen = tasks.view(actor, mine, NOW)
        assert (seen.data.get("verdict"), seen.draft_saved_at) == (None, None), actor.name


def test_an_office_reads_as_far_as_its_part_goes(cast: Cast) -> None:
    plan_of = t.begin(cast.alice)
    plan = put(cast.alice, "apply", "plan", "方案.pdf")
    t.complete(cast.alice, "apply", scheme="方案正文", plan=plan.reference)
    assert cast.bob.offices.isdisjoint(t.row(plan_of)["offices"]), "another office"
    assert projects.view(cast.bob, plan_of, NOW).project.facts["scheme"] == "方案正文"
    assert [one.name for one in documents.of_project(cast.bob, plan_of)] == ["方案.pdf"]
    assert tasks.view(cast.bob, task_of(cast, plan_of, "apply", "艾丽"), NOW).data["scheme"] == "方案正文"
    for actor in (cast.bob, cast.fred, cast.dora):
        t.complete(actor, "each", verdict="同意")
    tasks.complete(cast.fred, t.open_task(cast.fred, "arrange"), {"budget": 5000, "note": "下一阶段"}, NOW + timedelta(days=1))
    later = task_of(cast, plan_of, "arrange", "冯财")
    assert code(lambda: tasks.view(cast.bob, later, NOW)) == "CONTENT_HIDDEN"
    assert tasks.view(cast.dora, later, NOW).data["note"] == "下一阶段"
    assert [line.key for line in projects.search(cast.bob, NOW).items] == [plan_of]
    assert code(lambda: projects.view(cast.val, plan_of, NOW)) == "OTHER_DISTRICT"
    assert code(lambda: projects.view(cast.root, plan_of, NOW)) == "ADMINISTRATOR"


def test_who_has_no_part_is_told_who_reads(cast: Cast) -> None:
    key = t.begin(cast.alice)
    with pytest.raises(
        Forbidden, match="本项目的单位、山丘区财政局、山丘区数据局、山丘区审计局、在本项目有事项或办过事项的机关单位"
    ) as refused:
        projects.view(cast.bob, key, NOW)
    assert refused.value.code == "NOT_YOUR_PROJECT"
    assert projects.search(cast.bob, NOW).total == instances.search(cast.bob, instances.InstanceFilter(), NOW).total == 0


def test_a_classified_project_has_another_name_elsewhere(cast: Cast) -> None:
    key = applied(cast, "指挥平台", classified=True)
    other = f"涉密项目（登记号 {key}）"
    assert projects.view(cast.alice, key, NOW).project.name == "指挥平台"
    assert projects.view(cast.alice, key, NOW).project.facts["scheme"] == "方案正文"
    for actor in (cast.fred, cast.dora, cast.bob):
        view = projects.view(actor, key, NOW)
        assert (view.project.name, set(view.project.facts) & {"projectName", "scheme"}) == (other, set()), actor.name
        assert [line.project_name for line in inbox.todo(actor, NOW).items] == [other]
        assert inbox.todo(actor, NOW, text="指挥").total == 0, "nobody guesses the name"
        assert [line.name for line in projects.search(actor, NOW, text="涉密").items] == [other]
        task = tasks.view(actor, t.open_task(actor, "each"), NOW)
        assert (task.line.project_name, task.data.get("projectName")) == (other, None)
        assert code(lambda actor=actor: tasks.view(actor, task_of(cast, key, "apply", "艾丽"), NOW)) == "CONTENT_HIDDEN"
        assert not any("指挥平台" in str(entry) for entry in view.timeline)
        t.complete(actor, "each", verdict="同意")
    assert [line.project_name for line in instances.search(cast.root, instances.InstanceFilter(), NOW).items] == [other]
    assert instances.search(cast.root, instances.InstanceFilter(text="指挥"), NOW).total == 0
    for element in ("arrange", "pay"):
        t.complete(cast.fred, element, budget=1)
    (told,) = inbox.notifications(cast.fred, NOW).items
    assert told.project_name == other
    assert "指挥" not in f"{told.title}{told.text}"
    assert any("指挥平台" in f"{one.title}{one.text}{one.project_name}" for one in inbox.notifications(cast.alice, NOW).items)


@contextmanager
def counting() -> Iterator[list[str]]:
    said: list[str] = []

    def heard(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", heard)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", heard)


def statements(read: Callable[[], object]) -> int:
    read()  # what the rules say is known from then on
    with counting() as said:
        read()
    return len(said)


def test_reading_costs_no_statement_a_row(cast: Cast) -> None:
    few = applied(cast)
    many = applied(cast, "第二个")
    for actor in (cast.bob, cast.fred, cast.dora):
        for line in inbox.todo(actor, NOW).items:
            if line.project_key == many:
                tasks.complete(actor, line.key, {"verdict": "同意"}, NOW)
    costs = [statements(lambda key=key: projects.view(cast.bob, key, NOW)) for key in (few, many)]
    assert costs[0] == costs[1], "four more steps, three more records"
    listed = statements(lambda: projects.search(cast.bob, NOW))
    for number in range(4):
        applied(cast, f"另 {number}")
    assert statements(lambda: projects.search(cast.bob, NOW)) == listed
    assert projects.search(cast.bob, NOW).total == 6
