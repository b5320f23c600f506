"""``/v2`` as another program sees it: shapes, refusals, tokens, on the shipped models."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import simplejson
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import load
from app.domain.permissions import SYSTEM
from app.playing import demonstration, papers, player
from app.services import accounts, instances, instants, models, projects, startup, tasks
from tests.unit.engine import diagrams as d
from tests.unit.engine.test_returning import back

NOW = datetime(2026, 9, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
ANSWERS: dict[str, Any] = {
    "budget": {"development": 1550000, "implementation": 0, "maintenance": 0, "training": 0, "supervision": 50000, "other": 0},
    "fundItems": [{"source": "区财政", "amount": 1600000}],
    "exceptionRequest": "与别的建设项目相互独立",  # an office's second of the year
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(load({}, data=str(tmp_path_factory.mktemp("v2")), clock="virtual", durable=False))
    with app.app_context():
        startup.prepare(NOW)
        instants.begin_at(NOW)
        demonstration.organise(NOW)
        give_notice()
    yield app
    with app.app_context():
        startup.dispose()


def give_notice() -> None:
    """The year's notice is issued: without it nobody may submit a declaration."""
    bureau = player.holder("sucheng", "data_bureau", NOW)
    assert bureau is not None
    projects.start_district_process(bureau, "annual_plan", NOW)
    (line,) = tasks.search(bureau, tasks.TaskFilter(state="open", element_id="issue_notice"), NOW).items
    form, seen = tasks.inputs(bureau, line.key, NOW)
    tasks.complete(bureau, line.key, player.fill(form, seen, {}, {}, NOW, "sucheng").values, NOW)


class Caller:
    """A program that acts as one account."""

    def __init__(self, app: Flask, username: str) -> None:
        self.client: FlaskClient = app.test_client()
        with app.test_request_context():
            self.headers = {"Authorization": "Bearer " + accounts.issue_token(accounts.system(""), username, "test", NOW)}

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        body = data if isinstance(data, str | bytes) else simplejson.dumps(data or {})
        return self.client.post("/v2" + path, data=body, content_type="application/json", headers={**self.headers, **headers})

    def get(self, path: str) -> Any:
        return self.client.get("/v2" + path, headers=self.headers)


@pytest.fixture(scope="module")
def applicant(app: Flask) -> Caller:
    return Caller(app, "sucheng.applicant")


@pytest.fixture
def task(app: Flask) -> int:
    """A fresh declaration's first task, of 宿城区's first applicant office."""
    with app.app_context():
        person = player.holder("sucheng", "applicant", NOW)
        assert person is not None
        _, key = projects.start(person, "declaration", "接口测试项目", NOW)
        return key


def test_a_task_has_every_field_of_the_shape(applicant: Caller, task: int) -> None:
    found = applicant.get(f"/user-tasks/{task}").get_json()
    assert found["userTaskKey"] == str(task)
    assert (found["state"], found["elementId"], found["processDefinitionId"], found["tenantId"]) == (
        "CREATED",
        "prepare_declaration",
        "declaration",
        "sucheng",
    )
    assert found["creationDate"] == "2026-09-01T01:00:00.000Z"
    for field in ("assignee", "completionDate", "followUpDate", "externalFormReference", "businessId"):
        assert found[field] is None
    for field in ("processInstanceKey", "rootProcessInstanceKey", "processDefinitionKey", "elementInstanceKey", "formKey"):
        assert found[field].isdigit()
    assert found["candidateGroups"] == ["applicant"]
    assert (found["candidateUsers"], found["tags"], found["customHeaders"]) == ([], [], {})


def test_search_filters_pages_and_goes_on_at_the_cursor(applicant: Caller, task: int, app: Flask) -> None:
    query = {
        "filter": {"state": {"$eq": "CREATED"}, "elementId": "prepare_declaration"},
        "page": {"limit": 1},
        "sort": [{"field": "creationDate", "order": "DESC"}],
    }
    first = applicant.post("/user-tasks/search", query).get_json()
    assert [item["userTaskKey"] for item in first["items"]] == [str(task)]
    assert first["page"]["totalItems"] >= 1
    assert first["page"]["hasMoreTotalItems"] is False
    second = applicant.post("/user-tasks/search", {**query, "page": {"limit": 1, "after": first["page"]["endCursor"]}}).get_json()
    assert str(task) not in [item["userTaskKey"] for item in second["items"]]
    assert applicant.post("/user-tasks/search", {"filter": {"state": "COMPLETED", "elementId": "no_such"}}).get_json()["items"] == []


def test_the_form_of_a_task_is_its_file(applicant: Caller, task: int) -> None:
    found = applicant.get(f"/user-tasks/{task}/form").get_json()
    assert (found["formId"], found["tenantId"]) == ("declaration.prepare_declaration", "sucheng")
    assert "projectName" in simplejson.loads(found["schema"])["schema"]["properties"]


