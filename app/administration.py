"""The commands for people and offices. Passwords come from a prompt or from standard input, never from the command line, where others may read them."""

import sys
from dataclasses import asdict
from datetime import timedelta
from typing import IO

import click

from app.command import acting, data_option, json_option, looking, say

reason_option = click.option("--reason", required=True, help="原因,记入审计")
district_option = click.option("--district", required=True, help="哪个区")


class Post(click.ParamType[tuple[str, str]]):
    """ROLE@OFFICE: a role held in an office."""

    name = "ROLE@OFFICE"

    def convert(self, value: str | tuple[str, str], param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        role, at, office = value.partition("@")
        if not at or not role.strip() or not office.strip():
            self.fail(f"“{value}”应写作 角色@单位,如 finance@宿城区财政局", param, ctx)
        return role.strip(), office.strip()


def asked_password() -> str:
    """Typed twice at a terminal, else the first line of standard input. Raises click's UsageError without one."""
    if sys.stdin.isatty():
        typed: str = click.prompt("口令", hide_input=True, confirmation_prompt="再输一次")
        return typed
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.UsageError("标准输入中没有口令:请在终端中输入,或以管道给出一行")
    return password


@click.group()
def user() -> None:
    """账号。"""


@user.command("create")
@click.argument("username")
@click.option("--name", required=True, help="姓名")
@district_option
@click.option("--role", "roles", multiple=True, type=Post(), help="角色@单位,可重复;单位须已存在")
@click.option("--one-time", is_flag=True, help="不问口令,生成一次性口令并显示一次,首次登录时须改")
@click.option("--reason", default="", help="原因,记入审计")
@data_option
def create_user(
    username: str, name: str, district: str, roles: tuple[tuple[str, str], ...], one_time: bool, reason: str, data: str | None
) -> None:
    """新建账号。口令在终端中输入两次,或由标准输入给出一行。"""
    from app.domain.accounts import one_time_password
    from app.services import accounts

    with acting(data) as now:
        password = one_time_password() if one_time else asked_password()
        accounts.create_user(
            accounts.system(""),
            username,
            name,
            password,
            tenant=district,
            memberships=roles,
            now=now,
            one_time=one_time,
            reason=reason,
        )
        click.echo(f"已建立账号 {username}" + (f",一次性口令 {password} 只显示这一次,首次登录时须修改" if one_time else ""))


@user.command("disable")
@click.argument("username")
@click.option("--successor", help="接手人的账号;没有时,领取的事项放回给各候选办理人")
@reason_option
@data_option
def disable(username: str, successor: str | None, reason: str, data: str | None) -> None:
    """停用账号:立即不能再办理,未办结的事项移交。"""
    from app.services import accounts, people

    with acting(data) as now:
        done = people.disable(accounts.system(""), username, reason, now, successor=successor)
        click.echo(f"已停用账号 {username}:移交接手人 {done.passed} 件,放回候选办理人 {done.returned} 件,无人可办 {done.stranded} 件")


@user.command("enable")
@click.argument("username")
@reason_option
@data_option
def enable(username: str, reason: str, data: str | None) -> None:
    """恢复停用的账号,角色和口令照旧。"""
    from app.services import accounts, people

    with acting(data) as now:
        people.enable(accounts.system(""), username, reason, now)
        click.echo(f"已恢复账号 {username}")


@user.command("password")
@click.argument("username")
@click.option("--one-time", is_flag=True, help="不问口令,生成一次性口令并显示一次,下次登录时须改")
@reason_option
@data_option
def password(username: str, one_time: bool, reason: str, data: str | None) -> None:
    """重设口令;原有的登录和接口令牌随之失效。口令在终端中输入两次,或由标准输入给出一行。"""
    from app.domain.accounts import one_time_password
    from app.services import accounts, people

    with acting(data) as now:
        new = one_time_password() if one_time else asked_password()
        people.set_password(accounts.system(""), username, new, reason, now, one_time=one_time)
        click.echo(f"已重设账号 {username} 的口令" + (f":{new} 只显示这一次,下次登录时须修改" if one_time else ""))


@user.command("role")
@click.argument("username")
@click.option("--add", multiple=True, type=Post(), help="增加的角色@单位,可重复")
@click.option("--remove", multiple=True, type=Post(), help="去掉的角色@单位,可重复")
@reason_option
@data_option
def role(username: str, add: tuple[tuple[str, str], ...], remove: tuple[tuple[str, str], ...], reason: str, data: str | None) -> None:
    """增减角色,一次生效。"""
    from app.services import accounts, people

    with acting(data) as now:
        people.change_roles(accounts.system(""), username, reason, now, add=add, remove=remove)
        click.echo(f"已调整账号 {username} 的角色:增加 {len(set(add))} 项,去掉 {len(set(remove))} 项")


@user.command("list")
@district_option
@data_option
@json_option
def list_users(district: str, data: str | None, as_json: bool) -> None:
    """列出一个区的账号、角色和单位。"""
    from app.services import accounts

    with looking(data):
        found = accounts.users(accounts.system(""), district)
        if as_json:
            say([asdict(account) for account in found])
            return
        for account in found:
            held = "、".join(f"{role}@{office}" for role, office in account.memberships) or "(没有角色)"
            click.echo(f"{account.username}  {account.name}  {'' if account.active else '已停用  '}{held}")
        click.echo(f"{len(found)} 个账号")


@user.command("token")
@click.argument("username")
@click.option("--name", default="api", show_default=True, help="令牌的用途,便于日后辨认")
@data_option
def token(username: str, name: str, data: str | None) -> None:
    """为一个账号签发接口令牌(只显示这一次)。"""
    from app.services import accounts

    with acting(data) as now:
        click.echo(accounts.issue_token(accounts.system(""), username, name, now))


@click.group()
def office() -> None:
    """单位。"""


@office.command("create")
@click.argument("name")
@district_option
@click.option("--reason", default="", help="原因,记入审计")
@data_option
def create_office(name: str, district: str, reason: str, data: str | None) -> None:
    """新建单位;已撤销的恢复,已有的不变。区文件所列的单位在启动时自动建立。"""
    from app.services import accounts, offices

    with acting(data) as now:
        offices.create(accounts.system(""), district, name, now, reason=reason)
        click.echo(f"单位已就绪:{name.strip()}")


@office.command("close")
@click.argument("name")
@district_option
@reason_option
@data_option
def close(name: str, district: str, reason: str, data: str | None) -> None:
    """撤销单位:不再有人加入,已有的记录保留。还有人任职或有未办结事项时拒绝。"""
    from app.services import accounts, offices

    with acting(data) as now:
        offices.close(accounts.system(""), district, name, reason, now)
        click.echo(f"已撤销单位 {name.strip()}")


@office.command("list")
@district_option
@data_option
@json_option
def list_offices(district: str, data: str | None, as_json: bool) -> None:
    """列出一个区的单位:人数,区文件给它的角色。"""
    from app.services import accounts, offices

    with looking(data):
        found = offices.listing(accounts.system(""), district)
        if as_json:
            say([asdict(line) for line in found])
            return
        for line in found:
            click.echo(f"{line.name}  {line.people} 人{'  已撤销' if line.closed_at else ''}  {'、'.join(line.role_titles)}")
        click.echo(f"{len(found)} 个单位")


@click.group()
def document() -> None:
    """上传的文件。"""


@document.command("verify")
@data_option
@json_option
def verify_documents(data: str | None, as_json: bool) -> None:
    """核对每份文件的内容都在、与登记的哈希一致,并列出没有登记的。"""
    from app.services import documents

    with looking(data):
        found = documents.verified()
    if as_json:
        say(asdict(found))
    else:
        for kind, names in (("找不到", found.lost), ("被改动", found.spoiled)):
            for name in names:
                click.echo(f"{kind}:{name}", err=True)
        click.echo(f"{found.folder}:内容 {found.contents} 份,没有登记的 {len(found.strays)} 份:{'完好' if found.is_sound else '有问题'}")
    sys.exit(0 if found.is_sound else 1)


@document.command("sweep")
@click.option("--days", default=30, show_default=True, type=click.IntRange(min=1), help="上传满多少天而没有提交的才清理")
@data_option
@json_option
def sweep_documents(days: int, data: str | None, as_json: bool) -> None:
    """清理上传而没有提交、事项已经关闭的文件,和没有任何登记的内容。提交过的一份也不动。"""
    from app.domain.permissions import SYSTEM
    from app.services import sweeping

    with acting(data) as now:
        found = sweeping.sweep(SYSTEM, now, age=timedelta(days=days))
    if as_json:
        say({"documents": found.documents, "contents": found.contents, "bytes": found.size})
    else:
        click.echo(f"清理了 {found.documents} 份没有提交的文件,{found.contents} 份内容({found.size} 字节)")


@document.command("erase")
@click.argument("key", type=int)
@reason_option
@data_option
def erase_document(key: int, reason: str, data: str | None) -> None:
    """误传(如涉密内容)的应急处置:删除文件的内容,登记保留,记入审计。备份里的须另行删除。"""
    from app.domain.permissions import SYSTEM
    from app.services import documents

    with acting(data) as now:
        count = documents.erase(SYSTEM, key, reason, now)
    click.echo(f"内容已删除,涉及 {count} 份登记。备份里的同一文件请另行删除")


@click.group()
def system() -> None:
    """信息系统登记。"""


@system.command("import")
@click.argument("file", type=click.File("rb"))
@district_option
@click.option("--dry-run", is_flag=True, help="只检查,什么也不登记")
@json_option
@data_option
def import_systems(file: IO[bytes], district: str, dry_run: bool, as_json: bool, data: str | None) -> None:
    """从 xlsx 导入存量信息系统。有一行不对,就一行也不登记,逐行说明原因。"""
    from app.domain.permissions import SYSTEM
    from app.services import systems

    with acting(data) as now:
        report = systems.enter(SYSTEM, district, file.read(), now, dry_run=dry_run)
    if as_json:
        say(asdict(report))
    else:
        for fault in report.faults:
            click.echo(f"第 {fault.row} 行:{fault.message}", err=True)
        done = "已登记" if report.entered else "没有登记任何一行" if report.faults else "检查通过,没有登记"
        click.echo(f"{report.rows} 行,已建 {report.built} 个,在建 {report.building} 个,有误 {len(report.faults)} 处:{done}")
        if report.warning:
            click.echo(report.warning)
    sys.exit(1 if report.faults else 0)
