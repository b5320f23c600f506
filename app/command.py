"""What the commands share: how they are called, what they print, and how much each may do to a database.

``preparing`` brings the tables up to date and deploys what ships; ``acting`` writes to a database that is up to date; ``looking`` cannot write at all.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, NoReturn

import click
import simplejson

from app import config as settings
from app import logs
from app.config import Config
from app.errors import Failure, ModelFault, Refused

data_option = click.option("--data", help="数据文件夹或数据库地址(默认 instance,或环境变量 QUANCHENG_DATA)")
json_option = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")


class Misuse(click.UsageError):
    """A wrong call, told in Chinese: click's own sentences are English."""

    def show(self, file: IO[str] | None = None) -> None:
        out = sys.stderr if file is None else file
        if self.ctx is not None:
            pieces = [self.ctx.command_path, *self.ctx.command.collect_usage_pieces(self.ctx)]
            click.echo(f"用法:{' '.join(pieces)}\n用 {self.ctx.command_path} --help 看说明", file=out)
        click.echo(f"命令写错:{self.message}", file=out)


def _misuse(error: click.UsageError) -> Misuse:
    about = error.param if isinstance(error, click.BadParameter) else None
    name = about.get_error_hint(error.ctx).replace("'", "") if about is not None and error.ctx is not None else ""
    match error:
        case click.MissingParameter():
            message = f"缺少 {name}"
        case click.NoSuchOption():
            near = f",是不是 {'、'.join(sorted(error.possibilities))}?" if error.possibilities else ""
            message = f"没有选项 {error.option_name}{near}"
        case click.BadOptionUsage():
            message = f"选项 {error.option_name} 的写法不对:缺少值,或不带值"
        case click.BadParameter():
            message = f"{name + ' ' if name else ''}{_in_chinese(error)}"
        case _:
            message = _in_chinese(error)
    return Misuse(message, error.ctx)


def _in_chinese(error: click.UsageError) -> str:
    """Our own sentences as they are; of click's, what was wrong."""
    for pattern, sentence in _SENTENCES:
        if found := re.match(pattern, error.message):
            return found.expand(sentence)
    return error.message


_SENTENCES = (
    (r"No such command '(.*?)'", r"没有命令“\1”"),
    (r"Missing command", "缺少子命令"),
    (r"Got unexpected extra arguments? \((.*)\)", r"多出了“\1”"),
    (r"\w+ '(.*)' does not exist", r"没有“\1”"),
    (r"File '(.*)' is a directory", r"“\1”是文件夹,应为文件"),
    (r"Directory '(.*)' is a file", r"“\1”是文件,应为文件夹"),
    (r"\w+ '(.*)' is not readable", r"“\1”没有读取的权限"),
    (r"'(.*)' is not a valid integer", r"“\1”不是整数"),
    (r"'(.*)' is not a valid (?:float|boolean)", r"“\1”不能用"),
)


class Command(click.Group):
    """Failures of every sub-command become one Chinese sentence and exit code 1, never a traceback; a wrong call is told in Chinese too."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            raise _misuse(error) from error

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            raise _misuse(error) from error
        except Refused as refused:
            click.echo(refused.message, err=True)
            for problem in refused.problems:
                click.echo("  " + ":".join(part for part in (where(problem), problem.message) if part) + f" [{problem.code}]", err=True)
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
def preparing(data: str | None, *, at: datetime | None = None, **overrides: Any) -> Iterator[datetime]:
    """The parts put together on a database, tables, shipped models and offices up to date; gives the present instant.

    ``at``: when a world that is played begins; what it owes is counted from then."""
    from app import create_app
    from app.services import instants, startup

    app = create_app(logged(data, **overrides))
    with app.app_context():
        try:
            startup.prepare(at)
            yield at or instants.now()
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
