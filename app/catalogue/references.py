"""What processes find by name, in words: what a catalogue version lacks, and what it has in another version than a second one."""

from collections.abc import Collection, Iterator, Sequence

from app.catalogue.snapshot import Snapshot
from app.engine import ProcessDefinition

_KINDS = {"process": "流程", "decision": "决策", "form": "表单"}


def missing(library: Snapshot, target: ProcessDefinition) -> Iterator[str]:
    """What a process calls by id and these rules do not have."""
    for kind, word in _KINDS.items():
        for name in sorted(_called(target, kind)):
            if library.reference(kind, name) is None:
                yield f"{word}“{name}”"


def changes(before: Snapshot, after: Snapshot, running: Sequence[ProcessDefinition]) -> Iterator[str]:
    """What these processes find by name in another version under the rules of ``after``."""
    if before.version == after.version:
        return
    for kind, word in _KINDS.items():
        for name in sorted({name for definition in running for name in _called(definition, kind)}):
            old, new = before.reference(kind, name), after.reference(kind, name)
            if old is not None and new is not None and old.key != new.key:
                yield f"{word}“{name}”:第 {old.version} 版 → 第 {new.version} 版"


def _called(definition: ProcessDefinition, kind: str) -> Collection[str]:
    return {"process": definition.called_processes, "decision": definition.called_decisions, "form": definition.forms}[kind]
