"""One act, one transaction, one commit: the only place that commits or rolls back.

An act on an instance holds its tree: PostgreSQL locks the root row, then the project's; on SQLite a lock of this process stands for the root, the act reads
and steps outside any transaction, and the version on the root row is checked by the short one that writes. No act holds two trees but the one that does
several tasks together (``open_tasks``): all roots in the order of their keys, then all projects.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError, OperationalError

from app import current, logs
from app.acts.held_tree import HeldTask, HeldTree
from app.catalogue import districts, snapshot
from app.codes import RequestCode
from app.domain.codes import VerdictCode
from app.domain.fact_changes import PHASE
from app.domain.keys import next_key
from app.domain.permissions import Actor
from app.engine import State
from app.errors import Busy, Conflict, InvalidRequest, NotFound, Outdated
from app.store import database, instances, waits
from app.store.tables import db

# The index that lets one instance a correlation key run: by its name, or on SQLite by its last column.
_RUNNING = ("uq_process_instances_running", "process_instances.correlation_key")

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 4  # of an act whose tree another process changed in between
# On SQLite a root's lock, and a project's, is one of these: two that share one only wait for each other. Roots before projects, as on PostgreSQL.
_ROOTS = tuple(threading.Lock() for _ in range(1024))
_PROJECTS = tuple(threading.Lock() for _ in range(1024))


@contextmanager
def act() -> Iterator[None]:
    """All that is written inside becomes true together, or not at all. Raises Busy if others hold what is needed for too long."""
    with logs.act():
        try:
            yield
            db.session.commit()
        except BaseException as error:
            db.session.rollback()
            if database.is_wait(error):
                raise Busy from error
            raise


def retried(function: Callable[P, R]) -> Callable[P, R]:
    """Do an act again when another process changed its tree while it was stepping: nothing of the first try is left."""

    @wraps(function)
    def again(*args: P.args, **kwargs: P.kwargs) -> R:
        with logs.act():
            for _ in range(TRIES - 1):
                try:
                    return function(*args, **kwargs)
                except Outdated:
                    logs.tried_again()
            return function(*args, **kwargs)

    return again


@contextmanager
def open_instance(key: int, now: datetime, actor: Actor, *, wait: bool = True) -> Iterator[HeldTree | None]:
    """Hold the tree with this root for one act, which says with ``save`` when what became of it is written.

    Gives None if it is gone or, with ``wait`` False, if somebody else holds it. Raises Busy, Outdated (see ``retried``).
    """
    with logs.act(actor.user), _held(key, task=False, wait=wait) as found:
        if found is None:
            yield None
            return
        with act():
            tree = _tree(*found, now, actor, task=False)
            yield tree
            _check_saved(tree)


@contextmanager
def open_task(key: int, now: datetime, actor: Actor) -> Iterator[HeldTree]:
    """Hold the tree of a user task for one act, with the task. Raises NotFound, Conflict (PROJECT_ENDED), Busy, Outdated."""
    with logs.act(actor.user), _held(key, task=True, wait=True) as found:
        if found is None:
            raise NotFound("没有此事项,可能已被删除")
        with act():
            tree = _tree(*found, now, actor, task=True)
            _refuse_ended(tree)
            yield tree
            _check_saved(tree)


@contextmanager
def open_tasks(keys: Sequence[int], now: datetime, actor: Actor) -> Iterator[list[HeldTree]]:
    """Hold the trees of several user tasks for one act, which does all of them or none. Raises NotFound, InvalidRequest (two of one project), and as ``open_task``."""
    with logs.act(actor.user), _all_held(keys) as found, act():
        trees = [_tree(*one, now, actor, task=True) for one in found]
        for tree in trees:
            _refuse_ended(tree)
        yield trees
        for tree in trees:
            _check_saved(tree)


@contextmanager
def _all_held(keys: Sequence[int]) -> Iterator[list[tuple[Row[Any], dict[str, Any] | None]]]:
    """All roots in the order of their keys, then all projects in theirs: who holds one of them alone waits for no other of its kind."""
    order = instances.in_order_of_roots(keys)
    if database.is_postgresql():
        with _waiting():
            rows = _of_different_trees(keys, [instances.root(key, task=True, wait=True) for key in order])
            projects = {key: dict(instances.project(key)._mapping) for key in _projects_of(rows)}
        yield [(row, projects.get(row.project_key)) for row in rows]
        return
    with ExitStack() as held:
        roots = _of_different_trees(keys, [instances.root(key, task=True, wait=True) for key in order])
        for stripe in sorted({hash(row.key) % len(_ROOTS) for row in roots}):
            held.enter_context(_striped(_ROOTS, stripe, wait=True))
        rows = _of_different_trees(keys, [instances.root(key, task=True, wait=True) for key in order])
        for stripe in sorted({hash(key) % len(_PROJECTS) for key in _projects_of(rows)}):
            held.enter_context(_striped(_PROJECTS, stripe, wait=True))
        projects = {key: dict(instances.project(key)._mapping) for key in _projects_of(rows)}
        yield [(row, projects.get(row.project_key)) for row in rows]


def _of_different_trees(keys: Sequence[int], found: Sequence[Row[Any] | None]) -> list[Row[Any]]:
    """Raises NotFound, InvalidRequest."""
    rows = [row for row in found if row is not None]
    if len(rows) != len(set(keys)):
        raise NotFound("所选的事项里有的已经不在了,请刷新后重新选择")
    projects = [row.project_key for row in rows if row.project_key is not None]
    if len({row.key for row in rows}) != len(rows) or len(set(projects)) != len(projects):
        raise InvalidRequest("同一个项目的几件事项不能一并办理,请分别办理")
    return rows


def _projects_of(rows: Sequence[Row[Any]]) -> list[int]:
    return sorted({row.project_key for row in rows if row.project_key is not None})


def _refuse_ended(tree: HeldTree) -> None:
    """Of a tree whose project has ended nothing is done any more, be it told yet or not. Asked under the project's lock, and only where it is in its last phase."""
    phase = tree.project[PHASE] if tree.project is not None else None
    if any(one.key == phase and one.terminal for one in districts.phases()) and waits.is_ending(tree.root_key):
        raise Conflict("本项目已经结束(终态),此事项随之撤销,不能再办理", code=RequestCode.PROJECT_ENDED)


