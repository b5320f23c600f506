"""What an element declares, its FEEL compiled: read once with the diagram. Carried out by ``engine.effecting``, checked by ``app.rehearsal.declarations``."""

from dataclasses import dataclass

from app.engine.expressions import FormulaTerm


@dataclass(frozen=True, slots=True)
class Setting:
    """One part of ``set``: a ledger field and the value that it gets."""

    field: str
    value: FormulaTerm


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarations:
    """``notify``: role keys, and ``applicant``. Empty where nothing is declared."""

    phase: str = ""
    record: str = ""
    sets: tuple[Setting, ...] = ()
    notify: tuple[str, ...] = ()

    @property
    def on_completion(self) -> bool:
        return bool(self.record or self.sets or self.notify)


NOTHING = Declarations()
