"""A new district made of the files of another: copied under its own key, with its own name, clause ids and offices. Its numbers are still the other's."""

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.domain import districts
from app.domain.districts import REGISTERS
from app.domain.templates import ENDINGS

KEY = re.compile(r"[a-z][a-z0-9_]{1,30}")
PREFIX = re.compile(r"[A-Z]{2,6}")
FOLDERS = districts.FOLDERS
TAKEN = frozenset({REGISTERS, "phases", "default", "shared", "pictures"})  # folders and files beside the districts'
_TEXTS = frozenset({".bpmn", ".dmn", ".json", ".yaml", ".yml", ".toml", ".csv"})
_CLAUSE = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2,6})(?=-\d+(?:-\d+)?)")
_SUFFIX = re.compile(r"(?:区|县|市|旗)$")


class NotCopied(Exception):
    """A district cannot be made as it was asked; the text is Chinese. Nothing has been written."""


@dataclass(frozen=True, slots=True)
class Copy:
    """``files``: what was written, below the root; ``prefix``: what its clause ids begin with."""

    key: str
    title: str
    prefix: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """Texts of the other district and what stands in their place."""

    key: tuple[str, str]
    prefix: tuple[str, str]
    names: tuple[tuple[str, str], ...]

    def put(self, text: str) -> str:
        for old, new in self.names:
            text = text.replace(old, new)
        text = re.sub(rf"(?<![a-z0-9]){re.escape(self.key[0])}(?![a-z0-9])", self.key[1], text)
        return _CLAUSE.sub(lambda found: self.prefix[1] if found[1] == self.prefix[0] else found[1], text)


def make(root: Path, key: str, source: str, *, title: str = "", prefix: str = "") -> Copy:
    """Copy the files of ``source`` below ``root``. ``title``: its name, else the key; ``prefix``: else the key's letters. Raises NotCopied, DistrictError.

    Everything is made ready aside; what makes it a district, its own file, is put in place last.
    """
    known = districts.load_all(root / "districts")
    other = known.get(source)
    if other is None:
        raise NotCopied(str(districts.UnknownDistrict(source, known)))
    _check(root, key)
    title = title.strip() or key
    if title in {one.title for one in known.values()}:
        raise NotCopied(f"已有名为“{title}”的区,请用 --title 给出另一个名称")
    used = {found[1] for one in known.values() for clause in one.clauses if (found := _CLAUSE.match(clause))}
    prefix = prefix or re.sub(r"[^A-Z]", "", key.upper())[:6]
    if not PREFIX.fullmatch(prefix) or prefix in used:
        why = "别的区已在用" if prefix in used else "应是二至六个大写字母"
        raise NotCopied(f"条款编号的开头“{prefix}”不能用:{why}。请用 --prefix 给出,如 XQ")
    own = next((found[1] for clause in other.clauses if (found := _CLAUSE.match(clause))), prefix)
    names = [
        (source.capitalize(), title),
        (other.title, title),
        *([(stem, title)] if (stem := _SUFFIX.sub("", other.title)) != other.title and len(stem) > 1 else []),
    ]
    words = _Words((source, key), (own, prefix), tuple(names))
    with tempfile.TemporaryDirectory(prefix=f".{key}-", dir=root) as aside:
        made = [(path, _written(path, Path(aside) / str(number), words)) for number, path in enumerate(_files(root, source))]
        targets = [(ready, root / words.put(path.relative_to(root).as_posix())) for path, ready in made]
        for ready, target in sorted(targets, key=lambda pair: pair[1].parent.name == "districts" and pair[1].suffix == ".toml"):
            target.parent.mkdir(parents=True, exist_ok=True)
            ready.replace(target)
    return Copy(key, title, prefix, tuple(sorted(target.relative_to(root).as_posix() for _, target in targets)))


def _check(root: Path, key: str) -> None:
    if not KEY.fullmatch(key) or key in TAKEN:
        raise NotCopied(
            f"区键“{key}”不能用:应是小写英文字母开头、由小写字母、数字和下划线组成的二至三十一个字符,且不是 {'、'.join(sorted(TAKEN))}"
        )
    there = [path for path in (root / "districts" / f"{key}.toml", root / "districts" / f"{key}.clauses.csv") if path.exists()]
    there += [root / folder / key for folder in FOLDERS if (root / folder / key).exists()]
    if there:
        raise NotCopied(f"已有 {'、'.join(path.relative_to(root).as_posix() for path in there)},不会覆盖;请换一个区键,或先移走")


def _files(root: Path, source: str) -> Iterator[Path]:
    yield from sorted((root / "districts").glob(f"{source}.*"))
    for folder in FOLDERS:
        yield from sorted(path for path in (root / folder / source).rglob("*") if path.is_file())


def _written(path: Path, ready: Path, words: _Words) -> Path:
    if path.suffix in _TEXTS:
        ready.write_text(words.put(path.read_text(encoding="utf-8")), encoding="utf-8")
    elif path.suffix in ENDINGS and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(ready, "w", zipfile.ZIP_DEFLATED) as new:
            for info in old.infolist():
                content = old.read(info)
                new.writestr(info, words.put(content.decode()).encode() if info.filename.endswith(".xml") else content)
    else:
        shutil.copyfile(path, ready)
    return ready
