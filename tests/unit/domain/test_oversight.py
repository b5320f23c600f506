"""Who reads every project of a district is written in the district's file, not in the program."""

from pathlib import Path

import pytest

from app.domain.districts import load
from app.domain.permissions import Actor, Membership, ProjectFacts, belongs, may_start

FOLDER = Path(__file__).resolve().parents[3] / "districts"
ELSEWHERE = ProjectFacts("sucheng", offices={"applicant": frozenset({7})})


SUCHENG = load(FOLDER / "sucheng.toml")


def person(role: str, office: str = "") -> Actor:
    """Somebody who holds the role in an office that the district's file gives it to."""
    return Actor(1, "someone", "某人", "sucheng", (Membership(role, 1, office or SUCHENG.roles[role].offices[0]),))


def test_a_role_that_is_held_in_the_wrong_office_oversees_nothing() -> None:
    assert not belongs(person("finance", "宿城区水利局"), ELSEWHERE, SUCHENG)


@pytest.mark.requirement("SC-5-1")
@pytest.mark.parametrize(
    ("role", "reads"), [("data_bureau", True), ("auditor", True), ("finance", True), ("applicant", False), ("cyberspace", False)]
)
def test_the_bureau_sees_all_projects_and_an_applicant_only_its_own(role: str, reads: bool) -> None:
    """SC-5-1, SC-34-1, FX-5-1."""
    assert belongs(person(role), ELSEWHERE, SUCHENG).allowed is reads


@pytest.mark.requirement("FX-5-1")
def test_fengxians_bureau_sees_all_projects_and_an_applicant_only_its_own() -> None:
    fengxian = load(FOLDER / "fengxian.toml")
    elsewhere = ProjectFacts("fengxian", offices={"applicant": frozenset({7})})
    for role, reads in (("data_bureau", True), ("applicant", False)):
        somebody = Actor(1, "someone", "某人", "fengxian", (Membership(role, 1, fengxian.roles[role].offices[0]),))
        assert belongs(somebody, elsewhere, fengxian).allowed is reads


@pytest.mark.requirement("FX-32-1")
@pytest.mark.parametrize(("phase", "begins"), [("building", False), ("accepted", False), ("operating", True)])
def test_in_fengxian_what_is_not_in_operation_is_not_evaluated(phase: str, begins: bool) -> None:
    fengxian = load(FOLDER / "fengxian.toml")
    bureau = Actor(1, "someone", "某人", "fengxian", (Membership("data_bureau", 1, fengxian.roles["data_bureau"].offices[0]),))
    assert may_start(bureau, "evaluation", ProjectFacts("fengxian", phase=phase), fengxian).allowed is begins


def test_a_district_that_names_no_overseer_has_none(tmp_path: Path) -> None:
    file = tmp_path / "sucheng.toml"
    file.write_text((FOLDER / "sucheng.toml").read_text(encoding="utf-8").replace("oversees = true", ""), encoding="utf-8")
    assert not belongs(person("data_bureau"), ELSEWHERE, load(file))
