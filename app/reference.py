"""Reference pages from the product itself: docs/reference/codes.md from the enumerations, docs/reference/facts.md from the ledger's files,
docs/reference/traceability.md from the registers of clauses, the scenarios and the tests."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.codes import Code, InstallationCode, RequestCode
from app.decision.codes import DecisionCode, DmnCode, FeelCode
from app.domain.codes import Action, CalendarCode, DeadlineCode, DocumentCode, FormCode, VerdictCode
from app.domain.declared import declared
from app.domain.districts import District
from app.domain.fact_sources import FactSource
from app.domain.facts import LedgerField, LedgerSchema
from app.domain.templates import OWN, RECORD, RUNNING, Own, Placeholder
from app.engine import ProcessDefinition
from app.engine.codes import CommandCode, DiagramCode, IncidentType
from app.engine.definitions import ElementInfo
from app.engine.ledger import PROJECT
from app.rehearsal.codes import FindingCode, PlaneCode
from app.rehearsal.library import Models, Shelf
from app.rehearsal.tracing.table import Coverage, Requirement, Tracing
from app.seen.happenings import Happening

# Title, where people and programs meet the words, the words.
GROUPS: tuple[tuple[str, str, type[Code] | type[DecisionCode]], ...] = (
    ("审计动作", "审计记录的 `action`，日志里一行的 `act`。", Action),
    ("请求的错误", "页面上错误的代码，`/v2` 的 `code`，命令行末尾方括号里的词，日志的 `code`。", RequestCode),
    ("安装与命令行", "进程不能启动，或命令所给的文件不能用。", InstallationCode),
    ("权限判定", "能不能办、看、发起，以及为什么；不能时也是请求的错误。", VerdictCode),
    ("表单", "表单文件、提交的 JSON 和其中的一项，在 `problems` 里逐项给出。", FormCode),
    ("文件", "上传的文件不收，或不能下载的原因；也是请求的错误，说明里有文件名。", DocumentCode),
    ("放假安排", "导入的放假安排不收的原因，逐行列出。", CalendarCode),
    ("期限", "在流程里是事故的 `code`。", DeadlineCode),
    ("部署与检查", "`quancheng lint`、部署和上传页面给出的错误与提示。", FindingCode),
    ("图的尺度", "`quancheng lint --house` 给出的错误。", PlaneCode),
    ("图的问题", "读流程图时给出的错误与提示。", DiagramCode),
    ("引擎的命令", "对运行中流程的一个命令不能执行；也是请求的错误。", CommandCode),
    ("事故（incident）类型", "流程停在一个元素上等待处理的原因；试运行里同样。", IncidentType),
    ("决策表", "读决策文件和求值时给出的错误与提示。", DmnCode),
    ("表达式", "FEEL 的错误与提示；在流程里是事故的 `code`，在决策文件里是问题的代码。", FeelCode),
    ("时间线", "项目和流程的时间线上一行的种类。", Happening),
)


def codes_page() -> str:
    """The page: a table for each group, in the order of the source."""
    lines = [
        "# 代码与审计动作",
        "",
        "由 `quancheng reference` 从程序里的枚举生成，请勿手改。代码是给程序和运维人员的，不会改变；给人看的说明写明当时的位置、原因和办法。",
        "",
        "有的词在两组里各有含义，以出现的地方为准。",
        "",
    ]
    for title, where, words in GROUPS:
        lines += [f"## {title}", "", where, "", "| 代码 | 含义 |", "|---|---|", *_rows(words), ""]
    return "\n".join(lines).rstrip() + "\n"


def _rows(words: Iterable[Code | DecisionCode]) -> list[str]:
    return [f"| `{word}` | {word.meaning} |" for word in words]


def facts_page(schemas: Sequence[tuple[District, LedgerSchema]], phases: Mapping[str, str]) -> str:
    """The page of the ledger's fields: a table for each district, in the order of the files. ``phases``: key → title."""
    lines = [
        "# 台账字段",
        "",
        "由 `quancheng reference` 从 `forms/records/project.json` 和各区的 `forms/<区>/records/project.json` 生成，请勿手改。怎样读、怎样改见",
        "[台账：事实与所有者](../analyst/facts.md)。",
    ]
    for district, schema in schemas:
        lines += [
            "",
            f"## {district.title}",
            "",
            "| 字段 | 名称 | 类型 | 由谁填写，或从何而来 | 从何时起不再填写 |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| `{field.name}`{'＊' if field.own else ''} | {field.title}{_relation(field, district)} | {_type(field)} "
            f"| {_whose(field, district)} | {_until(field, phases)} |"
            for field in schema.fields.values()
        ]
    return "\n".join([*lines, "", "＊ 本区自己的字段。"]) + "\n"


