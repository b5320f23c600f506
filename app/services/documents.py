"""Documents: bring a file to a task, see what a project has, read one. Contents lie by their hash; nothing of a user's becomes a path."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy.exc import IntegrityError

from app import current
from app.acts import audit
from app.acts import documents as named
from app.acts.transaction import act, open_project
from app.catalogue import readable, snapshot
from app.domain import documents, permissions, reading
from app.domain.codes import Action, DocumentCode
from app.domain.documents import DocumentRefused
from app.domain.keys import next_key
from app.domain.permissions import Actor
from app.domain.reading import Content, Piece, Seat
from app.domain.reasons import checked_reason
from app.domain.states import TaskState
from app.errors import Conflict, Forbidden, InvalidRequest, NotFound, TaskAlreadyClosed
from app.seen import values
from app.seen.shapes import DocumentView, FilesView
from app.services import tasks
from app.services.reading import Before
from app.store import documents as stored
from app.store import files
from app.store import projects as ledger
from app.store import tasks as task_rows

_TRIES = 3
_NONE = "没有此文件,或您无权查看"


@dataclass(frozen=True, slots=True)
class Opened:
    """A document's content, to be closed by whoever reads it."""

    view: DocumentView
    stream: BinaryIO


def put(
    actor: Actor,
    task_key: int,
    name: str,
    stream: BinaryIO,
    now: datetime,
    *,
    slot: str,
    replaces: int | None = None,
    shown: Collection[int] | None = None,
) -> DocumentView:
    """Bring a file to a place of an open task's form. ``slot``: like ``materials/files``; ``replaces``: the document of which it is the next version;
    ``shown``: the printed documents that the person had before them, where it is known: what was signed of another one is refused.

    Raises NotFound, Forbidden, TaskAlreadyClosed, Conflict (CLASSIFIED), InvalidRequest (a DocumentCode; the text names the file), Busy.
    """
    place = _place(actor, task_key, slot, now)
    config = current.settings()
    try:
        name = documents.cleaned(name)
        before = _replaced(replaces, place, name)
        signs = _printed(actor, task_key, slot, now, name=name, shown=shown)
        if stored.count_of_task(task_key) >= config.document_count:
            raise DocumentRefused(DocumentCode.FILE_MANY, f"“{name}”没有收下:一件事项最多上传 {config.document_count} 份文件")
        with files.Incoming(config.files_folder) as file:
            try:
                file.receive(stream, config.document_bytes)
            except files.TooLarge:
                raise DocumentRefused(
                    DocumentCode.FILE_LIMIT, f"“{name}”超过 {values.size(config.document_bytes)},请压缩或分成几份后再上传"
                ) from None
            if not file.size:
                raise DocumentRefused(DocumentCode.FILE_EMPTY, f"“{name}”是空的")
            kind = documents.checked(name, file.path)
            file.keep()
            row = place | {
                "key": next_key(),
                "slot": slot,
                "signs": signs,
                **dict.fromkeys(("template", "template_key", "number", "place", "digest")),
                "version": 1 if before is None else before.version + 1,
                "replaces": None if before is None else before.key,
                "name": name,
                "media": kind.media,
                "size": file.size,
                "sha256": file.sha256,
                "created_at": now,
                "submitted_at": None,
                "erased_at": None,
            }
    except DocumentRefused as error:
        raise InvalidRequest(str(error), code=error.code) from error
    _record(actor, Action.DOCUMENT_PUT if before is None else Action.DOCUMENT_REPLACE, row, now, add=True)
    return _view(row)


