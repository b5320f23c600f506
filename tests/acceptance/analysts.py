"""Sucheng's analyst at work: a folder of models, both modelers, the command; and projects of the district under way, whose people live with what is published."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from app import cli, create_app
from app.config import Config, load
from app.domain.permissions import SYSTEM
from app.seen.shapes import DecisionView, ProjectPage, TaskLine, TaskPage
from app.services import inbox, instants, projects, tasks
from tests.acceptance.modelers import Gesture, Modelers
from tests.acceptance.running import ROOT
from tests.integration.conftest import Stage
from tests.integration.districts.conftest import KEYS
from tests.integration.districts.play import District, at, prepare

BEGIN, NOON = at("2025-09-01"), at("2025-09-01T12:00:00")
MONDAY, TUESDAY = at("2025-10-20"), at("2025-10-21")


@dataclass(frozen=True)
class Projects:
    """Four projects of Sucheng by their keys, and the instant."""

    river: int
    parking: int
    school: int
    clinic: int
    now: datetime


NAMES = {"river": "河道巡检平台", "parking": "停车诱导平台", "school": "校园安全平台", "clinic": "慢病管理平台"}
OFFICES = ("水利局", "住房和城乡建设局", "教育局", "卫生健康局")


def found(now: datetime) -> Projects:
    keys = {line.name: line.key for line in projects.search(SYSTEM, now).items}
    return Projects(**{word: keys[name] for word, name in NAMES.items()}, now=now)


def declare() -> Projects:
    """All have declared; the school's alone has been accepted, so that its review is under way."""
    prepare(BEGIN)
    district = District("sucheng", BEGIN)
    district.announce()
    first, *others = [district.declare(name, office) for name, office in zip(NAMES.values(), OFFICES, strict=True)]
    district.until(first, "check_declaration", *others)
    district.until(found(district.now).school, "give_pre_review_opinion")
    district.advance(NOON)
    return found(NOON)


def build() -> Projects:
    """The river's and the parking's project are under construction."""
    district, declared = District("sucheng", NOON), found(NOON)
    district.until(declared.river, "start_trial", declared.parking)
    district.advance(MONDAY)
    return found(MONDAY)


