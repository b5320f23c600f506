"""Whether the regulation of a district holds today: what its decision ``regulation_validity`` says (columns ``state`` and ``message``)."""

from datetime import datetime

from app.catalogue import snapshot
from app.catalogue.snapshot import Kept
from app.decision import dmn, feel
from app.engine import functions, parameters
from app.engine.ledger import PARAMETERS
from app.engine.library import DecisionRef

DECISION = "regulation_validity"
UNDECIDED = "无法判断所依据的办法今天是否有效，请业务分析员检查决策 regulation_validity"
_said = Kept(64)


def message(tenant: str, now: datetime) -> str:
    """What stands above every page of the district; empty where there is nothing to say, or no such decision."""
    library = snapshot.library(tenant)
    ref, constants = library.decision(DECISION), library.decision(PARAMETERS)
    if ref is None:
        return ""
    # of a day, so that whatever is said holds for all of it
    key = (ref.key, constants.key if constants is not None else 0, library.calendar.version, now.astimezone(library.zone).date())
    return _said.get(key, lambda: _decide(library, ref, now))


def _decide(library: snapshot.Snapshot, ref: DecisionRef, now: datetime) -> str:
    environment = feel.Environment(now=now, zone=library.zone, functions=functions.of(library.calendar, library.zone))
    try:
        found = feel.to_json(ref.evaluate({PARAMETERS: parameters.of(library)}, environment).output)
    except (dmn.DmnError, dmn.DmnEvaluationError, feel.FeelError):
        return UNDECIDED
    return str(found.get("message") or "") if isinstance(found, dict) else UNDECIDED
