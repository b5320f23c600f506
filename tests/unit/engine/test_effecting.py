"""What an element declares is carried out as a whole or not at all, once, and is seen by what follows in the same step."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from app.decision import dmn
from app.domain.facts import LedgerSchema
from app.domain.forms import Form
from app.engine import DecisionRef, KnownLedger, NamedAsked, NumberAsked, OfficesAsked, answering, commands, effects, step
from app.engine.expressions import vocabulary
from app.engine.state import State
from tests.unit.engine.diagrams import (
    TERMINATE,
    boundary,
    catch,
    chain,
    end,
    error,
    exclusive,
    file,
    flow,
    io,
    message,
    node,
    on_error,
    on_message,
    parallel,
    process,
    rule,
    script,
    service,
    start,
    subprocess,
    throw,
    user,
)  # fmt: skip
from tests.unit.engine.runs import Run, library
from tests.unit.engine.test_ledger_names import decision

MONEY = {"type": "number", "x-format": "money"}
OFFICE = {"type": "object", "x-format": "office"}
FIELDS: dict[str, Any] = {
    "projectKey": {"type": "string", "title": "项目号", "readOnly": True},
    "phase": {"type": "string", "title": "阶段", "readOnly": True},
    "applicantOffice": {**OFFICE, "x-role": "applicant", "title": "申报单位", "readOnly": True},
    "route": {"type": "string", "title": "路径", "x-source": ["decision:route"]},
    "total": {**MONEY, "title": "合计", "x-source": ["decision:sums", "job:count", "message:counted"]},
    "implementer": {**OFFICE, "x-role": "implementer", "title": "承建单位", "x-source": ["decision:winner"]},
    "listed": {"type": "boolean", "title": "已列入", "x-source": ["path:p.end", "path:p.mile"]},
    "typed": {"type": "string", "title": "填写的", "x-owner": ["finance"]},
}
SCHEMA = LedgerSchema.parse(
    json.dumps(
        {"id": "records.project", "title": "台账", "schema": {"type": "object", "additionalProperties": False, "properties": FIELDS}}
    ).encode()
)
DEAL = Form.parse(
    json.dumps({"id": "records.deal", "title": "成交", "schema": {
        "type": "object", "additionalProperties": False, "required": ["dealNo", "amount"],
        "properties": {"dealNo": {"type": "string", "title": "编号", "x-number": {"series": "deal", "prefix": "成"}},
                       "amount": {**MONEY, "title": "金额"}, "phase": {"type": "string", "title": "阶段", "x-value": "project.phase"}},
    }}).encode()
)  # fmt: skip
FOLLOWING = {"draft": ("declared",), "declared": ("approved", "rejected"), "approved": (), "rejected": ()}


def says(**properties: str) -> str:
    inner = "".join(f'<zeebe:property name="{name}" value="{value}"/>' for name, value in properties.items())
    return f"<zeebe:properties>{inner}</zeebe:properties>"


class Project(Run):
    """A tree of a project in phase draft; ``facts`` is what its ledger holds, kept from effects as a caller would."""

    def __init__(self, lib: Any, *, project: Mapping[str, Any] | None = None, **more: Any) -> None:
        self.facts: dict[str, Any] | None = (
            {**dict.fromkeys(FIELDS), "phase": "draft"} | dict(project or {}) if project is not False else None
        )
        self.numbers: list[NumberAsked] = []
        super().__init__(lib, **more)

    def do(self, command: commands.Command) -> list[effects.Effect]:
        known = KnownLedger(project=self.facts, schema=SCHEMA, following=FOLLOWING, answers={OfficesAsked(): {}})
        before = self.state
        self.state, new = answering(lambda told: step(self.library, before, command, self.now, self.limits, told), known, self._look_up)
        self.state = State.load(self.state.dump(), self.library)
        self.effects += new
        for effect in new:
            self._note(effect)
            if isinstance(effect, effects.FactWritten) and self.facts is not None:
                self.facts[effect.field] = effect.value
            elif isinstance(effect, effects.PhaseEntered) and self.facts is not None:
                self.facts["phase"] = effect.phase
        return new

    def _look_up(self, question: object) -> Any:
        if isinstance(question, NumberAsked):
            self.numbers.append(question)
            return len(self.numbers)
        assert isinstance(question, NamedAsked)
        return frozenset(key for key in question.keys if key == "7")

    @property
    def rows(self) -> list[effects.RecordMade]:
        return self.of(effects.RecordMade)

    @property
    def written(self) -> dict[str, Any]:
        return {effect.field: effect.value for effect in self.of(effects.FactWritten)}

    @property
    def why(self) -> str:
        (incident,) = self.incidents.values()
        return incident.message


def lib(*body: str, parts: tuple[str, ...] = (), others: tuple[bytes, ...] = (), **decisions: bytes) -> Any:
    made = library(file(*parts, process(*body)), *others)
    for number, (name, source) in enumerate(decisions.items(), 10):
        made.decisions[name] = DecisionRef(number, 1, name, dmn.parse(source, name="t.dmn", functions=vocabulary()))
    made.registers = {"deal": DEAL}
    return made


def case(**decisions: str) -> dict[str, bytes]:
    return {name: decision(name, text.replace('"', "&quot;")) for name, text in decisions.items()}


# ---------------------------------------------------------------------- phase


def test_a_phase_is_entered_with_its_sub_process_start_or_end_and_seen_at_once() -> None:
    run = Project(
        lib(
            start(extensions=says(phase="declared")),
            script("s", "=project.phase", "seen"),
            subprocess("review", start("begin"), user("a"), end("done"), chain("begin", "a", "done"), extensions=says(phase="approved")),
            chain("start", "s", "review"),
        )
    )
    assert (run.variables["seen"], run.facts["phase"]) == ("declared", "approved")
    assert [(e.element_id, e.phase) for e in run.of(effects.PhaseEntered)] == [("start", "declared"), ("review", "approved")]


def test_a_phase_that_may_not_follow_is_an_incident_there_and_moves_nothing() -> None:
    run = Project(lib(start(), user("a"), end("end", extensions=says(phase="approved", notify="finance")), chain("start", "a", "end")))
    run.complete("a")
    assert run.troubles == [("end", "PHASE_ERROR")]
    assert "declared" in run.why
    assert (run.facts["phase"], run.of(effects.PeopleTold)) == ("draft", [])
    run.facts["phase"] = "declared"
    run.resolve("end")
    assert (run.done, run.facts["phase"], len(run.of(effects.PeopleTold))) == (True, "approved", 1)


def test_a_phase_is_entered_after_the_inputs_and_not_without_them() -> None:
    body = subprocess("sub", start("b"), user("a"), chain("b", "a"), extensions=io({"x": "=date(1)"}) + says(phase="declared"))
    run = Project(lib(start(), body, chain("start", "sub")), variables={})
    assert run.troubles == []
    bad = subprocess("sub", start("b"), user("a"), chain("b", "a"), extensions=io({"x": "=function(a) a"}) + says(phase="declared"))
    run = Project(lib(start(), bad, chain("start", "sub")))
    assert (run.troubles, run.facts["phase"]) == ([("sub", "IO_MAPPING_ERROR")], "draft")


def test_without_a_project_nothing_of_it_can_be_entered_or_written() -> None:
    for declared, code in ((says(phase="declared"), "PHASE_ERROR"), (says(set="listed = true"), "FACT_ERROR")):
        run = Project(lib(start(), end("end", extensions=declared), chain("start", "end")), project=False)
        assert run.troubles == [("end", code)]


# ---------------------------------------------------------------------- ledger fields


def test_a_part_of_the_decision_just_taken_is_written_and_seen_by_what_follows() -> None:
    run = Project(
        lib(start(), rule("r", "route", "route", says(set="route = route.kind")), script("s", "=project.route", "seen"), user("a"),
            chain("start", "r", "s", "a"), **case(route='{kind: "A", reason: "x"}'))
    )  # fmt: skip
    (written,) = run.of(effects.FactWritten)
    assert (written.element_id, written.field, written.value, str(written.right.source)) == ("r", "route", "A", "decision:route")
    assert run.variables["seen"] == "A"


def test_all_sets_of_an_element_are_judged_before_any_takes_effect_and_a_retry_books_once() -> None:
    sums = case(sums="{a: 1, b: 2.005}", route='{kind: "A"}')
    run = Project(
        lib(start(), rule("q", "route", "route"), rule("r", "sums", "sums", says(set="route = route.kind; total = sums.b")), user("a"),
            chain("start", "q", "r", "a"), **sums)
    )  # fmt: skip
    assert (run.troubles, run.written) == ([("r", "FACT_ERROR")], {})
    assert "两位小数" in run.why
    run.resolve("r")
    assert (run.troubles, run.written) == ([("r", "FACT_ERROR")], {})
    made = DecisionRef(99, 2, "sums", dmn.parse(decision("sums", "{a: 1, b: 2}"), name="t.dmn", functions=vocabulary()))
    run.library.decisions["sums"] = made
    run.do(commands.Modify(terminate=[token.element for token in run.current.tokens()], activate=[commands.Activation("q")]))
    assert (run.troubles, run.written, run.open) == ([], {"route": "A", "total": 2}, ["a"])


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (script("r", '="B"', "route", says(set="route = route")), "看不出它来自哪一个"),  # a variable of the name, no decision
        (rule("r", "other", "other", says(set="route = other.kind")), "不能由"),  # another decision
        (rule("r", "route", "route", says(set="route = &quot;B&quot;")), "不能由"),  # a constant
        (rule("r", "route", "route", says(set="route = if true then &quot;B&quot; else route.kind")), "不能由"),
        (rule("r", "route", "route", says(set="typed = route.kind")), "没有登记可以写入它的来源"),  # somebody else's field
        (rule("r", "route", "route", says(set="nothing = route.kind")), "没有字段"),
        (rule("r", "route", "route", says(set="phase = route.kind")), "平台登记"),
        (rule("r", "route", "route", says(set="total = route.kind")), "不能由"),
    ],
)
def test_a_field_is_written_from_its_source_and_from_nothing_else(body: str, word: str) -> None:
    before = rule("q", "route", "unused")
    run = Project(lib(start(), before, body, user("a"), chain("start", "q", "r", "a") if "script" not in body else chain("start", "r", "a"),
                      **case(route='{kind: "A"}', other='{kind: "B"}')))  # fmt: skip
    assert (run.troubles, run.written) == ([("r", "FACT_ERROR")], {})
    assert word in run.why


def test_a_variable_that_somebody_writes_over_the_result_is_not_taken_for_it() -> None:
    """The result's own variable is still there, but what stands in it came from a form, a message or a worker."""
    run = Project(
        lib(start(), rule("q", "route", "route"), user("a"), node("task", "r", "", says(set="route = route.kind")), user("z"),
            chain("start", "q", "a", "r", "z"), **case(route='{kind: "A"}'))
    )  # fmt: skip
    run.complete("a", {"route": {"kind": "B"}})
    assert (run.troubles, run.written) == ([("r", "FACT_ERROR")], {})
    assert "最近一次的结果" in run.why
    run.set(route={"kind": "A"})
    run.resolve("r")
    assert run.written == {"route": "A"}


