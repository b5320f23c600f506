"""What is wrong, or to be thought over, in a file of models: one shape for lint, deployment and its scenarios."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Finding:
    """``severity`` error or warning; ``element``: a BPMN id, a decision with row and column, a form's key, a scenario's case and step."""

    file: str
    element: str | None
    line: int | None
    code: StrEnum
    message: str
    severity: str = "error"

    @property
    def about(self) -> tuple[str | None, str, str]:
        """What makes it the same finding in another version of a file, where an element may have another name."""
        return self.element, self.code, self.message.partition(f"({self.element})")[2] or self.message


def softened(found: Iterable[Finding], before: Iterable[Finding]) -> list[Finding]:
    """Findings of a changed file: what was so before is no matter of the change and only a reminder."""
    known = {finding.about for finding in before}
    return [replace(finding, severity="warning") if finding.about in known else finding for finding in found]
