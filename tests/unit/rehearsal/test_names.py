"""What a diagram names: everything that would stop a case is an error with element, line and remedy; a slip brings the name that was meant; what is right is let alone."""

import json
from dataclasses import replace
from functools import partial
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

import pytest

from app.connectors import CONNECTORS
from app.decision import dmn
from app.decision.near import near
from app.domain.districts import SHARED, District, ProcessInfo, RoleInfo
from app.domain.forms import Form
from app.engine import read
from app.engine.expressions import vocabulary
from app.rehearsal import flow, names
from app.rehearsal.findings import Finding
from app.rehearsal.surroundings import Stock
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.hostile_tables import HEAD

PHASES = ("draft", "planned", "accepting", "operating")
ROLES = {
    "applicant": RoleInfo("applicant", "申报单位", relation="applicant"),
    "finance": RoleInfo("finance", "财政"),
    "finance_leader": RoleInfo("finance_leader", "财政负责人"),
    "data_bureau": RoleInfo("data_bureau", "数据局"),
    "big_data_centre": RoleInfo("big_data_centre", "大数据中心"),
    "system_admin": RoleInfo("system_admin", "系统管理员", administrative=True),
}
ZONE = ZoneInfo("Asia/Shanghai")
EAST = District("east", "东区", ZONE, ROLES, {"p": ProcessInfo("p")})
WEST = District(
    "west",
    "西区",
    ZONE,
    {"applicant": ROLES["applicant"], "archives": RoleInfo("archives", "档案")},
    {"p": ProcessInfo("p", enabled=False)},
)


def form(name: str, *fields: str) -> Form:
    properties = {field: {"type": "string", "title": field} for field in fields}
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return Form.parse(json.dumps({"id": name, "title": name, "schema": schema}).encode())


def table(name: str, inputs: dict[str, list[str]], *outputs: str) -> dmn.Model:
    """A decision table: input expression → the cells of its rows."""
    count = max(len(cells) for cells in inputs.values())
    columns = "".join(
        f'<input id="i{n}"><inputExpression id="e{n}"><text>{text}</text></inputExpression></input>' for n, text in enumerate(inputs)
    )
    columns += "".join(f'<output id="o{n}" name="{output}"/>' for n, output in enumerate(outputs or ("result",)))
    rules = "".join(
        f'<rule id="r{row}">'
        + "".join(f'<inputEntry id="a{row}{n}"><text>{cells[row]}</text></inputEntry>' for n, cells in enumerate(inputs.values()))
        + "".join(f'<outputEntry id="b{row}{n}"><text>1</text></outputEntry>' for n, _ in enumerate(outputs or ("result",)))
        + "</rule>"
        for row in range(count)
    )
    source = (
        f'{HEAD}<decision id="{name}" name="{name}"><decisionTable id="t{name}">{columns}{rules}</decisionTable></decision></definitions>'
    )
    return dmn.parse(source.encode(), name=f"{name}.dmn", functions=vocabulary())


MODELS = {
    (SHARED, "form", "pay"): form("pay", "payOpinion", "amount", "paidOn"),
    (SHARED, "form", "records.contract"): form("records.contract", "contractNo", "amount", "signedOn"),
    ("east", "decision", "supervision"): table("supervision", {"amount": ["&lt;= 5", "&gt; 5"]}, "required", "reason"),
    ("east", "decision", "deadlines"): table(
        "deadlines", {"event": ['"acceptance.organise","acceptance.report"', '"opinion"']}, "unit", "amount"
    ),
    ("west", "decision", "only_west"): table("only_west", {"amount": ["1"]}),
    (SHARED, "process", "child"): read(
        d.file(d.process(d.start(), d.script("work", "=1", "childResult"), d.end(), d.chain("start", "work", "end"), id="child")),
        "child.bpmn",
    ).processes[0],
}


def stock(**more: object) -> Stock:
    return replace(
        Stock({place: partial(lambda model: model, model) for place, model in MODELS.items()}, {"east": EAST, "west": WEST}, PHASES), **more
    )


def findings(
    *body: str, definitions: tuple[str, ...] = (), tenant: str = SHARED, id: str = "p", where: Stock | None = None
) -> list[Finding]:
    process = read(d.file(*definitions, d.process(*body, id=id)), "x.bpmn").processes[0]
    where = where or stock()
    where = replace(where, models={**where.models, (tenant, "process", id): lambda: process})
    return names.check_each("x.bpmn", process, where.each(tenant, id)) + flow.check("x.bpmn", process)


def told(found: list[Finding]) -> list[tuple[str, str | None, str]]:
    return [(finding.code, finding.element, finding.severity) for finding in found]


def task(
    id: str = "work", groups: str = "finance", form_id: str | None = "pay", outputs: dict[str, str] | None = None, **inputs: str
) -> str:
    written = f"<zeebe:assignmentDefinition candidateGroups={quoteattr(groups)}/>"
    written += f'<zeebe:formDefinition formId="{form_id}"/>' if form_id else ""
    return d.user(id, written + (d.io(inputs, outputs) if inputs or outputs else ""))


def one(element: str, id: str = "work") -> list[Finding]:
    return findings(d.start(), element, d.end(), d.chain("start", id, "end"))


def service(type: str, inputs: dict[str, str] | None = None, outputs: dict[str, str] | None = None, **headers: str) -> str:
    written = "".join(f'<zeebe:header key="{key}" value="{value}"/>' for key, value in headers.items())
    return d.service(
        "work", type, f"<zeebe:taskHeaders>{written}</zeebe:taskHeaders>" + (d.io(inputs, outputs) if inputs or outputs else "")
    )


