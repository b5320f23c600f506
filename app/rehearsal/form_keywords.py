"""Words in a form's file that nobody reads: JSON Schema passes over what it does not know, so that a slip in ``required`` or ``x-checks`` demands nothing.

A slip is an error, another unknown word a warning. What the words mean is checked where they are read (``app.domain.forms``).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from app.decision.near import near
from app.domain.form_checks import resolved
from app.domain.forms import Form
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding

# JSON Schema 2020-12, and the two words of older drafts that it still reads or that only name things.
_ONE = (
    "items",
    "contains",
    "additionalProperties",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "if",
    "then",
    "else",
    "not",
)
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_PLAIN = (
    "$schema", "$id", "$ref", "$anchor", "$comment", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "dependentRequired", "minContains", "maxContains", "type",
    "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems",
    "uniqueItems", "maxProperties", "minProperties", "required", "title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples", "format",
    "contentEncoding", "contentMediaType", "contentSchema",
)  # fmt: skip
# docs/analyst/forms.md and facts.md; ``x-kind`` names a row of the registers' documentation.
_OURS = (
    "x-after", "x-any-office",
    "x-checks", "x-clauses", "x-extends", "x-format", "x-fresh", "x-from", "x-held", "x-held-in", "x-hidden", "x-keep", "x-key", "x-kind", "x-labels", "x-ledger",
    "x-materials", "x-no-file", "x-number", "x-owner",
    "x-readonly-from", "x-report", "x-role", "x-signs", "x-slots", "x-source", "x-term", "x-total", "x-unique", "x-unordered", "x-value", "x-while-open",
)  # fmt: skip
_OF_THE_SAME = frozenset({"if", "then", "else", "not", "allOf", "anyOf", "oneOf"})  # of the object that they stand in
_KEYWORDS = frozenset({*_ONE, *_LISTS, *_NAMED, *_PLAIN, *_OURS})
_TRUTHS = ("x-fresh", "x-hidden", "x-keep", "x-ledger", "x-readonly-from", "x-total", "x-unordered", "x-while-open")
_VALUES: Mapping[str, Collection[str]] = {
    "x-format": ("clause", "document", "money", "office", "percent", "person"),
    "format": (
        "date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference",
        "uuid", "uri-template", "json-pointer", "relative-json-pointer", "regex",
    ),
}  # fmt: skip
_DRAWN = frozenset(
    "ui:" + word
    for word in (
        "order", "readonly", "disabled", "widget", "options", "title", "description", "help", "placeholder", "classNames", "style", "autofocus", "autocomplete",
        "emptyValue", "enumDisabled", "enumNames", "field", "hideError", "inputType", "label", "rows", "rootFieldId", "submitButtonOptions", "globalOptions",
        "duplicateKeySuffixSeparator", "enableMarkdownInDescription", "fieldReplacesAnyOrOneOf",
    )
)  # fmt: skip


def check(file: str, form: Form) -> Iterator[Finding]:
    """In the order of the file."""
    yield from _schema(file, form.schema, "schema")
    yield from _drawn(file, form.ui, "ui", form.schema, form)


def _schema(file: str, part: Any, place: str, outer: Collection[str] = ()) -> Iterator[Finding]:
    """``outer``: the fields of the object that a part says more of."""
    if not isinstance(part, Mapping):
        return
    fields, required = part.get("properties"), part.get("required")
    known = {*outer, *(fields if isinstance(fields, Mapping) else ())}
    if known and isinstance(required, list):
        for name in required:
            if isinstance(name, str) and name not in known:
                cure = f"是不是 {hint}?" if (hint := near(name, known)) else "请改正或删除;写着它,表单永远交不上去"
                yield Finding(file, f"{place}/required", None, FindingCode.FORM_KEYWORD, f"必填(required)写了“{name}”,没有这一项,{cure}")
    for word, value in part.items():
        here = f"{place}/{word}"
        if word not in _KEYWORDS:
            yield _unknown(file, here, word, _KEYWORDS, "关键字")
        elif word in _TRUTHS and not isinstance(value, bool):
            yield Finding(file, here, None, FindingCode.FORM_KEYWORD, f"“{word}”只能是 true 或 false,不带引号")
        elif word in _VALUES and isinstance(value, str) and value not in _VALUES[word]:
            yield _unknown(file, here, value, _VALUES[word], f"{word} 的值", sure=word.startswith("x-"))
        elif word in _ONE:
            yield from _schema(file, value, here, known if word in _OF_THE_SAME else ())
        elif word in _LISTS and isinstance(value, list):
            for number, inner in enumerate(value):
                yield from _schema(file, inner, f"{here}/{number}", known if word in _OF_THE_SAME else ())
        elif word in _NAMED and isinstance(value, Mapping):
            for name, inner in value.items():
                yield from _schema(file, inner, f"{here}/{name}")


def _drawn(file: str, ui: Any, place: str, part: Mapping[str, Any], form: Form) -> Iterator[Finding]:
    """How it is drawn: a setting for a field that there is not would leave the one that was meant as it is."""
    if not isinstance(ui, Mapping):
        return
    fields = part.get("properties")
    known = {*(fields if isinstance(fields, Mapping) else ()), *(("items",) if "items" in part else ())}
    for word, value in ui.items():
        here = f"{place}/{word}"
        if word.startswith("ui:"):
            if word not in _DRAWN:
                yield _unknown(file, here, word, _DRAWN, "画法")
        elif word not in known:
            if known:
                yield _unknown(file, here, word, known, "字段", sure=True)
        else:
            inner = part["items"] if word == "items" and "items" in part else (fields or {}).get(word)
            if isinstance(inner, Mapping):
                yield from _drawn(file, value, here, resolved(inner, form.schema), form)


def _unknown(file: str, place: str, word: str, known: Collection[str], what: str, *, sure: bool = False) -> Finding:
    hint = near(word, known)
    cure = f"是不是 {hint}?" if hint else f"可以写的有:{'、'.join(sorted(known))}" if len(known) <= 12 else "请改正或删除"
    severity = "error" if hint or sure else "warning"
    return Finding(file, place, None, FindingCode.FORM_KEYWORD, f"不认识的{what}“{word}”,不会起作用,{cure}", severity=severity)
