"""Ways in for web servers: ``gunicorn 'app.wsgi:application()'`` on many nodes, or ``serve`` for one, with its clock."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from app import clock, create_app
from app import config as settings
from app.config import Config
from app.services import demonstration, instants, startup

WORKER_SECONDS = 120  # uploads of large bundles are checked and rehearsed within a request


def application(config: Config | None = None) -> Flask:
    """An app that is ready for requests: tables up to date, shipped models deployed."""
    app = create_app(config or settings.load())
    with app.app_context():
        startup.prepare()
        startup.dispose()  # connections must not be inherited by worker processes
    return app


def serve(config: Config, say: Callable[[str], None]) -> None:
    """Run one server process, with the clock in it on SQLite; blocks until it is stopped. ``say`` takes lines for the operator."""
    app = create_app(config)
    with app.app_context():
        for line in startup.prepare().drift:
            say(f"提示：{line}")
        if config.demonstration and demonstration.build(instants.now(), progress=say):
            say("演示单位、账号和项目已就绪；登录页列出全部账号，口令均为 " + demonstration.PASSWORD)
        startup.dispose()
    _Server(app, config, say).run()  # type: ignore[no-untyped-call]


class _Server(BaseApplication):
    """Gunicorn with one worker: on SQLite the locks of running acts live in the process."""

    def __init__(self, app: Flask, config: Config, say: Callable[[str], None]) -> None:
        self._flask, self._config, self._say = app, config, say
        super().__init__()  # type: ignore[no-untyped-call]

    def load_config(self) -> None:
        config = self._config
        values: dict[str, Any] = {
            "bind": f"{config.host}:{config.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": config.threads,
            "timeout": WORKER_SECONDS,
            "loglevel": "warning",
            "control_socket_disable": True,
            "when_ready": lambda server: self._say(f"服务已启动：http://{config.host}:{config.port}"),
            "post_worker_init": lambda worker: self._start_clock(),
        }
        gunicorn: Any = self.cfg
        for name, value in values.items():
            gunicorn.set(name, value)

    def load(self) -> Flask:
        return self._flask

    def _start_clock(self) -> None:
        if "://" not in self._config.data:  # on PostgreSQL the clock is a process of its own
            clock.start(self._flask)
