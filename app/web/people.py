"""人员与单位: offices, people and the roles they hold, for the security administrator; services refuse everybody else."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.access.identity import current_actor, present
from app.catalogue import districts
from app.domain.accounts import one_time_password
from app.errors import Conflict, InvalidRequest
from app.seen.shapes import AccountView
from app.services import accounts, offices, people
from app.web import listing

blueprint = Blueprint("people", __name__, url_prefix="/people")

Answer = Response | str | tuple[str, int]
_STATES = {"active": "在用", "disabled": "已停用"}


@blueprint.get("", endpoint="listing")
def search() -> str:
    actor = current_actor()
    text, office, state = listing.text("q"), listing.text("office"), listing.text("state")
    everybody = accounts.users(actor, actor.tenant)
    return render_template(
        "people/list.html",
        people=[person for person in everybody if _fits(person, text, office, state)],
        total=len(everybody),
        offices=[line.name for line in offices.listing(actor, actor.tenant)],
        states=_STATES,
        titles=_titles(),
        filtered=bool(text or office or state),
    )


@blueprint.get("/new")
def new() -> str:
    return _new_page({}, None)


@blueprint.post("/new")
def create() -> Answer:
    """A new account with a one-time password, shown in this answer and nowhere else."""
    actor, form = current_actor(), request.form
    password = one_time_password()
    username = form.get("username", "").strip()
    try:
        accounts.create_user(
            actor,
            username,
            form.get("name", ""),
            password,
            tenant=actor.tenant,
            memberships=[(form.get("role", ""), form.get("office", ""))],
            now=present(),
            one_time=True,
            reason=form.get("reason", ""),
        )
    except InvalidRequest as problem:
        return _new_page(form, problem), HTTPStatus.UNPROCESSABLE_ENTITY
    return render_template("people/password.html", person=accounts.user(actor, username), password=password, is_new=True)


@blueprint.get("/of/<username>")
def show(username: str) -> str:
    return _page(username)


@blueprint.post("/of/<username>/roles")
def add_role(username: str) -> Answer:
    role, office = request.form.get("role", ""), request.form.get("office", "")

    def act(reason: str) -> str:
        people.change_roles(current_actor(), username, reason, present(), add=[(role, office)])
        return "已增加角色，下次请求起生效。"

    return _changed(username, "add", act)


@blueprint.post("/of/<username>/roles/remove")
def remove_role(username: str) -> Answer:
    role, _, office = request.form.get("post", "").partition("@")

    def act(reason: str) -> str:
        people.change_roles(current_actor(), username, reason, present(), remove=[(role, office)])
        return "已去掉角色，下次请求起生效。"

    return _changed(username, "remove", act)


@blueprint.post("/of/<username>/disable")
def disable(username: str) -> Answer:
    def act(reason: str) -> str:
        done = people.disable(current_actor(), username, reason, present(), successor=request.form.get("successor") or None)
        told = f"账号已停用。移交接手人 {done.passed} 件，放回候选办理人 {done.returned} 件"
        return f"{told}，无人可办 {done.stranded} 件，请告知系统管理员。" if done.stranded else f"{told}。"

    return _changed(username, "disable", act)


@blueprint.post("/of/<username>/enable")
def enable(username: str) -> Answer:
    def act(reason: str) -> str:
        people.enable(current_actor(), username, reason, present())
        return "账号已恢复，角色和口令照旧。"

    return _changed(username, "enable", act)


@blueprint.post("/of/<username>/password")
def reset(username: str) -> Answer:
    """A one-time password, shown in this answer and nowhere else."""
    actor, password = current_actor(), one_time_password()
    try:
        people.set_password(actor, username, password, request.form.get("reason", ""), present(), one_time=True)
    except InvalidRequest as problem:
        return _page(username, "password", problem), HTTPStatus.UNPROCESSABLE_ENTITY
    return render_template("people/password.html", person=accounts.user(actor, username), password=password, is_new=False)


@blueprint.get("/offices")
def office_list() -> str:
    return _offices({}, None)


@blueprint.post("/offices")
def create_office() -> Answer:
    actor, name = current_actor(), request.form.get("name", "").strip()
    try:
        offices.create(actor, actor.tenant, name, present(), reason=request.form.get("reason", ""))
    except InvalidRequest as problem:
        return _offices(request.form, problem), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(f"单位“{name}”已可使用。", "success")
    return redirect(url_for("people.office_list"))


@blueprint.post("/offices/close")
def close_office() -> Answer:
    actor, name = current_actor(), request.form.get("closing", "")
    try:
        offices.close(actor, actor.tenant, name, request.form.get("reason", ""), present())
    except (InvalidRequest, Conflict) as problem:
        return _offices(request.form, problem), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(f"单位“{name}”已撤销。", "success")
    return redirect(url_for("people.office_list"))


# ---------------------------------------------------------------------- parts


def _changed(username: str, part: str, act: Callable[[str], str]) -> Answer:
    """Do it and go back to the person; what is refused stands at the part of the page that asked for it, with what was filled in."""
    try:
        told = act(request.form.get("reason", ""))
    except (InvalidRequest, Conflict) as problem:
        return _page(username, part, problem), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(told, "success")
    return redirect(url_for("people.show", username=username))


def _page(username: str, part: str = "", problem: InvalidRequest | Conflict | None = None) -> str:
    actor = current_actor()
    person = accounts.user(actor, username)
    return render_template(
        "people/person.html",
        person=person,
        part=part,
        problem=problem,
        form=request.form,
        successors=[one for one in accounts.users(actor, actor.tenant) if one.active and not one.is_administrator and one != person],
        is_self=person.username == actor.username,
        **_choices(),
    )


def _new_page(form: Mapping[str, str], problem: InvalidRequest | None) -> str:
    return render_template("people/new.html", form=form, problem=problem, **_choices())


def _offices(form: Mapping[str, str], problem: InvalidRequest | Conflict | None) -> str:
    actor = current_actor()
    return render_template("people/offices.html", lines=offices.listing(actor, actor.tenant), form=form, problem=problem)


def _choices() -> dict[str, Any]:
    """Roles and open offices to choose from."""
    actor = current_actor()
    names = [line.name for line in offices.listing(actor, actor.tenant) if line.closed_at is None]
    return {"titles": _titles(), "offices": names}


def _titles() -> dict[str, str]:
    return {role.key: role.title for role in districts.get(current_actor().tenant).roles.values()}


def _fits(person: AccountView, text: str, office: str, state: str) -> bool:
    places = {name for _, name in person.memberships}
    return (
        text.casefold() in f"{person.username} {person.name} {' '.join(places)}".casefold()
        and (not office or office in places)
        and (state not in _STATES or person.active == (state == "active"))
    )
