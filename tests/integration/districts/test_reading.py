"""Who reads what of a project: seats × stages × kinds of content, as people expect it, in both districts, by every way in.

The expectations are written by hand, not taken from the tables ``readable`` and ``content_kind``. Source: names.md, SC-4-4, SC-5-1, SC-10-18, SC-13-1, FX-5-1.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.acts.transaction import act
from app.catalogue import readable, snapshot
from app.domain.permissions import Actor
from app.domain.reading import Content, Extent, Seat
from app.errors import Conflict, NotFound
from app.services import documents, instances, packages, projects, systems, tasks
from app.services.instances import InstanceFilter
from app.store import rows
from app.store.tables import DefinitionRow, DocumentRow, ProcessInstanceRow, RecordRow, db
from tests.integration.districts.evading import begun
from tests.integration.districts.looking import ANSWERS, MARKS, Look, Project, where
from tests.integration.districts.play import PLATFORM, District, at

EXPECTED = Path(__file__).resolve().parents[2] / "data" / "reading.csv"
NAME = "区域综合治理平台项目"
DECLARED = {"name", "declaration", "budget", "materials"}
REVIEWED = DECLARED | {"opinion"}
PRICED = REVIEWED | {"control_price"}
CLASSIFIED = {
    **ANSWERS["prepare_declaration"],
    "classified": True,
    "classifiedBasisNo": "定密第1号",
    "splitStatementNo": "拆分第1号",
    "materials": [
        {"name": name, "number": "涉密第1号", "date": "2026-09-01", "place": "机要室"}
        for name in ("项目申报表", "建设方案", "建设依据支撑材料", "集体研究意见", "定密依据", "涉密与非涉密拆分说明")
    ],
}
ON_PAPER = {  # what is not filled in here
    "background", "necessityFeasibility", "constructionScope", "features", "resourceCatalog", "securityAnalysis", "securityDesign", "cryptoPlan",
}  # fmt: skip
SIGNED = PRICED | {"contract", "published"}


def people(place: District, project: int, *roles: str) -> dict[str, Actor]:
    """One of each role; of the project's own where it is its; a stranger of another office, administrators, another district's bureau."""
    found = {role: place.person(role, project=project) for role in roles}
    found["stranger"] = place.person("applicant", office={"sucheng": "宿城区住房和城乡建设局", "fengxian": "奉贤区水务局"}[place.key])
    found["system_admin"] = place.person("system_admin")
    found["other_district"] = District("fengxian" if place.key == "sucheng" else "sucheng", place.now).person("data_bureau")
    return found


def check(project: Project, who: Mapping[str, Actor], expected: Mapping[str, set[str]]) -> dict[str, Look]:
    """Everybody sees exactly what is expected of them; whoever is not named sees nothing."""
    looks = {role: project.look(actor) for role, actor in who.items()}
    told = {
        role: {kind: where(look, MARKS.get(kind, project.name)) for kind in look.kinds(project.name) - expected.get(role, set())}
        for role, look in looks.items()
    }
    assert {role: found for role, found in told.items() if found} == {}, "seen too much, and where"
    assert {role: look.kinds(project.name) for role, look in looks.items()} == {role: expected.get(role, set()) for role in who}
    for role, look in looks.items():
        for code in look.refused.values():
            assert any(
                word in code
                for word in ("CONTENT_HIDDEN", "NOT_CONCLUDED", "NOT_YOUR_PROJECT", "OTHER_DISTRICT", "ADMINISTRATOR", "NOT_FOUND")
            ) or ("404" in code or "403" in code), (role, code)
    return looks


def test_in_sucheng(app: Flask) -> None:
    """SC-10-18, SC-13-1: whoever reviews sees what was declared, and nobody else's opinion before it is concluded."""
    place, key = begun("sucheng", PLATFORM, NAME)
    project = Project(app, place, key, NAME)
    roles = ("applicant", "data_bureau", "finance", "auditor", "cyberspace", "big_data_centre", "development_reform", "public_security")
    # one of the four has given the opinion
    place.until(key, "give_pre_review_opinion", **ANSWERS)
    first = next(line for line in place.open(key, "give_pre_review_opinion") if "cyberspace" in line.candidate_groups)
    place.do(first, opinionText=MARKS["opinion"])
    who = people(place, key, *roles)
    looks = check(
        project,
        who,
        {
            "applicant": DECLARED,
            "data_bureau": DECLARED,
            "finance": DECLARED,
            "auditor": REVIEWED,
            "cyberspace": REVIEWED,
            "big_data_centre": DECLARED,
        },
    )
    for role in ("applicant", "data_bureau", "finance", "big_data_centre"):
        assert "NOT_CONCLUDED" in looks[role].refused[f"/tasks/{first.key}"], role
        assert looks[role].refused[f"/v2/user-tasks/{first.key}"] == "NOT_CONCLUDED", role
    # concluded
    place.until(key, "apply_budget", **ANSWERS)
    inside = ("applicant", "data_bureau", "finance", "auditor", "cyberspace", "big_data_centre")
    some = ("applicant", "data_bureau", "big_data_centre", "development_reform", "stranger")
    check(project, {role: who[role] for role in some}, dict.fromkeys(inside, REVIEWED))
    # priced, before opening
    place.until(key, "conclude_joint_review", **ANSWERS)
    check(project, who, {**dict.fromkeys(inside, PRICED), "development_reform": PRICED})
    # signed
    place.until(key, "start_trial", **ANSWERS)
    who = people(place, key, *roles, "implementer", "supervisor")
    outside = {"name", "contract", "published", "control_price"}
    expected = {**dict.fromkeys(inside, SIGNED), "development_reform": SIGNED, "implementer": outside, "supervisor": outside}
    looks = check(project, who, expected)
    assert any("CONTENT_HIDDEN" in code for code in looks["implementer"].refused.values())
    assert any("可以查看的有" in said and "区数据局" in said for said in looks["implementer"].sentences), looks["implementer"].sentences


