"""What a deployment is reminded of, one group a kind: how people read it on the page and in the terminal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding

_REST = ("其他提示", "")
_KINDS: Mapping[StrEnum, tuple[str, str]] = {
    FindingCode.SCENARIO_OUTDATED: ("只改了数，随产品发布的场景不再成立", "新的数是对的，就按新的数改正场景；不是，就改正表。"),
    FindingCode.SCENARIO_KNOWN: ("发布之前就没有通过的场景", "不因这次发布。下载场景文件，改好后上传；在此之前它们把不了关。"),
    FindingCode.SCENARIO: ("强制发布：因这次发布不再成立的场景", "请尽快改正模型或场景。"),
    FindingCode.SCENARIO_DROPPED: ("场景不再查的内容", "已按您的确认减少，记入审计。"),
    FindingCode.OVERLAP: ("强制发布：决策表的行有重叠", "命中两行时，办到这里的事项会停下。"),
    FindingCode.OWNER_DOER: ("强制发布：决定台账字段的任务换了由谁办理", "请确认新的办理人确应决定这些内容。"),
    FindingCode.OVERLAP_KNOWN: ("决策表的行有重叠，原来就是这样", "命中两行时，办到这里的事项会停下，请改正。"),
    FindingCode.NEW_ID: ("与已有标识只差一点的新标识", "已按您的确认新建。"),
}


@dataclass(frozen=True, slots=True)
class Reminders:
    """Findings of one kind. ``advice``: what to do about them; empty if each says so itself."""

    title: str
    advice: str
    findings: list[Finding]


def groups(findings: Iterable[Finding]) -> list[Reminders]:
    """The kinds in the order of ``_KINDS``, then all others together."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        found.setdefault(_KINDS.get(finding.code, _REST), []).append(finding)
    order = [*_KINDS.values(), _REST]
    return [Reminders(*kind, found[kind]) for kind in order if kind in found]
