"""The engine against stock SpiffWorkflow with its own serializer: load + complete + save, in one process; and what age costs."""

import gc
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from app.domain.calendars import statutory
from app.engine import State, StaticLibrary, commands, effects, read, step
from bench.measure import each

ZONE = ZoneInfo("Asia/Shanghai")
CALLED = '<zeebe:calledElement processId="called" propagateAllChildVariables="false"/>'
NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="x">'
)


def thirty(*, stock: bool) -> dict[str, bytes]:
    """A process of thirty nodes with three call activities, in our dialect or in stock SpiffWorkflow's; and the called one."""
    nodes: list[str] = ['<bpmn:startEvent id="begin"/>']
    flows: list[tuple[str, str, str | None]] = []
    last = "begin"

    def add(name: str, xml: str) -> None:
        nonlocal last
        nodes.append(xml)
        flows.append((last, name, None))
        last = name

    for part in range(3):
        add(f"ask{part}", _user(f"ask{part}", stock))
        add(f"which{part}", f'<bpmn:exclusiveGateway id="which{part}" default="f_which{part}_no{part}"/>')
        nodes += [_user(f"yes{part}", stock), _user(f"no{part}", stock), f'<bpmn:exclusiveGateway id="met{part}"/>']
        flows += [
            (f"which{part}", f"yes{part}", "amount > 5"),
            (f"which{part}", f"no{part}", None),
            (f"yes{part}", f"met{part}", None),
            (f"no{part}", f"met{part}", None),
        ]
        last = f"met{part}"
        add(f"split{part}", f'<bpmn:parallelGateway id="split{part}"/>')
        nodes += [_user(f"left{part}", stock), f'<bpmn:parallelGateway id="join{part}"/>']
        flows += [(f"split{part}", f"left{part}", None), (f"left{part}", f"join{part}", None), (f"split{part}", f"join{part}", None)]
        last = f"join{part}"
        call = f'<bpmn:callActivity id="call{part}"' + (
            ' calledElement="called"/>' if stock else f"><bpmn:extensionElements>{CALLED}</bpmn:extensionElements></bpmn:callActivity>"
        )
        add(f"call{part}", call)
    nodes.append('<bpmn:endEvent id="done"/>')
    flows.append((last, "done", None))
    main = HEAD + _process("main", nodes, flows, stock) + "</bpmn:definitions>"
    inner = (
        HEAD
        + _process(
            "called",
            ['<bpmn:startEvent id="b"/>', _user("inner", stock), '<bpmn:endEvent id="e"/>'],
            [("b", "inner", None), ("inner", "e", None)],
            stock,
        )
        + "</bpmn:definitions>"
    )
    return {"main": main.encode(), "called": inner.encode()}


def _user(name: str, stock: bool) -> str:
    extension = "" if stock else "<bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements>"
    return f'<bpmn:userTask id="{name}" name="{name}">{extension}</bpmn:userTask>'


def _process(name: str, nodes: list[str], flows: list[tuple[str, str, str | None]], stock: bool) -> str:
    body = "".join(nodes)
    for source, target, condition in flows:
        text = condition if stock else f"={condition}"
        inner = (
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{text.replace(">", "&gt;")}</bpmn:conditionExpression>'
            if condition
            else ""
        )
        body += f'<bpmn:sequenceFlow id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'
    return f'<bpmn:process id="{name}" isExecutable="true">{body}</bpmn:process>'


def library(sources: dict[str, bytes]) -> StaticLibrary:
    processes = {}
    for number, (name, source) in enumerate(sources.items(), start=1):
        processes[name] = read(source, f"{name}.bpmn").processes[0].with_key(number, 1, 1)
    return StaticLibrary(processes, {}, frozenset(), statutory(), ZONE, any_form=True)


def ours(sources: dict[str, bytes]) -> Callable[[], int]:
    """One life: every task is completed on a state loaded from text and saved to text. Returns how many completions."""
    shelf = library(sources)

    def life() -> int:
        state, _ = step(shelf, None, commands.Start(1, {"amount": 7, "name": "智慧平台"}), NOW)
        text, count = state.dump(), 0
        while True:
            state = State.load(text, shelf)
            tasks = state.open_tasks()
            if not tasks:
                return count
            state, _ = step(shelf, state, commands.CompleteTask(tasks[0].element, {"opinion": "同意", "amount": 7}), NOW)
            text, count = state.dump(), count + 1

    return life


def stock(sources: dict[str, bytes]) -> Callable[[], int]:
    """The same with SpiffWorkflow as it comes: its parser, script engine and serializer."""
    from lxml import etree
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    for name, source in sources.items():
        parser.add_bpmn_xml(etree.parse(BytesIO(source)).getroot(), filename=name)
    spec, inner = parser.get_spec("main"), parser.get_subprocess_specs("main")
    serializer = BpmnWorkflowSerializer()

    def life() -> int:
        workflow = BpmnWorkflow(spec, inner)
        workflow.get_next_task(spec_name="Start").data.update({"amount": 7, "name": "智慧平台"})
        workflow.do_engine_steps()
        text, count = serializer.serialize_json(workflow), 0
        while True:
            workflow = serializer.deserialize_json(text)
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            if task is None:
                return count
            task.data.update({"opinion": "同意", "amount": 7})
            task.run()
            workflow.do_engine_steps()
            text, count = serializer.serialize_json(workflow), count + 1

    return life


def rework() -> bytes:
    body = [
        _user("work", False),
        '<bpmn:exclusiveGateway id="again" default="f_again_work"/>',
        '<bpmn:startEvent id="begin"/>',
        '<bpmn:endEvent id="done"/>',
    ]
    flows: list[tuple[str, str, str | None]] = [
        ("begin", "work", None),
        ("work", "again", None),
        ("again", "work", None),
        ("again", "done", "ready"),
    ]
    return (HEAD + _process("main", body, flows, False) + "</bpmn:definitions>").encode()


def age() -> None:
    shelf = library({"main": rework()})
    state, _ = step(shelf, None, commands.Start(1, {"ready": False}), NOW)
    text = state.dump()

    def one(_: int) -> None:
        nonlocal text
        state = State.load(text, shelf)
        state, happened = step(
            shelf, state, commands.CompleteTask(state.open_tasks()[0].element, {"note": "再改"}), NOW + timedelta(minutes=1)
        )
        assert any(isinstance(effect, effects.TaskOpened) for effect in happened)
        text = state.dump()

    each(one, 5)
    young = each(one, 50)
    each(one, 4900)
    old = each(one, 50)
    print(f"rework loop, passes 6–55            {young}")
    print(
        f"rework loop, passes 4,956–5,005     {old}   {old.cpu / young.cpu:.2f} times the young, goal 1.2; state {len(text.encode())} bytes, goal 10,000"
    )


def run() -> None:
    gc.collect()
    mine, theirs = ours(thirty(stock=False)), stock(thirty(stock=True))
    completions = mine()
    assert completions == theirs()
    ratios = []
    for _ in range(5):
        a = each(lambda _: mine(), 20)
        b = each(lambda _: theirs(), 6)
        ratios.append((b.cpu / a.cpu, a.cpu / completions, b.cpu / completions))
    ratios.sort()
    ratio, one, other = ratios[len(ratios) // 2]
    print(
        f"30 nodes, 3 calls, load+complete+save: ours {one * 1e3:.3f} ms CPU ({1 / one:.0f}/s), stock {other * 1e3:.3f} ms ({1 / other:.0f}/s): {ratio:.1f} times, goal 3"
    )
    print("  per pair: " + json.dumps([round(entry[0], 2) for entry in ratios]))
    age()
