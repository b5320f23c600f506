"""A district's own files judged against the models that it uses: everybody who is asked for something can be somebody, and what carries a clause is there."""

from collections.abc import Iterator
from pathlib import Path

from app.decision.near import near
from app.domain.districts import ANYBODY, District
from app.engine import ProcessDefinition
from app.engine.elements.tasks import UserTask
from app.engine.expressions import LiteralTerm
from app.errors import InvalidRequest
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.inventory import parts, texts
from app.rehearsal.library import ModelRefused, Models, Shelf
from app.rehearsal.tracing import carriers

SUFFIXES = frozenset({".toml", ".csv"})
ROLE = "role"  # the output of a table that says who is asked


def check(name: str, installation: Shelf) -> Iterator[Finding]:
    """What is wrong with a file of ``districts/``; all of the folder are read together, because they name each other."""
    path = Path(name).absolute()
    root = path.parent.parent
    shelf = installation if root == installation.root.absolute() else Shelf(root)
    try:
        known, _ = shelf.districts(), shelf.every_phase()
        district = known.get(path.name.partition(".")[0])
        if district is None:
            if path.suffix == ".csv":
                yield Finding(
                    name, "", 0, FindingCode.UNKNOWN_DISTRICT, f"没有 districts/{path.name.partition('.')[0]}.toml,没有区用这个登记"
                )
            return
        models = shelf.models(district.key)
    except ModelRefused as refused:
        yield Finding(name, refused.element, 0, refused.code, str(refused))
        return
    except InvalidRequest as error:
        yield Finding(name, "", 0, error.code, str(error))
        return
    yield from carriers.check(district, models) if path.suffix == ".csv" else _fits(name, district, models)


def _fits(name: str, district: District, models: Models) -> Iterator[Finding]:
    for role, where in _asked(district, models):
        info = district.roles.get(role)
        if info is None:
            hint = near(role, district.roles)
            cure = f"是不是 {hint}?" if hint else f"请在 [roles.{role}] 登记,或改正"
            yield Finding(name, f"roles.{role}", 0, FindingCode.ROLE, f"{where}由角色“{role}”办理,本区没有这个角色,{cure}")
        elif not info.offices and info.relation is None and not info.administrative:
            text = f"{where}由角色“{role}”办理,它没有单位(offices),也不属于项目的单位(relation),没有人能办"
            yield Finding(name, f"roles.{role}", 0, FindingCode.ROLE_VACANT, text)


def _asked(district: District, models: Models) -> Iterator[tuple[str, str]]:
    """Each role that is asked for something with the first place where it is, in words."""
    seen: set[str] = set()
    for role, where in (*_by_diagrams(district, models), *_by_tables(models), *_by_starts(district)):
        if role not in seen:
            seen.add(role)
            yield role, where


def _by_diagrams(district: District, models: Models) -> Iterator[tuple[str, str]]:
    for process in _used(district, models):
        for part in parts(process):
            if isinstance(part.activity, UserTask) and isinstance(groups := part.activity.assignment.candidate_groups, LiteralTerm):
                for role in (one.strip() for text in texts(groups) for one in text.split(",")):
                    yield role, f"流程“{process.process_id}”的“{part.element.bpmn_name or part.id}”"


def _used(district: District, models: Models) -> list[ProcessDefinition]:
    """The processes that are on in the district, and those that they call."""
    found: dict[str, ProcessDefinition] = {}
    waiting = [info.key for info in district.processes.values() if info.enabled]
    while waiting:
        key = waiting.pop()
        process = models.process(key)
        if process is not None and key not in found:
            found[key] = process
            waiting += process.called_processes
    return list(found.values())


def _by_tables(models: Models) -> Iterator[tuple[str, str]]:
    for key in models.decisions:
        ref = models.decision(key)
        decision = ref.model.decisions[key] if ref is not None else None
        places = [place for place, output in enumerate(decision.outputs) if output.name == ROLE] if decision is not None else []
        for rule in decision.rules if decision is not None and places else ():
            text = rule.outputs[places[0]].strip()
            if text.startswith('"') and text.endswith('"') and len(text) > len('""'):
                yield text.strip('"'), f"表“{key}”第 {rule.number} 行"


def _by_starts(district: District) -> Iterator[tuple[str, str]]:
    yield district.overseer, "逾期督办"
    for info in district.processes.values():
        if info.enabled and info.start_role not in (None, ANYBODY):
            yield info.start_role or "", f"流程“{info.key}”的发起"
