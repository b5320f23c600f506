"""A field that the ledger lacks, a constant that the district lacks: told in diagrams and tables, with what was meant, and not found null at run time."""

import json

import pytest

from app.rehearsal.findings import Finding
from app.rehearsal.lint import check
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.test_form_checks import LEDGER
from tests.unit.rehearsal.test_names import HEAD

PARAMETERS = (
    HEAD
    + '<decision id="parameters" name="parameters"><context><contextEntry><variable name="limit"/><literalExpression><text>5</text></literalExpression>'
    "</contextEntry></context></decision></definitions>"
).encode()
SAYS = '<zeebe:properties><zeebe:property name="notify" value="applicant"/></zeebe:properties>'


def diagram(condition: str, extensions: str = SAYS) -> bytes:
    return d.file(
        d.process(
            d.start(),
            d.exclusive("g", default="other"),
            d.user("ask", '<zeebe:assignmentDefinition candidateGroups="applicant"/>' + extensions),
            d.end(),
            d.chain("start", "g"),
            d.flow("g", "ask", condition, id="yes"),
            d.flow("g", "end", id="other"),
            d.chain("ask", "end"),
        )
    )


def table(expression: str, inputs: str = "") -> bytes:
    return (
        f'{HEAD}{inputs}<decision id="fits" name="fits"><decisionTable id="t"><input id="i"><inputExpression id="e"><text>{expression}</text></inputExpression></input>'
        '<output id="o" name="o"/><rule id="r"><inputEntry id="a"><text>-</text></inputEntry><outputEntry id="b"><text>1</text></outputEntry></rule>'
        "</decisionTable></decision></definitions>"
    ).encode()


def found(name: str, content: bytes) -> list[Finding]:
    beside = [("forms/records/project.json", json.dumps(LEDGER).encode()), ("dmn/parameters.dmn", PARAMETERS)]
    return [finding for finding in check([(name, content), *beside]) if finding.code == "LEDGER_FIELD"]


@pytest.mark.parametrize(
    ("condition", "meant"),
    [
        ("=project.contractAmout > 5", "是不是 contractAmount?"),
        ("=project.phse = \"draft\"", "是不是 phase?"),
        ("=project.contractAmount > parameters.limt", "是不是 limit?"),
        ("=project.nothingLikeIt != null", "forms/records/project.json"),
        ("=some x in [1] satisfies project.contractAmout > x", "是不是 contractAmount?"),
    ],
)  # fmt: skip
def test_a_diagram_that_declares_is_refused_at_the_flow(condition: str, meant: str) -> None:
    (finding,) = found("bpmn/p.bpmn", diagram(condition))
    assert (finding.severity, finding.element) == ("error", "g")
    assert meant in finding.message
    assert finding.line


@pytest.mark.parametrize(
    "condition", ["=project.contractAmount > parameters.limit", "=some project in [{a: 1}] satisfies project.a = 1", "={project: {a: 1}, b: project.a}.b = 1"]
)  # fmt: skip
def test_what_is_there_or_is_called_so_nearer_by_is_right(condition: str) -> None:
    assert found("bpmn/p.bpmn", diagram(condition)) == []


def test_where_nothing_is_declared_the_names_are_variables() -> None:
    assert found("bpmn/p.bpmn", diagram("=project.contractAmout > 5", extensions="")) == []


DRAWN = '<inputData id="p" name="project"><variable name="project"/></inputData>'


@pytest.mark.parametrize("inputs", ["", DRAWN])
def test_a_slip_in_a_table_is_an_error_and_what_is_no_slip_a_warning(inputs: str) -> None:
    (slip,) = found("dmn/fits.dmn", table("project.contractAmout", inputs))
    assert (slip.severity, slip.element) == ("error", "fits")
    assert "是不是 contractAmount?" in slip.message
    (other,) = found("dmn/fits.dmn", table("project.nothingLikeIt", inputs))
    assert other.severity == "warning"
    assert found("dmn/fits.dmn", table("project.contractAmount &gt; parameters.limit", inputs)) == []


def test_a_deadline_of_a_slip_is_told_too() -> None:
    due = SAYS + '<zeebe:taskSchedule dueDate="=date and time(project.contractAmout)"/>'
    assert [finding.element for finding in found("bpmn/p.bpmn", diagram("=true", due))] == ["ask"]


