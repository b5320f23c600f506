"""Facts that were imported or migrated and that no owner has confirmed: null to gates, their value to everybody else, whatever is dumped and loaded in between."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from app.decision import dmn
from app.domain.fact_changes import FactOrigin, set_facts
from app.engine import DecisionRef, KnownLedger, NamedAsked, OfficesAsked, answering, commands, effects, step
from app.engine.expressions import vocabulary
from app.engine.ledger import ApprovalsAsked
from app.engine.state import State
from tests.unit.engine.diagrams import chain, end, exclusive, flow, io, loop, rule, script, start, user
from tests.unit.engine.runs import START, ZONE, Run
from tests.unit.engine.test_effecting import FIELDS, SCHEMA, case, lib, says
from tests.unit.engine.test_ledger_names import decision

DECLARES = says(notify="finance")


class Unsure(Run):
    """A tree of a project whose row is kept as the ledger keeps it; ``total`` and ``route`` were migrated. The state is loaded anew after every step."""

    def __init__(self, made: Any, *, unconfirmed: tuple[str, ...] = ("route", "total")) -> None:
        self.row: dict[str, Any] = {
            "facts": {"total": 500, "route": "A"}, "offices": {}, "phases": [["draft", "x"]], "phase": "draft", "unconfirmed": list(unconfirmed),
        }  # fmt: skip
        super().__init__(made)

    def do(self, command: commands.Command) -> list[effects.Effect]:
        known = KnownLedger(
            project={**dict.fromkeys(FIELDS), **self.row["facts"]},
            schema=SCHEMA,
            unconfirmed=frozenset(self.row["unconfirmed"]),
            answers={OfficesAsked(): {}, ApprovalsAsked(): ()},
        )
        self.state, new = answering(lambda told: step(self.library, self.state, command, self.now, self.limits, told), known, self._asked)
        text = self.state.dump()
        self.state = State.load(text, self.library)
        assert self.state.dump() == text
        self.effects += new
        for effect in new:
            self._note(effect)
            if isinstance(effect, effects.FactWritten):
                origin = FactOrigin(process_id=effect.process_id, element_id=effect.element_id, right=effect.right)
                self.row, _ = set_facts(self.row, {effect.field: effect.value}, SCHEMA, origin)
        return new

    @staticmethod
    def _asked(question: object) -> Any:
        assert isinstance(question, NamedAsked)
        return frozenset()

    @property
    def why(self) -> str:
        (incident,) = self.incidents.values()
        return incident.message

    def confirmed(self, *names: str) -> None:
        self.row["unconfirmed"] = [name for name in self.row["unconfirmed"] if name not in names]


def way(condition: str, *between: str) -> tuple[str, ...]:
    """On to ``big`` where the condition holds, after what stands before the question, else to ``small``."""
    ids = [part.split('id="')[1].split('"')[0] for part in between]
    return (
        start(), *between, exclusive("which", "no"), user("big"), user("small"), end(extensions=DECLARES), chain("start", *ids, "which"),
        flow("which", "big", condition), flow("which", "small", id="no"), chain("big", "end"),
    )  # fmt: skip


# ---------------------------------------------------------------------- conditions


def test_a_condition_of_a_flow_reads_null_until_an_owner_has_confirmed() -> None:
    run = Unsure(lib(*way("=project.total > 100")))
    assert run.troubles == [("which", "CONDITION_ERROR")]
    assert "台账中的“合计”待核实" in run.why
    assert "请由填写它的人在项目页核实后重试" in run.why
    run.confirmed("route")
    run.resolve("which")
    assert run.troubles == [("which", "CONDITION_ERROR")], "another field does not help"
    run.confirmed("total")
    run.resolve("which")
    assert (run.troubles, run.open) == ([], ["big"])


def test_a_condition_that_says_what_to_do_without_the_fact_does_it() -> None:
    assert Unsure(lib(*way("=project.total = null"))).open == ["big"]
    assert Unsure(lib(*way("=project.total = null")), unconfirmed=()).open == ["small"]
    assert Unsure(lib(*way("=project.typed = null and project.route = null"))).open == ["big"]


def test_what_fails_for_another_reason_does_not_speak_of_confirming() -> None:
    run = Unsure(lib(*way("=project.typed > 1")))
    assert run.troubles == [("which", "CONDITION_ERROR")]
    assert "待核实" not in run.why


def test_a_completion_condition_is_a_gate_too() -> None:
    made = lib(
        start(),
        user("each", loop=loop("=[1, 2]", "item", condition="=project.total > 100")),
        user("after"),
        end(extensions=DECLARES),
        chain("start", "each", "after", "end"),
    )
    run = Unsure(made)
    run.complete("each")
    assert [code for _, code in run.troubles] == ["CONDITION_ERROR"]
    assert "台账中的“合计”待核实" in run.why
    sure = Unsure(made, unconfirmed=())
    sure.complete("each")
    assert sure.open == ["after"]


# ---------------------------------------------------------------------- decisions


def test_a_decision_called_gate_reads_null_and_any_other_the_value() -> None:
    tables = {name: decision(name, "project.total", "project") for name in ("pay_gate", "sums", "gate_of_total")}
    body = (start(), *(rule(f"r_{name}", name, name) for name in tables), user("a"), end(extensions=DECLARES))
    run = Unsure(lib(*body, chain("start", *(f"r_{name}" for name in tables), "a", "end"), **tables))
    assert {name: run.variables[name] for name in tables} == {"pay_gate": None, "sums": 500, "gate_of_total": 500}
    sure = Unsure(lib(*body, chain("start", *(f"r_{name}" for name in tables), "a", "end"), **tables), unconfirmed=("route",))
    assert sure.variables["pay_gate"] == 500


TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="http://example.org/d">
 <inputData id="i" name="project"><variable name="project"/></inputData>
 <decision id="asked" name="asked"><variable name="asked"/><informationRequirement id="n1"><requiredInput href="#i"/></informationRequirement>
  <literalExpression><text>project.total</text></literalExpression></decision>
 <decision id="{id}" name="{id}"><variable name="{id}"/><informationRequirement id="n2"><requiredDecision href="#asked"/></informationRequirement>
  <decisionTable hitPolicy="UNIQUE"><input id="i1"><inputExpression><text>asked</text></inputExpression></input><output id="o1"/>
   <rule id="r1"><inputEntry><text>null</text></inputEntry><outputEntry><text>"closed"</text></outputEntry></rule>
   <rule id="r2"><inputEntry><text>not(null)</text></inputEntry><outputEntry><text>"open"</text></outputEntry></rule>
  </decisionTable></decision></definitions>"""


