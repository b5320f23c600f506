"""Variables that a diagram reads and nothing writes: a slip is an error, and so is any in a declared property; what is merely never written is a reminder.

Where anything may be written (see ``writers``), nothing is certain and at most a reminder of a slip is given.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.decision.dmn.checks import IMPLICIT
from app.decision.dmn.reading import read_by
from app.decision.feel.syntax import Call, Name, walk
from app.decision.near import near
from app.domain.declared import RESERVED
from app.engine import ProcessDefinition
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.tasks import BusinessRuleTask, UserTask
from app.engine.expressions import LiteralTerm, Term, source_of, vocabulary
from app.rehearsal import ledger_names, printed
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.inventory import Lines, Part, Said, expressions, fields_read, first, loop_names, tree
from app.rehearsal.surroundings import View
from app.rehearsal.writers import Names, Writers, Written

OF_TABLE = "决策"
OUTPUT = "输出映射"
PROPERTY = "属性"
EVERYTHING = Said("", LiteralTerm(""))
VALUES = ("输入映射", OUTPUT, "消息关联键", "受理人", "候选人", "多实例的输出元素")
PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
INFLECTIONS = ("s", "es", "d", "ed", "ing")


def check(file: str, process: ProcessDefinition, around: View, lines: Lines) -> list[Finding]:
    """Errors for slips (a name is read that differs by one from a name that is written), warnings for what nothing writes."""
    return list(_Reader(file, process, around, lines).findings())


@dataclass
class _Reader:
    file: str
    process: ProcessDefinition
    around: View
    lines: Lines

    def __post_init__(self) -> None:
        self.writers = self.around.kept(Writers)

    def findings(self) -> Iterator[Finding]:
        written = self.writers.written(self.process)
        results = self._results_of_tables()
        for part in self.writers.parts(self.process):
            said: set[str] = set()
            for name, what, text, at, names in self._reads(part, written):
                if name not in said:
                    said.add(name)
                    finding = self._judge(part, name, what, names, text=text, at=at)
                    if finding is not None:
                        yield finding
            yield from self._outputs_of_decisions(part, results)
            yield from self._inputs_of_forms(part)
            yield from self._names_as_texts(part, written)

    def _reads(self, part: Part, written: Written) -> Iterator[tuple[str, str, str, str, Names]]:
        """Names that an element reads and that are not plainly there: (name, by what, text, where, what can be read there)."""
        for said in expressions(part):
            sees = _near(part, written, said)
            for name in free(said.term):
                if name not in sees.names:
                    yield name, f"{said.what}“{source_of(said.term)}”", name, said.flow, sees
        task = part.activity
        approved = task.declarations.approves
        if approved and (ledger := ledger_names.fields(self.around)):
            sees = _near(part, written, EVERYTHING)
            sees.names |= {*ledger, *self._fields_of(part)}
            yield from ((name, "属性 approves", name, "", sees) for name in approved if name not in sees.names)
        if task.declarations.document:
            sees = _near(part, written, EVERYTHING)
            sees.names |= {*ledger_names.fields(self.around), *printed.registers(self.around)}
            for name in printed.heads(task.declarations.document, self.around):
                if name not in sees.names:
                    yield name, f"属性 document 的模板“{task.declarations.document}”", "", "", sees
        if isinstance(task, BusinessRuleTask) and isinstance(task.called.id, LiteralTerm):
            sees = _near(part, written, Said("", task.called.id))
            for model in self.around.decisions(task.called.id.value):
                for name in sorted(read_by(model, task.called.id.value)):
                    if name not in sees.names:
                        yield name, f"{OF_TABLE}“{task.called.id.value}”", "", "", sees

    def _judge(self, part: Part, name: str, what: str, sees: Names, *, text: str, at: str) -> Finding | None:
        given = self.writers.given(self.process)
        if name in given.names or name in RESERVED:
            return None
        known = sees.names | given.names
        certain = not (sees.anything or given.anything)
        hint = near(name, known)
        # A table that several places call asks for more than one of them knows: only a slip is told of what it reads.
        if hint is None and (not certain or what.startswith(OF_TABLE)):
            return None
        form = self._form_of(part)
        severity = "error" if hint and certain and not (self._is_open_start() and is_inflected(name, hint)) else "warning"
        if certain and what.startswith(PROPERTY):
            severity = "error"  # what is declared is promised: an approval of nothing, an office that nobody names
        cure = f"是不是 {hint}?" if hint else "它的值总是空值(null);请检查名称,或让前面的环节写入它"
        if form is not None and what.startswith(OUTPUT):
            severity = "error" if certain else severity
            message = f"的{what}用到“{name}”,但表单“{form}”没有这一项,也没有别的环节写入,{cure}"
            return self._say(part, FindingCode.FORM_FIELD, message, text=text, at=at, severity=severity)
        return self._say(
            part, FindingCode.VARIABLE, f"的{what}用到变量“{name}”,没有任何环节写入它,{cure}", text=text, at=at, severity=severity
        )

    def _is_open_start(self) -> bool:
        """Whether somebody may begin the process with variables of his own."""
        return any(event.kind == "none" for event in self.process.start_events)

    def _form_of(self, part: Part) -> str | None:
        task = part.activity
        if (
            isinstance(task, UserTask)
            and task.form is not None
            and isinstance(task.form.id, LiteralTerm)
            and self.around.forms(task.form.id.value)
        ):
            return task.form.id.value
        return None

    def _fields_of(self, part: Part) -> set[str]:
        form = self._form_of(part)
        return set() if form is None else {name for found in self.around.forms(form) for name in found.fields}

    def _inputs_of_forms(self, part: Part) -> Iterator[Finding]:
        """An input that is all but a field of the form: the field would stay empty, and what it should show be nowhere."""
        fields = self._fields_of(part)
        given = [first(mapping) for mapping in part.activity.input_mappings] if fields else []
        for target in given:
            hint = near(target, fields - set(given)) if target not in fields else None
            if hint is not None and not is_inflected(target, hint) and target not in self._read_inside(part):
                message = f"的输入映射写“{target}”,但表单“{self._form_of(part)}”没有这一项,是不是 {hint}?"
                yield self._say(part, FindingCode.FORM_FIELD, message, text=target, at="", severity="error")

    def _read_inside(self, part: Part) -> set[str]:
        """What the task itself reads by name: then an input is there for that, whatever the form calls its fields."""
        found = {name for said in expressions(part) for name in free(said.term)}
        for form in self.around.forms(self._form_of(part) or ""):
            for check in form.checks:
                found |= check.names
                for model in self.around.decisions(check.decision or ""):
                    found |= read_by(model, check.decision or "")
        return found

    def _names_as_texts(self, part: Part, written: Written) -> Iterator[Finding]:
        """A value written without its ``=`` is text: where it is just what a variable is called, that is seldom meant."""
        for said in expressions(part):
            if isinstance(said.term, LiteralTerm) and said.what.startswith(VALUES) and PATH.fullmatch(said.term.value):
                text = said.term.value
                if text.split(".")[0] in _near(part, written, said).names:
                    message = f'的{said.what}“{text}”不以 = 开头,是文字,不是变量 {text} 的值;要取值请写 ={text},确是文字的请写 ="{text}"'
                    yield self._say(part, FindingCode.NAME_AS_TEXT, message, text=text, at=said.flow, severity="warning")

    def _outputs_of_decisions(self, part: Part, results: Mapping[str, set[str]]) -> Iterator[Finding]:
        """Entries that are read of a table's result and that none of its columns gives."""
        told: set[tuple[str, str]] = set()
        for said, known in self._with_results(part, results):
            for variable, entry in fields_read(said.term):
                columns = known.get(variable)
                if columns is not None and entry not in columns and (variable, entry) not in told:
                    told.add((variable, entry))
                    hint = near(entry, columns)
                    cure = f"是不是 {hint}?" if hint else f"它有:{'、'.join(sorted(columns))}"
                    message = f"的{said.what}“{source_of(said.term)}”要取“{variable}.{entry}”,但决策的结果没有“{entry}”这一列,{cure}"
                    yield self._say(part, FindingCode.DECISION_OUTPUT, message, text=f"{variable}.{entry}", at=said.flow, severity="error")

    def _with_results(self, part: Part, results: Mapping[str, set[str]]) -> Iterator[tuple[Said, Mapping[str, set[str]]]]:
        """Every expression with the results that it can see: in its own output mappings a task's result is there, until one of them writes that name."""
        task = part.activity
        columns = self._columns(task) if isinstance(task, BusinessRuleTask) and task.output_mappings else None
        own = {task.called.result_variable: columns} if isinstance(task, BusinessRuleTask) and columns is not None else {}
        targets = iter([first(mapping) for mapping in task.output_mappings])
        for said in expressions(part):
            if not said.what.startswith(OUTPUT):
                yield said, results
                continue
            yield said, {**results, **own}
            own.pop(next(targets, ""), None)

    def _results_of_tables(self) -> dict[str, set[str]]:
        """Variables that hold nothing but results of tables with several outputs, with the columns' names."""
        results: dict[str, set[str] | None] = {}
        others: set[str] = set(self.writers.given(self.process).names)
        for part in self.writers.parts(self.process):
            task = part.activity
            others |= {first(mapping) for mapping in (*task.input_mappings, *task.output_mappings)}
            if isinstance(part.element, MultiInstanceBody):
                others |= loop_names(part.element)
            if isinstance(task, BusinessRuleTask) and not task.output_mappings:
                columns = self._columns(task)
                before = results.get(task.called.result_variable, set())
                results[task.called.result_variable] = None if columns is None or before is None else columns | before
            elif isinstance(task, BusinessRuleTask):
                others.add(task.called.result_variable)
            else:
                others |= self.writers.results(part).names
        return {name: columns for name, columns in results.items() if columns is not None and name not in others}

    def _columns(self, task: BusinessRuleTask) -> set[str] | None:
        """The output columns of a called table; None if the result is no context of columns."""
        if not isinstance(task.called.id, LiteralTerm):
            return None
        found: set[str] = set()
        for model in self.around.decisions(task.called.id.value):
            decision = model.find_decision(task.called.id.value)
            if decision is None or len(decision.outputs) < 2 or decision.aggregation:
                return None
            found |= {output.name for output in decision.outputs}
        return found or None

    def _say(self, part: Part, code: FindingCode, message: str, text: str, at: str, severity: str) -> Finding:
        line = self.lines.of(at or part.id, text)
        return Finding(
            file=self.file,
            element=part.id or self.process.process_id,
            line=line,
            code=code,
            message=f"{part.place}{message}",
            severity=severity,
        )