def test_what_another_instance_has_decided_is_no_result_of_this_one() -> None:
    child = file(process(start(), rule("q", "route", "route"), end("e"), chain("start", "q", "e"), id="c"))
    call = '<bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="c"/></bpmn:extensionElements></bpmn:callActivity>'
    never = (exclusive("which", "on"), rule("own", "route", "route"), flow("which", "own", "=false"), flow("which", "call", id="on"))
    body = (
        start(),
        *never,
        call,
        node("task", "r", "", says(set="route = route.kind")),
        chain("start", "which"),
        chain("own", "r"),
        chain("call", "r"),
    )
    run = Project(lib(*body, others=(child,), **case(route='{kind: "A"}')))
    assert run.troubles == [("r", "FACT_ERROR")]


def test_a_worker_writes_only_what_its_own_result_brought() -> None:
    def tree() -> Project:
        return Project(lib(start(), service("w", "count", says(set="total = n")), user("a"), chain("start", "w", "a")), variables={"n": 9})

    run = tree()
    run.finish("w", {"n": Decimal("12.30")})
    assert run.written == {"total": Decimal("12.30")}
    run = tree()
    run.finish("w", {})
    assert (run.troubles, run.written) == ([("w", "FACT_ERROR")], {})
    other = Project(lib(start(), service("w", "guess", says(set="total = n")), user("a"), chain("start", "w", "a")))
    other.finish("w", {"n": 1})
    assert other.troubles == [("w", "FACT_ERROR")]


