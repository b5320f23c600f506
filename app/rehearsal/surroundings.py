"""What there is for a diagram to name: models at hand and models of the installation, as the districts that use the diagram see them."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path, PurePath
from typing import Any, TypeAlias, TypeVar

from app import printing
from app.connectors.calls import REGISTERS
from app.decision import dmn
from app.domain import districts
from app.domain.districts import SHARED, District, RoleInfo
from app.domain.forms import Form, FormError
from app.domain.templates import ENDINGS, Template, TemplateRefused
from app.engine import DiagramError, ProcessDefinition, read
from app.engine.expressions import vocabulary
from app.rehearsal.findings import Finding

Place: TypeAlias = tuple[str, str, str]  # tenant, kind (process, decision, form, template), id
Load: TypeAlias = Callable[[], Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Stock:
    """All models, by tenant, kind and id; each read when it is asked for. One that cannot be read (None) is told elsewhere and stands for itself only.

    ``main_line``: the main phases in order.
    ``complete``: there is nothing else. ``missing``, ``workers``, ``unasked``: how severe it is that what is named is not there, that a job waits for somebody
    outside, that it is open which of several offices is asked, that nobody asks for an approval again, or that a clause which is cited stands in no register.
    """

    models: Mapping[Place, Load]
    districts: Mapping[str, District] = field(default_factory=dict)
    phases: Collection[str] | None = None
    main_line: Sequence[str] | None = None
    complete: bool = True
    missing: str = "error"
    workers: str = "warning"
    unasked: str = "warning"
    _views: dict[tuple[str, ...], "View"] = field(default_factory=dict, init=False, repr=False, compare=False)

    def around(self, tenant: str, process_id: str) -> "View":
        """As a district sees them; for a shared process as all see them together that use it. What one of them lacks another may have: judge with ``each``."""
        return self._view(tuple(self._users(tenant, process_id)))

    def each(self, tenant: str, process_id: str) -> list["View"]:
        """As a district sees them; for a shared process as each sees them that has it on and no own one, for one that no district lists as each district does."""
        return [self._view((user,)) for user in self._users(tenant, process_id)]

    def each_of(self, tenant: str, decisions: Collection[str]) -> list["View"]:
        """The same for a file of decisions: as each district sees it that has not got all of them itself."""
        without = [key for key in self.districts if any((key, "decision", name) not in self.models for name in decisions)]
        return [self._view((user,)) for user in ((tenant != SHARED and [tenant]) or without or self._users(tenant, ""))]

    def _users(self, tenant: str, process_id: str) -> Sequence[str]:
        if tenant != SHARED:
            return (tenant,)
        on = [key for key, district in self.districts.items() if _is_on(district, process_id)]
        listed = [key for key in on if (key, "process", process_id) not in self.models] or on
        return listed or list(self.districts) or sorted({owner for owner, _, _ in self.models} - {SHARED}) or [SHARED]

    def _view(self, views: tuple[str, ...]) -> "View":
        if views not in self._views:
            self._views[views] = View(self, views)
        return self._views[views]


def _is_on(district: District, process_id: str) -> bool:
    found = district.processes.get(process_id)
    return found is not None and found.enabled


@dataclass(frozen=True)
class View:
    """The stock as some districts see it: of each kind and id a district's own, else the shared one."""

    stock: Stock
    tenants: tuple[str, ...]
    _kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def title(self) -> str:
        return "、".join(self.stock.districts[tenant].title if tenant in self.stock.districts else tenant for tenant in self.tenants)

    @cached_property
    def roles(self) -> Mapping[str, RoleInfo] | None:
        known = [self.stock.districts[tenant] for tenant in self.tenants if tenant in self.stock.districts]
        if not known:
            return None
        found: dict[str, RoleInfo] = {}
        for district in known:
            for key, role in district.roles.items():
                if key not in found or found[key].relation is None:
                    found[key] = role
        return found

    @property
    def phases(self) -> Collection[str] | None:
        return self.stock.phases

    @cached_property
    def _places(self) -> dict[str, dict[str, list[Place]]]:
        seen: dict[str, dict[str, dict[str, Place]]] = {tenant: {} for tenant in self.tenants}
        for owner in (SHARED, *self.tenants):
            for place in self.stock.models:
                if place[0] == owner:
                    for tenant in self.tenants if owner == SHARED else (owner,):
                        seen[tenant].setdefault(place[1], {})[place[2]] = place
        found: dict[str, dict[str, list[Place]]] = {}
        for kinds in seen.values():
            for kind, names in kinds.items():
                for name, place in names.items():
                    places = found.setdefault(kind, {}).setdefault(name, [])
                    if place not in places:
                        places.append(place)
        return found

    def ids(self, kind: str) -> Collection[str]:
        return self._places.get(kind, {}).keys()

    def _loaded(self, kind: str, name: str) -> list[Any]:
        return [model for place in self._places.get(kind, {}).get(name, ()) if (model := self.stock.models[place]()) is not None]

    def processes(self, name: str) -> Sequence[ProcessDefinition]:
        return self._loaded("process", name)

    def decisions(self, name: str) -> Sequence[dmn.Model]:
        return self._loaded("decision", name)

    def forms(self, name: str) -> Sequence[Form]:
        return self._loaded("form", name)

    def templates(self, name: str) -> Sequence[Template]:
        return self._loaded("template", name)

    def uploads(self, name: str) -> Sequence[str]:
        """Where a form takes documents."""
        return [slot for form in self.forms(name) for slot in form.uploads]

    @cached_property
    def _everything(self) -> Sequence[ProcessDefinition]:
        return [process for name in self.ids("process") for process in self.processes(name)]

    def all_processes(self) -> Sequence[ProcessDefinition]:
        return self._everything

    def kept(self, make: Callable[["View"], T]) -> T:
        """What somebody works out of a view, once for all diagrams that have it."""
        if make not in self._kept:
            self._kept[make] = make(self)
        found: T = self._kept[make]
        return found


