"""What may be changed behind an approval is asked again before the case goes on: else the approval lapses, and nobody notices."""

from functools import partial
from typing import Any

import pytest

from app.domain.districts import SHARED
from app.domain.facts import LEDGER
from app.domain.forms import Form
from app.engine import read
from app.rehearsal import names
from app.rehearsal.surroundings import Stock
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.test_declared_effects import FIELDS, form, says
from tests.unit.rehearsal.test_ledger_schema import EAST

AGREES = says(approves="amount lent", approvesWhen='verdict = "同意"')
FORMS = {
    "agree": {"verdict": {"type": "string", "title": "意见"}, "amount": {"type": "number", "title": "金额", "readOnly": True}},
    "change": {"amount": {"type": "number", "title": "金额"}},
    "lend": {"lent": {"type": "number", "title": "借", "x-ledger": True}},
    "look": {"amount": {"type": "number", "title": "金额", "readOnly": True}, "note": {"type": "string", "title": "说明"}},
}


def of(
    *body: str, severity: str = "error", others: tuple[str, ...] = (), code: str = "APPROVAL_UNASKED"
) -> list[tuple[str | None, str, str]]:
    """(element, severity, message) of what is said of approvals, or by another code, in a process."""
    ledger = {**FIELDS, "lent": {"type": "number", "title": "借", "x-owner": ["applicant"]}}
    models: dict[tuple[str, str, str], Any] = {(SHARED, "form", LEDGER): Form.parse(form(LEDGER, ledger).encode())}
    models |= {("east", "form", name): Form.parse(form(name, fields).encode()) for name, fields in FORMS.items()}
    process = read(d.file(d.process(*body)), "x.bpmn").processes[0]
    models["east", "process", "p"] = process
    models |= {("east", "process", one.process_id): one for text in others for one in read(d.file(text), "y.bpmn").processes}
    stock = Stock({place: partial(lambda model: model, model) for place, model in models.items()}, {"east": EAST}, unasked=severity)
    found = names.check("x.bpmn", process, stock.around("east", "p"))
    return [(one.element, one.severity, one.message) for one in found if one.code == code]


def task(name: str, more: str = "", *, form: str | None = None) -> str:
    return d.user(name, f'<zeebe:formDefinition formId="{form or name}"/><zeebe:assignmentDefinition candidateGroups="applicant"/>{more}')


AGREE = task("agree", AGREES)


@pytest.mark.parametrize(
    "writer",
    [
        task("change"),
        task("lend"),
        task("later", d.io(outputs={"amount": "=note"}), form="look"),
        d.rule("later", "grade", "amount"),
        d.script("later", "=1", "amount"),
        d.throw("later", extensions=says(set="lent = 1")),
    ],
)
def test_whatever_may_change_it_afterwards_is_named_with_the_question_to_ask(writer: str) -> None:
    name = writer.split('id="')[1].split('"')[0]
    ((element, severity, message),) = of(d.start(), AGREE, writer, d.end(), d.chain("start", "agree", name, "end"))
    assert (element, severity) == ("agree", "error")
    assert f"({name})改写" in message or f"“{name}”改写" in message
    assert 'approved("p.agree")' in message


def test_it_is_a_reminder_at_deployment_and_an_error_in_the_house_s_own_lint() -> None:
    body = (d.start(), AGREE, task("change"), d.end(), d.chain("start", "agree", "change", "end"))
    assert [severity for _, severity, _ in of(*body, severity="warning")] == ["warning"]


ASKS = {
    "condition": (d.exclusive("ask", "no"), d.flow("ask", "end", '=approved("p.agree")'), d.flow("ask", "agree", id="no")),
    "mapping": (task("ask", d.io({"ok": '=approved("p.agree")'}), form="look"), d.chain("ask", "end")),
    "value": (d.throw("ask", extensions=says(set='lent = approvedValue("p.agree", "amount")')), d.chain("ask", "end")),
}


@pytest.mark.parametrize("how", ASKS)
def test_whoever_asks_after_it_is_enough(how: str) -> None:
    assert of(d.start(), AGREE, task("change"), *ASKS[how], d.end(), d.chain("start", "agree", "change", "ask")) == []


def test_one_that_asks_before_the_change_is_not_enough() -> None:
    early = task("ask", d.io({"ok": '=approved("p.agree")'}), form="look")
    assert len(of(d.start(), AGREE, early, task("change"), d.end(), d.chain("start", "agree", "ask", "change", "end"))) == 1