def test_a_message_writes_what_it_brought_if_one_of_our_own_trees_sent_it() -> None:
    def tree() -> Project:
        parts = (message("m", "counted", '="k"'),)
        return Project(
            lib(start(), catch("c", on_message("m"), says(set="total = n")), user("a"), chain("start", "c", "a"), parts=parts),
            variables={"n": 9},
        )

    run = tree()
    run.do(commands.Deliver(run.wait("c"), {"n": 5}, inside=True))
    assert run.written == {"total": 5}
    for payload, inside in (({"n": 5}, False), ({}, True)):
        run = tree()
        run.do(commands.Deliver(run.wait("c"), payload, inside=inside))
        assert (run.troubles, run.written) == ([("c", "FACT_ERROR")], {})
        run.resolve("c")
        assert run.written == {}, "a retry does not forget where it came from"


def test_a_message_start_may_write_what_it_came_with() -> None:
    parts = (message("m", "counted"),)
    made = lib(start("begin", on_message("m"), says(set="total = n")), user("a"), chain("begin", "a"), parts=parts)
    run = Project(made, variables={"n": 3}, start_event="begin", inside=True)
    assert run.written == {"total": 3}
    assert Project(made, variables={"n": 3}, start_event="begin").troubles == [("begin", "FACT_ERROR")]


