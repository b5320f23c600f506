"""The shipped ledger: every fact that a diagram writes is declared, and who may set it is who the regulations say, told here from their articles."""

import json
import re
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from app.domain.districts import load, load_phases, main_line
from app.domain.fact_sources import FactSource
from app.domain.facts import LedgerField, LedgerSchema, Right, RightKind, may_set, validate
from app.domain.forms import Form
from app.rehearsal.library import Shelf
from tests.processes.driver import ROOT, decide

DISTRICTS = ("fengxian", "sucheng")
LINE = main_line(load_phases(ROOT / "districts" / "phases.toml"))


@cache
def ledger(district: str) -> LedgerSchema:
    return LedgerSchema.parse(
        (ROOT / "forms" / "records" / "project.json").read_bytes(), (ROOT / "forms" / district / "records" / "project.json").read_bytes()
    )


def written(folder: str) -> set[str]:
    """The names that the diagrams of a folder write to the ledger by connectors."""
    found: set[str] = set()
    for path in sorted((ROOT / "bpmn" / folder).glob("*.bpmn")):
        for task in re.findall(r"<bpmn:serviceTask.*?</bpmn:serviceTask>", path.read_text(encoding="utf-8"), re.DOTALL):
            if 'type="update_project"' in task:
                found |= set(re.findall(r'<zeebe:input [^>]*target="([^"]+)"', task))
    return found


def test_every_fact_that_a_shared_diagram_writes_is_declared_in_a_district() -> None:
    names = written(".")
    assert names - {name for district in DISTRICTS for name in ledger(district).fields} == set()


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_fact_that_a_districts_own_diagram_writes_is_declared_there(district: str) -> None:
    assert written(district) - set(ledger(district).fields) == set()


@pytest.mark.parametrize("district", DISTRICTS)
def test_the_districts_own_models_have_its_ledger(district: str) -> None:
    found = Shelf(ROOT).models(district).ledger
    assert found is not None
    assert list(found.fields) == list(ledger(district).fields)


@pytest.mark.parametrize("district", DISTRICTS)
def test_the_shared_file_knows_no_districts_tasks(district: str) -> None:
    """It must stand for a district that has only the shared processes."""
    own = {path.stem for path in (ROOT / "bpmn" / district).glob("*.bpmn")} - {path.stem for path in (ROOT / "bpmn").glob("*.bpmn")}
    base = LedgerSchema.parse((ROOT / "forms" / "records" / "project.json").read_bytes())
    for field in base.fields.values():
        named = [*field.owners, *(field.later.by if field.later else ()), *(source.of for source in field.sources if "." in source.of)]
        assert not {name.partition(".")[0] for name in named if "." in name} & own, field.name


# ---------------------------------------------------------------------- who, by the articles

BEFORE, AFTER = ("draft",), ("draft", "declared", "reviewing", "planned", "approved", "procuring", "building")


def typed(district: str, name: str, role: str, task: str, entered: tuple[str, ...] = AFTER) -> bool:
    field = ledger(district).fields[name]
    return may_set(field, Right(kind=RightKind.FORM), role=role, task=task, entered=entered, main_line=LINE) is None


def set_by(district: str, name: str, source: FactSource) -> bool:
    field = ledger(district).fields[name]
    return may_set(field, Right(kind=RightKind.SET, source=source), role=None, task=None, entered=AFTER, main_line=LINE) is None


TYPED = [
    # SC-10-20: finance alone reviews the budget; SC-13-1: it says estimate and control price
    ("sucheng", "approvedBudget", "finance", "review.review_budget"),
    ("sucheng", "controlPrice", "finance", "review.set_control_price"),
    # SC-5-7: the development and reform bureau approves; SC-15-4: the district's government; SC-27-4: the archives
    ("sucheng", "establishmentNo", "development_reform", "review.approve_project"),
    ("sucheng", "governmentApprovalNo", "district_government", "review.register_government_approval"),
    ("sucheng", "archiveAcceptance", "archives", "acceptance_organisation.register_archive_verdict"),
    # FX-5-3: the data bureau approves scheme and estimate; FX-5-13: finance says the method; FX-5-15: the police the level; FX-23-2: secrecy
    ("fengxian", "approvedEstimate", "data_bureau", "review.approve_documents"),
    ("fengxian", "procurementMethod", "finance", "procurement.determine_method"),
    ("fengxian", "mlpsLevel", "public_security", "acceptance.grade"),
    ("fengxian", "filingNo", "public_security", "acceptance.grade"),
    ("fengxian", "secrecyNo", "secrecy", "acceptance.approve_secrecy"),
    # the contract is registered by the builder, in that task alone
    ("fengxian", "contractAmount", "applicant", "procurement.register_contract"),
    ("sucheng", "contractNo", "applicant", "procurement.register_contract"),
]


