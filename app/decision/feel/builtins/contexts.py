"""Context functions (specification 10.3.4.10)."""

from __future__ import annotations

from ..run import Run
from .declaration import Group

FUNCTIONS = Group("上下文函数")


@FUNCTIONS.function(
    "get value(m: context, key: string) -> any",
    "取上下文里的一项；给出键的列表时逐层取",
    'get value({a: 1}, "a")',
    'get value({x: {y: 0}}, ["x", "y"])',
    also=("(m: context, keys: list)",),
)
def get_value(m: dict[str, object], key: str | list[object]) -> object:
    if isinstance(key, str):
        return m.get(key)
    found: object = m
    for name in key:
        if not isinstance(found, dict) or not isinstance(name, str):
            return None
        found = found.get(name)
    return found if key else None


@FUNCTIONS.function("get entries(m: context) -> list", "把上下文变成 {key, value} 的列表", "get entries({a: 1, b: 2})", run=True)
def get_entries(run: Run, m: dict[str, object]) -> object:
    run.charge(3 * len(m))
    return [{"key": key, "value": value} for key, value in m.items()]


@FUNCTIONS.function(
    "context(entries: list) -> context", "由 {key, value} 的列表做成上下文；键重复时结果为空", 'context([{key: "a", value: 1}])', run=True
)
def context(run: Run, entries: list[object]) -> object:
    made: dict[str, object] = {}
    for entry in entries:
        run.tick()
        if not isinstance(entry, dict) or "value" not in entry:
            return None
        key = entry.get("key")
        if not isinstance(key, str) or key in made:
            return None
        made[key] = entry["value"]
    return made


@FUNCTIONS.function(
    "context put(context: context, key: string, value: any) -> context",
    "上下文加上或换掉一项，得到新的上下文；给出键的列表时改里层",
    'context put({x: 1}, "y", 2)',
    'context put({x: 1, y: {a: 0}}, ["y", "a"], 2)',
    also=("(context: context, keys: list, value: any)",),
    run=True,
)
def context_put(run: Run, context: dict[str, object], key: str | list[object], value: object) -> object:
    keys = [key] if isinstance(key, str) else key
    return _put(run, context, keys, 0, value)


def _put(run: Run, context: dict[str, object], keys: list[object] | list[str], index: int, value: object) -> dict[str, object] | None:
    if index >= len(keys) or index > run.limits.nesting:
        return None
    key = keys[index]
    if not isinstance(key, str):
        return None
    run.charge(len(context))
    if len(context) >= run.limits.list_size:
        raise run.too_many(len(context) + 1)
    made = dict(context)
    if index == len(keys) - 1:
        made[key] = value
        return made
    inner = context.get(key)
    if inner is None and key not in context:
        inner = {}
    if not isinstance(inner, dict):
        return None
    changed = _put(run, inner, keys, index + 1, value)
    if changed is None:
        return None
    made[key] = changed
    return made


@FUNCTIONS.function(
    "context merge(contexts: list) -> context", "合并几个上下文，后面的为准", "context merge([{x: 1}, {x: 2, y: 3}])", run=True
)
def context_merge(run: Run, contexts: list[object]) -> object:
    made: dict[str, object] = {}
    for context in contexts:
        if not isinstance(context, dict):
            return None
        run.charge(len(context) + 1)
        made.update(context)
        if len(made) > run.limits.list_size:
            raise run.too_many(len(made))
    return made
