"""A file being read: its definitions by id, the levels of its processes, and the problems found so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.decision import feel
from app.engine.codes import DiagramCode
from app.engine.errors import DiagramProblem
from app.engine.expressions import FormulaTerm, LiteralTerm, Term, formula, parse
from app.engine.reading import schema
from app.engine.reading.xml import BPMN, Node, is_bpmn, local

SEEN = schema.NODES | schema.BESIDE | {"lane"}


@dataclass(slots=True)
class LevelIndex:
    """The flow nodes and sequence flows directly inside a process or sub-process."""

    node: Node
    nodes: list[Node] = field(default_factory=list)
    flows: list[Node] = field(default_factory=list)
    boundaries: dict[str, list[Node]] = field(default_factory=dict)
    outgoing: dict[str, list[Node]] = field(default_factory=dict)
    incoming: dict[str, list[Node]] = field(default_factory=dict)


class Document:
    """``problems`` refuse the file, ``lint`` only warns. Read in steps: ``choose`` the processes that run, ``index`` them once their values are settled."""

    def __init__(self, root: Node, name: str, *, executable_only: bool = True) -> None:
        self.root = root
        self.name = name
        self.executable_only = executable_only
        self.problems: list[DiagramProblem] = []
        self.lint: list[DiagramProblem] = []
        self.processes = list(root.iterchildren(BPMN + "process"))
        self.executable: list[Node] = []
        self.levels: dict[int, LevelIndex] = {}
        self.flow_nodes: set[str] = set()
        self.lanes: dict[str, str] = {}
        self.lane_ids: dict[str, str] = {}

    def choose(self) -> None:
        """Which processes are read."""
        self.executable = [process for process in self.processes if process.get("isExecutable", "true") == "true"]
        if not self.executable and not self.executable_only:
            self.executable = [
                process for process in self.processes if any(is_bpmn(child) and local(child) in schema.NODES for child in process)
            ]
            for process in self.executable:
                self.warn(process, DiagramCode.NOT_EXECUTABLE, "流程没有标明可执行(isExecutable),发布前请在建模工具中勾选")

    def index(self) -> None:
        self.messages = self._by_id("message")
        self.signals = self._by_id("signal")
        self.errors = self._by_id("error")
        self.escalations = self._by_id("escalation")
        for process in self.executable:
            self._index(process)

    def _by_id(self, tag: str) -> dict[str, Node]:
        return {node.get("id", ""): node for node in self.root.iterchildren(BPMN + tag)}

    def _index(self, process: Node) -> None:
        pending = [process]
        while pending:
            node = pending.pop()
            level = self.levels[id(node)] = LevelIndex(node)
            for child in node.iterchildren():
                if not is_bpmn(child):
                    continue
                tag = local(child)
                if tag == "sequenceFlow":
                    level.flows.append(child)
                    level.outgoing.setdefault(child.get("sourceRef", ""), []).append(child)
                    level.incoming.setdefault(child.get("targetRef", ""), []).append(child)
                elif tag in schema.NODES or tag not in schema.KNOWN:
                    level.nodes.append(child)
                    self.flow_nodes.add(child.get("id", ""))
                    if tag == "boundaryEvent":
                        level.boundaries.setdefault(child.get("attachedToRef", ""), []).append(child)
                    if tag in ("subProcess", "transaction", "adHocSubProcess"):
                        pending.append(child)
        for lane in process.iter(BPMN + "lane"):
            for reference in lane.iterchildren(BPMN + "flowNodeRef"):
                if reference.text:
                    self.lanes[reference.text.strip()] = lane.get("name") or lane.get("id") or ""
                    self.lane_ids[reference.text.strip()] = lane.get("id") or ""

    def level(self, node: Node) -> LevelIndex:
        return self.levels[id(node)]

    def all_levels(self) -> Iterator[LevelIndex]:
        return iter(self.levels.values())

    # ------------------------------------------------------------------ problems

    def refuse(self, node: Node, code: DiagramCode, message: str, *, at: Node | None = None) -> None:
        """``at``: the node whose line is named, when it is not ``node``'s own."""
        self.problems.append(self._problem(node, code, message, at))

    def warn(self, node: Node, code: DiagramCode, message: str, *, at: Node | None = None) -> None:
        self.lint.append(self._problem(node, code, message, at))

    def _problem(self, node: Node, code: DiagramCode, message: str, at: Node | None) -> DiagramProblem:
        """At the nearest element that people see in the diagram, or that stands at the top of the file."""
        owner: Node | None = node
        while owner is not None and not (owner.get("id") and self._is_named(owner)):
            owner = owner.getparent()
        element = owner.get("id", "") if owner is not None else ""
        line = (at if at is not None else node).sourceline
        return DiagramProblem(self.name, element, line or 0, code, message)

    def _is_named(self, node: Node) -> bool:
        return is_bpmn(node) and (local(node) in SEEN or local(node) not in schema.KNOWN or node.getparent() is self.root)

    # ------------------------------------------------------------------ expressions

    def term(self, node: Node, text: str, what: str) -> Term:
        """A literal or a formula; bad syntax is a problem at ``node``."""
        if not text.strip().startswith("="):
            return LiteralTerm(text)
        try:
            return parse(text)
        except feel.FeelError as error:
            self._bad_feel(node, text, what, error)
            return LiteralTerm("")

    def formula(self, node: Node, text: str, what: str, *, required_sign: bool = False) -> FormulaTerm | None:
        """FEEL with or without its ``=``; bad syntax is a problem at ``node``."""
        if required_sign and not text.strip().startswith("="):
            self.refuse(node, DiagramCode.EXPRESSION_EXPECTED, f"{what}“{text}”必须是以 = 开头的 FEEL 表达式")
            return None
        try:
            return formula(text)
        except feel.FeelError as error:
            self._bad_feel(node, text, what, error)
            return None

    def _bad_feel(self, node: Node, text: str, what: str, error: feel.FeelError) -> None:
        place = f"(第 {error.position + 1} 个字符)" if error.position is not None else ""
        self.refuse(node, DiagramCode.FEEL_SYNTAX, f"{what}“{text.strip()}”不是正确的 FEEL 表达式{place}:{error.message}")