@pytest.mark.parametrize(("id", "read", "result"), [("pay_gate", None, "closed"), ("pay_route", 500, "open")])
def test_what_a_gate_requires_reads_as_the_gate_does_and_what_was_read_is_kept(id: str, read: Any, result: str) -> None:
    run = Unsure(lib(start(), rule("r", id, "found"), user("a"), end(extensions=DECLARES), chain("start", "r", "a", "end"),
                     **{id: TABLE.replace("{id}", id).encode()}))  # fmt: skip
    assert run.variables["found"] == result
    (taken,) = run.of(effects.DecisionEvaluated)
    assert ([cell["value"] for cell in taken.inputs], taken.required[0]["output"]) == ([read], read), "replay uses what it has read"


def test_a_file_that_a_gate_imports_reads_as_the_gate_does() -> None:
    imported = decision("asked", "project.total", "project")
    calling = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="http://example.org/m">
     <import name="other" namespace="http://example.org/asked" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>
     <decision id="{id}" name="{id}"><variable name="{id}"/>
      <informationRequirement id="n"><requiredDecision href="http://example.org/asked#asked"/></informationRequirement>
      <literalExpression><text>other.asked</text></literalExpression></decision></definitions>"""
    library_model = dmn.parse(imported, name="asked.dmn", functions=vocabulary())
    for id, seen in (("pay_gate", None), ("pay_route", 500)):
        made = lib(start(), rule("r", id, "found"), user("a"), end(extensions=DECLARES), chain("start", "r", "a", "end"))
        model = dmn.parse(calling.replace("{id}", id).encode(), name="m.dmn", functions=vocabulary())
        made.decisions[id] = DecisionRef(9, 1, id, model, lambda namespace: _Library(library_model))
        run = Unsure(made)
        assert (run.troubles, run.variables.get("found")) == ([], seen)


class _Library:
    """An imported file, as a library hands it out."""

    key, version, owner = 8, 1, "<default>"

    def __init__(self, model: dmn.Model) -> None:
        self.model = model


# ---------------------------------------------------------------------- everywhere else


def test_mappings_scripts_dates_loops_and_notices_go_on_reading_the_value() -> None:
    notices = decision("notices", "{title: &quot;合计&quot; + string(project.total)}", "project")
    body = (
        start(),
        script("s", "=project.total + 1", "sum"),
        user("a", io({"shown": "=project.total"}) + '<zeebe:taskSchedule dueDate="=workingDaysAfter(date(2026, 3, 9), project.total - 498)"/>',
             loop("=[project.route]", "item")),
        end(extensions=DECLARES),
        chain("start", "s", "a", "end"),
    )  # fmt: skip
    run = Unsure(lib(*body, notices=notices))
    seen = run.current.visible(run.task("a"))
    assert (run.variables["sum"], seen["shown"], seen["item"]) == (501, 500, "A")
    assert run.tasks[run.task("a")].due_at == datetime(2026, 3, 11, tzinfo=ZONE)
    run.complete("a")
    assert ([told.title for told in run.of(effects.PeopleTold)], run.done) == (["合计500"], True)


# ---------------------------------------------------------------------- what a step writes


@pytest.mark.parametrize("total", [500, 700])
def test_a_write_of_the_step_confirms_with_another_value_or_the_same(total: int) -> None:
    made = lib(*way("=project.total > 100", rule("r", "sums", "sums", says(set="total = sums.a"))), **case(sums=f"{{a: {total}}}"))
    run = Unsure(made)
    assert (run.troubles, run.open) == ([], ["big"])
    assert [(written.field, written.value) for written in run.of(effects.FactWritten)] == [("total", total)]
    assert (run.row["unconfirmed"], run.row["facts"]["total"]) == (["route"], total)


def test_an_equal_value_of_a_confirmed_fact_is_still_no_write() -> None:
    made = lib(*way("=project.total > 100", rule("r", "sums", "sums", says(set="total = sums.a"))), **case(sums="{a: 500}"))
    run = Unsure(made, unconfirmed=("route",))
    assert (run.of(effects.FactWritten), run.open) == ([], ["big"])


def test_what_a_later_step_is_told_counts_for_it() -> None:
    """Nothing of it is in the state: the same state goes another way when the command comes with another ledger."""
    made = lib(start(), user("a"), exclusive("which", "no"), user("big"), user("small"), end(extensions=DECLARES), chain("start", "a", "which"),
               flow("which", "big", "=project.total = null"), flow("which", "small", id="no"), chain("big", "end"))  # fmt: skip
    run = Unsure(made)
    command = commands.CompleteTask(run.task("a"), {})
    known = KnownLedger(project={"total": 500}, schema=SCHEMA, unconfirmed=frozenset({"total"}), answers={OfficesAsked(): {}})
    for ledger, way_taken in ((known, "big"), (replace(known, unconfirmed=frozenset()), "small")):
        state, _ = step(made, State.load(run.current.dump(), made), command, START, ledger=ledger)
        assert [view.element_id for view in state.open_tasks()] == [way_taken]


def test_the_right_of_a_set_is_asked_of_an_equal_value_too() -> None:
    made = lib(*way("=project.total > 100", rule("r", "other", "other", says(set="total = other.a"))), **case(other="{a: 500}"))
    run = Unsure(made)
    assert (run.troubles, run.row["unconfirmed"]) == ([("r", "FACT_ERROR")], ["route", "total"])
    assert run.of(effects.FactWritten) == []
