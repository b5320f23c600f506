"""``project`` and ``parameters`` in every expression of a diagram and in what it decides; what a tree and its ledger know besides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from app.decision import dmn, feel
from app.domain.calendars import statutory
from app.engine import (
    CALENDAR,
    DecisionRef,
    KnownLedger,
    NameReserved,
    OfficesAsked,
    Unanswered,
    answering,
    commands,
    describe_tasks,
    functions,
    recount,
    step,
)
from app.engine.expressions import vocabulary
from tests.unit.engine.diagrams import (
    boundary,
    catch,
    chain,
    end,
    exclusive,
    file,
    flow,
    message,
    on_message,
    process,
    rule,
    script,
    start,
    timer,
    user,
)  # fmt: skip
from tests.unit.engine.runs import START, ZONE, Run, library
from tests.unit.engine.test_deadlines import TABLE

OFFICE = {"key": "7", "name": "教育局"}
PROJECT = {
    "totalAmount": Decimal(500),
    "applicantOffice": OFFICE,
    "approvedBudget": None,
    "receivedAt": "2026-03-10T09:30:00+08:00",
    "urgent": True,
}
KNOWN = KnownLedger(project=PROJECT, answers={OfficesAsked(): {"finance": [{"key": "1", "name": "财政局"}]}})
SETS = '<zeebe:properties><zeebe:property name="notify" value="finance"/></zeebe:properties>'


def decision(id: str, text: str, inputs: str = "") -> bytes:
    given = "".join(f'<inputData id="i_{name}" name="{name}"><variable name="{name}"/></inputData>' for name in inputs.split())
    needed = "".join(
        f'<informationRequirement id="r_{name}"><requiredInput href="#i_{name}"/></informationRequirement>' for name in inputs.split()
    )
    return (
        f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f_{id}" name="f" namespace="http://example.org/{id}">{given}'
        f'<decision id="{id}" name="{id}"><variable name="{id}"/>{needed}<literalExpression><text>{text}</text></literalExpression></decision></definitions>'
    ).encode()


PARAMETERS = decision("parameters", "{limit: 100}")


class Known(Run):
    """A run whose tree belongs to a project."""

    ledger = KNOWN

    def do(self, command):
        before = self.state
        self.state, new = step(self.library, before, command, self.now, self.limits, self.ledger)
        self.effects += new
        for effect in new:
            self._note(effect)
        return new


def lib(*body: str, extensions: str = "", **decisions: bytes):
    made = library(
        file(message("m", "go", "=project.totalAmount"), process(*body, extensions=extensions)), decisions={"parameters": PARAMETERS}
    )
    for number, (name, source) in enumerate(decisions.items(), 10):
        made.decisions[name] = DecisionRef(number, 1, name, dmn.parse(source, name="t.dmn", functions=vocabulary()))
    return made


def inputs(**given: str) -> str:
    return (
        "<zeebe:ioMapping>"
        + "".join(f'<zeebe:input source="={text}" target="{name}"/>' for name, text in given.items())
        + "</zeebe:ioMapping>"
    )


def test_conditions_mappings_scripts_tasks_waits_and_loops_see_the_projects_row_and_the_parameters() -> None:
    offices = (
        '<zeebe:assignmentDefinition candidateGroups="=[project.applicantOffice.name]"/><zeebe:taskSchedule dueDate="=project.receivedAt"/>'
    )
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=[project.totalAmount]" '
        'inputElement="amount"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
    )
    body = (
        start(),
        script("sum", "=project.totalAmount + parameters.limit", "sum"),
        exclusive("big", "small"),
        user("a", offices + inputs(office="project.applicantOffice.key"), loop),
        catch("wait", on_message("m")),
        end(),
        end("other"),
        chain("start", "sum", "big"),
        flow("big", "a", "=project.totalAmount &gt; parameters.limit".replace("&gt;", ">")),
        flow("big", "other", id="small"),
        chain("a", "wait", "end"),
    )
    run = Known(lib(*body))
    task = run.tasks[run.task("a")]
    assert (run.variables["sum"], task.candidate_groups, task.due_at) == (600, ("教育局",), datetime.fromisoformat(PROJECT["receivedAt"]))
    assert run.current.visible(task.element)["office"] == "7"
    assert "project" not in run.current.visible(task.element), "it is a name of expressions and no variable"
    run.complete("a")
    assert run.waits[run.wait("wait")].correlation_key == "500"


def test_without_a_project_the_row_is_null_and_without_parameters_so_are_they() -> None:
    bare = library(file(process(start(), script("s", "=[project, project.x, parameters]", "seen"), user("a"), chain("start", "s", "a"))))
    assert Run(bare).variables["seen"] == [None, None, None]


def test_decisions_and_deadlines_have_both_as_input_data() -> None:
    rules = lib(
        start(),
        rule("r", "enough", "enough"),
        user("a", '<zeebe:taskSchedule dueDate="=deadline(&quot;acceptance.organise&quot;, project.receivedAt)"/>'),
        chain("start", "r", "a"),
        enough=decision("enough", "project.totalAmount - parameters.limit", "project parameters"),
        deadlines=TABLE.replace(b"<text>urgent</text>", b"<text>project.urgent</text>"),
    )
    run = Known(rules)
    assert run.variables["enough"] == 400
    assert run.tasks[run.task("a")].due_at == datetime(2026, 3, 12, tzinfo=ZONE), "the urgent row of the table"


def test_a_closer_binding_of_feel_hides_the_row() -> None:
    text = "=[for project in [1] return project, {project: 2, x: project}.x, (function(project) project)(3), ([{project: 4}][project = 4])[1].project]"
    run = Known(lib(start(), script("s", text, "seen"), user("a"), chain("start", "s", "a")))
    assert run.variables["seen"] == [[1], 2, 3, 4]


@pytest.mark.parametrize(("declares", "seen"), [(False, 1), (True, 500)])
def test_a_variable_of_the_name_wins_only_where_nothing_is_declared(declares: bool, seen: int) -> None:
    """Diagrams of the first release read the parameters into a variable of this name."""
    mapping = '<zeebe:ioMapping><zeebe:input source="={totalAmount: 1}" target="project"/></zeebe:ioMapping>'
    body = (
        start(),
        script("s", "=project.totalAmount", "seen", "" if declares else mapping),
        user("a"),
        end("end", extensions=SETS if declares else ""),
        chain("start", "s", "a", "end"),
    )
    assert Known(lib(*body)).variables["seen"] == seen


def test_what_is_called_by_a_declaring_process_or_calls_one_brings_no_variable_of_the_names() -> None:
    made = library(
        file(
            process(start(), script("s", "={limit: 1}", "parameters"), '<bpmn:callActivity id="call"><bpmn:extensionElements>'
                    '<zeebe:calledElement processId="c"/></bpmn:extensionElements></bpmn:callActivity>', end(), chain("start", "s", "call", "end")),
        ),
        file(
            process(start(), script("t", "=parameters.limit", "seen"), user("a"), end("end", extensions=SETS), chain("start", "t", "a", "end"), id="c"),
        ),
        decisions={"parameters": PARAMETERS},
    )  # fmt: skip
    run = Known(made)
    seen = run.current.visible(run.task("a"))
    assert seen["seen"] == 100
    assert "parameters" not in seen


@pytest.mark.parametrize("name", ["project", "parameters"])
def test_from_outside_nothing_is_called_so_where_the_names_are_kept(name: str) -> None:
    made = lib(start(), user("a"), end("end", extensions=SETS), chain("start", "a", "end"))
    run = Known(made)
    element, key = run.task("a"), made.processes["p"].key
    for command, state in (
        (commands.Start(key, {name: 1}), None),
        (commands.CompleteTask(element, {name: 1}), run.current),
        (commands.SetVariables({name: 1}), run.current),
        (commands.SetVariables({name: 1}, element), run.current),
        (commands.Modify(variables={name: 1}), run.current),
        (commands.Modify(activate=[commands.Activation("a", variables={name: 1})]), run.current),
    ):
        with pytest.raises(NameReserved) as refused:
            step(made, state, command, START)
        assert refused.value.code == "NAME_RESERVED"
    loose = lib(start(), user("a"), end(), chain("start", "a", "end"))
    assert Known(loose, variables={name: 1}).variables[name] == 1


def test_acts_besides_a_step_see_the_row_too() -> None:
    """What a migration compares, and what a new calendar counts again: without the row the due date would become null."""
    made = lib(
        start(),
        user("a", '<zeebe:taskSchedule dueDate="=workingDaysAfter(project.receivedAt, 1)"/>'),
        boundary("late", "a", timer("Date", "=workingDaysAfter(project.receivedAt, 2)")),
        end(),
        chain("start", "a", "end"),
        flow("late", "end"),
    )
    run = Known(made)
    element = run.task("a")
    assert describe_tasks(made, run.current, START, ledger=KNOWN)[0][element].due_at == run.tasks[element].due_at is not None
    moved = replace(KNOWN, project={**PROJECT, "receivedAt": "2026-03-12T09:30:00+08:00"})
    again = recount(made, run.current, {CALENDAR}, START, ledger=moved)
    assert (again.tasks[element].due_at, again.waits[run.wait("late")], again.failed) == (
        datetime(2026, 3, 13, tzinfo=ZONE), datetime(2026, 3, 16, tzinfo=ZONE), [],
    )  # fmt: skip


def test_the_offices_of_a_role_are_asked_for_only_when_they_are_needed() -> None:
    made = lib(start(), script("s", '=officesOf("finance")', "offices"), user("a"), chain("start", "s", "a"))
    command, asked = commands.Start(made.processes["p"].key), []
    with pytest.raises(Unanswered):
        step(made, None, command, START, ledger=KnownLedger())

    def look_up(question: OfficesAsked) -> dict[str, list[dict[str, str]]]:
        asked.append(question)
        return {"finance": [OFFICE]}

    state, _ = answering(lambda known: step(made, None, command, START, ledger=known), KnownLedger(), look_up)
    assert (state.variables()["offices"], asked) == ([OFFICE], [OfficesAsked()])
    quiet = lib(start(), user("a"), chain("start", "a"))
    step(quiet, None, commands.Start(quiet.processes["p"].key), START, ledger=KnownLedger())
    nobody = lib(start(), script("s", '=officesOf("nobody")', "offices"), user("a"), chain("start", "s", "a"))
    assert Known(nobody).variables["offices"] is None


def test_when_an_element_was_completed_last_is_kept_with_the_tree(begin: Callable[..., Run]) -> None:
    made = lib(
        start(),
        script("before", '=completedAt("a")', "before"),
        user("a"),
        user("b"),
        script("after", '=completedAt("a")', "after"),
        exclusive("again", "on"),
        user("c"),
        chain("start", "before", "a", "b", "after", "again"),
        flow("again", "a", "=again"),
        flow("again", "c", id="on"),
    )
    run = begin(made, variables={"again": True})
    first = run.now = datetime(2026, 3, 11, 9, tzinfo=ZONE)
    run.complete("a")
    run.now = datetime(2026, 3, 12, 9, tzinfo=ZONE)
    run.complete("b", {"again": True})
    assert run.variables["before"] is None
    assert datetime.fromisoformat(run.variables["after"]) == first
    second = run.now = datetime(2026, 3, 13, 9, tzinfo=ZONE)
    run.complete("a")
    run.complete("b", {"again": False})
    assert datetime.fromisoformat(run.variables["after"]) == second
    assert set(run.current.document()["completions"]) == {"a"}, "only what somebody asks for is kept"
    assert "completions" not in begin(lib(start(), user("a"), user("b"), chain("start", "a", "b"))).current.document()


def test_a_called_process_may_ask_what_its_caller_completed_before_it_began() -> None:
    made = library(
        file(
            process(start(), user("a"), '<bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="c"/>'
                    "</bpmn:extensionElements></bpmn:callActivity>", chain("start", "a", "call")),
        ),
        file(
            process(start(), script("s", '=completedAt("a")', "done"), user("b"), chain("start", "s", "b"), id="c"),
        )
    )  # fmt: skip
    run = Run(made)
    run.complete("a")
    assert datetime.fromisoformat(run.current.visible(run.task("b"))["done"]) == START


def test_parameters_are_taken_once_for_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    real = dmn.Model.evaluate

    def counting(self, name, *rest, **more):
        taken.append(name)
        return real(self, name, *rest, **more)

    monkeypatch.setattr(dmn.Model, "evaluate", counting)
    made = lib(
        start(), script("s", "=parameters.limit", "a"), script("t", "=parameters.limit", "b"), user("u"), chain("start", "s", "t", "u")
    )
    Known(made)
    run = Known(made)
    assert (run.variables["a"], run.variables["b"], taken) == (100, 100, ["parameters"])


def test_parameters_that_cannot_be_had_are_an_incident_where_they_are_read() -> None:
    made = lib(start(), script("s", "=parameters.limit", "a"), user("u"), chain("start", "s", "u"))
    broken = decision("parameters", "string join([1], deadline(&quot;x&quot;, &quot;2026-01-01&quot;))")
    made.decisions["parameters"] = DecisionRef(99, 1, "parameters", dmn.parse(broken, name="t.dmn", functions=vocabulary()))
    assert Known(made).troubles == [("s", "CALLED_DECISION_ERROR")]


def test_where_there_is_no_tree_the_offices_of_roles_may_be_known_and_nothing_else_is() -> None:
    known = functions.OfficesAlone(lambda role: [{"key": "7", "name": "某公司"}] if role == "implementer" else [])
    environment = feel.Environment(now=START, zone=ZONE, functions=functions.of(statutory(), ZONE), extra=known)

    def value(text: str) -> object:
        return feel.to_json(feel.compile(text, functions=vocabulary()).evaluate({}, environment))

    assert value('officesOf("implementer")[1].name') == "某公司"
    assert value('officesOf("nobody")') == []
    assert value('[approved("p.task"), approvedValue("p.task", "x"), completedAt("task")]') == [None, None, None]
    with pytest.raises(feel.FeelError):
        value('deadline("opinion", "2026-03-10")')
