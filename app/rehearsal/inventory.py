"""What a process says, element by element: its expressions with the words that people know them by, and what can be told of an expression without its variables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.decision.feel.syntax import Call, Conditional, For, ListLiteral, Literal, Name, Node, Path, walk
from app.engine import ProcessDefinition
from app.engine import expressions as terms
from app.engine.elements.base import Element, ProcessRoot, Trigger
from app.engine.elements.events import CatchEvent, LinkThrow
from app.engine.elements.gateways import EventBasedGateway
from app.engine.elements.mappings import Mapping
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import CallActivity, SubProcess
from app.engine.elements.tasks import BusinessRuleTask, JobTask, ReceiveTask, ScriptTask, UserTask
from app.engine.expressions import FormulaTerm, Term
from app.engine.reading import xml
from app.engine.reading.reader import walk as drawn

GATHERING = frozenset({"append", "concatenate", "distinct values", "flatten", "reverse", "sublist", "union"})  # what goes in comes out


@dataclass(frozen=True, slots=True)
class Said:
    """An expression where it stands. ``what``: the attribute in an analyst's words. ``sees``: what of the element's own it can read; None: everything.
    ``flow``: the sequence flow that it is written on."""

    what: str
    term: Term
    sees: frozenset[str] | None = None
    flow: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """An element as it is drawn. ``activity``: what it does, which is the inside of a multi-instance body and else the element itself. ``parent``: the id
    of the sub-process around it, or of the process."""

    element: Element
    parent: str

    @property
    def id(self) -> str:
        return self.element.bpmn_id

    @property
    def activity(self) -> Element:
        return self.element.activity if isinstance(self.element, MultiInstanceBody) else self.element

    @property
    def is_loop(self) -> bool:
        return isinstance(self.element, MultiInstanceBody)

    @property
    def place(self) -> str:
        return f"“{self.element.bpmn_name}”({self.id})" if self.element.bpmn_name else f"元素“{self.id}”"


def parts(process: ProcessDefinition) -> list[Part]:
    """The process itself first, then every element."""
    root = process.spec.start
    own = [Part(root, "")] if isinstance(root, ProcessRoot) else []
    return own + [Part(element, parent) for element, parent in drawn(process.spec, process.process_id)]


def expressions(part: Part) -> Iterator[Said]:
    """Every expression of an element, literals among them, in the order in which they are evaluated."""
    element, activity = part.element, part.activity
    own: frozenset[str] = frozenset()
    if isinstance(element, MultiInstanceBody):
        loop = element.loop
        yield Said("多实例的输入集合", loop.input_collection, frozenset())
        own = loop_names(element)
        if loop.output_element is not None:
            yield Said("多实例的输出元素", loop.output_element)
        if loop.completion_condition is not None:
            yield Said("多实例的完成条件", loop.completion_condition)
    for mapping in activity.input_mappings:
        yield Said(f"输入映射(目标 {mapping.target})", mapping.source, own)
        own |= {first(mapping)}
    yield from (Said(what, term) for what, term in _attributes(activity))
    for listeners in activity.listeners.values():
        for listener in listeners:
            yield Said("监听器的任务类型", listener.type)
            yield Said("监听器的重试次数", listener.retries)
    for reading in activity.declarations.reads:
        for field, term in reading.where:
            yield Said(f"属性 reads 的“{reading.name}”的条件“{field}”", term)
    for term in activity.declarations.notify_offices:
        yield Said("属性 notify", term)
    if activity.declarations.approves_when is not None:
        yield Said("属性 approvesWhen", activity.declarations.approves_when)
    if activity.declarations.office is not None:
        yield Said("属性 office", activity.declarations.office)
    if activity.declarations.when is not None:
        yield Said("属性 when", activity.declarations.when)
    if activity.declarations.person is not None:
        yield Said("属性 person", activity.declarations.person)
    for setting in activity.declarations.sets:
        yield Said(f"属性 set 的“{setting.field}”", setting.value)
    for mapping in activity.output_mappings:
        yield Said(f"输出映射(目标 {mapping.target})", mapping.source)
    if not isinstance(element, LinkThrow):
        for flow in element.outgoing:
            if flow.condition is not None:
                yield Said(f"流向 {flow.id} 的条件", flow.condition, flow=flow.id)


def _attributes(activity: Element) -> Iterator[tuple[str, Term]]:
    """What only this kind of element has."""
    trigger = getattr(activity, "trigger", None)
    if isinstance(trigger, Trigger):
        named: list[tuple[str, Term | None]] = [("消息或信号的名称", trigger.name), ("消息关联键", trigger.key), ("代码", trigger.code)]
        yield from ((what, term) for what, term in named if term is not None)
        if trigger.timer is not None:
            yield "定时器", trigger.timer.term
    if isinstance(activity, UserTask):
        given = activity.assignment
        asked = [
            ("受理人", given.assignee), ("候选组", given.candidate_groups), ("候选人", given.candidate_users),
            ("到期时间", given.due_date), ("跟进时间", given.follow_up_date), ("优先级", given.priority),
        ]  # fmt: skip
        yield from ((what, term) for what, term in asked if term is not None)
        if activity.form is not None:
            yield "表单标识", activity.form.id
    elif isinstance(activity, JobTask):
        if hasattr(activity, "job"):
            yield "任务类型", activity.job.type
            yield "重试次数", activity.job.retries
    elif isinstance(activity, ScriptTask):
        yield "脚本", activity.script
    elif isinstance(activity, BusinessRuleTask):
        yield "决策标识", activity.called.id
    elif isinstance(activity, CallActivity):
        yield "被调用流程的标识", activity.called.id


def first(mapping: Mapping) -> str:
    """The variable that a mapping writes: ``payment`` of ``payment.ref``."""
    return mapping.target.partition(".")[0]


def loop_names(body: MultiInstanceBody) -> frozenset[str]:
    """What everybody inside a loop can read because of it."""
    loop = body.loop
    given = (loop.input_element, loop.output_collection, loop.output_name, "loopCounter", *_COUNTS)
    return frozenset(name for name in given if name)


_COUNTS = tuple(f"numberOf{what}Instances" for what in ("", "Active", "Completed", "Terminated"))


def job_type(part: Part) -> str | None:
    """The literal type of an element's job; None where it has none or an expression gives it."""
    activity = part.activity
    term = activity.job.type if isinstance(activity, JobTask) and hasattr(activity, "job") else None
    return term.value if isinstance(term, terms.LiteralTerm) else None