def _check_saved(tree: HeldTree) -> None:
    """An act says itself when its tree is written; one that forgets to would lose what it did."""
    if (tree.stepped or tree.audit) and not tree.saved:
        raise RuntimeError("the act has stepped its tree and not saved it")


@contextmanager
def new_instance(
    definition_key: int,
    tenant: str,
    now: datetime,
    actor: Actor,
    *,
    project_key: int | None = None,
    project: dict[str, Any] | None = None,
    correlation_key: str | None = None,
) -> Iterator[HeldTree]:
    """A tree that begins with this act, under the newest catalogue. ``project``: the row of one that begins with it too, else ``project_key`` is read and held.

    Raises Conflict (ALREADY_RUNNING) if one with the same correlation key runs already.
    """
    with logs.act(actor.user):
        try:
            with _project_held(project_key) as held, act():
                library = snapshot.library(tenant)
                tree = HeldTree(
                    root_key=next_key(),
                    tenant=tenant,
                    process_id="",
                    project=project if held is None else held,
                    actor=actor,
                    now=now,
                    library=library,
                    state=None,
                    version=-1,
                    keys={},
                    correlation_key=correlation_key,
                    definition_key=definition_key,
                )
                yield tree
                _check_saved(tree)
        except IntegrityError as error:
            if any(name in str(error.orig) for name in _RUNNING):
                raise Conflict("同一流程已有一个正在办理的实例", code=VerdictCode.ALREADY_RUNNING) from error
            raise