def judged(views: Sequence[View], check: Callable[[View], Iterable[Finding]], *, anywhere: Collection[str] = ()) -> list[Finding]:
    """What is wrong with a file in any district that uses it; where it is not in all of them, the sentence says in which. ``anywhere``: codes of what is right once
    one of them has it."""
    found: dict[tuple[str | None, str, str], list[tuple[View, Finding]]] = {}
    for view in views:
        for finding in check(view):
            found.setdefault((finding.element, finding.code, finding.message), []).append((view, finding))
    told = []
    lacking = Counter((element, code) for (element, code, _), those in found.items() for _ in those)
    for (element, code, _), those in found.items():
        named = {view.title for view, _ in those}
        if code in anywhere and lacking[element, code] < len(views):
            continue
        first = next((finding for _, finding in those if finding.severity == "error"), those[0][1])
        told.append(first if len(named) == len(views) else replace(first, message=f"{first.message}({'、'.join(sorted(named))})"))
    return told


def once(load: Load) -> Load:
    """``load`` that is called at most once."""
    kept: list[Any] = []

    def loaded() -> Any:
        if not kept:
            kept.append(load())
        return kept[0]

    return loaded


def of_installation(root: Path, known: Collection[str]) -> Iterator[tuple[Place, Load]]:
    """What an installation's folders hold, each read when it is asked for. ``known``: its districts."""
    for folder, kind in (("bpmn", "process"), ("dmn", "decision"), ("forms", "form"), ("documents", "template")):
        for path in sorted((root / folder).rglob("*")):
            own = path.relative_to(root / folder).parts[0]
            if path.suffix in _READERS:
                for name in _names(path):
                    yield (own if own in known else SHARED, kind, name), once(partial(_read, path, name))


def _names(path: Path) -> Iterable[str]:
    """What a file holds: that of its own name, and every other process or decision that stands in it. Looked for in the text: nothing is read yet."""
    if path.suffix not in _HELD:
        return (f"{REGISTERS}{path.stem}" if path.parent.name == districts.REGISTERS else path.stem,)
    return dict.fromkeys((path.stem, *_HELD[path.suffix].findall(path.read_text("utf-8", errors="replace"))))


def _read(path: Path, name: str) -> Any:
    """The model of a file; None if it cannot be read, which is told where the file itself is looked at."""
    try:
        return _READERS[path.suffix](path.read_bytes(), path.as_posix(), name)
    except (DiagramError, dmn.DmnError, FormError, TemplateRefused):
        return None


def _process(source: bytes, file: str, name: str) -> ProcessDefinition | None:
    return next((process for process in read(source, file).processes if process.process_id == name), None)


_HELD = {suffix: re.compile(rf"<(?:\w+:)?{tag}\b[^>]*?\bid=[\"']([^\"']+)") for suffix, tag in ((".bpmn", "process"), (".dmn", "decision"))}
_READERS: Mapping[str, Callable[[bytes, str, str], Any]] = {
    ".bpmn": _process,
    ".dmn": lambda source, file, name: dmn.parse(source, name=file, functions=vocabulary()),
    ".json": lambda source, file, name: Form.parse(source),
    **{ending: lambda source, file, name: printing.read(name, PurePath(file).suffix, source) for ending in ENDINGS},
}
