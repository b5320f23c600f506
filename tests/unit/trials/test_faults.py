"""What ``make mutants`` puts into a module: slips that a programmer makes, and nothing that no test has to notice."""

from textwrap import dedent

import pytest

from tests.mutants.faults import find, is_python


def spoiled(text: str) -> dict[str, set[str]]:
    """Kind of slip → the lines that differ, as they then read."""
    source = dedent(text).encode()
    found: dict[str, set[str]] = {}
    for fault in find("m.py", source):
        after = fault.put_into(source)
        assert is_python(after), fault
        old = source.decode().splitlines()
        found.setdefault(fault.kind, set()).update(line.strip() for line in after.decode().splitlines() if line not in old)
    return found


@pytest.mark.parametrize(
    ("text", "kind", "lines"),
    [
        ("x = a < b", "another comparison", {"x = a <= b", "x = a >= b"}),
        ("x = (a + 1) == (b)", "another comparison", {"x = (a + 1) != (b)"}),
        ("x = a not in b", "another comparison", {"x = a in b"}),
        ("x = 甲 and b", "and, or", {"x = 甲 or b"}),
        ("x = a and b", "condition forgotten", {"x = ((a))", "x = ((b))"}),
        ("if a:\n    b = c", "condition turned round", {"if (not (a)):"}),
        ("x = [a for a in b if c]", "condition turned round", {"x = [a for a in b if (not (c))]"}),
        ("x = not a", "not forgotten", {"x = (a)"}),
        ("x = 3", "off by one", {"x = 4", "x = (2)"}),
        ("x = True", "yes for no", {"x = False"}),
        ("x = row['state']", "another key", {"x = row['state_']"}),
        ("def f():\n    return a", "returns nothing", {"return None"}),
        ("def f():\n    raise Refused(a)", "statement forgotten", {"pass"}),
        ("self.a = b", "statement forgotten", {"pass"}),
        ("save(row)", "statement forgotten", {"pass"}),
        ("x = f(a, b)", "arguments swapped", {"x = f(b, a)"}),
        ("x = f(a, now=b)", "argument forgotten", {"x = f(a)"}),
        ("x = select(a).where(b, c)", "condition forgotten", {"x = select(a).where(b)", "x = select(a).where(c)"}),
        ("x = select(a).where(b)", "link of a query forgotten", {"x = (select(a))"}),
        ("@retried\ndef f():\n    pass", "decorator forgotten", {""}),
        ("x = a - b", "another operator", {"x = a + b"}),
    ],
)
def test_a_slip(text: str, kind: str, lines: set[str]) -> None:
    assert spoiled(text)[kind] == lines


@pytest.mark.parametrize(
    "text",
    [
        '"""A module."""',
        "def f():\n    '''one'''\n    pass",
        "def f(a: Literal['one']) -> Optional['two']:\n    pass",
        "log.info('begun', 3)",
        "raise_ = '没有找到'",
        "__all__ = ['one']",
        "if TYPE_CHECKING:\n    x = 3",
        "class A:\n    def __repr__(self):\n        return self.name",
        "@property\ndef f():\n    pass",
        "from a import b",
    ],
)
def test_what_no_test_has_to_notice_is_left_alone(text: str) -> None:
    assert spoiled(text) == {}


def test_a_fault_knows_the_lines_of_its_statement() -> None:
    """By them one finds the tests that run it: a line inside a statement may have no entry of its own."""
    source = b"x = 1\ny = f(\n    a,\n    b == c,\n)\n\nif (\n    a\n):\n    pass\n"
    found = {fault.kind: (fault.line, fault.first, fault.last) for fault in find("m.py", source)}
    assert found["another comparison"] == (4, 2, 5)
    assert found["condition turned round"] == (8, 7, 9)
