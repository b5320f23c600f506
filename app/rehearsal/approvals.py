"""Approvals that nobody asks for again after somebody may have changed what they approve: they would lapse unnoticed, and the case go on.

Within one process, by its flows: what may write an approved name behind the approving task, or beside it, is followed by somebody who asks for the approval (``approved``,
``approvedValue``), by the approving task itself, by another that has the same people approve it anew, or by nothing that matters. Between the processes of a
project, by the facts: what the same office may write again in a process that comes later or runs beside is looked at there by whoever approved it, or cannot be
written against the approval's row in a register. And one that nobody ever asks for, while the case still waits somewhere behind it. Source: modelling.md §6.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from app.connectors import CONNECTORS
from app.decision.feel.syntax import Call, Comparison, Literal, Logical, Name, Node, walk
from app.domain.forms import Form
from app.engine import ProcessDefinition
from app.engine.elements.base import Element
from app.engine.elements.events import EndEvent
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import CallActivity, EventSubProcess, SubProcess
from app.engine.elements.tasks import UserTask
from app.engine.expressions import LiteralTerm
from app.engine.functions import APPROVED
from app.engine.soundness import onward
from app.rehearsal import inventory, ledger_names
from app.rehearsal.at_once import AtOnce
from app.rehearsal.inventory import Part, argument, expressions, first, texts, texts_of, tree
from app.rehearsal.passed import APPROVALS
from app.rehearsal.surroundings import View
from app.rehearsal.way_of_values import Places, static_texts
from app.rehearsal.writers import Writers

_SET = "属性 set"  # what it writes by itself it has asked for in the same breath


def check(process: ProcessDefinition, around: View) -> Iterator[tuple[Part, str]]:
    """(approving task, what is wrong) for each that is not asked again."""
    parts = around.kept(Writers).parts(process)
    approving = [part for part in parts if isinstance(part.activity, UserTask) and part.activity.declarations.approves]
    if not approving:
        return
    ways, places, at_once = _Ways(parts), Places(parts), AtOnce(process, parts)
    for part in approving:
        task = part.activity
        if not isinstance(task, UserTask) or task.declarations.stands is not None:
            continue  # it is opened again, and stands only while nothing has changed
        name = f"{process.process_id}.{part.id}"
        asking = {other.id for other in parts if _asks(other, name)}
        denied = {flow for other in parts for flow in _denying(other, name)}
        behind = ways.after(part, denied) - {part.id}
        behind |= {other.id for other in parts if other.id != part.id and (other.id, part.id) in at_once}
        facts = ledger_names.fields(around)
        kept = {name for name in task.declarations.approves if name not in facts and places.written_at(part.id, name) not in ("", part.id)}
        for other in parts:
            unseen = sorted(_writes(other, part, kept, around, places)) if other.id in behind else []
            if unseen:
                yield (
                    part,
                    f"批准的 {'、'.join(unseen)} 是外层子流程自己的变量,在{other.place}改写以后批准不会失效:"
                    "请改为台账字段或流程的变量,不要在子流程的输入映射里另起同名的变量",
                )
                break
            changed = sorted(_writes(other, part, set(task.declarations.approves), around, places)) if other.id in behind else []
            behind_it = ways.behind([other.id])
            anew = {one.id for one in parts if one.id in behind_it and _renews(one, part, changed)}
            if changed and not (behind_it & {part.id, *asking}) and not anew and not _asks(other, name, afterwards=True):
                names = "、".join(changed)
                yield (
                    part,
                    f"批准的 {names} 之后还可以在{other.place}改写,改写以后没有任何环节再问这项批准:批准失效而流程照常前进;"
                    f'请在其后的判断里用 approved("{process.process_id}.{part.id}"),或让它再经过本任务',
                )
                break


def elsewhere(process: ProcessDefinition, around: View) -> Iterator[tuple[Part, str]]:
    """(approving task, what is wrong) for each whose approved facts the same office may write again in a later process, or one beside, where nobody asks again."""
    parts = around.kept(Writers).parts(process)
    facts = ledger_names.fields(around)
    for part in parts:
        task = part.activity
        approved = set(task.declarations.approves) & set(facts) if isinstance(task, UserTask) else set()
        if not approved or not isinstance(task, UserTask):
            continue
        authors = {name: {role for other in parts for role in _authors(other, name, around)} for name in approved}
        for later in around.all_processes():
            if later.process_id == process.process_id or _is_before(later, process, around):
                continue
            there = around.kept(Writers).parts(later)
            for writer in there:
                if not set(_roles(task)).isdisjoint(_roles_of(writer)):
                    continue  # who approved writes it anew
                changed = sorted(name for name in approved if authors[name] & set(_authors(writer, name, around)))
                if changed and not _is_seen_again(part, f"{process.process_id}.{part.id}", writer, changed, there=there, around=around):
                    yield (
                        part,
                        f"批准的 {'、'.join(changed)} 以后还可以在流程“{later.name}”的{writer.place}改写,改写以后没有任何环节再问这项批准,也没有批准的人再看:"
                        f'请在其后的判断里用 approved("{process.process_id}.{part.id}")(所批准的都是台账字段时),或在其后请批准的人用 approves 再批准这些内容',
                    )
                    break


def never_asked(process: ProcessDefinition, around: View) -> Iterator[tuple[Part, str]]:
    """(approving task, what is wrong) for each that nothing in any process asks for, though the case waits somewhere behind it: it may lapse unnoticed until then."""
    parts = around.kept(Writers).parts(process)
    ways, at_once, inline = _Ways(parts), AtOnce(process, parts), frozenset(CONNECTORS)
    everywhere = [one for other in around.all_processes() for one in around.kept(Writers).parts(other)]
    for part in parts:
        task, name = part.activity, f"{process.process_id}.{part.id}"
        if not isinstance(task, UserTask) or not task.declarations.approves or task.declarations.stands is not None:
            continue
        behind = ways.after(part, ()) | {other.id for other in parts if (other.id, part.id) in at_once}
        waits = next((other for other in parts if other.id in behind - {part.id} and inventory.waits(other, inline)), None)
        if waits is not None and not any(_asks(other, name) for other in (*parts, *everywhere)):
            yield (
                part,
                f"的批准没有任何环节问:批准以后还要在{waits.place}等候,其间所批准的内容变了,流程照常前进;"
                f'请在批准所管的动作之前用 approved("{name}") 或 approvedValue,可以是条件、set、输入映射加表单的检查',
            )


def _authors(part: Part, name: str, around: View) -> Sequence[str]:
    """The roles whose people write a fact in the form of a task."""
    task = part.activity
    if not isinstance(task, UserTask) or not any(name in form.ledger_fields for form in _forms(task, around)):
        return ()
    return _roles(task)


def _roles_of(part: Part) -> Sequence[str]:
    return _roles(part.activity) if isinstance(part.activity, UserTask) else ()


def _roles(task: UserTask) -> Sequence[str]:
    term = task.assignment.candidate_groups
    return [role.strip() for role in term.value.split(",")] if isinstance(term, LiteralTerm) else ()


def _is_before(one: ProcessDefinition, other: ProcessDefinition, around: View) -> bool:
    """Whether a process belongs to an earlier part of a project's life: it is over when the other one runs."""
    first_of = [_first_phase(process, around) for process in (one, other)]
    return None not in first_of and first_of[0] < first_of[1]  # type: ignore[operator]