@pytest.mark.parametrize("field", ["__builtins__", "typename", "len", "approved"])
def test_an_undeclared_field_is_422_with_its_name_and_the_task_stays_open(applicant: Caller, task: int, field: str) -> None:
    answer = applicant.post(f"/user-tasks/{task}/completion", {"variables": {field: True}})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    problem = answer.get_json()
    assert problem["code"] == "INVALID_FORM"
    assert {"path": field, "code": "UNDECLARED"}.items() <= next(entry for entry in problem["problems"] if entry["path"] == field).items()
    assert applicant.get(f"/user-tasks/{task}").get_json()["state"] == "CREATED"


def test_missing_fields_are_named_with_their_chinese_titles(applicant: Caller, task: int) -> None:
    problem = applicant.post(f"/user-tasks/{task}/completion", {"variables": {}}).get_json()
    assert {"projectType", "totalAmount"} & {entry["path"] for entry in problem["problems"]}
    assert all(any("一" <= character <= "鿿" for character in entry["message"]) for entry in problem["problems"])


def test_a_completion_is_204_and_a_second_one_409(app: Flask, applicant: Caller, task: int) -> None:
    values = filled(app, task)
    assert applicant.post(f"/user-tasks/{task}/completion", {"variables": values}).status_code == 204
    assert applicant.get(f"/user-tasks/{task}").get_json()["state"] == "COMPLETED"
    again = applicant.post(f"/user-tasks/{task}/completion", {"variables": values})
    assert (again.status_code, again.get_json()["code"]) == (409, "TASK_CLOSED")


def test_an_idempotency_key_answers_the_repetition_and_refuses_another_body(app: Flask, applicant: Caller, task: int) -> None:
    values = filled(app, task)
    path = f"/user-tasks/{task}/completion"
    assert applicant.post(path, {"variables": values}, **{"Idempotency-Key": f"k{task}"}).status_code == 204
    assert applicant.post(path, {"variables": values}, **{"Idempotency-Key": f"k{task}"}).status_code == 204
    other = applicant.post(path, {"variables": {**values, "projectName": "别的"}}, **{"Idempotency-Key": f"k{task}"})
    assert (other.status_code, other.get_json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("stranger", ["sucheng.applicant2", "sucheng.finance", "fengxian.applicant", "sucheng.system_admin"])
def test_a_stranger_is_403_with_the_reason_on_writing_and_learns_nothing_by_searching(
    app: Flask, applicant: Caller, task: int, stranger: str
) -> None:
    caller = Caller(app, stranger)
    answer = caller.post(f"/user-tasks/{task}/completion", {"variables": {}})
    assert answer.status_code == 403
    assert answer.get_json()["detail"]
    if stranger != "sucheng.finance":  # the finance bureau oversees every project of the district
        assert caller.get(f"/user-tasks/{task}").status_code == 403
        found = caller.post("/user-tasks/search", {"filter": {"userTaskKey": str(task)}}).get_json()
        assert found["items"] == []


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"filter": {"colour": "red"}}', "filter/colour"),
        ('{"filter": {"state": "SLEEPING"}}', "filter/state"),
        ('{"filter": {"userTaskKey": 5}}', "filter/userTaskKey"),
        ('{"filter": {"assignee": {"$like": "a*"}}}', "filter/assignee"),
        ('{"page": {"limit": 100000}}', "page/limit"),
        ('{"page": {"after": "!!"}}', "page/after"),
        ('{"sort": [{"field": "name"}]}', "sort/0/field"),
    ],
)
def test_a_wrong_search_is_400_with_the_place(applicant: Caller, body: str, place: str) -> None:
    answer = applicant.post("/user-tasks/search", body)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert place in [entry["path"] for entry in answer.get_json()["problems"]]


@pytest.mark.parametrize("first", [-1, 10**18])
def test_a_page_beyond_the_last_one_that_may_be_asked_for_is_told_both_bounds(applicant: Caller, first: int) -> None:
    answer = applicant.post("/user-tasks/search", f'{{"page": {{"from": {first}}}}}')
    (problem,) = answer.get_json()["problems"]
    assert (answer.status_code, problem["path"]) == (400, "page/from")
    assert "from 应在 0 至 1000000 之间" in str(problem)


