"""Multi-instance activities: a body that holds the loop, and one instance of the activity per item."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.decision import feel
from app.engine.elements.base import Element
from app.engine.elements.mappings import to_json
from app.engine.errors import Failure
from app.engine.expressions import Formula, evaluate
from app.engine.spiff import LevelSpec, Token

if TYPE_CHECKING:
    from app.engine.act import Act

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Loop:
    input_collection: Formula
    input_element: str | None = None
    output_collection: str | None = None
    output_element: Formula | None = None
    sequential: bool = False
    completion_condition: Formula | None = None


class MultiInstanceBody(Element):
    """Stands for the whole loop: its boundary events, its output. ``activity`` is what is done for every item.

    memo: ``total`` (items), ``index`` (items begun), ``next`` (instances begun), ``done``, ``extra`` (added by modification); ``items`` only when they are
    taken one after the other.
    """

    element_type = "multiInstanceBody"
    activity: Element
    loop: Loop

    def __init__(self, level: LevelSpec, bpmn_id: str, name: str | None) -> None:
        Element.__init__(self, level, bpmn_id, name)

    def activate(self, act: "Act", token: Token) -> bool:
        loop = self.loop
        items = evaluate(act, loop.input_collection, token, "多实例的输入集合")
        if not isinstance(items, list):
            raise Failure(
                "EXTRACT_VALUE_ERROR",
                f"{act.place(token)}的输入集合“={loop.input_collection.text}”得到 {feel.type_name(items)},应为列表。请补齐变量后重试",
                {"expression": "=" + loop.input_collection.text},
            )
        if len(items) > act.limits.multi_instance:
            raise Failure(
                "LIMIT_MULTI_INSTANCE",
                f"{act.place(token)}需要 {len(items)} 个实例,超过上限({act.limits.multi_instance} 个)。请缩小输入集合后重试",
                {"limit": act.limits.multi_instance, "instances": len(items)},
            )
        values: list[Any] = to_json(act, token, items, "输入集合", "EXTRACT_VALUE_ERROR")
        if loop.output_collection:
            act.set_local(token, loop.output_collection, [None] * len(values))
        if not values:
            return True
        token.memo.update(total=len(values), index=0, next=0, done=0)
        if loop.sequential:
            token.memo["items"] = values
            self.begin(act, token, values[0])
        else:
            for item in values:
                self.begin(act, token, item)
        return False

    def begin(self, act: "Act", token: Token, item: Any) -> None:
        loop, memo = self.loop, token.memo
        memo["next"] += 1
        memo["index"] += 1
        child = token.add(self.activity)
        child.variables["loopCounter"] = memo["index"]
        child.task_spec.announce(act, child)
        child.stage = "entering"
        act.set_local(child, "loopCounter", memo["index"])
        if loop.input_element:
            act.set_local(child, loop.input_element, item)
        self.declare_output(act, child)
        child.ready()

    def declare_output(self, act: "Act", child: Token) -> None:
        """A plain name as output element is the instance's own, so that the result of one does not reach the others."""
        element = self.loop.output_element
        if element is not None and _NAME.fullmatch(element.text) and element.text not in child.variables:
            act.set_local(child, element.text, None)

    def extra_instance(self, act: "Act", token: Token) -> Token:
        """One more instance, made by a modification, without an item; its output is appended."""
        memo = token.memo
        memo["next"] += 1
        memo["extra"] = memo.get("extra", 0) + 1
        child = token.add(self.activity)
        number = memo["total"] + memo["extra"]
        child.variables["loopCounter"] = number
        child.task_spec.announce(act, child)
        act.set_local(child, "loopCounter", number)
        collection = self.loop.output_collection
        if collection:
            filled = list(token.variables.get(collection) or ())
            act.set_local(token, collection, filled + [None] * (number - len(filled)))
        return child

    def join(self, act: "Act", token: Token, variables: dict[str, Any]) -> None:
        """One more instance with its own ``variables`` (the item among them)."""
        child = self.extra_instance(act, token)
        child.stage = "entering"
        for name, value in variables.items():
            act.set_local(child, name, value)
        self.declare_output(act, child)
        child.ready()

    def has_more(self, token: Token) -> bool:
        """Whether there is anything for the body to go on with after its last instance has been taken away."""
        memo = token.memo
        return token.stage == "active" and (memo["done"] > 0 or (self.loop.sequential and memo["index"] < memo["total"]))

    def collect(self, act: "Act", token: Token, child: Token) -> None:
        """An instance is about to end: keep its output, and see whether the loop is done. Raises Failure at the instance."""
        loop, memo = self.loop, token.memo
        output: Any = None
        if loop.output_collection and loop.output_element is not None:
            value = evaluate(act, loop.output_element, child, "多实例的输出元素")
            output = to_json(act, child, value, "输出元素", "EXTRACT_VALUE_ERROR")
            filled = list(token.variables.get(loop.output_collection) or ())
            index = int(child.variables["loopCounter"]) - 1
            if index < len(filled):
                filled[index] = output
            previous = token.variables.get(loop.output_collection)
            token.variables[loop.output_collection] = filled
            try:
                satisfied = self.satisfied(act, token, child)
            except Failure:
                token.variables[loop.output_collection] = previous
                raise
            act.set_local(token, loop.output_collection, filled)
        else:
            satisfied = self.satisfied(act, token, child)
        memo["done"] += 1
        if satisfied:
            memo["satisfied"] = True

    def satisfied(self, act: "Act", token: Token, child: Token) -> bool:
        condition = self.loop.completion_condition
        if condition is None:
            return False
        memo = token.memo
        open_now = len(token._children)
        context = {
            **act.visible(child),
            "numberOfInstances": memo["total"] + memo.get("extra", 0),
            "numberOfActiveInstances": open_now - 1,
            "numberOfCompletedInstances": memo["done"] + 1,
            "numberOfTerminatedInstances": memo["next"] - memo["done"] - open_now,
        }
        value = evaluate(act, condition, child, "多实例的完成条件", kind="CONDITION_ERROR", context=context)
        if not isinstance(value, bool):
            got = "空值(null)" if value is None else feel.type_name(value)
            raise Failure(
                "CONDITION_ERROR",
                f"{act.place(child)}的完成条件“={condition.text}”得到 {got},应为真(true)或假(false)。请补齐变量后重试",
                {"expression": "=" + condition.text, "value": got},
            )
        return value

    def instance_left(self, act: "Act", token: Token) -> None:
        """An instance has gone: begin the next one, or complete the body."""
        memo = token.memo
        if token.stage != "active" or act.holding:
            return
        if memo.get("satisfied"):
            for number in list(token._children):
                token.workflow.tasks[number].cancel()
            token.queue("completing")
        elif token._children:
            return
        elif self.loop.sequential and memo["index"] < memo["total"]:
            self.begin(act, token, memo["items"][memo["index"]])
        else:
            token.queue("completing")

    def complete(self, act: "Act", token: Token) -> None:
        collection = self.loop.output_collection
        if collection and collection in token.variables:
            value = token.variables.pop(collection)
            act.propagate(token.outer or token, {collection: value})
        for name in ("total", "index", "next", "done", "extra", "items", "satisfied"):
            token.memo.pop(name, None)

    def waits_to_open(self) -> Sequence[Any]:
        return self.boundaries