def place(folder: Path) -> None:
    """The shipped files, but for the cases that hold every row of every table: the guide is about the processes' own."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / "models" / name, ignore=shutil.ignore_patterns("rows_*"))


def settings(data: str, folder: Path) -> Config:
    return load({}, data=data, models=str(folder / "models"), durable=False, clock="virtual", audit_head=str(folder / "head.jsonl"), **KEYS)


FOLDERS = ("bpmn", "dmn", "forms", "documents", "scenarios", "districts")
DECLARED = Stage("declared", declare, place, settings=settings, app=create_app)
BUILDING = Stage("building", build, place, settings=settings, app=create_app, after=DECLARED)


class HowTo:
    """A section of the analysts' page about changes, as somebody reads it who does what it says."""

    def __init__(self, title: str) -> None:
        page = (ROOT / "docs" / "analyst" / "changes.md").read_text("utf-8")
        (self.text,) = [part for part in re.split(r"^## ", page, flags=re.MULTILINE) if part.startswith(title)]

    def blocks(self, language: str) -> list[tuple[str, str]]:
        """The fenced blocks of a language, with the file that is named before each of them."""
        return re.findall(rf"(?:`([^`\n]+)`：\n\n)?```{language}\n(.*?)```", self.text, re.DOTALL)

    def said(self, number: int = 0) -> list[str]:
        """What is said at a deployment, line by line."""
        return self.blocks("text")[number][1].splitlines()

    def edits(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """File → (old, new) of each of its changes: paragraphs with ``-`` and ``+`` before a blank."""
        for file, block in self.blocks("diff"):
            hunks = [hunk.splitlines() for hunk in block.strip("\n").split("\n\n")]
            yield file, [tuple("\n".join(line[2:] for line in hunk if line[0] in signs) for signs in ("- ", "+ ")) for hunk in hunks]

    def row(self, heading: str) -> dict[str, str]:
        """The first row of the table that begins with a heading: column → what stands there."""
        lines = self.text.splitlines()
        place = next(number for number, line in enumerate(lines) if line.startswith(f"| {heading} |"))
        head, row = ([cell.strip().strip("`") for cell in lines[place + step].strip("|").split("|")] for step in (0, 2))
        return dict(zip(head, row, strict=True))

    def rule(self) -> Gesture:
        """The row of a decision table."""
        cells = self.row("批注")
        return ["rule", cells.pop("批注"), cells]


class Analyst:
    """``root``: where the models lie; ``district``: the people who live by them."""

    def __init__(self, root: Path, config: Config, modelers: Modelers, under_way: Projects) -> None:
        self.root, self.config, self.modelers = root, config, modelers
        self.projects = under_way
        self.district = District("sucheng", under_way.now)

    # ---------------------------------------------------------------------- editing

    def table(self, name: str, *gestures: Gesture) -> str:
        """Edit a table of the district in dmn-js; where it was saved."""
        path = self.root / "dmn" / "sucheng" / f"{name}.dmn"
        path.write_text(self.modelers.table(path.read_text("utf-8"), name, *gestures), "utf-8")
        return str(path)

    def diagram(self, name: str, *gestures: Gesture) -> str:
        """Edit a diagram of the district in bpmn-js; where it was saved."""
        path = self.root / "bpmn" / "sucheng" / f"{name}.bpmn"
        path.write_text(self.modelers.diagram(path.read_text("utf-8"), *gestures), "utf-8")
        return str(path)

    def text(self, file: str, *changes: tuple[str, str]) -> str:
        """Replace texts in a file, wherever they stand; where it is."""
        path = self.root / file
        content = path.read_text("utf-8")
        for old, new in changes:
            assert old in content, old
            content = content.replace(old, new)
        path.write_text(content, "utf-8")
        return str(path)

    def follow(self, page: HowTo) -> list[str]:
        """Write the files that a section gives and change those that it changes; where those are that have to be published."""
        for file, content in page.blocks("json"):
            (self.root / file).write_text(content, "utf-8")
        files = [str(self.root / file) for file, _ in page.blocks("json")]
        files += [self.text(file, *changes) for file, changes in page.edits()]
        return [file for file in files if "/districts/" not in file]

    # ---------------------------------------------------------------------- the command

    def run(self, *arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(cli.main, list(arguments), **options)

    def deploy(self, *arguments: str) -> list[str]:
        """Publish, without answering for anything; what the analyst is reminded of, line by line."""
        return self._said(0, *arguments)

    def refused(self, *arguments: str) -> list[str]:
        """Try to publish what must be refused; why, line by line."""
        return self._said(1, *arguments)

    def _said(self, exit_code: int, *arguments: str) -> list[str]:
        instants.begin_at(self.district.now)
        done = self.run("deploy", *arguments, "--reason", "办法修订", "--data", self.config.data)
        assert (done.exit_code, bool(done.stdout)) == (exit_code, exit_code == 0), done.stderr
        return [line.strip() for line in done.stderr.splitlines() if line.startswith("  ")]

    # ---------------------------------------------------------------------- the people

    def starts(self, process: str, project: int, role: str = "applicant") -> None:
        projects.start_process(self.district.person(role, project=project), project, process, self.district.now)

    def page(self, project: int) -> ProjectPage:
        return projects.view(self.district.system, project, self.district.now)

    def taken(self, project: int, decision: str) -> DecisionView:
        """How a decision of a project came out, the last time."""
        return [taken for taken in self.page(project).decisions if taken.decision_id == decision][-1]

    def open(self, project: int, process: str) -> list[TaskLine]:
        """The open tasks of a process of a project."""
        return [line for line in self.district.open(project) if line.process_id == process]

    def task_page(self, line: TaskLine) -> TaskPage:
        """What somebody who may do a task sees of it."""
        return tasks.view(self.district.performer(line), line.key, self.district.now)

    def todo(self, role: str, office: str = "") -> list[tuple[int | None, str]]:
        """What somebody of an office finds in 待办: project and name, by project."""
        found = inbox.todo(self.district.person(role, office=office), self.district.now, limit=200).items
        return sorted((line.project_key, line.name) for line in found)
