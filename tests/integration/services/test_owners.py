"""Facts have owners: what a person types is a fact by the role and the task, and by nothing else."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.permissions import SYSTEM, Actor
from app.errors import Conflict, Failure, Forbidden, InvalidForm, Refused
from app.services import accounts, instances, jobs, messages, offices, projects, repair, tasks, trail
from app.store.tables import FactChangeRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

pytestmark = pytest.mark.one_database

HILL = accounts.system("hill")
MARK = {"x-ledger": True}
TEXT = {"type": "string"}
FIELDS: dict[str, Any] = {
    "planned": {**TEXT, "title": "计划", "x-owner": ["permit.plan"]},
    "builder": {**t.OFFICE, "x-role": "implementer", "title": "承建单位", "x-owner": ["finance"]},
    "early": {**TEXT, "title": "早期内容", "x-owner": ["applicant"], "x-from": {"phase": "declared", "by": ["permit.again"]}},
}
PAY = t.form("pay", {"budget": {**t.MONEY, **MARK}, "note": TEXT})
SCHEME = t.form("scheme", {"scheme": {**TEXT, **MARK}, "budget": {**t.MONEY, "readOnly": True}})
PLAN = t.form("plan", {"planned": {**TEXT, **MARK}})
EARLY = t.form("early", {"early": {**TEXT, **MARK}})
BUILD = t.form("build", {"builder": {**t.OFFICE, **MARK}})
HOUSE = d.end("end", extensions=t.says(notify="finance"))


def beside(*elements: str) -> tuple[str, ...]:
    """Tasks beside one another, each to be done when one likes; by a free choice of all, which only a warning says of what they write alike."""
    names = [element.split('id="')[1].split('"')[0] for element in elements]
    flows = "".join(d.flow("fork", name, "=true") + d.flow(name, "end") for name in names)
    return (d.start(), d.inclusive("fork"), d.flow("start", "fork"), *elements, HOUSE, flows)


def deploy(*elements: str, own: tuple[str, ...] = ("planned", "builder", "early"), files: tuple[tuple[str, bytes], ...] = ()) -> None:
    of_own = [form for name, form in (("planned", PLAN), ("early", EARLY), ("builder", BUILD)) if name in own]
    t.deploy(PAY, SCHEME, *of_own, *files, t.diagram(*beside(*elements)), fields={name: FIELDS[name] for name in own})


def facts(project: int) -> dict[str, Any]:
    return {name: value for name, value in t.row(project)["facts"].items() if name in {"budget", "scheme", *FIELDS}}


def history(field: str) -> list[FactChangeRow]:
    return list(db.session.execute(select(FactChangeRow).where(FactChangeRow.field == field).order_by(FactChangeRow.key)).scalars())


# ---------------------------------------------------------------------- what an owner does


def test_what_an_owner_fills_in_is_a_fact_at_once_and_no_variable(cast: Cast) -> None:
    follows = '<zeebe:ioMapping><zeebe:input source="=project.budget" target="seen"/></zeebe:ioMapping>'
    t.deploy(
        PAY,
        t.diagram(d.start(), t.task("pay", form="pay"), t.task("next", extensions=follows), HOUSE, d.chain("start", "pay", "next", "end")),
    )
    project = t.begin(cast.alice)
    t.complete(cast.fred, "pay", budget=Decimal("12.30"), note="注")
    assert facts(project) == {"budget": Decimal("12.30")}
    seen = t.shown(cast.fred, "next")
    assert (seen["seen"], seen["note"], "budget" in seen) == (Decimal("12.30"), "注", False)
    (change,) = history("budget")
    assert (change.before, change.after, change.right_kind, change.role, change.user_key) == (
        None,
        Decimal("12.30"),
        "form",
        "finance",
        cast.fred.user,
    )
    assert (change.process_id, change.element_id, change.project_version) == ("permit", "pay", t.row(project)["version"])
    assert trail.verify(SYSTEM).problems == []


def test_only_what_was_changed_is_written_and_an_empty_field_clears(cast: Cast) -> None:
    deploy(t.task("one", form="pay"), t.task("two", form="pay"), t.task("three", form="pay"), own=())
    project = t.begin(cast.alice)
    t.complete(cast.fred, "one", budget=5)
    assert tasks.view(cast.fred, t.open_task(cast.fred, "two"), NOW).data == {"budget": 5}
    version = t.row(project)["version"]
    t.complete(cast.fred, "two", budget=Decimal("5.00"))
    assert (t.row(project)["version"], len(history("budget"))) == (version, 1)
    task = t.open_task(cast.fred, "three")
    tasks.complete(cast.fred, task, {}, NOW, ledger_version=tasks.view(cast.fred, task, NOW).ledger_version)
    assert (facts(project), [row.after for row in history("budget")]) == ({}, [5, None])


def test_an_office_that_is_chosen_gets_its_part_and_a_made_up_one_is_refused(cast: Cast) -> None:
    key = str(offices.create(SYSTEM, "hill", "示例公司", NOW))
    deploy(t.task("build", form="build"), own=("builder",))
    project = t.begin(cast.alice)
    for office in ({"key": "4711", "name": "示例公司"}, {"key": key, "name": "别的公司"}, {"key": "x", "name": "示例公司"}):
        with pytest.raises(InvalidForm) as refused:
            t.complete(cast.fred, "build", builder=office)
        assert [problem.code for problem in refused.value.problems] == ["OFFICE"]
    t.complete(cast.fred, "build", builder={"key": key, "name": "示例公司"})
    assert t.row(project)["offices"]["implementer"] == [[int(key), "示例公司"]]


# ---------------------------------------------------------------------- ways around


def test_another_role_at_the_same_task_is_refused_at_deployment_and_in_the_act(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        deploy(t.task("pay", "finance, data_bureau", form="pay"), own=())
    (found,) = [problem for problem in refused.value.problems if problem.code == "DECLARED"]
    assert (found.element, "finance" in found.message, "budget" in found.message) == ("pay", True, True)
    # What came in before the owner was another: the act asks again.
    deploy(t.task("pay", form="pay"), own=())
    project = t.begin(cast.alice)
    narrower = {"budget": {"title": "预算", "x-owner": ["data_bureau"]}}
    with pytest.raises(Refused):
        t.deploy(fields=narrower)
    assert facts(project) == {}


@pytest.mark.parametrize(
    ("groups", "word"),
    [("=[x]", "写定"), ('=if true then ["finance"] else ["data_bureau"]', "finance"), ("data_bureau", "finance"), ("applicant", "finance")],
)
def test_a_task_whose_people_are_not_all_owners_is_refused(hill: object, groups: str, word: str) -> None:
    with pytest.raises(Refused) as refused:
        deploy(t.task("pay", groups, form="pay"), own=())
    assert [problem for problem in refused.value.problems if problem.code == "DECLARED" and word in problem.message]


def test_a_task_that_owns_a_field_is_enough_and_another_task_with_the_same_form_is_not(cast: Cast) -> None:
    deploy(t.task("plan", "=[x]", form="plan"), own=("planned",))
    with pytest.raises(Refused):
        deploy(t.task("plan", form="plan"), t.task("other", form="plan"), own=("planned",))


def test_a_field_of_another_type_or_that_the_ledger_has_not_is_refused(hill: object) -> None:
    for fields, word in (
        ({"budget": {**TEXT, **MARK}}, "类型"),
        ({"bugdet": {**t.MONEY, **MARK}}, "是不是 budget?"),
        ({"budget": {"type": "number", **MARK}}, "money"),
    ):
        with pytest.raises(Refused) as refused:
            deploy(t.task("pay", form="odd"), own=(), files=(t.form("odd", fields),))
        assert [problem for problem in refused.value.problems if word in problem.message]


def _bob(cast: Cast, project: int) -> Any:
    """The same role in another office."""
    return tasks.complete(cast.bob, _task(cast.alice, "scheme"), {"scheme": "偷"}, NOW)


def _dora(cast: Cast, project: int) -> Any:
    """Another role that oversees."""
    return tasks.complete(cast.dora, _task(cast.fred, "pay"), {"budget": 9}, NOW)


def _val(cast: Cast, project: int) -> Any:
    """Finance of another district."""
    return tasks.complete(cast.val, _task(cast.fred, "pay"), {"budget": 9}, NOW)


def _root(cast: Cast, project: int) -> Any:
    """An administrator."""
    return tasks.complete(cast.root, _task(cast.fred, "pay"), {"budget": 9}, NOW)


def _field_of_another_task(cast: Cast, project: int) -> Any:
    """An owner of one field slips another in."""
    return tasks.complete(cast.alice, _task(cast.alice, "scheme"), {"scheme": "方案", "planned": "偷"}, NOW)


def _shown_field(cast: Cast, project: int) -> Any:
    """What the form only shows comes back changed."""
    return tasks.complete(cast.alice, _task(cast.alice, "scheme"), {"scheme": "方案", "budget": 9}, NOW)


def _twice(cast: Cast, project: int) -> Any:
    task = _task(cast.fred, "pay")
    tasks.complete(cast.fred, task, {}, NOW)
    return tasks.complete(cast.fred, task, {"budget": 9}, NOW)


def _task(actor: Actor, element: str) -> int:
    return t.open_task(actor, element)


@pytest.mark.parametrize("way", [_bob, _dora, _val, _root, _field_of_another_task, _shown_field, _twice])
def test_nobody_else_writes_it(cast: Cast, way: Callable[[Cast, int], Any]) -> None:
    deploy(t.task("scheme", "applicant", form="scheme"), t.task("pay", form="pay"), t.task("plan", form="plan"), own=("planned",))
    project = t.begin(cast.alice)
    with pytest.raises((Forbidden, InvalidForm, Conflict)):
        way(cast, project)
    assert facts(project) == {}


def test_variables_of_the_name_from_anywhere_write_nothing(cast: Cast) -> None:
    part = d.message("m", "paid", "=project.projectKey")
    body = (d.start(), d.parallel("fork"), d.flow("start", "fork"), t.task("free"), d.service("work", "outside"), d.catch("wait", d.on_message("m")), HOUSE,
            *(d.flow("fork", name) + d.flow(name, "end") for name in ("free", "work", "wait")))  # fmt: skip
    t.deploy(PAY, t.diagram(*body, parts=(part,)))
    project = projects.start(cast.alice, "permit", "教育平台", NOW, variables={"budget": 1, "phase": "approved"})[0]
    (line,) = projects.view(cast.alice, project, NOW).instances
    (job,) = jobs.take(cast.root, "outside", NOW)
    jobs.complete(cast.root, job.key, {"budget": 2}, NOW)
    messages.publish(HILL, "paid", str(project), {"budget": 3}, NOW, tenant="hill")
    repair.set_variables(cast.root, line.key, {"budget": 4}, "改", NOW)
    t.complete(cast.fred, "free", budget=5)
    assert (facts(project), t.row(project)["phase"], history("budget")) == ({}, "draft", [])


def test_from_a_phase_on_only_the_named_task_may_and_a_return_opens_nothing(cast: Cast) -> None:
    body = (
        d.start(),
        t.task("first", "applicant", form="early"),
        d.subprocess("review", d.start("b"), t.task("late", "applicant", form="early"), t.task("again", "applicant", form="early"), d.end("e"),
                     d.chain("b", "late", "again", "e"), extensions=t.says(phase="declared")),
        d.chain("start", "first", "review"),
    )  # fmt: skip
    t.deploy(EARLY, t.diagram(*body), fields={"early": {**FIELDS["early"], "x-from": {"phase": "declared", "by": ["permit.again"]}}})
    project = t.begin(cast.alice)
    t.complete(cast.alice, "first", early="一")
    with pytest.raises(Forbidden) as refused:
        t.complete(cast.alice, "late", early="二")
    assert refused.value.code == "LEDGER_OWNER"
    t.complete(cast.alice, "late", early="一")
    t.complete(cast.alice, "again", early="三")
    assert [row.after for row in history("early")] == ["一", "三"]
    assert facts(project)["early"] == "三"


# ---------------------------------------------------------------------- what somebody else wrote meanwhile


def test_a_stale_form_is_refused_at_the_field_with_both_values_and_who(cast: Cast) -> None:
    deploy(t.task("one", form="pay"), t.task("two", form="pay"), own=())
    project = t.begin(cast.alice)
    stale = t.open_task(cast.fred, "two")
    drawn = tasks.view(cast.fred, stale, NOW).ledger_version
    t.complete(cast.fred, "one", budget=5)
    for version in (drawn, None):
        with pytest.raises(InvalidForm) as refused:
            tasks.complete(cast.fred, stale, {"budget": 7}, NOW, ledger_version=version)
        (problem,) = refused.value.problems
        assert (problem.path, problem.code) == ("budget", "CHANGED_MEANWHILE")
        assert all(word in problem.message for word in ("冯财", "5", "7"))
    assert facts(project) == {"budget": 5}
    tasks.complete(cast.fred, stale, {"budget": 7}, NOW, ledger_version=t.row(project)["version"])
    assert facts(project) == {"budget": 7}


def test_a_stale_form_that_leaves_the_field_alone_keeps_what_the_other_wrote(cast: Cast) -> None:
    deploy(t.task("one", form="pay"), t.task("two", form="pay"), own=())
    project = t.begin(cast.alice)
    stale = t.open_task(cast.fred, "two")
    t.complete(cast.fred, "one", budget=5)
    tasks.complete(cast.fred, stale, {"note": "没有动预算"}, NOW)
    assert facts(project) == {"budget": 5}


def test_a_draft_does_not_take_back_unseen_what_somebody_else_has_written(cast: Cast) -> None:
    deploy(t.task("one", form="pay"), t.task("two", form="pay"), own=())
    project = t.begin(cast.alice)
    drafted = t.open_task(cast.fred, "two")
    tasks.save_draft(cast.fred, drafted, {"budget": 7, "note": "草稿"}, NOW)
    assert tasks.view(cast.fred, drafted, NOW).data == {"budget": 7, "note": "草稿"}
    t.complete(cast.fred, "one", budget=5)
    page = tasks.view(cast.fred, drafted, NOW)
    assert page.data == {"budget": 5, "note": "草稿"}
    tasks.complete(cast.fred, drafted, page.data, NOW, ledger_version=page.ledger_version)
    assert facts(project) == {"budget": 5}


def test_who_writes_the_same_is_in_nobodys_way(cast: Cast) -> None:
    deploy(t.task("one", form="pay"), t.task("two", form="pay"), own=())
    project = t.begin(cast.alice)
    stale = t.open_task(cast.fred, "two")
    t.complete(cast.fred, "one", budget=5)
    tasks.complete(cast.fred, stale, {"budget": Decimal("5.00")}, NOW)
    assert (facts(project), len(history("budget"))) == ({"budget": 5}, 1)


def test_a_refused_form_is_no_step_and_writes_nothing(cast: Cast) -> None:
    deploy(t.task("scheme", "applicant", form="scheme"), own=())
    project = t.begin(cast.alice)
    before = t.row(project)
    with pytest.raises(InvalidForm):
        t.complete(cast.alice, "scheme", scheme="方案", budget=9)
    assert t.row(project) == before
    assert t.open_task(cast.alice, "scheme")


# ---------------------------------------------------------------------- start forms


def _inspection() -> None:
    begun = t.form("begun", {"result": {**TEXT, **MARK}, "reason": TEXT}, ("reason",))
    start = d.start("start", extensions='<zeebe:formDefinition formId="begun"/>')
    body = (start, t.task("look", "data_bureau"), HOUSE, d.chain("start", "look", "end"))
    own = {"result": {**TEXT, "title": "检查结果", "x-owner": ["data_bureau"]}}
    before = t.diagram(d.start("s", extensions=t.says(phase="declared")), t.task("a"), d.chain("s", "a"))
    t.deploy(begun, before, t.diagram(*body, process="inspection"), fields=own)


def test_a_start_form_takes_its_fields_and_makes_the_marked_ones_facts(cast: Cast) -> None:
    _inspection()
    project = t.begin(cast.alice)
    instances.create(cast.dora, "inspection", {"reason": "例行", "result": "合格"}, NOW, project_key=project)
    (change,) = history("result")
    assert (change.after, change.right_kind, change.role, change.process_id, change.element_id) == (
        "合格",
        "start",
        "data_bureau",
        "inspection",
        "start",
    )
    seen = t.shown(cast.dora, "look")
    assert (seen, t.row(project)["facts"]["result"]) == ({"reason": "例行"}, "合格")


@pytest.mark.parametrize(
    "given", [{"reason": "例行", "other": 1}, {}, {"reason": 5}, {"reason": "例行", "project": 1}, {"reason": "例行", "budget": 5}]
)
def test_what_the_start_form_has_not_is_refused_and_nothing_begins(cast: Cast, given: dict[str, Any]) -> None:
    _inspection()
    project = t.begin(cast.alice)
    with pytest.raises(InvalidForm):
        instances.create(cast.dora, "inspection", given, NOW, project_key=project)
    assert [line.process_id for line in projects.view(cast.alice, project, NOW).instances] == ["permit"]


def test_who_begins_it_must_own_what_the_start_form_writes(cast: Cast) -> None:
    begun = t.form("begun", {"budget": {**t.MONEY, **MARK}})
    start = d.start("start", extensions='<zeebe:formDefinition formId="begun"/>')
    with pytest.raises(Refused) as refused:
        t.deploy(begun, t.diagram(start, t.task("look"), HOUSE, d.chain("start", "look", "end"), process="inspection"))
    assert [problem for problem in refused.value.problems if problem.element == "start" and problem.code == "DECLARED"]


# ---------------------------------------------------------------------- whatever people do


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["alice", "bob", "fred", "dora", "lea", "root"]), st.sampled_from(["scheme", "pay", "plan"]),
                  st.dictionaries(st.sampled_from(["budget", "scheme", "planned", "note", "phase"]), st.sampled_from([None, 1, 2, "甲", "乙"]), max_size=3)),
        max_size=8,
    )
)  # fmt: skip
def test_no_act_ever_changes_a_field_by_somebody_who_does_not_own_it(cast: Cast, acts: list[tuple[str, str, dict[str, Any]]]) -> None:
    if not projects.search(cast.dora, NOW).items:
        deploy(
            t.task("scheme", "applicant", form="scheme"),
            t.task("pay", form="pay"),
            t.task("plan", "data_bureau", form="plan"),
            own=("planned",),
        )
    project = t.begin(cast.alice)
    keys = {
        name: next(line.key for line in projects.view(cast.alice, project, NOW).tasks if line.element_id == name)
        for name in ("scheme", "pay", "plan")
    }
    for who, task, data in acts:
        try:
            tasks.complete(getattr(cast, who), keys[task], data, NOW)
        except Failure:
            continue
    owners = {"scheme": {cast.alice.user}, "budget": {cast.fred.user}, "planned": {cast.dora.user, cast.lea.user}}
    rows = db.session.execute(select(FactChangeRow).where(FactChangeRow.project_key == project)).scalars().all()
    assert all(row.user_key in owners[row.field] for row in rows), [(row.field, row.user_name) for row in rows]
    assert t.row(project)["phase"] == "draft"
