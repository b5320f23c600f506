"""Why somebody changed what others rely on: said in words, kept in the audit."""

from app.codes import RequestCode
from app.domain.fact_values import is_blank
from app.errors import InvalidRequest

LONGEST_REASON = 1_000


def checked_reason(reason: str) -> str:
    """The reason without blanks around it. Raises InvalidRequest (REASON)."""
    said = reason.strip()
    if is_blank(said) or len(said) > LONGEST_REASON:
        raise InvalidRequest(f"请说明原因(不超过 {LONGEST_REASON} 个字),它会记入审计", code=RequestCode.REASON)
    return said
