"""Values of a form: blank is no answer, and what a form opens with on a visit.

Source: modelling.md §6 (blank = null = absent, blanks being white space of any width after NFKC) and §8 (fresh fields).
"""

from collections.abc import Collection, Mapping
from typing import Any

from app.domain.fact_values import is_blank
from app.domain.form_checks import resolved

KEEP = "x-keep"
FRESH = "x-fresh"
CITED = "x-clauses"  # the clauses that a field rests on
HELD = "x-held"  # the role that a chosen person has to hold, or that has to be held in a chosen office
HELD_IN = "x-held-in"  # the field beside it that says in which office
LEDGER_FIELD = "x-ledger"
SLOTS = "x-slots"  # what a table of materials opens with a row for: names, or the field that lists them


class KeywordRefused(Exception):
    """``x-keep`` or ``x-fresh`` where it means nothing. ``place``: like ``schema/properties/opinion/x-keep``; the text is Chinese."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place


# ---------------------------------------------------------------------- blank


def emptied(schema: Mapping[str, Any], ui: Mapping[str, Any], data: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    """The fields that the form has kept from what is ``known`` and that came back without anything: they were emptied, and are no more what they were."""
    properties = {name: resolved(part, schema) for name, part in schema["properties"].items()}
    kept = (name for name, part in properties.items() if part.get(KEEP) is True and not is_shown(name, part, ui))
    return [name for name in kept if is_blank(data.get(name)) and not is_blank(known.get(name))]


def answered(schema: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` with null for every declared text in which nothing stands, in groups and rows too. Lists keep their items, undeclared names their values."""
    return _texts(schema, data, schema, leave_out=False)