def opened(actor: Actor, key: int, now: datetime, *, task: int | None = None) -> Opened:
    """A document's content: for whoever may read it in its project, and for whoever sees it in a ``task``. Reading another office's is audited.

    Raises NotFound (none, or none that this person may know of), Forbidden (of a project that they may know of), Conflict (FILE_LOST).
    """
    row = stored.one(key)
    if row is None:
        raise NotFound(_NONE)
    _require(actor, row, task, now)
    if row.erased_at is not None:
        raise Conflict(f"“{row.name}”是误传的文件,内容已按应急处置删除", code=DocumentCode.FILE_ERASED)
    stream = files.read(current.settings().files_folder, row.sha256, row.size)
    if stream is None:
        raise Conflict(f"“{row.name}”的内容在存放处找不到或不完整,请联系系统管理员从备份恢复", code=DocumentCode.FILE_LOST)
    if not actor.is_system and row.office_key not in actor.offices:
        try:
            _record(actor, Action.DOCUMENT_READ, dict(row._mapping), now)
        except BaseException:
            stream.close()
            raise
    return Opened(_view(dict(row._mapping)), stream)


def of_project(actor: Actor, project_key: int) -> list[DocumentView]:
    """What has been handed in of a project and the actor may read, the newest first. Raises NotFound, Forbidden."""
    project = ledger.one(project_key)
    if project is None:
        raise NotFound("没有此项目")
    before = Before(actor, project)
    before.reader.may(Piece(content=Content.BASICS)).require()
    return [_view(dict(row._mapping)) for row in stored.of_project(project_key) if before.reader.may(before.file(row))]


def printed(actor: Actor, task_key: int, now: datetime) -> list[DocumentView]:
    """What the tree of a task has printed, of each the version that counts: for whoever may do the task, else as far as it may be read in the project.

    Raises NotFound, Forbidden.
    """
    row = task_rows.one(task_key)
    if row is None:
        raise NotFound("没有此事项")
    found = stored.printed_of(row.root_key)
    if not found or _does(actor, row, now):
        return [_view(dict(one._mapping)) for one in found]
    project = ledger.one(row.project_key) if row.project_key is not None else None
    before = Before(actor, project) if project is not None else None
    return [_view(dict(one._mapping)) for one in found if before is not None and before.reader.may(before.file(one))]


def erase(actor: Actor, key: int, reason: str, now: datetime) -> int:
    """Take away for good the content of a document that should never have been brought, whoever else has brought the same; the rows stay. Gives how many.

    Source: SC-4-4 and N22 (what is secret has come here by mistake). Raises NotFound, Forbidden, InvalidRequest (REASON).
    """
    row = stored.one(key)
    if row is None:
        raise NotFound("没有此文件")
    permissions.may_administer(actor, row.tenant).require()
    reason = checked_reason(reason)
    with act():
        same = stored.of_content(row.sha256)
        stored.erase(row.sha256, now)
        details = {"sha256": row.sha256, "documents": [str(one.key) for one in same], "reason": reason}
        subject = f"{row.process_id}.{row.element_id}"
        audit.record(actor, Action.DOCUMENT_ERASE, subject, details, now, chain=key, tenant=row.tenant, project_key=row.project_key)
    files.erase(current.settings().files_folder, row.sha256)
    return len(same)


def limits(project_key: int | None) -> dict[str, Any]:
    """What the page tells before anybody chooses a file."""
    config = current.settings()
    project = ledger.one(project_key) if project_key is not None else None
    return {
        "endings": list(documents.ENDINGS),
        "kinds": documents.TOLD,
        "bytes": config.document_bytes,
        "size": values.size(config.document_bytes),
        "refused": named.NOT_HERE if documents.is_classified(project, {}) else "",
    }


def verified() -> FilesView:
    """Whether every content lies in its place with the hash that it is called by, and what lies there that no document is of. For the operator."""
    folder = current.settings().files_folder
    known: dict[str, tuple[str, int]] = {sha256: (name, key) for sha256, _, name, key in stored.contents()}
    lost, spoiled = [], []
    for sha256, (name, key) in known.items():
        sound = files.is_sound(folder, sha256)
        if sound is None:
            lost.append(f"{name}({key},{sha256})")
        elif not sound:
            spoiled.append(f"{name}({key},{sha256})")
    return FilesView(str(folder), len(known), tuple(lost), tuple(spoiled), tuple(one for one in files.kept(folder) if one not in known))


# ---------------------------------------------------------------------- parts


