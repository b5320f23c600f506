"""The product as it runs: real processes, found by what they say, ended with their group."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("quancheng")
SAYS_WITHIN = 600.0  # seconds without a word: far more than the slowest machine needs


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**settings: Any) -> dict[str, str]:
    """The environment of a process with these settings of the product."""
    return {**os.environ, "PYTHONUNBUFFERED": "1"} | {f"QUANCHENG_{name.upper()}": str(value) for name, value in settings.items()}


class Running:
    """A process of the product; ``said``: its lines so far."""

    def __init__(self, arguments: list[str], settings: Mapping[str, Any]) -> None:
        self.said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [COMMAND, *arguments],
            cwd=ROOT,
            env=environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line)
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, word: str) -> None:
        """Until it says so. Fails if it ends before."""
        while True:
            line = self._lines.get(timeout=SAYS_WITHIN)
            assert line is not None, "".join(self.said)
            if word in line:
                return

    def kill(self) -> None:
        """As when the power goes: nothing is tidied up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
        self.process.wait(timeout=300)
        self._listener.join(timeout=300)
        if self.process.stdout:
            self.process.stdout.close()


@contextmanager
def running(*arguments: str, **settings: Any) -> Iterator[Running]:
    """A process of the product for as long as the block lasts."""
    process = Running(list(arguments), settings)
    try:
        yield process
    finally:
        process.kill()


@contextmanager
def served(data: str, **settings: Any) -> Iterator[tuple[str, Running]]:
    """A server on a database: its address, and its process."""
    port = a_free_port()
    with running("serve", "--data", data, "--port", str(port), **settings) as process:
        process.wait_for("服务已启动")
        yield f"http://127.0.0.1:{port}", process


def run(*arguments: str, **settings: Any) -> str:
    """What a command of another process prints. Fails if it does."""
    done = subprocess.run([COMMAND, *arguments], cwd=ROOT, env=environment(**settings), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def call(address: str, token: str, body: Any = None) -> tuple[int, str]:
    """A request with a token: POST with a body, else GET. Status and text."""
    data = None if body is None else json.dumps(body, ensure_ascii=False, default=float).encode()
    request = urllib.request.Request(address, data=data, headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()
