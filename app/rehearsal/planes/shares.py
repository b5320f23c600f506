"""What a diagram is made of: how much of it people do, what tables decide, what outside systems do, and how much is plumbing."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields

from app.connectors import CONNECTORS
from app.engine.reading import schema, xml
from app.engine.reading.xml import Node
from app.rehearsal.codes import PlaneCode
from app.rehearsal.planes import formulas
from app.rehearsal.planes.rules import Remark

MOST_MAPPINGS = 3
MOST_NODES = 600  # of everything that ships; where people do more than a quarter of it, as many as that
NODES_A_TASK = 4
MOST_OUTSIDE = 5  # percent
SENDING = "publish_message"  # the one job that stands on events
_DONE_BY_PEOPLE = "userTask"
_PART = re.compile(r'((?:[^;"]|"(?:[^"\\]|\\.)*")*)(?:;|$)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Counts; ``of`` gives percent of ``nodes``. ``plumbing``: the platform's own service tasks. ``mappings``: inputs and outputs, with collections, what a loop
    collects and what ``set`` declares; ``longest_mapping`` in characters; of these ``branching`` have ``if`` or ``for``, ``with_numbers`` a number,
    ``with_offices`` an office. ``heavy_conditions``: more than two tests, a calculation, two values compared."""

    nodes: int = 0
    user_tasks: int = 0
    decisions: int = 0
    outside_jobs: int = 0
    script_tasks: int = 0
    plumbing: int = 0
    mappings: int = 0
    longest_mapping: int = 0
    branching_mappings: int = 0
    mappings_with_numbers: int = 0
    mappings_with_offices: int = 0
    conditions: int = 0
    heavy_conditions: int = 0

    def percent(self, part: int) -> float:
        return round(100 * part / self.nodes, 1) if self.nodes else 0.0

    def __add__(self, other: "Shares") -> "Shares":
        sums = {item.name: getattr(self, item.name) + getattr(other, item.name) for item in fields(self)}
        return Shares(**{**sums, "longest_mapping": max(self.longest_mapping, other.longest_mapping)})


def measure(root: Node, offices: Collection[str]) -> tuple[Shares, list[Remark]]:
    """A file's shares and what is against the rules. ``offices``: the names that must not be written into a mapping."""
    remarks: list[Remark] = []
    kinds: list[str] = []
    for node in root.iter(*(xml.BPMN + kind for kind in schema.NODES)):
        kind, remark = _kind(node)
        kinds.append(kind)
        if remark is not None:
            remarks.append(remark)
    mappings = [(text, list(_beyond_a_mapping(text, is_collection, offices)), node) for text, is_collection, node in _mappings(root)]
    for text, beyond, node in mappings:
        if beyond:
            said = f"映射“{_short(text)}”{'、'.join(message for _, message in beyond)};请改由决策给出"
            remarks.append(_remark(node, PlaneCode.MAPPING, said))
    remarks += _crowded(root)
    conditions = list(root.iter(xml.BPMN + "conditionExpression"))
    heavy = [(node, excess) for node in conditions if (excess := _excess(node)) is not None]
    remarks += [
        _remark(node, PlaneCode.CONDITION, f"条件“{_short(xml.written(node))}”{excess};请改由决策给出一个结果,条件只判断它")
        for node, excess in heavy
    ]
    counted = [[aspect for aspect, _ in beyond] for _, beyond, _ in mappings]
    return Shares(
        nodes=len(kinds),
        user_tasks=kinds.count(_DONE_BY_PEOPLE),
        decisions=kinds.count("decision"),
        outside_jobs=kinds.count("outside"),
        script_tasks=kinds.count("scriptTask"),
        plumbing=kinds.count("plumbing"),
        mappings=len(mappings),
        longest_mapping=max((len(_formula(text)) for text, _, _ in mappings), default=0),
        branching_mappings=sum("branch" in aspects for aspects in counted),
        mappings_with_numbers=sum("number" in aspects for aspects in counted),
        mappings_with_offices=sum("office" in aspects for aspects in counted),
        conditions=len(conditions),
        heavy_conditions=len(heavy),
    ), remarks


