"""Tasks: user, job (service, send, …), script, business rule, receive, and those that only pass."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.decision import feel
from app.engine import decisions, overdue, past, standing
from app.engine.codes import IncidentType
from app.engine.effects import NamedOffice, Returned, Signing, TaskClosed, TaskOpened
from app.engine.elements.base import Element, EventElement, FormReference
from app.engine.elements.gateways import caught
from app.engine.elements.mappings import to_json
from app.engine.errors import ElementFailure
from app.engine.expressions import FormulaTerm, Term, evaluate, fit, source_of
from app.engine.jobs import open_job, run_listeners
from app.engine.spiff import Token, Wait
from app.engine.timers import TimerError, parse_instant
from app.engine.waits import text_of

if TYPE_CHECKING:
    from app.engine.course import Course

DEFAULT_PRIORITY = 50
# Headers of a job that stands on a message event: the message as the diagram writes it, or as it is read from what the event refers to.
MESSAGE_NAME, MESSAGE_REF = "messageName", "messageRef"
MESSAGE_KEY = "messageKey"  # of the message that the event refers to, by the key that the message is drawn with


class PassTask(Element):
    """Undefined and manual tasks: nothing to wait for."""


@dataclass(frozen=True, slots=True)
class Assignment:
    assignee: Term | None = None
    candidate_groups: Term | None = None
    candidate_users: Term | None = None
    due_date: Term | None = None
    follow_up_date: Term | None = None
    priority: Term | None = None


class UserTask(Element):
    """A person's task. Creating and assigning listeners run before it is open, completing listeners after it has been completed."""

    element_type = "userTask"
    prints_first = True
    assignment = Assignment()
    form: FormReference | None = None

    def activate(self, course: "Course", token: Token) -> bool:
        if "phase" not in token.memo and self.declarations.stands is not None and self.stand(course, token):
            return True
        phase = token.memo.setdefault("phase", "creating") if self.declarations.stands is not None else token.memo.get("phase", "creating")
        if phase == "creating":
            if run_listeners(course, token, "creating"):
                return False
            phase = token.memo["phase"] = "assigning"
        if phase == "assigning":
            if self.assignment.assignee is not None and run_listeners(course, token, "assigning"):
                return False
            phase = token.memo["phase"] = "opening"
        if phase == "opening":
            entry = token.memo.get("entry", {})
            returned = Returned(**entry["returned"]) if "returned" in entry else None
            opened = self.open_task(course, token, returned=returned is not None)
            if opened.office is not None:
                token.memo["office"] = {"key": opened.office.key, "name": opened.office.name}
            course.emit(replace(opened, returned=returned))
            if opened.follow_ups is not None:
                token.memo["followed"] = True
            token.memo.pop("entry", None)
            token.memo["phase"] = "open"
            return False
        if run_listeners(course, token, "completing"):
            return False
        token.memo.pop("phase", None)
        return True

    def stand(self, course: "Course", token: Token) -> bool:
        """Whether what was said in an earlier visit stands: then the task is complete with it, and nobody is asked. Raises ElementFailure, Unanswered."""
        office = self.office(course, token)
        word = standing.former(course, token, office)
        if word is None:
            return False
        opened = replace(self.open_task(course, token, dated=False), stands_for=word["element"])
        if office is not None:
            token.memo["office"] = {"key": office.key, "name": office.name}
        if word["acting"] is not None:
            token.memo["acting"] = word["acting"]
        token.memo.pop("entry", None)
        token.memo |= {"standing": dict(word), "result": word["result"]} | ({"facts": word["facts"]} if word["facts"] else {})
        course.emit(opened)
        course.emit(TaskClosed(token.number, "completed"))
        return True

    def open_task(self, course: "Course", token: Token, *, returned: bool = False, dated: bool = True) -> TaskOpened:
        """The task as it opens, or would open now. ``returned``: whoever has returned it gives it a deadline besides. ``dated`` False: without counting until when,
        for one that nobody will be asked to do. Raises ElementFailure."""
        assignment = self.assignment
        office = self.office(course, token)
        form_id: str | None = None
        binding = "latest"
        if self.form is not None:
            form_id = self.text(course, token, self.form.id, "表单标识")
            binding = self.form.binding
            deployment = course.tree.instances[token.instance].definition.key if binding == "deployment" else None
            if form_id is not None and not course.library.has_form(form_id, tag=self.form.tag, deployment=deployment):
                raise ElementFailure(
                    IncidentType.FORM_NOT_FOUND,
                    f"{course.place(token)}的表单“{form_id}”没有部署,无法交办。请部署该表单后重试",
                    {"form": form_id, "binding": binding},
                )
        groups = self.texts(course, token, assignment.candidate_groups, "候选组")
        due_at = self.instant(course, token, assignment.due_date, "到期时间") if dated else None
        key = overdue.key_of(assignment.due_date, self.bpmn_id)
        followed = dated and (assignment.due_date is not None or returned) and not overdue.is_drawn(course, token)
        return TaskOpened(
            element=token.number,
            instance=token.instance,
            element_id=self.bpmn_id,
            name=self.bpmn_name or self.bpmn_id,
            form_id=form_id,
            form_binding=binding,
            assignee=self.text(course, token, assignment.assignee, "受理人"),
            candidate_groups=groups,
            candidate_users=self.texts(course, token, assignment.candidate_users, "候选人"),
            due_at=due_at,
            follow_up_at=self.instant(course, token, assignment.follow_up_date, "跟进时间") if dated else None,
            priority=self.priority(course, token, assignment.priority),
            lane=self.lane,
            properties=dict(self.properties),
            round=past.current(token),
            office=office,
            signing=self.signing(token, office) if self.declarations.distinct else None,
            deadline_key=key,
            follow_ups=overdue.follow_ups(course, token, groups, key) if followed else None,
        )

    def office(self, course: "Course", token: Token) -> NamedOffice | None:
        """The office whose people alone do the task. Raises ElementFailure (EXTRACT_VALUE_ERROR) for what is no office."""
        term = self.declarations.office
        if term is None:
            return None
        value = evaluate(course, term, token, "属性 office")
        if value is None:
            return NamedOffice("", "")
        if isinstance(value, dict) and all(isinstance(value.get(part), str) and value[part].strip() for part in ("key", "name")):
            return NamedOffice(*(fit(course, term, token, "属性 office", value[part]) for part in ("key", "name")))
        raise wrong(course, token, term, what="属性 office", value=value, wanted="登记的单位({key, name})")

    @staticmethod
    def signing(token: Token, office: NamedOffice | None) -> Signing:
        owner, body = token.workflow.owner, token.body
        scope = 0 if owner.is_process else owner.number
        return Signing(
            round=f"{token.instance}.{scope}.{token.element_id}.{past.current(token)}",
            seat=f"office:{office.key}" if office is not None and office.key else f"place:{token.memo.get('place', 0)}",
            visit=(body or token).number,
        )

    def text(self, course: "Course", token: Token, term: Term | None, what: str) -> str | None:
        if term is None:
            return None
        value = evaluate(course, term, token, what)
        if value is None:
            return None
        if isinstance(value, str):
            return fit(course, term, token, what, value) if value.strip() else None
        raise wrong(course, token, term, what=what, value=value, wanted="文字")

    def texts(self, course: "Course", token: Token, term: Term | None, what: str) -> Sequence[str]:
        """A FEEL list of texts, or texts separated by commas; blank ones name nobody."""
        if term is None:
            return ()
        value = evaluate(course, term, token, what)
        if value is None:
            return ()
        if isinstance(value, str):
            value = [piece.strip() for piece in value.split(",")]
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(fit(course, term, token, what, item) for item in value if item.strip())
        raise wrong(course, token, term, what=what, value=value, wanted="文字的列表")

    def instant(self, course: "Course", token: Token, term: Term | None, what: str) -> datetime | None:
        if term is None:
            return None
        value = evaluate(course, term, token, what)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        try:
            if isinstance(value, feel.Range | feel.Function):
                raise TimerError(f"得到的是 {feel.type_name(value)},不是日期或时间")
            return parse_instant(
                value if isinstance(value, str | datetime) or not _is_temporal(value) else feel.to_json(value), course.library.zone
            )
        except TimerError as error:
            raise ElementFailure(
                IncidentType.EXTRACT_VALUE_ERROR,
                f"{course.place(token)}的{what}“{source_of(term)}”不能用:{error}。请改正后重试",
                {"expression": source_of(term)},
            ) from error

    def priority(self, course: "Course", token: Token, term: Term | None) -> int:
        if term is None:
            return DEFAULT_PRIORITY
        value = evaluate(course, term, token, "优先级")
        if value is None:
            return DEFAULT_PRIORITY
        if isinstance(value, str):
            value = int(value) if value.strip().isascii() and value.strip().isdigit() and len(value.strip()) <= 3 else value
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 100 or value != int(value):
            raise wrong(course, token, term, what="优先级", value=value, wanted="0 至 100 的整数")
        return int(value)

    def complete(self, course: "Course", token: Token) -> None:
        token.memo.pop("phase", None)
        result = token.memo.get("result") or {}
        if self.declarations.stands is not None:
            token.memo["said"] = {"result": dict(result), "facts": list(token.memo.get("facts", ()))}
        for name in token.memo.get("facts", ()):
            if name in result:
                course.set_local(token, name, result[name])
        token.memo["result"] = {name: value for name, value in result.items() if name not in token.memo.get("facts", ())}
        super().complete(course, token)
        token.memo.pop("facts", None)

    def closing(self, course: "Course", token: Token) -> None:
        if token.memo.get("phase") == "open":
            course.emit(TaskClosed(token.number, "cancelled", followed=bool(token.memo.get("followed"))))


