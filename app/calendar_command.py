"""The commands for the statutory calendar: a year's working days as announced, tried before they are taken."""

import sys
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.command import acting, data_option, json_option, say
from app.domain.districts import ZONE

if TYPE_CHECKING:
    from app.seen.calendar import CalendarPreview

_TICK = timedelta(microseconds=1)


@click.group()
def calendar() -> None:
    """放假安排。"""


@calendar.command("show")
@data_option
@json_option
def show(data: str | None, as_json: bool) -> None:
    """哪些年的放假安排已有,从哪里来。"""
    from app.services import calendars

    with acting(data) as now:
        found = calendars.years(now)
        if as_json:
            say([asdict(year) for year in found])
            return
        for year in found:
            if not year.announced:
                click.echo(f"{year.year}  没有,按周一至周五推算")
                continue
            origin = f"{year.by}导入:{year.reason}" if year.imported else "随产品发布"
            click.echo(f"{year.year}  工作日放假 {year.free} 天,周末上班 {year.worked} 天  {origin}")


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只列出有误的行、与现在不同的日子和会变动的期限,不写入")
@click.option("--reason", default="", help="依据的通知,记入审计;不加 --dry-run 时必填")
@data_option
@json_option
def take(file: Path, dry_run: bool, reason: str, data: str | None, as_json: bool) -> None:
    """导入一年或几年的放假安排。CSV,列为 日期、安排(休或班)、说明;要么整个生效,要么整个不生效,未结事项的期限随后重算。"""
    from app.domain.announced import LARGEST
    from app.domain.permissions import SYSTEM
    from app.domain.states import DeploymentSource
    from app.services import calendars

    with file.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    with acting(data) as now:
        found = calendars.preview(SYSTEM, content, now)
        if as_json:
            say(asdict(found))
        else:
            tell(found)
        if found.faults:
            sys.exit(1)
        if dry_run:
            return
        calendars.take(SYSTEM, content, reason, now, source=DeploymentSource.CLI, seen=found.before)
        if not as_json:
            click.echo(f"已导入 {'、'.join(map(str, found.years))} 年的放假安排,期限由时钟随后重算")


def tell(found: "CalendarPreview") -> None:
    """A preview in words."""
    for fault in found.faults:
        click.echo(f"{fault.path}:{fault.message} [{fault.code}]", err=True)
    if found.faults_left_off:
        click.echo(f"另有 {found.faults_left_off} 处", err=True)
    if found.faults:
        return
    for day in found.days:
        click.echo(f"{day.day.isoformat()}  {'改为上班' if day.working else '改为休息'}  {day.name}".rstrip())
    if not found.days:
        click.echo("与现在的放假安排相同")
    for move in found.moves:
        click.echo(f"{move.project_name or move.process_name}  {move.element_name}  {_last(move.before)} → {_last(move.after)}")
    more = f"(只列出前 {len(found.moves)} 个)" if found.moved > len(found.moves) else ""
    click.echo(f"{found.moved} 个未结的期限会变动{more}")
    if found.unseen:
        click.echo(f"{found.unseen} 个流程正有人办理,没有预览,导入后同样重算")
    for text in found.failed:
        click.echo(f"无法重算,日期保持不变:{text}", err=True)


def _last(at: datetime | None) -> str:
    """The last day of a due instant, which is the midnight after it."""
    return "无" if at is None else (at - _TICK).astimezone(ZONE).date().isoformat()
