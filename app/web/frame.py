"""What surrounds every page: name, menu, who is signed in, the assumed instant, and the page that tells of a failure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, g, render_template, request, url_for

from app import current
from app.access import forgery, identity, problems
from app.domain import permissions
from app.domain.permissions import Actor
from app.playing import demonstration
from app.seen.shapes import DemonstrationAccount
from app.services import accounts, calendars, instants, models, systems
from app.web import assets

_TECHNICAL = permissions.ADMINISTRATORS | {"analyst"}


@dataclass(frozen=True)
class Item:
    """An entry of the menu."""

    title: str
    address: str
    current: bool


@dataclass(frozen=True)
class PageFrame:
    """``assumed``: the virtual instant, None when the clock is the real one; ``validity``: what is to be said of the regulation, if anything; ``unannounced``: a
    year whose working days an administrator should bring in."""

    actor: Actor | None
    menu: list[Item]
    assumed: datetime | None
    validity: str = ""
    unannounced: int | None = None


def is_official(actor: Actor) -> bool:
    """Whether the person has any part in the projects themselves."""
    return bool(actor.roles - _TECHNICAL)


def may_move_clock(actor: Actor) -> bool:
    return "system_admin" in actor.roles and current.settings().demonstration and instants.is_virtual()


def _menu(actor: Actor) -> Iterator[tuple[str, str]]:
    if is_official(actor) or not actor.roles & {"system_admin", "security_admin", "analyst"}:
        yield "工作台", "inbox.todo"
        yield "项目", "projects.listing"
        yield "台账", "registers.listing"
        if systems.may_look(actor):
            yield "信息系统", "systems.listing"
        yield "办法", "clauses.listing"
    if permissions.may_administer(actor):
        yield "流程实例", "instances.listing"
        yield "放假安排", "calendar.show"
    if permissions.may_manage(actor):
        yield "人员与单位", "people.listing"
    if permissions.may_publish(actor):
        yield "模型", "models.listing"
    if may_move_clock(actor):
        yield "演示时间", "clock.show"


def first_page(actor: Actor) -> str:
    """Where a person begins: the first entry of their menu."""
    return url_for(next(_menu(actor))[1])


def _frame() -> PageFrame:
    if g.get("without_person") or not identity.is_signed_in():
        return PageFrame(None, [], None)
    actor = identity.current_actor()
    here = (request.blueprint or "") if request.endpoint else ""
    menu = [Item(title, url_for(endpoint), endpoint.split(".")[0] == here) for title, endpoint in _menu(actor)]
    now = identity.present()
    unannounced = calendars.missing_year(now) if permissions.may_administer(actor) else None
    return PageFrame(actor, menu, now if instants.is_virtual() else None, models.standing(actor, now), unannounced)


def _context() -> dict[str, Any]:
    return {"frame": _frame(), "entry": assets.entry, "is_built": assets.is_built, "csrf": forgery.token}


def _failure_page(problem: problems.ProblemDocument) -> str:
    g.without_person = problem.status >= 500  # what failed may be what the frame asks
    return render_template("error.html", problem=problem)


def _sign_in_context() -> dict[str, Any]:
    """The demonstration offers its accounts on the sign-in page, by district and role; elsewhere nothing is offered."""
    if not current.settings().demonstration:
        return {"accounts": {}, "password": ""}
    offered: dict[str, dict[str, list[DemonstrationAccount]]] = {}
    for account in accounts.demonstration_accounts():
        offered.setdefault(account.tenant_title, {}).setdefault(account.role_title, []).append(account)
    return {"accounts": offered, "password": demonstration.PASSWORD}


def attach(app: Flask) -> None:
    app.context_processor(_context)
    app.extensions["security"].login_context_processor(_sign_in_context)
    problems.attach(app, _failure_page)
