"""The districts that this installation serves, from its files: read again when these change, so that a new district needs no restart."""

import hashlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, TypeVar

from app import current
from app.codes import RequestCode
from app.domain import districts
from app.domain.districts import SHARED, District, DistrictError, Phase, UnknownDistrict
from app.errors import InvalidRequest

LOOKED_AFTER = 1.0  # seconds after which the files are looked at again: an act asks for its district dozens of times
T = TypeVar("T")
log = logging.getLogger(__name__)


class _Watched(Generic[T]):
    """What a reader made of the folder of districts, made again when a file there has changed.

    A change that cannot be read leaves what was: somebody saving a file must not stop those who work. A first reading that fails raises InvalidRequest (DISTRICT).
    ``again``: reads anew what has been read before, and says what could not be.
    """

    def __init__(self, read: Callable[[Path], T], again: Callable[[Path, T], tuple[T, Sequence[str]]] | None = None) -> None:
        self._read = read
        self._again = again
        self._kept: dict[Path, tuple[float, Any, T]] = {}

    def get(self, folder: Path) -> T:
        looked, kept = time.monotonic(), self._kept.get(folder)
        if kept is not None and looked - kept[0] < LOOKED_AFTER:
            return kept[2]
        stamp = districts.stamp(folder)
        made = kept[2] if kept is not None and kept[1] == stamp else self._made(folder, kept)
        self._kept[folder] = (looked, stamp, made)
        return made

    def _made(self, folder: Path, kept: tuple[float, Any, T] | None) -> T:
        if kept is not None and self._again is not None:
            made, wrong = self._again(folder, kept[2])
            for problem in wrong:
                log.warning("区县文件有改动但不能用,这个区仍按改动之前的办,其他区不受影响:%s", problem)
            return made
        try:
            return self._read(folder)
        except DistrictError as error:
            if kept is None:
                raise InvalidRequest(str(error), code=RequestCode.DISTRICT) from error
            log.warning("区县文件有改动但无法读取,仍按改动之前的办:%s", error)
            return kept[2]


_districts: _Watched[Mapping[str, District]] = _Watched(districts.load_all, districts.load_again)
_phases = _Watched(lambda folder: districts.load_phases(folder / "phases.toml"))


def every() -> Mapping[str, District]:
    return _districts.get(current.settings().root / "districts")


def get(key: str) -> District:
    """One district. Raises InvalidRequest (DISTRICT) naming those that there are."""
    known = every()
    if key not in known:
        raise InvalidRequest(str(UnknownDistrict(key, known)), code=RequestCode.DISTRICT)
    return known[key]


def phases() -> tuple[Phase, ...]:
    return _phases.get(current.settings().root / "districts")


def fingerprint() -> str:
    """Another text as soon as one of the districts' files is another."""
    return hashlib.sha256(repr(districts.stamp(current.settings().root / "districts")).encode()).hexdigest()[:16]


def owner(path: str, tenant: str | None = None) -> str:
    """Whose a file is: ``tenant``, where somebody says so, else as its path says. Raises UnknownDistrict."""
    if tenant is None:
        return districts.owner(path, every())
    if tenant != SHARED and tenant not in every():
        raise UnknownDistrict(tenant, every())
    return tenant


def phase_keys() -> tuple[str, ...]:
    return tuple(phase.key for phase in phases())


def main_line() -> tuple[str, ...]:
    """The main phases of a project's life, in order."""
    return districts.main_line(phases())


def translate(district: District, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts in the district's own words: texts that its file lists under [words] are replaced, also inside tables; ``kind`` becomes projectType."""

    def word(value: Any) -> Any:
        if isinstance(value, str):
            return district.words.get(value, value)
        if isinstance(value, list):
            return [word(item) for item in value]
        if isinstance(value, Mapping):
            return {key: word(item) for key, item in value.items()}
        return value

    translated = {name: word(value) for name, value in facts.items()}
    if "kind" in translated:
        translated["projectType"] = translated.pop("kind")
    if "fundItems" in translated:
        translated["totalAmount"] = sum((Decimal(item["amount"]) for item in translated["fundItems"]), Decimal(0))
    return translated
