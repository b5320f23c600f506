"""Who may set a fact, as the ledger's schema writes it: owners, the phase from which only some tasks may, what a value comes from.

An owner is a role (``finance``) or an element of a process (``review.review_budget``: a user task, or a start event with a form).
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from app.decision.near import near

Refusal: TypeAlias = Callable[[str], Exception]  # makes the error of a place from a Chinese sentence

IMPORT = "import"
FORMS = {
    "decision": "decision:决策标识",
    "record": "record:登记簿",
    "approval": "approval:流程.任务",
    "path": "path:流程.元素",
    "message": "message:消息名",
    "job": "job:作业类型",
    IMPORT: IMPORT,
}
OF_ELEMENTS = frozenset({"approval", "path"})
_WORD = r"[A-Za-z_][A-Za-z0-9_-]*"
_ELEMENT = re.compile(rf"{_WORD}\.{_WORD}")
_OWNER = re.compile(rf"{_WORD}(?:\.{_WORD})?")
_LATER = ("phase", "by")
_TRACED = {"decision": ("decision", "from"), "message": ("message", "from")}


@dataclass(frozen=True, slots=True)
class FactSource:
    """Where a value comes from that nobody types: ``of`` names the decision, register, ``process.element``, message or job type; empty for an import.

    ``inputs``: the tasks (``process.task``) in whose forms the decision's inputs, or what the message brings, arise that are no facts themselves; of a message
    also the elements that send it.
    """

    kind: str
    of: str = ""
    inputs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind}:{self.of}" if self.of else self.kind

    def is_that(self, other: "FactSource") -> bool:
        """Whether both name the same thing, whatever it is worked out from."""
        return (self.kind, self.of) == (other.kind, other.of)


@dataclass(frozen=True, slots=True)
class ClosedFrom:
    """Once the project has ever been in ``phase`` or a later one of the main line, only the tasks ``by`` may set the field; none: nobody by a form."""

    phase: str
    by: tuple[str, ...] = ()

    def has_come(self, entered: Collection[str], main_line: Sequence[str]) -> bool:
        """``entered``: every phase that the project has ever been in; ``main_line``: the main phases in order."""
        from_here = main_line[main_line.index(self.phase) :] if self.phase in main_line else (self.phase,)
        return any(phase in entered for phase in from_here)


def is_element(owner: str) -> bool:
    """Whether an owner is an element of a process; else it is a role."""
    return "." in owner


def read_owners(given: Any, refuse: Refusal) -> tuple[str, ...]:
    """``x-owner``: a list of roles and elements."""
    owners = _texts(given, refuse, "应是非空的列表,列出角色(如 finance)或任务(如 review.review_budget)")
    for owner in owners:
        if not _OWNER.fullmatch(owner):
            raise refuse(f"所有者“{owner}”的写法不对,应为角色键(如 finance),或“流程.任务”(如 review.review_budget)")
    return owners


def read_later(given: Any, refuse: Refusal) -> ClosedFrom:
    """``x-from``: an object with ``phase`` and, if anybody may still, ``by``."""
    if not isinstance(given, Mapping):
        raise refuse('应写成 {"phase": "阶段", "by": ["流程.任务"]}')
    _only(given, _LATER, refuse)
    phase = given.get("phase")
    if not isinstance(phase, str) or not re.fullmatch(_WORD, phase):
        raise refuse("缺少 phase:请写明从哪个阶段起不能再改,阶段见 districts/phases.toml")
    return ClosedFrom(phase, _elements(given["by"], refuse, "by") if given.get("by") else ())


def read_sources(given: Any, refuse: Refusal) -> tuple[FactSource, ...]:
    """``x-source``: one source or a list of them, each a text such as ``decision:supervision``, ``{"decision": …, "from": […]}`` or
    ``{"message": …, "from": […]}``."""
    written = given if isinstance(given, list) else [given]
    if not written:
        raise refuse(f"应写明来源,可用:{'、'.join(FORMS.values())}")
    sources = tuple(_source(one, refuse) for one in written)
    for number, source in enumerate(sources):
        if any(source.is_that(other) for other in sources[:number]):
            raise refuse(f"来源“{source}”写了两次,请只保留一处")
    return sources


def _source(given: Any, refuse: Refusal) -> FactSource:
    if isinstance(given, Mapping):
        kind = "message" if "message" in given else "decision"
        _only(given, _TRACED[kind], refuse)
        of = given.get(kind)
        if not isinstance(of, str) or not re.fullmatch(_WORD, of):
            raise refuse(
                '缺少 decision:对象的写法是 {"decision": "决策标识", "from": ["流程.任务"]},或 {"message": "消息名", "from": ["流程.元素"]}'
            )
        return FactSource(kind, of, _elements(given.get("from"), refuse, "from"))
    if not isinstance(given, str):
        raise refuse(f"来源应是文字,可用:{'、'.join(FORMS.values())}")
    kind, _, of = given.partition(":")
    if kind not in FORMS:
        meant = f"是不是 {hint}?" if (hint := near(kind, FORMS)) else ""
        raise refuse(f"不认识来源“{given}”,{meant}可用:{'、'.join(FORMS.values())}")
    wanted = None if kind == IMPORT else _ELEMENT if kind in OF_ELEMENTS else re.compile(_WORD)
    if (given != IMPORT) if wanted is None else not wanted.fullmatch(of):
        raise refuse(f"来源“{given}”的写法不对,应为 {FORMS[kind]}")
    return FactSource(kind, of)


def _elements(given: Any, refuse: Refusal, key: str) -> tuple[str, ...]:
    elements = _texts(given, refuse, f"的 {key} 应是任务的列表,如 [“review.revise_final”]")
    for element in elements:
        if not _ELEMENT.fullmatch(element):
            raise refuse(f"{key} 里的“{element}”应写成“流程.任务”,如 review.revise_final")
    return elements


def _texts(given: Any, refuse: Refusal, otherwise: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(one, str) for one in given):
        raise refuse(otherwise)
    twice = next((one for number, one in enumerate(given) if one in given[:number]), None)
    if twice is not None:
        raise refuse(f"“{twice}”写了两次,请只保留一处")
    return tuple(given)


def _only(given: Mapping[str, Any], known: Sequence[str], refuse: Refusal) -> None:
    for key in given:
        if key not in known:
            meant = f"是不是 {hint}?" if (hint := near(key, known)) else ""
            raise refuse(f"不认识“{key}”,{meant}只能写 {'、'.join(known)}")