@pytest.mark.parametrize("body", ["[", "[]", '{"a": NaN}', '{"filter": {}, "filter": {}}', "[" * 5000, b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(applicant: Caller, body: str | bytes) -> None:
    answer = applicant.post("/user-tasks/search", body)
    assert answer.status_code in (400, 422)
    assert answer.get_json()["detail"]


def test_without_a_token_nobody_gets_in(app: Flask, task: int) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}):
        for answer in (
            app.test_client().get(f"/v2/user-tasks/{task}", headers=headers),
            app.test_client().post(f"/v2/user-tasks/{task}/completion", json={}, headers=headers),
        ):
            assert (answer.status_code, answer.mimetype, answer.headers["WWW-Authenticate"]) == (401, "application/problem+json", "Bearer")
            assert (answer.get_json()["code"], answer.get_json()["title"]) == ("SIGNED_OUT", "需要登录")


def test_every_failure_is_one_shape_with_a_code_and_a_sentence(applicant: Caller, task: int) -> None:
    failures = {
        (404, "NOT_FOUND"): [applicant.get("/user-tasks/1"), applicant.get("/user-tasks/abc"), applicant.get("/nothing")],
        (405, "METHOD_NOT_ALLOWED"): [applicant.client.delete("/v2/user-tasks/search", headers=applicant.headers)],
        (400, "INVALID_ARGUMENT"): [applicant.post("/user-tasks/search", {"filter": []}), applicant.post("/user-tasks/search", {"x": 1})],
        (422, "INVALID_FORM"): [applicant.post(f"/user-tasks/{task}/completion", {"variables": {"nonsense": 1}})],
    }
    for (status, code), answers in failures.items():
        for answer in answers:
            problem = answer.get_json()
            assert (answer.status_code, problem["status"], problem["code"], answer.mimetype) == (
                status,
                status,
                code,
                "application/problem+json",
            )
            assert {"type", "title", "detail", "instance"} < set(problem)
            assert not problem["title"].isascii()
            assert "\\u" not in answer.text  # a person reads these lines in a log
            assert all(not place["message"].isascii() for place in problem.get("problems", ()))


@pytest.mark.parametrize("key", ["", "k" * 129, "k" * 5000, "键", "a b"])
def test_an_idempotency_key_of_another_shape_is_refused_as_on_the_page(applicant: Caller, task: int, key: str) -> None:
    answer = applicant.post(f"/user-tasks/{task}/completion", {"variables": {}}, **{"Idempotency-Key": key.encode().decode("latin-1")})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "IDEMPOTENCY_KEY")


def test_instances_are_found_by_the_administrator_and_got_by_key(app: Flask, task: int) -> None:
    administrator = Caller(app, "sucheng.system_admin")
    found = administrator.post(
        "/process-instances/search", {"filter": {"processDefinitionId": "declaration", "state": "ACTIVE"}, "page": {"limit": 5}}
    ).get_json()
    assert found["page"]["totalItems"] >= 1
    one = administrator.get(f"/process-instances/{found['items'][0]['processInstanceKey']}").get_json()
    assert one == found["items"][0]
    assert (one["state"], one["hasIncident"], one["parentProcessInstanceKey"], one["endDate"]) == ("ACTIVE", False, None, None)


def test_an_instance_is_created_by_id_or_key_but_not_both(app: Flask) -> None:
    administrator = Caller(app, "sucheng.system_admin")
    both = administrator.post("/process-instances", {"processDefinitionId": "a", "processDefinitionKey": "1"})
    assert (both.status_code, both.get_json()["code"]) == (400, "INVALID_ARGUMENT")
    assert administrator.post("/process-instances", {"processDefinitionId": "no_such_process"}).status_code == 404
    assert Caller(app, "sucheng.applicant").post("/process-instances", {"processDefinitionId": "annual_plan"}).status_code == 403


def filled(app: Flask, key: int) -> dict[str, Any]:
    """The values that the form's examples give."""
    from app.services import tasks

    with app.app_context():
        person = player.performer(key, NOW)
        assert person is not None
        view = tasks.view(person, key, NOW)
        values = player.fill(view.form, view.variables, {}, ANSWERS, NOW, "sucheng").values
        return papers.bring(SYSTEM, key, view.form, values, NOW)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/user-tasks/search", '{"filter": {"assignee": "\\ud800"}}'),
        ("/user-tasks/search", '{"filter": {"elementId": "a\\udfffb"}}'),
        ("/process-instances", '{"processDefinitionId": "\\ud800"}'),
        ("/process-instances", '{"processDefinitionId": "declaration", "variables": {"\\ud800": 1}}'),
        ("/user-tasks/{}/completion", '{"variables": {"a\\ud800": 1}}'),
        ("/user-tasks/{}/completion", '{"variables": {"list": [{"x": ["\\ud83d"]}]}}'),
    ],
)
def test_half_a_character_is_refused_wherever_it_stands(applicant: Caller, task: int, path: str, body: str) -> None:
    answer = applicant.post(path.format(task), body)
    assert (answer.status_code, answer.json["code"]) == (400, "JSON_TEXT")
    assert "不完整的字符" in answer.json["detail"]


