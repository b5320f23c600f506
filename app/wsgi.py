"""Ways in for web servers: ``gunicorn 'app.wsgi:application()'`` on many nodes, or ``serve`` for one, with its clock.

The parts are imported by the processes that need them: the one that only watches over the worker stays small.
"""

import errno
import logging
import os
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from app import config as settings
from app import logs
from app.codes import InstallationCode
from app.config import Config
from app.errors import Conflict, Failure

if TYPE_CHECKING:
    from flask import Flask

_log = logging.getLogger(__name__)
WORKER_SECONDS = 120  # uploads of large bundles are checked and rehearsed within a request


def application(config: Config | None = None) -> "Flask":
    """An app that is ready for requests: tables up to date, shipped models deployed."""
    from app import create_app
    from app.services import startup

    chosen = config or settings.load()
    logs.set_up(chosen)
    app = create_app(chosen)
    with app.app_context():
        startup.prepare()
        startup.dispose()  # connections must not be inherited by worker processes
    logs.started(chosen, "server")
    return app


def serve(config: Config, say: Callable[[str], None]) -> None:
    """Run one server process, with the clock in it on SQLite; blocks until it is stopped. ``say`` takes lines for the operator.

    Exits with 1 when the database or the shipped models cannot be made ready. Raises Conflict (ADDRESS) if it could not listen afterwards.
    """
    logs.set_up(config)
    _check_address(config.host, config.port)
    child = os.fork()  # what preparing takes of memory goes with the child
    if child == 0:
        os._exit(_prepare(config, say))
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        sys.exit(1)
    _Server(config, say).run()  # type: ignore[no-untyped-call]


def _check_address(host: str, port: int) -> None:
    """Told at once and in one sentence: the web server would try five times, after everything has been made ready."""
    try:
        with socket.create_server((host.strip("[]"), port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            pass
    except (OSError, UnicodeError) as error:
        cause = {errno.EADDRINUSE: "端口已被占用", errno.EACCES: "没有权限"}.get(getattr(error, "errno", None) or 0, str(error))
        raise Conflict(
            f"不能在 {host}:{port} 监听:{cause}。请换一个 --port 或 --host,或先停止占用它的程序", code=InstallationCode.ADDRESS
        ) from error


def _prepare(config: Config, say: Callable[[str], None]) -> int:
    """Tables, shipped models and, if asked for, the demonstration. Returns the exit code."""
    from app import create_app
    from app.playing import demonstration
    from app.services import instants, startup

    try:
        with create_app(config).app_context():
            startup.prepare()
            with logs.played():
                built = config.demonstration and demonstration.build(instants.now(), progress=say)
            if built:
                say("演示单位、账号和项目已就绪；登录页列出全部账号，口令均为 " + demonstration.PASSWORD)
            startup.dispose()
    except Failure as failure:
        say(f"{failure.message} [{failure.code}]")
        return 1
    except BaseException:
        # Nothing above this frame may run twice, in the child and in the parent.
        _log.exception("the database or the shipped models cannot be made ready")
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


class ServerLog(Logger):
    """Gunicorn's own lines among ours, in the same format: ``gunicorn --logger-class app.wsgi.ServerLog`` where ``serve`` is not used."""

    def setup(self, cfg: Any) -> None:
        """Hand its records on, without handlers of its own."""
        if not logging.getLogger().hasHandlers():  # the process that watches over the workers loads no app
            logs.set_up(settings.load())
        self.cfg = cfg
        self.error_log.propagate = True
        self.error_log.setLevel(cfg.loglevel.upper())
        self.error_log.addFilter(_impersonal)

    def access(self, *_: Any) -> None:
        """Nothing: the line of a request is ours to write, and the server's quotes callers' addresses and what they searched for."""


def _impersonal(record: logging.LogRecord) -> bool:
    """Callers' addresses and what they asked for are not to be written."""
    for sentence in ("Invalid request", "Error handling request"):
        if str(record.msg).startswith(sentence):
            record.msg, record.args = sentence, ()
    return True


class _Server(BaseApplication):
    """Gunicorn with one worker: on SQLite the locks of running acts live in the process."""

    def __init__(self, config: Config, say: Callable[[str], None]) -> None:
        self._config, self._say = config, say
        super().__init__()  # type: ignore[no-untyped-call]

    def load_config(self) -> None:
        config = self._config
        values: dict[str, Any] = {
            "bind": f"{config.host}:{config.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": config.threads,
            "timeout": WORKER_SECONDS,
            "loglevel": config.log_level,
            "logger_class": ServerLog,
            "control_socket_disable": True,
            "when_ready": lambda server: self._ready(),
            "post_worker_init": lambda worker: self._start_clock(worker.wsgi),
        }
        gunicorn: Any = self.cfg
        for name, value in values.items():
            gunicorn.set(name, value)

    def _ready(self) -> None:
        logs.started(self._config, "server")
        self._say(f"服务已启动：http://{self._config.host}:{self._config.port}")

    def load(self) -> "Flask":
        from app import create_app
        from app.services import startup

        app = create_app(self._config)
        with app.app_context():
            startup.take_node()
        return app

    def _start_clock(self, app: "Flask") -> None:
        from app import clock

        if "://" not in self._config.data:  # on PostgreSQL the clock is a process of its own
            clock.start(app)