def _place(actor: Actor, task_key: int, slot: str, now: datetime) -> dict[str, Any]:
    """Where a document comes to lie, for somebody who may do the task: columns of its row."""
    row = task_rows.one(task_key)
    if row is None:
        raise NotFound("没有此事项")
    task, facts = tasks.facts(actor, task_key, now)
    if row.state != TaskState.OPEN:
        raise TaskAlreadyClosed
    district = snapshot.district(row.tenant)
    permissions.may_do(actor, task, facts, district).require()
    project = ledger.one(row.project_key) if row.project_key else None
    if documents.is_classified(project, {}):
        raise Conflict(named.NOT_HERE, code=DocumentCode.CLASSIFIED)
    form = snapshot.form(row.form_key) if row.form_key else None
    if form is None or slot not in form.uploads:
        raise InvalidRequest("此事项的表单没有这个上传的地方,请刷新页面后再试", code=DocumentCode.FILE_SLOT)
    acting = permissions.capacities(actor, task, facts, district)[0]
    office = next((one.office for one in actor.memberships if one.role == acting.role and one.office_name == acting.office), None)
    return {
        "tenant": row.tenant,
        "project_key": row.project_key,
        "root_key": row.root_key,
        "task_key": task_key,
        "process_id": row.process_id,
        "element_id": row.element_id,
        "user_key": actor.user or None,
        "user_name": actor.name,
        "office_key": office,
        "office": acting.office if office is not None else None,
    }


def _printed(actor: Actor, task_key: int, slot: str, now: datetime, *, name: str, shown: Collection[int] | None) -> int | None:
    """Of which printed document a file that is brought to a place is the signed copy; None where the place is for no such thing. Raises DocumentRefused."""
    form, seen = tasks.inputs(actor, task_key, now)
    template = dict(documents.signed(form.schema)).get(slot) if form is not None else None
    if template is None or template not in seen:  # a case that had gone past the place before there was anything to print
        return None
    printed = seen[template]
    row = stored.one(int(printed["key"])) if documents.is_reference(printed) else None
    if row is None or row.template != template:
        raise DocumentRefused(DocumentCode.FILE_UNPRINTED, f"“{name}”没有收下:还没有打印要签署的文件")
    if shown is not None and row.key not in shown:
        why = f"您打开页面之后,要签署的文件已重新打印为第 {row.version} 版(编号 {row.number}),请刷新页面,按新版签署后再上传"
        raise DocumentRefused(DocumentCode.FILE_REPRINTED, f"“{name}”没有收下:{why}")
    return int(row.key)


def _replaced(key: int | None, here: Mapping[str, Any], name: str) -> Any:
    if key is None:
        return None
    row = stored.one(key)
    if (
        row is None
        or row.tenant != here["tenant"]
        or not named.belongs(row, here["project_key"], here["root_key"])
        or (row.submitted_at is None and row.task_key != here["task_key"])
    ):
        raise DocumentRefused(DocumentCode.FILE_REPLACED, f"“{name}”要替换的不是本项目的文件,请刷新页面后再试")
    return row


def _require(actor: Actor, row: Any, task_key: int | None, now: datetime) -> None:
    """Raises NotFound, Forbidden unless the actor may read a document."""
    if actor.is_system:
        return
    before = None
    if row.tenant == actor.tenant and row.submitted_at is not None and row.project_key is not None:
        project = ledger.one(row.project_key)
        before = Before(actor, project) if project is not None else None
        if before is not None and before.reader.may(before.file(row)):
            return
    if row.project_key is None and row.submitted_at is not None and may_read_of_district(actor, row):
        return
    withheld = before is not None and before.withholds(row)
    if row.tenant == actor.tenant and task_key is not None and not withheld and _is_seen(actor, row, task_key, now):
        return
    if before is None or not before.reader.may(Piece(content=Content.BASICS)):
        raise NotFound(_NONE)  # nobody learns of others' files by trying keys
    before.reader.may(before.file(row)).require()


