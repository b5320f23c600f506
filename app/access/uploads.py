"""Files that come with a request and go with an answer, the same on pages and in the API."""

from dataclasses import dataclass
from typing import BinaryIO

from flask import Flask, Response, request, send_file

from app import current
from app.access import identity, tokens
from app.codes import RequestCode
from app.errors import InvalidRequest

# Endpoints that take a document: they have a limit of their own, set before anything reads the body.
ENDPOINTS = frozenset({"documents.put", "api.documents.put"})
_AROUND = 100_000  # of a request, around the file
_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came. ``name`` is the sender's word and no path of ours; ``slot`` and ``replaces`` say where it belongs, ``shown`` which printed
    documents stood on the sender's page."""

    name: str
    stream: BinaryIO
    slot: str
    replaces: int | None
    shown: tuple[int, ...] | None = None


def received() -> Upload:
    """The file of a multipart request, in its part ``file``. Raises InvalidRequest."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidRequest("请求里没有文件(multipart/form-data 的 file),请选择文件后再试", code=RequestCode.BAD_REQUEST)
    replaces = request.values.get("replaces", "")
    if replaces and not (replaces.isascii() and replaces.isdigit() and len(replaces) < _DIGITS):
        raise InvalidRequest("要替换的文件编号不对,请刷新页面后再试", code=RequestCode.INVALID_ARGUMENT)
    given = request.values.get("shown")
    shown = None if given is None else tuple(int(key) for key in given.split(",") if key.isascii() and key.isdigit() and len(key) < _DIGITS)
    return Upload(sent.filename, sent.stream, request.values.get("slot", ""), int(replaces) if replaces else None, shown)  # type: ignore[arg-type]


def handed_out(stream: BinaryIO, *, name: str, media: str, size: int) -> Response:
    """A content under its own name (RFC 6266), never to be looked into or drawn by the browser."""
    answer = send_file(stream, mimetype=media, as_attachment=True, download_name=name, etag=False, conditional=False)
    answer.content_length = size
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def attach(app: Flask) -> None:
    """Let requests of people who are known, that bring a document, be as large as one may be, and twice that: a little too large is refused with its name, a flood
    before it is read. What strangers send is read to prove it no forgery, and stays small."""

    def allow() -> None:
        if request.endpoint in ENDPOINTS and (tokens.is_bearer(request) or identity.is_signed_in()):
            request.max_content_length = 2 * current.settings().document_bytes + _AROUND

    app.before_request(allow)