def test_a_character_of_two_halves_is_one(applicant: Caller) -> None:
    assert applicant.post("/user-tasks/search", '{"filter": {"elementId": "\\ud83d\\ude00"}}').status_code == 200


# ---------------------------------------------------------------------- 退回

RETURN = {"targetElementId": "fill", "straight": False, "reason": "金额不符", "dueOn": "2026-09-04"}


@pytest.fixture
def judging(app: Flask) -> int:
    """The task ``judge`` of a process whose first task is done; both are an applicant's."""
    role = '<zeebe:assignmentDefinition candidateGroups="applicant"/>'
    body = (d.start(), d.user("fill", role), d.user("judge", role + back("*")), d.end(), d.chain("start", "fill", "judge", "end"))
    with app.app_context():
        models.deploy(SYSTEM, [("bpmn/sucheng/returning.bpmn", d.file(d.process(*body, id="returning")))], NOW, source="cli")
        person = player.holder("sucheng", "applicant", NOW)
        assert person is not None
        root = instances.create(SYSTEM, "returning", {}, NOW, tenant="sucheng").key
        for element in ("fill", "judge"):
            (line,) = tasks.search(person, tasks.TaskFilter(root_key=root, element_id=element), NOW).items
            if element == "fill":
                tasks.complete(person, line.key, {"amount": 1}, NOW)
        return line.key


def test_a_task_is_returned_to_one_of_the_targets_that_are_offered(applicant: Caller, judging: int) -> None:
    (target,) = applicant.get(f"/user-tasks/{judging}/return-targets").get_json()["items"]
    assert {key: target[key] for key in ("elementId", "name", "stepwise", "instances")} == {
        "elementId": "fill", "name": "fill", "stepwise": True, "instances": [],
    }  # fmt: skip
    assert target["completedBy"]
    assert target["completionDate"] == "2026-09-01T01:00:00.000Z"
    answer = applicant.post(f"/user-tasks/{judging}/return", RETURN, **{"Idempotency-Key": "r1"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert applicant.post(f"/user-tasks/{judging}/return", RETURN, **{"Idempotency-Key": "r1"}).status_code == 204
    closed = applicant.get(f"/user-tasks/{judging}").get_json()
    assert closed["state"] == "CANCELED"
    assert closed["completionDate"].startswith("2026-09-01T01:00:")
    found = applicant.post(
        "/user-tasks/search", {"filter": {"rootProcessInstanceKey": closed["rootProcessInstanceKey"], "state": "CREATED"}}
    )
    (again,) = found.get_json()["items"]
    assert (again["elementId"], again["dueDate"]) == ("fill", "2026-09-04T16:00:00.000Z")
    assert applicant.post(f"/user-tasks/{judging}/return", RETURN).status_code == 409


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"reason": " 　"}, 400, "REASON"),
        ({"dueOn": "2026-08-31"}, 400, "RETURN_DUE"),
        ({"dueOn": "bald"}, 400, "INVALID_ARGUMENT"),
        ({"dueOn": None}, 400, "INVALID_ARGUMENT"),
        ({"straight": "perhaps"}, 400, "INVALID_ARGUMENT"),
        ({"instances": [0]}, 400, "INVALID_ARGUMENT"),
        ({"instances": ["1"]}, 400, "INVALID_ARGUMENT"),
        ({"more": 1}, 400, "INVALID_ARGUMENT"),
        ({"instances": [1]}, 409, "RETURN"),
        ({"targetElementId": "judge"}, 409, "RETURN"),
        ({"targetElementId": "nowhere"}, 409, "RETURN"),
    ],
)
def test_a_return_that_is_not_whole_is_refused_by_name(
    applicant: Caller, judging: int, change: dict[str, Any], status: int, code: str
) -> None:
    answer = applicant.post(f"/user-tasks/{judging}/return", RETURN | change)
    assert answer.status_code == status
    found = answer.get_json()
    assert code in (found.get("code"), *(problem["code"] for problem in found.get("problems", [])))
    assert applicant.get(f"/user-tasks/{judging}").get_json()["state"] == "CREATED"


@pytest.mark.parametrize("missing", list(RETURN))
def test_every_member_of_a_return_is_obligatory(applicant: Caller, judging: int, missing: str) -> None:
    answer = applicant.post(f"/user-tasks/{judging}/return", {key: value for key, value in RETURN.items() if key != missing})
    assert answer.status_code == 400
    assert missing in answer.text


def test_who_may_not_do_a_task_may_not_return_it(app: Flask, judging: int) -> None:
    other = Caller(app, "sucheng.finance")
    assert other.get(f"/user-tasks/{judging}/return-targets").status_code == 403
    assert other.post(f"/user-tasks/{judging}/return", RETURN).status_code == 403
