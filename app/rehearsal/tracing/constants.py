"""Rows of a district's parameters: one is gone through where what reads it is. Evaluating them all says nothing of any."""

from collections.abc import Iterator, Set

from app.engine import ProcessDefinition
from app.engine.effecting import X_VALUE
from app.engine.ledger import PARAMETERS
from app.rehearsal.inventory import expressions, fields_read, parts
from app.rehearsal.library import Models


class Constants:
    """``places``: what a register of clauses may name → the rows of parameters that it reads."""

    def __init__(self, models: Models) -> None:
        self._rows = dict(_rows(models))
        self._places: dict[str, set[str]] = {}
        for process in models.all_processes():
            for place, name in _of_process(process, models):
                self._note(place, name)
        for key, ref in models.decisions.items():
            decision = ref.model.decisions[key]
            for member in {pair for formula in decision.formulas for pair in formula.members}:
                self._note(key, member[1] if member[0] == PARAMETERS else "")

    def _note(self, place: str, name: str) -> None:
        if name in self._rows:
            self._places.setdefault(place, set()).add(self._rows[name])

    def with_rows(self, trail: Set[str]) -> frozenset[str]:
        """A trail together with the parameters that were read along it."""
        return frozenset(trail).union(*(self._places[place] for place in self._places.keys() & trail))


def _rows(models: Models) -> Iterator[tuple[str, str]]:
    """Each parameter with the row that gives it: the row whose first output is its name."""
    ref = models.decision(PARAMETERS)
    for key, decision in ref.model.decisions.items() if ref is not None else ():
        for rule in decision.rules:
            if rule.id and rule.outputs and rule.outputs[0].startswith('"'):
                yield rule.outputs[0].strip('"'), f"{key}.{rule.id}"


def _of_process(process: ProcessDefinition, models: Models) -> Iterator[tuple[str, str]]:
    for part in parts(process):
        place = f"{process.process_id}.{part.id}" if part.id != process.process_id else process.process_id
        yield from ((place, entry) for said in expressions(part) for name, entry in fields_read(said.term) if name == PARAMETERS)
    for info in process.elements.values():
        form = models.form(info.form_id) if info.form_id else None
        for read in () if form is None else (check.when for check in form.checks if check.when is not None):
            yield from ((f"{process.process_id}.{info.id}", entry) for name, entry in read.members if name == PARAMETERS)
        for schema in form.fields.values() if form is not None else ():
            text = str(schema.get(X_VALUE, ""))
            yield from ((f"{process.process_id}.{info.id}", entry) for entry in _named(text))


def _named(text: str) -> Iterator[str]:
    for part in text.split(f"{PARAMETERS}.")[1:]:
        yield part[: next((at for at, letter in enumerate(part) if not (letter.isalnum() or letter == "_")), len(part))]
