"""The commands about regulations: what of one is carried out and shown by tests, and the files of a district that has another."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from app import config as settings
from app.command import json_option, say, stop, where

if TYPE_CHECKING:
    from app.rehearsal.tracing.table import Requirement, Tracing

LEVELS = ("carried", "reached", "covered")  # each asks for more than the one before


@click.command()
@click.argument("ids", nargs=-1)
@click.option("--district", help="只看一个区")
@click.option(
    "--require",
    "level",
    type=click.Choice(LEVELS),
    help="有一条达不到就退出 1:carried 有承载,reached 有场景经过,covered 两面都有以它命名的场景或测试",
)
@click.option("--idle", is_flag=True, help="只列出没有一个场景经过的承载")
@json_option
def trace(ids: tuple[str, ...], district: str | None, level: str | None, idle: bool, as_json: bool) -> None:
    """每条需求由什么承载,被哪些以它的编号命名的场景和测试经过,放行和拦住两面是否齐全。先运行全部场景。写出编号的,列出它的细目。"""
    from app.rehearsal.tracing import table

    root = settings.load().root
    found = table.trace(root, table.run(root), only=district)
    chosen = [one for one in found.requirements if not ids or one.clause.id in ids]
    if missing := sorted(set(ids) - {one.clause.id for one in chosen}):
        raise click.BadParameter(f"没有条款 {'、'.join(missing)}")
    if as_json:
        say([one.data for one in chosen])
    elif idle:
        click.echo("\n".join(f"{one.clause.id}  {name}" for one in chosen for name in one.idle))
    else:
        _tell(found, chosen, detailed=bool(ids))
    for finding in found.findings:
        click.echo(f"错误 {where(finding)}:{finding.message} [{finding.code}]", err=True)
    short = [one.clause.id for one in chosen if level is not None and _rank(one) < LEVELS.index(level)]
    if short:
        click.echo(f"{len(short)} 条没有达到 {level}:{' '.join(short)}", err=True)
    sys.exit(1 if found.findings or short else 0)


def _rank(one: "Requirement") -> int:
    """How much of ``LEVELS`` a requirement reaches; a principle all of it."""
    return {"missing": -1, "unreached": 0, "reached": 1}.get(str(one.state), len(LEVELS))


def _tell(found: "Tracing", chosen: Sequence["Requirement"], *, detailed: bool) -> None:
    for one in chosen:
        counts = f"承载 {len(one.counted)}/{len(one.carriers)}  放行 {len(one.allowed)}  拦住 {'—' if one.clause.one_sided else len(one.refused)}"
        click.echo(f"{one.clause.id}  {one.state.word}  {counts}  {one.clause.paraphrase}")
        if detailed:
            for carrier in one.carriers:
                word = "计入" if carrier.name in one.counted else "没有场景经过" if carrier.name in one.idle else "只有别的场景经过"
                click.echo(f"    {carrier.fault or word}  {carrier.name}")
            for word, places in (("放行", one.allowed), ("拦住", one.refused)):
                for place in places:
                    click.echo(f"    {word}  {place}")
    for district in dict.fromkeys(one.district for one in chosen):
        mine = [one for one in chosen if one.district == district]
        states = Counter(one.state for one in mine)
        words = "，".join(f"{state.word} {states[state]}" for state in type(mine[0].state) if states[state])
        click.echo(f"{district}：{len(mine)} 条，{words}；没有场景经过的承载 {len({name for one in mine for name in one.idle})} 处")


@click.group()
def district() -> None:
    """区:一组文件。"""


@district.command("new")
@click.argument("key")
@click.option("--from", "source", required=True, help="从哪个区的文件复制")
@click.option("--title", default="", help="名称,如 新区(默认为区键);原来区名的地方都换成它")
@click.option("--prefix", default="", help="条款编号的开头,二至六个大写字母(默认取区键的字母)")
@json_option
def new_district(key: str, source: str, title: str, prefix: str, as_json: bool) -> None:
    """用另一个区的文件建一个区:区县文件、条款登记、图、表、表单和场景,改成自己的区键、名称、单位和条款编号。已有的不覆盖。"""
    from app.domain import district_copies
    from app.domain.districts import DistrictError

    try:
        made = district_copies.make(settings.load().root, key, source, title=title, prefix=prefix)
    except (district_copies.NotCopied, DistrictError) as error:
        stop(str(error))
    if as_json:
        say(asdict(made))
        return
    click.echo(f"建好“{made.title}”({made.key}),条款编号以 {made.prefix}- 开头,{len(made.files)} 个文件。")
    click.echo(f"数字、单位和条款还是“{source}”的,请逐项改,再运行 quancheng lint districts/{key}.toml 和 quancheng test scenarios/{key}。")
