"""Multi-instance activities: a body that holds the loop, and one instance of the activity per item."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.decision import feel
from app.engine.codes import IncidentType
from app.engine.elements.aside import hand_on
from app.engine.elements.base import Element
from app.engine.elements.mappings import to_json
from app.engine.errors import ElementFailure, ModificationRefused
from app.engine.expressions import FormulaTerm, evaluate, verdict
from app.engine.scopes import LOOP_COUNTER
from app.engine.spiff import LevelSpec, Token

if TYPE_CHECKING:
    from app.engine.course import Course

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Loop:
    input_collection: FormulaTerm
    input_element: str | None = None
    output_collection: str | None = None
    output_element: FormulaTerm | None = None
    sequential: bool = False
    completion_condition: FormulaTerm | None = None

    @property
    def output_name(self) -> str | None:
        """The output element if it is a plain name."""
        element = self.output_element
        return element.text if element is not None and _NAME.fullmatch(element.text) else None

    @property
    def names_of_instance(self) -> tuple[str | None, ...]:
        """What the loop itself gives to each instance as its own."""
        return (self.input_element, self.output_name)


class MultiInstanceBody(Element):
    """Stands for the whole loop: its boundary events, its output. ``activity`` is what is done for every item.

    memo: ``total`` (items), ``index`` (items begun), ``next`` (instances begun), ``done``, ``extra`` (added by modification); ``items`` only when they are
    taken one after the other; ``output``, the collection as far as it is filled. Everybody inside sees that list under the collection's name, nobody writes it:
    what an instance sets under this name is its own. Each instance has its ``place`` in it, counted from 1; ``loopCounter`` only shows it.
    After a return ``entry`` says which instances are done again (``places``, else all), ``left`` which of them are still to begin; the others stand.
    """

    element_type = "multiInstanceBody"
    activity: Element
    loop: Loop
    may_be_empty = False

    def __init__(self, level: LevelSpec, bpmn_id: str, name: str | None) -> None:
        Element.__init__(self, level, bpmn_id, name)

    @property
    def makes_rows(self) -> bool:
        return self.activity.makes_rows

    @property
    def kept(self) -> str | None:
        return self.loop.output_collection

    def activate(self, course: "Course", token: Token) -> bool:
        loop = self.loop
        items = evaluate(course, loop.input_collection, token, "多实例的输入集合")
        if not isinstance(items, list):
            raise ElementFailure(
                IncidentType.EXTRACT_VALUE_ERROR,
                f"{course.place(token)}的输入集合“={loop.input_collection.text}”得到 {feel.type_name(items)},应为列表。请补齐变量后重试",
                {"expression": "=" + loop.input_collection.text},
            )
        if not items and not self.may_be_empty and course.tree.instances[token.instance].definition.declares:
            raise ElementFailure(
                IncidentType.EMPTY_COLLECTION,
                f"{course.place(token)}的输入集合“={loop.input_collection.text}”是空的,没有人办理就会通过。请补齐名单后重试;"
                "确实可以没有的,请业务分析员在流程图上声明 mayBeEmpty = true",
                {"expression": "=" + loop.input_collection.text},
            )
        if len(items) > course.limits.multi_instance:
            raise ElementFailure(
                IncidentType.LIMIT_MULTI_INSTANCE,
                f"{course.place(token)}需要 {len(items)} 个实例,超过上限({course.limits.multi_instance} 个)。请缩小输入集合后重试",
                {"limit": course.limits.multi_instance, "instances": len(items)},
            )
        values: list[Any] = to_json(course, token, items, "输入集合", IncidentType.EXTRACT_VALUE_ERROR)
        if loop.input_element:
            # None of them begins if one could not.
            for item in values:
                course.check(token, loop.input_element, item)
        again: list[int] = token.memo.get("entry", {}).get("places", [])
        if any(place > len(values) for place in again):
            raise ElementFailure(
                IncidentType.EXTRACT_VALUE_ERROR,
                f"{course.place(token)}被退回重办第 {max(again)} 项,但输入集合“={loop.input_collection.text}”现在只有 {len(values)} 项。请改正变量后重试",
                {"expression": "=" + loop.input_collection.text},
            )
        if loop.output_collection:
            self.keep(course, token, self.standing(course, token, len(values)) if again else [None] * len(values))
        if not values:
            return True
        if again:
            stand = len(values) - len(again)
            token.memo.update(total=len(values), index=len(values), next=stand, done=stand, items=values, left=again)
            for _ in range(1 if loop.sequential else len(again)):
                self.begin_left(course, token)
            return False
        token.memo.update(total=len(values), index=0, next=0, done=0)
        if loop.sequential:
            token.memo["items"] = values
            self.begin(course, token, values[0])
        else:
            for item in values:
                self.begin(course, token, item)
        return False

    def standing(self, course: "Course", token: Token, places: int) -> list[Any]:
        """The collection as it was given when the loop last completed."""
        before = course.visible(token).get(str(self.loop.output_collection))
        kept = before[:places] if isinstance(before, list) else []
        return [*kept, *[None] * (places - len(kept))]

    def begin_left(self, course: "Course", token: Token) -> None:
        """Begin the next of the instances that are done again."""
        place, *token.memo["left"] = token.memo["left"]
        self.begin(course, token, token.memo["items"][place - 1], place)

    def begin(self, course: "Course", token: Token, item: Any, place: int = 0) -> None:
        """Begin an instance for ``item``: the next one, or the one at ``place``."""
        loop, memo = self.loop, token.memo
        memo["next"] += 1
        if not place:
            memo["index"] += 1
        child = self.add_instance(course, token, place or memo["index"])
        hand_on(token, child)
        child.memo.get("entry", {}).pop("places", None)
        child.stage = "entering"
        if loop.input_element:
            course.put(child, loop.input_element, item)
        self.declare_output(course, child)
        child.ready()

    def add_instance(self, course: "Course", token: Token, place: int) -> Token:
        child = token.add(self.activity)
        child.memo["place"] = place
        child.task_spec.announce(course, child)
        course.put(child, LOOP_COUNTER, place)
        return child

    def keep(self, course: "Course", token: Token, output: list[Any]) -> None:
        """Make ``output`` the collection, and say so. Raises ElementFailure when it is too large."""
        name = self.loop.output_collection
        if name:
            course.check(token, name, output)
            token.memo["output"] = output
            course.tell(token, name, output)

    def restore(self, course: "Course", token: Token, value: Any) -> None:
        """An administrator gives back a collection that a task of the first release has overwritten. Raises Refused where there is nothing to mend."""
        name, places = self.loop.output_collection, places_of(token)
        if "output" in token.memo or "total" not in token.memo:
            raise ModificationRefused([f"变量“{name}”是多实例{course.place(token)}的输出集合,由引擎按各实例的结果填写,不能直接修改"])
        if not isinstance(value, list) or len(value) != places:
            raise ModificationRefused([f"变量“{name}”是多实例{course.place(token)}的输出集合,应为 {places} 项的列表"])
        self.keep(course, token, value)

    def declare_output(self, course: "Course", child: Token) -> None:
        """A plain name as output element is the instance's own, so that the result of one does not reach the others."""
        name = self.loop.output_name
        if name is not None and name not in child.variables:
            course.put(child, name, None)

    def extra_instance(self, course: "Course", token: Token) -> Token:
        """One more instance, made by a modification, without an item; its output is appended."""
        memo = token.memo
        memo["next"] += 1
        memo["extra"] = memo.get("extra", 0) + 1
        if "output" in memo:
            self.keep(course, token, [*memo["output"], None])
        return self.add_instance(course, token, places_of(token))

    def join(self, course: "Course", token: Token, variables: dict[str, Any]) -> None:
        """One more instance with its own ``variables`` (the item among them)."""
        child = self.extra_instance(course, token)
        child.stage = "entering"
        for name, value in variables.items():
            course.set_local(child, name, value)
        self.declare_output(course, child)
        child.ready()

    def has_more(self, token: Token) -> bool:
        """Whether there is anything for the body to go on with after its last instance has been taken away."""
        memo = token.memo
        return token.stage == "active" and (memo["done"] > 0 or (self.loop.sequential and self.goes_on(token)))

    def goes_on(self, token: Token) -> bool:
        """Whether there are items that have not begun."""
        return bool(token.memo.get("left")) or int(token.memo["index"]) < int(token.memo["total"])

    def collect(self, course: "Course", token: Token, child: Token) -> None:
        """An instance is about to end: keep its output, and see whether the loop is done. Raises ElementFailure at the instance."""
        filled = self.filled(course, token, child)
        satisfied = self.satisfied(course, token, child, filled)
        if filled is not None:
            self.keep(course, token, filled)
        token.memo["done"] += 1
        if satisfied:
            token.memo["satisfied"] = True

    def filled(self, course: "Course", token: Token, child: Token) -> list[Any] | None:
        """The collection with what ``child`` adds to it; None if nothing is collected. Raises ElementFailure."""
        loop = self.loop
        if not loop.output_collection or loop.output_element is None:
            return None
        value = evaluate(course, loop.output_element, child, "多实例的输出元素")
        output = to_json(course, child, value, "输出元素", IncidentType.EXTRACT_VALUE_ERROR)
        if "output" not in token.memo:
            raise ElementFailure(
                IncidentType.EXTRACT_VALUE_ERROR,
                f"{course.place(child)}的结果无法收集:输出集合“{loop.output_collection}”已在旧版本中被其他数据覆盖。"
                f"请管理员在多实例(元素实例 {token.number})上把该变量重新设为 {places_of(token)} 项的列表后重试",
                {"variable": loop.output_collection, "scope": token.number, "places": places_of(token)},
            )
        kept: list[Any] = list(token.memo["output"])
        kept[child.memo["place"] - 1] = output
        return kept

    def satisfied(self, course: "Course", token: Token, child: Token, filled: list[Any] | None) -> bool:
        condition = self.loop.completion_condition
        if condition is None:
            return False
        memo = token.memo
        open_now = len(token._children)
        context = course.visible(child)
        if filled is not None and self.loop.output_collection not in self.loop.names_of_instance:
            context[str(self.loop.output_collection)] = filled
        context |= {
            "numberOfInstances": memo["total"] + memo.get("extra", 0),
            "numberOfActiveInstances": open_now - 1,
            "numberOfCompletedInstances": memo["done"] + 1,
            "numberOfTerminatedInstances": memo["next"] - memo["done"] - open_now,
        }
        return verdict(course, condition, child, "完成条件", context=context)

    def instance_left(self, course: "Course", token: Token) -> None:
        """An instance has gone: begin the next one, or complete the body."""
        memo = token.memo
        if token.stage != "active" or course.holding:
            return
        if memo.get("satisfied"):
            for number in list(token._children):
                token.workflow.tasks[number].cancel()
            token.queue("completing")
        elif token._children:
            return
        elif self.loop.sequential and memo.get("left"):
            self.begin_left(course, token)
        elif self.loop.sequential and memo["index"] < memo["total"]:
            self.begin(course, token, memo["items"][memo["index"]])
        else:
            token.queue("completing")

    def complete(self, course: "Course", token: Token) -> None:
        collection = self.loop.output_collection
        if collection and "output" in token.memo:
            course.propagate(token.outer or token, {collection: token.memo["output"]})
        for name in ("total", "index", "next", "done", "extra", "items", "satisfied", "output", "entry", "left"):
            token.memo.pop(name, None)

    def waits_to_open(self) -> Sequence[Any]:
        return self.boundaries


def places_of(token: Token) -> int:
    """How many places the collection of a body has."""
    return int(token.memo["total"]) + int(token.memo.get("extra", 0))
