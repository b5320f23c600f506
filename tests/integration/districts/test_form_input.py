"""What people and programs send that a form does not take: refused field by field in Chinese, the task open, the draft kept, nothing else changed."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.domain.permissions import SYSTEM, Actor
from app.errors import Forbidden, InvalidForm, TaskAlreadyClosed
from app.services import accounts, inbox, instants, projects, tasks, trail
from app.store.tables import AuditEntryRow, ElementInstanceRow, ProcessInstanceRow, ProjectRow, UserTaskRow, db
from tests.integration.districts.play import District, at

DANGEROUS = ["__builtins__", "__class__", "typename", "len", "approved", "windowMessage2"]
WRONG = [
    ({"totalAmount": "许多"}, "totalAmount"),
    ({"totalAmount": Decimal("1.234")}, "totalAmount"),
    ({"totalAmount": -1}, "totalAmount"),
    ({"planYear": Decimal("2027.5")}, "planYear"),
    ({"softwareDevelopment": "是"}, "softwareDevelopment"),
    ({"projectType": "其他类"}, "projectType"),
    ({"projectName": ""}, "projectName"),
    ({"fundItems": [{"source": "区财政", "amount": "一百"}]}, "fundItems/0/amount"),
    ({"materials": [{"title": "申报表"}]}, "materials/0"),
    ({"materials": "申报表"}, "materials"),
]


class Scene(NamedTuple):
    """A declaration that its applicant has before them."""

    place: District
    project: int
    task: int
    applicant: Actor
    good: dict[str, Any]


class Client(NamedTuple):
    """Another program, and the tokens it holds."""

    http: FlaskClient
    tokens: dict[str, str]


@pytest.fixture
def scene(app: Flask) -> Scene:
    sucheng = District("sucheng", at("2026-09-01"))
    sucheng.announce()
    project = sucheng.declare("河道巡检平台")
    line = sucheng.task(project, "prepare_declaration")
    return Scene(sucheng, project, line.key, sucheng.performer(line), sucheng.filled(line))


def counted() -> list[int]:
    """How much there is in the database of what an act writes."""
    tables = (ElementInstanceRow, ProcessInstanceRow, UserTaskRow, AuditEntryRow, ProjectRow)
    return [db.session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def still_open(scene: Scene, draft: dict[str, Any]) -> None:
    view = tasks.view(scene.applicant, scene.task, scene.place.now)
    assert view.line.state == "open"
    assert view.may.allowed
    for name, value in draft.items():
        assert view.data[name] == value
    assert projects.phase(SYSTEM, scene.project) == "draft"


# ------------------------------------------------------------------------------------------------------------------ services


@pytest.mark.parametrize("name", DANGEROUS)
def test_an_undeclared_field_is_refused_by_name(scene: Scene, name: str) -> None:
    before = counted()
    with pytest.raises(InvalidForm) as refused:
        tasks.complete(scene.applicant, scene.task, {**scene.good, "purpose": "巡河", name: "x"}, scene.place.now)
    (problem,) = refused.value.problems
    assert (problem.path, problem.code) == (name, "UNDECLARED")
    assert chinese(problem.message)
    assert counted() == before
    still_open(scene, {"purpose": "巡河"})
    assert name not in tasks.view(scene.applicant, scene.task, scene.place.now).data


@pytest.mark.parametrize(("change", "path"), WRONG)
def test_a_wrong_value_is_refused_at_its_place(scene: Scene, change: dict[str, Any], path: str) -> None:
    before = counted()
    with pytest.raises(InvalidForm) as refused:
        tasks.complete(scene.applicant, scene.task, {**scene.good, **change}, scene.place.now)
    places = {problem.path: problem.message for problem in refused.value.problems}
    assert any(place == path or place.startswith(f"{path}/") for place in places), places
    assert all(chinese(message) for message in places.values())
    assert counted() == before
    still_open(scene, {})


def test_every_missing_field_is_named_and_the_rest_is_kept(scene: Scene) -> None:
    form = tasks.form(scene.applicant, scene.task)
    assert form is not None
    required = set(form.form.schema["required"])
    with pytest.raises(InvalidForm) as refused:
        tasks.complete(scene.applicant, scene.task, {"projectName": "只有名称"}, scene.place.now)
    missing = {problem.path: problem for problem in refused.value.problems if problem.code == "REQUIRED"}
    assert required - {"projectName"} <= set(missing)
    assert all(form.form.fields[name]["title"] in problem.message for name, problem in missing.items())
    still_open(scene, {"projectName": "只有名称"})


def test_what_was_refused_can_be_mended_and_sent(scene: Scene) -> None:
    with pytest.raises(InvalidForm):
        tasks.complete(scene.applicant, scene.task, {**scene.good, "len": 1}, scene.place.now)
    tasks.complete(scene.applicant, scene.task, scene.good, scene.place.now)
    assert [line.element_id for line in scene.place.open(scene.project)] == ["check_declaration"]
    assert trail.verify(SYSTEM).problems == []


def test_a_second_submit_changes_nothing(scene: Scene) -> None:
    tasks.complete(scene.applicant, scene.task, scene.good, scene.place.now)
    before, facts = counted(), projects.facts(SYSTEM, scene.project)
    with pytest.raises(TaskAlreadyClosed):
        tasks.complete(scene.applicant, scene.task, {**scene.good, "totalAmount": 1}, scene.place.now)
    with pytest.raises(TaskAlreadyClosed):
        tasks.save_draft(scene.applicant, scene.task, {"purpose": "再改"}, scene.place.now)
    assert counted() == before
    assert projects.facts(SYSTEM, scene.project) == facts


@pytest.mark.parametrize(
    ("username", "code"),
    [("sucheng.applicant2", "NOT_YOUR_PROJECT"), ("fengxian.data_bureau", "OTHER_DISTRICT"), ("sucheng.system_admin", "ADMINISTRATOR")],
)
def test_a_stranger_may_neither_read_nor_write(scene: Scene, username: str, code: str) -> None:
    stranger = named(username, scene)
    before = counted()
    attempts: list[Callable[[], object]] = [
        lambda: tasks.view(stranger, scene.task, scene.place.now),
        lambda: tasks.form(stranger, scene.task),
        lambda: tasks.complete(stranger, scene.task, scene.good, scene.place.now),
        lambda: tasks.complete(stranger, scene.task, {"len": 1}, scene.place.now),
        lambda: tasks.save_draft(stranger, scene.task, {"purpose": "改写"}, scene.place.now),
        lambda: tasks.claim(stranger, scene.task, scene.place.now),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden) as refused:
            attempt()
        assert refused.value.code == code
        assert chinese(refused.value.message)
    assert counted() == before
    assert inbox.todo(stranger, scene.place.now).items == []
    assert "改写" not in str(tasks.view(scene.applicant, scene.task, scene.place.now).data)


def named(username: str, scene: Scene) -> Actor:
    (found,) = [
        account
        for account in accounts.users(accounts.system(username.split(".")[0]), username.split(".")[0])
        if account.username == username
    ]
    return accounts.actor(found.key, scene.place.now)


# ------------------------------------------------------------------------------------------------------------------------- /v2


@pytest.fixture
def client(app: Flask, monkeypatch: pytest.MonkeyPatch, scene: Scene) -> Client:
    """Programs call at the scene's instant, each with the token of an account."""
    monkeypatch.setattr(instants, "now", lambda: scene.place.now)
    usernames = ("sucheng.applicant", "sucheng.applicant2")
    tokens = {username: accounts.issue_token(accounts.system(""), username, "tests", scene.place.now) for username in usernames}
    return Client(app.test_client(), tokens)


