"""The ``quancheng`` command: every way in that is not a browser. Exit codes: 0 done, 1 refused or failed, 2 wrong call."""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import simplejson

from app import config as settings
from app import logs
from app.administration import document, office, system, user
from app.calendar_command import calendar
from app.command import Command, data_option, deploying, json_option, logged, looking, preparing, say, stop, where
from app.domain import districts
from app.gathering import gather, read_bounded, whole
from app.migrating import instance
from app.regulations import district, trace

WALK_BEGINS = "2025-09-01T09:00:00+08:00"
PLAY_BEGINS = "2026-01-05T09:00:00+08:00"


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="quancheng", prog_name="quancheng")
def main() -> None:
    """全程:地方政府数字化项目的全周期管理。"""


@main.command()
@data_option
@click.option("--port", type=int, help="端口(默认 8000)")
@click.option("--host", help="监听地址(默认 127.0.0.1)")
@click.option("--demonstration", is_flag=True, default=None, help="演示:虚拟时钟、演示单位与账号、各阶段的演示项目")
def serve(data: str | None, port: int | None, host: str | None, demonstration: bool | None) -> None:
    """启动服务,时钟随服务运行。"""
    from app import wsgi

    chosen = settings.load(data=data, port=port, host=host, demonstration=demonstration, clock="virtual" if demonstration else None)
    wsgi.serve(chosen, say=click.echo)


@main.command()
@data_option
def migrate(data: str | None) -> None:
    """做一次启动时的准备而不启动服务:升级数据库,部署随产品发布的模型,建立区文件所列的单位。"""
    from app import create_app
    from app.services import startup

    with create_app(logged(data)).app_context():
        startup.prepare()
    click.echo("数据库、模型和单位已是最新")


@main.command()
@data_option
def clock(data: str | None) -> None:
    """单独运行时钟(PostgreSQL 多节点部署;SQLite 由 serve 自带)。"""
    from app import create_app
    from app.clock import run_forever
    from app.services import startup

    chosen = logged(data)
    if "://" not in chosen.data:
        stop("SQLite 数据库只能由一个进程写入:请用 quancheng serve,它自带时钟。单独的时钟用于 PostgreSQL。")
    app = create_app(chosen)
    with app.app_context():
        startup.take_node()
    logs.started(chosen, "clock")
    run_forever(app)


@main.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--district", help="发布到哪个区(默认取自路径:bpmn、dmn、forms、scenarios 紧下面的文件夹是区名;没有的为各区共用)")
@click.option("--reason", default="", help="发布说明,记入审计")
@click.option("--force", is_flag=True, help="场景因此不再成立、决策表有行重叠也发布;必须同时用 --reason 写明理由")
@click.option("--new", "new_ids", is_flag=True, help="与已有标识只差一点的,确实是新的")
@click.option("--drop-cases", is_flag=True, help="场景比原来少查了内容也发布;必须同时用 --reason 写明理由")
@data_option
@json_option
def deploy(files: tuple[str, ...], district: str | None, data: str | None, as_json: bool, **wish: Any) -> None:
    """整批发布模型和场景:要么全部生效,要么全部拒绝。受影响的场景不得因此不再成立。运行中的服务无须重启。"""
    from app.domain.states import DeploymentSource
    from app.seen import reminders
    from app.services import accounts, models

    with deploying(data) as now:
        result = models.deploy(accounts.system(district or ""), gather(files), now, tenant=district, source=DeploymentSource.CLI, **wish)
        if as_json:
            say(asdict(result))
            return
        for definition in result.definitions:
            state = "未变" if definition.unchanged else f"第 {definition.version} 版"
            click.echo(f"{definition.tenant}  {definition.kind}  {definition.id}  {state}")
        for group in reminders.groups(result.warnings):
            click.echo(f"提示 {group.title}({len(group.findings)} 处)。{group.advice}".rstrip(), err=True)
            for finding in group.findings:
                click.echo(f"  {where(finding)}:{finding.message}", err=True)


@main.command()
@click.argument("case", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--district", required=True, help="按哪个区的办法走")
@click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON:元素 id → 该事项表单的取值,优先于一切;另有 @start、@again、@project",
)
@click.option("--until", default="retired", show_default=True, help="走到哪个阶段为止")
@click.option("--begin", default=WALK_BEGINS, show_default=True, help="从哪一刻开始")
@click.option("--registers", is_flag=True, help="把结束时的台账、材料和每次办理所填的一并写出(与 --json 同用)")
@json_option
def walk(case: Path, district: str, answers: Path | None, until: str, begin: str, registers: bool, as_json: bool) -> None:
    """走完一个真实项目的一生:扮演每个角色,经由真正的服务,在临时数据库和虚拟时钟上。"""
    from app.domain import forms
    from app.playing import answers as told
    from app.playing import case_files, demonstration, walk

    try:
        given = told.read(forms.loads(answers.read_bytes()) if answers else {})
        known = case_files.read(case.read_bytes(), given.project)
        start = datetime.fromisoformat(begin)
    except forms.FormError as error:
        stop(f"答案文件无法读取:{error}")
    except ValueError:
        stop(f"--begin 应为带时区的时刻,如 {WALK_BEGINS}")
    if start.tzinfo is None:
        stop(f"--begin 应为带时区的时刻,如 {WALK_BEGINS}")
    with (
        tempfile.TemporaryDirectory(prefix="quancheng-") as folder,
        preparing(folder, at=start, clock="virtual", durable=False),
        logs.played(),
    ):
        demonstration.organise(start)
        result = walk.play(known, district, given, start, until, keep=registers)
    if as_json:
        say(result.as_json())
    else:
        _tell(result)
    sys.exit(0 if result.succeeded else 1)


