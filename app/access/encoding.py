"""JSON with exact amounts: Decimal goes out as a number with all its digits."""

from typing import Any

import simplejson
from flask.json.provider import JSONProvider

from app.domain import forms


class ExactJson(JSONProvider):
    """What ``jsonify``, ``request.get_json`` and the templates' ``tojson`` use."""

    def dumps(self, obj: Any, **options: Any) -> str:
        text: str = simplejson.dumps(obj, use_decimal=True, ensure_ascii=False, allow_nan=False, **options)
        return text

    def loads(self, s: str | bytes, **options: Any) -> Any:
        return forms.loads(s)
