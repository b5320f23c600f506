"""``project`` and ``parameters`` on the server: every act that steps or evaluates has them, and nobody from outside can be them."""

from collections.abc import Callable

import pytest

from app.domain.permissions import SYSTEM
from app.errors import InvalidRequest, Refused
from app.services import accounts, instances, jobs, messages, migration, projects, repair, tasks
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d
from tests.unit.engine.test_ledger_names import PARAMETERS, decision

pytestmark = pytest.mark.one_database

HILL = accounts.system("hill")
PLAIN = (d.start(), t.task("a"), d.end("end", extensions=t.says(notify="finance")), d.chain("start", "a", "end"))


def test_the_row_of_the_trees_project_and_the_districts_parameters_are_there(cast: Cast) -> None:
    texts = {"phase": "=project.phase", "office": "=project.applicantOffice.name", "limit": "=parameters.limit", "no": "=project.budget",
             "who": '=officesOf("finance")[1].name'}  # fmt: skip
    t.deploy(t.diagram(d.start(), t.task("a", extensions=d.io(texts)), d.chain("start", "a")), ("dmn/hill/parameters.dmn", PARAMETERS))
    t.begin(cast.alice)
    seen = t.shown(cast.fred, "a")
    assert {name: seen[name] for name in texts} == {
        "phase": "draft", "office": "教育局", "limit": 100, "no": None, "who": "山丘区财政局",
    }  # fmt: skip


def test_a_start_of_a_declaring_process_copies_no_facts(cast: Cast) -> None:
    t.deploy(t.diagram(*PLAIN), t.diagram(*PLAIN, process="inspection"))
    project = t.begin(cast.alice)
    t.complete(cast.fred, "a")
    t.row(project)
    assert not {"projectName", "applicantOffice"} & instances_variables(cast, project)


def instances_variables(cast: Cast, project: int) -> set[str]:
    (line,) = projects.view(cast.alice, project, NOW).instances
    return {item.name for item in instances.view(cast.root, line.key, NOW).variables}


def test_a_migration_sees_the_row_when_it_compares_and_when_it_moves(cast: Cast) -> None:
    """Without the ledger the other version's candidates could not be told, and the migration would be refused."""
    t.deploy(t.diagram(d.start(), t.task("a"), d.end(), d.chain("start", "a", "end")))
    project = t.begin(cast.alice)
    who = '=if project.applicantOffice.name = "教育局" then ["data_bureau"] else project.nobody'
    t.deploy(t.diagram(d.start(), t.task("a", who), d.end(), d.chain("start", "a", "end")))
    (line,) = projects.view(cast.alice, project, NOW).instances
    (difference,) = migration.preview(cast.root, [line.key], t.definition(), NOW)
    assert (difference.reasons, [item.after for item in difference.assignees]) == ((), [("data_bureau",)])
    migration.migrate(cast.root, line.key, t.definition(), "改版", NOW)
    assert t.open_task(cast.dora, "a")


def _start(cast: Cast, name: str) -> object:
    return instances.create(cast.root, "loose", {name: 1}, NOW)


def _complete(cast: Cast, name: str) -> object:
    t.begin(cast.alice)
    return t.complete(cast.fred, "a", **{name: 1})


def _set(cast: Cast, name: str) -> object:
    line = instances.create(cast.root, "loose", {}, NOW)
    return repair.set_variables(cast.root, line.key, {name: 1}, "改", NOW)


def _modify(cast: Cast, name: str) -> object:
    line = instances.create(cast.root, "loose", {}, NOW)
    return repair.modify(cast.root, line.key, "改", NOW, activate=[repair.Activate("work", variables={name: 1})])


def _job(cast: Cast, name: str) -> object:
    instances.create(cast.root, "loose", {}, NOW)
    (job,) = jobs.take(cast.root, "outside", NOW)
    return jobs.complete(cast.root, job.key, {name: 1}, NOW)


def _error(cast: Cast, name: str) -> object:
    instances.create(cast.root, "loose", {}, NOW)
    (job,) = jobs.take(cast.root, "outside", NOW)
    return jobs.throw_error(cast.root, job.key, "E", "", {name: 1}, NOW)


def _message(cast: Cast, name: str) -> object:
    return messages.publish(HILL, "anything", "1", {name: 1}, NOW, tenant="hill")


def _signal(cast: Cast, name: str) -> object:
    return messages.broadcast(HILL, "anything", {name: 1}, NOW, tenant="hill")