def test_in_fengxian(app: Flask) -> None:
    """FX-15-3, FX-16-1, FX-18-1: whoever reviews sees what was declared, and nobody else's opinion before it is concluded."""
    place, key = begun("fengxian", PLATFORM, NAME)
    project = Project(app, place, key, NAME)
    roles = (
        "applicant",
        "applicant_leader",
        "data_bureau",
        "finance",
        "auditor",
        "cyberspace",
        "public_security",
        "cryptography",
        "third_party",
    )
    # one of the pre-review has given the opinion
    place.until(key, "give_pre_review_opinion", **ANSWERS)
    first = next(line for line in place.open(key, "give_pre_review_opinion") if "cyberspace" in line.candidate_groups)
    place.do(first, opinionText=MARKS["opinion"])
    who = people(place, key, *roles)
    inside = ("applicant", "applicant_leader", "data_bureau", "finance", "auditor", "cyberspace", "public_security")
    looks = check(project, who, {**dict.fromkeys(inside, DECLARED), "auditor": REVIEWED, "cyberspace": REVIEWED})
    assert looks["public_security"].refused[f"/v2/user-tasks/{first.key}"] == "NOT_CONCLUDED"
    # the panel sits: an expert has given an opinion, the others have not
    place.until(key, "give_plan_opinion", **ANSWERS)
    experts = [line for line in place.open(key, "give_plan_opinion") if "expert" in line.candidate_groups]
    giver, other = place.performer(experts[0]), place.performer(experts[1])
    check(
        project,
        {"giver": giver, "other": other, **who},
        {**dict.fromkeys((*inside, "cryptography"), REVIEWED), "giver": {"name"}, "other": {"name"}},
    )
    place.do(experts[0], opinionText="专家标记戊己")
    late = project.look(giver)
    assert "专家标记戊己" in late.texts[f"/tasks/{experts[0].key}"], "one's own"
    for person, code in ((other, "CONTENT_HIDDEN"), (who["cyberspace"], "NOT_CONCLUDED"), (who["applicant"], "NOT_CONCLUDED")):
        look = project.look(person, experts[0].key)
        assert look.refused[f"/v2/user-tasks/{experts[0].key}"] == code, person.username
        assert code in look.refused[f"/tasks/{experts[0].key}"]
        assert where(look, "专家标记戊己") == []
    # signed
    place.until(key, "start_trial", **ANSWERS)
    who = people(place, key, *roles, "implementer")
    signed = REVIEWED | {"contract"}  # bought by the centre: nothing is announced here
    everybody = {**dict.fromkeys(inside, signed), "cryptography": signed, "implementer": {"name", "contract"}}
    check(project, {**who, "giver": giver}, {**everybody, "giver": {"name", "contract"}})


def test_the_tables_say_what_people_expect(app: Flask) -> None:
    """The whole matrix, by hand: seat, role, phase and whether it is classified → what is read always, once concluded, as far as the stage; and what is not."""
    with EXPECTED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for district in ("sucheng", "fengxian"):
        library = snapshot.library(district)
        for row in rows:
            given = readable.of_seats(library, [(Seat(row["seat"]), row["role"])], row["phase"], classified=row["classified"] == "true")
            found = {extent: {kind for kind, at in given.items() if at == extent} for extent in Extent}
            found["none"] = set(Content) - given.keys()
            assert found == {word: set(row[word].split()) for word in (*Extent, "none")}, row
    assert readable.kind(snapshot.library("sucheng"), "field", "nobodyKnows") is Content.HANDLING


