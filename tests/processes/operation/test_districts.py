"""The districts' files: offices for every role that a diagram asks for, the regulation register, the clauses."""

import re

import pytest

from app.domain import districts
from tests.processes.driver import ROOT, files, library


@pytest.mark.parametrize(("district", "prefix", "count"), [("fengxian", "FX", 126), ("sucheng", "SC", 146)])
def test_every_requirement_is_registered_with_a_paraphrase(district: str, prefix: str, count: int) -> None:
    clauses = districts.load(ROOT / "districts" / f"{district}.toml").clauses
    assert len(clauses) == count
    for clause in clauses.values():
        assert re.fullmatch(rf"{prefix}-\d+-\d+", clause.id)
        assert clause.article.startswith("第")
        assert clause.paraphrase
    assert sum("principle" in clause.carriers for clause in clauses.values()) <= 8


def test_fengxian_is_a_draft_and_sucheng_is_in_force() -> None:
    fengxian = districts.load(ROOT / "districts" / "fengxian.toml").regulation
    sucheng = districts.load(ROOT / "districts" / "sucheng.toml").regulation
    assert fengxian["status"] == "DRAFT"
    assert "publishedOn" not in fengxian
    assert (sucheng["status"], sucheng["effectiveFrom"]) == ("EFFECTIVE", "2024-12-02")
    assert sucheng["based_on"] == ["《宿迁市市级信息化项目管理办法》（宿政办发〔2024〕45号）"]


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_every_role_that_a_diagram_names_belongs_to_somebody(district: str) -> None:
    described = districts.load(ROOT / "districts" / f"{district}.toml")
    own = {path.stem for path in (ROOT / "bpmn" / district).glob("*.bpmn")}
    for name, path in files("bpmn", ".bpmn", district).items():
        named = set(re.findall(r'candidateGroups="([a-z_]+)"', path.read_text(encoding="utf-8")))
        if name in own:  # a shared diagram also names roles of steps that another district takes
            assert named <= set(described.roles), (name, named - set(described.roles))
    for role in described.roles.values():
        assert role.offices or role.relation or role.administrative, role.key


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_every_process_that_is_switched_on_is_there_and_starts_as_announced(district: str) -> None:
    phases = {phase.key for phase in districts.load_phases(ROOT / "districts" / "phases.toml")}
    described = districts.load(ROOT / "districts" / f"{district}.toml")
    for process in described.processes.values():
        if not process.enabled:
            continue
        definition = library(district).processes[process.key]
        kinds = {event.kind for event in definition.start_events}
        if process.start_role not in (None, districts.ANYBODY):
            assert "none" in kinds, process.key
            assert process.start_role in described.roles
        assert set(process.start_phases) <= phases