def _is_temporal(value: Any) -> bool:
    return value is not None and not isinstance(value, bool | int | Decimal | list | dict)


def wrong(course: "Course", token: Token, term: Term, what: str, value: Any, wanted: str) -> ElementFailure:
    return ElementFailure(
        IncidentType.EXTRACT_VALUE_ERROR,
        f"{course.place(token)}的{what}“{source_of(term)}”得到 {feel.type_name(value)},应为{wanted}。请改正表达式或变量后重试",
        {"expression": source_of(term)},
    )


@dataclass(frozen=True, slots=True)
class JobSpec:
    type: Term
    retries: Term


class JobTask(Element):
    """Service and send tasks, and any other task or message event with a task definition."""

    element_type = "serviceTask"
    job: JobSpec
    headers: dict[str, str]
    message_key: Term | None = None

    def activate(self, course: "Course", token: Token) -> bool:
        open_job(course, token, self.job.type, self.job.retries, self.headers_now(course, token))
        return False

    def headers_now(self, course: "Course", token: Token) -> dict[str, str]:
        """The headers with the key by which a thrown message finds who waits for it; the project's where it gives none. Raises ElementFailure."""
        key = text_of(evaluate(course, self.message_key, token, "消息关联键")) if self.message_key is not None else None
        return {**self.headers, **({MESSAGE_KEY: key} if key else {})}


