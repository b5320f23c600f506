"""``parameters``: the district's constants — the decision of that id, which has no inputs. Taken once for a library, kept beside it, never stored.

Source: modelling.md §2. What it may not use is refused at deployment (``app.rehearsal.reserved``).
"""

import threading
from collections import OrderedDict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.decision import feel
from app.decision.dmn import Model
from app.engine import functions
from app.engine.ledger import PARAMETERS

if TYPE_CHECKING:
    from app.engine.library import Library

_KEPT = 64
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # a constant knows no clock
_Models = tuple[Model, ...]
_values: "OrderedDict[tuple[int, ...], tuple[feel.Registry, _Models, Any]]" = OrderedDict()
_lock = threading.Lock()


def of(library: "Library") -> Any:
    """The parameters of a library as JSON, None where it has none. Raises dmn.DmnError, DmnEvaluationError, feel.FeelError."""
    ref = library.decision(PARAMETERS)
    if ref is None:
        return None
    registry = functions.of(library.calendar, library.zone)
    models = (ref.model, *(one.model for one in ref.libraries()))
    key = (id(registry), *map(id, models))
    kept = _values.get(key)
    if kept is not None and kept[0] is registry and all(one is other for one, other in zip(kept[1], models, strict=True)):
        return kept[2]
    environment = feel.Environment(now=_NO_TIME, zone=library.zone, functions=registry)
    value = feel.to_json(ref.evaluate({}, environment).output)
    with _lock:
        _values[key] = registry, models, value  # what they are is kept with them, so that no other gets their ids
        while len(_values) > _KEPT:
            _values.popitem(last=False)
    return value
