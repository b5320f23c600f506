"""Codes and audit actions are members of enumerations: none is written as a bare word, none lies about unused, each says what it means."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app import reference
from app.codes import Code
from app.decision.codes import DecisionCode

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
BASES = ("Code", "DecisionCode")
WORDS = [words for _, _, words in reference.GROUPS]
MEMBERS = [member for words in WORDS for member in words]

LOUD = re.compile(r"[A-Z][A-Z0-9]+(_[A-Z0-9]+)*")  # TASK_CLOSED
OF_DECISIONS = re.compile(r"(dmn\.|feel_)[a-z_]+")
DOTTED = re.compile(r"[a-z_]+(\.[a-z_]+)+")  # task.complete
# Where a dotted word is a page's address or a column, and no act can be recorded: pages take no decisions, tables are no acts.
ELSEWHERE = ("app/web/", "app/store/tables/")

DURATION = re.compile(r"P(\d+[YMWD])*(T(\d+[HMS])+)?")  # ISO 8601
FILE = re.compile(r".*\.(html|json|md|sqlite|toml)")

# Words of other people, and of other things, that look like codes: HTTP, SQL, BPMN and DMN, Flask's settings, the API's states, keys of files.
ROWS = {"ANY", "COLLECT", "COUNT", "FIRST", "MAX", "MIN", "PRIORITY", "SUM", "UNIQUE"}
MONTHS = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
DAYS = {"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"}
OTHERS: dict[str, set[str]] = {
    "app/__init__.py": {"MAX_CONTENT_LENGTH"},
    "app/access/forgery.py": {"GET", "HEAD", "OPTIONS", "WTF_CSRF_CHECK_DEFAULT", "WTF_CSRF_TIME_LIMIT"},
    "app/access/headers.py": {"SAMEORIGIN"},
    "app/access/identity.py": {"GET", "security.login", "password.show"},
    "app/access/problems.py": {"GET", "HEAD", "OPTIONS"},
    "app/access/request_ids.py": {"HTTP_X_REQUEST_ID"},
    "app/access/sign_in.py": {
        "DISABLED_ACCOUNT",
        "INVALID_PASSWORD",
        "LOGIN",
        "PASSWORD_NOT_PROVIDED",
        "POST",
        "UNAUTHENTICATED",
        "UNAUTHORIZED",
        "USER_DOES_NOT_EXIST",
    },
    "app/access/uploads.py": {"api.documents.put", "documents.put"},
    "app/acts/transaction.py": {"process_instances.correlation_key"},
    "app/api/process_instances.py": {"DESC"},
    "app/api/schemas.py": {"ACTIVE", "ASC", "CANCELED", "COMPLETED", "CREATED", "DESC", "SUSPENDED", "TERMINATED"},
    "app/api/user_tasks.py": {"DESC"},
    "app/clock.py": {"QUANCHENG"},
    "app/current.py": {"QUANCHENG"},
    "app/decision/dmn/checks.py": {"ANY", "FIRST", "PRIORITY", "SUM", "UNIQUE"},
    "app/decision/dmn/expressions.py": {"COLLECT", "FEEL", "UNIQUE"},
    "app/decision/dmn/model.py": ROWS,
    "app/decision/dmn/reader.py": {"BPMN"},
    "app/decision/dmn/tables.py": ROWS,
    "app/decision/dmn/texts.py": {"FEEL"},
    "app/decision/feel/regex_classes.py": {"PZC"},
    "app/decision/feel/values.py": {"MISSING"},
    "app/decision/tck.py": {"UTC"},
    "app/domain/documents.py": {"NFC", "OFD", "PDF"},
    "app/domain/fact_values.py": {"NFKC"},
    "app/engine/uniques.py": {"NFKC"},
    "app/domain/facts.py": {"records.project"},
    "app/domain/deadlines.py": {"UTC"},
    "app/engine/cron.py": {*MONTHS, *DAYS, "LW", "UTC"},
    "app/rehearsal/scenario_yaml.py": {"yaml._yaml"},  # a module
    "app/engine/timers.py": {"UTC"},
    "app/playing/case_files.py": {"project.kind", "project.name"},
    "app/services/instants.py": {"clock.offset"},
    "app/services/startup.py": {"QUANCHENG"},
    "app/store/database.py": {"BEGIN", "FULL", "OFF", "PRAGMA", "SELECT", "SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_ENGINE_OPTIONS"},
    "app/store/tables/accounts.py": {"CASCADE", "RESTRICT"},
    "app/store/tables/base.py": {"CASCADE"},
    "app/store/tables/documents.py": {"RESTRICT"},
    "app/store/tables/instances.py": {"CASCADE", "RESTRICT"},
    "app/store/tables/ledger.py": {"CASCADE", "RESTRICT"},
    "app/store/tables/obligations.py": {"RESTRICT"},
    "app/store/tables/resources.py": {"CASCADE", "RESTRICT"},
}
# What takes any text: codes of BPMN errors in diagrams, letters of FEEL's types, answers with a number behind the code, lines of the log.
FREE = {
    "app/access/problems.py:ProblemDocument.code",
    "app/decision/feel/registry.py:_matcher.code",
    "app/engine/catching.py:_pick.code",
    "app/engine/catching.py:_throw.code",
    "app/engine/catching.py:throw_error.code",
    "app/engine/catching.py:throw_escalation.code",
    "app/engine/catching.py:uncaught.code",
    "app/engine/commands.py:ThrowError.code",
    "app/engine/effects.py:EscalationUncaught.code",
    "app/logs.py:refused.code",
    "app/services/jobs.py:throw_error.code",
}


@cache
def sources() -> dict[str, ast.Module]:
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(APP.rglob("*.py"))
        if "migrations" not in path.parts  # they say what the tables were
    }


def is_enumeration(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id in BASES for base in node.bases)


def outside(node: ast.AST) -> Iterator[ast.AST]:
    """What stands below a node, but for what enumerations say of themselves and the list of a module's names."""
    for child in ast.iter_child_nodes(node):
        if is_enumeration(child) or (isinstance(child, ast.Assign) and ast.unparse(child.targets[0]) == "__all__"):
            continue
        yield child
        yield from outside(child)


