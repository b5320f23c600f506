"""The shipped diagrams that are still to be redrawn: a list that only shrinks.

A text file beside the diagrams, one path a line as seen from the installation's folder, ``#`` before a comment. What a listed file has against the rules of the
house is told in one line and is no error; one that has nothing against it any more must leave the list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.rehearsal.codes import PlaneCode
from app.rehearsal.findings import Finding
from app.rehearsal.planes.measures import FileMeasures

LIST = "bpmn/.undrawn"


@dataclass(frozen=True, slots=True)
class Undrawn:
    """``lines``: path → line of the list."""

    root: Path = Path()
    lines: Mapping[str, int] = field(default_factory=dict)

    def lists(self, file: str) -> str | None:
        """The path under which a file is listed, whether it was named from the installation's folder or from elsewhere."""
        return next((path for path in self.lines if file == path or Path(file).absolute() == (self.root / path).absolute()), None)


def read(root: Path) -> Undrawn:
    """The list of an installation; an empty one where there is no such file."""
    file = root / LIST
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    named = [(line.partition("#")[0].strip(), number) for number, line in enumerate(text.splitlines(), 1)]
    return Undrawn(root, {path: number for path, number in named if path})


def judge(undrawn: Undrawn, files: Sequence[FileMeasures]) -> Iterator[Finding]:
    """Of each file what is against the rules of the house: errors, or one line for a listed one. Then what is wrong with the list."""
    for file in files:
        listed = undrawn.lists(file.file)
        if listed is None:
            yield from (Finding(file.file, remark.element, remark.line, remark.code, remark.message) for remark in file.remarks)
        elif file.remarks:
            kinds = sorted({remark.code for remark in file.remarks})
            message = f"列在 {LIST} 里待重画:{len(file.remarks)} 处不合图的规矩({'、'.join(kinds)})"
            yield Finding(file.file, "", 0, PlaneCode.UNDRAWN, message, severity="warning")
        else:
            yield Finding(LIST, listed, undrawn.lines[listed], PlaneCode.UNDRAWN_DONE, f"{listed} 已经合乎图的规矩,请从待重画的名单里删去")
    for path, line in undrawn.lines.items():
        if not (undrawn.root / path).is_file():
            yield Finding(LIST, path, line, PlaneCode.UNDRAWN_DONE, f"没有文件 {path},请从待重画的名单里删去")
