"""What goes on in a terminal phase can come to its end there: it declares no phase that is not terminal, to which nothing leads. Source: modelling.md §4."""

from pathlib import Path

from app.domain import districts
from app.engine import read
from app.rehearsal.inventory import parts

MODELS = Path(__file__).parents[2] / "bpmn"


def test_what_goes_on_in_a_terminal_phase_enters_none_that_is_not_terminal() -> None:
    """A retirement that was open when its project was terminated went on, and ended in an incident that nothing could mend (FX-33-1, SC-31-1)."""
    declared: dict[str, set[str]] = {}
    for file in MODELS.rglob("*.bpmn"):
        for process in read(file.read_bytes(), file.name).processes:
            phases = {part.activity.declarations.phase for part in parts(process)} - {""}
            declared.setdefault(process.process_id, set()).update(phases)
    known = districts.load_phases(MODELS.parent / "districts" / "phases.toml")
    terminal = {phase.key for phase in known if phase.terminal}
    stuck = {
        (phase.key, name): entered
        for phase in known
        for name in phase.goes_on
        if (entered := declared.get(name, set()) - terminal) and name not in phase.woken_by
    }
    assert stuck == {}
