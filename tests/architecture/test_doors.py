"""The doors of the house: a public function of the services opens an act or only reads, and no room's modules import one another in a circle."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
OPENERS = {
    "app.acts.transaction.act",
    "app.acts.transaction.open_instance",
    "app.acts.transaction.open_task",
    "app.acts.transaction.open_tasks",
    "app.acts.transaction.new_instance",
}
STATEMENTS = {"sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete"}
WRITING = {"add", "add_all", "delete", "merge"}  # of a session
# Before there is anything to act on, or outside every act on purpose.
EXEMPT = {
    "app.services.startup.attach": "sets the database up",
    "app.services.startup.prepare": "migrates the database, which is Alembic's own transaction, and deploys, which is an act",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    return name.removesuffix(".__init__")


@cache
def modules() -> dict[str, ast.Module]:
    return {
        name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(APP.rglob("*.py")) if "migrations" not in path.parts
    }


@cache
def names(module: str) -> dict[str, str]:
    """What a bare name at the top of a module's functions means: local name → dotted name."""
    found = {node.name: f"{module}.{node.name}" for node in modules()[module].body if isinstance(node, Function)}
    for node in ast.walk(modules()[module]):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
    return found


@cache
def functions() -> dict[str, tuple[str, Function]]:
    return {
        f"{module}.{node.name}": (module, node) for module, tree in modules().items() for node in tree.body if isinstance(node, Function)
    }


def target(module: str, call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return names(module).get(call.func.id, "")
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        return f"{names(module).get(call.func.value.id, call.func.value.id)}.{call.func.attr}"
    return ""


@cache
def manages(function: str) -> bool:
    """Whether a context manager gives way to its body within an act."""
    if function in OPENERS or function not in functions():
        return function in OPENERS
    module, node = functions()[function]
    within = [inner for inner in ast.walk(node) if opens(module, inner)]
    yields = [found for found in ast.walk(node) if isinstance(found, ast.Yield)]
    return bool(yields) and all(any(found in ast.walk(inner) for inner in within) for found in yields)


def opens(module: str, node: ast.AST) -> bool:
    return isinstance(node, ast.With) and any(
        isinstance(item.context_expr, ast.Call) and manages(target(module, item.context_expr)) for item in node.items
    )


def outside(module: str, node: ast.AST) -> Iterator[ast.AST]:
    """What stands below a node outside every act; a function that is handed on is called in the act of whoever takes it."""
    for child in ast.iter_child_nodes(node):
        if not (opens(module, child) or isinstance(child, Function | ast.Lambda)):
            yield child
            yield from outside(module, child)


@cache
def statements(module: str) -> set[str]:
    """Names at the top of a module that stand for a statement that writes."""
    return {
        name.id
        for node in modules()[module].body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for name in ast.walk(node)
        if isinstance(name, ast.Name)
        and isinstance(name.ctx, ast.Store)
        and any(isinstance(call, ast.Call) and target(module, call) in STATEMENTS for call in ast.walk(node.value))
    }


@cache
def writes(function: str) -> bool:
    """Whether a function writes rows, outside every act that it opens itself."""
    if function not in functions() or function in OPENERS or function in EXEMPT:
        return False
    module, node = functions()[function]
    for found in outside(module, node):
        if isinstance(found, ast.Name) and found.id in statements(module):
            return True
        if not isinstance(found, ast.Call):
            continue
        if isinstance(found.func, ast.Attribute) and found.func.attr in WRITING and "session" in ast.unparse(found.func.value):
            return True
        called = target(module, found)
        if called in STATEMENTS or ast.unparse(found.func).endswith(".exec_driver_sql"):
            return True
        if called != function and called.startswith("app.") and writes(called):
            return True
    return False


def test_a_door_opens_an_act_or_only_reads() -> None:
    doors = [name for name, (module, node) in functions().items() if module.startswith("app.services.") and not node.name.startswith("_")]
    assert len(doors) > 60
    assert [door for door in doors if writes(door)] == []


def test_the_rule_sees_a_writer() -> None:
    assert writes("app.store.rows.insert")
    assert writes("app.acts.audit.record")
    assert not writes("app.services.tasks.complete")


def imported(module: str) -> Iterator[str]:
    for node in ast.walk(modules()[module]):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def edges(rooms: tuple[str, ...]) -> dict[str, set[str]]:
    """Imports between the modules of some rooms, those within functions and for type checking included."""
    known = {name for name in modules() if name.startswith(tuple(f"app.{room}." for room in rooms))}
    return {name: (set(imported(name)) & known) - {name} for name in known}


def test_no_modules_import_one_another_in_a_circle() -> None:
    graph = edges(("services", "acts", "catalogue", "seen", "rehearsal", "playing"))
    assert len(graph) > 40
    done: set[str] = set()
    while ready := {name for name, imported in graph.items() if name not in done and imported <= done}:
        done |= ready
    assert sorted(set(graph) - done) == []


# The API's library wants an inner class of this name in every schema.
ASKED_FOR = {"Meta"}


def test_no_name_stands_for_two_things() -> None:
    classes = [
        node.name
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert len(classes) > 300
    assert sorted({name for name in classes if classes.count(name) > 1} - ASKED_FOR) == []
