"""The server: CPU of a submitted form over HTTP and in services alone beside a naive baseline, its statements, memory, and bytes on the disk."""

import gc
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextvars import Context
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

from flask import Flask
from sqlalchemy import event
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.domain.permissions import SYSTEM, Actor
from app.playing import demonstration, player
from app.seen.shapes import TaskLine
from app.services import accounts, tasks
from app.store import history
from app.store.tables import db
from bench import site
from bench.measure import Timing, each
from bench.stock import Stock

OPEN = 1_000
EACH = 300


def run() -> None:
    with tempfile.TemporaryDirectory(prefix="quancheng-bench-") as folder:
        _life(Path(folder) / "life")
        print(f"server after its start              {_memory(Path(folder) / 'empty', [])}   goal 200 MB")
        with site.site(Path(folder) / "site") as app:
            site.live("building")
            lines = site.open_acceptances(OPEN)
            data = site.answers(lines[0], site.BEGIN) | {
                "builtOn": datetime.now(UTC).date().isoformat()
            }  # after every contract, and not to come
            http, services = _submissions(app, lines, data)
            facts, size = dict(tasks.inputs(SYSTEM, lines[-1].key, site.BEGIN)[1]), _state_size(lines[-1])
        naive, whole = _naive(Path(folder) / "naive.sqlite", facts, data)
        print(f"the same task, stock and naive      {naive}")
        print(
            f"  stock's CPU to ours: {naive.cpu / services.cpu:.2f} in services, {naive.cpu / http.cpu:.2f} over HTTP; its row {whole:,} bytes, our state {size:,}"
        )
        print(f"server with {OPEN} open instances    {_memory(Path(folder) / 'site', [line.key for line in lines[-100:]])}   goal 200 MB")


# ---------------------------------------------------------------------- a submitted form


def _submissions(app: Flask, lines: list[TaskLine], data: dict[str, Any]) -> tuple[Timing, Timing]:
    now = datetime.now(UTC)
    person = player.performer(lines[0].key, now)
    if person is None:
        raise RuntimeError("nobody can submit the materials")
    engine = db.engine
    ours, theirs = lines[:EACH], lines[EACH : 2 * EACH]
    db.session.remove()

    def submit(line: TaskLine) -> None:
        actor: Actor = accounts.actor(person.user, now)
        tasks.complete(actor, line.key, data, now)
        db.session.remove()

    for line in lines[-150:-110]:
        submit(line)
    gc.collect()
    services = each(lambda number: submit(theirs[number]), EACH)
    print(f"materials submitted, services       {services}   goal 4,000 µs CPU")

    post = _browser(app, person.username, data)
    for line in lines[-110:-105]:
        post(line.key)
    sent: list[str] = []
    listeners: list[tuple[str, Callable[..., None]]] = [
        ("before_cursor_execute", lambda *given: sent.append("statement")),
        ("commit", lambda connection: sent.append("commit")),
    ]
    for name, listener in listeners:
        event.listen(engine, name, listener)
    post(lines[-105].key)
    for name, listener in listeners:
        event.remove(engine, name, listener)
    gc.collect()
    http = each(lambda number: post(ours[number].key), EACH)
    print(f"materials submitted, over HTTP      {http}   goal 6,000 µs CPU")
    print(f"  {sent.count('statement')} statements, {sent.count('commit')} commit, session included")
    return http, services


def _state_size(line: TaskLine) -> int:
    """Bytes of the stored state of a task's tree."""
    return len(history.root_state(line.root_key).blob.encode())


def _browser(app: Flask, username: str, data: dict[str, Any]) -> Callable[[int], None]:
    """Somebody signed in who submits ``data`` to a task. The request is made before, so that only the server's work is timed."""
    client = app.test_client()
    body = app.json.dumps({"data": data}).encode()

    # A request must not find what another has loaded: the server has no context around it.
    def outside(call: Callable[[], Any]) -> Any:
        return Context().run(call)

    page = outside(lambda: client.get("/sign-in").text)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("the sign-in page has no token")
    form = {"username": username, "password": demonstration.PASSWORD, "csrf_token": found.group(1)}
    outside(lambda: client.post("/sign-in", data=form))
    token = outside(lambda: client.get("/session", headers={"Accept": "application/json"}).get_json()["csrf"])
    cookie = client.get_cookie("quancheng")
    if cookie is None:
        raise RuntimeError("nobody is signed in")
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": token,
        "Cookie": f"quancheng={cookie.value}",
    }

    def post(key: int) -> None:
        environ = EnvironBuilder(f"/tasks/{key}/complete", method="POST", data=body, headers=headers).get_environ()
        _, status, _ = outside(lambda: run_wsgi_app(app, environ, buffered=True))
        if not status.startswith("200"):
            raise RuntimeError(f"task {key}: {status}")

    return post


