"""Approvals that nobody asks for again after somebody may have changed what they approve: they would lapse unnoticed, and the case go on.

Within one process, by its flows: what may write an approved name behind the approving task is followed by somebody who asks for the approval (``approved``,
``approvedValue``), by the approving task itself, or by nothing that matters. Source: modelling.md §6.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from app.decision.feel.syntax import Call, Name, Node, walk
from app.domain.forms import Form
from app.engine import ProcessDefinition
from app.engine.elements.base import Element
from app.engine.elements.events import EndEvent
from app.engine.elements.subprocesses import EventSubProcess, SubProcess
from app.engine.elements.tasks import UserTask
from app.engine.expressions import LiteralTerm
from app.engine.functions import APPROVED, APPROVED_VALUE
from app.engine.soundness import onward
from app.rehearsal.inventory import Part, argument, expressions, first, texts_of, tree
from app.rehearsal.surroundings import View
from app.rehearsal.writers import Writers

_ASKING = (APPROVED, APPROVED_VALUE)


def check(process: ProcessDefinition, around: View) -> Iterator[tuple[Part, str]]:
    """(approving task, what is wrong) for each that is not asked again."""
    parts = around.kept(Writers).parts(process)
    approving = [part for part in parts if isinstance(part.activity, UserTask) and part.activity.declarations.approves]
    if not approving:
        return
    ways = _Ways(parts)
    for part in approving:
        task = part.activity
        if not isinstance(task, UserTask) or task.declarations.stands is not None:
            continue  # it is opened again, and stands only while nothing has changed
        name = f"{process.process_id}.{part.id}"
        asking = {other.id for other in parts if _asks(other, name)}
        behind = ways.behind([part.id], granted={flow for other in parts for flow in _granting(other, name)}) - {part.id}
        for other in parts:
            changed = sorted(_writes(other, around) & set(task.declarations.approves)) if other.id in behind else []
            if changed and not (ways.behind([other.id]) & {part.id, *asking}) and other.id not in asking:
                names = "、".join(changed)
                yield (
                    part,
                    f"批准的 {names} 之后还可以在{other.place}改写,改写以后没有任何环节再问这项批准:批准失效而流程照常前进;"
                    f'请在其后的判断里用 approved("{process.process_id}.{part.id}"),或让它再经过本任务',
                )
                break


class _Ways:
    """What may come after an element, in and out of sub-processes."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self.parts = {part.id: part for part in parts}

    def behind(self, start: Iterable[str], granted: Collection[str] = ()) -> set[str]:
        """The elements that a token may come to from these; itself only where a way leads back.

        ``granted``: flows that are taken where an approval holds; beside them the others of their gateway are not followed.
        """
        seen: set[str] = set()
        pending = [after for name in start for after in self._after(name, granted)]
        while pending:
            name = pending.pop()
            if name not in seen:
                seen.add(name)
                pending += self._after(name, granted)
        return seen

    def _after(self, name: str, granted: Collection[str]) -> Iterator[str]:
        part = self.parts.get(name)
        if part is None:
            return
        asked = [flow.target.bpmn_id for flow in part.element.outgoing if flow.id in granted]
        yield from asked or (element.bpmn_id for element in onward(part.element))
        if isinstance(part.activity, SubProcess):
            yield from (element.bpmn_id for element in part.activity.inner_spec.start.starts)
        if isinstance(part.activity, EndEvent):
            yield from self._out(part.parent)
        yield from (
            other.id for other in self.parts.values() if other.parent == part.parent and isinstance(other.activity, EventSubProcess)
        )

    def _out(self, owner: str) -> Iterator[str]:
        """Where it goes on when a sub-process has ended."""
        host = self.parts.get(owner)
        if host is not None and isinstance(host.activity, SubProcess):
            yield from (element.bpmn_id for element in onward(host.element))
            if not host.element.outgoing:
                yield from self._out(host.parent)


def _asks(part: Part, approval: str) -> bool:
    return any(root is not None and _names(root, approval) for root in (tree(said.term) for said in expressions(part)))


def _granting(part: Part, approval: str) -> Iterator[str]:
    """The flows of an element whose condition asks for the approval: beside them stand the ways of what is not approved."""
    for said in expressions(part):
        root = tree(said.term) if said.flow else None
        if root is not None and _names(root, approval):
            yield said.flow


def _names(root: Node, approval: str) -> bool:
    return any(
        approval in texts_of(named)
        for call in walk(root)
        if isinstance(call, Call) and isinstance(call.function, Name) and call.function.name in _ASKING
        if (named := argument(call, "element", 0)) is not None
    )


def _writes(part: Part, around: View) -> set[str]:
    """The names of facts and variables that an element may change."""
    activity = part.activity
    found = {setting.field for setting in activity.declarations.sets} | {first(mapping) for mapping in activity.output_mappings}
    forms = _forms(activity, around)
    for form in forms:
        found |= set(form.ledger_fields) if activity.output_mappings else set(form.fields) - set(form.shown_fields)
    if not forms and not activity.output_mappings and not isinstance(activity, SubProcess):
        found |= around.kept(Writers).results(part).names
    return found


def _forms(activity: Element, around: View) -> Sequence[Form]:
    if isinstance(activity, UserTask) and activity.form is not None and isinstance(activity.form.id, LiteralTerm):
        return around.forms(activity.form.id.value)
    return ()