def looks_like_one(word: str, file: str) -> bool:
    if DURATION.fullmatch(word) or FILE.fullmatch(word):
        return False
    dotted = DOTTED.fullmatch(word) and not file.startswith(ELSEWHERE)
    return bool(LOUD.fullmatch(word) or OF_DECISIONS.fullmatch(word) or dotted)


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def bare(tree: ast.Module, file: str) -> Iterator[tuple[int, str]]:
    """Line and word of every string that looks like a code or an action, and of any text that is given for one by name."""
    for node in outside(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and looks_like_one(node.value, file):
            yield node.lineno, node.value
        if isinstance(node, ast.keyword) and node.arg in ("code", "action") and is_text(node.value):
            yield node.value.lineno, ast.unparse(node.value)


def test_no_code_and_no_action_is_a_bare_word() -> None:
    guilty = [
        f"{file}:{line} {word}"
        for file, tree in sources().items()
        for line, word in bare(tree, file)
        if word not in OTHERS.get(file, set())
    ]
    assert guilty == []


def test_the_words_of_others_are_still_there() -> None:
    found = {file: {word for _, word in bare(tree, file)} for file, tree in sources().items()}
    assert {file: words - found[file] for file, words in OTHERS.items() if words - found[file]} == {}


@pytest.mark.parametrize(
    "line",
    [
        'raise InvalidRequest("…", code="BRAND_NEW")',
        'raise Conflict("…", code="TASK_CLOSED") from error',
        'raise Conflict("…", code=f"{kind}_CLOSED")',
        'raise Failure("…", code="brand-new")',
        'class Late(Failure):\n    code = "BRAND_NEW"',
        'Verdict(False, "BRAND_NEW", "…")',
        'Finding(name, None, None, "NUMBER" if odd else "OTHER_THING", "…")',
        'replace(finding, code="BRAND_NEW")',
        'document.refuse(node, "BRAND_NEW", "…")',
        'raise ElementFailure("BRAND_NEW", "…", {})',
        'raise LimitExceeded("…", "BRAND_NEW")',
        'to_json(course, token, value, "…", "BRAND_NEW")',
        'def evaluate(term, *, kind="BRAND_NEW"): ...',
        'def objection(value):\n    return "BRAND_NEW", "…"',
        'yield element_id, "BRAND_NEW", "…"',
        'known = problem.code == "BRAND_NEW"',
        '_KINDS = {"BRAND_NEW": ("…", "…")}',
        '_AGAIN = frozenset({"BRAND_NEW"})',
        'FormError("BRAND_NEW", "…", "schema")',
        'run.warn("feel_brand_new", "…", position)',
        'raise fail("dmn.brand_new", "…", place)',
        'audit.record(actor, "thing.done", subject, {}, now, chain=1, tenant="x")',
        'tree.record("thing.done" if first else "thing.done_again", subject, {})',
        'mended.save("thing.done")',
        '_finish(actor, key, now, action="done")',
        'told = entry["action"] == "thing.done"',
    ],
)
def test_the_rule_sees_a_new_word_wherever_it_is_given(line: str) -> None:
    assert list(bare(ast.parse(line), "app/services/things.py"))


@pytest.mark.parametrize(
    "line",
    [
        'raise Conflict("…", code=RequestCode.TASK_CLOSED)',
        'class Word(Code):\n    BRAND_NEW = "BRAND_NEW", "新词"',
        'timedelta = parse("P7D")',
        'path = folder / "phases.toml"',
        'raise NotFound("没有此项目")',
    ],
)
def test_the_rule_leaves_what_is_no_code(line: str) -> None:
    assert list(bare(ast.parse(line), "app/services/things.py")) == []


def carriers(tree: ast.Module) -> Iterator[str]:
    """Parameters and fields called ``code`` or ``action`` that any text may be given for."""
    for owner in ast.walk(tree):
        if isinstance(owner, ast.FunctionDef):
            given = [*owner.args.posonlyargs, *owner.args.args, *owner.args.kwonlyargs]
            found = [(one.arg, one.annotation) for one in given]
        elif isinstance(owner, ast.ClassDef):
            found = [
                (part.target.id, part.annotation)
                for part in owner.body
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
            ]
        else:
            continue
        yield from (
            f"{owner.name}.{name}"
            for name, kind in found
            if name in ("code", "action") and kind and "str" in ast.unparse(kind).split(" | ")
        )


def test_what_carries_a_code_takes_members_only() -> None:
    assert {f"{file}:{carrier}" for file, tree in sources().items() for carrier in carriers(tree)} == FREE


def test_every_enumeration_of_words_is_on_the_page() -> None:
    found = {node.name for tree in sources().values() for node in ast.walk(tree) if is_enumeration(node)}
    assert found == {words.__name__ for words in WORDS}
    assert len(MEMBERS) > 300


def test_every_word_is_used() -> None:
    used = {
        (node.value.id, node.attr)
        for tree in sources().values()
        for node in outside(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert [member for member in MEMBERS if (type(member).__name__, member.name) not in used] == []


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{type(member).__name__}.{member.name}")
def test_every_word_says_what_it_means_in_chinese(member: Code | DecisionCode) -> None:
    assert re.search(r"[\u4e00-\u9fff]", member.meaning)
    assert not re.search(r"[,;:!?()]|[ -/:-@\[-`{-~]$", member.meaning)
    assert member.meaning == member.meaning.strip()
    assert "|" not in member.meaning  # the page is a table
    assert not LOUD.fullmatch(member.value) or member.value == member.name


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.__name__)
def test_no_word_stands_twice_in_its_enumeration(words: type[Code] | type[DecisionCode]) -> None:
    assert len(words.__members__) == len(words)
