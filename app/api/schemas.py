"""What goes over the wire, as marshmallow schemas: the one place that knows the field names of ``/v2``."""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, post_load, validate

from app.domain.states import SUSPENDED, InstanceState, TaskState

_KEY = re.compile(r"-?[0-9]{1,19}")


_Messages = dict[str, str | list[Any] | dict[Any, Any]]


def _said(**own: str) -> _Messages:
    """What is wrong with a member of a request, in Chinese."""
    return {"required": "必填", "null": "不能为 null", "validator_failed": "不符合要求", **own}


_OF_REQUESTS = {"type": "应为一个对象", "unknown": "没有这一项"}

FARTHEST = 1_000_000  # items that a page may skip


class Text(fields.String):
    default_error_messages = _said(invalid="应为文字", invalid_utf8="应为 UTF-8 文字")


class Whole(fields.Integer):
    default_error_messages = _said(invalid="应为整数", too_large="数字过大")


class Truth(fields.Boolean):
    default_error_messages = _said(invalid="应为 true 或 false")


class Array(fields.List[Any]):
    default_error_messages = _said(invalid="应为数组")


class Mapped(fields.Dict):
    default_error_messages = _said(invalid="应为一个对象")


class Inner(fields.Nested):
    default_error_messages = _said(type="应为一个对象")


class Key(fields.Field[int]):
    """A 64-bit key: a string of digits outside, an integer inside."""

    default_error_messages = _said()

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value in (None, 0) else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, Mapping) and set(value) == {"$eq"}:
            value = value["$eq"]
        if not isinstance(value, str) or not _KEY.fullmatch(value):
            raise ValidationError("应为由数字组成的键(字符串)")
        return int(value)


class Day(fields.Date):
    """A calendar day, written as ``2026-10-15``."""

    default_error_messages = _said(invalid="应为日期,如 2026-10-15", format="应为日期,如 2026-10-15")