def _tell(result: Any) -> None:
    for event in result.events:
        click.echo(
            f"{event['at'][:16]}  {event['process']}.{event['element']}  {event['role']}  {event['account']}  {' '.join(event['clauses'])}  {event['outcome']}"
        )
    for entry in result.assumed:
        value = simplejson.dumps(entry["value"], ensure_ascii=False, use_decimal=True, default=str)
        click.echo(f"假定  {entry['element']}.{entry['field']} = {value}")
    for incident in result.incidents:
        click.echo(f"事故  {incident['process']}.{incident['element']}:{incident['message']}", err=True)
    for entry in result.open:
        click.echo(f"未办结  {entry['process']}.{entry['element']}  {' '.join(entry['roles'])}", err=True)
    for problem in result.problems:
        click.echo(f"受阻  {problem}", err=True)
    click.echo(f"阶段:{result.phase}" + ("" if result.succeeded else f"(目标 {result.goal} 未达到)"))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("decision")
@click.option("--with", "values", default="{}", help="输入,JSON 对象")
@click.option("--now", "at", help="now() 和 today() 所取的时刻(默认当前)")
def decide(file: Path, decision: str, values: str, at: str | None) -> None:
    """用一张决策表判一次,说明命中了哪几行、依据什么条款。"""
    from app.rehearsal import single

    say(single.decide(file, read_bounded(file), decision, values, at or datetime.now(UTC).isoformat()))


@main.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--house", is_flag=True, help="按随产品发布的文件要求:内部规则也算错误")
@json_option
def lint(files: tuple[str, ...], house: bool, as_json: bool) -> None:
    """检查模型文件和区县文件:能否运行、所调用的是否齐备、是否合乎内部规则,条款的承载在不在,办事的角色有没有人。加 --house 时量出每张图的大小和构成。"""
    from app.rehearsal import district_files
    from app.rehearsal import lint as linting
    from app.rehearsal.library import Shelf
    from app.rehearsal.planes import measures

    found = linting.inspect(gather(files, district_files.SUFFIXES), house=house, installation=Shelf(settings.load().root))
    errors = sum(finding.severity == "error" for finding in found.findings)
    if as_json:
        findings = [asdict(finding) for finding in found.findings]
        say({"findings": findings, **measures.as_data(found.measured)} if house else findings)
    else:
        for finding in found.findings:
            click.echo(f"{'错误' if finding.severity == 'error' else '提示'} {where(finding)}:{finding.message} [{finding.code}]", err=True)
        if found.measured:
            click.echo("\n".join(measures.as_table(found.measured)))
        click.echo(f"{errors} 处错误,{len(found.findings) - errors} 处提示")
    sys.exit(1 if errors else 0)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--now", "at", default=PLAY_BEGINS, show_default=True, help="虚拟时钟从哪一刻开始")
@json_option
def play(file: Path, at: str, as_json: bool) -> None:
    """无人看管地跑一张流程图:不办理事项,不替外部程序做作业,定时最多跳一年。"""
    from app.rehearsal import library, single

    try:
        begin = datetime.fromisoformat(at)
    except ValueError:
        raise click.BadParameter(f"--now 应为时刻,如 {PLAY_BEGINS}") from None
    try:
        library.Shelf(settings.load().root).owner(Path(whole(file)))
        result = single.rehearse(file.name, read_bounded(file), begin)
    except library.ModelRefused as refused:
        if as_json:
            say({"refused": {"element": refused.element, "message": refused.message}})
        else:
            click.echo(f"不能运行:{refused.message}", err=True)
        sys.exit(2)
    if as_json:
        say(result)
    else:
        click.echo(f"状态 {result['state']};停在 {'、'.join(result['open']) or '(无)'};经过 {' → '.join(result['path'])}")
        for incident in result["incidents"]:
            click.echo(f"事故 {incident['element']} {incident['type']}:{incident['message']}", err=True)


_UNREAD = {"file": "读取场景时", "models": "读取模型时"}


