"""The elements of a diagram as people read them: the lines under a task, and what a click on it tells. Titles throughout, never ids.

Everything comes from the definition, the catalogue and the district's files as of one catalogue version, so that it is made once for each.

One file because each line of a click is read from the same definition, library and names.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from app.catalogue.snapshot import Snapshot, form
from app.decision import feel
from app.decision.feel.syntax import Call, Literal, Name, Node, Path
from app.domain.deadlines import vocabulary
from app.domain.declared import Declared, declared
from app.domain.districts import Clause, District
from app.domain.states import DefinitionKind
from app.engine.decisions import DEADLINES
from app.engine.definitions import ElementInfo, ProcessDefinition
from app.engine.elements.base import EventElement
from app.engine.elements.events import LinkThrow
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import CallActivity
from app.engine.elements.tasks import BusinessRuleTask, UserTask
from app.engine.expressions import FormulaTerm, LiteralTerm, Term
from app.engine.reading import xml
from app.rehearsal import inventory
from app.rehearsal.inventory import Part
from app.seen import conditions, kinds, limits, saying, values, wording
from app.seen.limits import Limit
from app.seen.lines import phase_title
from app.seen.shapes import ElementFact, ElementView, FactLine, ModelRef
from app.seen.spans import span

ANY = "*"
_PROJECT = "project"
_OFFICE_FIELD = re.compile(r"project\s*\.\s*(\w+)")
_REGISTER = "登记"
_COUNTING = ("deadline", "remindAt")
_MOST_OFFICES = 4
_TASKS = frozenset(
    {"task", "userTask", "manualTask", "businessRuleTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "callActivity"}
)
_views: WeakKeyDictionary[Snapshot, dict[int, tuple[District, dict[str, ElementView]]]] = WeakKeyDictionary()


def element_views(definition: ProcessDefinition, library: Snapshot, district: District) -> Mapping[str, ElementView]:
    """Every element of a deployed process by its id. ``library``: the catalogue as of which its names are looked up."""
    kept = _views.setdefault(library, {})
    known = kept.get(definition.key)
    if known is None or known[0] is not district:  # the district's file has changed
        known = kept[definition.key] = (district, _Reading(definition, library, district).views())
    return known[1]


@dataclass
class _Reading:
    definition: ProcessDefinition
    library: Snapshot
    district: District

    def views(self) -> dict[str, ElementView]:
        return {part.id: self._view(part) for part in self._parts if part.id in self.definition.elements}

    def _view(self, part: Part) -> ElementView:
        info = self.definition.elements[part.id]
        said = declared(info.properties)
        limited = self._limit(part)
        return ElementView(
            id=part.id,
            kind=kinds.kind(part),
            drawn=kinds.drawn(part),
            name=info.name,
            captions=tuple(self._captions(part, said, limited)),
            facts=tuple(ElementFact(title, lines) for title, found in self._facts(part, info, said, limited) if (lines := tuple(found))),
        )

    # ------------------------------------------------------------------ under a task

    def _captions(self, part: Part, said: Declared, limited: Limit | None) -> Iterator[str]:
        if part.activity.element_type not in _TASKS:
            return
        first = [limited.since(self._since(part))] if limited else []
        if said.distinct:
            first.append("一人一次")
        if said.record:
            first.append(f"{_REGISTER}{self._register(said.record).removesuffix(_REGISTER)}")
        if said.document:
            first.append("出表")
        if first:
            yield " · ".join(first)
        if back := self._targets(said):
            yield f"↩ {'、'.join(back)}"

    def _targets(self, said: Declared) -> list[str]:
        return ["任一已办环节" if target == ANY else name for target in said.returns if target == ANY or (name := self._name(target))]

    # ------------------------------------------------------------------ what a click tells

    def _facts(self, part: Part, info: ElementInfo, said: Declared, limited: Limit | None) -> Iterator[tuple[str, Iterator[FactLine]]]:
        yield "由谁办理" if part.activity.element_type in ("userTask", "manualTask") else "所在单位", self._performers(part, info, said)
        yield "办理方式", self._loop(part)
        yield "表单", self._form(part)
        yield "决策表", self._decision(part)
        yield "调用的流程", self._called(part)
        yield "办理期限", self._deadline(part, said, limited)
        yield "时间", self._timer(part)
        yield "依据", self._clauses(info, limited)
        yield "登记", iter([self._register_line(said.record)] if said.record else ())
        yield "打印", iter([self._template_line(said.document)] if said.document else ())
        yield "查阅", (self._register_line(kind) for kind in said.reads if self._register(kind))
        yield "审批的内容", self._approved(said)
        yield "不必重办", iter([FactLine("再次到这里时，如果原来的意见仍然满足条件、所批内容没有变化", said.stands)] if said.stands else ())
        yield "写入项目台账", (self._set(name, formula) for name, formula in said.sets)
        yield "项目阶段", iter([FactLine(f"进入“{phase_title(said.phase)}”")] if said.phase else ())
        yield "告知", (FactLine(name) for name in self._told(said))
        yield "可以退回到", (FactLine(name) for name in self._targets(said))
        yield "去向", self._ways(part)
        yield "说明", iter([FactLine(info.documentation)] if info.documentation else ())

    def _performers(self, part: Part, info: ElementInfo, said: Declared) -> Iterator[FactLine]:
        roles = self._roles(part)
        for role in roles:
            yield FactLine(self._held(role))
        if not roles and info.lane:
            yield FactLine(info.lane)
        if isinstance(part.activity, UserTask):
            if not roles and (part.activity.assignment.assignee or part.activity.assignment.candidate_users):
                yield FactLine("由流程指定的人员")
            if said.named_office:
                yield FactLine("只由流程指定的那一家单位的人员办理")
            if said.distinct:
                yield FactLine("同一人在一轮里只能办一次")

    def _roles(self, part: Part) -> list[str]:
        """The keys of the roles that may do a task, as far as the diagram names them and the district has them."""
        activity = part.activity
        term = activity.assignment.candidate_groups if isinstance(activity, UserTask) else None
        found = [key.strip() for text in inventory.texts(term) for key in text.split(",")] if term is not None else []
        return [key for key in dict.fromkeys(found) if key in self.district.roles]

    def _held(self, key: str) -> str:
        role = self.district.roles[key]
        if role.relation:
            return f"{role.title}（项目自己的单位）"
        if not role.offices:
            return role.title
        offices = "、".join(role.offices[:_MOST_OFFICES]) + (f" 等 {len(role.offices)} 家" if len(role.offices) > _MOST_OFFICES else "")
        return f"{role.title}（{offices}）"

    def _loop(self, part: Part) -> Iterator[FactLine]:
        body = part.element
        if isinstance(body, MultiInstanceBody):
            source = inventory.bare_name(body.loop.input_collection)
            named = self._title(source) if source else None
            yield FactLine(f"按{named or '列出的名单'}逐个办理，{'依次进行' if body.loop.sequential else '同时进行'}")
            if body.may_be_empty:
                yield FactLine("名单为空时直接通过")

    def _form(self, part: Part) -> Iterator[FactLine]:
        activity = part.activity
        begun = self.definition.start_form
        if isinstance(activity, UserTask) and activity.form is not None and isinstance(activity.form.id, LiteralTerm):
            yield from self._model(DefinitionKind.FORM, activity.form.id.value, activity.form.binding, activity.form.tag)
        elif begun is not None and begun.form is not None and part.id == begun.element_id:
            yield from self._model(DefinitionKind.FORM, begun.form, begun.form_binding, begun.form_tag)

    def _decision(self, part: Part) -> Iterator[FactLine]:
        activity = part.activity
        if isinstance(activity, BusinessRuleTask) and isinstance(activity.called.id, LiteralTerm):
            yield from self._model(DefinitionKind.DECISION, activity.called.id.value, activity.called.binding, activity.called.tag)

    def _called(self, part: Part) -> Iterator[FactLine]:
        activity = part.activity
        if isinstance(activity, CallActivity) and isinstance(activity.called.id, LiteralTerm):
            yield from self._model(DefinitionKind.PROCESS, activity.called.id.value, activity.called.binding, activity.called.tag)

    def _model(self, kind: DefinitionKind, name: str, binding: str, tag: str | None) -> Iterator[FactLine]:
        bundle = self.definition.key if binding == "deployment" else None
        found = self.library.reference(kind, name, tag, bundle)
        if found is None:
            yield FactLine("还没有发布")
        else:
            yield FactLine(
                f"{found.name or '没有名称'}（第 {found.version} 版）", model=ModelRef(kind, found.id, found.tenant, found.version)
            )

    def _deadline(self, part: Part, said: Declared, limited: Limit | None) -> Iterator[FactLine]:
        if limited is not None:
            if limited.counted and self._counting(_due(part)) is not None:
                since = self._since(part)
                yield FactLine(f"自{since}的次日起算" if since else "起算的时间由流程给出")
            yield from (FactLine(line) for line in limited.lines)
            yield from self._rows(limited)
        if said.no_deadline:
            yield FactLine(f"不设期限：{said.no_deadline}")

    def _rows(self, limited: Limit) -> Iterator[FactLine]:
        """The rows of the deadlines' table that give a limit."""
        table = self.library.reference(DefinitionKind.DECISION, DEADLINES)
        if table is not None:
            model = ModelRef(DefinitionKind.DECISION, table.id, table.tenant, table.version)
            yield from (FactLine(f"期限表第 {number} 行", model=model, anchor=f"{DEADLINES}-{number}") for number in limited.rows)

    def _since(self, part: Part) -> str | None:
        """From when a limit is counted, in words; None where the process alone knows."""
        call = self._counting(_due(part))
        start = inventory.argument(call, "start", 1) if call is not None else None
        match start:
            case None | Call(function=Name(name="now" | "today")):
                return "进入本环节"
            case Call(function=Name(name="completedAt"), arguments=[Literal(value=str() as element)]):
                return f"“{self._name(element) or '前一环节'}”办结"
            case Name(name=name) if title := self._title(name):
                return f"“{title}”"
            case Path(base=Name(name=base), name=entry) if title := self._title(f"{base}.{entry}"):
                return f"“{title}”"
            case Path(base=Name(name=base)) if given := self._given_by(base):
                return f"“{given}”"
        return None

    def _given_by(self, variable: str) -> str | None:
        """The name of the one decision that gives a variable."""
        given = [
            part for part in self._parts if isinstance(part.activity, BusinessRuleTask) and part.activity.called.result_variable == variable
        ]
        return self._name(given[0].id) if len(given) == 1 else None

    def _timer(self, part: Part) -> Iterator[FactLine]:
        timer = part.activity.trigger.timer if isinstance(part.activity, EventElement) else None
        if timer is None:
            return
        key = self._key(timer.term)
        found = limits.limit(key, self.library, self.district, self._title) if key else None
        if found is not None:
            yield from (FactLine(line) for line in found.lines)
        elif isinstance(timer.term, FormulaTerm):
            yield FactLine("由流程计算", timer.term.text)
        else:
            yield FactLine(span(timer.term.value))

    def _clauses(self, info: ElementInfo, limited: Limit | None) -> Iterator[FactLine]:
        carried = self.district.clauses_at(self.definition.process_id, info.id)
        own = self.district.own_clauses(" ".join([*info.clauses, *carried]))
        for clause in dict.fromkeys([*own, *(limited.clauses if limited else ())]):
            yield FactLine(_cited(clause), clause=clause.id)

    def _approved(self, said: Declared) -> Iterator[FactLine]:
        titles = [self._ledger_title(name) or self._title(name) for name in said.approves]
        if named := "、".join(dict.fromkeys(title for title in titles if title)):
            yield FactLine(named if all(titles) else f"{named} 等 {len(titles)} 项")
        if said.approves_when:
            words = self._worded(said.approves_when)
            yield FactLine(f"视为同意的条件：{words}" if words else "视为同意的条件", said.approves_when)

    def _set(self, name: str, formula: str) -> FactLine:
        """What a field of the ledger becomes."""
        title = self._ledger_title(name) or "台账中的一项"
        tree = _parsed(formula)
        match tree:
            case Literal(value=bool() as truth):
                value = "是" if truth else "否"
            case Literal(value=None):
                value = "空白"
            case Literal(value=str() as text) if text:
                value = saying.said(text, self._ledger_schema(name))
            case Literal(value=Decimal() | int() as number):
                value = values.number(number)
            case Name(name=base) | Path(base=Name(name=base)) if given := self._given_by(base):
                value = f"按“{given}”的结果"
            case Name(name=variable) if asked := self._title(variable):
                value = f"所填的“{asked}”"
            case _:
                value = "由流程计算"
        return FactLine(f"{title} = {value}", formula)

    def _worded(self, formula: str) -> str:
        """A condition in words; empty where it has none."""
        tree = _parsed(formula)
        return conditions.words(tree, self._title) if tree is not None else ""

    def _told(self, said: Declared) -> list[str]:
        roles = [self.district.roles[key].title if key in self.district.roles else "没有登记的角色" for key in said.notify]
        fields = (_OFFICE_FIELD.fullmatch(text) for text in said.notify_offices)
        return [*roles, *((field and self._ledger_title(field[1])) or "流程给出的单位" for field in fields)]

    def _ways(self, part: Part) -> Iterator[FactLine]:
        element = part.element
        for flow in () if isinstance(element, LinkThrow) else element.outgoing:
            to = self._name(flow.target.bpmn_id) or kinds.kind(Part(flow.target, ""))
            way = f"{self._answers.get(flow.id, '')} → {to}".strip()
            if flow is element.default:
                yield FactLine(f"{way}：其余情况")
            elif flow.condition is None:
                yield FactLine(way)
            else:
                root = inventory.tree(flow.condition)
                words = conditions.words(root, self._title) if root is not None else ""
                yield FactLine(f"{way}：{words}" if words else way, flow.condition.text)

    # ------------------------------------------------------------------ limits

    def _limit(self, part: Part) -> Limit | None:
        """The limit of a task that declares a due date."""
        term = _due(part)
        if term is None:
            return None
        key = self._key(term) or part.id
        found = limits.limit(key, self.library, self.district, self._title)
        if found is not None:
            return found
        name = inventory.bare_name(term)
        title = self._title(name) if name else None
        return Limit(f"限“{title}”" if title else "有期限", (f"至“{title}”" if title else "截止时间由流程给出",))

    def _counting(self, term: Term | None) -> Call | None:
        if term is None:
            return None
        return next((call for call in inventory.calls(term) if isinstance(call.function, Name) and call.function.name in _COUNTING), None)

    def _key(self, term: Term) -> str:
        """The deadline key that an expression names by a literal."""
        call = self._counting(term)
        key = inventory.argument(call, "key", 0) if call is not None else None
        return key.value if isinstance(key, Literal) and isinstance(key.value, str) else ""

    # ------------------------------------------------------------------ names

    @cached_property
    def _parts(self) -> Sequence[Part]:
        return inventory.parts(self.definition)

    @cached_property
    def _answers(self) -> dict[str, str]:
        """Sequence flow → its name."""
        root = xml.load(self.definition.source, self.definition.file)
        return {node.get("id", ""): name for node in root.iter(xml.BPMN + "sequenceFlow") if (name := (node.get("name") or "").strip())}

    @cached_property
    def _results(self) -> dict[str, tuple[str, str]]:
        """Variable → the task whose decision gives it, and the decision."""
        return {
            part.activity.called.result_variable: (part.element.bpmn_name or "", part.activity.called.id.value)
            for part in self._parts
            if isinstance(part.activity, BusinessRuleTask) and isinstance(part.activity.called.id, LiteralTerm)
        }

    @cached_property
    def _fields(self) -> dict[str, str]:
        """Field → title, over the forms of this process."""
        found: dict[str, str] = {}
        for name in sorted(self.definition.forms):
            reference = self.library.reference(DefinitionKind.FORM, name)
            if reference is not None:
                for key, schema in form(reference.key).fields.items():
                    found.setdefault(key, str(schema.get("title", "")))
        return found

    def _title(self, name: str) -> str | None:
        """What people call a variable, an entry of one, or an approval (see ``conditions.Title``)."""
        if name.startswith("approved("):
            process, _, element = name[len("approved(") : -1].partition(".")
            named = self._name(element, process)
            return f"“{named}”的审批" if named else None
        base, _, entry = name.partition(".")
        if base == _PROJECT:
            return self._ledger_title(entry)
        if base in self._results:
            task, decision = self._results[base]
            return self._column(decision, entry) if entry else f"“{task}”的结果" if task else None
        if entry:
            return None
        return self._fields.get(base) or wording.titles_of(self.library).get(base)

    def _ledger_title(self, name: str) -> str | None:
        ledger = self.library.ledger
        field = ledger.fields.get(name) if ledger is not None else None
        return field.title if field is not None else wording.titles_of(self.library).get(name)

    def _column(self, decision_id: str, name: str) -> str | None:
        return wording.column_titles(self.library, decision_id).get(name)

    def _name(self, element: str, process: str = "") -> str:
        """What an element is called; empty if it has no name."""
        definition = self.definition if process in ("", self.definition.process_id) else self.library.process(process)
        info = definition.elements.get(element) if definition is not None else None
        return info.name if info else ""

    def _ledger_schema(self, name: str) -> Mapping[str, Any]:
        ledger = self.library.ledger
        field = ledger.fields.get(name) if ledger is not None else None
        return field.schema if field is not None else {}

    def _register_line(self, kind: str) -> FactLine:
        found = wording.register(self.library, kind)
        if found is None:
            return FactLine("没有名称的登记簿")
        return FactLine(found.name or "没有名称的登记簿", model=ModelRef(DefinitionKind.FORM, found.id, found.tenant, found.version))

    def _template_line(self, name: str) -> FactLine:
        found = self.library.reference(DefinitionKind.TEMPLATE, name)
        if found is None:
            return FactLine("没有部署的模板")
        return FactLine(found.name, model=ModelRef(DefinitionKind.TEMPLATE, found.id, found.tenant, found.version))

    def _register(self, kind: str) -> str:
        found = wording.register(self.library, kind)
        return found.name if found else ""


def _parsed(formula: str) -> Node | None:
    try:
        return feel.compile(formula, functions=vocabulary()).tree.root if formula else None
    except feel.FeelError:
        return None


def _due(part: Part) -> Term | None:
    return part.activity.assignment.due_date if isinstance(part.activity, UserTask) else None


def _cited(clause: Clause) -> str:
    return f"{clause.article}：{clause.paraphrase}（{clause.id}）"
