"""What an element declares: names apart, formulas without their sign, everything else as it stands."""

import pytest

from app.domain.declared import Declared, declared, parts


def test_nothing_declared_is_nothing_read() -> None:
    assert declared({}) == Declared()
    assert declared({"clauses": "SC-1-1", "vendor": "x"}) == Declared()


def test_every_property_that_a_diagram_shows_is_read() -> None:
    assert declared(
        {
            "phase": " reviewing ",
            "record": "opinion",
            "document": "joint_review_form",
            "noDeadline": "由申报单位自行安排",
            "stands": '=opinion = "同意"',
            "approvesWhen": '= opinion = "同意"',
            "office": "=reviewer.office",
            "distinct": "person",
            "notify": "applicant, finance  applicant",
            "returnTo": "give_opinion *",
            "approves": "totalAmount scheme",
            "reads": 'opinions = opinion of project where stage = "x"; spent = sum(payment.amount of project)',
            "set": 'approvedOn = opinionOn; note = "一;二"',
        }
    ) == Declared(
        phase="reviewing",
        record="opinion",
        document="joint_review_form",
        no_deadline="由申报单位自行安排",
        stands='opinion = "同意"',
        approves_when='opinion = "同意"',
        named_office=True,
        distinct=True,
        notify=("applicant", "finance"),
        returns=("give_opinion", "*"),
        approves=("totalAmount", "scheme"),
        reads=("opinion", "payment"),
        sets=(("approvedOn", "opinionOn"), ("note", '"一;二"')),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" ; ;", []),
        ("a = 1", ["a = 1"]),
        ("a = 1;b = 2 ; ", ["a = 1", "b = 2"]),
        ('a = "x;y"; b = "\\";"', ['a = "x;y"', 'b = "\\";"']),
    ],
)
def test_semicolons_part_assignments_but_not_texts(text: str, expected: list[str]) -> None:
    assert parts(text) == expected
