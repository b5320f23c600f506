"""Regular expressions as XPath means them; many lines are from the examples of XPath Functions 3.1 §5.6."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
