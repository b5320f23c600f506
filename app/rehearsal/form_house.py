"""House rules for a form: no limit of a regulation in it, half-width signs in its checks, a title for every field."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.domain import literals
from app.domain.facts import EXTENDS
from app.domain.forms import Form
from app.engine.effecting import X_VALUE
from app.rehearsal import written
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding

_TECHNICAL = frozenset({0, 1, 100, 2000, 2100, 10**12, -(10**12)})  # bounds against slips of the hand: a share, a year, an amount


def check(file: str, form: Form, severity: str) -> Iterator[Finding]:
    """In the order of the file."""
    for path, number in _limits(form.schema, "schema"):
        text = f"表单里写死了数值 {number},限额应由决策表在提交后判断"
        yield Finding(file=file, element=path, line=0, code=FindingCode.NUMBER, message=text, severity=severity)
    for one in form.checks:
        place = f"{one.place}/when"
        if one.numbers:
            text = f"检查“{one.id}”里有数字 {'、'.join(one.numbers)},应放进决策表(用 parameters 或 decision)"
            yield Finding(file=file, element=place, line=0, code=FindingCode.NUMBER, message=text, severity=severity)
        wrong = sorted({character for character in one.bare if character in written.FULL_WIDTH})
        if wrong:
            text = f"检查“{one.id}”的 when 含全角符号 {' '.join(wrong)},请改用半角"
            yield Finding(file=file, element=place, line=0, code=FindingCode.FULL_WIDTH, message=text, severity=severity)
    for key, part in form.fields.items():
        numbers = literals.numbers(str(part.get(X_VALUE, "")))
        if numbers:
            text = f"字段的 {X_VALUE} 里有数字 {'、'.join(numbers)},应放进决策表(用 parameters)"
            yield Finding(file=file, element=f"{key}/{X_VALUE}", line=0, code=FindingCode.NUMBER, message=text, severity=severity)
        if not part.get("title") and EXTENDS not in form.schema:  # what a district says of a shared field may leave its name
            yield Finding(file=file, element=key, line=0, code=FindingCode.NAME, message="字段没有中文名称(title)", severity=severity)


def _limits(schema: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Bounds of a schema that are limits of the regulation rather than bounds against slips of the hand: (place, number)."""
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum") and value not in _TECHNICAL:
                yield f"{path}/{key}", value
            elif key not in ("examples", "enum", "default"):
                yield from _limits(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for number, value in enumerate(schema):
            yield from _limits(value, f"{path}/{number}")
