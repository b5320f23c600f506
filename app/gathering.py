"""Files that a command is given: folders searched through, each read no further than tells that it is too long."""

from collections.abc import Container, Iterable
from pathlib import Path

import click

from app.command import stop
from app.domain import districts

MODEL_SUFFIXES = (".bpmn", ".dmn", ".json", ".docx", ".xlsx")
SCENARIO_SUFFIXES = (".yaml", ".yml")
LARGEST_FILE = 12_000_000  # bytes; every kind of model is refused before


def gather(files: Iterable[str], also: Container[str] = ()) -> list[tuple[str, bytes]]:
    """The models and scenarios named, folders searched through; ``also``: other suffixes. Raises click's BadParameter for what is not there."""
    found: list[Path] = []
    for name in files:
        path = Path(name)
        if path.is_dir():
            found += sorted(part for part in path.rglob("*") if _is_model(part) or part.suffix in also)
            if not also:  # to be deployed: a set of scenarios and what it names come together
                found += sorted(_of_scenarios(found, path) - {*found})
        elif path.is_file():
            found.append(path)
        else:
            raise click.BadParameter(f"没有文件 {name}")
    return [(whole(path), read_bounded(path)) for path in found]


def _of_scenarios(found: Iterable[Path], folder: Path) -> set[Path]:
    """The models within a folder that its scenarios name themselves."""
    from app.rehearsal import scenario_files
    from app.rehearsal.scenario_yaml import ScenarioError

    named: set[Path] = set()
    for path in (one for one in found if one.suffix in SCENARIO_SUFFIXES):
        try:
            cases = scenario_files.read(path).cases
        except ScenarioError:
            continue  # told where it is read in earnest
        named |= {path.parent / name for case in cases for name in case.models or ()}
    return {path for path in named if path.is_file() and path.resolve().is_relative_to(folder.resolve()) and not _is_model(path)}


def _is_model(path: Path) -> bool:
    """Any YAML may lie about in a folder: only that below scenarios/ is meant; models that lie there are those that a scenario names itself."""
    in_scenarios = "scenarios" in path.absolute().parts[:-1]
    return path.suffix in (SCENARIO_SUFFIXES if in_scenarios else MODEL_SUFFIXES)


def whole(path: Path) -> str:
    """The path as it was given, unless only the whole path tells whose the file is: ``sucheng/x.dmn`` within dmn/."""
    return str(path) if set(path.parts[:-1]) & set(districts.FOLDERS) else str(path.absolute())


def read_bounded(path: Path) -> bytes:
    """A file's content, no more of it than tells every reader that it is too long: whatever it is, it is not held in memory whole."""
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST_FILE)
    except OSError as error:
        stop(f"无法读取 {path}:{error.strerror}")
