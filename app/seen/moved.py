"""What facts that changed have moved of a task since it opened: what, from, to, which facts, in whose act."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.domain.districts import District

_WORDS = {"due": "办理期限", "followUp": "跟进时间", "doers": "办理人"}
_TICK = timedelta(microseconds=1)


def lines(row: Any, district: District) -> tuple[str, ...]:
    """The newest last."""
    return tuple(line for note in row.moved or () for line in _lines(note, district))


def _lines(note: Mapping[str, Any], district: District) -> Iterator[str]:
    facts = "、".join(dict.fromkeys(change["title"] for change in note["changes"]))
    people = "、".join(dict.fromkeys(change["by"] for change in note["changes"] if change["by"])) or "系统"
    at = datetime.fromisoformat(note["at"]).astimezone(district.zone)
    for part in note["parts"]:
        before, after = (_shown(part["what"], part[side], district) for side in ("from", "to"))
        yield f"{_WORDS.get(part['what'], part['what'])}由{before}改为{after}:{people}改动了{facts},{at:%Y-%m-%d %H:%M} 重新计算"


def _shown(what: str, value: Any, district: District) -> str:
    if not value:
        return "无"
    if what == "doers":
        return "、".join(district.role_title(name) for name in value)
    at = datetime.fromisoformat(value).astimezone(district.zone)
    return (at - _TICK).date().isoformat() if what == "due" else f"{at:%Y-%m-%d %H:%M}"