def without_blanks(schema: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` without the texts in which nothing stands: how it is checked."""
    return _texts(schema, data, schema, leave_out=True)


def _texts(part: Mapping[str, Any], data: Mapping[str, Any], schema: Mapping[str, Any], *, leave_out: bool) -> dict[str, Any]:
    properties = part.get("properties")
    found: dict[str, Any] = {}
    for name, value in data.items():
        declared = resolved(properties.get(name), schema) if isinstance(properties, Mapping) and name in properties else None
        if declared is None:
            found[name] = value
        elif _takes_text(declared) and is_blank(value):
            if not leave_out or _may_be_null(declared):
                found[name] = None
        else:
            found[name] = _inside(declared, value, schema, leave_out=leave_out)
    return found


def _inside(part: Mapping[str, Any], value: Any, schema: Mapping[str, Any], *, leave_out: bool) -> Any:
    if isinstance(value, Mapping):
        return _texts(part, value, schema, leave_out=leave_out)
    if isinstance(value, list):
        items = resolved(part.get("items"), schema)
        return [_inside(items, item, schema, leave_out=leave_out) for item in value]
    return value


def _takes_text(part: Mapping[str, Any]) -> bool:
    kind = part.get("type")
    if kind is None:
        return any(isinstance(choice, str) for choice in part.get("enum", ())) or isinstance(part.get("const"), str)
    return "string" in kind if isinstance(kind, list) else kind == "string"


def _may_be_null(part: Mapping[str, Any]) -> bool:
    """Whether null is an answer that the form takes; then a required one is there although nothing stands in it."""
    kind = part.get("type")
    return isinstance(kind, list) and "null" in kind


# ---------------------------------------------------------------------- opening


def check_keywords(schema: Mapping[str, Any]) -> None:
    """Raises KeywordRefused."""
    for name, part in schema["properties"].items():
        place = f"schema/properties/{name}"
        for keyword in (KEEP, FRESH):
            if keyword in part and not isinstance(part[keyword], bool):
                raise KeywordRefused(f"{place}/{keyword}", f"字段 {name} 的 {keyword} 应是 true 或 false")
            inner = {key: value for key, value in part.items() if key != keyword}
            if _somewhere(inner, keyword):
                raise KeywordRefused(f"{place}/{keyword}", f"{keyword} 只能写在表单的字段上,不能写在字段 {name} 里面")
        if part.get(KEEP) is True and (part.get(FRESH) is True or is_confirmation(part)):
            why = f"又写了 {FRESH}" if part.get(FRESH) is True else "是须由本人当次确认的(const: true)"
            raise KeywordRefused(f"{place}/{KEEP}", f"字段 {name} {why},不能沿用上次的内容,请去掉 {KEEP}")

    for name, part in schema["properties"].items():
        if SLOTS in part:
            _check_slots(schema, name, part[SLOTS])


def _check_slots(schema: Mapping[str, Any], name: str, slots: Any) -> None:
    place = f"schema/properties/{name}/{SLOTS}"
    rows = resolved(resolved(schema["properties"][name], schema).get("items"), schema)
    if "name" not in rows.get("properties", {}):
        raise KeywordRefused(place, f"{SLOTS} 只能写在每行有 name 的列表上,字段 {name} 不是")
    if isinstance(slots, str):
        if slots not in schema["properties"]:
            raise KeywordRefused(place, f"字段 {name} 的 {SLOTS} 写了“{slots}”,表单没有这个字段")
    elif not (isinstance(slots, list) and slots and all(isinstance(one, str) and one.strip() for one in slots)):
        raise KeywordRefused(place, f"字段 {name} 的 {SLOTS} 应是列出应交材料的字段,或材料的名称")


def with_slots(schema: Mapping[str, Any], data: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` with a row for every material that is to be handed in and has none yet, in their order, what is there already first."""
    opened = dict(data)
    for name, part in schema["properties"].items():
        if SLOTS in part:
            listed = part[SLOTS] if isinstance(part[SLOTS], list) else known.get(part[SLOTS])
            rows = opened.get(name) or []
            there = {row.get("name") for row in rows if isinstance(row, Mapping)}
            names = [one for one in map(_slot, listed if isinstance(listed, list) else []) if one and one not in there]
            if names:
                opened[name] = [*rows, *({"name": one} for one in names)]
    return opened


def _slot(listed: Any) -> str:
    """The name of what has to be handed in; of what may be handed in none."""
    if isinstance(listed, Mapping):
        return str(listed.get("name") or "") if listed.get("mandatory") is not False else ""
    return listed if isinstance(listed, str) else ""


def _somewhere(node: Any, keyword: str) -> bool:
    if isinstance(node, Mapping):
        return keyword in node or any(_somewhere(part, keyword) for key, part in node.items() if key not in ("examples", "enum", "default"))
    return isinstance(node, list) and any(_somewhere(part, keyword) for part in node)


def is_confirmation(part: Mapping[str, Any]) -> bool:
    """A tick by which somebody answers for something."""
    return part.get("const") is True


def is_shown(name: str, part: Mapping[str, Any], ui: Mapping[str, Any]) -> bool:
    """Whether a field only shows what others have said."""
    drawn = ui.get(name)
    return (
        part.get("x-readonly-from") is True
        or part.get("readOnly") is True
        or (isinstance(drawn, Mapping) and drawn.get("ui:readonly") is True)
    )


def opening(
    schema: Mapping[str, Any],
    ui: Mapping[str, Any],
    *,
    known: Mapping[str, Any],
    last: Mapping[str, Any] | None,
    fresh: Collection[str],
) -> dict[str, Any]:
    """The values a form opens with, by field; a field without one is empty.

    What only shows what others have said, and ledger fields, show what is ``known``; so do those marked ``x-keep``. With ``last`` (what was submitted here before the
    task was returned) every other field has its value of then, but for confirmations, ``x-fresh`` and the names in ``fresh``.
    """
    found: dict[str, Any] = {}
    for name, given in schema["properties"].items():
        part = resolved(given, schema)
        if is_shown(name, part, ui) or part.get(LEDGER_FIELD) is True:
            value = known.get(name)
        elif part.get(FRESH, is_confirmation(part)) or name in fresh:
            value = None
        elif last is not None:
            value = _unticked(part, last.get(name), schema)
        else:
            value = _unticked(part, known.get(name), schema) if part.get(KEEP) is True else None
        if value is not None:
            found[name] = value
    return found


def _unticked(part: Mapping[str, Any], value: Any, schema: Mapping[str, Any]) -> Any:
    """A value without the confirmations inside it."""
    if isinstance(value, Mapping):
        properties = part.get("properties")
        inner = properties if isinstance(properties, Mapping) else {}
        parts = {name: resolved(inner.get(name), schema) for name in value}
        return {name: _unticked(parts[name], given, schema) for name, given in value.items() if not is_confirmation(parts[name])}
    if isinstance(value, list):
        items = resolved(part.get("items"), schema)
        return [_unticked(items, item, schema) for item in value]
    return value


def with_empty_lists(schema: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` with an empty list wherever a required one may be empty: to leave a table empty is an answer."""
    opened = dict(data)
    for name, part in schema.get("properties", {}).items():
        required = name in schema.get("required", ())
        known = opened.get(name)
        if _is(part, "array") and required and not part.get("minItems"):
            opened[name] = [] if known is None else known
        elif _is(part, "object") and (isinstance(known, Mapping) or (required and known is None)):
            opened[name] = with_empty_lists(part, known or {})
    return opened


def _is(schema: Any, kind: str) -> bool:
    given = schema.get("type") if isinstance(schema, Mapping) else None
    return kind in given if isinstance(given, list) else kind == given