@contextmanager
def open_project(key: int, actor: Actor) -> Iterator[dict[str, Any]]:
    """Hold the row of a project that there is, for one act that is about no tree. Gives the row as it is now. Raises Busy."""
    with logs.act(actor.user), _project_held(key) as project, act():
        assert project is not None
        yield project


@contextmanager
def _held(key: int, *, task: bool, wait: bool) -> Iterator[tuple[Row[Any], dict[str, Any] | None] | None]:
    if database.is_postgresql():
        with _waiting():
            found = _read(key, task=task, wait=wait)
        yield found
        return
    row = instances.root(key, task=task, wait=wait)
    if row is None:
        yield None
        return
    with _striped(_ROOTS, row.key, wait=wait) as free:
        if free is None:
            yield None
            return
        if not free:  # whoever held the lock has probably changed what was read; if somebody does so unnoticed, the version tells
            row = instances.root(key, task=task, wait=wait)
        if row is None or row.project_key is None:
            yield None if row is None else (row, None)
            return
        with _striped(_PROJECTS, row.project_key, wait=True):
            yield row, dict(instances.project(row.project_key)._mapping)


@contextmanager
def _striped(stripes: tuple[threading.Lock, ...], key: int, *, wait: bool) -> Iterator[bool | None]:
    """Hold the lock of ``key``: True if it was free, False if it was waited for, None (not held) if it was not to be waited for. Raises Busy."""
    stripe = stripes[hash(key) % len(stripes)]
    free = stripe.acquire(blocking=False)
    if not free and not wait:
        yield None
        return
    if not free and not stripe.acquire(timeout=current.settings().lock_seconds):
        raise Busy
    try:
        yield free
    finally:
        stripe.release()


@contextmanager
def _project_held(key: int | None) -> Iterator[dict[str, Any] | None]:
    if key is None:
        yield None
    elif database.is_postgresql():
        with _waiting():
            found = dict(instances.project(key)._mapping)
        yield found
    else:
        with _striped(_PROJECTS, key, wait=True):
            yield dict(instances.project(key)._mapping)


@contextmanager
def _waiting() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        db.session.rollback()
        if database.is_wait(error):
            raise Busy from error
        raise


def _read(key: int, *, task: bool, wait: bool) -> tuple[Row[Any], dict[str, Any] | None] | None:
    row = instances.root(key, task=task, wait=wait)
    if row is None:
        return None
    return row, dict(instances.project(row.project_key)._mapping) if row.project_key is not None else None


def _tree(row: Row[Any], project: dict[str, Any] | None, now: datetime, actor: Actor, *, task: bool) -> HeldTree:
    library = snapshot.library(row.tenant, row.catalogue_version, calendar=row.calendar or "")
    tree = HeldTree(
        root_key=row.key,
        tenant=row.tenant,
        process_id=row.process_id,
        project=project,
        actor=actor,
        now=now,
        library=library,
        state=State.load(row.blob, library),
        version=row.version,
        keys={int(local): key for local, key in row.keys.items()},
        audit_mac=row.audit_mac,
        audit_count=row.audit_count,
        correlation_key=row.correlation_key,
    )
    if task:
        tree.task = HeldTask(
            key=row.task_key,
            element=row.element,
            element_id=row.element_id,
            name=row.task_name,
            state=row.task_state,
            assignee=row.assignee,
            candidate_groups=tuple(row.candidate_groups),
            candidate_users=tuple(row.candidate_users),
            form_id=row.form_id,
            form_key=row.form_key,
            definition_key=row.definition_key,
            process_id=row.task_process_id,
            instance_key=row.instance_key,
            ledger_version=row.ledger_version,
            office_key=row.office_key,
            office=row.office or "",
            signing=row.signing,
            seat=row.seat,
            visit=row.visit,
            overdue_at=row.overdue_at,
        )
    return tree