class InstantField(fields.Field[datetime]):
    """An aware instant, written as ``2026-10-15T15:59:59.000Z``."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Exact(fields.Field[str]):
    """A text to be met exactly: a plain value or ``{"$eq": value}``; other operators are refused by name."""

    default_error_messages = _said()

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, Mapping):
            if set(value) != {"$eq"}:
                raise ValidationError(f"不支持的比较方式 {'、'.join(sorted(map(str, value)))},本接口支持等值($eq)")
            value = value["$eq"]
        if not isinstance(value, str):
            raise ValidationError("应为文字")
        return value


class StateName(Exact):
    """One of the states of ``words``: theirs outside, ours inside."""

    def __init__(self, words: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        word = super()._deserialize(value, attr, data, **kwargs)
        if word not in self.words:
            raise ValidationError(f"没有状态 {word!r},可用:{'、'.join(self.words)}")
        return self.words[word]

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return next(outside for outside, inside in self.words.items() if inside == value)


TASK_STATES = {"CREATED": TaskState.OPEN, "COMPLETED": TaskState.COMPLETED, "CANCELED": TaskState.CANCELLED}
INSTANCE_STATES = {
    "ACTIVE": InstanceState.ACTIVE,
    "COMPLETED": InstanceState.COMPLETED,
    "TERMINATED": InstanceState.CANCELLED,
    "SUSPENDED": SUSPENDED,
}


class Strict(Schema):
    """A request: what it does not name is refused."""

    error_messages = _OF_REQUESTS

    class Meta:
        unknown = RAISE


class PageRequest(Strict):
    limit = Whole(load_default=100, validate=validate.Range(1, 1000, error="limit 应在 1 至 1000 之间"))
    from_ = Whole(data_key="from", load_default=0, validate=validate.Range(0, FARTHEST, error=f"from 应在 0 至 {FARTHEST} 之间"))
    after = Text()

    @post_load
    def _follow(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        cursor = data.pop("after", None)
        if cursor is not None:
            try:
                data["from_"] = int(base64.urlsafe_b64decode(cursor.encode()).decode())
            except (ValueError, binascii.Error):
                raise ValidationError("游标不是本接口给出的", "after") from None
        return data


class SortRequest(Strict):
    field = Text(
        required=True,
        validate=validate.OneOf(["creationDate", "startDate", "processInstanceKey", "userTaskKey"], error="只能按创建时间排序"),
    )
    order = Text(load_default="ASC", validate=validate.OneOf(["ASC", "DESC", "asc", "desc"], error="order 应为 ASC 或 DESC"))


class TaskFilterRequest(Strict):
    key = Key(data_key="userTaskKey")
    state = StateName(TASK_STATES)
    assignee = Exact()
    element_id = Exact(data_key="elementId")
    process_id = Exact(data_key="processDefinitionId")
    definition_key = Key(data_key="processDefinitionKey")
    instance_key = Key(data_key="processInstanceKey")
    root_key = Key(data_key="rootProcessInstanceKey")
    candidate_group = Exact(data_key="candidateGroup")
    candidate_user = Exact(data_key="candidateUser")
    tenant = Exact(data_key="tenantId")


class TaskSearchRequest(Strict):
    filter = Inner(TaskFilterRequest, load_default=dict)
    page = Inner(PageRequest, load_default=lambda: {"limit": 100, "from_": 0})
    sort = Array(Inner(SortRequest), load_default=list, validate=validate.Length(max=1, error="只能按一个字段排序"))


class InstanceFilterRequest(Strict):
    key = Key(data_key="processInstanceKey")
    process_id = Exact(data_key="processDefinitionId")
    definition_key = Key(data_key="processDefinitionKey")
    version = Whole(data_key="processDefinitionVersion")
    parent_key = Key(data_key="parentProcessInstanceKey")
    root_key = Key(data_key="rootProcessInstanceKey")
    state = StateName(INSTANCE_STATES)
    tenant = Exact(data_key="tenantId")
    has_incident = Truth(data_key="hasIncident")


class InstanceSearchRequest(Strict):
    filter = Inner(InstanceFilterRequest, load_default=dict)
    page = Inner(PageRequest, load_default=lambda: {"limit": 100, "from_": 0})
    sort = Array(Inner(SortRequest), load_default=list, validate=validate.Length(max=1, error="只能按一个字段排序"))


class CompletionRequest(Strict):
    variables = Mapped(keys=Text(), load_default=dict, allow_none=True)
    action = Text(allow_none=True)
    confirmed = Mapped(keys=Text(), load_default=dict, allow_none=True)  # ours: id of a check of the form → why it is set aside


class ReturnRequest(Strict):
    """Ours: to which earlier task, how, why, and by which day it is to be done."""

    to = Text(required=True, data_key="targetElementId")
    straight = Truth(required=True)
    reason = Text(required=True)
    due_on = Day(required=True, data_key="dueOn")
    instances = Array(Whole(strict=True, validate=validate.Range(min=1, error="应从 1 数起")), load_default=list)


class InstanceRequest(Strict):
    process_id = Text(data_key="processDefinitionId")
    definition_key = Key(data_key="processDefinitionKey")
    version = Whole(data_key="processDefinitionVersion", validate=validate.Range(min=-1))
    variables = Mapped(keys=Text(), load_default=dict)
    confirmed = Mapped(keys=Text(), load_default=dict, allow_none=True)  # ours: id of a check of the start form → why it is set aside
    tenant = Text(data_key="tenantId")
    project_key = Key(data_key="projectKey")  # ours: which project a process belongs to
    # Clients send these always; only their neutral values can be honoured.
    awaitCompletion = Truth(validate=validate.Equal(False, error="不支持等待流程结束"))  # noqa: N815
    fetchVariables = Array(Text())  # noqa: N815
    requestTimeout = Whole()  # noqa: N815
    tags = Array(Text(), validate=validate.Length(max=0, error="不支持标签"))
    startInstructions = Array(Mapped(), validate=validate.Length(max=0, error="不支持指定起始元素"))  # noqa: N815
    runtimeInstructions = Array(Mapped(), validate=validate.Length(max=0, error="不支持运行指令"))  # noqa: N815


class Answer(Schema):
    class Meta:
        unknown = EXCLUDE
        ordered = True


class ReturnItemAnswer(Answer):
    instance = fields.Integer(attribute="place")
    completedBy = fields.String(attribute="person")  # noqa: N815
    completionDate = InstantField(attribute="at")  # noqa: N815


class ReturnTargetAnswer(Answer):
    elementId = fields.String(attribute="element_id")  # noqa: N815
    name = fields.String()
    completedBy = fields.String(attribute="person")  # noqa: N815
    completionDate = InstantField(attribute="at")  # noqa: N815
    stepwise = fields.Boolean()
    instances = fields.List(fields.Nested(ReturnItemAnswer), attribute="items")


class DocumentAnswer(Answer):
    reference = fields.Raw()
    documentKey = Key(attribute="key")  # noqa: N815
    fileName = fields.String(attribute="name")  # noqa: N815
    contentType = fields.String(attribute="media")  # noqa: N815
    size = fields.Integer()
    sha256 = fields.String()
    version = fields.Integer()
    slot = fields.String()
    creationDate = InstantField(attribute="created_at")  # noqa: N815


class UserTaskAnswer(Answer):
    name = fields.String()
    state = StateName(TASK_STATES)
    assignee = fields.String(allow_none=True)
    elementId = fields.String(attribute="element_id")  # noqa: N815
    candidateGroups = fields.List(fields.String(), attribute="candidate_groups")  # noqa: N815
    candidateUsers = fields.List(fields.String(), attribute="candidate_users")  # noqa: N815
    processDefinitionId = fields.String(attribute="process_id")  # noqa: N815
    creationDate = InstantField(attribute="opened_at")  # noqa: N815
    completionDate = InstantField(attribute="completed_at")  # noqa: N815
    followUpDate = InstantField(attribute="follow_up_at")  # noqa: N815
    dueDate = InstantField(attribute="due_at")  # noqa: N815
    tenantId = fields.String(attribute="tenant")  # noqa: N815
    externalFormReference = fields.Constant(None)  # noqa: N815
    processDefinitionVersion = fields.Integer(attribute="definition_version")  # noqa: N815
    customHeaders: fields.Constant[Any] = fields.Constant({})  # noqa: N815
    priority = fields.Integer()
    userTaskKey = Key(attribute="key")  # noqa: N815
    elementInstanceKey = Key(attribute="element_key")  # noqa: N815
    processName = fields.String(attribute="process_name")  # noqa: N815
    processDefinitionKey = Key(attribute="definition_key")  # noqa: N815
    processInstanceKey = Key(attribute="instance_key")  # noqa: N815
    rootProcessInstanceKey = Key(attribute="root_key")  # noqa: N815
    businessId = fields.Constant(None)  # noqa: N815
    formKey = Key(attribute="form_key")  # noqa: N815
    tags: fields.Constant[Any] = fields.Constant([])


class ProcessInstanceAnswer(Answer):
    processDefinitionId = fields.String(attribute="process_id")  # noqa: N815
    processDefinitionName = fields.String(attribute="process_name")  # noqa: N815
    processDefinitionVersion = fields.Integer(attribute="version")  # noqa: N815
    processDefinitionVersionTag = fields.Function(lambda line: line.version_tag or None)  # noqa: N815
    startDate = InstantField(attribute="started_at")  # noqa: N815
    endDate = InstantField(attribute="ended_at")  # noqa: N815
    suspendedDate = fields.Constant(None)  # noqa: N815
    state = StateName(INSTANCE_STATES)
    hasIncident = fields.Function(lambda line: line.incidents > 0)  # noqa: N815
    tenantId = fields.String(attribute="tenant")  # noqa: N815
    processInstanceKey = Key(attribute="key")  # noqa: N815
    processDefinitionKey = Key(attribute="definition_key")  # noqa: N815
    parentProcessInstanceKey = Key(attribute="parent_key")  # noqa: N815
    parentElementInstanceKey = fields.Constant(None)  # noqa: N815
    rootProcessInstanceKey = Key(attribute="root_key")  # noqa: N815
    tags: fields.Constant[Any] = fields.Constant([])
    businessId = fields.Constant(None)  # noqa: N815


class CreatedInstance(Answer):
    processDefinitionId = fields.String(attribute="process_id")  # noqa: N815
    processDefinitionVersion = fields.Integer(attribute="version")  # noqa: N815
    tenantId = fields.String(attribute="tenant")  # noqa: N815
    variables: fields.Constant[Any] = fields.Constant({})
    processDefinitionKey = Key(attribute="definition_key")  # noqa: N815
    processInstanceKey = Key(attribute="key")  # noqa: N815
    tags: fields.Constant[Any] = fields.Constant([])
    businessId = fields.Constant(None)  # noqa: N815


def cursor(offset: int) -> str:
    """What a client sends back as ``after`` to go on at ``offset``."""
    return base64.urlsafe_b64encode(str(offset).encode()).decode()
