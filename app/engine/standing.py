"""``stands``: a task that is visited again may be complete with what was said before, where nothing that it approved has changed.

What a task has said is kept with its process instance (memo ``said``: element → seat → what was said there), because a return may have ended the sub-process
that the task stands in. The seat is whose word it was: the office of the task, else the item of its loop, below the places of the loops around it. Two of one
seat are told apart by their place, and each word is taken up once a visit. It grows with the diagram and with the seats, not with time. Source: modelling.md §4.

One that a return asks to do again, or that an administrator has activated, is done again; who returns a task has taken back what they had said before.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import simplejson

from app.engine import approvals, past
from app.engine.codes import IncidentType
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.errors import ElementFailure
from app.engine.expressions import evaluate
from app.engine.ledger import ApprovalsAsked, KnownApproval

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.effects import NamedOffice
    from app.engine.spiff import Token

Word = Mapping[str, Any]
SAID = "said"
ANEW = "anew"  # in memo ``entry``: it is to be done, whatever was said


def former(course: "Course", token: "Token", office: "NamedOffice | None") -> Word | None:
    """What was said at the task in an earlier visit, if it stands now; None if the task is to be done. Raises ElementFailure (APPROVAL_ERROR), Unanswered."""
    term = token.task_spec.declarations.stands
    entry = token.memo.get("entry", {})
    if term is None or "returned" in entry or ANEW in entry:
        return None
    word = _word(token, office)
    if word is None:
        return None
    holds = evaluate(course, term, token, "属性 stands", kind=IncidentType.APPROVAL_ERROR, context=dict(word["result"]))
    if not isinstance(holds, bool):
        raise ElementFailure(
            IncidentType.APPROVAL_ERROR,
            f"{course.place(token)}的属性 stands 没有得到真或假,不能断定原来的意见是否仍然有效。请改正流程图后重试",
            {"expression": term.text},
        )
    return word if holds and _approval(course, token, word) is not None else None


def approval(course: "Course", token: "Token") -> KnownApproval | None:
    """The approval that a standing task repeats."""
    return _approval(course, token, token.memo["standing"])


def remember(token: "Token", said: Mapping[str, Any]) -> None:
    """Keep what has been said. ``said``: ``result``, ``facts``, ``acting``, ``numbers`` of its register row."""
    office = token.memo.get("office")
    seat = _seat(token, office["key"] if office is not None else "")
    known = [word for word in _said(token).get(seat, ()) if word["place"] != _place(token)]
    if len(known) == len(_said(token).get(seat, ())):  # another place: one word of an earlier visit has been said anew
        stale = next((word for word in known if word["visit"] != _visit(token)), None)
        known = [word for word in known if word is not stale]
    owner = token.workflow.owner
    word = {
        **said,
        "element": token.number,
        "place": _place(token),
        "visit": _visit(token),
        "scope": 0 if owner.is_process else owner.number,
        "round": past.current(token),
    }
    _keep(token, seat, [*known, word])


def forget(token: "Token") -> None:
    """What had been said at the task is taken back."""
    office = token.memo.get("office")
    seat = _seat(token, office["key"] if office is not None else "")
    if seat in _said(token):
        _keep(token, seat, [word for word in _said(token)[seat] if word["place"] != _place(token) and len(_said(token)[seat]) > 1])


def is_there(token: "Token", word: Word) -> bool:
    """Whether what was said stands at the same place of the same round, so that its register row is there already."""
    owner = token.workflow.owner
    here = (0 if owner.is_process else owner.number, past.current(token), _place(token))
    return here == (word["scope"], word["round"], word["place"])


def _word(token: "Token", office: "NamedOffice | None") -> Word | None:
    """The word of this seat that nobody has taken up in this visit: that of the same place, else the only one."""
    words: list[Word] = [
        word for word in _said(token).get(_seat(token, office.key if office is not None else ""), ()) if word["visit"] != _visit(token)
    ]
    same = next((word for word in words if word["place"] == _place(token)), None)
    return same if same is not None else words[0] if len(words) == 1 else None


def _approval(course: "Course", token: "Token", word: Word) -> KnownApproval | None:
    """The approval that belongs to what was said, if it has not lapsed and every value is what it was."""
    process_id = course.tree.instances[token.instance].definition.process_id
    here = (token.instance, word["scope"], word["round"], False)
    given = [
        one
        for one in (*course.ledger.answer(ApprovalsAsked()), *course.approvals)
        if (one.process_id, one.element_id, one.visit, one.item) == (process_id, token.element_id, here, word["place"])
    ]
    if not given or given[-1].lapsed:
        return None
    schema = course.ledger.schema
    fields = schema.fields if schema is not None and course.project is not None else {}
    seen = course.visible(token)
    now = {name: (course.project or {}).get(name) if name in fields else seen.get(name) for name in given[-1].values}
    return None if approvals.differing(schema, given[-1].values, now) else given[-1]


def _seat(token: "Token", office: str) -> str:
    """Whose word it is."""
    around = []
    at = token.body or token
    while (outer := at.outer) is not None and not at.is_process:
        if "place" in outer.memo:
            around.append([outer.element_id, outer.memo["place"]])
        at = outer
    mine: Any = ["office", office] if office else _item(token)
    text: str = simplejson.dumps([*around, mine], use_decimal=True, ensure_ascii=False, sort_keys=True)
    return text


def _item(token: "Token") -> list[Any]:
    body = token.body
    if body is None:
        return []
    spec = body.task_spec
    name = spec.loop.input_element if isinstance(spec, MultiInstanceBody) else None
    return ["item", token.variables.get(name)] if name else ["place", token.memo["place"]]


def _place(token: "Token") -> int:
    return int(token.memo.get("place", 0)) if token.body is not None else 0


def _visit(token: "Token") -> int:
    return int((token.body or token).number)


def _memory(token: "Token") -> dict[str, Any]:
    memo: dict[str, Any] = token.workflow.tree.instances[token.instance].level.task_tree.memo
    return memo


def _said(token: "Token") -> Mapping[str, list[Word]]:
    found: Mapping[str, list[Word]] = _memory(token).get(SAID, {}).get(token.element_id, {})
    return found


def _keep(token: "Token", seat: str, words: list[Word]) -> None:
    memo = _memory(token)
    said = {**_said(token), seat: words}
    memo[SAID] = {**memo.get(SAID, {}), token.element_id: {name: found for name, found in said.items() if found}}