def test_a_classified_project_in_sucheng(app: Flask) -> None:
    """SC-4-4: outside its office an alias, numbers and dates, by page and by ``/v2``; the secrecy office is asked, and knows no more."""
    place, key = begun("sucheng", {**PLATFORM, "classified": True}, NAME)
    project = Project(app, place, key, NAME)
    line = place.task(key, "prepare_declaration")
    outside = {role: place.person(role) for role in ("data_bureau", "finance", "auditor")}
    for actor in outside.values():  # nobody has said yet that it is classified, nor that it is not
        named = "起草中的项目"
        assert [one.name for one in projects.search(actor, place.now, limit=200).items if one.key == key] == [named], actor.username
        assert NAME not in str(projects.view(actor, key, place.now)), actor.username
    assert NAME not in {one.project_name for one in instances.search(place.person("system_admin"), InstanceFilter(), place.now).items}
    given = {name: value for name, value in place.filled(line, CLASSIFIED).items() if name not in ON_PAPER}
    tasks.complete(place.performer(line), line.key, given, place.now)
    place.until(key, "give_pre_review_opinion")
    who = people(place, key, "applicant", "data_bureau", "finance", "auditor", "cyberspace", "secrecy")
    looks = check(project, who, {"applicant": {"name", "declaration", "budget"}})
    for role in ("data_bureau", "finance", "auditor", "cyberspace", "secrecy"):
        assert where(looks[role], "涉密项目（"), role
        assert any("CONTENT_HIDDEN" in code for code in looks[role].refused.values()), role
    auditor = outside["auditor"]
    package = str(packages.of_project(auditor, key, place.now))
    assert "涉密项目（" in package
    for said in (NAME, given["purpose"], "定密第1号"):
        assert said not in package, said
    taken = {"systemNo": "P1", "name": NAME, "lifecycle": "已建", "owner": {"key": "1", "name": "宿城区教育局"}}
    with act():
        rows.insert(RecordRow, [entered(place, key, taken)])
    for actor in (auditor, outside["data_bureau"]):
        (line,) = systems.listing(actor)
        assert line.name.startswith("涉密项目（")


def test_a_year_s_list_is_read_inside_the_district_after_it_was_issued(app: Flask) -> None:
    """SC-8-1, FX-20-1: it is of no project, and was once offered only at the open task."""
    place = District("sucheng", at("2026-11-20"))
    place.announce()
    with act():
        rows.insert(DocumentRow, [issued(place)])
    for role, reads in (("data_bureau", True), ("applicant", True), ("auditor", True), ("implementer", False), ("system_admin", False)):
        actor = place.person(role)
        if reads:
            with pytest.raises(Conflict, match="找不到"):  # let in as far as the content, which this test has not written
                documents.opened(actor, 11, place.now)
        else:
            with pytest.raises(NotFound):
                documents.opened(actor, 11, place.now)


def entered(place: District, project: int, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": 9, "tenant": place.key, "project_key": project, "kind": "system", "subject": "P1", "data": data, "amount": None, "root_key": None,
        "process_id": "asset", "element_id": "register", "instance_key": None, "scope": None, "item": None, "round": None, "stage": "", "office_key": None,
        "office": None, "created_at": place.now, "superseded_at": None,
    }  # fmt: skip


def issued(place: District) -> dict[str, Any]:
    root = db.session.execute(select(ProcessInstanceRow.key).where(ProcessInstanceRow.process_id == "annual_plan")).scalars().first()
    template = db.session.execute(select(DefinitionRow.key).where(DefinitionRow.kind == "template")).scalars().first()
    return {
        "key": 11, "tenant": place.key, "project_key": None, "root_key": root, "task_key": None, "process_id": "annual_plan", "element_id": "issue_plan",
        "slot": "", "version": 1, "replaces": None, "name": "年度项目计划清单.xlsx", "media": "application/octet-stream", "size": 1, "sha256": "0" * 64,
        "user_key": None, "user_name": "", "office_key": None, "office": None, "created_at": place.now, "submitted_at": place.now, "erased_at": None,
        "template": "annual_list", "template_key": template, "number": "2026-1", "place": "1", "digest": "x", "signs": None,
    }  # fmt: skip