# ---------------------------------------------------------------------- the naive baseline


def _naive(path: Path, facts: dict[str, Any], data: dict[str, Any]) -> tuple[Timing, int]:
    """The same task of the same diagram with the library as it comes: the whole workflow as JSON in one row, read and written at every task.

    No history, no rights, no form, no search, no audit. Also the size of a row, in bytes.
    """
    stock = Stock()
    known, given = (json.loads(json.dumps(values, default=str)) for values in (facts, data))
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE instances (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL)")
    text = stock.begin(known)
    connection.executemany("INSERT INTO instances VALUES (?, 0, ?)", [(number, text) for number in range(EACH)])

    def submit(number: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        version, state = connection.execute("SELECT version, state FROM instances WHERE id = ?", (number,)).fetchone()
        state = stock.submit(state, given)
        connection.execute(
            "UPDATE instances SET version = ?, state = ? WHERE id = ? AND version = ?", (version + 1, state, number, version)
        )
        connection.execute("COMMIT")

    gc.collect()
    timing = each(submit, EACH)
    connection.close()
    return timing, len(text.encode())


# ---------------------------------------------------------------------- memory and disk


def _memory(folder: Path, keys: list[int]) -> str:
    """Resident memory of ``quancheng serve`` on this data, worker and parent, after its pages were looked at."""
    port = _free_port()
    environment = {**os.environ, "QUANCHENG_CLOCK": "system", "PYTHONPATH": str(Path(__file__).parent.parent)}
    server = subprocess.Popen(
        [str(Path(sys.executable).parent / "quancheng"), "serve", "--data", str(folder), "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/sign-in", server)
        for _ in range(20):
            urlopen(f"{address}/sign-in").read()
        if keys:
            _work(address, keys)
        sizes = [_resident(pid) for pid in _family(server.pid)]
        shares, resident = [own / 1024 for own, _ in sizes], [whole / 1024 for _, whole in sizes]
        return f"{max(resident):6.1f} MB resident (the worker; {len(sizes)} processes share: together {sum(shares):.1f} MB)"
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)


def _work(address: str, keys: list[int]) -> None:
    """An official opens the inbox and many tasks."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    page = opener.open(f"{address}/sign-in").read().decode()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    form = {"username": f"{site.DISTRICT}.data_bureau", "password": demonstration.PASSWORD, "csrf_token": found.group(1) if found else ""}
    opener.open(Request(f"{address}/sign-in", data=urlencode(form).encode()))
    for path in ("/", *(f"/tasks/{key}" for key in keys)):
        opener.open(f"{address}{path}").read()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError("the server has ended")
        try:
            urlopen(address, timeout=5).read()
            return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def _family(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent, *(int(child) for child in children)]


def _resident(pid: int) -> tuple[int, int]:
    """(its share, resident) in kB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = {name: int(size) for name, size in re.findall(r"^(Pss|Rss):\s+(\d+) kB", rollup, re.MULTILINE)}
    return found["Pss"], found["Rss"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _life(folder: Path) -> None:
    """Bytes that one whole life leaves in the database, its year's plan included."""
    with site.site(folder):
        before = _size()
        walked = site.live("retired")
        grown = _size() - before
    acts = len(walked.events)
    print(f"a finished life of {acts} tasks         {grown / 1024:8.1f} kB stored, {grown / acts / 1024:.1f} kB a task")


def _size() -> int:
    db.session.remove()
    with db.engine.connect() as connection:
        pages, free, size = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "freelist_count", "page_size")
        )
    return int((pages - free) * size)
