"""Uploads that nobody has handed in, and contents that no document is of: taken away when they are old enough, what people have handed in never."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import current
from app.acts import audit
from app.acts.transaction import act
from app.domain import permissions
from app.domain.codes import Action
from app.domain.permissions import Actor
from app.store import documents as stored
from app.store import files

_AT_ONCE = 200
STRAY_FOR = timedelta(days=1)  # a content lies there before the row that names it


@dataclass(frozen=True, slots=True)
class Swept:
    """How many uploads have gone, how many contents with their bytes."""

    documents: int
    contents: int
    size: int


def sweep(actor: Actor, now: datetime, *, age: timedelta, lain: timedelta = STRAY_FOR) -> Swept:
    """Take away uploads of tasks that are closed, older than ``age``, which no form that was handed in names, no later version replaces and nothing signs; then
    contents without a document that have lain there for longer than ``lain``. What has been erased keeps its row. Raises Forbidden.
    """
    permissions.may_administer(actor, None).require()
    gone = 0
    while found := stored.never_handed_in(now - age, most=_AT_ONCE):
        with act():
            stored.forget([row.key for row in found])
            for tenant in sorted({row.tenant for row in found}):
                names = [f"{row.key} {row.name} {row.sha256[:12]}" for row in found if row.tenant == tenant]
                audit.record(actor, Action.DOCUMENT_SWEEP, tenant, {"documents": names}, now, chain=found[0].key, tenant=tenant)
        gone += len(found)
    contents, size = _strays({sha256 for sha256, *_ in stored.contents()}, lain)
    return Swept(gone, contents, size)


def _strays(known: Collection[str], lain: timedelta) -> tuple[int, int]:
    folder, count, size = current.settings().files_folder, 0, 0
    before = files.clock_of(folder) - lain
    for name in list(files.kept(folder)):
        if name not in known and (found := files.lain_since(folder, name)) is not None and found[0] < before:
            files.erase(folder, name)
            count, size = count + 1, size + found[1]
    return count, size
