"""The commands for instances that run on an older diagram: what a migration to the newest would change, and the migration itself."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import simplejson as json
import yaml

from app.administration import district_option, reason_option
from app.command import acting, data_option, json_option, say
from app.errors import Failure

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.permissions import Actor
    from app.seen.shapes import MigrationPreview, OlderInstance

Plans = Mapping[str, Mapping[str, Any]]  # process id → plan, anew, facts, stays
PARTS = ("plan", "anew", "facts", "stays")


class PlansFile(click.ParamType[Plans]):
    """YAML: district → process → ``plan``, ``anew`` (old element: new one), ``facts`` (ledger field: keep or write), ``stays`` (a list of elements)."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Plans:
        try:
            found = yaml.safe_load(Path(value).read_text(encoding="utf-8")) or {}
        except (OSError, ValueError, yaml.YAMLError) as error:
            self.fail(f"迁移计划 {value} 无法读取:{error}", param, ctx)
        for district, processes in found.items() if isinstance(found, dict) else [("", None)]:
            for process, parts in processes.items() if isinstance(processes, dict) else [("", None)]:
                if not isinstance(parts, dict) or set(parts) - set(PARTS) or not all(map(_fits, parts.items())):
                    self.fail(f"迁移计划 {value} 应为 区 → 流程 → {'、'.join(PARTS)},“{district} {process}”不是", param, ctx)
        return dict(found)


def _fits(part: tuple[str, Any]) -> bool:
    name, given = part
    if name == "stays":
        return isinstance(given, list) and all(isinstance(element, str) for element in given)
    return isinstance(given, dict) and all(isinstance(text, str) for pair in given.items() for text in pair)


plans_option = click.option("--plans", type=PlansFile(), default=None, help="迁移计划(YAML:区 → 流程 → plan、anew、facts、stays)")
rules_option = click.option("--rules", is_flag=True, help="同时采用现行的表、表单和被调用流程")


@click.group()
def instance() -> None:
    """流程实例。"""


@instance.command("preview")
@click.argument("keys", nargs=-1, type=int)
@district_option
@plans_option
@rules_option
@json_option
@data_option
def preview(keys: tuple[int, ...], district: str, plans: Plans | None, rules: bool, as_json: bool, data: str | None) -> None:
    """预览把本区在办的流程实例(默认全部,或给出的 KEYS)迁移到最新版流程图会改变什么;不作任何改动。"""
    from dataclasses import asdict

    with acting(data) as now:
        seen = [(one, _preview(actor, one, _wanted(plans, one), now, rules=rules)) for actor, one in _outdated(district, keys, now)]
        if as_json:
            say([asdict(found) | {"stays": stays} for _, (found, stays) in seen])
            return
        for one, (found, stays) in seen:
            for line in _told(one, found, stays):
                click.echo(line)
        click.echo(f"共 {len(seen)} 个流程实例,{sum(bool(found.reasons) for _, (found, _) in seen)} 个不能迁移")


@instance.command("migrate")
@click.argument("keys", nargs=-1, type=int, required=True)
@district_option
@plans_option
@rules_option
@reason_option
@data_option
def migrate(keys: tuple[int, ...], district: str, plans: Plans | None, rules: bool, reason: str, data: str | None) -> None:
    """把流程实例 KEYS 逐个迁移到最新版流程图;一个不能迁移的不影响其他的。"""
    from app.services import migration

    failed = 0
    with acting(data) as now:
        for actor, one in _outdated(district, keys, now):
            wanted = _wanted(plans, one)
            if set(wanted.pop("stays", ())) & set(one.at):
                click.echo(f"{one.key} {one.process_id}:按计划留在第 {one.version} 版")
                continue
            try:
                migration.migrate(actor, one.key, one.newest_key, reason, now, **wanted, rules=rules)
            except Failure as failure:
                failed += 1
                click.echo(f"{one.key} {one.process_id}:{failure.message}", err=True)
            else:
                click.echo(f"{one.key} {_versions(one)}")
    sys.exit(1 if failed else 0)


def _outdated(district: str, keys: Sequence[int], now: "datetime") -> "list[tuple[Actor, OlderInstance]]":
    from app.services import accounts, migration

    actor = accounts.system(district)
    return [(actor, one) for one in migration.outdated(actor, district) if not keys or one.key in keys]


def _wanted(plans: Plans | None, one: "OlderInstance") -> dict[str, Any]:
    return dict(((plans or {}).get(one.tenant) or {}).get(one.process_id) or {})


def _preview(
    actor: "Actor", one: "OlderInstance", wanted: dict[str, Any], now: "datetime", *, rules: bool
) -> "tuple[MigrationPreview, bool]":
    from app.services import migration

    stays = bool(set(wanted.pop("stays", ())) & set(one.at))
    return migration.preview(actor, [one.key], one.newest_key, now, **wanted, rules=rules)[0], stays


def _versions(one: "OlderInstance") -> str:
    return f"{one.process_id} 第 {one.version} 版 → {'本区' if one.own else ''}第 {one.newest} 版"


_ANSWERS = {None: "待答复", "keep": "保留台账的值", "write": "写入台账、待核实"}


def _said(value: Any) -> str:
    """A value as people write it: an office or person by name."""
    if isinstance(value, dict) and "name" in value:
        return str(value["name"])
    if isinstance(value, bool) or value is None:
        return {True: "是", False: "否", None: "空"}[value]
    return value if isinstance(value, str) else json.dumps(value, use_decimal=True, ensure_ascii=False, default=str)


def _told(one: "OlderInstance", found: "MigrationPreview", stays: bool) -> list[str]:
    head = f"{one.key} {_versions(one)} {one.project_name} 在办:{'、'.join(one.at)}"
    parts = (
        ("按计划留在原版本", [""] if stays else []),
        ("不能迁移", found.reasons),
        ("注意", found.unprepared),
        ("缺少", found.missing),
        ("重新开始", [f"{move.before} → {move.after}" for move in found.begun]),
        ("改名", [f"{move.before} → {move.after}" for move in found.positions if move.before != move.after]),
        ("进入子流程", found.entered),
        ("离开子流程", found.left),
        ("规则", found.rules),
        (
            "与台账不同",
            [f"“{one.title}”({one.name})变量 {_said(one.value)},台账 {_said(one.known)},{_ANSWERS[one.answer]}" for one in found.copies],
        ),
        ("补记台账,待核实", [f"“{one.title}”({one.name})= {_said(one.value)},来自{one.source}" for one in found.filled]),
        ("台账没有也找不到", found.unknown),
        ("删去变量,以台账为准", ["、".join(found.forgotten)] if found.forgotten else []),
    )
    return [head, *(f"  {word}:{line}" if line else f"  {word}" for word, lines in parts for line in lines)]