class ScriptTask(Element):
    """A FEEL expression whose value goes into a variable."""

    element_type = "scriptTask"
    script: FormulaTerm
    result_variable: str

    def activate(self, course: "Course", token: Token) -> bool:
        value = evaluate(course, self.script, token, "脚本")
        token.memo["result"] = {self.result_variable: to_json(course, token, value, "脚本", IncidentType.EXTRACT_VALUE_ERROR)}
        return True


@dataclass(frozen=True, slots=True)
class CalledDecision:
    id: Term
    result_variable: str
    binding: str = "latest"
    tag: str | None = None


class BusinessRuleTask(Element):
    """A decision of the tenant's library, taken with everything the task can see."""

    element_type = "businessRuleTask"
    called: CalledDecision

    def activate(self, course: "Course", token: Token) -> bool:
        called = self.called
        decision_id = evaluate(course, called.id, token, "决策标识", kind=IncidentType.CALLED_DECISION_ERROR)
        deployment = course.tree.instances[token.instance].definition.key if called.binding == "deployment" else None
        ref = course.library.decision(decision_id, tag=called.tag, deployment=deployment) if isinstance(decision_id, str) else None
        if ref is None:
            raise ElementFailure(
                IncidentType.CALLED_DECISION_ERROR,
                f"{course.place(token)}调用的决策“{decision_id}”没有部署"
                + (f"(版本标记 {called.tag})" if called.tag else "")
                + "。请部署该决策,或改正流程图中的决策标识后重试",
                {"decision": decision_id, "binding": called.binding},
            )
        output = decisions.decide(course, token, ref, course.visible(token))
        token.memo["result"] = {called.result_variable: output}
        course.decided(token, ref.decision_id, output)
        return True


class ReceiveTask(EventElement):
    """Waits for a message."""

    element_type = "receiveTask"

    def waits_to_open(self) -> Sequence[EventElement]:
        return [*self.boundaries, self]

    def activate(self, course: "Course", token: Token) -> bool:
        return bool(token.memo.pop("fired", False))

    def fire(self, course: "Course", wait: Wait, payload: dict[str, Any]) -> None:
        caught(course, wait, payload)
