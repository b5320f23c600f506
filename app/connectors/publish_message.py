"""``publish_message``: the message that the event refers to, by the key that the message is drawn with, else for the tree's project; its inputs are what the
message brings, and nothing else.

In diagrams of the first release it is the message of the header ``messageName``, with the inputs ``correlationKey`` (the project's key if missing),
``variables``, ``timeToLive``.
"""

from collections.abc import Mapping
from datetime import datetime

from app.connectors import headers as wanted
from app.connectors.calls import CallOutcome, ConnectorCall, Found, Known, Publish
from app.engine.elements.tasks import MESSAGE_KEY, MESSAGE_NAME, MESSAGE_REF
from app.engine.limits import LONGEST_KEY, flaw_of
from app.engine.timers import TimerError, parse_duration
from app.engine.waits import text_of
from app.errors import ConnectorError

TYPE = "publish_message"
RETURNS: tuple[str, ...] = ()


def check(headers: Mapping[str, str], known: Known) -> list[str]:
    named = [MESSAGE_NAME] if not headers.get(MESSAGE_REF) else []
    problems = wanted.missing_or_unknown(headers, named, [MESSAGE_REF, MESSAGE_KEY, "timeToLive"])
    try:
        parse_duration(headers.get("timeToLive") or "P1D")
    except TimerError as error:
        problems.append(f"任务头 timeToLive 无法识别:{error}")
    return problems


def reads(call: ConnectorCall) -> None:
    return None


def run(call: ConnectorCall, found: Found) -> CallOutcome:
    call.accept(check(call.headers, call.known))
    given = call.variables if call.mapped else {}
    if call.headers.get(MESSAGE_REF):
        own = call.headers.get(MESSAGE_KEY) or (str(call.project.key) if call.project else "")
        return CallOutcome({}, [Publish(call.headers[MESSAGE_REF], own, dict(given), _expiry(call, None))])
    name = call.header(MESSAGE_NAME)
    key = given.get("correlationKey")
    if key is None:
        key = str(call.project.key) if call.project else ""
    text = text_of(key)
    if text is None:
        raise ConnectorError(f"{call.place}的 correlationKey 应为文字,得到 {key!r}")
    flaw = flaw_of(text, LONGEST_KEY)
    if flaw is not None:
        raise ConnectorError(f"{call.place}的 correlationKey {flaw},不能使用")
    variables = given.get("variables")
    if variables is not None and not isinstance(variables, dict):
        raise ConnectorError(f"{call.place}的 variables 应为一组变量(context),得到 {variables!r}")
    return CallOutcome({}, [Publish(name, text, variables or {}, _expiry(call, given.get("timeToLive")))])


def _expiry(call: ConnectorCall, lifetime: object) -> datetime:
    text = call.headers.get("timeToLive") or call.message_lifetime if lifetime is None else lifetime
    try:
        return parse_duration(str(text)).after(call.now, call.zone)
    except TimerError as error:
        raise ConnectorError(f"{call.place}的 timeToLive 无法识别:{error}") from error
