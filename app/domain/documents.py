"""Documents: what a reference to one looks like in a form's values, which kinds of file are taken, and how a file may be called.

A file is what its content says, never what its name says; the two have to agree. Source: requirements FX-11, SC-11 (materials), N21 (the hash of a scan).
"""

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from app.domain.codes import DocumentCode

FORMAT = "document"  # of x-format
SIGNS = "x-signs"  # of a document: it is the signed copy of what this template has printed
REFERENCE = frozenset({"key", "name", "sha256", "version"})  # what a document is, wherever it is a value
NOBODYS = "0"  # the key of a reference that was made up: see ``made_up``
MOST_NAME = 120
CLASSIFIED = "classified"  # the fact, and the field of a form, that says so
_MOST_MEMBERS = 20_000  # of a packed document
_MOST_UNPACKED = 2_000_000_000
_HASH = re.compile(r"[0-9a-f]{64}")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is taken: what people call it, how its name may end, as what it is handed out."""

    title: str
    endings: tuple[str, ...]
    media: str


PDF = FileKind("PDF", (".pdf",), "application/pdf")
OFD = FileKind("OFD", (".ofd",), "application/ofd")
DOCX = FileKind("Word(docx)", (".docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
XLSX = FileKind("Excel(xlsx)", (".xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
JPEG = FileKind("JPG 图片", (".jpg", ".jpeg"), "image/jpeg")
PNG = FileKind("PNG 图片", (".png",), "image/png")
KINDS = (PDF, OFD, DOCX, XLSX, JPEG, PNG)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)
TOLD = "、".join(kind.title for kind in KINDS)
_BEGINNINGS = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))
_PARTS = (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX), ("OFD.xml", OFD))  # by which a packed document is known


class DocumentRefused(Exception):
    """A file that is not taken. ``code`` is stable; the text is Chinese and begins with the file's name."""

    def __init__(self, code: DocumentCode, message: str) -> None:
        super().__init__(message)
        self.code = code


# ---------------------------------------------------------------------- references


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document where it stands among a form's values. ``path``: like ``materials/0/files/1``; ``signs``: the template of the printed one that it is signed of."""

    path: str
    title: str
    value: Mapping[str, Any]
    signs: str = ""


