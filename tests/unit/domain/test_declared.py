"""What an element declares, read from the texts of a diagram."""

import pytest

from app.domain import declared as rules
from app.domain.declared import Declared, declared, parts


def test_nothing_declared_is_nothing() -> None:
    assert declared({}) == declared({"record": " ", "set": ";", "notify": " , ", "office": "", "other": "x"}) == Declared()


@pytest.mark.parametrize(
    ("name", "text", "field", "read"),
    [
        ("phase", " trial ", "phase", "trial"),
        ("record", "contract", "record", "contract"),
        ("document", "notice", "document", "notice"),
        ("noDeadline", "办法未规定", "no_deadline", "办法未规定"),
        ("stands", "= verdict = 1", "stands", "verdict = 1"),
        ("approvesWhen", "=ok", "approves_when", "ok"),
        ("office", "= lead", "named_office", True),
        ("distinct", "person", "distinct", True),
        ("distinct", "office", "distinct", False),
        ("notify", "applicant, finance;finance lead", "notify", ("applicant", "finance", "lead")),
        ("returnTo", "apply  check", "returns", ("apply", "check")),
        ("returnTo", "*", "returns", ("*",)),
        ("approves", "budget\nname", "approves", ("budget", "name")),
        (
            "reads",
            "a = contract of project; b = sum(payment.amount of office), c = count( fee ); d = contract",
            "reads",
            ("contract", "payment", "fee"),
        ),
        ("set", 'a = x + 1; b = "一;二"', "sets", (("a", "x + 1"), ("b", '"一;二"'))),
        ("set", "a; 1b = 2; c = ; d = = e = f", "wrong_sets", ("a", "1b = 2", "c =")),
        ("set", "a; 1b = 2; c = ; d = = e = f", "sets", (("d", "e = f"),)),
    ],
)
def test_a_property_is_read(name: str, text: str, field: str, read: object) -> None:
    assert getattr(declared({name: text}), field) == read


def test_each_property_is_read_into_its_own_place() -> None:
    found = declared(
        {
            "phase": "p", "record": "r", "document": "d", "noDeadline": "n", "stands": "s", "approvesWhen": "w", "office": "o", "distinct": "person",
            "notify": "y", "returnTo": "t", "approves": "a", "reads": "x = q", "set": "f = v; g",
        }
    )  # fmt: skip
    assert found == Declared(
        phase="p", record="r", document="d", no_deadline="n", stands="s", approves_when="w", named_office=True, distinct=True, notify=("y",), returns=("t",),
        approves=("a",), reads=("q",), sets=(("f", "v"),), wrong_sets=("g",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []), ("a", ["a"]), ("a;b", ["a", "b"]), (" a ;; b ;", ["a", "b"]), ('"a;b";c', ['"a;b"', "c"]), (r'"a\";b";c', [r'"a\";b"', "c"]),
        (r'"a\"b";c', [r'"a\"b"', "c"]), ('a"b', ['a"b']),
    ],
)  # fmt: skip
def test_parts_stand_between_semicolons_but_for_those_in_texts(text: str, found: list[str]) -> None:
    assert parts(text) == found


def test_the_names_of_properties() -> None:
    assert rules.EFFECTS == (
        "phase",
        "record",
        "document",
        "set",
        "notify",
        "reads",
        "approves",
        "approvesWhen",
        "office",
        "person",
        "distinct",
        "mayBeEmpty",
    )
    words = ("clauses", "returnTo", "stands", "noDeadline", "together")
    assert (words, ("each", "when")) == (rules.WORDS, rules.OF_PROCESS)
    assert {*rules.EFFECTS, *words, *rules.OF_PROCESS} == rules.PROPERTIES
    assert rules.RESERVED == ("project", "parameters")


def test_the_properties_are_those_of_the_contract() -> None:
    """modelling.md §4, with ``clauses``, which diagrams of the first release write themselves, and ``person``: who was chosen acts (ADR 43)."""
    told = "phase record set reads notify office distinct approves approvesWhen returnTo stands noDeadline document together mayBeEmpty each when"
    assert {*told.split(), "clauses", "person"} == rules.PROPERTIES
    assert declared(dict.fromkeys(rules.PROPERTIES, "")) == Declared()