def test_a_change_that_leads_back_to_the_approval_or_comes_before_it_is_none() -> None:
    back = (d.start(), AGREE, d.exclusive("q", "on"), task("change"), d.end())
    flows = (
        d.chain("start", "agree", "q"),
        d.flow("q", "change", '=verdict = "改"'),
        d.flow("q", "end", id="on"),
        d.flow("change", "agree"),
    )
    assert of(*back, *flows) == []
    assert of(d.start(), task("change"), AGREE, task("look"), d.end(), d.chain("start", "change", "agree", "look", "end")) == []


def test_on_the_way_of_what_was_not_approved_anything_may_be_changed() -> None:
    parted = (d.start(), AGREE, d.exclusive("q", "no"), task("change"), d.end("yes"), d.end())
    flows = (
        d.chain("start", "agree", "q"),
        d.flow("q", "yes", '=approved("p.agree")'),
        d.flow("q", "change", id="no"),
        d.flow("change", "end"),
    )
    assert of(*parted, *flows) == []


def test_stages_are_looked_into_and_out_of() -> None:
    stage = d.subprocess("stage", d.start("s"), AGREE, d.end("e"), d.chain("s", "agree", "e"))
    later = d.subprocess("later", d.start("s2"), task("change"), d.end("e2"), d.chain("s2", "change", "e2"))
    ((element, _, message),) = of(d.start(), stage, later, d.end(), d.chain("start", "stage", "later", "end"))
    assert element == "agree"
    assert "change" in message


def test_an_approval_that_stands_only_while_nothing_changed_asks_by_itself() -> None:
    standing = task("agree", says(approves="amount", approvesWhen='verdict = "同意"', stands='verdict = "同意"'))
    assert of(d.start(), standing, task("change"), d.end(), d.chain("start", "agree", "change", "end")) == []


@pytest.mark.parametrize(
    "condition",
    [
        '=not(approved("p.agree"))',
        '=approved("p.agree") = false',
        '=verdict = "改" or approved("p.agree")',
        '=approved("p.agree") and verdict = "改"',
    ],
)
def test_a_condition_that_only_names_the_approval_does_not_make_the_other_way_that_of_what_was_not_approved(condition: str) -> None:
    parted = (d.start(), AGREE, d.exclusive("q", "no"), task("change"), d.end("yes"), d.end())
    flows = (d.chain("start", "agree", "q"), d.flow("q", "yes", condition), d.flow("q", "change", id="no"), d.flow("change", "end"))
    assert len(of(*parted, *flows)) == 1


@pytest.mark.parametrize(
    "condition", ['=not(approved("p.agree"))', '=approved("p.agree") = false', '=verdict = "改" and not(approved("p.agree"))']
)
def test_a_way_that_only_what_was_not_approved_takes_may_change_anything(condition: str) -> None:
    parted = (d.start(), AGREE, d.exclusive("q", "on"), task("change"), d.end("no"), d.end())
    flows = (d.chain("start", "agree", "q"), d.flow("q", "change", condition), d.flow("q", "end", id="on"), d.flow("change", "no"))
    assert of(*parted, *flows) == []


def test_a_writer_that_asks_before_it_writes_has_not_asked() -> None:
    early = task("change", d.io({"ok": '=approved("p.agree")'}))
    assert len(of(d.start(), AGREE, early, d.end(), d.chain("start", "agree", "change", "end"))) == 1
    later = (d.flow("change", "end", '=approved("p.agree")'), d.flow("change", "agree", '=not(approved("p.agree"))'))
    assert of(d.start(), AGREE, task("change"), d.end(), d.chain("start", "agree", "change"), *later) == []


INNER = d.process(d.start(), task("lend"), d.end(), d.chain("start", "lend", "end"), id="inner")


@pytest.mark.parametrize(
    "writer",
    [
        d.user("later"),
        task("later", form="=&quot;change&quot;"),
        d.user("later", '<zeebe:formDefinition formId="look"/>', d.loop("=[1]", "one", "amount", "=note")),
        d.call("later", "inner"),
    ],
)
def test_a_task_without_a_form_a_form_by_an_expression_a_collection_and_a_called_process_may_change_it_too(writer: str) -> None:
    assert len(of(d.start(), AGREE, writer, d.end(), d.chain("start", "agree", "later", "end"), others=(INNER,))) == 1


def test_what_an_element_has_for_itself_changes_nothing_that_was_approved() -> None:
    own = task("change", d.io({"amount": "=1"}))
    assert of(d.start(), AGREE, own, d.end(), d.chain("start", "agree", "change", "end")) == []
    stage = d.subprocess("later", d.start("s"), task("change"), d.end("e"), d.chain("s", "change", "e"), extensions=d.io({"amount": "=1"}))
    assert of(d.start(), AGREE, stage, d.end(), d.chain("start", "agree", "later", "end")) == []


