"""Files by their content: each lies once under its SHA-256, whoever has brought it and how often. No name or path of a user gets here."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 20
_INCOMING = "incoming"


class TooLarge(Exception):
    """More bytes than are taken."""


class Incoming:
    """A file that has been received and has no place yet: ``keep`` gives it one, leaving the block takes it away."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder / _INCOMING / secrets.token_hex(16)
        self.size = 0
        self.sha256 = ""

    def __enter__(self) -> "Incoming":
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self

    def __exit__(self, *_: object) -> None:
        self.path.unlink(missing_ok=True)

    def receive(self, stream: BinaryIO, most: int) -> None:
        """Take all that the stream has. Raises TooLarge."""
        digest = hashlib.sha256()
        with self.path.open("xb") as file:
            while chunk := stream.read(_CHUNK):
                self.size += len(chunk)
                if self.size > most:
                    raise TooLarge
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        self.sha256 = digest.hexdigest()

    def keep(self) -> None:
        """Give it its place; what lies there already is the same, unless its disk has spoiled it: then this one is better."""
        place = place_of(self._folder, self.sha256)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.replace(place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # its name too outlasts a power cut
        finally:
            os.close(folder)


def place_of(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256


def read(folder: Path, sha256: str, size: int) -> BinaryIO | None:
    """A file's content, to be closed by whoever reads it; None if it is not there, or not as long as it was."""
    try:
        stream = place_of(folder, sha256).open("rb")
    except OSError:
        return None
    if os.fstat(stream.fileno()).st_size != size:
        stream.close()
        return None
    return stream


def erase(folder: Path, sha256: str) -> None:
    """Take a content away for good."""
    place_of(folder, sha256).unlink(missing_ok=True)


def clock_of(folder: Path) -> datetime:
    """What time it is on the disk where files lie: their own times are by this clock, which need not be the machine's."""
    with Incoming(folder) as file:
        file.path.touch()
        return datetime.fromtimestamp(file.path.stat().st_mtime, UTC)


def lain_since(folder: Path, sha256: str) -> tuple[datetime, int] | None:
    """Since when a file lies there, and how large it is; None if it does not."""
    try:
        found = place_of(folder, sha256).stat()
    except OSError:
        return None
    return datetime.fromtimestamp(found.st_mtime, UTC), found.st_size


def is_sound(folder: Path, sha256: str) -> bool | None:
    """Whether what lies there has the hash that it is called by; None if nothing lies there."""
    try:
        with place_of(folder, sha256).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except OSError:
        return None


def kept(folder: Path) -> Iterator[str]:
    """The hashes of all files that lie there."""
    if not folder.is_dir():
        return
    for part in sorted(folder.iterdir()):
        if len(part.name) == 2 and part.is_dir():
            for file in sorted(part.iterdir()):
                yield file.name