_TYPES = {
    "string": "文字", "number": "数字", "integer": "整数", "boolean": "是否", "array": "列表", "object": "一组内容",
    "money": "金额", "office": "单位", "person": "人员", "document": "文件", "date": "日期", "date-time": "时刻",
}  # fmt: skip


def _type(field: LedgerField) -> str:
    schema = field.schema
    word = _TYPES[schema.get("x-format") or (schema.get("format") if schema.get("format") in _TYPES else None) or schema["type"]]
    if schema["type"] != "array":
        return word
    inner = _TYPES.get(str(schema["items"].get("x-format")), "")
    return f"{inner}{word}" + ("（不分先后）" if field.unordered else "")


def _relation(field: LedgerField, district: District) -> str:
    if field.relation is None:
        return ""
    titles = [role.title for role in district.roles.values() if role.relation == field.relation]
    return f"（给出关系 `{field.relation}`：{'、'.join(titles)}）"


def _whose(field: LedgerField, district: District) -> str:
    if field.read_only:
        return "平台"
    owners = [f"`{owner}`" if "." in owner else f"{district.role_title(owner)} `{owner}`" for owner in field.owners]
    return "；".join([*owners, *(_whence(source) for source in field.sources)])


def _whence(source: FactSource) -> str:
    """A source with those that decide what comes from it; of a message also what sends it."""
    if not source.inputs:
        return f"来自 `{source}`"
    word = "由此发出、填写：" if source.kind == "message" else "其输入来自 "
    return f"来自 `{source}`（{word}{_marked(source.inputs)}）"


def _until(field: LedgerField, phases: Mapping[str, str]) -> str:
    if field.later is None:
        return ""
    still = f"；此后只由 {_marked(field.later.by)}" if field.later.by else ""
    return f"进入过“{phases.get(field.later.phase, field.later.phase)}”起{still}"


def _marked(names: Iterable[str]) -> str:
    return "、".join(f"`{name}`" for name in names)


def templates_page(shelf: Shelf, districts: Mapping[str, District]) -> str:
    """The page of the printed documents: for every district its templates, when each is printed, and what it is filled with."""
    lines = [
        "# 打印模板",
        "",
        "由 `quancheng reference` 从 `documents/` 的模板和流程图生成，请勿手改。怎样改模板见[文件和打印件](../analyst/documents.md)。",
    ]
    for key, district in districts.items():
        models = shelf.models(key)
        every = sorted(models.all_processes(), key=lambda one: one.process_id)
        lines += ["", f"## {district.title}"]
        for name, template in sorted(models.templates.items()):
            places = [(process, one) for process in every for one in process.elements.values() if declared(one.properties).document == name]
            told = "；".join(f"{process.name}“{one.name or one.id}”" for process, one in places) or "没有流程打印它"
            lines += ["", f"### {template.title} `{name}{template.ending}`", "", f"打印：{told}。", "", "| 占位符 | 内容 |", "|---|---|"]
            words = _Words(models, places)
            lines += [f"| `{text}` | {words.meaning(one)} |" for text, one in {one.text: one for one in template.placeholders}.items()]
    return "\n".join(lines) + "\n"