# ---------------------------------------------------------------------- what was once taken without a word


def condition(text: str) -> list[Finding]:
    return findings(
        d.start(), task(), d.exclusive("which", "else"), d.end("yes"), d.end("no"),
        d.chain("start", "work", "which"), d.flow("which", "yes", text, id="then"), d.flow("which", "no", id="else"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "expected", "meant"),
    [
        pytest.param(lambda: one(task(groups="fnance")), ("ROLE", "work", "error"), "finance", id="unknown role"),
        pytest.param(lambda: one(task(form_id="pya")), ("FORM", "work", "error"), "pay", id="unknown form"),
        pytest.param(lambda: one(task(form_id="elsewhere")), ("FORM", "work", "error"), None, id="form that is nowhere"),
        pytest.param(lambda: one(d.rule("work", "supervison", "needed")), ("CALLED_DECISION", "work", "error"), "supervision", id="unknown decision"),
        pytest.param(lambda: one(d.rule("work", "nowhere", "needed")), ("CALLED_DECISION", "work", "error"), None, id="decision that is nowhere"),
        pytest.param(lambda: one(d.call("work", "chlid")), ("CALLED_PROCESS", "work", "error"), "child", id="unknown process"),
        pytest.param(lambda: one(service("read_projekt")), ("JOB_TYPE", "work", "error"), "read_project", id="unknown job type"),
        pytest.param(lambda: condition('=payOpinoin = "同意"'), ("VARIABLE", "which", "error"), "payOpinion", id="misspelt variable"),
        pytest.param(
            lambda: findings(
                d.start(), task(outputs={"opinion": "=payOpinion"}), d.script("after", "=payOpinion", "x"), d.end(),
                d.chain("start", "work", "after", "end"),
            ),
            ("VARIABLE", "after", "warning"), None, id="renamed output",
        ),
        pytest.param(
            lambda: one(d.script("work", '=function(a) external {java: {class: "java.lang.Math", method signature: "abs(int)"}}', "x")),
            ("FUNCTION", "work", "error"), None, id="Java function",
        ),
        pytest.param(lambda: one(d.script("work", "=java.lang.Math.abs(1)", "x")), ("FUNCTION", "work", "error"), None, id="Java path"),
        pytest.param(lambda: one(task(outputs={"approval": "=removedField"})), ("FORM_FIELD", "work", "error"), None, id="removed field"),
        pytest.param(lambda: one(task(outputs={"approval": "=payOpinon"})), ("FORM_FIELD", "work", "error"), "payOpinion", id="misspelt field"),
        pytest.param(
            lambda: one(d.script("work", '=deadline("acceptance.organize", now())', "x")), ("DEADLINE_KEY", "work", "error"),
            "acceptance.organise", id="misspelt deadline key",
        ),
        pytest.param(lambda: one(d.script("work", '=deadlin("opinion", now())', "x")), ("FUNCTION", "work", "error"), "deadline", id="unknown function"),
        pytest.param(
            lambda: findings(d.start(), task(), d.end(), task("orphan"), d.chain("start", "work", "end")), ("NODE_UNREACHABLE", "orphan", "error"),
            None, id="orphan user task",
        ),
        pytest.param(
            lambda: findings(d.start(), d.node("task", "work"), d.flow("start", "work"), d.flow("work", "work", id="round")),
            ("LOOP_ENDLESS", "work", "error"), None, id="flow looping to itself",
        ),
    ],
)  # fmt: skip
def test_what_would_stop_a_case_is_found(found, expected: tuple[str, str, str], meant: str | None) -> None:
    problems = found()
    assert expected in told(problems)
    problem = next(finding for finding in problems if finding.code == expected[0])
    assert problem.file == "x.bpmn"
    assert problem.line, "the line of the element"
    assert problem.element in problem.message or f"“{problem.element}”" in problem.message
    assert ("是不是" in problem.message) == (meant is not None)
    assert meant is None or f"是不是 {meant}?" in problem.message


def test_what_is_right_is_let_alone() -> None:
    assert findings(
        d.start(), task("ask", outputs={"opinion": "=payOpinion", "amount": "=amount"}), d.rule("judge", "supervision", "supervision"), d.call("sub", "child"),
        service("move_phase", phase="planned"), d.exclusive("which", "else"), d.end("yes"), d.end("no"), d.chain("start", "ask", "judge", "sub", "work", "which"),
        d.flow("which", "yes", '=opinion = "同意" and supervision.required and childResult = 1'), d.flow("which", "no", id="else"),
    ) == []  # fmt: skip


# ---------------------------------------------------------------------- roles


@pytest.mark.parametrize(
    ("groups", "wrong", "meant"),
    [
        ("fnance", "fnance", "finance"),
        ("finace", "finace", "finance"),
        ("fianance", "fianance", "finance"),
        ("finance,data_burea", "data_burea", "data_bureau"),
        (" finance , databureau ", "databureau", "data_bureau"),
        ("Finance", "Finance", "finance"),
        ('=["finance", "aplicant"]', "aplicant", "applicant"),
        ('=if payOpinion = "x" then "finance_leder" else "finance"', "finance_leder", "finance_leader"),
        ('=concatenate(["finance"], ["big_data_center"])', "big_data_center", "big_data_centre"),
        ('=for x in ["a"] return "data_buraeu"', "data_buraeu", "data_bureau"),
        ("mayor", "mayor", None),
        ("财政局", "财政局", None),
    ],
)
def test_a_role_that_no_district_with_the_process_has(groups: str, wrong: str, meant: str | None) -> None:
    (found,) = [finding for finding in one(task(groups=groups)) if finding.code == "ROLE"]
    assert (found.severity, f"“{wrong}”" in found.message) == ("error", True)
    assert (f"是不是 {meant}?" in found.message) if meant else "区县文件" in found.message


