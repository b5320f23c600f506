"""The built front-end: entry points by their source name, through the manifest that the build writes."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import url_for
from markupsafe import Markup

BUILT = Path(__file__).parent / "static" / "built"


@cache
def _manifest() -> dict[str, Any]:
    path = BUILT / "manifest.json"
    if not path.exists():
        return {}
    entries: dict[str, Any] = json.loads(path.read_text())
    return entries


def is_built() -> bool:
    return bool(_manifest())


def _chunks(name: str) -> list[dict[str, Any]]:
    """The entry and everything it imports, the entry last."""
    entry = _manifest()[name]
    return [chunk for needed in entry.get("imports", []) for chunk in _chunks(needed)] + [entry]


def _url(file: str) -> str:
    return url_for("static", filename=f"built/{file}")


def entry(name: str) -> Markup:
    """The tags that load an entry, like ``src/form/index.jsx``; nothing if the front-end has not been built (the page says so)."""
    if not is_built():
        return Markup("")
    chunks = _chunks(name)
    styles = [file for chunk in chunks for file in chunk.get("css", [])]
    tags = [Markup('<link rel="stylesheet" href="{}">').format(_url(file)) for file in dict.fromkeys(styles)]
    tags += [Markup('<link rel="modulepreload" href="{}">').format(_url(chunk["file"])) for chunk in chunks[:-1]]
    tags.append(Markup('<script type="module" src="{}"></script>').format(_url(chunks[-1]["file"])))
    return Markup("\n").join(tags)
