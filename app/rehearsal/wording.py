"""Texts about a run that name elements: as ids for those who write scenarios, by their Chinese names for those who publish a model.

Whoever finds a difference marks the names in its text; only the reader of the text decides how they are shown.
"""

import re
from collections.abc import Mapping, Sequence

_OPEN, _CLOSE, _BETWEEN = "\ue000", "\ue001", "\ue002"  # private use: no name holds them
_MARK = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_SHOWN = 5  # elements of a path that a person is shown
_STATES = {"active": "进行中", "completed": "已办结", "cancelled": "已撤销"}


def mark(name: str) -> str:
    """An element's id, a decision's, a role's or a state of an instance within a text."""
    return f"{_OPEN}{name}{_CLOSE}"


def mark_path(names: Sequence[str]) -> str:
    """Elements in the order in which they were passed."""
    return mark(_BETWEEN.join(names))


def plain(text: str) -> str:
    """The text with ids."""
    return _MARK.sub(lambda found: found[1].replace(_BETWEEN, " → "), text)


def spoken(text: str, names: Mapping[str, str]) -> str:
    """The text with the names that ``names`` has for ids; of a path, the last elements that have one."""

    def name(found: re.Match[str]) -> str:
        passed = found[1].split(_BETWEEN)
        if len(passed) == 1:
            return names.get(passed[0]) or _STATES.get(passed[0], passed[0])
        known = [names[one] for one in passed if names.get(one)]
        return ("… → " if len(known) > _SHOWN else "") + " → ".join(known[-_SHOWN:])

    return _MARK.sub(name, text)


def nameless(text: str, names: Mapping[str, str]) -> str:
    """A text in which others have named elements, with their ids: the same one after an element has got another name."""
    for key, name in names.items():
        text = text.replace(f"“{name}”", f"“{key}”")
    return text


def no_task_yet(slot: str) -> str:
    return f"的发起表单有上传文件的地方“{slot}”:发起时还没有事项,请改到第一个任务的表单里"
