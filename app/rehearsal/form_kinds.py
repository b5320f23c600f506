"""What a field of a kind has to say, in every form: a list of files what of it must be there, an office which role is held in it, a date or a term its bounds.

A form that says nothing would take an empty list, whatever the clause asks for, an office in which nobody can do what comes next, and ten thousand days.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.domain import documents
from app.domain.form_checks import AFTER, MATERIALS, TERM, TERMS, resolved
from app.domain.form_values import HELD
from app.domain.forms import Form
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding

NO_FILE = "x-no-file"  # why a list of files may be empty
_TERM = re.compile("[（(](天|日|月|工作日)[)）]|期限|期长度")  # what the titles of terms say
ANY_OFFICE = "x-any-office"  # why an office may be chosen in which nobody holds a role


def check(file: str, form: Form, severity: str) -> Iterator[Finding]:
    """In the order of the form; what is only shown, and what is a register's, asks nobody for anything."""
    if "/records/" in file or "x-report" in form.schema:
        return
    for name, part in form.fields.items():
        if name in form.shown_fields:
            continue
        place = f"schema/properties/{name}"
        if _lists_files(part, form) and not _files_asked(name, part, form):
            text = (
                f"“{part.get('title', name)}”收文件,却没有说要交什么:请写 {MATERIALS}(阶段,或 true),"
                f"写查 files 的检查,或用 {NO_FILE} 写明为什么可以没有"
            )
            yield Finding(file, place, None, FindingCode.FORM_FILES, text, severity=severity)

        for where, office in _offices(part, place):
            if not _says(office, HELD) and not _says(office, ANY_OFFICE):
                text = (
                    f"“{part.get('title', name)}”选单位,却没有说选哪一种:请写 {HELD}(单位里须有人担任的角色),"
                    f"或用 {ANY_OFFICE} 写明为什么任何单位都可以"
                )
                yield Finding(file, where, None, FindingCode.FORM_OFFICE, text, severity=severity)

        if not _bounded(name, part, form):
            text = f"“{part.get('title', name)}”没有上下限:请写 {TERM}({TERMS} 里的期限){f'、{AFTER}' if part.get('format') == 'date' else ''},或写两头都查的检查"
            yield Finding(file, place, None, FindingCode.FORM_TERM, text, severity=severity)


def _bounded(name: str, part: Mapping[str, Any], form: Form) -> bool:
    """Whether what a date, or a number of days or months, may be is known at both ends; of what is neither, true."""
    if TERM in part:
        return True
    texts = [check.when.text for check in form.checks if check.when is not None and name in check.when.names]
    if part.get("format") == "date":
        said = rf"date\({name}\)(?:\.year)?"
        early = AFTER in part or any(re.search(rf"{said}[^<>=()]*<|[>]=? *{said}", text) for text in texts)
        late = any(re.search(rf"{said}[^<>=()]*>|[<]=? *{said}", text) for text in texts)
        return early and late
    if part.get("type") in ("integer", "number") and part.get("x-format") is None and _TERM.search(str(part.get("title", ""))):
        return "maximum" in part or bool(texts)
    return True


def _offices(part: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Where an office is chosen, and what is said there."""
    if part.get("x-format") == "office" and part.get("readOnly") is not True:
        yield place, part
    for name, inner in part.get("properties", {}).items():
        yield from _offices(inner, f"{place}/{name}")
    if isinstance(part.get("items"), Mapping):
        yield from _offices(part["items"], f"{place}/items")


def _says(part: Mapping[str, Any], word: str) -> bool:
    return isinstance(part.get(word), str) and bool(part[word].strip())


def _lists_files(part: Mapping[str, Any], form: Form) -> bool:
    return part.get("type") == "array" and any(
        True for _ in documents.slots({"type": "object", "properties": {"list": resolved(part, form.schema)}})
    )


def _files_asked(name: str, part: Mapping[str, Any], form: Form) -> bool:
    if MATERIALS in part or _says(part, NO_FILE):
        return True
    items = resolved(part.get("items"), form.schema)
    if items.get("x-format") == documents.FORMAT and name in form.schema.get("required", ()) and part.get("minItems"):
        return True
    own = items.get("x-format") == documents.FORMAT
    return any(check.when is not None and name in check.when.names and (own or "files" in check.when.text) for check in form.checks)
