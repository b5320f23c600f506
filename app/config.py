"""Every setting once: name, type, default, help. Read from ``QUANCHENG_<NAME>`` in the environment; the command line overrides.

docs/reference/settings.md is generated from ``settings()``.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from app.codes import InstallationCode
from app.errors import InvalidRequest

PREFIX = "QUANCHENG_"
_HERE = Path(__file__).resolve().parent.parent
T = TypeVar("T", str, int, float, bool)
_DURATION = r"P(?=\d|T\d)(\d{1,4}Y)?(\d{1,5}M)?(\d{1,6}W)?(\d{1,6}D)?(T(?=\d)(\d{1,6}H)?(\d{1,6}M)?(\d{1,6}S)?)?"


def _setting(
    default: T, text: str, *, one_of: tuple[str, ...] = (), least: float | None = None, most: float | None = None, like: str = ""
) -> T:
    value: T = field(default=default, metadata={"help": text, "one_of": one_of, "least": least, "most": most, "like": like})
    return value


class Setting(NamedTuple):
    name: str
    type: str
    default: Any
    help: str
    one_of: tuple[str, ...] = ()  # the words it may be; empty: anything of its type
    least: float | None = None
    most: float | None = None
    like: str = ""  # what the whole text looks like, as a regular expression

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one process. ``data`` is a folder (SQLite inside) or a database URL."""

    data: str = _setting("instance", "数据位置:文件夹(内建 SQLite 数据库),或 postgresql+psycopg:// 开头的数据库地址")
    models: str = _setting("", "模型根目录(含 bpmn、dmn、forms、districts;演示模式还要 demonstration/lives.toml);空则为安装目录")
    host: str = _setting("127.0.0.1", "监听地址")
    port: int = _setting(8000, "监听端口", least=1, most=65_535)
    node: int = _setting(-1, "本进程的节点号(0 至 255),已被运行中的进程占用时不启动;-1 为自动分配")
    threads: int = _setting(8, "每个服务进程的线程数", least=1, most=1_000)
    secret_key: str = _setting("", "会话签名密钥;空则在数据目录生成并保存")
    password_salt: str = _setting("", "口令加盐;空则在数据目录生成并保存")
    secure_cookies: bool = _setting(False, "会话 Cookie 只经 HTTPS 发送;对外服务时应开启")
    trusted_proxies: int = _setting(0, "前置反向代理的层数;0 表示不信任转发头", least=0, most=100)
    session_minutes: int = _setting(30, "无操作多少分钟后需要重新登录", least=1, most=1_000_000)
    demonstration: bool = _setting(False, "演示模式:登录页列出演示账号,管理员可以推进虚拟时钟")
    clock: str = _setting("system", "时钟:system 为系统时间,virtual 为数据库中保存偏移的虚拟时间", one_of=("system", "virtual"))
    pump_seconds: float = _setting(1.0, "时钟每隔多少秒检查一次到期事项", least=0.01, most=3_600)
    pump_batch: int = _setting(50, "时钟一次最多取多少个到期事项", least=1, most=100_000)
    retry_seconds: int = _setting(60, "到期事项处理失败后首次重试的间隔秒数,之后逐次加倍,最长一天", least=0, most=86_400)
    lock_seconds: float = _setting(5.0, "等待他人释放同一事项的最长秒数", least=0, most=3_600)
    statement_seconds: float = _setting(30.0, "单条数据库语句的最长秒数(PostgreSQL)", least=0, most=86_400)
    idle_seconds: float = _setting(60.0, "事务空闲的最长秒数,超过即由数据库中止(PostgreSQL)", least=0, most=86_400)
    busy_seconds: float = _setting(10.0, "等待数据库写锁的最长秒数(SQLite)", least=0, most=3_600)
    durable: bool = _setting(True, "每次提交都写到磁盘(SQLite);只有用完即弃的数据库才可关闭")
    pool_size: int = _setting(10, "数据库连接池大小(PostgreSQL)", least=1, most=1_000)
    step_limit: int = _setting(20_000, "一次办理中流程最多前进的步数", least=1)
    connector_limit: int = _setting(2_000, "一次办理中最多执行的内部服务任务数", least=1)
    message_lifetime: str = _setting("P7D", "消息默认保留多久(ISO 8601 时长),期间出现订阅即送达", like=_DURATION)
    page_size: int = _setting(20, "列表每页条数", least=1, most=10_000)
    page_limit: int = _setting(200, "列表每页条数上限", least=1, most=10_000)
    upload_bytes: int = _setting(10_000_000, "一次上传的最大字节数", least=1)
    files: str = _setting("", "上传的文件存放的文件夹;空则为数据目录下 files。多个节点须是同一处")
    document_bytes: int = _setting(100_000_000, "一份材料的最大字节数", least=1)
    document_count: int = _setting(200, "一件事项最多上传的文件份数", least=1)
    form_bytes: int = _setting(1_000_000, "一次表单提交的最大字节数", least=1)
    idempotency_hours: int = _setting(24, "Idempotency-Key 的有效小时数", least=0, most=1_000_000)
    log_format: str = _setting("text", "日志格式:text 便于人读,json 便于采集", one_of=("text", "json"))
    log_level: str = _setting("info", "日志级别,低于它的不写:debug、info、warning、error", one_of=("debug", "info", "warning", "error"))
    log_requests: bool = _setting(False, "每个 HTTP 请求都写一行日志(否则只在 debug 级别写)")
    audit_head: str = _setting("", "审计链首的外部文件;空则为数据目录下 audit-head.jsonl")
    audit_key: str = _setting("", "审计链 HMAC-SM3 的密钥(十六进制);空则在数据目录生成并保存")

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of ``data``."""
        if "://" in self.data:
            return self.data.replace("postgresql://", "postgresql+psycopg://", 1) if self.data.startswith("postgresql://") else self.data
        return f"sqlite:///{self.folder / 'quancheng.sqlite'}"

    @property
    def folder(self) -> Path:
        """The folder for generated secrets and the audit head (with a database URL: ``instance``)."""
        return _resolved("instance" if "://" in self.data else self.data)

    @property
    def files_folder(self) -> Path:
        """The folder in which uploaded files lie by their content."""
        return _resolved(self.files) if self.files else self.folder / "files"

    @property
    def root(self) -> Path:
        """The folder that holds bpmn/, dmn/, forms/ and districts/."""
        return _resolved(self.models) if self.models else _HERE


@lru_cache(maxsize=64)
def _resolved(path: str) -> Path:
    """Asked for in every request: resolved once, against the folder in which the process began."""
    return Path(path).resolve()


def settings() -> tuple[Setting, ...]:
    """All settings, in the order of this file."""
    return tuple(
        Setting(
            item.name,
            _type_name(item),
            None if item.default is MISSING else item.default,
            item.metadata["help"],
            *(item.metadata[limit] for limit in ("one_of", "least", "most", "like")),
        )
        for item in fields(Config)
    )


def load(environ: Mapping[str, str] | None = None, **overrides: Any) -> Config:
    """The settings of ``environ`` (the process's own by default) with ``overrides`` that are not None. Raises InvalidRequest (SETTING)."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting in settings():
        if (text := environ.get(setting.variable)) is not None:
            values[setting.name] = _parse(setting, text)
    values |= {name: value for name, value in overrides.items() if value is not None}
    for setting in settings():
        if setting.name in values:
            _check_limits(setting, values[setting.name])
    return Config(**values)


def _type_name(item: "Field[Any]") -> str:
    return item.type if isinstance(item.type, str) else item.type.__name__


def _parse(setting: Setting, text: str) -> Any:
    try:
        if setting.type == "bool":
            return {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False, "": False}[
                text.strip().lower()
            ]
        if setting.one_of:
            return {word: word for word in setting.one_of}[text.strip().lower()]
        return {"str": str, "int": int, "float": float}[setting.type](text.strip())
    except (KeyError, ValueError):
        raise InvalidRequest(
            f"设置 {setting.variable} 的值 {text!r} 不是有效的 {'、'.join(setting.one_of) or setting.type}:{setting.help}",
            code=InstallationCode.SETTING,
        ) from None


def _check_limits(setting: Setting, value: Any) -> None:
    """What is of the right type and yet lets nothing run: found at the start, not by whoever is the first to need it."""
    low, high = setting.least, setting.most
    if (low is not None and not value >= low) or (high is not None and not value <= high):  # so that no comparison holds for not-a-number
        wanted = f"应为 {low:g} 至 {high:g}" if low is not None and high is not None else f"至少应为 {low:g}"
    elif setting.like and not re.fullmatch(setting.like, value.strip()):
        wanted = f"应如 {setting.default}"
    else:
        return
    raise InvalidRequest(f"设置 {setting.variable} 的值 {value} 不能用,{wanted}:{setting.help}", code=InstallationCode.SETTING)


def reference() -> str:
    """docs/reference/settings.md: every setting as a table."""
    lines = [
        "# 设置",
        "",
        "由 `quancheng reference` 从 `app/config.py` 生成。每项是一个环境变量;命令行参数优先。",
        "",
        "| 变量 | 类型 | 默认 | 说明 |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{item.variable}` | {item.type} | {f'`{item.default}`' if item.default != '' else ''} | {item.help} |" for item in settings()
    ]
    return "\n".join(lines) + "\n"