def test_a_path_writes_its_constant_because_the_token_came_there() -> None:
    run = Project(lib(start(), throw("mile", extensions=says(set="listed = true")), user("a"), end("end", extensions=says(set="listed = false")),
                      chain("start", "mile", "a", "end")))  # fmt: skip
    assert run.facts["listed"] is True
    run.complete("a")
    assert (run.done, run.facts["listed"]) == (True, False)
    for text in ("flag", "project.listed = null", "now() != null"):
        other = Project(
            lib(start(), throw("mile", extensions=says(set=f"listed = {text}")), user("a"), chain("start", "mile", "a")),
            variables={"flag": True},
        )
        assert (other.troubles, other.written) == ([("mile", "FACT_ERROR")], {}), "what comes by a path is a constant"
    wrong = Project(lib(start(), throw("other", extensions=says(set="listed = true")), user("a"), chain("start", "other", "a")))
    assert wrong.troubles == [("other", "FACT_ERROR")]


def test_an_end_that_throws_or_terminates_has_its_effects_first_and_once() -> None:
    inner = subprocess("sub", start("b"), end("end", on_error("e"), says(set="listed = true", record="deal")), chain("b", "end"))
    run = Project(
        lib(start(), inner, boundary("caught", "sub", on_error("e")), user("a"), end("z"), chain("start", "sub", "z"), chain("caught", "a"),
            parts=(error("e", "E"),)), variables={"amount": 1},
    )  # fmt: skip
    assert (run.open, run.facts["listed"], len(run.rows)) == (["a"], True, 1)
    both = (
        start(),
        parallel("fork"),
        user("a"),
        end("end", TERMINATE, says(set="listed = true")),
        chain("start", "fork", "a"),
        chain("fork", "end"),
    )
    run = Project(lib(*both))
    assert (run.done, run.facts["listed"]) == (True, True)


