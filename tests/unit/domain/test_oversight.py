"""Who reads every project of a district is written in the district's file, not in the program."""

from pathlib import Path

import pytest

from app.domain.districts import load
from app.domain.permissions import Actor, Membership, ProjectFacts, may_read_project

FOLDER = Path(__file__).resolve().parents[3] / "districts"
ELSEWHERE = ProjectFacts("sucheng", offices={"applicant": frozenset({7})})


SUCHENG = load(FOLDER / "sucheng.toml")


def person(role: str, office: str = "") -> Actor:
    """Somebody who holds the role in an office that the district's file gives it to."""
    return Actor(1, "someone", "某人", "sucheng", (Membership(role, 1, office or SUCHENG.roles[role].offices[0]),))


def test_a_role_that_is_held_in_the_wrong_office_oversees_nothing() -> None:
    assert not may_read_project(person("finance", "宿城区水利局"), ELSEWHERE, SUCHENG)


@pytest.mark.parametrize(
    ("role", "reads"), [("data_bureau", True), ("auditor", True), ("finance", True), ("applicant", False), ("cyberspace", False)]
)
def test_the_bureau_sees_all_projects_and_an_applicant_only_its_own(role: str, reads: bool) -> None:
    """SC-5-1, SC-34-1, FX-5-1."""
    assert may_read_project(person(role), ELSEWHERE, SUCHENG).allowed is reads


def test_a_district_that_names_no_overseer_has_none(tmp_path: Path) -> None:
    file = tmp_path / "sucheng.toml"
    file.write_text((FOLDER / "sucheng.toml").read_text(encoding="utf-8").replace("oversees = true", ""), encoding="utf-8")
    assert not may_read_project(person("data_bureau"), ELSEWHERE, load(file))
