"""What a diagram may declare on its elements (``zeebe:property``): any other name is a slip that nothing would ever carry out."""

from collections.abc import Iterator

from app.decision.near import near
from app.engine.reading import xml
from app.engine.reading.xml import Node
from app.rehearsal.codes import PlaneCode
from app.rehearsal.planes.rules import Remark

KNOWN = frozenset(
    {
        "approves", "approvesWhen", "clauses", "distinct", "document", "each", "mayBeEmpty", "noDeadline", "notify", "office", "person", "phase", "reads", "record",
        "returnTo", "set", "stands", "together", "when",
    }
)  # fmt: skip


def check(root: Node) -> Iterator[Remark]:
    for node in root.iter(xml.ZEEBE + "property"):
        name = (node.get("name") or "").strip()
        if name not in KNOWN:
            owner = next((above for above in node.iterancestors() if above.get("id")), root)
            yield Remark(
                owner.get("id", ""), node.sourceline or 0, PlaneCode.PROPERTY_UNKNOWN, f"不认识的属性“{name}”,不会起作用{_meant(name)}"
            )


def _meant(name: str) -> str:
    found = near(name, KNOWN)
    return f";是不是 {found}?" if found else ";请删去,或改成本系统的属性"
