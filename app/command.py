"""What the commands share: how they are called, what they print, and how much each may do to a database.

``preparing`` brings the tables up to date and deploys what ships; ``acting`` writes to a database that is up to date; ``looking`` cannot write at all.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn

import click
import simplejson

from app import config as settings
from app import logs
from app.config import Config
from app.errors import Failure, ModelFault, Refused

data_option = click.option("--data", help="数据文件夹或数据库地址(默认 instance,或环境变量 QUANCHENG_DATA)")
json_option = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")


class Command(click.Group):
    """Failures of every sub-command become one Chinese sentence and exit code 1, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            click.echo(refused.message, err=True)
            for problem in refused.problems:
                click.echo(f"  {where(problem)}:{problem.message} [{problem.code}]", err=True)
            sys.exit(1)
        except Failure as failure:
            click.echo(f"{failure.message} [{failure.code}]", err=True)
            sys.exit(1)


def where(finding: ModelFault) -> str:
    """File, element and line of a finding."""
    return " ".join(part for part in (finding.file, finding.element or "", f"文件第 {finding.line} 行" if finding.line else "") if part)


def say(data: Any) -> None:
    click.echo(simplejson.dumps(data, ensure_ascii=False, use_decimal=True, indent=1, default=str))


def stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)


def logged(data: str | None, **overrides: Any) -> Config:
    """The settings of a command that opens a database; what it logs from now on is written as they say."""
    chosen = settings.load(data=data, **overrides)
    logs.set_up(chosen)
    return chosen


@contextmanager
def preparing(data: str | None, **overrides: Any) -> Iterator[datetime]:
    """The parts put together on a database, tables, shipped models and offices up to date; gives the present instant."""
    from app import create_app
    from app.services import instants, startup

    app = create_app(logged(data, **overrides))
    with app.app_context():
        try:
            startup.prepare()
            yield instants.now()
        finally:
            startup.dispose()


@contextmanager
def deploying(data: str | None) -> Iterator[datetime]:
    """As ``acting``; where there is nothing yet, as ``preparing``: an empty database has nothing to spoil."""
    from app.services import startup

    opened = acting(data) if startup.is_begun(settings.load(data=data)) else preparing(data)
    with opened as now:
        yield now


@contextmanager
def acting(data: str | None) -> Iterator[datetime]:
    """The parts put together on a database that is up to date; gives the present instant. Raises Conflict (NO_DATABASE, SCHEMA)."""
    from app import create_app
    from app.services import instants, startup

    chosen = logged(data)
    startup.check(chosen)
    with create_app(chosen).app_context():
        try:
            yield instants.now()
        finally:
            startup.dispose()


@contextmanager
def looking(data: str | None) -> Iterator[None]:
    """A database that is up to date, to be read only: nothing in its folder changes. Raises Conflict (NO_DATABASE, SCHEMA)."""
    from app.services import startup

    with startup.reading(logged(data)):
        yield
