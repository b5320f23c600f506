"""Small diagrams for tests, written as Python: each function gives one piece of BPMN."""

from itertools import count, pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="definitions"
 targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0">
"""
_numbers = count(1)


def file(*parts: str) -> bytes:
    return (HEAD + "\n".join(parts) + "</bpmn:definitions>").encode()


def process(*body: str, id: str = "p", name: str = "", extensions: str = "", executable: str = "true") -> str:
    return f'<bpmn:process id="{id}" name="{name or id}" isExecutable="{executable}">{ext(extensions)}{"".join(body)}</bpmn:process>'


def ext(inner: str) -> str:
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>" if inner else ""


def node(tag: str, id: str, inner: str = "", extensions: str = "", **attributes: str) -> str:
    extra = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<bpmn:{tag} id="{id}"{extra}>{ext(extensions)}{inner}</bpmn:{tag}>'


def start(id: str = "start", inner: str = "", extensions: str = "", **attributes: str) -> str:
    return node("startEvent", id, inner, extensions, **attributes)


def end(id: str = "end", inner: str = "", extensions: str = "") -> str:
    return node("endEvent", id, inner, extensions)


def user(id: str, extensions: str = "", loop: str = "", **attributes: str) -> str:
    return node("userTask", id, loop, "<zeebe:userTask/>" + extensions, name=id, **attributes)


def service(id: str, type: str = "work", extensions: str = "", loop: str = "", retries: str = "3") -> str:
    return node("serviceTask", id, loop, f"<zeebe:taskDefinition type={quoteattr(type)} retries={quoteattr(retries)}/>" + extensions)


def script(id: str, expression: str, result: str, extensions: str = "") -> str:
    return node("scriptTask", id, "", f"<zeebe:script expression={quoteattr(expression)} resultVariable={quoteattr(result)}/>" + extensions)


def rule(id: str, decision: str, result: str, extensions: str = "") -> str:
    return node(
        "businessRuleTask",
        id,
        "",
        f"<zeebe:calledDecision decisionId={quoteattr(decision)} resultVariable={quoteattr(result)}/>" + extensions,
    )


def receive(id: str, message: str, extensions: str = "") -> str:
    return node("receiveTask", id, "", extensions, messageRef=message)


def exclusive(id: str, default: str | None = None) -> str:
    return node("exclusiveGateway", id, **({"default": default} if default else {}))


def inclusive(id: str, default: str | None = None) -> str:
    return node("inclusiveGateway", id, **({"default": default} if default else {}))


def parallel(id: str) -> str:
    return node("parallelGateway", id)


def event_gateway(id: str) -> str:
    return node("eventBasedGateway", id)


def flow(source: str, target: str, condition: str | None = None, id: str | None = None) -> str:
    inner = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression>' if condition else ""
    )
    return f'<bpmn:sequenceFlow id="{id or f"flow_{next(_numbers)}"}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


def chain(*ids: str) -> str:
    return "".join(flow(source, target) for source, target in pairwise(ids))


def timer(kind: str, value: str) -> str:
    """``kind``: Date, Duration or Cycle."""
    return f"<bpmn:timerEventDefinition><bpmn:time{kind}>{escape(value)}</bpmn:time{kind}></bpmn:timerEventDefinition>"


def boundary(id: str, host: str, inner: str, interrupting: bool = True, extensions: str = "") -> str:
    return node("boundaryEvent", id, inner, extensions, attachedToRef=host, cancelActivity="true" if interrupting else "false")


def catch(id: str, inner: str, extensions: str = "") -> str:
    return node("intermediateCatchEvent", id, inner, extensions)


def throw(id: str, inner: str = "", extensions: str = "") -> str:
    return node("intermediateThrowEvent", id, inner, extensions)


def message(id: str, name: str, key: str | None = None) -> str:
    return f'<bpmn:message id="{id}" name={quoteattr(name)}>{ext(f"<zeebe:subscription correlationKey={quoteattr(key)}/>" if key else "")}</bpmn:message>'


def on_message(ref: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="{ref}"/>'


def signal(id: str, name: str) -> str:
    return f'<bpmn:signal id="{id}" name={quoteattr(name)}/>'


def on_signal(ref: str) -> str:
    return f'<bpmn:signalEventDefinition signalRef="{ref}"/>'


def error(id: str, code: str) -> str:
    return f'<bpmn:error id="{id}" name="{id}" errorCode={quoteattr(code)}/>'


def on_error(ref: str | None = None) -> str:
    return f'<bpmn:errorEventDefinition errorRef="{ref}"/>' if ref else "<bpmn:errorEventDefinition/>"


def escalation(id: str, code: str) -> str:
    return f'<bpmn:escalation id="{id}" name="{id}" escalationCode={quoteattr(code)}/>'


def on_escalation(ref: str | None = None) -> str:
    return f'<bpmn:escalationEventDefinition escalationRef="{ref}"/>' if ref else "<bpmn:escalationEventDefinition/>"


def on_link(name: str) -> str:
    return f"<bpmn:linkEventDefinition name={quoteattr(name)}/>"


TERMINATE = "<bpmn:terminateEventDefinition/>"


def subprocess(id: str, *body: str, extensions: str = "", loop: str = "") -> str:
    return node("subProcess", id, loop + "".join(body), extensions)


def event_subprocess(id: str, *body: str) -> str:
    return node("subProcess", id, "".join(body), triggeredByEvent="true")


def loop(
    items: str,
    element: str | None = None,
    output: str | None = None,
    output_element: str | None = None,
    *,
    sequential: bool = False,
    condition: str | None = None,
) -> str:
    attributes = f"inputCollection={quoteattr(items)}"
    for name, value in (("inputElement", element), ("outputCollection", output), ("outputElement", output_element)):
        if value:
            attributes += f" {name}={quoteattr(value)}"
    until = (
        f'<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:completionCondition>' if condition else ""
    )
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{"true" if sequential else "false"}">{ext(f"<zeebe:loopCharacteristics {attributes}/>")}{until}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def call(id: str, called: str, extensions: str = "", loop: str = "", **attributes: str) -> str:
    extra = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return node("callActivity", id, loop, f"<zeebe:calledElement processId={quoteattr(called)}{extra}/>" + extensions)


def headers(**values: str) -> str:
    """Task headers."""
    inner = "".join(f"<zeebe:header key={quoteattr(key)} value={quoteattr(value)}/>" for key, value in values.items())
    return f"<zeebe:taskHeaders>{inner}</zeebe:taskHeaders>"


def io(inputs: dict[str, str] | None = None, outputs: dict[str, str] | list[tuple[str, str]] | None = None) -> str:
    """Mappings: target → source; outputs also as (source, target), for a target that stands twice."""
    pairs = outputs if isinstance(outputs, list) else [(source, target) for target, source in (outputs or {}).items()]
    inner = "".join(f"<zeebe:input source={quoteattr(source)} target={quoteattr(target)}/>" for target, source in (inputs or {}).items())
    inner += "".join(f"<zeebe:output source={quoteattr(source)} target={quoteattr(target)}/>" for source, target in pairs)
    return f"<zeebe:ioMapping>{inner}</zeebe:ioMapping>"
