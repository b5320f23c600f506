"""Uploads that nobody has handed in go away when they are old and their task is closed; what was handed in, what is erased and what is still being filled in stays."""

import os
from datetime import datetime, timedelta
from io import BytesIO

import pytest

from app import current
from app.domain.codes import Action
from app.domain.permissions import SYSTEM
from app.errors import Forbidden
from app.playing import papers
from app.seen.shapes import DocumentView
from app.services import documents, sweeping, trail
from app.services.sweeping import Swept
from app.store import files
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_documents import FORM, entries
from tests.unit.engine import diagrams as d

MONTH = timedelta(days=30)
LONG_AFTER = NOW + timedelta(days=31)
AT_ONCE = timedelta(days=-1)  # whatever the disk has just written too


@pytest.fixture(autouse=True)
def deployed(cast: Cast) -> None:
    t.deploy(FORM, t.diagram(d.start(), t.task("hand_in", "applicant", form="hand_in"), d.end("end"), d.chain("start", "hand_in", "end")), fields={
        "classified": {"type": "boolean", "title": "涉密", "x-owner": ["applicant"]},
    })  # fmt: skip
    t.begin(cast.alice)


def put(cast: Cast, name: str, **more: int) -> DocumentView:
    return documents.put(cast.alice, t.open_task(cast.alice, "hand_in"), name, BytesIO(papers.made(name)), NOW, slot="plan", **more)


def sweep(now: datetime = LONG_AFTER, lain: timedelta = AT_ONCE) -> Swept:
    return sweeping.sweep(SYSTEM, now, age=MONTH, lain=lain)


def test_what_was_brought_and_not_handed_in_goes_with_its_content(cast: Cast) -> None:
    wanted, stray = put(cast, "要.pdf"), put(cast, "不要.pdf")
    assert sweep() == Swept(0, 0, 0)  # somebody may still hand it in
    t.complete(cast.alice, "hand_in", plan=wanted.reference)
    assert sweep(NOW + timedelta(days=29)) == Swept(0, 0, 0)
    assert sweep() == Swept(1, 1, stray.size)
    assert files.is_sound(current.settings().files_folder, wanted.sha256)
    assert (documents.verified().contents, documents.verified().strays) == (1, ())
    (entry,) = entries(Action.DOCUMENT_SWEEP)
    assert "不要.pdf" in entry["documents"][0]
    assert trail.verify(SYSTEM).problems == []


def test_what_a_later_version_replaces_stays_with_it(cast: Cast) -> None:
    first = put(cast, "初稿.pdf")
    second = put(cast, "二稿.pdf", replaces=first.key)
    t.complete(cast.alice, "hand_in", plan=second.reference)
    assert sweep() == Swept(0, 0, 0)


def test_a_content_that_no_document_is_of_goes_when_it_has_lain_there_long_enough(cast: Cast) -> None:
    folder = current.settings().files_folder
    with files.Incoming(folder) as file:
        file.receive(BytesIO(b"an act has failed"), 100)
        file.keep()
    assert sweep(lain=sweeping.STRAY_FOR) == Swept(0, 0, 0)
    os.utime(files.place_of(folder, file.sha256), (0, 0))
    assert sweep(lain=sweeping.STRAY_FOR) == Swept(0, 1, 17)


def test_nobody_but_an_administrator_sweeps(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        sweeping.sweep(cast.alice, LONG_AFTER, age=MONTH, lain=AT_ONCE)
