"""The tables ``readable`` and ``content_kind`` as far as they are written plainly: a word that nobody knows would give nothing, and nobody would be told."""

import re
from collections.abc import Collection, Iterator

from app.decision import dmn
from app.decision.near import near
from app.domain.reading import CONTENT_KIND, READABLE, Content, Extent, Seat
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding

_TEXT = re.compile(r'"([^"\\]*)"')
_WHAT = ("field", "task", "record")
# table → column (input expression or output name) → what the words of its cells may be
_WORDS: dict[str, dict[str, Collection[str]]] = {
    READABLE: {"seat": list(Seat), "contents": list(Content), "extent": list(Extent)},
    CONTENT_KIND: {"what": _WHAT, "kind": list(Content)},
}


def check(name: str, model: dmn.Model) -> Iterator[Finding]:
    for table, words in _WORDS.items():
        decision = model.decisions.get(table)
        if decision is None or not decision.outputs:
            continue
        columns = [column.name for column in decision.outputs]
        if missing := [column for column in words if column not in (*columns, *(one.expression.strip() for one in decision.inputs))]:
            yield _say(name, decision.id, f"决策表 {table} 应有“{missing[0]}”这一列")
        asked = [one.expression.strip() for one in decision.inputs]
        for rule in decision.rules:
            for column, cell in (*zip(asked, rule.cells, strict=False), *zip(columns, rule.outputs, strict=False)):
                known = words.get(column)
                for word in _written(cell) if known is not None else ():
                    if known is not None and word not in known:
                        cure = f"是不是 {hint}?" if (hint := near(word, known)) else f"可以写的有:{'、'.join(known)}"
                        yield _say(name, f"{decision.id} 第 {rule.number} 行", f"“{column}”写了“{word}”,没有这个词,{cure}")


def _written(cell: str) -> Iterator[str]:
    for text in _TEXT.findall(cell):
        yield from text.replace(",", " ").split()


def _say(file: str, element: str, message: str) -> Finding:
    return Finding(file=file, element=element, line=0, code=FindingCode.READING, message=message, severity="error")
