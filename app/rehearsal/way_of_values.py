"""Where a name is at home: the element that has it for itself, as the engine's scopes have it, or the process; and what an expression may read at all.

Nothing leaves an element under a name that the element has for itself. What has no such home goes out to the process, from inside of a loop too.
"""

from collections.abc import Iterable, Iterator

from app.decision.dmn.checks import IMPLICIT
from app.decision.feel.syntax import Conditional, ContextLiteral, ListLiteral, Literal, Node, names_read
from app.engine import ProcessDefinition
from app.engine.elements.base import Element, Trigger
from app.engine.elements.events import ThrowEvent
from app.engine.elements.mappings import Mapping
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.tasks import MESSAGE_NAME, MESSAGE_REF, JobTask
from app.engine.expressions import LiteralTerm, Term
from app.rehearsal.inventory import Part, first, loop_names, tree
from app.rehearsal.inventory import parts as all_parts


class Places:
    """The elements of a process with what each has for itself."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self.parts = {part.id: part for part in parts}
        self._own = {part.id: _own(part) for part in self.parts.values()}

    def seen_at(self, at: str, name: str) -> str:
        """The element whose own a name is that is read at an element; empty for the process."""
        part = self.parts.get(at)
        if part is not None and name in {reading.name for reading in part.activity.declarations.reads}:
            return at
        return self.written_at(at, name)

    def written_at(self, at: str, name: str) -> str:
        """The element that keeps a name which an element writes; empty for the process."""
        while at in self.parts:
            if name in self._own[at]:
                return at
            at = self.parts[at].parent
        return ""

    def above(self, part: Part) -> str:
        return part.parent if part.parent in self.parts else ""


def _own(part: Part) -> frozenset[str]:
    own = frozenset(first(mapping) for mapping in part.activity.input_mappings)
    if isinstance(part.element, MultiInstanceBody):
        loop = part.element.loop
        own |= loop_names(part.element) - {loop.output_collection} | {name for name in loop.names_of_instance if name}
    return own


def every_name(term: Term) -> list[str]:
    """The variables that an expression may read, whatever they are called and wherever they stand in it."""
    root = tree(term)
    return sorted(names_read(root) - set(IMPLICIT)) if root is not None else []


def thrown_with(activity: Element, caught: Trigger) -> bool:
    """Whether an element may throw what an event catches: message, signal or error."""
    if isinstance(activity, ThrowEvent):
        thrown = activity.trigger
        return thrown.kind == caught.kind and (
            _may_be(thrown.name, caught.name) if caught.kind == "signal" else caught.kind == "error" and _may_be(thrown.code, caught.code)
        )
    if caught.kind != "message" or not isinstance(activity, JobTask):
        return False
    return any(_may_be(LiteralTerm(name), caught.name) for name in sent_by(activity))


def sent_by(activity: Element) -> frozenset[str]:
    """The names of the messages that an element sends."""
    headers = activity.headers if isinstance(activity, JobTask) else {}
    return frozenset(headers[key].strip() for key in (MESSAGE_REF, MESSAGE_NAME) if headers.get(key, "").strip())


def caught_in(process: ProcessDefinition) -> frozenset[str]:
    """The messages that a process waits for or begins with, as far as their names are written plainly."""
    triggers = (getattr(part.activity, "trigger", None) for part in all_parts(process))
    return frozenset(
        one.name.value for one in triggers if isinstance(one, Trigger) and one.kind == "message" and isinstance(one.name, LiteralTerm)
    )


def _may_be(thrown: Term | None, caught: Term | None) -> bool:
    return not isinstance(thrown, LiteralTerm) or not isinstance(caught, LiteralTerm) or thrown.value == caught.value


def payload(activity: Element, name: str) -> Iterator[Mapping]:
    """The input mappings by which a thrower sends a name; of a whole context that is not written out any name may come."""
    whole = isinstance(activity, JobTask) and MESSAGE_REF not in activity.headers
    for mapping in activity.input_mappings:
        if not whole:
            sends = first(mapping) == name
        elif mapping.target == "variables":
            root = tree(mapping.source)
            sends = not isinstance(root, ContextLiteral) or name in {key for key, _ in root.entries}
        else:
            sends = mapping.target.startswith(f"variables.{name}.") or mapping.target == f"variables.{name}"
        if sends:
            yield mapping


def static_texts(term: Term) -> list[str] | None:
    """The texts that an attribute comes to; None where it may come to one that is not written in it."""
    if isinstance(term, LiteralTerm):
        return [term.value]
    return _static(term.expression.tree.root)


def _static(node: Node) -> list[str] | None:
    if isinstance(node, Literal):
        return [node.value] if isinstance(node.value, str) else [] if node.value is None else None
    if isinstance(node, Conditional):
        inner = [*(value for _, value in node.branches), node.otherwise]
    elif isinstance(node, ListLiteral):
        inner = list(node.items)
    else:
        return None
    found = [_static(one) for one in inner]
    return None if any(one is None for one in found) else [text for one in found if one is not None for text in one]