@pytest.mark.parametrize(
    "groups",
    [
        "finance",
        "applicant, finance_leader",
        "=[item.role]",
        "=party",
        '=if "fnance" = "x" then "finance" else null',
        '=roles[key = "fnance"].role',
    ],
)
def test_roles_that_are_right_or_come_from_variables(groups: str) -> None:
    assert [finding for finding in one(task(groups=groups)) if finding.code == "ROLE"] == []


@pytest.mark.parametrize("groups", ["system_admin", "finance,system_admin", '=["finance", "system_admin"]'])
def test_an_administrative_role_does_no_task(groups: str) -> None:
    found = [finding for finding in one(task(groups=groups)) if finding.code == "ROLE"]
    assert [(finding.severity, "管理角色" in finding.message) for finding in found] == [("error", True)]


def test_a_shared_diagram_may_name_roles_of_the_districts_that_have_it_on() -> None:
    """West has archives, but the process is off there; where no file lists the process, every district counts."""
    body = (d.start(), task(groups="archives"), d.end(), d.chain("start", "work", "end"))
    assert [finding.code for finding in findings(*body)] == ["ROLE"]
    assert findings(*body, id="unlisted") == []
    assert findings(*body, tenant="west") == []
    assert [finding.code for finding in findings(*body, tenant="east")] == ["ROLE"]


def test_without_district_files_roles_are_not_judged() -> None:
    assert (
        findings(d.start(), task(groups="whoever"), d.end(), d.chain("start", "work", "end"), where=stock(districts={}, phases=None)) == []
    )


# ---------------------------------------------------------------------- what service tasks name


@pytest.mark.parametrize(
    ("element", "code", "words"),
    [
        (service("move_phase", phase="planed"), "HEADER", "是不是 planned?"),
        (service("move_phase", phase="finished"), "HEADER", "“finished”"),
        (service("move_phase", phase="planned", phaze="x"), "HEADER", "是不是 phase?"),
        (service("move_phase"), "HEADER", "“phase”"),
        (service("put_record", {"contractNo": "=1"}, kind="contrct"), "HEADER", "是不是 contract?"),
        (service("query_records", kind="nowhere"), "HEADER", "“nowhere”"),
        (service("query_records", kind="contract", scope="world"), "HEADER", "“world”"),
        (service("put_record", {"contractNr": "=1"}, kind="contract"), "FORM_FIELD", "是不是 contractNo?"),
        (service("put_record", {"remark": "=1"}, kind="contract"), "FORM_FIELD", "“remark”"),
        (service("query_records", {"contratNo": "=1"}, kind="contract"), "FORM_FIELD", "是不是 contractNo?"),
        (service("query_projects", {"phase": '="planed"'}), "PHASE", "是不是 planned?"),
        (service("query_projects", {"phases": '=["planned", "operatin"]'}), "PHASE", "是不是 operating?"),
        (service("notify", title="x", to="owner fnance"), "HEADER", "是不是 finance?"),
        (service("assign_role", {"office": "=null"}, role="finance"), "HEADER", "“finance”"),
        (service("mark_overdue", event="x", to="mayor"), "HEADER", "“mayor”"),
        (service("update_projct"), "JOB_TYPE", "是不是 update_project?"),
        (service("putrecord"), "JOB_TYPE", "是不是 put_record?"),
        (service("notfy"), "JOB_TYPE", "是不是 notify?"),
    ],
)  # fmt: skip
def test_what_a_service_task_names_and_nobody_knows(element: str, code: str, words: str) -> None:
    (found,) = [finding for finding in one(element) if finding.code == code]
    assert (found.element, found.severity) == ("work", "error")
    assert words in found.message


@pytest.mark.parametrize(
    "element",
    [
        service("move_phase", phase="planned"),
        service("put_record", {"contractNo": "=1", "amount": "=2"}, kind="contract"),
        service("query_records", {"contractNo": "=1", "amount": "=2"}, kind="contract", scope="district"),
        service("query_projects", {"phases": '=["planned", "operating"]', "planYear": "=2026"}),
        service("notify", {"text": '="x"'}, title="x", to="owner, finance"),
        service("assign_role", {"office": "=null"}, role="applicant"),
    ],
)
def test_what_a_service_task_names_rightly(element: str) -> None:
    assert one(element) == []


def test_an_outside_workers_job_is_a_reminder() -> None:
    (found,) = [finding for finding in one(service("send_to_registry")) if finding.code == "JOB_TYPE"]
    assert (found.severity, "外部工作程序" in found.message) == ("warning", True)
    listener = '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="read_project"/></zeebe:executionListeners>'
    (found,) = one(d.user("work", '<zeebe:assignmentDefinition candidateGroups="finance"/>' + listener))
    assert (found.code, found.severity) == ("JOB_TYPE", "warning")


# ---------------------------------------------------------------------- variables


def after(expression: str, *before: str) -> list[Finding]:
    """Something is done, then a script reads."""
    ids = [part.split('id="')[1].split('"')[0] for part in before]
    return [
        finding
        for finding in findings(
            d.start(), *before, d.script("reading", expression, "found"), d.end(), d.chain("start", *ids, "reading", "end")
        )
        if finding.element == "reading"
    ]


