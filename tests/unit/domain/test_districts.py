"""Whose a model file is: the folder right below the last models' folder of its path, and nothing else."""

from pathlib import Path

import pytest

from app.domain.districts import SHARED, UnknownDistrict, owner, short_name, stamp

KNOWN = ("sucheng", "fengxian")


@pytest.mark.parametrize(
    ("path", "whose"),
    [
        ("bpmn/sucheng/review.bpmn", "sucheng"),
        ("/data/quancheng/dmn/fengxian/scope.dmn", "fengxian"),
        ("forms/sucheng/records/contract.json", "sucheng"),
        ("scenarios/sucheng/payment.yaml", "sucheng"),
        ("bpmn/sucheng/old/review.bpmn", "sucheng"),
        ("C:\\models\\dmn\\sucheng\\scope.dmn", "sucheng"),
        ("/home/sucheng/work/bpmn/acceptance.bpmn", SHARED),
        ("/data/sucheng/quancheng/forms/records/contract.json", SHARED),
        ("forms/records/contract.json", SHARED),
        ("/x/bpmn/sucheng/dmn/scope.dmn", SHARED),  # the last such folder counts
        ("sucheng/scope.dmn", SHARED),
        ("scope.dmn", SHARED),
        ("bpmn", SHARED),
    ],
)
def test_the_folder_names_the_district(path: str, whose: str) -> None:
    assert owner(path, KNOWN) == whose


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("bpmn/nanjing/review.bpmn", "bpmn/nanjing"),
        ("bpmn/Sucheng/review.bpmn", "bpmn/Sucheng"),
        ("dmn/records/scope.dmn", "dmn/records"),  # only below forms/ these are registers
        ("/data/sucheng/scenarios/sucheg/x.yaml", "scenarios/sucheg"),
        ("bpmn/sucheng/forms/nanjing/x.json", "forms/nanjing"),
    ],
)
def test_a_folder_of_no_district_is_refused_with_those_that_there_are(path: str, folder: str) -> None:
    with pytest.raises(UnknownDistrict, match=f"{folder} 应是区名.*可用:fengxian、sucheng"):
        owner(path, KNOWN)


def test_a_file_goes_by_its_path_from_the_models_folder_on() -> None:
    assert short_name("/home/dmn/x/dmn/sucheng/scope.dmn") == "dmn/sucheng/scope.dmn"
    assert short_name("/tmp/scope.dmn") == "scope.dmn"


def test_a_folder_is_another_one_as_soon_as_a_file_changes(tmp_path: Path) -> None:
    first = stamp(tmp_path)
    (tmp_path / "a.toml").write_text("x = 1")
    second = stamp(tmp_path)
    (tmp_path / "a.toml").write_text("x = 12")
    third = stamp(tmp_path)
    (tmp_path / "a.toml").unlink()
    assert len({first, second, third}) == 3
    assert stamp(tmp_path) == first
    assert stamp(tmp_path / "nowhere") == ()