def test_an_error_end_that_nobody_catches_books_once_however_often_it_is_tried() -> None:
    run = Project(
        lib(start(), end("end", on_error("e"), says(record="deal")), chain("start", "end"), parts=(error("e", "E"),)),
        variables={"amount": 1},
    )
    run.resolve("end")
    run.resolve("end")
    assert (run.troubles, len(run.rows), len(run.numbers)) == ([("end", "UNHANDLED_ERROR_EVENT")], 1, 1)


def test_an_equal_value_is_no_change() -> None:
    run = Project(lib(start(), rule("r", "sums", "sums", says(set="total = sums")), user("a"), chain("start", "r", "a"), **case(sums="5.00")),
                  project={"total": 5})  # fmt: skip
    assert (run.troubles, run.of(effects.FactWritten)) == ([], [])


def test_an_office_is_one_that_there_is_and_never_a_text() -> None:
    def with_winner(text: str) -> Project:
        return Project(
            lib(start(), rule("r", "winner", "w", says(set="implementer = w")), user("a"), chain("start", "r", "a"), **case(winner=text))
        )

    assert with_winner('{key: "7", name: "某公司"}').facts["implementer"] == {"key": "7", "name": "某公司"}
    for text in ('{key: "8", name: "别家"}', '"某公司"', '{key: "7"}'):
        assert with_winner(text).troubles == [("r", "FACT_ERROR")]


def test_inside_a_multi_instance_nothing_is_written_to_the_ledger() -> None:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=[1, 2]"/>'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    inner = subprocess(
        "sub", start("b"), rule("r", "route", "route", says(set="route = route.kind")), end("e"), chain("b", "r", "e"), loop=loop
    )
    run = Project(lib(start(), inner, chain("start", "sub"), **case(route='{kind: "A"}')))
    assert (run.troubles, run.written) == ([("r", "FACT_ERROR")], {})


# ---------------------------------------------------------------------- register


def test_a_row_takes_its_number_its_formulas_and_the_variables_of_its_names() -> None:
    run = Project(lib(start(), user("a", says(record="deal")), end("end"), chain("start", "a", "end")))
    run.complete("a", {"amount": Decimal("7.50"), "more": 1})
    (row,) = run.rows
    assert (row.kind, row.data) == ("deal", {"amount": Decimal("7.50"), "phase": "draft", "dealNo": "成2026-0001"})
    assert (row.element_id, row.scope, row.item, row.round, row.supersedes) == ("a", 0, 0, 1, False)


def test_a_row_that_its_register_refuses_is_an_incident_with_the_field_and_takes_no_number() -> None:
    run = Project(lib(start(), user("a", says(record="deal", set="listed = true")), end("end"), chain("start", "a", "end")))
    run.complete("a", {"amount": "七"})
    assert run.troubles == [("a", "FACT_ERROR")]
    run = Project(lib(start(), user("a", says(record="deal", notify="finance")), end("end"), chain("start", "a", "end")))
    run.complete("a", {"amount": "七"})
    assert (run.troubles, run.rows, run.numbers, run.of(effects.PeopleTold)) == ([("a", "RECORD_ERROR")], [], [], [])
    assert "amount" in run.why
    run.set(amount=7)
    run.resolve("a")
    assert (run.done, len(run.rows), [asked.series for asked in run.numbers]) == (True, 1, ["deal"])


def test_a_number_that_another_variable_claims_to_be_is_not_taken() -> None:
    run = Project(lib(start(), user("a", says(record="deal")), end("end"), chain("start", "a", "end")))
    run.complete("a", {"amount": 1, "dealNo": "假2026-9999"})
    assert run.rows[0].data["dealNo"] == "成2026-0001"


@pytest.mark.parametrize("straight", [False, True])
def test_a_task_that_a_return_has_reopened_makes_its_row_in_place_of_the_former_with_its_number(straight: bool) -> None:
    """modelling.md §4: the round goes on; a drawn loop is another one."""
    body = (user("a", says(record="deal")), user("b", says(returnTo="a")), end("end"), chain("start", "a", "b", "end"))
    run = Project(lib(start(), *body))
    run.complete("a", {"amount": 1})
    run.do(commands.Return(run.task("b"), "a", straight))
    run.complete("a", {"amount": 2})
    assert [(row.round, row.data["dealNo"], row.data["amount"], row.supersedes) for row in run.rows] == [
        (1, "成2026-0001", 1, False),
        (1, "成2026-0001", 2, True),
    ]


