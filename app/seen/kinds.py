"""What kinds of elements are called: by people, and in BPMN's own words for analysts."""

from app.engine.elements.base import EventElement
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import EventSubProcess
from app.rehearsal.inventory import Part

_KINDS = {
    "task": "事项",
    "userTask": "办理事项",
    "manualTask": "线下办理",
    "businessRuleTask": "系统判定",
    "serviceTask": "系统办理",
    "sendTask": "发出通知",
    "receiveTask": "等待通知",
    "scriptTask": "系统计算",
    "callActivity": "转入另一流程",
    "subProcess": "阶段",
    "exclusiveGateway": "分支：走其中一条",
    "inclusiveGateway": "分支：走符合条件的几条",
    "parallelGateway": "分支：各条同时走",
    "eventBasedGateway": "分支：走先发生的一条",
    "startEvent": "开始",
    "endEvent": "结束",
    "intermediateCatchEvent": "等待",
    "intermediateThrowEvent": "系统通知",
    "boundaryEvent": "例外",
}
"""What people call a kind of element; analysts read BPMN's own word too."""
_BY_TRIGGER = {
    ("boundaryEvent", "timer"): "到期时",
    ("boundaryEvent", "message"): "收到通知时",
    ("boundaryEvent", "signal"): "收到通知时",
    ("intermediateCatchEvent", "timer"): "等到约定的时间",
    ("intermediateCatchEvent", "message"): "等待通知",
    ("intermediateCatchEvent", "signal"): "等待通知",
    ("intermediateThrowEvent", "none"): "节点",
}
_DRAWN = {
    "task": "任务",
    "userTask": "用户任务",
    "manualTask": "手工任务",
    "businessRuleTask": "业务规则任务",
    "serviceTask": "服务任务",
    "sendTask": "发送任务",
    "receiveTask": "接收任务",
    "scriptTask": "脚本任务",
    "callActivity": "调用活动",
    "subProcess": "子流程",
    "exclusiveGateway": "排他网关",
    "inclusiveGateway": "包容网关",
    "parallelGateway": "并行网关",
    "eventBasedGateway": "事件网关",
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "intermediateCatchEvent": "等待事件",
    "intermediateThrowEvent": "中间事件",
    "boundaryEvent": "边界事件",
}
_TRIGGERS = {
    "timer": "定时",
    "message": "消息",
    "signal": "信号",
    "error": "错误",
    "escalation": "升级",
    "link": "链接",
    "terminate": "终止",
}


def kind(part: Part) -> str:
    """What people call it."""
    if isinstance(part.activity, EventSubProcess):
        return "随时可能发生的例外"
    kind_of, trigger = part.activity.element_type, getattr(part.activity, "trigger", None)
    word = _BY_TRIGGER.get((kind_of, trigger.kind if trigger is not None else ""), _KINDS.get(kind_of, "环节"))
    if not isinstance(part.element, MultiInstanceBody):
        return word
    return f"{word}（逐个进行）" if part.element.loop.sequential else f"{word}（各办各的）"


def drawn(part: Part) -> str:
    """What BPMN calls it."""
    activity = part.activity
    trigger = getattr(activity, "trigger", None)
    word = _DRAWN.get(activity.element_type, "环节")
    if isinstance(activity, EventSubProcess):
        word = "事件子流程"
    elif trigger is not None:
        word = _TRIGGERS.get(trigger.kind, "") + word
    if part.element is not activity:
        word += "（多实例）"
    if isinstance(activity, EventElement) and not activity.interrupting:
        word += "（不中断）"
    return word