@pytest.mark.parametrize(("district", "name", "role", "task"), TYPED)
def test_a_fact_is_typed_by_whom_the_article_names_and_by_nobody_else(district: str, name: str, role: str, task: str) -> None:
    assert typed(district, name, role, task)
    roles = load(ROOT / "districts" / f"{district}.toml").roles
    others = {other for other in roles if other != role and not roles[other].administrative}
    assert [other for other in others if typed(district, name, other, "procurement.confirm_readiness")] == []


EVASIONS = [
    # Sucheng: the data bureau ticked what others decide while confirming readiness; set the budget again after a change; the applicant its own number
    *(("sucheng", name, "data_bureau", "procurement.confirm_readiness") for name in
      ("listed", "estimatePassed", "establishmentRequired", "establishmentApproved", "decentralizedApproved", "schemePassed")),
    ("sucheng", "approvedBudget", "data_bureau", "redeclaration.issue_reapproval"),
    ("sucheng", "totalAmount", "applicant", "review.apply_examination"),
    ("sucheng", "totalAmount", "applicant", "review.revise_final"),
    ("sucheng", "approvalNo", "applicant", "review.upload_signed_form"),
    ("sucheng", "contractNo", "applicant", "change.submit_change"),
    ("sucheng", "cumulativeChange", "applicant", "change.submit_change"),
    ("sucheng", "trialStartOn", "applicant", "acceptance_organisation.hold_acceptance"),
    # Fengxian: money into a budget that finance refused; level and number by the applicant; the contract with another firm than the award
    ("fengxian", "approvedBudget", "data_bureau", "procurement.confirm_readiness"),
    ("fengxian", "approvedBudget", "data_bureau", "review.approve_documents"),
    ("fengxian", "budgetLined", "data_bureau", "annual_plan.compile_plan"),
    ("fengxian", "mlpsLevel", "applicant", "acceptance.prepare_materials"),
    ("fengxian", "filingNo", "applicant", "acceptance_organisation.apply_acceptance"),
    ("fengxian", "implementerOffice", "applicant", "procurement.register_contract"),
    ("fengxian", "totalAmount", "applicant", "review.revise_scheme"),
    ("fengxian", "paidAmount", "finance", "payment.pay"),
    ("fengxian", "secrecyApproved", "applicant", "acceptance.mend_secrecy"),
]  # fmt: skip


@pytest.mark.parametrize(("district", "name", "role", "task"), EVASIONS)
def test_what_one_office_decides_no_other_types_again(district: str, name: str, role: str, task: str) -> None:
    assert not typed(district, name, role, task)


@pytest.mark.parametrize(
    ("district", "reviser"),
    [("fengxian", "review.revise_scheme"), ("sucheng", "review.revise_declaration"), ("sucheng", "review.revise_final")],
)
def test_the_applicant_says_what_it_declares_until_it_is_accepted_and_then_only_where_a_review_asks(district: str, reviser: str) -> None:
    for name in ("projectName", "category", "fundItems", "classified"):
        assert typed(district, name, "applicant", "declaration.prepare_declaration", BEFORE)
        assert typed(district, name, "applicant", reviser)
        assert not typed(district, name, "applicant", "change.submit_change")
        assert not typed(district, name, "data_bureau", reviser)
    assert not typed("sucheng", "projectName", "applicant", "declaration.prepare_declaration")


def test_a_project_blocked_for_the_year_may_be_declared_anew() -> None:
    """FX-19-1: after the year it is declared again, though it has been declared before."""
    assert typed("fengxian", "projectName", "applicant", "declaration.prepare_declaration", ("draft", "declared", "reviewing", "blocked"))


