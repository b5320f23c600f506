"""What somebody gets to see of a project, by every way in: pages, finished tasks, lists, files, ``/v2``. Each kind of content carries a mark that stands nowhere else."""

import contextvars
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.domain.permissions import SYSTEM, Actor
from app.services import accounts, documents, instants
from app.store.tables import UserTaskRow, db
from tests.integration.districts.play import District

MARKS: Mapping[str, str] = {
    "declaration": "申报标记甲乙",
    "budget": "6,947,911",
    "opinion": "意见标记丙丁",
    "control_price": "4,321,987",
    "contract": "HT-标记-0077",
    "published": "GG-标记-0099",
}
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "prepare_declaration": {"purpose": MARKS["declaration"]},
    "register_contract": {"contractNo": MARKS["contract"], "contractAmount": 4100000},
    "conduct_procurement": {"awardAmount": 4100000},
    "conduct_central_procurement": {"awardAmount": 4100000},
    "publish_announcement": {"announcementNo": MARKS["published"]},
    "set_control_price": {"controlPrice": 4321987},
}


@dataclass
class Look:
    """Texts by the address that gave them, and what was refused: address → code."""

    texts: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    sentences: set[str] = field(default_factory=set)

    def kinds(self, name: str) -> set[str]:
        """The kinds of content whose mark was met; of files, whether one was handed out; ``name``: what the project is called."""
        seen = {kind for kind, mark in MARKS.items() if any(mark in text or mark.replace(",", "") in text for text in self.texts.values())}
        seen |= {"name"} if any(name in text for text in self.texts.values()) else set()
        return seen | ({"materials"} if any(address.startswith(("/documents", "/v2/documents")) for address in self.texts) else set())


@dataclass
class Project:
    """A project with the tasks in which a mark was filled in, and a file of its declaration."""

    app: Flask
    place: District
    key: int
    name: str
    tokens: dict[str, str] = field(default_factory=dict)

    def marked(self) -> list[int]:
        """The tasks in which a mark was filled in."""
        rows = db.session.execute(select(UserTaskRow.key, UserTaskRow.answer).where(UserTaskRow.project_key == self.key)).all()
        return [
            row.key
            for row in rows
            if row.answer
            and any(
                str(part).find(mark.replace(",", "")) >= 0 for part in row.answer.values() for mark in (*MARKS.values(), "专家标记戊己")
            )
        ]

    def look(self, actor: Actor, *others: int) -> Look:
        """Everything that this person is given. ``others``: tasks to try besides the marked ones."""
        token, marked = self._token(actor), [*self.marked(), *others]
        files = [file.key for file in documents.of_project(SYSTEM, self.key)][-1:]
        # A context of its own: within the test's all requests would be one person's.
        return contextvars.Context().run(self._asked, token, marked, files)

    def _asked(self, token: str, marked: list[int], files: list[int]) -> Look:
        look, client = Look(), self.app.test_client()
        headers = {"Authorization": f"Bearer {token}"}
        wanted = [f"/projects/{self.key}", "/projects", *(f"/tasks/{key}" for key in marked), "/inbox", "/inbox/notices"]
        wanted += [address for key in files for address in (f"/documents/{key}", f"/v2/documents/{key}")]
        wanted += [f"/v2/user-tasks/{key}" for key in marked]
        for address in wanted:
            with client.get(address, headers=headers) as answer:
                self._take(look, address, answer)
        for noun in ("user-tasks", "process-instances"):
            found = client.post(f"/v2/{noun}/search", json={"page": {"limit": 1000}}, headers=headers)
            self._take(look, f"/v2/{noun}/search", found)
            for item in found.get_json()["items"][:1] if noun == "process-instances" else ():
                self._take(
                    look, "/v2/process-instances", client.get(f"/v2/process-instances/{item['processInstanceKey']}", headers=headers)
                )
        return look

    def _take(self, look: Look, address: str, answer: Any) -> None:
        if answer.status_code == 200:
            look.texts[address] = "" if address.startswith(("/documents", "/v2/documents")) else answer.text
            return
        assert answer.status_code in (403, 404), (address, answer.status_code)
        data = answer.get_json(silent=True) or {}
        look.refused[address] = data.get("code", "") or answer.text
        look.sentences.add(data.get("detail", ""))

    def _token(self, actor: Actor) -> str:
        if actor.username not in self.tokens:
            self.tokens[actor.username] = accounts.issue_token(accounts.system(""), actor.username, "test", instants.now())
        return self.tokens[actor.username]


def where(look: Look, mark: str) -> list[str]:
    """The addresses at which a mark was met."""
    return [address for address, text in look.texts.items() if mark in text]
