"""Whose the facts of the shipped districts are, when somebody has to say that an imported or migrated one is right."""

import pytest
from flask import Flask

from app.catalogue import owners, snapshot

DECIDED = {  # what an office has decided for or against the applicant, and who says that it has
    "fengxian": {
        "approvedBudget": ("data_bureau",), "listed": ("data_bureau",), "schemePassed": ("data_bureau",), "estimatePassed": ("data_bureau",),
        "tenderApproved": ("data_bureau",), "secrecyApproved": ("secrecy",), "acceptedOn": ("data_bureau",), "mlpsLevel": ("public_security",),
        "procurementMethod": ("finance",),
    },
    "sucheng": {
        "approvedBudget": ("finance",), "budgetLined": ("finance",), "listed": ("data_bureau",), "schemePassed": ("data_bureau",), "estimatePassed": ("finance",),
        "jointReviewPassed": ("joint_review_leader",), "establishmentApproved": ("development_reform",),
        "decentralizedApproved": ("district_government",), "securityOk": ("data_bureau",), "completedOn": ("data_bureau",),
    },
}  # fmt: skip
NOBODYS: dict[str, set[str]] = {"fengxian": set(), "sucheng": set()}  # a table says them, and no element writes them down


@pytest.mark.parametrize("district", sorted(DECIDED))
def test_what_an_office_has_decided_is_not_the_applicants_to_confirm_and_nearly_everything_is_somebodys(app: Flask, district: str) -> None:
    library = snapshot.library(district)
    assert library.ledger is not None
    found = {name: owners.of(library, field) for name, field in library.ledger.fields.items() if not field.read_only}
    assert {name: found[name] for name in DECIDED[district]} == DECIDED[district]
    assert {name for name, roles in found.items() if not roles} == NOBODYS[district]
    assert found["contractAmount"] == found["projectName"] == ("applicant",)