@pytest.mark.parametrize(
    ("before", "expression", "meant"),
    [
        (task(), "=payOpinoin", "payOpinion"),
        (task(), "=payopinion + 1", "payOpinion"),
        (task(outputs={"decidedOn": "=paidOn"}), "=decideOn", "decidedOn"),
        (d.script("work", "=1", "reportYear"), "=reporYear", "reportYear"),
        (d.rule("work", "supervision", "supervision"), "=supervison.required", "supervision"),
        (d.call("work", "child"), "=childResult + childReslut", "childResult"),
        (service("put_record", {"contractNo": "=1"}, kind="contract"), "=recordKye", "recordKey"),
        (service("query_records", {}, {"contracts": "=records"}, kind="contract"), "=contarcts", "contracts"),
        (service("read_project"), "=projectNmae", "projectName"),
        (d.user("work", loop=d.loop("=[1]", "one", "answers", "=one"), extensions='<zeebe:formDefinition formId="pay"/>'), "=answrs", "answers"),
        (d.script("work", "=1", "reportYear"), '=for y in [1] return if y = reportYaer then "a" else "b"', "reportYear"),
        (task(), "=some x in [1] satisfies x = payOpiniom", "payOpinion"),
    ],
)  # fmt: skip
def test_a_misspelt_variable_is_refused_with_the_one_that_is_written(before: str, expression: str, meant: str) -> None:
    (found,) = after(expression, before)
    assert (found.code, found.severity) == ("VARIABLE", "error")
    assert f"是不是 {meant}?" in found.message


@pytest.mark.parametrize(
    ("before", "expression"),
    [
        (task(), "=payOpinion + amount"),
        (task(), "=for payOpinoin in [1] return payOpinoin"),
        (task(), "={payOpinoin: 1, b: payOpinoin}.b"),
        (task(), "=[{payOpinoin: 1}][payOpinoin = 1]"),
        (task(), "=projectKey + projectName + applicantOffice"),
        (d.script("work", "=1", "reportYear"), "=(function(x) x + reportYear)(1)"),
        (service("read_project"), "=planYear"),
        (service("update_project", {"score": "=1"}), "=score"),
        (d.rule("work", "supervision", "supervision"), "=supervision.required"),
    ],
)
def test_variables_that_somebody_writes(before: str, expression: str) -> None:
    assert after(expression, before) == []


def test_a_variable_that_nothing_writes_is_a_reminder() -> None:
    (found,) = after("=somethingElse", task())
    assert (found.code, found.severity) == ("VARIABLE", "warning")
    assert "没有任何环节写入" in found.message


@pytest.mark.parametrize("before", [task(form_id=None), d.service("work", "elsewhere")])
def test_where_anything_may_be_written_a_slip_is_a_reminder_and_the_rest_is_silent(before: str) -> None:
    written = d.script("sure", "=1", "reportYear")
    assert told(after("=reporYear", written, before)) == [("VARIABLE", "reading", "warning")]
    assert after("=somethingElse", written, before) == []


def test_what_mappings_keep_inside_is_not_written_outside() -> None:
    (found,) = after("=payOpinion", task(outputs={"decided": "=payOpinion"}))
    assert (found.code, found.severity) == ("VARIABLE", "warning")
    assert after("=decided", task(form_id=None, outputs={"decided": "=whatever"})) == []


def test_a_mapping_onto_its_own_name_writes_nothing_new() -> None:
    found = one(task(outputs={"payOpinoin": "=payOpinoin"}))
    assert told(found) == [("FORM_FIELD", "work", "error")]
    counting = d.script("work", "=if rounds = null then 1 else rounds + 1", "rounds")
    assert one(counting) == []


def test_a_name_that_is_a_form_of_the_written_word_is_no_sure_slip_where_anybody_may_begin() -> None:
    """A start may bring ``reports``; but nothing brings what is misspelt."""
    assert told(after("=reports", d.script("work", "=1", "report"))) == [("VARIABLE", "reading", "warning")]
    assert told(after("=rport", d.script("work", "=1", "report"))) == [("VARIABLE", "reading", "error")]


def test_every_expression_of_a_diagram_is_read() -> None:
    slip = "=payOpinoin"
    work = task()
    for element in (
        d.user("odd", f'<zeebe:assignmentDefinition candidateGroups="finance" assignee="{slip}"/><zeebe:formDefinition formId="pay"/>'),
        d.user("odd", f'<zeebe:assignmentDefinition candidateGroups="{slip}"/><zeebe:formDefinition formId="pay"/>'),
        task("odd", x=slip),
        d.user("odd", f'<zeebe:assignmentDefinition candidateGroups="finance"/><zeebe:formDefinition formId="pay"/><zeebe:taskSchedule dueDate="{slip}"/>'),
        d.user("odd", f'<zeebe:assignmentDefinition candidateGroups="finance"/><zeebe:formDefinition formId="pay"/><zeebe:priorityDefinition priority="{slip}"/>'),
        d.service("odd", "=if payOpinoin then null else null"),
        d.service("odd", "notify", '<zeebe:taskHeaders><zeebe:header key="title" value="x"/><zeebe:header key="to" value="owner"/></zeebe:taskHeaders>', retries=slip),
        task("odd", outputs={"x": "=payOpinoin"}),
        d.catch("odd", d.timer("Date", slip)),
        d.catch("odd", d.timer("Duration", slip)),
        d.user("odd", '<zeebe:assignmentDefinition candidateGroups="finance"/><zeebe:formDefinition formId="pay"/>', loop=d.loop(slip, "one")),
        d.user("odd", '<zeebe:assignmentDefinition candidateGroups="finance"/><zeebe:formDefinition formId="pay"/>', loop=d.loop("=[1]", condition=slip)),
        d.user("odd", '<zeebe:assignmentDefinition candidateGroups="finance"/><zeebe:formDefinition formId="pay"/>', loop=d.loop("=[1]", None, "all", "=payOpinoin + 1")),
        d.call("odd", "child", d.io({"x": slip})),
        d.receive("odd", "m"),
    ):  # fmt: skip
        found = findings(
            d.start(), work, element, d.end(), d.chain("start", "work", "odd", "end"), definitions=(d.message("m", "m", slip),)
        )  # fmt: skip
        assert any(finding.element == "odd" and "payOpinoin" in finding.message and "是不是" in finding.message for finding in found), (
            element
        )