def judge(total: Shares, *, whole: bool) -> Iterator[tuple[PlaneCode, str]]:
    """Codes and sentences of what all files together exceed. ``whole``: they are everything, so that their proportions count too."""
    if total.nodes > (most := max(MOST_NODES, NODES_A_TASK * total.user_tasks)):
        said = (
            f"各图一共有 {total.nodes} 个节点,最多 {most} 个({MOST_NODES} 个,或每个用户任务 {NODES_A_TASK} 个);请删去不是人办的、不必画的"
        )
        yield PlaneCode.TOTAL_NODES, said
    if whole and total.outside_jobs * 100 > MOST_OUTSIDE * total.nodes:
        share = f"{total.outside_jobs} 个外部作业占 {total.percent(total.outside_jobs)}%"
        yield PlaneCode.TOTAL_JOBS, f"各图一共有 {share},最多 {MOST_OUTSIDE}%;请只保留真正的外部系统"
    if whole and total.decisions * 2 > total.user_tasks:
        yield (
            PlaneCode.TOTAL_DECISIONS,
            f"各图一共有 {total.decisions} 个决策、{total.user_tasks} 个用户任务,决策最多是用户任务的一半;请把连着的决策合成一张决策图",
        )


def _kind(node: Node) -> tuple[str, Remark | None]:
    """What a node is counted as, and why it should not be there."""
    tag = xml.local(node)
    definition = xml.extension(node, "taskDefinition")
    job = (definition.get("type") or "").strip() if definition is not None else ""
    if tag == "scriptTask":
        return tag, _remark(node, PlaneCode.SCRIPT_TASK, "是脚本任务;请改由决策给出,或写在办理环节的声明里")
    if not job or (job == SENDING and tag in schema.THROWS):
        return "decision" if tag == "businessRuleTask" else tag, None
    if job in CONNECTORS:
        return "plumbing", _remark(
            node, PlaneCode.PLUMBING, f"由平台自己的服务 {job} 来做;请删去,在它所属的环节上声明(如 phase、record、notify)"
        )
    return "outside", None


def _mappings(root: Node) -> Iterator[tuple[str, bool, Node]]:
    """Every text that hands a value on, whether it is the collection of a loop (or what one collects), and the node that it belongs to."""
    for node in root.iter(xml.ZEEBE + "input", xml.ZEEBE + "output"):
        yield node.get("source") or "", False, node
    for node in root.iter(xml.ZEEBE + "loopCharacteristics"):
        yield from ((node.get(name), True, node) for name in ("inputCollection", "outputElement") if node.get(name))
    for node in root.iter(xml.ZEEBE + "property"):
        if node.get("name") == "set":
            for part in _PART.findall(node.get("value") or ""):
                name, _, text = part.partition("=")
                if name.strip() and text.strip():
                    yield f"={text.strip()}", False, node


def _beyond_a_mapping(text: str, is_collection: bool, offices: Collection[str]) -> Iterator[tuple[str, str]]:
    tree = formulas.tree(text)
    length = len(_formula(text))
    if length > formulas.LONGEST:
        yield "long", f"有 {length} 个字符,最多 {formulas.LONGEST} 个"
    if formulas.branches(tree):
        yield "branch", "用了 if 或 for"
    if is_collection and formulas.chooses(tree):
        yield "choice", "从列表里挑选"
    if found := formulas.numbers(tree):
        yield "number", f"写着数字 {'、'.join(found)}"
    if named := formulas.offices(text, tree, offices):
        yield "office", f"写着单位 {'、'.join(named)}"


def _crowded(root: Node) -> Iterator[Remark]:
    for holder in root.iter(xml.ZEEBE + "ioMapping"):
        if len(holder) > MOST_MAPPINGS:
            yield _remark(holder, PlaneCode.MAPPING, f"有 {len(holder)} 个输入输出映射,最多 {MOST_MAPPINGS} 个;请改由决策一次给出")


def _excess(node: Node) -> str | None:
    tree = formulas.tree("=" + _formula(xml.written(node)))
    return None if tree is None else formulas.excess(tree)


def _formula(text: str) -> str:
    return text.strip().removeprefix("=").strip()


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


def _remark(node: Node, code: PlaneCode, message: str) -> Remark:
    owner = node
    while owner is not None and not (owner.get("id") and xml.is_bpmn(owner)):
        owner = owner.getparent()
    if owner is None:
        return Remark("", node.sourceline or 0, code, message)
    name = owner.get("name")
    told = f"“{name}”({owner.get('id')})" if name else f"{owner.get('id')} "
    return Remark(owner.get("id"), node.sourceline or 0, code, told + message)
