"""The pages that the program writes about itself are what it would write now."""

from pathlib import Path

from app import cli, reference

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_codes_is_the_codes() -> None:
    assert (ROOT / "docs" / "reference" / "codes.md").read_text(encoding="utf-8") == reference.codes_page(), "run: make docs"


def test_a_code_stands_on_the_page_with_what_it_means() -> None:
    page = reference.codes_page().splitlines()
    assert "## 审计动作" in page
    assert "| `task.complete` | 办结了一件事项，附所填内容 |" in page
    assert "| `dmn.overlap` | 有两行会同时命中 |" in page


def test_the_page_of_facts_is_the_ledgers_files() -> None:
    assert (ROOT / "docs" / "reference" / "facts.md").read_text(encoding="utf-8") == cli.ledger_page(ROOT), "run: make docs"


def test_a_fact_stands_on_the_page_with_who_may_set_it_in_each_district() -> None:
    page = cli.ledger_page(ROOT)
    assert (
        "| `approvedBudget` | 审核预算（元） | 金额 | `review.review_budget`；`redeclaration.review_budget`；`correction.correct_budget` |  |"
        in page
    )
    assert (
        "| `approvedBudget` | 列入预算金额（元） | 金额 | 来自 `message:plan_listed`（由此发出、填写：`annual_plan.announce_listed`、"
        in page
    )
    assert "| `archiveAcceptance`＊ | 档案验收结论 | 文字 | 档案验收主体 `archives` |  |" in page


def test_the_page_of_printed_documents_is_the_templates() -> None:
    assert (ROOT / "docs" / "reference" / "templates.md").read_text(encoding="utf-8") == cli.printed_page(ROOT), "run: make docs"