def test_a_boundary_event_sees_what_its_activity_has() -> None:
    timed = (
        d.start(),
        task(limit='="P1D"'),
        d.end(),
        d.chain(
            "start",
            "work",
            "end",
        ),
        d.end("late"),
        d.chain("timer", "late"),
    )
    assert findings(*timed, d.boundary("timer", "work", d.timer("Duration", "=limit"))) == []
    assert told(findings(*timed, d.boundary("timer", "work", d.timer("Duration", "=limti")))) == [("VARIABLE", "timer", "error")]


def test_inside_a_subprocess_its_inputs_are_seen() -> None:
    def inner(expression: str) -> list[Finding]:
        sub = d.subprocess(
            "sub", d.start("s2"), d.script("read", expression, "x"), d.end("e2"), d.chain("s2", "read", "e2"),
            extensions=d.io({"ceiling": "=1"}), loop=d.loop("=[1]", "member"),
        )  # fmt: skip
        return findings(d.start(), sub, d.end(), d.chain("start", "sub", "end"))

    assert inner("=ceiling + member + loopCounter") == []
    assert told(inner("=cieling")) == [("VARIABLE", "read", "error")]
    assert told(inner("=membr")) == [("VARIABLE", "read", "error")]


def test_a_called_process_has_what_its_caller_gives() -> None:
    caller = d.process(
        d.start(),
        d.call("sub", "p", d.io({"ceiling": "=1"}), propagateAllParentVariables="false"),
        d.end(),
        d.chain("start", "sub", "end"),
        id="caller",
    )
    where = stock()
    where = replace(where, models={**where.models, (SHARED, "process", "caller"): lambda: read(d.file(caller), "c.bpmn").processes[0]})
    body = (d.start(), d.end(), d.chain("start", "read", "end"))
    assert findings(*body, d.script("read", "=ceiling", "x"), where=where) == []
    assert told(findings(*body, d.script("read", "=cieling", "x"), where=where)) == [("VARIABLE", "read", "error")]


def test_a_message_brings_what_its_publishers_send() -> None:
    send = service("publish_message", {"variables": "={claimNo: 1, claimedOn: 2}"}, messageName="claim")
    sender = d.process(d.start(), send, d.end(), d.chain("start", "work", "end"), id="sender")
    where = stock()
    where = replace(where, models={**where.models, (SHARED, "process", "sender"): lambda: read(d.file(sender), "s.bpmn").processes[0]})

    def reading(expression: str, message: str) -> list[Finding]:
        body = (d.start(inner=d.on_message("m")), d.script("read", expression, "x"), d.end(), d.chain("start", "read", "end"))
        return findings(*body, definitions=(d.message("m", message),), where=where)

    assert reading("=claimNo + claimedOn", "claim") == []
    assert told(reading("=clamNo", "claim")) == [("VARIABLE", "read", "error")]
    assert reading("=whatever", "from_outside") == []


def test_what_a_table_asks_is_read_too() -> None:
    fed = d.script("feed", "=1", "amoutn")
    (found,) = findings(
        d.start(), fed, d.rule("judge", "supervision", "needed"), d.end(), d.chain("start", "feed", "judge", "end"), tenant="east"
    )
    assert (found.code, found.element, found.severity) == ("VARIABLE", "judge", "error")
    assert "是不是 amoutn?" in found.message
    other = d.script("feed", "=1", "somethingElse")
    assert (
        findings(
            d.start(), other, d.rule("judge", "supervision", "needed"), d.end(), d.chain("start", "feed", "judge", "end"), tenant="east"
        )
        == []
    )


@pytest.mark.parametrize(("path", "meant"), [("needed.requird", "required"), ("needed.reson", "reason"), ("needed.nothing", None)])
def test_an_entry_that_the_table_does_not_give(path: str, meant: str | None) -> None:
    judge = d.rule("judge", "supervision", "needed")
    body = (d.start(), judge, d.script("read", f"={path}", "x"), d.end(), d.chain("start", "judge", "read", "end"))
    (found,) = [finding for finding in findings(*body) if finding.code == "DECISION_OUTPUT"]
    assert (found.element, found.severity) == ("read", "error")
    assert (f"是不是 {meant}?" in found.message) if meant else "required" in found.message


@pytest.mark.parametrize(("entry", "meant"), [("requird", "required"), ("reson", "reason"), ("nothing", None)])
def test_an_entry_that_the_table_does_not_give_is_found_in_its_own_output_mapping(entry: str, meant: str | None) -> None:
    mapping = d.io({}, [(f"=needed.{entry}", "z"), (f'="x" + needed.{entry}', "more")])
    found = findings(d.start(), d.rule("judge", "supervision", "needed", mapping), d.end(), d.chain("start", "judge", "end"))
    (finding,) = [finding for finding in found if finding.code == "DECISION_OUTPUT"]
    assert (finding.element, finding.severity) == ("judge", "error")
    assert (f"是不是 {meant}?" in finding.message) if meant else "required" in finding.message


