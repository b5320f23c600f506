"""Decision files that import others, once deployed: put in place as of the catalogue, refused when they cannot be, judged again when a library changes."""

from decimal import Decimal
from xml.sax.saxutils import escape

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from app.catalogue import snapshot
from app.domain.permissions import SYSTEM
from app.errors import Refused
from app.services import instances, messages, models
from app.store.tables import DecisionEvaluationRow, DefinitionRow, db
from tests.integration.services.conftest import NOW, Cast

pytestmark = pytest.mark.one_database

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
WAITING = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="defs" targetNamespace="urn:t">
<message id="m" name="go"><extensionElements><zeebe:subscription correlationKey="=name"/></extensionElements></message>
<process id="charge" isExecutable="true">
<startEvent id="start"/><receiveTask id="wait" messageRef="m"/>
<businessRuleTask id="t"><extensionElements><zeebe:calledDecision decisionId="fee" resultVariable="fee"/></extensionElements></businessRuleTask><endEvent id="end"/>
<sequenceFlow id="f1" sourceRef="start" targetRef="wait"/><sequenceFlow id="f2" sourceRef="wait" targetRef="t"/><sequenceFlow id="f3" sourceRef="t" targetRef="end"/>
</process>
</definitions>"""


def file(name: str, *body: str, imports: str = "") -> bytes:
    """A decision file of namespace urn:name. ``imports``: `prefix=name` pairs."""
    pairs = [pair.partition("=") for pair in imports.split()]
    lines = "".join(f'<import name="{prefix}" namespace="urn:{other}" importType="{DMN}"/>' for prefix, _, other in pairs)
    return f'<definitions xmlns="{DMN}" id="{name}" name="{name}" namespace="urn:{name}">{lines}{"".join(body)}</definitions>'.encode()


def decision(name: str, text: str, *required: str, known: str = "") -> str:
    needs = "".join(f'<informationRequirement><requiredDecision href="{one}"/></informationRequirement>' for one in required)
    needs += f'<knowledgeRequirement><requiredKnowledge href="{known}"/></knowledgeRequirement>' if known else ""
    return f'<decision id="{name}" name="{name}"><variable name="{name}"/>{needs}<literalExpression><text>{escape(text)}</text></literalExpression></decision>'


def function(name: str, text: str) -> str:
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"/><encapsulatedLogic><formalParameter name="x"/>'
        f"<literalExpression><text>{escape(text)}</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
    )


def rates(rate: str) -> bytes:
    return file("rates", function("levy", f"x * {rate}"))


FEE = file("fee", decision("fee", "lib.levy(amount)", known="urn:rates#levy"), imports="lib=rates")


def deploy(*files: tuple[str, bytes], tenant: str | None = None) -> list[tuple[str, str, int]]:
    view = models.deploy(SYSTEM, list(files), NOW, tenant=tenant)
    return [(line.kind, line.id, line.version) for line in view.definitions]


def refused(*files: tuple[str, bytes]) -> list[tuple[str, str]]:
    """File and code of every problem of a deployment that must not pass."""
    before = db.session.execute(select(func.count()).select_from(DefinitionRow)).scalar_one()
    with pytest.raises(Refused) as refusal:
        models.deploy(SYSTEM, list(files), NOW)
    assert db.session.execute(select(func.count()).select_from(DefinitionRow)).scalar_one() == before
    assert all(problem.message for problem in refusal.value.problems)
    return [(problem.file, problem.code) for problem in refusal.value.problems]


def sentence(*files: tuple[str, bytes]) -> str:
    with pytest.raises(Refused) as refusal:
        models.deploy(SYSTEM, list(files), NOW)
    return " ".join(f"{problem.file} {problem.element} {problem.line} {problem.message}" for problem in refusal.value.problems)


def begin(tenant: str, name: str) -> int:
    """An instance that waits for the message before it decides."""
    return instances.create(SYSTEM, "charge", {"amount": Decimal(100), "name": name}, NOW, tenant=tenant).key


def charged(tenant: str, key: int, name: str) -> tuple[object, list[tuple[str, int]]]:
    """Let an instance decide: the fee, and the libraries that it was taken with."""
    messages.publish(SYSTEM, "go", name, {}, NOW, tenant=tenant)
    messages.settle(NOW)
    (row,) = db.session.execute(select(DecisionEvaluationRow).where(DecisionEvaluationRow.instance_key == key)).scalars()
    return row.output, [(one["file"], one["version"]) for one in row.libraries or ()]


def test_a_library_without_a_decision_is_a_resource_with_versions(app: Flask) -> None:
    assert deploy(("dmn/rates.dmn", rates("0.05"))) == [("library", "urn:rates", 1)]
    assert deploy(("dmn/rates.dmn", rates("0.05"))) == [("library", "urn:rates", 1)]
    assert deploy(("dmn/rates.dmn", rates("0.06"))) == [("library", "urn:rates", 2)]
    assert deploy(("dmn/rates.dmn", rates("0.05"))) == [("library", "urn:rates", 3)]
    assert [line.version for line in models.versions(SYSTEM, "library", "urn:rates", "<default>")] == [3, 2, 1]
    newest = models.definitions(SYSTEM, "<default>")
    assert [(line.kind, line.id, line.file) for line in newest] == [("library", "urn:rates", "dmn/rates.dmn")]
    assert models.source(SYSTEM, "library", newest[0].key) == ("dmn/rates.dmn", rates("0.05"))


def test_a_file_with_decisions_is_listed_by_them_alone(app: Flask) -> None:
    assert deploy(("dmn/fee.dmn", FEE), ("dmn/rates.dmn", rates("0.05"))) == [("decision", "fee", 1), ("library", "urn:rates", 1)]
    newest = models.definitions(SYSTEM, "<default>")
    assert [(line.kind, line.id) for line in newest] == [("decision", "fee"), ("library", "urn:rates")]
    (shown,) = models.imports(SYSTEM, "decision", newest[0].key)
    assert (shown.prefix, shown.namespace, shown.file, shown.version) == ("lib", "urn:rates", "dmn/rates.dmn", 1)


def test_an_import_that_is_nowhere_is_refused_with_its_name_and_what_to_do(app: Flask) -> None:
    said = sentence(("dmn/fee.dmn", FEE))
    assert all(word in said for word in ("dmn/fee.dmn", "lib", "urn:rates", "一并上传"))
    deploy(("dmn/rates.dmn", rates("0.05")))
    assert deploy(("dmn/fee.dmn", FEE)) == [("decision", "fee", 1)]  # now it is in the catalogue


def test_another_districts_library_is_not_seen(app: Flask) -> None:
    deploy(("dmn/valley/rates.dmn", rates("0.05")))
    assert refused(("dmn/hill/fee.dmn", FEE)) == [("dmn/hill/fee.dmn", "dmn.import")]
    assert refused(("dmn/fee.dmn", FEE)) == [("dmn/fee.dmn", "dmn.import")]
    assert deploy(("dmn/valley/fee.dmn", FEE)) == [("decision", "fee", 1)]


def test_a_tree_keeps_the_library_it_began_with_and_the_next_has_the_new_one(cast: Cast) -> None:
    deploy(("bpmn/charge.bpmn", WAITING), ("dmn/fee.dmn", FEE), ("dmn/rates.dmn", rates("0.05")))
    old = begin("hill", "old")
    deploy(("dmn/rates.dmn", rates("0.06")))
    new = begin("hill", "new")
    assert charged("hill", new, "new") == (Decimal("6.00"), [("dmn/rates.dmn", 2)])
    assert charged("hill", old, "old") == (Decimal("5.00"), [("dmn/rates.dmn", 1)])
    (shown,) = instances.view(cast.root, old, NOW).decisions
    assert (shown.version, [one["file"] for one in shown.libraries]) == (1, ["dmn/rates.dmn"])


def test_a_districts_own_library_holds_in_shared_decisions_for_it_alone(cast: Cast) -> None:
    deploy(("bpmn/charge.bpmn", WAITING), ("dmn/fee.dmn", FEE), ("dmn/rates.dmn", rates("0.05")), ("dmn/hill/rates.dmn", rates("0.07")))
    assert charged("hill", begin("hill", "a"), "a")[0] == Decimal("7.00")
    assert charged("valley", begin("valley", "b"), "b")[0] == Decimal("5.00")
    deploy(("dmn/rates.dmn", rates("0.08")))  # the shared one changes: hill keeps its own
    assert charged("hill", begin("hill", "c"), "c")[0] == Decimal("7.00")
    assert charged("valley", begin("valley", "d"), "d")[0] == Decimal("8.00")


def test_a_library_that_breaks_those_who_import_it_is_refused_and_names_them(app: Flask) -> None:
    deploy(("dmn/fee.dmn", FEE), ("dmn/rates.dmn", rates("0.05")))
    broken = file("rates", function("duty", "x"))
    assert refused(("dmn/rates.dmn", broken)) == [("dmn/rates.dmn", "IMPORTER")]
    said = sentence(("dmn/rates.dmn", broken))
    assert all(word in said for word in ("dmn/fee.dmn", "levy"))
    mended = FEE.replace(b"levy", b"duty")
    assert deploy(("dmn/rates.dmn", broken), ("dmn/fee.dmn", mended)) == [("library", "urn:rates", 2), ("decision", "fee", 2)]


def test_a_renamed_variable_breaks_too_though_its_id_stayed(app: Flask) -> None:
    deploy(("dmn/fee.dmn", FEE), ("dmn/rates.dmn", rates("0.05")))
    renamed = rates("0.05").replace(b'name="levy"', b'name="duty"')
    assert refused(("dmn/rates.dmn", renamed)) == [("dmn/rates.dmn", "IMPORTER")]


def test_those_who_import_through_another_file_are_judged_too(app: Flask) -> None:
    middle = file("middle", decision("twice", "r.rate * 2", "urn:base#rate"), imports="r=base")
    top = file("top", decision("fee", "m.twice * 100", "urn:middle#twice"), imports="m=middle")
    base = file("base", decision("rate", "0.05"))
    deploy(("dmn/base.dmn", base), ("dmn/middle.dmn", middle), ("dmn/top.dmn", top))
    assert snapshot.library("hill").decision("fee").libraries()[1].model.file == "dmn/base.dmn"
    gone = file("base", decision("other", "1"))
    assert set(refused(("dmn/base.dmn", gone))) == {("dmn/base.dmn", "IMPORTER")}
    assert "dmn/middle.dmn" in sentence(("dmn/base.dmn", gone))


def test_a_districts_library_must_suit_the_shared_decisions_that_take_it(app: Flask) -> None:
    deploy(("dmn/fee.dmn", FEE), ("dmn/rates.dmn", rates("0.05")))
    odd = file("rates", function("duty", "x"))
    said = sentence(("dmn/hill/rates.dmn", odd))
    assert all(word in said for word in ("dmn/hill/rates.dmn", "dmn/fee.dmn", "hill"))
    own = FEE.replace(b"levy", b"duty")
    deploy(("dmn/hill/rates.dmn", odd), ("dmn/hill/fee.dmn", own))  # with a decision of its own the shared one is none of hill's
    assert deploy(("dmn/fee.dmn", FEE.replace(b"amount", b"amount + 0")))[0] == ("decision", "fee", 2)


def test_a_shared_decision_must_suit_the_districts_libraries(app: Flask) -> None:
    deploy(("dmn/rates.dmn", rates("0.05")), ("dmn/hill/rates.dmn", file("rates", function("duty", "x"))))
    for bundle in (
        [("dmn/fee.dmn", FEE)],
        [("dmn/fee.dmn", FEE), ("dmn/rates.dmn", rates("0.06"))],
    ):  # a new shared library is none of hill's
        said = sentence(*bundle)
        assert "hill" in said
        assert "levy" in said


def test_what_was_broken_before_does_not_stop_a_library(app: Flask) -> None:
    deploy(("dmn/fee.dmn", FEE), ("dmn/rates.dmn", rates("0.05")))
    db.session.execute(delete(DefinitionRow).where(DefinitionRow.id == "urn:rates"))
    db.session.commit()  # as a release left it that took files without looking at their imports
    startup = file("rates", function("duty", "x"))
    assert deploy(("dmn/rates.dmn", startup)) == [("library", "urn:rates", 1)]


def test_circles_are_refused_by_their_files(app: Flask) -> None:
    a = file("a", decision("a", "b.b", "urn:b#b"), imports="b=b")
    b = file("b", decision("b", "a.a", "urn:a#a"), imports="a=a")
    assert {code for _, code in refused(("dmn/a.dmn", a), ("dmn/b.dmn", b))} == {"dmn.import_cycle"}
    assert "dmn/a.dmn → dmn/b.dmn → dmn/a.dmn" in sentence(("dmn/a.dmn", a), ("dmn/b.dmn", b))
    deploy(("dmn/b.dmn", file("b", decision("b", "1"))), ("dmn/a.dmn", a))
    assert ("dmn/b.dmn", "dmn.import_cycle") in refused(("dmn/b.dmn", b))  # the circle closes over the catalogue


def test_one_namespace_in_two_files_is_refused_when_it_is_imported(app: Flask) -> None:
    other = file("rates", decision("flat", "1"))
    assert set(refused(("dmn/a.dmn", rates("0.05")), ("dmn/b.dmn", rates("0.06")))) == {("dmn/b.dmn", "dmn.namespace")}
    found = refused(("dmn/fee.dmn", FEE), ("dmn/a.dmn", file("rates", function("levy", "x"), decision("one", "1"))), ("dmn/b.dmn", other))
    assert ("dmn/b.dmn", "dmn.namespace") in found
    same = "http://camunda.org/schema/1.0/dmn"  # what a modeler writes into every file
    pair = [(f"dmn/{name}.dmn", file(name, decision(name, "1")).replace(f"urn:{name}".encode(), same.encode())) for name in ("x", "y")]
    assert [(kind, version) for kind, _, version in deploy(*pair)] == [("decision", 1), ("decision", 1)]
    assert deploy(*pair) == [("decision", "x", 1), ("decision", "y", 1)]  # nothing new
    importing = file("z", decision("z", "l.x", f"{same}#x")).replace(
        b"<decision", f'<import name="l" namespace="{same}" importType="{DMN}"/><decision'.encode()
    )
    said = sentence(("dmn/z.dmn", importing))
    assert all(word in said for word in ("dmn/x.dmn", "dmn/y.dmn", same))


def test_a_library_without_a_namespace_is_refused(app: Flask) -> None:
    nameless = rates("0.05").replace(b' namespace="urn:rates"', b"")
    assert refused(("dmn/rates.dmn", nameless)) == [("dmn/rates.dmn", "NAMESPACE")]


def test_what_is_odd_in_an_importing_file_is_told_like_in_any_other(app: Flask) -> None:
    unused = file(
        "fee", decision("fee", "lib.levy(amount)", known="urn:rates#levy"), '<decision id="empty" name="empty"/>', imports="lib=rates"
    )
    view = models.deploy(SYSTEM, [("dmn/fee.dmn", unused), ("dmn/rates.dmn", rates("0.05"))], NOW)
    assert "dmn.no_logic" in [warning.code for warning in view.warnings]
    wrong = file("fee", decision("fee", "lib.levy(amount", known="urn:rates#levy"), imports="lib=rates")
    assert refused(("dmn/fee.dmn", wrong)) == [("dmn/fee.dmn", "feel_syntax")]


def test_another_deployment_in_between_is_noticed_under_the_lock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(("dmn/rates.dmn", rates("0.05")))
    check = models.libraries.check

    def passes_first(files):
        monkeypatch.setattr(models.libraries, "check", check)
        found = check(files)
        deploy(("dmn/rates.dmn", file("rates", function("duty", "x"))))
        return found

    monkeypatch.setattr(models.libraries, "check", passes_first)
    with pytest.raises(Refused) as refusal:
        models.deploy(SYSTEM, [("dmn/fee.dmn", FEE)], NOW)
    assert {problem.code for problem in refusal.value.problems} == {"dmn.unknown_name", "dmn.reference"}
    assert [line.id for line in models.definitions(SYSTEM, "<default>")] == ["urn:rates"]


def test_a_changed_library_has_to_pass_the_scenarios_of_those_who_import_it(app: Flask) -> None:
    text = b"process: charge\nvariables: {amount: 100, name: a}\nsteps: [{message: {name: go, key: a}}]\nexpect: {variables: {fee: 5}}\n"
    deploy(("bpmn/charge.bpmn", WAITING), ("dmn/fee.dmn", FEE), ("dmn/rates.dmn", rates("0.05")), ("scenarios/charge.yaml", text))
    assert refused(("dmn/rates.dmn", rates("0.06"))) == [("scenarios/charge.yaml", "SCENARIO")]
    assert deploy(("dmn/other.dmn", file("other", function("f", "x")))) == [("library", "urn:other", 1)]  # nobody's scenario


def test_rows_that_overlap_only_with_what_is_imported_are_refused(app: Flask) -> None:
    table = (
        '<decision id="band" name="band"><variable name="band"/><decisionTable id="t" hitPolicy="UNIQUE">'
        '<input id="i"><inputExpression id="e" typeRef="number"><text>lib.levy(amount)</text></inputExpression></input><output id="o" name="band" typeRef="string"/>'
        '<rule id="a"><inputEntry id="a1"><text>&lt;= 20</text></inputEntry><outputEntry id="a2"><text>"low"</text></outputEntry></rule>'
        '<rule id="b"><inputEntry id="b1"><text>&gt; 10</text></inputEntry><outputEntry id="b2"><text>"high"</text></outputEntry></rule>'
        "</decisionTable></decision>"
    )
    banded = file(
        "band",
        table.replace(
            "<decisionTable", '<knowledgeRequirement><requiredKnowledge href="urn:rates#levy"/></knowledgeRequirement><decisionTable'
        ),
        imports="lib=rates",
    )
    assert refused(("dmn/band.dmn", banded), ("dmn/rates.dmn", rates("0.05"))) == [("dmn/band.dmn", "OVERLAP")]
    done = models.deploy(SYSTEM, [("dmn/band.dmn", banded), ("dmn/rates.dmn", rates("0.05"))], NOW, force=True, reason="演练")
    assert [item.code for item in done.warnings] == ["OVERLAP"]
    done = models.deploy(SYSTEM, [("dmn/band.dmn", banded.replace(b'"low"', b'"less"'))], NOW)
    assert [item.code for item in done.warnings] == ["OVERLAP_KNOWN"]