_OWN = {Own.NUMBER: "编号，由系统按年连续给出", Own.VERSION: "第几版", Own.DATE: "打印的日期", Own.NAME: "打印件的名称"}


class _Words:
    """What placeholders are filled with, as people call it, where a template is printed."""

    def __init__(self, models: Models, places: Sequence[tuple[ProcessDefinition, ElementInfo]]) -> None:
        self._models = models
        self._ledger = models.ledger.fields if models.ledger is not None else {}
        self._forms = [form for process, _ in places for name in sorted(process.forms) if (form := models.form(name)) is not None]
        self._kinds = [kind for _, one in places if (kind := declared(one.properties).record)]

    def meaning(self, one: Placeholder) -> str:
        head, rest = one.head, [part for part in one.path[1:] if part != RUNNING]
        if head == OWN:
            return _OWN[Own(one.path[1])]
        if head == RECORD:
            return self._of_register(self._kinds[0] if self._kinds else "", rest)
        if head == PROJECT and rest and rest[0] in self._ledger:
            return f"台账：{self._ledger[rest[0]].title}"
        if head in self._ledger:
            return f"台账：{self._ledger[head].title}" + self._inside(self._ledger[head].schema, one, rest)
        field = next((form.fields[head] for form in self._forms if head in form.fields), None)
        if field is not None:
            return f"{field.get('title', head)}{self._inside(field, one, rest)}"
        return self._of_register(head, rest) or "流程里判定的结果"

    def _of_register(self, kind: str, rest: Sequence[str]) -> str:
        found = self._models.register(kind) if kind else None
        return f"登记簿“{found.title}”：{found.fields.get(rest[0], {}).get('title', rest[0])}" if found is not None and rest else ""

    @staticmethod
    def _inside(schema: Mapping[str, Any], one: Placeholder, rest: Sequence[str]) -> str:
        if one.path[-1] == RUNNING:
            return "，行号"
        parts = schema.get("items", schema).get("properties", {}) if rest else {}
        return f"，{parts[rest[0]].get('title', rest[0])}" if rest and rest[0] in parts else ""


def traceability_page(found: Tracing, districts: Mapping[str, District]) -> str:
    """The page of the requirements: how many are in which state, then each with the cases and tests that show it."""
    lines = [
        "# 条款的落实",
        "",
        "由 `quancheng reference` 从各区的条款登记、场景和测试生成，请勿手改。怎样登记、怎样命名见[怎样写场景](../analyst/scenarios.md)“场景和条款”；",
        "一条的细目用 `quancheng trace 编号` 看。",
        "",
        "| 区 | 条数 | " + " | ".join(state.word for state in Coverage) + " |",
        "|---|---|" + "---|" * len(Coverage),
    ]
    for key, district in districts.items():
        counts = Counter(one.state for one in found.of(key))
        lines.append(f"| {district.title} | {counts.total()} | " + " | ".join(str(counts[state]) for state in Coverage) + " |")
    for key, district in districts.items():
        lines += ["", f"## {district.title}", "", "| 条款 | 概述 | 状态 | 计入的承载 | 放行 | 拦住 |", "|---|---|---|---|---|---|"]
        lines += [_traced(one) for one in found.of(key)]
    return "\n".join(lines) + "\n"


def _traced(one: Requirement) -> str:
    places = [_places(one.allowed), "没有这一面" if one.clause.one_sided else _places(one.refused)]
    counted = f"{len(one.counted)}/{len(one.carriers)}" if one.carriers else ""
    return f"| {one.clause.id} | {one.clause.paraphrase} | {one.state.word} | {counted} | {' | '.join(places)} |"


def _places(names: Sequence[str]) -> str:
    return "<br>".join(name.replace("|", "、") for name in names)
