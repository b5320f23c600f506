"""Signals inside the tree that throws them; other trees hear of them by ``SignalThrown``, each in an act of its own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.engine.effects import SignalThrown
from app.engine.spiff import Token, Tree

if TYPE_CHECKING:
    from app.engine.act import Act


def throw_signal(act: "Act", token: Token, name: str) -> bool:
    """Take every subscription to ``name`` that is open in the tree now, each once; one that opens later does not get it.

    True: the thrower goes on; False: something that caught it has ended it.
    """
    tree = act.tree
    mapped = dict(token.variables) if token.task_spec.input_mappings else None
    act.emit(SignalThrown(token.number, name, act.visible(token) if mapped is None else mapped))
    heard = [
        (wait, carried(tree, token.instance, wait.owner.instance) if mapped is None else mapped)
        for wait in tree.waits.values()
        if wait.event.trigger.kind == "signal" and wait.memo["name"] == name
    ]
    for wait, payload in heard:
        # Another that heard it may have ended this one.
        if tree.waits.get(wait.number) is wait:
            wait.event.fire(act, wait, dict(payload))
    return token.is_open


def carried(tree: Tree, thrower: int, catcher: int) -> Mapping[str, Any]:
    """What a signal without input mappings brings to a process instance of its own tree: what the called processes that it leaves have set themselves.

    Everything else can be seen there anyway, or is local to the thrower: the item of one instance of a multi-instance is none of another's business.
    """
    around = {0}
    while catcher:
        around.add(catcher)
        catcher = tree.instances[catcher].parent
    brought: dict[str, Any] = {}
    while thrower not in around:
        instance = tree.instances[thrower]
        root = instance.level.task_tree
        for name in root.memo.get("written", ()):
            brought.setdefault(name, root.variables[name])
        thrower = instance.parent
    return brought