@main.command("test")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@json_option
def scenarios(files: tuple[Path, ...], as_json: bool) -> None:
    """运行场景:模型自己的测试。"""
    from app.rehearsal import scenarios as running_scenarios

    paths = [path for name in files for path in (sorted(name.rglob("*.y*ml")) if name.is_dir() else [name])]
    results = []
    for result in running_scenarios.run(paths, settings.load().root):
        results.append(result)
        if not result.ok and not as_json:
            place = " ".join(part for part in (result.file, result.case, result.place or _UNREAD.get(result.step, "")) if part)
            click.echo(f"未通过 {place}:{result.told or result.difference}", err=True)
    failed = sum(not result.ok for result in results)
    if as_json:
        say({"passed": len(results) - failed, "failed": failed, "results": [result.data for result in results]})
    else:
        click.echo(f"{len(results) - failed} 个通过,{failed} 个未通过")
    if not results:
        stop("没有找到场景文件(.yaml)")
    sys.exit(1 if failed else 0)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
def tck(folder: Path, as_json: bool) -> None:
    """运行 DMN 技术兼容性测试集(TCK)中 FOLDER 之下的全部用例。"""
    from app.decision import tck as kit

    code, text = kit.main(folder, as_json)
    click.echo(text)
    sys.exit(code)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def reference(folder: Path) -> None:
    """写出由代码生成的参考页(设置、命令、代码与审计动作、台账字段、打印模板、条款的落实)。"""
    from app.reference import codes_page, traceability_page
    from app.rehearsal.tracing import table

    root = settings.load().root

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.md").write_text(settings.reference(), encoding="utf-8")
    (folder / "commands.md").write_text(commands_page(), encoding="utf-8")
    (folder / "codes.md").write_text(codes_page(), encoding="utf-8")
    (folder / "facts.md").write_text(ledger_page(root), encoding="utf-8")
    (folder / "templates.md").write_text(printed_page(root), encoding="utf-8")
    found = table.trace(root, table.run(root))
    (folder / "traceability.md").write_text(traceability_page(found, districts.load_all(root / "districts")), encoding="utf-8")


def ledger_page(root: Path) -> str:
    """docs/reference/facts.md: the ledger's fields as each district of an installation has them."""
    from app.domain.facts import LedgerSchema
    from app.reference import facts_page

    forms = root / "forms"
    base = (forms / "records" / "project.json").read_bytes()
    schemas = []
    for key, one in districts.load_all(root / "districts").items():
        own = forms / key / "records" / "project.json"
        schemas.append((one, LedgerSchema.parse(base, own.read_bytes() if own.is_file() else None)))
    return facts_page(schemas, {phase.key: phase.title for phase in districts.load_phases(root / "districts" / "phases.toml")})


def printed_page(root: Path) -> str:
    """docs/reference/templates.md: what every district's printed documents are filled with."""
    from app.reference import templates_page
    from app.rehearsal.library import Shelf

    return templates_page(Shelf(root), districts.load_all(root / "districts"))


def commands_page() -> str:
    """docs/reference/commands.md: every command with its arguments and options."""
    lines = [
        "# 命令",
        "",
        "由 `quancheng reference` 从 `app/cli.py` 生成，请勿手改。命令在 `.venv/bin/quancheng`；`quancheng 命令 --help` 显示同样的内容。",
        "",
    ]
    lines += ["退出码：0 办成；1 被拒绝或有未通过的；2 命令写错，或 `play` 的流程图不能运行。结果是数据的命令都有 `--json`。", ""]
    context = click.Context(main, info_name="quancheng")
    for name, command in _commands(main, "quancheng"):
        usage = " ".join(part for part in command.collect_usage_pieces(context) if part != "[OPTIONS]")
        lines += [f"## {name}", "", f"`{name} {usage}`".replace(" `", "`"), "", (command.help or "").strip(), ""]
        rows = [row for param in command.params if isinstance(param, click.Option) and (row := param.get_help_record(context))]
        if rows:
            lines += ["| 选项 | 说明 |", "|---|---|", *(f"| `{option}` | {text.replace('|', '、')} |" for option, text in rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def _commands(group: click.Group, prefix: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


@main.group()
def audit() -> None:
    """审计链。"""


@audit.command("verify")
@data_option
@json_option
def verify(data: str | None, as_json: bool) -> None:
    """核验每条审计记录的校验码、条数、封存与外部链首。"""
    from app.services import accounts, trail

    with looking(data):
        report = trail.verify(accounts.system(""))
    if as_json:
        say(asdict(report))
    else:
        for problem in report.problems:
            click.echo(problem, err=True)
        click.echo(f"审计记录 {report.entries} 条,链 {report.roots} 条,封存 {report.seals} 次:{'完整' if report.whole else '有问题'}")
    sys.exit(0 if report.whole else 1)


main.add_command(trace)
main.add_command(district)
main.add_command(user)
main.add_command(office)
main.add_command(instance)
main.add_command(document)
main.add_command(calendar)
main.add_command(system)