def test_an_own_output_mapping_reads_what_the_table_gives_and_what_an_earlier_one_made() -> None:
    right = d.io({}, [("=needed.required", "z"), ("={made: 1}", "needed"), ("=needed.made", "more")])
    found = findings(d.start(), d.rule("judge", "supervision", "needed", right), d.end(), d.chain("start", "judge", "end"))
    assert "DECISION_OUTPUT" not in {finding.code for finding in found}
    inside = d.io({"z": "=needed.nothing"}, [("=needed.required", "z")])  # before it is called there is no result
    found = findings(d.start(), d.rule("judge", "supervision", "needed", inside), d.end(), d.chain("start", "judge", "end"))
    assert "DECISION_OUTPUT" not in {finding.code for finding in found}


# ---------------------------------------------------------------------- functions and deadlines


@pytest.mark.parametrize(
    ("expression", "code", "meant"),
    [
        ('=deadline("acceptance.organize", now())', "DEADLINE_KEY", "acceptance.organise"),
        ('=remindAt("acceptance.reprot", now())', "DEADLINE_KEY", "acceptance.report"),
        ('=deadline(key: "opinoin", start: now())', "DEADLINE_KEY", "opinion"),
        ('=deadline(start: now(), key: "opinions")', "DEADLINE_KEY", "opinion"),
        ('=deadline(if true then "opinion" else "acceptance.orgnise", now())', "DEADLINE_KEY", "acceptance.organise"),
        ('=[deadline("opinion", now()), deadline("om.annual", now())]', "DEADLINE_KEY", None),
        ('=deadlin("opinion", now())', "FUNCTION", "deadline"),
        ("=workingDaysAftr(today(), 3)", "FUNCTION", "workingDaysAfter"),
        ("=isWorkingday(today())", "FUNCTION", "isWorkingDay"),
        ('=string lenght("x")', "FUNCTION", "string length"),
        ('=upper-case("x")', "FUNCTION", None),
        ("=summ([1, 2])", "FUNCTION", "sum"),
        ("=for x in [1] return conut([x])", "FUNCTION", "count"),
        ("=if true then frobnicate(1) else 2", "FUNCTION", None),
    ],
)  # fmt: skip
def test_a_deadline_or_function_that_nobody_knows(expression: str, code: str, meant: str | None) -> None:
    (found,) = [finding for finding in one(d.script("work", expression, "x")) if finding.code == code]
    assert (found.element, found.severity) == ("work", "error")
    assert meant is None or f"是不是 {meant}?" in found.message


@pytest.mark.parametrize(
    ("expression", "given", "takes"),
    [
        ('=contains("a")', "1 个参数", "contains(string: string, match: string)"),
        ("=deadline()", "0 个参数", "deadline("),
        ('=deadline("opinion", now(), 1, 2)', "4 个参数", "deadline("),
        ("=now(1)", "1 个参数", "now()"),
        ("=count()", "0 个参数", "count(list: list)（至少一个）"),
        ('=substring(strng: "abc", start position: 1)', "参数 strng、start position", "substring(string: string, start position: number"),
        ("=sum(list: [1], more: 2)", "参数 list、more", "sum(list: list)"),
        ("=for x in [1] return abs(x, 2)", "2 个参数", "abs("),
        ("=append([1])", "1 个参数", "append(list: list, item: any, …)"),
    ],
)
def test_a_call_with_arguments_that_the_function_never_takes(expression: str, given: str, takes: str) -> None:
    (found,) = [finding for finding in one(d.script("work", expression, "x")) if finding.code == "ARGUMENTS"]
    assert (found.element, found.severity) == ("work", "error")
    assert f"给的是{given}，应当是 {takes}" in found.message


@pytest.mark.parametrize(
    "expression",
    [
        "=substring(start position: 1, string: \"abc\")", '=substring("abc", 1) + substring("abc", 1, 2)', "=max(1, 2, 3)", "=count(1)", "=append([1], 2, 3)",
        "=concatenate([1], [2], [3])", "={abs: function(a, b) a + b, x: abs(1, 2)}.x", '=round up(1.5, 0)', "=date(2026, 1, 1)", '=date("2026-01-01")',
    ],
)  # fmt: skip
def test_calls_that_may_fit(expression: str) -> None:
    assert "ARGUMENTS" not in {finding.code for finding in one(d.script("work", expression, "x"))}


def test_in_a_filter_it_may_be_the_items_own() -> None:
    (found,) = [finding for finding in one(d.script("work", "=[{abs: 1}][abs(1, 2) > 0]", "x")) if finding.code == "ARGUMENTS"]
    assert found.severity == "warning"


@pytest.mark.parametrize(
    "expression",
    [
        '=deadline("opinion", now())',
        '=remindAt("acceptance.report", today())',
        "=deadline(stage, now())",
        "={double: function(x) x * 2, four: double(2)}.four",
        "=(function(f) f(1))(function(x) x)",
        '=string length("x") + count([1])',
    ],
)
def test_deadlines_and_functions_that_there_are(expression: str) -> None:
    assert [finding for finding in one(d.script("work", expression, "x")) if finding.code in ("DEADLINE_KEY", "FUNCTION")] == []


