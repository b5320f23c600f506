"""Scenarios: an analyst's tests of the models, run on the real engine and a virtual clock (design §9)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.districts import SHARED
from app.errors import InvalidRequest
from app.rehearsal import wording
from app.rehearsal.cases import attempt
from app.rehearsal.library import SUFFIXES, Beneath, Later, Models, Shelf
from app.rehearsal.scenario_files import Failed, Scenario, read
from app.rehearsal.scenario_yaml import ScenarioError

LONGEST_SHOWN = 200  # characters of a file's name


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: ``step`` is where it failed (``file``, ``models``, ``start``, ``step 3``, ``expect``); ``difference`` says what was wanted and what was.

    ``place`` and ``told``: the same two with the names that people know, for those who read it and no program does. ``trail``: what it went through.
    """

    file: str
    case: str
    ok: bool
    step: str = ""
    difference: str = ""
    place: str = ""
    told: str = ""
    trail: frozenset[str] = field(default=frozenset(), compare=False)
    district: str | None = field(default=None, compare=False)

    @property
    def data(self) -> dict[str, Any]:
        """What programs are given (design §9)."""
        return {"file": self.file, "case": self.case, "ok": self.ok, "step": self.step, "difference": self.difference}


def run(paths: Sequence[Path], root: Path) -> Iterator[CaseResult]:
    """Every case of every file, one after the other; a file that cannot be read is one failed result. ``root``: the installation whose models are the default."""
    suite = Suite(Shelf(root))
    for path in paths:
        yield from suite.run(path)


@dataclass
class Suite:
    """Scenarios of one installation: models are read once for all cases that use the same ones."""

    shelf: Shelf
    _kept: dict[tuple[tuple[str, ...], str | None], Models] = field(default_factory=dict)

    def run(self, path: Path) -> list[CaseResult]:
        """The cases of one file."""
        try:
            cases = read(path).cases
        except ScenarioError as error:
            return [CaseResult(str(path), "", False, "file", error.message)]
        return [self.run_case(case) for case in cases]

    def run_case(self, case: Scenario) -> CaseResult:
        """One case, on what it names itself or on the installation's models."""
        try:
            models, phases = self.models(case), self.shelf.phases()
        except (Failed, InvalidRequest) as error:
            return CaseResult(str(case.file), case.name, False, "models", wording.plain(str(error)))
        except Exception as error:  # one case must not take the others with it
            return CaseResult(str(case.file), case.name, False, "models", f"内部错误 {type(error).__name__}:{error}")
        outcome = attempt(case, models, phases)
        return CaseResult(
            file=str(case.file),
            case=case.name,
            ok=outcome.ok,
            step=outcome.step,
            difference=outcome.difference,
            place=outcome.place,
            told=outcome.told,
            trail=outcome.trail,
            district=case.district,
        )

    def models(self, case: Scenario) -> Models:
        """The models that a case runs on. Raises Failed, ModelRefused, InvalidRequest."""
        if case.models is None:
            return self.shelf.models(case.district)
        files = self.files(case)
        if (files, case.district) not in self._kept:
            self._kept[files, case.district] = self.own(files, case.district, Later(self.shelf, case.district))
        return self._kept[files, case.district]

    def files(self, case: Scenario) -> tuple[str, ...]:
        """The files that a case names itself. Raises Failed."""
        return tuple(str(path) for name in case.models or () for path in _files(case.file.parent, name))

    def own(self, files: Sequence[str], district: str | None, beneath: Beneath) -> Models:
        """The named files as one district sees them: shared ones, over them its own; another district's are not seen."""
        models = Models(self.shelf.district(district), beneath, phases=self.shelf.every_phase())
        owners = {file: self.shelf.owner(Path(file)) for file in files}
        for owner in (SHARED, district):
            for file in files:
                if owners[file] == owner:
                    models.add(file, Path(file).read_bytes(), owner or SHARED)
        return models


def _files(folder: Path, name: str) -> list[Path]:
    try:
        place = (folder / name).resolve()
        if place.is_dir():
            return sorted(path for path in place.rglob("*") if path.suffix in SUFFIXES and path.is_file())
        there = place.is_file()
    except (OSError, ValueError):  # too long, or with a character that no file name has
        there = False
    if not there:
        raise Failed(f"models 所列的文件 {name[:LONGEST_SHOWN]} 不存在")
    return [place]