def is_reference(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value has the shape of a document; whether there is one is another question."""
    if not (isinstance(value, Mapping) and value.keys() == REFERENCE):
        return False
    key, name, version = value["key"], value["name"], value["version"]
    return (
        isinstance(key, str)
        and key.isascii()
        and key.isdigit()
        and len(key) < 19
        and isinstance(name, str)
        and bool(name.strip())
        and isinstance(value["sha256"], str)
        and _HASH.fullmatch(value["sha256"]) is not None
        and isinstance(version, int)
        and not isinstance(version, bool)
        and version >= 1
    )


def within(schema: Mapping[str, Any], data: Any, path: str = "", title: str = "") -> Iterator[NamedDocument]:
    """The documents that values of a schema name, in order."""
    if schema.get("x-format") == FORMAT:
        if is_reference(data):
            yield NamedDocument(path, title, data, str(schema.get(SIGNS, "")))
    elif isinstance(data, Mapping):
        for name, part in schema.get("properties", {}).items():
            if data.get(name) is not None and isinstance(part, Mapping):
                yield from within(part, data[name], f"{path}/{name}".lstrip("/"), f"{title}·{part.get('title', name)}".lstrip("·"))
    elif isinstance(data, list) and isinstance(schema.get("items"), Mapping):
        for number, item in enumerate(data):
            yield from within(schema["items"], item, f"{path}/{number}", title)


def anywhere(values: Any) -> Iterator[Mapping[str, Any]]:
    """Every document that values of no known schema name."""
    if is_reference(values):
        yield values
    elif isinstance(values, Mapping):
        for part in values.values():
            yield from anywhere(part)
    elif isinstance(values, list | tuple):
        for part in values:
            yield from anywhere(part)


def is_classified(project: Mapping[str, Any] | None, data: Mapping[str, Any]) -> bool:
    """Whether the project is one of which the platform holds no files, or is said to be so just now."""
    said = data.get(CLASSIFIED)
    return said is True or (said is None and project is not None and project["facts"].get(CLASSIFIED) is True)


def signed(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Where a form takes what was signed of a printed document: (slot, template)."""
    if schema.get("x-format") == FORMAT:
        if schema.get(SIGNS):
            yield path, str(schema[SIGNS])
        return
    for name, part in schema.get("properties", {}).items():
        if isinstance(part, Mapping):
            yield from signed(part, f"{path}/{name}".lstrip("/"))
    if isinstance(schema.get("items"), Mapping):
        yield from signed(schema["items"], path)


def slots(schema: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Where a form takes documents: paths without the numbers of rows, like ``materials/files``."""
    if schema.get("x-format") == FORMAT:
        yield path
        return
    for name, part in schema.get("properties", {}).items():
        if isinstance(part, Mapping):
            yield from slots(part, f"{path}/{name}".lstrip("/"))
    if isinstance(schema.get("items"), Mapping):
        yield from slots(schema["items"], path)


# ---------------------------------------------------------------------- names and kinds


def cleaned(given: str) -> str:
    """A file's name as it is kept and handed out: the last part of a path, without what is not seen or no file system takes. Raises DocumentRefused (FILE_NAME)."""
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    seen = "".join(" " if sign.isspace() else sign for sign in last if sign.isspace() or unicodedata.category(sign)[0] != "C")
    name = re.sub(" +", " ", _FORBIDDEN.sub("_", seen)).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem.strip(" .") or not ending or _RESERVED.fullmatch(name):
        raise DocumentRefused(DocumentCode.FILE_NAME, f"“{name or '(没有名称)'}”不能作为文件名:应有名称和扩展名,如“建设方案.pdf”")
    return f"{stem[: MOST_NAME - len(ending) - 1].rstrip(' .')}.{ending.lower()}"


def told(name: str) -> FileKind | None:
    """The kind that a name speaks of."""
    return next((kind for kind in KINDS if name.lower().endswith(kind.endings)), None)


def checked(name: str, file: Path) -> FileKind:
    """The kind of a file by its content, which its (cleaned) name has to agree with.

    Raises DocumentRefused (FILE_TYPE, FILE_RENAMED, FILE_BROKEN, FILE_MACRO).
    """
    with file.open("rb") as stream:
        head = stream.read(16)
    found = next((kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)), None)
    if found is None and head.startswith(b"PK\x03\x04"):
        found = _packed(name, file)
    named = told(name)
    if found is None:
        why = "内容不是它的扩展名所说的类型" if named else "这种类型不能上传"
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            why = "是旧版 Office(doc、xls、ppt)或 WPS 的格式,请另存为 docx、xlsx 或 PDF"
        raise DocumentRefused(DocumentCode.FILE_TYPE, f"“{name}”{why};可以上传:{TOLD}")
    if found is not named:
        raise DocumentRefused(
            DocumentCode.FILE_RENAMED, f"“{name}”的内容是{found.title},与扩展名不符;请核对文件,或把扩展名改为 {found.endings[0]}"
        )
    return found


def _packed(name: str, file: Path) -> FileKind | None:
    """Of a ZIP archive, by its list alone: nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, OverflowError) as error:
        raise DocumentRefused(DocumentCode.FILE_BROKEN, f"“{name}”已损坏,或没有传完整,请重新保存后再上传") from error
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_UNPACKED:
        raise DocumentRefused(DocumentCode.FILE_BROKEN, f"“{name}”解开后过大,不能接收")
    names = {member.filename for member in members}
    if any(one.lower().endswith(("/vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".bat")) for one in names):
        raise DocumentRefused(DocumentCode.FILE_MACRO, f"“{name}”里有宏或程序,不能接收;请另存为不含宏的文件")
    return next((kind for part, kind in _PARTS if part in names), None)


# ---------------------------------------------------------------------- named before there is a file


def made_up(values: Any) -> Any:
    """Values with a reference for every ``{document: 建设方案.pdf}``: how scenarios, examples and cases name a document of which nobody has the file.

    Its key is no document's: the services take none of them until a file has been brought.
    """
    if isinstance(values, Mapping):
        given = dict(values)
        one = alone(given)
        return {key: made_up(part) for key, part in given.items()} if one is given else one
    return [made_up(part) for part in values] if isinstance(values, list) else values


def alone(value: dict[str, Any]) -> dict[str, Any]:
    """``made_up`` of this mapping and of nothing inside it."""
    if len(value) == 1 and FORMAT in value and isinstance(name := value[FORMAT], str) and told(name) is not None:
        return {"key": NOBODYS, "name": name, "sha256": hashlib.sha256(name.encode()).hexdigest(), "version": 1}
    return value
