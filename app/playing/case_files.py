"""Case files: what is known of a real project, to play its life. Unknown keys and impossible amounts are refused by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.codes import InstallationCode
from app.domain import forms
from app.errors import InvalidRequest

_MONEY = Decimal("0.01")
_LARGEST = Decimal(10) ** 15

TEXTS = ("name", "applicant", "category", "subCategory", "kind", "purpose", "procurementMethod", "implementer", "number")
AMOUNTS = ("totalAmount", "ceilingPrice", "contractAmount", "approvedBudget")
COUNTS = ("contractDays", "trialRunDays", "warrantyMonths", "serviceMonths")
FLAGS = ("softwareDevelopment", "classified", "isPhased", "isUpgrade", "hardwareOnly", "usesBudgetFund", "unplanned")
KINDS = ("construction", "service", "maintenance")


@dataclass(frozen=True, slots=True)
class Case:
    """``facts``: the project's facts by the ledger's names; ``applicant``: the office as the notice calls it; ``trial_days``: the contract's trial run."""

    name: str
    facts: Mapping[str, Any]
    applicant: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)


def _refuse(key: str, reason: str) -> InvalidRequest:
    return InvalidRequest(f"案例文件的“{key}”{reason}", code=InstallationCode.CASE)


def read(content: bytes, otherwise: Mapping[str, Any] | None = None) -> Case:
    """Read a case file, ``otherwise`` what of its project is to be different, None what is not known. Raises InvalidRequest (CASE) naming the key."""
    try:
        data = forms.loads(content)
    except forms.FormError as error:
        raise InvalidRequest(f"案例文件无法读取:{error}", code=InstallationCode.CASE) from error
    if not isinstance(data, dict):
        raise InvalidRequest("案例文件应是一个 JSON 对象,含 project,可含 source", code=InstallationCode.CASE)
    for key in data:
        if key not in ("project", "source"):
            raise _refuse(key, "不认识,顶层只能有 project 和 source")
    project = data.get("project")
    if not isinstance(project, dict):
        raise _refuse("project", "缺少,或不是一个对象")
    source = data.get("source", {})
    if not isinstance(source, dict):
        raise _refuse("source", "应是一个对象")
    changed = {**project, **(otherwise or {})}
    return _case({key: value for key, value in changed.items() if value is not None or key not in (otherwise or {})}, source)


def _case(project: Mapping[str, Any], source: Mapping[str, Any]) -> Case:
    known = {*TEXTS, *AMOUNTS, *COUNTS, *FLAGS, "fundSource"}
    for key in project:
        if key not in known:
            raise _refuse(f"project.{key}", f"不认识,可用的键:{'、'.join(sorted(known))}")
    for key in TEXTS:
        if key in project and (not isinstance(project[key], str) or not project[key].strip() or len(project[key]) > 2000):
            raise _refuse(f"project.{key}", "应是不空的文字")
    for key in FLAGS:
        if key in project and not isinstance(project[key], bool):
            raise _refuse(f"project.{key}", "应为 true 或 false")
    for key in COUNTS:
        if key in project and (not isinstance(project[key], int) or isinstance(project[key], bool) or not 0 <= project[key] <= 20_000):
            raise _refuse(f"project.{key}", "应为 0 至 20000 的整数")
    for key in AMOUNTS:
        if key in project:
            _amount(f"project.{key}", project[key], positive=True)
    if "name" not in project:
        raise _refuse("project.name", "缺少")
    if "totalAmount" not in project:
        raise _refuse("project.totalAmount", "缺少")
    if project.get("kind", "construction") not in KINDS:
        raise _refuse("project.kind", f"应为 {'、'.join(KINDS)} 之一")
    funds = project.get("fundSource", {})
    if not isinstance(funds, dict):
        raise _refuse("project.fundSource", "应是“来源:金额”的对象")
    for name, amount in funds.items():
        _amount(f"project.fundSource.{name}", amount, positive=False)
    if funds and sum(Decimal(amount) for amount in funds.values()) != Decimal(project["totalAmount"]):
        raise _refuse("project.fundSource", "各来源之和不等于 totalAmount")
    if "ceilingPrice" in project and Decimal(project["ceilingPrice"]) > Decimal(project["totalAmount"]):
        raise _refuse("project.ceilingPrice", "超过 totalAmount")
    return Case(project["name"].strip(), _facts(project), project.get("applicant", ""), source)


def _amount(key: str, value: Any, *, positive: bool) -> None:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise _refuse(key, "应是以元为单位的数字")
    amount = Decimal(value)
    if amount < 0 or (positive and amount == 0) or amount > _LARGEST:
        raise _refuse(key, "应大于 0,且不超过一千万亿元" if positive else "不得小于 0")
    if amount != amount.quantize(_MONEY):
        raise _refuse(key, "至多两位小数(元)")


def _facts(project: Mapping[str, Any]) -> dict[str, Any]:
    """The ledger's names for what a notice says."""
    facts: dict[str, Any] = {
        key: project[key]
        for key in (*FLAGS, "category", "subCategory", "purpose", "procurementMethod", "contractDays", "warrantyMonths")
        if key in project
    }
    facts |= {key: project[key] for key in AMOUNTS if key in project and key != "ceilingPrice"}
    facts["projectName"] = project["name"].strip()
    facts["kind"] = project.get("kind", "construction")
    if "number" in project:
        facts["projectNumber"] = project["number"]
    if "implementer" in project:
        facts["implementerOffice"] = project["implementer"]
    if "ceilingPrice" in project:
        facts["controlPrice"] = project["ceilingPrice"]
    if "trialRunDays" in project:
        facts |= {"trialAmount": project["trialRunDays"], "trialUnit": "day"}
    if funds := project.get("fundSource"):
        facts["fundItems"] = [{"source": name, "amount": amount} for name, amount in funds.items() if amount]
    return facts