def test_a_deadlines_table_with_computed_keys_is_taken_on_trust() -> None:
    where = stock()
    where = replace(where, models={**where.models, ("east", "decision", "deadlines"): lambda: table("deadlines", {"event": ["-"]}, "unit")})
    body = (d.start(), d.script("work", '=deadline("anything", now())', "x"), d.end(), d.chain("start", "work", "end"))
    assert findings(*body, where=where) == []


# ---------------------------------------------------------------------- ways


LOST = "NODE_UNREACHABLE"


@pytest.mark.parametrize(
    ("body", "lost"),
    [
        ((d.user("a"), d.user("b"), d.end(), d.chain("start", "a", "end")), ["b"]),
        ((d.user("a"), d.end(), d.user("b"), d.end("e2"), d.chain("start", "a", "end"), d.chain("b", "e2")), ["b"]),
        ((d.user("a"), d.end(), d.user("b"), d.user("c"), d.chain("start", "a", "end"), d.chain("b", "c", "b")), ["b"]),
        ((d.user("a"), d.end(), d.catch("here", d.on_link("L")), d.end("e2"), d.chain("start", "a", "end"), d.chain("here", "e2")), ["here"]),
        ((d.user("a"), d.end(), d.user("b"), d.boundary("t", "b", d.timer("Duration", "PT1H")), d.end("e2"), d.chain("start", "a", "end"), d.chain("t", "e2")), ["b"]),
        ((d.user("a"), d.end(), d.end("e2"), d.chain("start", "a", "end")), ["e2"]),
        ((d.exclusive("g"), d.end(), d.user("b"), d.chain("start", "g", "end"), d.chain("b", "end")), ["b"]),
        ((d.subprocess("sub", d.start("s2"), d.end("e2"), d.user("b"), d.chain("s2", "e2")), d.end(), d.chain("start", "sub", "end")), ["b"]),
        ((d.user("a"), d.end(), d.subprocess("sub", d.start("s2"), d.end("e2"), d.chain("s2", "e2")), d.chain("start", "a", "end")), ["sub"]),
        ((d.user("a"), d.user("b"), d.user("c"), d.end(), d.chain("start", "end")), ["a", "b", "c"]),
        ((d.call("a", "child"), d.end(), d.receive("b", "m"), d.chain("start", "a", "end")), ["b"]),
    ],
)  # fmt: skip
def test_an_element_that_nothing_leads_to(body: tuple[str, ...], lost: list[str]) -> None:
    process = read(d.file(d.message("m", "m", "=projectKey"), d.process(d.start(), *body)), "x.bpmn").processes[0]
    found = [finding for finding in flow.check("x.bpmn", process) if finding.code == LOST]
    assert [(finding.element, finding.severity) for finding in found] == [(name, "error") for name in lost]
    assert all(finding.line for finding in found)


@pytest.mark.parametrize(
    "body",
    [
        (d.user("a"), d.boundary("t", "a", d.timer("Duration", "PT1H"), False), d.user("late"), d.end(), d.chain("start", "a", "end"), d.chain("t", "late")),
        (d.throw("away", d.on_link("L")), d.catch("here", d.on_link("L")), d.end(), d.chain("start", "away"), d.chain("here", "end")),
        (d.user("a"), d.end(), d.chain("start", "a", "end"), d.event_subprocess("on", d.start("s2", d.on_signal("s")), d.user("b"), d.chain("s2", "b"))),
        (d.user("a"), d.end(), d.start("second", d.on_signal("s")), d.chain("start", "a", "end"), d.chain("second", "a")),
        (d.subprocess("sub", d.start("s2"), d.user("b"), d.chain("s2", "b")), d.boundary("t", "sub", d.on_error()), d.user("c"), d.chain("start", "sub"), d.chain("t", "c")),
    ],
)  # fmt: skip
def test_events_and_links_lead_on(body: tuple[str, ...]) -> None:
    process = read(d.file(d.signal("s", "s"), d.process(d.start(), *body)), "x.bpmn").processes[0]
    assert flow.check("x.bpmn", process) == []


def pass_by(*ids: str) -> str:
    return "".join(d.node("task", id) for id in ids)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ((pass_by("a"), d.chain("start", "a", "a")), [("LOOP_ENDLESS", "a")]),
        ((pass_by("a", "b"), d.chain("start", "a", "b", "a")), [("LOOP_ENDLESS", "a")]),
        ((d.exclusive("g"), d.script("a", "=1", "x"), d.chain("start", "g", "a", "g")), [("LOOP_ENDLESS", "g")]),
        ((d.service("a", "read_project"), d.end(), d.chain("start", "a", "end"), d.flow("a", "a")), [("LOOP_ENDLESS", "a")]),
        ((d.throw("away", d.on_link("L")), d.catch("here", d.on_link("L")), d.chain("start", "away"), d.chain("here", "x", "away"), pass_by("x")), [("LOOP_ENDLESS", "away")]),
        (
            (d.exclusive("g", "out"), pass_by("a"), d.end(), d.chain("start", "g"), d.flow("g", "a", "=again"), d.flow("g", "end", id="out"), d.chain("a", "g")),
            [("LOOP_UNCHANGING", "g")],
        ),
        ((d.exclusive("g", "out"), d.script("a", "=1", "x"), d.end(), d.chain("start", "g"), d.flow("g", "a", "=again"), d.flow("g", "end", id="out"), d.chain("a", "g")), []),
        ((d.user("a"), d.chain("start", "a", "a")), []),
        ((d.service("a", "elsewhere"), d.chain("start", "a", "a")), []),
        ((d.exclusive("g"), d.catch("a", d.timer("Duration", "P1D")), d.chain("start", "g", "a", "g")), []),
        ((d.subprocess("a", d.start("s2"), d.user("b"), d.chain("s2", "b")), d.exclusive("g"), d.chain("start", "g", "a", "g")), []),
        ((d.subprocess("a", d.start("s2"), pass_by("b"), d.chain("s2", "b")), d.exclusive("g"), d.chain("start", "g", "a", "g")), [("LOOP_ENDLESS", "a")]),
    ],
)  # fmt: skip
def test_a_loop_in_which_nothing_waits(body: tuple[str, ...], found: list[tuple[str, str]]) -> None:
    process = read(d.file(d.process(d.start(), *body)), "x.bpmn").processes[0]
    problems = flow.check("x.bpmn", process)
    assert [(finding.code, finding.element) for finding in problems] == found
    assert all((finding.severity == "error") == (finding.code == "LOOP_ENDLESS") for finding in problems)


