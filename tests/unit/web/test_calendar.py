"""放假安排: the page of a system administrator, from the list of years to the import of one (G8)."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.calendars import statutory
from app.seen.calendar import CalendarPreview
from app.services import calendars
from tests.unit.web import world

SignIn = Callable[..., FlaskClient]
Token = Callable[[FlaskClient], str]
NEXT = max(statutory().years) + 1
FILE = f"日期,安排,说明\n{NEXT}-10-01,休,国庆节\n{NEXT}-10-04,休,国庆节\n{NEXT}-10-09,班,补班\n"


def preview(client: FlaskClient, token: Token, text: str | bytes) -> str:
    content = text.encode() if isinstance(text, str) else text
    answer = client.post(
        "/calendar/preview",
        data={"file": (io.BytesIO(content), "year.csv"), "csrf_token": token(client)},
        content_type="multipart/form-data",
    )
    return answer.text


def test_the_years_are_listed_and_an_import_goes_by_a_preview_and_a_reason(
    sign_in: SignIn, token: Token, memory: world.Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("admin")
    assert "随产品发布" in client.get("/calendar").text
    shown = preview(client, token, FILE)
    assert "本区没有未结的期限会变动" in shown
    assert f"{NEXT}-10-04" in shown
    given: dict[str, Any] = {}

    def take(actor: object, content: bytes, reason: str, now: object, **more: Any) -> CalendarPreview:
        given.update(more, content=content, reason=reason)
        return CalendarPreview(years=(NEXT,))

    monkeypatch.setattr(calendars, "take", take)
    answer = client.post("/calendar/import", data={"content": FILE, "before": "x", "reason": "国办发明电", "csrf_token": token(client)})
    assert (answer.status_code, answer.location) == (303, "/calendar")
    assert (given["content"].decode(), given["reason"], given["seen"]) == (FILE, "国办发明电", "x")


def test_without_a_reason_the_preview_stays_with_what_is_missing(sign_in: SignIn, token: Token, memory: world.Memory) -> None:
    client = sign_in("admin")
    answer = client.post("/calendar/import", data={"content": FILE, "reason": " ", "csrf_token": token(client)})
    assert answer.status_code == 422
    assert "请说明原因" in answer.text
    assert f"{NEXT}-10-04" in answer.text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (f"日期,安排,说明\n{NEXT}-13-01,休,\n", "第 2 行"),
        ("日期,安排\n", "第一行应为"),
        (b"PK\x03\x04\x00\x00", "既不是 UTF-8 也不是 GB18030"),
        (b"x" * 200_001, "超过 200000 字节"),
        (f"日期,安排,说明\n{NEXT}-10-03,休,\n", "没有一个工作日放假"),
        ("日期,安排,说明\n", "没有一天"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_by_row(
    sign_in: SignIn, token: Token, memory: world.Memory, content: str | bytes, says: str
) -> None:
    shown = preview(sign_in("admin"), token, content)
    assert "没有导入" in shown
    assert says in shown


def test_a_spreadsheet_s_gb18030_is_read(sign_in: SignIn, token: Token, memory: world.Memory) -> None:
    assert "国庆节" in preview(sign_in("admin"), token, FILE.encode("gb18030"))


@pytest.mark.parametrize("person", ["applicant", "analyst", "idle"])
def test_nobody_else_sees_it(sign_in: SignIn, token: Token, memory: world.Memory, person: str) -> None:
    client = sign_in(person)
    assert client.get("/calendar").status_code == 403
    assert "NOT_ADMINISTRATOR" in preview(client, token, FILE)
    assert client.post("/calendar/import", data={"content": FILE, "reason": "试", "csrf_token": token(client)}).status_code == 403


def test_the_missing_year_is_told_to_administrators_alone(sign_in: SignIn, memory: world.Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "missing_year", lambda now: NEXT)
    assert f"{NEXT} 年的放假安排还没有导入" in sign_in("admin").get("/instances").text
    assert "放假安排" not in sign_in("applicant").get("/inbox").text
