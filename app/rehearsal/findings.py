"""What is wrong, or to be thought over, in a file of models: one shape for lint, deployment and its scenarios."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """``severity`` error or warning; ``element``: a BPMN id, a decision with row and column, a form's key, a scenario's case and step."""

    file: str
    element: str | None
    line: int | None
    code: str
    message: str
    severity: str = "error"
