"""Keys that a server needs to keep to itself: made at the first start, in files that only its account can read."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

BYTES = 32


def is_kept(folder: Path, name: str) -> bool:
    """Whether the secret is there already."""
    return (folder / name).exists()


def kept(folder: Path, name: str) -> str:
    """The secret called ``name`` in ``folder``, as hexadecimal text; made (mode 0600) if it is not there yet, also when two processes start at once."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its secret is the one
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