def _first_phase(process: ProcessDefinition, around: View) -> int | None:
    order = list(around.stock.main_line or ())
    named = {part.activity.declarations.phase for part in around.kept(Writers).parts(process)}
    return min((order.index(phase) for phase in named if phase in order), default=None)


def _is_seen_again(part: Part, name: str, writer: Part, changed: Collection[str], there: Sequence[Part], around: View) -> bool:
    """Whether behind a writer somebody asks for the approval or the same people look at what has changed; or the writer's form is checked against its register."""
    kind = part.activity.declarations.record
    if kind and any(reading.kind == kind for reading in writer.activity.declarations.reads):
        return True
    behind = _Ways(there).behind([writer.id])
    return any(
        one.id in behind and (_asks(one, name) or _renews(one, part, changed) or _looks(one, part, changed, around)) for one in there
    )


def _renews(one: Part, approving: Part, changed: Collection[str]) -> bool:
    """Whether another task has the same people approve what has changed anew."""
    task, before = one.activity, approving.activity
    if one.id == approving.id or not isinstance(task, UserTask) or not isinstance(before, UserTask):
        return False
    return set(changed) <= set(task.declarations.approves) and _asked(task) == _asked(before)


def _looks(one: Part, approving: Part, changed: Collection[str], around: View) -> bool:
    """Whether the office that approved has the changed facts before it once more, in a task of its own."""
    task, before = one.activity, approving.activity
    if not isinstance(task, UserTask) or not isinstance(before, UserTask) or not set(_roles(before)) & set(_roles(task)):
        return False
    return any(set(changed) <= {*form.fields} for form in _forms(task, around))


def _asked(task: UserTask) -> str | None:
    """Whom a task asks, as it is written."""
    term = task.assignment.candidate_groups
    return None if term is None else term.value if isinstance(term, LiteralTerm) else term.text


