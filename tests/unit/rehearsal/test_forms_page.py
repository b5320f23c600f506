"""The analysts' page about forms: every example on it is read as a form is, and what is written beneath it comes true."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.decision import dmn
from app.domain.calendars import Calendar
from app.domain.form_checks import vocabulary
from app.domain.forms import Form, loads
from app.engine import DecisionRef, StaticLibrary
from app.engine.form_checks import CheckSetting, CheckSite, examine
from app.rehearsal.scenario_files import parse
from app.rehearsal.submissions import judge
from tests.unit.engine.test_form_checks import NS, ONE, rule, table

PAGE = Path(__file__).parents[3] / "docs" / "analyst" / "forms.md"
ZONE = ZoneInfo("Asia/Shanghai")
EXAMPLES = re.findall(r"```json\n(.*?)```(.*?)```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
PARAMETERS = f"""<definitions {NS} id="p" name="p" namespace="http://example.org/p"><decision id="parameters" name="参数"><variable name="parameters"/>
 <literalExpression><text>{{advanceShare: 0.3}}</text></literalExpression></decision></definitions>""".encode()
LIMITS = table(
    ONE,
    rule(1, "&gt; 1000000", "-", '"一百万元以上的，须分次申请"'),
    rule(2, "&gt; 500000", "&lt; 1000000", '"合同不满一百万元的，预付款不超过五十万元"'),
).replace(b"approvedBudget", b"contractAmount")


def library() -> StaticLibrary:
    sources = {"parameters": PARAMETERS, "advance_limits": LIMITS.replace(b'"limits"', b'"advance_limits"')}
    found = {
        name: DecisionRef(number, 1, name, dmn.parse(source, name=name, functions=vocabulary()))
        for number, (name, source) in enumerate(sources.items(), start=1)
    }
    return StaticLibrary({}, found, frozenset(), Calendar({}, frozenset({2026}), "2026-1"), ZONE)


def trials() -> list[tuple[Form, dict[str, Any]]]:
    found = []
    for text, between, said in EXAMPLES:
        assert "```" not in between
        listed = "\n".join(f"    {line}" for line in said.splitlines())
        case = parse("x.yaml", f"variables:\n  trials:\n{listed}".encode()).cases[0]  # decimals and dates as scenarios read them
        found += [(Form.parse(text.encode()), trial) for trial in case.variables["trials"]]
    return found


def test_every_example_has_what_comes_of_it_and_every_keyword_is_explained() -> None:
    page = PAGE.read_text("utf-8")
    assert len(EXAMPLES) == page.count("```json") == page.count("```yaml")
    for keyword in ("x-format", "x-checks", "x-keep", "x-fresh", "x-ledger", "x-readonly-from", "x-clauses"):
        assert f"| `{keyword}` |" in page
    assert loads(EXAMPLES[0][0])


@pytest.mark.parametrize(("form", "trial"), trials(), ids=lambda part: part.id if isinstance(part, Form) else None)
def test_what_stands_beneath_an_example_comes_true(form: Form, trial: dict[str, Any]) -> None:
    if "opens" in trial:
        assert form.opening(trial["known"], trial.get("last")) == trial["opens"]
        return
    setting = CheckSetting(
        library=library(),
        site=CheckSite(1, 1, "demo"),
        now=datetime(2026, 3, 10, 9, tzinfo=ZONE),
        project=trial.get("project"),
        variables=trial.get("variables", {}),
    )
    answered = form.answered(trial["with"])
    report = examine(form, answered, trial.get("confirmed", {}), setting)
    judge("demo", report.problems, trial.get("refused"))
    assert {"stored": answered} == {"stored": trial.get("stored", answered)}
    assert len(report.overridden) == (len(trial.get("confirmed", {})) if "refused" not in trial else 0)