@pytest.mark.parametrize(
    ("district", "name", "source"),
    [
        ("fengxian", "listed", FactSource("message", "plan_listed")),
        ("sucheng", "listed", FactSource("message", "plan_listed")),
        ("sucheng", "establishmentApproved", FactSource("approval", "review.approve_project")),
        ("sucheng", "totalAmount", FactSource("approval", "review.check_final")),
        ("fengxian", "totalAmount", FactSource("decision", "declared_amounts")),
        ("fengxian", "paidAmount", FactSource("decision", "paid_total", ("payment.apply_payment",))),
        ("sucheng", "accState", FactSource("path", "acceptance_organisation.end_passed")),
    ],
)
def test_what_nobody_types_comes_from_where_it_is_decided(district: str, name: str, source: FactSource) -> None:
    assert set_by(district, name, source)
    assert not set_by(district, name, FactSource("approval", "procurement.confirm_readiness"))


@pytest.mark.parametrize("district", DISTRICTS)
def test_amounts_that_are_sums_are_typed_by_nobody(district: str) -> None:
    for name in ("totalAmount", "paidAmount", "cumulativeChange", "assetTotal"):
        assert ledger(district).fields[name].owners == ()


@pytest.mark.parametrize("district", DISTRICTS)
def test_offices_and_people_are_never_texts(district: str) -> None:
    def named(field: LedgerField) -> dict[str, Any]:
        inner: dict[str, Any] = field.schema["items"] if field.schema["type"] == "array" else dict(field.schema)
        return inner

    offices = [field for field in ledger(district).fields.values() if field.name.endswith("Office") or field.relation]
    assert len(offices) >= 4
    for field in offices:
        assert named(field)["x-format"] == "office", field.name
        assert validate(field, "某局") != []


# ---------------------------------------------------------------------- what is summed


def test_the_declared_total_is_the_sum_of_its_parts() -> None:
    """FX-10-3, SC-10-4: nobody types it; SC-2-2: the enterprises' part is not regulated."""
    items = [{"name": "开发", "amount": Decimal("0.1")}, {"name": "集成", "amount": Decimal("0.2")}]
    assert decide("fengxian", "declared_amounts", project={"budgetItems": items}) == {"total": Decimal("0.3")}
    funds = [{"source": "政企联合-政府部分", "amount": 390}, {"source": "政企联合-企业部分", "amount": 610}]
    assert decide("sucheng", "declared_amounts", project={"fundItems": funds}) == {"total": 1000, "regulated": 390}
    assert decide("sucheng", "declared_amounts", project={"fundItems": funds[1:]}) == {"total": 610, "regulated": 0}


@pytest.mark.parametrize("district", DISTRICTS)
def test_without_parts_there_is_no_total(district: str) -> None:
    assert set(decide(district, "declared_amounts", project={"fundItems": None, "budgetItems": None}).values()) == {None}


# ---------------------------------------------------------------------- the guide


def test_the_examples_of_the_guide_hold() -> None:
    text = (ROOT / "docs" / "analyst" / "facts.md").read_text(encoding="utf-8")
    field, of_form, extension = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    base = json.loads((ROOT / "forms" / "records" / "project.json").read_text(encoding="utf-8"))
    base["schema"]["properties"] |= json.loads("{" + field + "}")
    found = LedgerSchema.parse(json.dumps(base).encode(), extension.encode()).fields
    assert (found["approvedBudget"].owners, found["controlPrice"].own) == (("review.review_budget",), True)
    schema = {"type": "object", "additionalProperties": False, "properties": json.loads("{" + of_form + "}")}
    form = Form.parse(json.dumps({"id": "review.review_budget", "title": "审核", "schema": schema, "ui": {}}).encode())
    assert form.ledger_fields == ("approvedBudget",)


@pytest.mark.requirement("SC-17-1", side="refused")
@pytest.mark.parametrize("name", ["purpose", "deployment", "fundItems", "category"])
def test_in_sucheng_what_was_approved_is_not_edited_beside_a_change(name: str) -> None:
    """Whoever holds the applicant's role, in whatever task: the scheme is read only; the review's own revisions come before it is approved."""
    field, entered = ledger("sucheng").fields[name], LINE[: LINE.index("approved") + 1]

    def told(task: str) -> str | None:
        return may_set(field, Right(kind=RightKind.FORM), role="applicant", task=task, entered=entered, main_line=LINE)

    assert all(told(task) for task in ("change.submit_change", "declaration.prepare_declaration", "procurement.submit_tender"))
    assert told("review.revise_declaration") is None