def test_without_a_ledger_nothing_is_said() -> None:
    said = check([("dmn/fits.dmn", table("project.contractAmout"))])
    assert [finding for finding in said if finding.code == "LEDGER_FIELD"] == []


FORM = json.dumps(
    {
        "id": "p.ask",
        "title": "问",
        "schema": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"verdict": {"type": "string"}, "missingNames": {"type": "string", "readOnly": True}},
        },
    }
).encode()


def asked(extensions: str) -> list[Finding]:
    task = d.user("ask", f'<zeebe:assignmentDefinition candidateGroups="applicant"/><zeebe:formDefinition formId="p.ask"/>{extensions}')
    process = d.file(d.process(d.start(), d.script("prepare", "=[1]", "names"), task, d.end(), d.chain("start", "prepare", "ask", "end")))
    beside = [("forms/records/project.json", json.dumps(LEDGER).encode()), ("forms/p.ask.json", FORM)]
    return [finding for finding in check([("bpmn/p.bpmn", process), *beside]) if finding.code in ("VARIABLE", "FORM_FIELD")]


def approving(names: str) -> str:
    pairs = {"approves": names, "approvesWhen": 'verdict = "同意"'}
    inner = "".join(f"<zeebe:property name=\"{name}\" value='{value}'/>" for name, value in pairs.items())
    return f"<zeebe:properties>{inner}</zeebe:properties>"


@pytest.mark.parametrize(("name", "meant"), [("contractAmout", "contractAmount"), ("verdct", "verdict"), ("nams", "names")])
def test_an_approval_of_what_nobody_says_is_told(name: str, meant: str) -> None:
    """It would approve null, and hold whatever becomes of what was meant."""
    (finding,) = asked(approving(f"contractAmount {name}"))
    assert (finding.code, finding.element) == ("VARIABLE", "ask")
    assert f"是不是 {meant}?" in finding.message


def test_what_may_be_approved_is_a_field_of_the_ledger_or_of_the_form_or_a_variable() -> None:
    assert asked(approving("contractAmount, verdict; names")) == []


def test_an_input_that_is_all_but_a_field_of_the_form_is_an_error() -> None:
    (finding,) = asked(d.io({"misingNames": "=names"}))
    assert (finding.severity, finding.code, finding.element) == ("error", "FORM_FIELD", "ask")
    assert "是不是 missingNames?" in finding.message


def test_an_input_that_the_task_itself_reads_or_that_is_given_besides_is_right() -> None:
    read_by_itself = d.io({"misingNames": "=names"}, {"told": "=misingNames"})
    assert asked(read_by_itself) == []
    assert asked(d.io({"misingNames": "=names", "missingNames": "=misingNames"})) == []
    assert asked(d.io({"reference": "=names"})) == []


@pytest.mark.parametrize(
    ("extensions", "what"),
    [
        (d.io({"shown": "names"}), "输入映射"),
        (d.io(None, {"kept": "names"}), "输出映射"),
        ('<zeebe:assignmentDefinition assignee="names"/>', "受理人"),
    ],
)
def test_a_variables_name_without_its_sign_is_text_and_told(extensions: str, what: str) -> None:
    given = extensions if "assignment" in extensions else '<zeebe:assignmentDefinition candidateGroups="names"/>' + extensions
    process = d.file(
        d.process(d.start(), d.script("prepare", "=[1]", "names"), d.user("ask", given), d.end(), d.chain("start", "prepare", "ask", "end"))
    )
    (finding,) = [finding for finding in check([("bpmn/p.bpmn", process)]) if finding.code == "NAME_AS_TEXT"]
    assert (finding.severity, finding.element) == ("warning", "ask")
    assert what in finding.message
    assert "=names" in finding.message


def test_other_texts_are_texts() -> None:
    process = d.file(
        d.process(
            d.start(),
            d.script("prepare", "=[1]", "names"),
            d.user("ask", d.io({"a": "同意", "b": "name"})),
            d.chain("start", "prepare", "ask"),
        )
    )
    assert [finding for finding in check([("bpmn/p.bpmn", process)]) if finding.code == "NAME_AS_TEXT"] == []