def _near(part: Part, written: Written, said: Said) -> Names:
    """What is written in the process itself and can be read in an expression."""
    found = Names(set(written.process.names), written.process.anything)
    at = part.id
    if said.sees is not None:
        found.names |= said.sees
        at = written.parents.get(at, "")
    while at:
        found.take(written.own.get(at, Names()))
        at = written.parents.get(at, "")
    return found


def unwritten(process: ProcessDefinition, around: View, decision: str, names: Iterable[str]) -> set[str]:
    """Of ``names`` that a decision asks for, those that nothing writes in a process that calls it; none where anything may be written."""
    writers = around.kept(Writers)
    written, given, missing = writers.written(process), writers.given(process), set(names).difference(RESERVED)
    for part in writers.parts(process):
        task = part.activity
        if isinstance(task, BusinessRuleTask) and isinstance(task.called.id, LiteralTerm) and task.called.id.value == decision:
            sees = _near(part, written, Said("", task.called.id))
            if sees.anything or given.anything:
                return set()
            missing -= sees.names | given.names
    return missing


def free(term: Term) -> list[str]:
    """The variables that an expression is sure to read: not those that may be entries of a filtered item, nor functions."""
    root = tree(term)
    if root is None:
        return []
    functions = vocabulary()
    invoked = {id(node.function) for node in walk(root) if isinstance(node, Call)}
    names = (
        node.name
        for node in walk(root)
        if isinstance(node, Name) and not node.local and not node.element and node.name not in functions and id(node) not in invoked
    )
    return list(dict.fromkeys(name for name in names if name not in IMPLICIT))


def is_inflected(one: str, other: str) -> bool:
    """Whether two names are forms of one word, as ``item`` and ``items``: then they may well mean two things."""
    short, long = sorted((one, other), key=len)
    return any(long == short + ending for ending in INFLECTIONS)