def test_what_a_stage_has_for_itself_is_approved_in_vain_if_it_can_be_changed_there() -> None:
    inside = (AGREE, task("change"), *ASKS["condition"][:1], d.flow("ask", "e", '=approved("p.agree")'), d.flow("ask", "agree", id="no"))
    body = (d.start("s"), *inside, d.end("e"), d.chain("s", "agree", "change", "ask"))
    plain = d.subprocess("stage", *body)
    assert of(d.start(), plain, d.end(), d.chain("start", "stage", "end")) == []
    own = d.subprocess("stage", *body, extensions=d.io({"amount": "=1"}))
    ((_, _, message),) = of(d.start(), own, d.end(), d.chain("start", "stage", "end"))
    assert "批准的 amount 是外层子流程自己的变量" in message


def test_what_interrupts_the_approving_task_itself_comes_instead_of_the_approval() -> None:
    for interrupting, found in ((True, 0), (False, 1)):
        edge = d.boundary("b", "agree", d.timer("Duration", "PT1H"), interrupting)
        flows = (d.chain("start", "agree", "end"), d.chain("b", "change", "late"))
        assert len(of(d.start(), AGREE, edge, task("change"), d.end(), d.end("late"), *flows)) == found


# ---------------------------------------------------------------------- between processes, and asked by nobody

FACT = says(approves="lent", approvesWhen='verdict = "同意"')
BOSS = task("agree", FACT).replace('"applicant"', '"boss"')
LATER = d.process(d.start(), task("lend"), d.end(), d.chain("start", "lend", "end"), id="later")


def _first(approving: str = BOSS) -> tuple[str, ...]:
    return (d.start(), task("lend"), approving, d.end(), d.chain("start", "lend", "agree", "end"))


def test_what_the_same_office_may_write_again_in_another_process_is_asked_again_there() -> None:
    ((element, _, message),) = of(*_first(), others=(LATER,))
    assert element == "agree"
    assert "lent" in message
    assert "(lend)改写" in message
    assert 'approved("p.agree")' in message


AGAIN = BOSS.replace('id="agree"', 'id="again"')
SEEN_AGAIN = {
    "asked": (
        d.exclusive("ask", "no"),
        d.end("yes"),
        d.chain("lend", "ask"),
        d.flow("ask", "yes", '=approved("p.agree")'),
        d.flow("ask", "end", id="no"),
    ),
    "approved anew": (AGAIN, d.chain("lend", "again", "end")),
    "no, before it": (
        d.exclusive("ask", "no"),
        d.flow("ask", "lend", '=approved("p.agree")'),
        d.flow("ask", "end", id="no"),
        d.flow("lend", "end"),
    ),
    "no, by others": (AGAIN.replace('"boss"', '"other"'), d.chain("lend", "again", "end")),
}


@pytest.mark.parametrize("how", SEEN_AGAIN)
def test_who_asks_behind_it_or_has_the_same_people_approve_anew_is_enough(how: str) -> None:
    first = d.flow("start", "ask") if how == "no, before it" else d.flow("start", "lend")
    later = d.process(d.start(), task("lend"), d.end(), *SEEN_AGAIN[how], first, id="later")
    assert len(of(*_first(), others=(later,))) == how.startswith("no")


def test_another_office_s_act_or_who_approved_writes_it_anew_is_no_revision() -> None:
    for role in ("other", "boss"):
        theirs = LATER.replace('"applicant"', f'"{role}"')
        assert of(*_first(), others=(theirs,)) == []


def test_within_a_process_the_same_people_may_approve_anew() -> None:
    body = (d.start(), BOSS, task("lend"), AGAIN, d.end(), d.chain("start", "agree", "lend", "again", "end"))
    assert of(*body) == []
    assert len(of(*body[:3], AGAIN.replace('"boss"', '"other"'), *body[4:])) == 1


def test_an_approval_that_nobody_asks_for_is_named_where_the_case_still_waits() -> None:
    idle = "APPROVAL_IDLE"
    waiting = (d.start(), AGREE, task("look"), d.end(), d.chain("start", "agree", "look", "end"))
    ((element, severity, message),) = of(*waiting, code=idle)
    assert (element, severity) == ("agree", "error")
    assert "(look)" in message
    assert of(d.start(), AGREE, d.end(), d.chain("start", "agree", "end"), code=idle) == [], "nothing can change before what follows"
    asking = task("look", d.io({"ok": '=approved("p.agree")'}))
    assert of(d.start(), AGREE, asking, d.end(), d.chain("start", "agree", "look", "end"), code=idle) == []
    later = d.process(d.start(), asking, d.end(), d.chain("start", "look", "end"), id="later")
    assert of(*waiting, code=idle, others=(later,)) == []