def itself(*body: str) -> list[tuple[str, str | None]]:
    found = findings(d.start(), *body, d.end("e"))
    return [(finding.severity, finding.element) for finding in found if finding.code == "CALLS_ITSELF"]


CALL = d.call("again", "p")
CHOICE = d.flow("which", "again", "=deep"), d.flow("which", "e", id="else")


@pytest.mark.parametrize(
    "body",
    [
        (CALL, d.chain("start", "again", "e")),
        (task(), CALL, d.chain("start", "work", "again", "e")),
        (d.parallel("all"), CALL, d.flow("start", "all"), d.flow("all", "again"), d.flow("all", "e")),
        (d.exclusive("which", "else"), CALL, d.flow("start", "which"), d.flow("which", "again", "=deep"), d.flow("which", "again", id="else")),
        (d.subprocess("part", d.start("s"), CALL, d.chain("s", "again")), d.chain("start", "part", "e")),
        (CALL, d.boundary("late", "again", d.timer("Duration", "P1D")), d.end("x"), d.chain("start", "again", "e"), d.flow("late", "x")),
        (task(), d.boundary("note", "work", d.timer("Duration", "P1D"), False), d.end("x"), CALL, d.chain("start", "work", "again"), d.flow("note", "x")),
    ],
)  # fmt: skip
def test_a_process_that_always_calls_itself_is_warned_of(body: tuple[str, ...]) -> None:
    assert itself(*body) == [("warning", "again")]


@pytest.mark.parametrize(
    "body",
    [
        (d.exclusive("which", "else"), CALL, *CHOICE, d.chain("start", "which")),
        (d.inclusive("which", "else"), CALL, *CHOICE, d.chain("start", "which")),
        (task(), d.boundary("late", "work", d.timer("Duration", "P1D")), d.end("x"), CALL, d.chain("start", "work", "again"), d.flow("late", "x")),
        (d.call("again", "p", loop=d.loop("=[]")), d.chain("start", "again", "e")),
        (d.call("again", "child"), d.chain("start", "again", "e")),
        (d.call("again", '="p"'), d.chain("start", "again", "e")),
        (CALL, d.chain("start", "e")),
    ],
)  # fmt: skip
def test_a_process_that_calls_itself_only_sometimes_is_none_of_it(body: tuple[str, ...]) -> None:
    assert itself(*body) == []


def test_a_long_diagram_is_looked_through_once() -> None:
    """Ten thousand elements between two loops: a search from each of them would not end in time."""
    ids = [f"n{number}" for number in range(3000)]
    source = d.file(d.process(d.start(), pass_by(*ids), d.chain("start", *ids, "n2999"), d.exclusive("g"), d.chain("g", "n0")))
    process = read(source, "x.bpmn").processes[0]
    assert [(finding.code, finding.element) for finding in flow.check("x.bpmn", process)] == [(LOST, "g"), ("LOOP_ENDLESS", "n2999")]


# ---------------------------------------------------------------------- suggestions


@pytest.mark.parametrize(
    "known", [list(CONNECTORS), list(ROLES), list(PHASES), ["startedAt", "startedOn", "warranty", "warrantyOk", "item", "itemNo"]]
)
def test_no_name_that_there_is_is_taken_for_a_slip_of_another(known: list[str]) -> None:
    assert [near(name, [other for other in known if other != name]) for name in known] == [None] * len(known)


def test_what_connectors_say_they_return_is_what_they_return() -> None:
    assert {kind: set(connector.RETURNS) for kind, connector in CONNECTORS.items() if connector.RETURNS} == {
        "allot_number": {"number"}, "move_phase": {"phase"}, "put_record": {"recordKey"}, "query_projects": {"projects"}, "query_records": {"records"},
        "read_project": {"projectKey", "projectName", "phase"},
    }  # fmt: skip


def test_a_shared_diagram_is_looked_at_as_those_see_it_that_have_no_own_one() -> None:
    on = {"p": ProcessInfo("p")}
    both = stock(districts={"east": replace(EAST, processes=on), "west": replace(WEST, processes=on)})
    assert both.around(SHARED, "p").tenants == ("east", "west")
    assert [view.tenants for view in both.each(SHARED, "p")] == [("east",), ("west",)]
    own = replace(both, models={**both.models, ("east", "process", "p"): lambda: None})
    assert own.around(SHARED, "p").tenants == ("west",)
    everybody = replace(own, models={**own.models, ("west", "process", "p"): lambda: None})
    assert everybody.around(SHARED, "p").tenants == ("east", "west")