def send(client: Client, scene: Scene, username: str, body: Any, path: str = "completion") -> TestResponse:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=str)
    address = f"/v2/user-tasks/{scene.task}/{path}".rstrip("/")
    headers = {"Authorization": f"Bearer {client.tokens[username]}"}
    if path != "completion":
        return client.http.get(address, headers=headers)
    return client.http.post(address, data=text.encode(), headers={**headers, "Content-Type": "application/json"})


def problem(answer: TestResponse, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    told: dict[str, Any] = json.loads(answer.data)
    assert told["status"] == status
    assert chinese(told["detail"])
    return told


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """As another program writes them: numbers as JSON numbers."""
    found: dict[str, Any] = json.loads(json.dumps(values, default=float))
    return found


@pytest.mark.parametrize("name", DANGEROUS)
def test_the_api_refuses_an_undeclared_field_with_422(client: Client, scene: Scene, name: str) -> None:
    told = problem(send(client, scene, "sucheng.applicant", {"variables": {**plain(scene.good), "purpose": "巡河", name: "x"}}), 422)
    (field,) = told["problems"]
    assert (field["path"], field["code"]) == (name, "UNDECLARED")
    assert chinese(field["message"])
    still_open(scene, {"purpose": "巡河"})


def test_the_api_names_missing_and_wrong_fields_in_one_answer(client: Client, scene: Scene) -> None:
    values = plain(scene.good)
    del values["purpose"]
    told = problem(send(client, scene, "sucheng.applicant", {"variables": {**values, "totalAmount": "许多"}}), 422)
    assert {"purpose", "totalAmount"} <= {field["path"] for field in told["problems"]}
    assert all(chinese(field["message"]) and field["title"] for field in told["problems"])
    still_open(scene, {})


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"variables": []}', '{"variables": {"purpose": NaN}}', '{"values": {}}', '{"variables": {"a": 1, "a": 2}}']
)
def test_the_api_refuses_what_is_no_completion(client: Client, scene: Scene, body: str) -> None:
    before = counted()
    problem(send(client, scene, "sucheng.applicant", body), 422 if body == "" else 400)
    assert counted() == before
    still_open(scene, {})


