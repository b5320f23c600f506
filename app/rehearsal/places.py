"""Where in a scenario a case has got to, in words for people."""

from app.rehearsal import wording
from app.rehearsal.scenario_files import Scenario
from app.rehearsal.scenario_shapes import ACTIONS

_PLACES = {"models": "读取模型时", "start": "开始时", "expect": "结束时"}
_WORDS = {
    "expect": "核对", "advance": "推进时间", "complete": "办理", "denied": "核对不由其办理",
    "return": "退回", "message": "收到消息", "signal": "收到信号", "job": "作业", "set": "修改变量",
    "resolve": "重试",
}  # fmt: skip


def place_of(case: Scenario, step: str) -> str:
    """第 4 步 办理“支付审核”."""
    if step in _PLACES:
        return _PLACES[step]
    number = int(step.removeprefix("step "))
    kind, value = next((key, value) for key, value in case.steps[number - 1].items() if key in ACTIONS)
    about = (
        next((value[key] for key in ("task", "from", "name", "type", "element") if key in value), None)
        if isinstance(value, dict)
        else value
    )
    named = f"“{wording.mark(str(about))}”" if about is not None and kind not in ("expect", "set") else ""
    return f"第 {number} 步 {_WORDS[kind]}{named}"