def test_a_drawn_loop_makes_a_row_each_round_and_a_loop_over_items_one_each() -> None:
    again = (exclusive("again", "on"), flow("again", "a", "=again"), flow("again", "end", id="on"))
    run = Project(lib(start(), user("a", says(record="deal")), *again, end("end"), chain("start", "a", "again")))
    run.complete("a", {"amount": 1, "again": True})
    run.complete("a", {"amount": 2, "again": False})
    assert [(row.round, row.data["dealNo"], row.supersedes) for row in run.rows] == [(1, "成2026-0001", False), (2, "成2026-0002", False)]
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=[5, 6]" inputElement="amount"/>'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    run = Project(lib(start(), user("a", says(record="deal"), loop), end("end"), chain("start", "a", "end")))
    run.complete("a")
    run.complete("a")
    assert [(row.item, row.round, row.data["amount"]) for row in run.rows] == [(1, 1, 5), (2, 1, 6)]


def test_an_element_that_is_ended_from_outside_makes_no_row() -> None:
    run = Project(lib(start(), user("a", says(record="deal", notify="finance")), end("end"), chain("start", "a", "end")))
    run.do(commands.Cancel())
    assert (run.rows, run.of(effects.PeopleTold)) == ([], [])


def test_a_register_that_is_not_there_is_an_incident() -> None:
    run = Project(lib(start(), user("a", says(record="elsewhere")), end("end"), chain("start", "a", "end")))
    run.complete("a")
    assert run.troubles == [("a", "RECORD_ERROR")]


# ---------------------------------------------------------------------- notices


def told_offices(expression: str, **variables: Any) -> Project:
    declared = says(notify=f"finance; ={expression}")
    run = Project(lib(start(), user("a"), end("end", extensions=declared), chain("start", "a", "end")), variables=variables)
    run.complete("a")
    return run


def test_offices_are_told_as_a_whole_each_once() -> None:
    seven, eight = {"key": "7", "name": "甲局"}, {"key": "8", "name": "乙局"}
    run = told_offices("[lead, joined, lead]", lead=seven, joined=eight)
    assert [(told.role, told.office) for told in run.of(effects.PeopleTold)] == [("finance", ""), ("", "7"), ("", "8")]
    assert [told.office for told in told_offices("lead", lead=eight).of(effects.PeopleTold)] == ["", "8"]
    assert [told.role for told in told_offices("project.implementer").of(effects.PeopleTold)] == ["finance"]  # there is none yet


@pytest.mark.parametrize("value", ["甲局", 7, {"name": "甲局"}, {"key": "x"}, {"key": "9" * 30, "name": "甲局"}, ["7"]])
def test_what_is_no_office_is_an_incident_and_tells_nobody(value: Any) -> None:
    run = told_offices("lead", lead=value)
    assert (run.troubles, run.of(effects.PeopleTold)) == ([("end", "EXTRACT_VALUE_ERROR")], [])


def test_who_is_to_be_told_is_told_with_the_words_of_the_table_or_of_the_element() -> None:
    body = (start(), user("a"), node("endEvent", "end", "", says(notify="applicant, finance"), name="已办结"), chain("start", "a", "end"))
    run = Project(lib(*body))
    run.complete("a")
    assert [(told.role, told.title) for told in run.of(effects.PeopleTold)] == [("applicant", "已办结"), ("finance", "已办结")]
    words = decision(
        "notices", "if element = &quot;end&quot; then {title: process, text: project.phase} else null", "element process project"
    )
    run = Project(lib(*body, notices=words))
    run.complete("a")
    assert [(told.title, told.text) for told in run.of(effects.PeopleTold)] == [("p", "draft"), ("p", "draft")]