def test_the_api_answers_a_second_submit_with_409(client: Client, scene: Scene) -> None:
    good = {"variables": plain(scene.good)}
    assert send(client, scene, "sucheng.applicant", good).status_code == 204
    before, facts = counted(), projects.facts(SYSTEM, scene.project)
    told = problem(send(client, scene, "sucheng.applicant", good), 409)
    assert told["code"] == "TASK_CLOSED"
    assert (counted(), projects.facts(SYSTEM, scene.project)) == (before, facts)


@pytest.mark.parametrize("path", ["completion", "form", ""])
def test_the_api_answers_a_stranger_with_403_and_the_reason(client: Client, scene: Scene, path: str) -> None:
    told = problem(send(client, scene, "sucheng.applicant2", {"variables": plain(scene.good)}, path), 403)
    assert told["code"] == "NOT_YOUR_PROJECT"
    assert "单位" in told["detail"]
    still_open(scene, {})


# ------------------------------------------------------------------------------------------------------------------------ checks


@pytest.fixture
def contract(scene: Scene) -> Scene:
    """The same project years on: its contract is to be registered, as it was awarded."""
    line = scene.place.until(scene.project, "register_contract")
    return scene._replace(task=line.key, applicant=scene.place.performer(line), good=scene.place.filled(line))


def test_the_api_names_the_checks_and_takes_a_reason_for_those_that_may_be_set_aside(contract: Scene, client: Client) -> None:
    asked = contract.place.now.date()
    values = plain(contract.good) | {"contractAmount": 6000000, "contractSignedOn": f"{asked.year + 1}-01-01"}
    before = counted()
    told = problem(send(client, contract, contract.applicant.username, {"variables": values}), 422)
    named = {field["check"]: (field["path"], field["code"], field["confirm"]) for field in told["problems"]}
    assert named == {
        "contract_amount_as_awarded": ("contractAmount", "CHECK", True),
        "contract_signed_on_not_future": ("contractSignedOn", "CHECK", False),
    }
    assert counted() == before
    values["contractSignedOn"] = asked.isoformat()
    blank = {"variables": values, "confirmed": {"contract_amount_as_awarded": "　"}}
    (field,) = problem(send(client, contract, contract.applicant.username, blank), 422)["problems"]
    assert field["code"] == "CHECK_REASON"
    accepted = {"variables": values, "confirmed": {"contract_amount_as_awarded": "经谈判下浮"}}
    assert send(client, contract, contract.applicant.username, accepted).status_code == 204
    entry = next(one for one in projects.view(SYSTEM, contract.project, contract.place.now).timeline if one.element == "register_contract")
    assert [(one.message, one.reason) for one in entry.overrides] == [("合同金额与中标（成交）金额不同", "经谈判下浮")]
    assert contract.place.now.date() == asked
    assert trail.verify(SYSTEM).problems == []


@pytest.mark.parametrize("confirmed", ["[]", '"x"', "1"])
def test_the_api_refuses_reasons_that_are_none(client: Client, scene: Scene, confirmed: str) -> None:
    problem(send(client, scene, "sucheng.applicant", f'{{"variables": {{}}, "confirmed": {confirmed}}}'), 400)
    still_open(scene, {})
