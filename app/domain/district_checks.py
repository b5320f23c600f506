"""What is wrong with a district's file or the file of phases, in sentences that go on from the file's name: a slip must not leave a process without a starter."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.decision.near import near

if TYPE_CHECKING:
    from app.domain.districts import District, Phase

ANYBODY = "*"  # as ``start_role``: whoever is concerned, that is may see the project
_TOP = ("title", "region", "zone", "overseer", "regulation", "roles", "groups", "processes", "words")
_ROLE = ("title", "offices", "relation", "administrative", "oversees", "leader", "outside", "personal")
_GROUP = ("roles",)
_PROCESS = ("title", "enabled", "start_role", "start_phases", "repeat", "per", "at_once")
_PER = ("project", "year", "matter")
PHASE = ("key", "title", "order", "main", "terminal", "next", "goes_on", "woken_by")
_PLACE = re.compile(r"\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)")


class FileError(Exception):
    """A file cannot be read as what it should be; the text is Chinese."""


def toml(path: Path) -> dict[str, Any]:
    """A file's tables. Raises FileError with line and column, not with the reader's English words."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        where = f"第 {found['line']} 行第 {found['column']} 列" if found is not None and found["line"] else "末尾"
        raise FileError(f"{where}不是正确的 TOML,请检查引号、等号、方括号和逗号") from error
    except UnicodeDecodeError as error:
        raise FileError("不是 UTF-8 编码的文字,请另存为 UTF-8") from error
    except OSError as error:
        raise FileError("文件不存在,或没有读取的权限") from error


def shape(data: Mapping[str, Any]) -> Iterator[str]:
    """What keeps a district's file from being read at all."""
    if not isinstance(data.get("title"), str):
        yield "缺少 title(区的名称,一段文字)"
    zone = data.get("zone")
    if not isinstance(zone, str):
        yield "缺少 zone(时区,如 Asia/Shanghai)"
    elif not _is_zone(zone):
        yield f"没有时区“{zone}”,应如 Asia/Shanghai"
    if "roles" not in data:
        yield "缺少 [roles.<角色>]"
    for name in ("roles", "groups", "processes", "words", "regulation"):
        given = data.get(name, {})
        if not isinstance(given, Mapping):
            yield f"{name} 应是一组 [{name}.<键>]" if name not in ("words", "regulation") else f"{name} 应写成 [{name}]"
        elif name in ("roles", "groups", "processes"):
            yield from (f"[{name}.{key}] 应是一张表" for key, one in given.items() if not isinstance(one, Mapping))
            for key, one in given.items():
                for word in ("offices", "roles", "start_phases") if isinstance(one, Mapping) else ():
                    if word in one and not _is_texts(one[word]):
                        yield f'[{name}.{key}] 的 {word} 应是文字的列表,如 ["…"]'
    for key, role in data["roles"].items() if isinstance(data.get("roles"), Mapping) else ():
        if isinstance(role, Mapping) and not isinstance(role.get("title"), str):
            yield f"[roles.{key}] 缺少 title(角色的名称)"


def sense(data: Mapping[str, Any]) -> Iterator[str]:
    """Names in a district's file that nobody answers to, and words that nobody reads; the file has its shape."""
    roles, groups = data["roles"], data.get("groups", {})
    yield from _words(data, _TOP, "")
    for key, role in roles.items():
        yield from _words(role, _ROLE, f"[roles.{key}] ")
        if role.get("leader") is not None:
            yield from _unknown(f"[roles.{key}] 的 leader", role["leader"], roles, "角色")
    for key, group in groups.items():
        yield from _words(group, _GROUP, f"[groups.{key}] ")
        if key in roles:
            yield f"[groups.{key}] 与角色“{key}”同名,泳道分不出是谁的,请换一个键"
        if not group.get("roles"):
            yield f"[groups.{key}] 没有写 roles:单位组由哪些角色组成"
        for role in group.get("roles", ()):
            yield from _unknown(f"[groups.{key}] 的 roles", role, roles, "角色")
    if "overseer" in data:
        yield from _unknown("overseer", data["overseer"], roles, "角色")
    for key, entry in data.get("processes", {}).items():
        yield from _words(entry, _PROCESS, f"[processes.{key}] ")
        if entry.get("start_role") not in (None, ANYBODY):
            yield from _unknown(f"[processes.{key}] 的 start_role", entry["start_role"], roles, "角色")
        if entry.get("per", "project") not in _PER:
            yield from _unknown(f"[processes.{key}] 的 per", entry["per"], _PER, "写法")


def phases_named(district: "District", phases: Sequence["Phase"]) -> Iterator[str]:
    """Phases in which a process may be started and that there are not."""
    known = [phase.key for phase in phases]
    for info in district.processes.values():
        for phase in info.start_phases:
            yield from _unknown(f"[processes.{info.key}] 的 start_phases", phase, known, "阶段")


def processes_named(phases: Sequence["Phase"], known: Collection[str]) -> Iterator[str]:
    """Processes that go on in an end, or lead out of it, and that no district has."""
    for phase in phases:
        for word, named in (("goes_on", phase.goes_on), ("woken_by", phase.woken_by)):
            for process in named:
                yield from _unknown(f"“{phase.key}”的 {word}", process, known, "流程")


def words_of_phase(row: Mapping[str, Any]) -> Iterator[str]:
    yield from _words(row, PHASE, f"“{row.get('key', '')}”")


def _words(given: Mapping[str, Any], known: Sequence[str], place: str) -> Iterator[str]:
    for word in given:
        if word not in known:
            cure = f"是不是 {hint}?" if (hint := near(word, known)) else f"可以写的有:{'、'.join(known)}"
            yield f"{place}里不认识“{word}”,{cure}"


def _unknown(place: str, name: Any, known: Collection[str], what: str) -> Iterator[str]:
    if name not in known:
        cure = f"是不是 {hint}?" if (hint := near(str(name), known)) else f"可用:{'、'.join(known) or '(无)'}"
        yield f"{place} 写了“{name}”,没有这个{what},{cure}"


def _is_texts(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(one, str) for one in given)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