@pytest.mark.parametrize("name", ["project", "parameters"])
@pytest.mark.parametrize("way", [_start, _complete, _set, _modify, _job, _error, _message, _signal])
def test_no_variable_from_outside_is_called_so(cast: Cast, way: Callable[[Cast, str], object], name: str) -> None:
    loose = (d.start(), d.service("work", "outside"), d.end("end", extensions=t.says(notify="finance")), d.chain("start", "work", "end"))
    t.deploy(t.diagram(*PLAIN), t.diagram(*loose, process="loose"))
    with pytest.raises(InvalidRequest) as refused:
        way(cast, name)
    assert refused.value.code == "NAME_RESERVED"


def test_where_nothing_is_declared_the_names_are_free(cast: Cast) -> None:
    t.deploy(t.diagram(d.start(), t.task("a"), d.end(), d.chain("start", "a", "end")))
    assert messages.publish(HILL, "anything", "1", {"project": 1}, NOW, tenant="hill")
    t.begin(cast.alice)
    assert t.complete(cast.fred, "a", parameters=1).state == "completed"


MAPPED = '<zeebe:ioMapping><zeebe:output source="=1" target="project.x"/></zeebe:ioMapping>'
LOOP = (
    '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=[1]" inputElement="project"/>'
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (t.task("a", extensions=d.io({"parameters": "=1"})), "输入映射"),
        (t.task("a", extensions=MAPPED), "输出映射"),
        (d.rule("a", "permit_gate", "parameters"), "结果变量"),
        (d.script("a", "=1", "project"), "结果变量"),
        (t.task("a", loop=LOOP), "多实例"),
        (t.task("a", form="odd"), "表单"),
    ],
)
def test_a_declaring_diagram_that_calls_something_so_is_refused_by_name(hill: object, body: str, word: str) -> None:
    odd = t.form("odd", {"project": {"type": "string"}})
    with pytest.raises(Refused) as refused:
        t.deploy(odd, t.diagram(d.start(), body, d.end("end", extensions=t.says(notify="finance")), d.chain("start", "a", "end")))
    (finding,) = [problem for problem in refused.value.problems if problem.code == "RESERVED_NAME"]
    assert finding.element == "a"
    assert word in finding.message
    t.deploy(odd, t.diagram(d.start(), body, d.end(), d.chain("start", "a", "end")))


@pytest.mark.parametrize(
    ("text", "inputs", "word"),
    [
        ("{limit: amount}", "amount", "amount"),
        ("{limit: project.budget}", "project", "project"),
        ("{year: today().year}", "", "today"),
        ("{at: now()}", "", "now"),
        ("{who: officesOf(&quot;finance&quot;)}", "", "officesOf"),
    ],
)
def test_parameters_that_are_no_constant_are_refused(hill: object, text: str, inputs: str, word: str) -> None:
    with pytest.raises(Refused) as refused:
        t.deploy(("dmn/hill/parameters.dmn", decision("parameters", text, inputs)))
    (finding,) = refused.value.problems
    assert (finding.element, finding.code) == ("parameters", "PARAMETERS")
    assert word in finding.message


def test_what_only_a_tree_knows_is_refused_in_a_decision_and_names_an_element_in_a_diagram(hill: object) -> None:
    with pytest.raises(Refused) as refused:
        t.deploy(("dmn/hill/when.dmn", decision("when", "completedAt(&quot;a&quot;)")))
    assert [problem.code for problem in refused.value.problems] == ["TREE_FUNCTION"]
    for text, hint in (('=completedAt("reviev")', "是不是 review?"), ("=completedAt(x)", "直接写元素的标识")):
        with pytest.raises(Refused) as refused:
            t.deploy(t.diagram(d.start(), t.task("review", extensions=d.io({"x": text})), d.end(), d.chain("start", "review", "end")))
        (finding,) = [problem for problem in refused.value.problems if problem.code == "TREE_FUNCTION"]
        assert hint in finding.message
    with pytest.raises(Refused) as refused:
        t.deploy(t.diagram(d.start(), t.task("a", extensions=d.io({"x": '=officesOf("finanse")'})), d.end(), d.chain("start", "a", "end")))
    assert "是不是 finance?" in refused.value.problems[0].message


def test_what_a_due_date_counts_from_is_the_row_also_when_a_person_acts(cast: Cast) -> None:
    """The act of a person, a timer and a message alike hand the row in: here the due date of the task that a person's act opens."""
    t.deploy(
        t.diagram(d.start(), t.task("a"), t.task("b", extensions='<zeebe:taskSchedule dueDate="=if project.phase = &quot;draft&quot; then '
                  '&quot;2026-05-01T00:00:00Z&quot; else null"/>'), d.chain("start", "a", "b"))
    )  # fmt: skip
    t.begin(cast.alice)
    t.complete(cast.fred, "a")
    due = tasks.line(cast.fred, t.open_task(cast.fred, "b"), NOW).due_at
    assert due is not None
    assert due.isoformat()[:10] == "2026-05-01"
    assert SYSTEM.is_system
