"""The table ``overdue`` as far as it is written plainly: columns, days, units, and whom it tells. What would stop a task when it opens, or tell nobody, is said here."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.decision import dmn
from app.decision.dmn.tables import LISTS
from app.decision.near import near
from app.domain import overdue
from app.domain.codes import DeadlineCode
from app.domain.districts import RoleInfo
from app.rehearsal.findings import Finding

INPUTS = ("role", "key", "process")
COLUMNS = ("offset", "unit", "tell", "mark", "register")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_TEXT = re.compile(r'"([^"\\]*)"')
_WORDS = {"": None, "null": None, "true": True, "false": False}
_COMPUTED = object()


def check(name: str, model: dmn.Model, roles: Mapping[str, RoleInfo] | None) -> Iterator[Finding]:
    """``roles``: of the districts that see the file; None where nobody can say which there are."""
    decision = model.decisions.get(overdue.TABLE)
    if decision is None or not decision.outputs:
        return
    columns = [column.name for column in decision.outputs]
    for column in columns:
        if column not in COLUMNS:
            cure = f"是不是 {hint}?" if (hint := near(column, COLUMNS)) else f"应为 {'、'.join(COLUMNS)}"
            yield _say(name, decision.id, f"逾期办理表(overdue)没有“{column}”这一列,{cure}")
    if "offset" not in columns:
        yield _say(name, decision.id, "逾期办理表(overdue)应有 offset 这一列:到期之前(负数)或之后的天数")
        return
    for asked in decision.inputs:
        unknown = [word for word in re.findall(r"[A-Za-z]\w*", asked.expression) if word not in INPUTS] if asked.expression else []
        if unknown and asked.expression.strip().isidentifier():
            cure = f"是不是 {hint}?" if (hint := near(unknown[0], INPUTS)) else f"它只知道 {'、'.join(INPUTS)}"
            yield _say(name, decision.id, f"逾期办理表(overdue)的输入“{unknown[0]}”总是空值,{cure}")
    if decision.hit_policy not in LISTS:
        yield _say(
            name, decision.id, "逾期办理表(overdue)的命中策略应是 COLLECT:一个期限可以有到期前、到期时、到期后几行", severity="warning"
        )
    for rule in decision.rules:
        row = {column: _value(cell) for column, cell in zip(columns, rule.outputs, strict=False)}
        place = f"{decision.id} 第 {rule.number} 行"
        known = {column: value for column, value in row.items() if value is not _COMPUTED}
        problem = overdue.problem_of({"offset": 0, **known})
        if problem is not None:
            yield _say(name, place, f"这一行{problem}。请改正")
        elif "tell" in known:
            yield from _people(name, place, overdue.names_in(known["tell"]) or (), roles)


def _people(name: str, place: str, told: tuple[str, ...], roles: Mapping[str, RoleInfo] | None) -> Iterator[Finding]:
    for who in told:
        if roles is not None and who not in overdue.WORDS and who not in roles:
            may = (*overdue.WORDS, *roles)
            cure = f"是不是 {hint}?" if (hint := near(who, may)) else f"应为本区的角色,或 {'、'.join(overdue.WORDS)}"
            yield _say(name, place, f"这一行要告知“{who}”,没有这个角色,{cure}")


def _value(cell: str) -> Any:
    """What a cell says, if it says it plainly."""
    text = cell.strip()
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    quoted = _TEXT.fullmatch(text)
    return quoted[1] if quoted is not None else _COMPUTED


def _say(file: str, element: str, message: str, severity: str = "error") -> Finding:
    return Finding(file=file, element=element, line=0, code=DeadlineCode.OVERDUE_RULE, message=message, severity=severity)
