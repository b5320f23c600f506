"""How somebody wants a bundle deployed: what he answers for, what he is told when that is not enough, what the audit says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.catalogue.changes import Changes
from app.catalogue.gate import GateVerdict
from app.codes import RequestCode
from app.errors import InvalidRequest
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding

SOURCES = ("files", "upload", "cli")
# What of a Wish answers for it.
ANSWERS: Mapping[StrEnum, str] = {
    FindingCode.SCENARIO: "force",
    FindingCode.OVERLAP: "force",
    FindingCode.OWNER_DOER: "force",
    FindingCode.SCENARIO_DROPPED: "drop_cases",
    FindingCode.NEW_ID: "new_ids",
}
_NOTED = 100  # findings that an audit entry names


@dataclass(frozen=True, slots=True)
class Wish:
    """How a bundle is to be deployed. ``force``, ``new_ids``, ``drop_cases``: what its publisher answers for, with the reason."""

    source: str = "upload"
    reason: str = ""
    force: bool = False
    new_ids: bool = False
    drop_cases: bool = False

    def answers_for(self, finding: Finding) -> bool:
        return finding.code in ANSWERS and bool(getattr(self, ANSWERS[finding.code]))

    def check(self) -> None:
        """Raises InvalidRequest (SOURCE, REASON)."""
        if self.source not in SOURCES:
            raise InvalidRequest(f"部署来源应为 {'、'.join(SOURCES)} 之一", code=RequestCode.SOURCE)
        if (self.force or self.drop_cases) and not self.reason.strip():
            what = "强制发布" if self.force else "减少场景"
            raise InvalidRequest(f"{what}须写明理由,理由记入审计", code=RequestCode.REASON)

    def details(self, found: Changes, tried: GateVerdict) -> dict[str, Any]:
        """What the audit says of a deployment: its files, what the scenarios said of them, for what the publisher answers."""
        details: dict[str, Any] = {
            "source": self.source,
            "reason": self.reason,
            "files": [{"file": file.name, "tenant": file.tenant, "digest": file.digest} for file in found.new],
        }
        if tried.cases or tried.refused or tried.told:
            details["scenarios"] = {
                "cases": tried.cases,
                "forced": any(ANSWERS.get(item.code) == "force" for item in tried.refused),
                "doers": _named(tried.refused, FindingCode.OWNER_DOER),
                "failed": _named(tried.refused, FindingCode.SCENARIO, FindingCode.OVERLAP),
                "outdated": _named(tried.told, FindingCode.SCENARIO_OUTDATED),
                "known": _named(tried.told, FindingCode.SCENARIO_KNOWN, FindingCode.OVERLAP_KNOWN),
                "dropped": [
                    f"{item.file} {item.element or ''}:{item.message}"
                    for item in (*tried.refused, *tried.told)
                    if item.code == FindingCode.SCENARIO_DROPPED
                ][:_NOTED],
                "new": _named(tried.refused, FindingCode.NEW_ID),
            }
        return details


def _named(findings: Sequence[Finding], *codes: FindingCode) -> list[str]:
    return [f"{item.file} {item.element or ''}".strip() for item in findings if item.code in codes][:_NOTED]


def advice(against: Sequence[Finding]) -> str:
    """The refusal in one sentence, with what could be done."""
    codes = {item.code for item in against}
    words = []
    if FindingCode.SCENARIO in codes:
        failing = sum(item.code == FindingCode.SCENARIO for item in against)
        words.append(f"{failing} 个场景因这次发布不再成立:请改正模型,或改正场景文件并一起上传;确需发布的,写明理由强制发布")
    if FindingCode.OVERLAP in codes:
        words.append("决策表有行重叠:请改正;确需发布的,写明理由强制发布")
    if FindingCode.OWNER_DOER in codes:
        words.append("决定台账字段的任务换了办理的人:请改正;确需如此的,写明理由强制发布")
    if FindingCode.INTERPRETATION in codes:
        words.append("改动的读法要有主管部门的解释作依据:请登记解释,或恢复原来的值;不能强制发布")
    if FindingCode.SCENARIO_DROPPED in codes:
        words.append("这组场景比原来少查了内容:请补上;确实不再需要的,写明理由确认减少")
    if FindingCode.NEW_ID in codes:
        words.append("有新的标识与已有的只差一点:请改正;确实要新建的,请确认")
    first = against[0]
    place = f"{first.file}“{first.element}”" if first.element else f"{first.file} "
    return f"部署未通过,全部文件均未生效。{place}{first.message}。" + "。".join(words)
