"""Regular expressions as XPath means them; many lines are from the examples of XPath Functions 3.1 §5.6."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decision.feel.regex import compile_pattern

Value = Callable[..., object]


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "expected"),
    [
        ("abracadabra", "bra", "", True),
        ("abracadabra", "^a.*a$", "", True),
        ("abracadabra", "^bra", "", False),
        ("foobar", "^fo*b", "", True),
        ("banana", "[a-z]{3}", "", True),
        ("helloworld", "hello world", "", False),
        ("helloworld", "hello world", "x", True),
        ("helloworld", "hello[ ]world", "x", False),
        ("hello world", r"hello\ sworld", "x", True),
        ("hello world", r"\p{ IsBasicLatin }+", "x", True),
        ("a\nb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("one\ntwo", "^two$", "", False),
        ("one\ntwo", "^two$", "m", True),
        ("HELLO", "hello", "i", True),
        ("\u212a", "k", "i", True),
        ("Ä", "[ä-ö]", "i", True),
        ("a.b", "a.b", "q", True),
        ("axb", "a.b", "q", False),
        ("A.B", "a.b", "qi", True),
        ("x", "[A-Z-[OI]]", "i", True),
        ("O", "^[A-Z-[OI]]$", "", False),
        # flag i: what is written out stands for its case-variants too, classes do not; a set is turned round after that
        ("o", "^[A-Z-[OI]]$", "i", False),
        ("q", "[^Q]", "i", False),
        ("r", "^[^Q]$", "i", True),
        ("a", r"\p{Lu}", "i", False),
        ("A", r"[\p{Ll}]", "i", False),
        ("a", r"^\P{Lu}$", "i", True),
        ("k", "^[\u212a]$", "i", True),
        ("ẞ", "ß", "i", True),
        ("SS", "ß", "i", False),
        ("σς", "^ΣΣ$", "i", True),
        ("ſ", "^[r-t]$", "i", True),
        ("ı", "^I$", "i", True),
        ("ǅ", "ǆ", "i", True),
        ("Mum", r"^([md])[aeiou]\1$", "i", True),
        ("DUD", r"^([md])[aeiou]\1$", "i", True),
        ("mud", r"^([md])[aeiou]\1$", "i", False),
        ("ΣΑς", r"^(σ)α\1$", "i", True),
        ("ßSS", r"^(ß)\1$", "i", False),
        ("a\n", r"\n$", "m", False),
        ("a\n", "a$", "m", True),
        ("a\n", "a$", "", False),
        ("a\n\nb", "^$", "m", True),
        ("a\n", "^$", "m", False),
        ("7", r"^\d$", "", True),
        ("٣", r"^\d$", "", True),
        ("a-1", r"^\c+$", "", True),
        ("项目", r"^\p{L}+$", "", True),
        ("项目", r"^\p{IsCJKUnifiedIdeographs}{2}$", "", True),
        ("aXbX", r"^a(.)b\1$", "", True),
        ("aXbY", r"^a(.)b\1$", "", False),
        ("abab", r"^(?:ab)+$", "", True),
        ("a\tb", r"a\tb", "", True),
        ("[]", r"^\[\]$", "", True),
        ("a", "", "", True),
        ("ab", "a{0}b", "", True),
        ("ab", "^(a|ab)(c|bcd)?$", "", True),
        ("-", "^[a-]$", "", True),
        ("a^", r"^[a\^]+$", "", True),
        ("aaa", "^(a?)*$", "", True),
        ("", "^(a*)*$", "", True),
        ("🐎", "^.$", "", True),
        # what is no regular expression of XPath
        ("a", "a(", "", None),
        ("a", "a)", "", None),
        ("a", "[a", "", None),
        ("a", "*", "", None),
        ("a", "a**", "", None),
        ("a", "a{2,1}", "", None),
        ("a", "a{99999999999999}", "", None),
        ("a", "(?=a)", "", None),
        ("a", r"\b", "", None),
        ("a", r"\2", "", None),
        ("h", r"(.)\3", "", None),
        ("a", r"(a)[\1]", "", None),
        ("a", "[z-a]", "", None),
        ("a", "[]", "", None),
        ("a", r"\p{Nowhere}", "", None),
        ("a", "a", "p", None),
        ("a", "a\\", "", None),
        ("a", "(" * 100 + "a" + ")" * 100, "", None),
    ],
)
def test_matches(value: Value, text: str, pattern: str, flags: str, expected: bool | None) -> None:
    assert value("matches(t, p, f)", t=text, p=pattern, f=flags) is expected


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "flags", "expected"),
    [
        ("abracadabra", "bra", "*", "", "a*cada*"),
        ("abracadabra", "a.*a", "*", "", "*"),
        ("abracadabra", "a.*?a", "*", "", "*c*bra"),
        ("abracadabra", "a", "", "", "brcdbr"),
        ("abracadabra", "a(.)", "a$1$1", "", "abbraccaddabbra"),
        ("abracadabra", ".*?", "$1", "", None),
        ("AAAA", "A+", "b", "", "b"),
        ("AAAA", "A+?", "b", "", "bbbb"),
        ("darted", "^(.*?)d(.*)$", "$1c$2", "", "carted"),
        ("reluctant", "r.*?t", "X", "", "Xant"),
        ("0123456789", r"(\d{3})(\d{3})(\d{4})", "($1) $2-$3", "", "(012) 345-6789"),
        ("facetiously", "[iouy]", "[$0]", "", "facet[i][o][u]sl[y]"),
        ("abc", "(a)", "$2", "", "bc"),
        ("abc", "(a)", "$10", "", "a0bc"),
        ("abc", "(x)?b", "[$1]", "", "a[]c"),
        ("abc", "b", r"\$", "", "a$c"),
        ("abc", "b", r"\\", "", r"a\c"),
        ("abc", "b", "$", "", None),
        ("abc", "b", r"\x", "", None),
        ("a.b", ".", "$1", "q", "a$1b"),
        ("abc", "B", "#", "i", "a#c"),
        ("abc", "[a-z]", "#", "smix", "###"),
        ("金额：壹", "：", ":", "", "金额:壹"),
    ],
)
def test_replace(value: Value, text: str, pattern: str, replacement: str, flags: str, expected: str | None) -> None:
    assert value("replace(t, p, r, f)", t=text, p=pattern, r=replacement, f=flags) == expected


def test_a_pattern_that_would_run_away_ends_within_the_steps_allowed() -> None:
    """The work grows with pattern times text, however the pattern forks: no clock is asked, so a busy machine changes no answer."""
    for pattern in ("(a+)+$", "(a|aa)+$", "(a|a)*b", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$"):
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1

        assert compile_pattern(pattern, "").search("a" * 60 + "!", 0, step) is None
        assert steps < 200


ATOMS = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", r"\d", "^", "$", "(?:)"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        inner.map("({})".format),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{1,2}", "{1,}", "??", "*?", "+?"])).map(
            lambda parts: f"(?:{parts[0]}){parts[1]}"
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, st.text("abc1", max_size=8))
def test_the_common_ground_with_pythons_expressions_matches_alike(pattern: str, text: str) -> None:
    for whole in (pattern, f"^(?:{pattern})$"):  # where a match ends may differ: an empty round of a loop is nowhere defined
        expected = re.search(whole.replace("$", r"\Z"), text)
        assert (compile_pattern(whole, "").search(text, 0, lambda: None) is None) == (expected is None)