class _Ways:
    """What may come after an element, in and out of sub-processes."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self.parts = {part.id: part for part in parts}

    def behind(self, start: Iterable[str], denied: Collection[str] = ()) -> set[str]:
        """The elements that a token may come to from these; itself only where a way leads back.

        ``denied``: flows that are not taken while an approval holds.
        """
        seen: set[str] = set()
        pending = [after for name in start for after in self._after(name, denied)]
        while pending:
            name = pending.pop()
            if name not in seen:
                seen.add(name)
                pending += self._after(name, denied)
        return seen

    def after(self, task: Part, denied: Collection[str]) -> set[str]:
        """The elements behind a task that has been completed: what interrupts it at its edge leads elsewhere."""
        ended = {edge.bpmn_id for edge in task.element.boundaries if edge.interrupting}
        first = [name for name in self._after(task.id, denied) if name not in ended]
        return {*first, *self.behind(first, denied)}

    def _after(self, name: str, denied: Collection[str]) -> Iterator[str]:
        part = self.parts.get(name)
        if part is None:
            return
        refused = {flow.target.bpmn_id for flow in part.element.outgoing if flow.id in denied}
        open_ = {flow.target.bpmn_id for flow in part.element.outgoing if flow.id not in denied}
        yield from (element.bpmn_id for element in onward(part.element) if element.bpmn_id not in refused - open_)
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


def _asks(part: Part, approval: str, *, afterwards: bool = False) -> bool:
    """``afterwards``: once the element has written what is filled in or brought, hence in what it sets and by the flows that leave it."""
    said = (tree(one.term) for one in expressions(part) if one.flow or one.what.startswith(_SET) or not afterwards)
    return any(root is not None and _names(root, approval) for root in said)


def _denying(part: Part, approval: str) -> Iterator[str]:
    """The flows of an element that are not taken while the approval holds: those whose condition says so, and the default beside one that asks just for it."""
    held = False
    for said in expressions(part):
        root = tree(said.term) if said.flow else None
        if root is not None:
            held = held or _is_asked(root, approval, True)
            if _needs_refusal(root, approval):
                yield said.flow
    default = part.element.default
    if held and default is not None:
        yield default.id


def _needs_refusal(root: Node, approval: str) -> bool:
    if isinstance(root, Logical):
        needed = [_needs_refusal(one, approval) for one in root.operands]
        return any(needed) if root.operator == "and" else all(needed)
    return _is_asked(root, approval, False)


def _is_asked(root: Node, approval: str, answer: bool) -> bool:
    """Whether a condition is true just where the approval holds (or does not)."""
    if (
        isinstance(root, Comparison)
        and root.operator in ("=", "!=")
        and isinstance(root.right, Literal)
        and isinstance(root.right.value, bool)
    ):
        return _is_asked(root.left, approval, answer == ((root.operator == "=") == root.right.value))
    if not isinstance(root, Call) or not isinstance(root.function, Name):
        return False
    if root.function.name == "not" and len(root.arguments) == 1:
        return _is_asked(root.arguments[0], approval, not answer)
    named = argument(root, "element", 0)
    return answer and root.function.name == APPROVED and named is not None and texts_of(named) == [approval]


def _names(root: Node, approval: str) -> bool:
    return any(
        approval in texts_of(named)
        for call in walk(root)
        if isinstance(call, Call) and isinstance(call.function, Name) and call.function.name in APPROVALS
        if (named := argument(call, "element", 0)) is not None
    )


def _writes(part: Part, approving: Part, approved: set[str], around: View, places: Places) -> set[str]:
    """Those of the approved names that an element may change: facts, and variables where the approving task sees them."""
    activity, element = part.activity, part.element
    above = places.above(part)
    said = {(part.id if part.is_loop else above, first(mapping)) for mapping in activity.output_mappings}
    if isinstance(element, MultiInstanceBody) and element.loop.output_collection:
        said.add((above, element.loop.output_collection))
    if not activity.output_mappings:
        said |= {(part.id, name) for name in _results(part, approved, around)}
    seen = {name for at, name in said if places.written_at(at, name) == places.written_at(approving.id, name)}
    return (seen | facts_of(activity, around)) & approved


def _results(part: Part, approved: set[str], around: View) -> set[str]:
    """The variables that an element brings without mappings; in a task without a form, or with one that an expression names, anything is filled in."""
    activity = part.activity
    if not isinstance(activity, UserTask):
        return set() if isinstance(activity, SubProcess) else around.kept(Writers).results(part).names
    if activity.form is None or static_texts(activity.form.id) is None:
        return approved
    return {name for form in _forms(activity, around) for name in form.fields if name not in (*form.shown_fields, *form.ledger_fields)}


def facts_of(activity: Element, around: View) -> set[str]:
    """The ledger's fields that an element writes, or a process that it calls."""
    found = {setting.field for setting in activity.declarations.sets}
    found |= {name for form in _forms(activity, around) for name in form.ledger_fields}
    pending, seen = [activity], set[str]()
    while pending:
        call = pending.pop()
        for called in texts(call.called.id) if isinstance(call, CallActivity) else ():
            for process in around.processes(called) if called not in seen else ():
                inner = [part.activity for part in around.kept(Writers).parts(process)]
                pending += inner
                found |= {setting.field for one in inner for setting in one.declarations.sets}
                found |= {name for one in inner for form in _forms(one, around) for name in form.ledger_fields}
            seen.add(called)
    return found


def _forms(activity: Element, around: View) -> Sequence[Form]:
    if isinstance(activity, UserTask) and activity.form is not None:
        return [form for name in texts(activity.form.id) for form in around.forms(name)]
    return ()
