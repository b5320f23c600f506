"""Which tests judge a fault: those that pass through its statement, the nearest first, as many as are worth it."""

from tests.mutants.__main__ import Passages
from tests.mutants.faults import Fault

DAYS, TASKS, SLOW = "tests/unit/test_days.py::test_a", "tests/unit/test_tasks.py::test_b", "tests/unit/test_tasks.py::test_slow"
KNOWN = {
    "tests": {
        DAYS: {"setup": 1.0, "call": 2.0},
        TASKS: {"setup": 1.0, "call": 0.1},
        SLOW: {"setup": 0.0, "call": 900.0},
    },
    # line 1 runs at import, line 9 never
    "lines": {"app/domain/days.py": {"1": [], "4": [DAYS, TASKS, "tests/unit/test_gone.py::test_c"], "5": [SLOW]}},
}


def covering(first: int, last: int, file: str = "app/domain/days.py") -> set[str]:
    return Passages(KNOWN).covering(Fault(file, "off by one", 0, 1, "2", first, first, last))


def test_who_runs_a_line_of_the_statement_judges_it() -> None:
    assert covering(4, 4) == {DAYS, TASKS}
    assert covering(3, 6) == {DAYS, TASKS, SLOW}


def test_what_runs_at_import_is_judged_by_all_of_the_module() -> None:
    assert covering(1, 1) == {DAYS, TASKS, SLOW}


def test_what_never_runs_is_judged_by_nobody() -> None:
    assert covering(9, 9) == set()
    assert covering(1, 9, "app/domain/other.py") == set()


def test_the_tests_named_like_the_module_come_first_and_the_slow_are_left_out() -> None:
    fault = Fault("app/domain/days.py", "off by one", 0, 1, "2", 3, 3, 6)
    assert Passages(KNOWN).nearest(fault, {DAYS, TASKS, SLOW}) == [DAYS, TASKS]
    assert Passages(KNOWN).nearest(fault, {SLOW}) == [SLOW], "one at least"


def test_what_is_set_up_for_one_test_is_judged_by_all_of_its_folder() -> None:
    shared = {**KNOWN, "lines": {"app/domain/days.py": {"7": [f"{TASKS} (setup)"]}}}
    assert Passages(shared).covering(Fault("app/domain/days.py", "off by one", 0, 1, "2", 7, 7, 7)) == {DAYS, TASKS, SLOW}


def test_a_packages_own_module_is_judged_first_by_the_tests_named_like_the_package() -> None:
    fault = Fault("app/tasks/__init__.py", "off by one", 0, 1, "2", 3, 3, 6)
    assert Passages(KNOWN).nearest(fault, {DAYS, TASKS}) == [TASKS, DAYS]