def may_read_of_district(actor: Actor, row: Any) -> bool:
    """Whether somebody reads what is of no project, such as a year's list: what is published everybody inside, the rest who oversees the district and whose office
    has had a task there."""
    if row.tenant != actor.tenant:
        return False
    district, library = snapshot.district(row.tenant), snapshot.library(row.tenant)
    content = readable.kind(library, "task", f"{row.process_id}.{row.element_id}")
    worked = task_rows.offices_of_tree(row.root_key) if row.root_key is not None else frozenset()
    seats = set()
    for one in reading.posts(actor, district):
        info = district.roles.get(one.role)
        if info is not None and info.oversees:
            seats.add((Seat.OVERSEER, one.role))
        elif one.office_name in worked or (content is Content.PUBLISHED and not reading.is_outside(one, district)):
            seats.add((Seat.OUTSIDE if reading.is_outside(one, district) else Seat.CONCERNED, one.role))
    return content in readable.of_seats(library, seats, "", classified=False)


def of_trees(actor: Actor, roots: Collection[int]) -> dict[int, list[DocumentView]]:
    """What was printed for no project, by tree, as far as the actor may read it."""
    found: dict[int, list[DocumentView]] = {}
    for row in stored.of_trees(roots):
        if may_read_of_district(actor, row):
            found.setdefault(row.root_key, []).append(_view(dict(row._mapping)))
    return found


def _is_seen(actor: Actor, row: Any, task_key: int, now: datetime) -> bool:
    """Whether the person may open the task, and the document stands in what they see there or was brought to it."""
    task = task_rows.one(task_key)
    if task is None or not named.belongs(row, task.project_key, task.root_key):
        return False  # whatever values say: a task without a form takes any
    try:
        filling = tasks.filling(actor, task_key, now)
    except (NotFound, Forbidden):
        return False
    if row.task_key == task_key and row.submitted_at is None:
        return bool(permissions.may_do(actor, *tasks.facts(actor, task_key, now), snapshot.district(row.tenant)))
    if row.template is not None and row.root_key == task.root_key and _does(actor, task, now):
        return True  # what is printed is offered there
    # Of all that can be seen from a task what its form shows: what lies beside it is for the process.
    form = filling.form
    held = (filling.seen if form is None else {name: filling.seen.get(name) for name in form.fields}, task.answer)
    return any((one["key"], one["sha256"]) == (str(row.key), row.sha256) for some in held for one in documents.anywhere(some))


def _does(actor: Actor, task: Any, now: datetime) -> bool:
    """Whether the person may do a task that is still open."""
    return task.state == TaskState.OPEN and bool(
        permissions.may_do(actor, *tasks.facts(actor, task.key, now), snapshot.district(task.tenant))
    )


def _record(actor: Actor, action: Action, row: Mapping[str, Any], now: datetime, *, add: bool = False) -> None:
    """One act: the entry, in the project's chain or the person's, and with ``add`` the row itself."""
    project_key = row["project_key"]
    details = {"document": str(row["key"]), **{part: row[part] for part in ("slot", "name", "version", "size", "sha256")}}
    if row["replaces"] is not None:
        details["replaces"] = str(row["replaces"])
    if row["task_key"] is not None:
        details["task"] = str(row["task_key"])

    def write() -> None:
        if add:
            stored.add(dict(row))
        chain = project_key if project_key is not None else actor.user
        subject = f"{row['process_id']}.{row['element_id']}"
        audit.record(actor, action, subject, details, now, chain=chain, tenant=row["tenant"], project_key=project_key)

    if project_key is not None:
        with open_project(project_key, actor):
            write()
        return
    for attempt in range(_TRIES):  # two files of one person at once would append to one chain
        try:
            with act():
                write()
            return
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise


def _view(row: Mapping[str, Any]) -> DocumentView:
    return DocumentView(
        key=row["key"],
        name=row["name"],
        version=row["version"],
        media=row["media"],
        size=row["size"],
        size_said=values.size(row["size"]),
        sha256=row["sha256"],
        slot=row["slot"],
        task=row.get("task_name") or "",
        process=row.get("process_name") or "",
        person=row["user_name"],
        office=row["office"] or "",
        number=row["number"] or "",
        signs=row["signs"],
        created_at=row["created_at"],
        submitted_at=row["submitted_at"],
        erased=row["erased_at"] is not None,
        project_key=row["project_key"],
    )
