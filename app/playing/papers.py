"""Small made files: whoever plays a project's life brings a document where the form asks for one, by its name and with nothing else in it."""

import struct
import zlib
from collections.abc import Collection, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZipFile, ZipInfo

from app.domain import documents
from app.domain.forms import Form
from app.domain.permissions import Actor
from app.services import documents as services

_PARTS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".ofd": "OFD.xml"}


def bring(actor: Actor, task: int, form: Form | None, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The values with a real document for each that was only named. Raises like ``services.documents.put``."""
    if form is None or not form.slots:
        return dict(values)
    brought: dict[str, Any] = _brought(_Bringer(actor, task, now), form.schema, documents.made_up(dict(values)), ())
    return brought


def filed(form: Form | None, values: Mapping[str, Any], refused: Collection[str]) -> dict[str, Any]:
    """The values with a named document for every row of these fields that has a name, a place for files and none in it."""
    lists = {slot.split("/")[0]: slot.split("/")[1] for slot in (form.slots if form is not None else ()) if slot.count("/") == 1}
    return {
        name: [
            {**row, lists[name]: [{documents.FORMAT: f"{row['name']}.pdf"}]}
            if isinstance(row, Mapping) and row.get("name") and not row.get(lists[name])
            else row
            for row in value
        ]
        if name in refused and name in lists and isinstance(value, list)
        else value
        for name, value in values.items()
    }


def made(name: str) -> bytes:
    """A file of the kind that its name says. Always the same for the same name."""
    ending = name[name.rindex(".") :].lower()
    if ending in _PARTS:
        return _packed(_PARTS[ending], name)
    return {".png": _png, ".jpg": _jpeg, ".jpeg": _jpeg}.get(ending, _pdf)(name)


class _Bringer(NamedTuple):
    actor: Actor
    task: int
    now: datetime


def _brought(by: _Bringer, schema: Mapping[str, Any], value: Any, slot: tuple[str, ...]) -> Any:
    if schema.get("x-format") == documents.FORMAT:
        if not (documents.is_reference(value) and value["key"] == documents.NOBODYS):
            return value
        return services.put(by.actor, by.task, value["name"], BytesIO(made(value["name"])), by.now, slot="/".join(slot)).reference
    if isinstance(value, Mapping):
        parts = schema.get("properties", {})
        return {
            name: _brought(by, parts[name], part, (*slot, name)) if isinstance(parts.get(name), Mapping) else part
            for name, part in value.items()
        }
    if isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        return [_brought(by, schema["items"], part, slot) for part in value]
    return value


def _packed(part: str, name: str) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for member, text in (("[Content_Types].xml", "<Types/>"), (part, f"<!-- {name} -->")):
            archive.writestr(ZipInfo(member), text)
    return content.getvalue()


def _pdf(name: str) -> bytes:
    """An empty page."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        b"<< /Title <feff" + name.encode("utf-16-be").hex().encode() + b"> >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(body),
    )


def _png(name: str) -> bytes:
    """One white dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">II", 1, 1) + bytes([8, 0, 0, 0, 0])
    named = chunk(b"tEXt", b"Title\0" + name.encode("unicode_escape"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + named + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")


def _jpeg(name: str) -> bytes:
    """No picture: a head, the name, an end."""
    said = name.encode()
    return b"\xff\xd8\xff\xfe" + struct.pack(">H", len(said) + 2) + said + b"\xff\xd9"