def waits(part: Part, inline: frozenset[str]) -> bool:
    """Whether a token stays at an element until somebody or something comes. ``inline``: types of jobs that are done at once."""
    activity = part.activity
    if activity.listeners or isinstance(activity, UserTask | CallActivity | ReceiveTask | EventBasedGateway):
        return True
    if isinstance(activity, JobTask):
        return job_type(part) not in inline
    if isinstance(activity, CatchEvent):
        return activity.trigger.kind != "link"
    return isinstance(activity, SubProcess) and any(
        waits(Part(inner, owner), inline) for inner, owner in drawn(activity.inner_spec, part.id)
    )


# ---------------------------------------------------------------------- what an expression is


def tree(term: Term) -> Node | None:
    """The root of a formula; None of a literal."""
    return term.expression.tree.root if isinstance(term, FormulaTerm) else None


def bare_name(term: Term) -> str | None:
    """The variable that an expression consists of."""
    root = tree(term)
    return root.name if isinstance(root, Name) and not root.local else None


def texts(term: Term) -> list[str]:
    """The texts that an attribute may come to, as far as they are written in it: of a literal the literal itself."""
    if isinstance(term, terms.LiteralTerm):
        return [term.value]
    found: list[str] = []
    _gather(term.expression.tree.root, found)
    return found


def _gather(node: Node, found: list[str]) -> None:
    """Down the ways by which a value gets from a node to the result."""
    if isinstance(node, Literal):
        if isinstance(node.value, str):
            found.append(node.value)
        return
    inner: Sequence[Node] = ()
    if isinstance(node, ListLiteral):
        inner = node.items
    elif isinstance(node, Conditional):
        inner = [*(value for _, value in node.branches), node.otherwise]
    elif isinstance(node, For):
        inner = [node.body]
    elif isinstance(node, Call) and isinstance(node.function, Name) and node.function.name in GATHERING:
        inner = node.arguments
    for below in inner:
        _gather(below, found)


def calls(term: Term) -> Iterator[Call]:
    """Every invocation in an expression."""
    root = tree(term)
    if root is not None:
        yield from (node for node in walk(root) if isinstance(node, Call))


def argument(call: Call, name: str, place: int) -> Node | None:
    """An argument of an invocation, by name or by place."""
    if call.names is not None:
        return next((value for key, value in zip(call.names, call.arguments, strict=True) if key == name), None)
    return call.arguments[place] if place < len(call.arguments) else None


def texts_of(node: Node) -> list[str]:
    found: list[str] = []
    _gather(node, found)
    return found


def fields_read(term: Term) -> Iterator[tuple[str, str]]:
    """(variable, entry) of every ``variable.entry`` that is no invocation."""
    root = tree(term)
    if root is None:
        return
    for node in walk(root):
        if isinstance(node, Path) and isinstance(node.base, Name) and not node.base.local and not node.base.element:
            yield node.base.name, node.name


# ---------------------------------------------------------------------- where it stands


class Lines:
    """Lines of a file, looked up when something is wrong with it: a diagram that is right is not read twice."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._nodes: dict[str, xml.Node] | None = None

    def of(self, element: str, text: str = "") -> int:
        """The line of an element, or of the part of it that holds ``text``; 0 if unknown."""
        if self._nodes is None:
            root = xml.load(self._source, "")
            self._nodes = {node.get("id", ""): node for node in root.iter(xml.BPMN + "*")}
        node = self._nodes.get(element)
        if node is None:
            return 0
        if text:
            for inner in node.iter():
                if any(text in value for value in inner.attrib.values()) or text in (inner.text or ""):
                    return int(inner.sourceline or 0)
        return int(node.sourceline or 0)
