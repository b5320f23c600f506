"""What becomes of an account: roles, password, disabled and enabled again. Each is an act of the security administrator that says why.

Whoever is disabled stops at the next request: session and tokens hang on a value that changes with it. Their tasks are handed over, each in an act of its own,
for no act holds two trees; a task that is missed there is told as one that nobody can do.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.acts import answering, audit
from app.acts.held_tree import HeldTask, HeldTree
from app.acts.places import places
from app.acts.transaction import act, open_task, retried
from app.catalogue import snapshot
from app.codes import RequestCode
from app.domain import accounts as rules
from app.domain.codes import Action
from app.domain.keys import next_key
from app.domain.permissions import ADMINISTRATORS, Actor, may_manage
from app.domain.reasons import checked_reason
from app.domain.states import TaskState
from app.errors import Conflict, Forbidden, InvalidRequest, NotFound, TaskAlreadyClosed
from app.seen.shapes import HandedOver
from app.services import accounts
from app.store import accounts as stored
from app.store import instances, rows, tasks
from app.store.tables import MembershipRow, UserRow


def disable(actor: Actor, username: str, reason: str, now: datetime, *, successor: str | None = None) -> HandedOver:
    """Disable an account and hand its open tasks over: to the successor, else back to their candidates. Repeated, it hands over what was left.

    Raises Forbidden, NotFound, InvalidRequest (REASON, SELF, SUCCESSOR).
    """
    user = _managed(actor, username)
    said = checked_reason(reason)
    if user.id == actor.user:
        raise InvalidRequest("不能停用自己的账号，请由另一位安全管理员或运维人员停用", code=RequestCode.SELF)
    _check_successor(user, successor)
    if user.active:
        with act():
            stored.change(user.id, active=False, fs_uniquifier=uuid4().hex)
            audit.record(
                actor, Action.USER_DISABLE, username, {"reason": said, "successor": successor}, now, chain=actor.user, tenant=user.tenant
            )
    return _hand_over(actor, username, successor, said, now)


def enable(actor: Actor, username: str, reason: str, now: datetime) -> None:
    """Let a disabled account in again, with the roles and the password it had. Raises Forbidden, NotFound, InvalidRequest (REASON), Conflict (ENABLED)."""
    user = _managed(actor, username)
    said = checked_reason(reason)
    if user.active:
        raise Conflict(f"账号“{username}”没有停用", code=RequestCode.ENABLED)
    with act():
        stored.change(user.id, active=True)
        audit.record(actor, Action.USER_ENABLE, username, {"reason": said}, now, chain=actor.user, tenant=user.tenant)


def set_password(actor: Actor, username: str, password: str, reason: str, now: datetime, *, one_time: bool) -> None:
    """Give an account another password; sessions and tokens end. ``one_time``: it has to be changed at the first sign-in.

    Raises Forbidden, NotFound, InvalidRequest (REASON, PASSWORD_WEAK).
    """
    user = _managed(actor, username)
    said = checked_reason(reason)
    rules.check_password(password)
    with act():
        _change_password(user, password, now if one_time else None)
        audit.record(
            actor, Action.USER_PASSWORD, username, {"reason": said, "oneTime": one_time}, now, chain=actor.user, tenant=user.tenant
        )


def change_own_password(actor: Actor, present: str, wanted: str, now: datetime) -> None:
    """A person's own choice; other sessions and tokens end. Raises Forbidden, InvalidRequest (PASSWORD_WRONG, PASSWORD_WEAK, PASSWORD_SAME)."""
    user = stored.by_username(actor.username)
    if user is None or actor.is_system or not user.active:
        raise Forbidden("没有可以修改口令的账号", code=RequestCode.NO_ACCOUNT)
    if not _fits(user, present):
        raise InvalidRequest("现用口令不正确", code=RequestCode.PASSWORD_WRONG)
    rules.check_password(wanted)
    if present == wanted:
        raise InvalidRequest("新口令不能与现用口令相同", code=RequestCode.PASSWORD_SAME)
    with act():
        _change_password(user, wanted, None)
        audit.record(actor, Action.USER_PASSWORD, actor.username, {"own": True}, now, chain=actor.user, tenant=user.tenant)


def change_roles(
    actor: Actor,
    username: str,
    reason: str,
    now: datetime,
    *,
    add: Collection[tuple[str, str]] = (),
    remove: Collection[tuple[str, str]] = (),
) -> None:
    """Give roles (role key, office name) to a person and take others away, in one act. They hold from the next request.

    Raises Forbidden, NotFound, InvalidRequest (REASON, NOTHING, ROLE, ROLE_OFFICE, ROLES_MIXED, OFFICE), Conflict (NOT_HELD, HELD).
    """
    user = _managed(actor, username)
    said = checked_reason(reason)
    if not add and not remove:
        raise InvalidRequest("没有给出要增加或去掉的角色", code=RequestCode.NOTHING)
    district = snapshot.district(user.tenant)
    held = {(role, office): key for role, key, office in stored.memberships(user.id)}
    for role, office in remove:
        if (role, office) not in held:
            raise Conflict(f"{user.name}没有{office}的角色“{district.role_title(role)}”", code=RequestCode.NOT_HELD)
    for role, office in add:
        if (role, office) in held and (role, office) not in remove:
            raise Conflict(f"{user.name}已有{office}的角色“{district.role_title(role)}”", code=RequestCode.HELD)
    wanted = list(dict.fromkeys(add))
    offices = places(user.tenant, wanted)
    left = {role for role, office in held if (role, office) not in remove}
    rules.check_mixture(left | {role for role, _ in wanted}, username)
    with act():
        if remove:
            gone = [(role, held[role, office]) for role, office in remove]
            stored.drop_memberships(user.id, gone)
            tasks.release_of_roles(username, gone)
        new = [
            {"key": next_key(), "user_key": user.id, "role": role, "organisation_key": offices[office], "created_at": now}
            for role, office in wanted
        ]
        rows.insert(MembershipRow, new)
        details = {"reason": said, "add": [list(pair) for pair in wanted], "remove": [list(pair) for pair in remove]}
        audit.record(actor, Action.USER_ROLES, username, details, now, chain=actor.user, tenant=user.tenant)


# ---------------------------------------------------------------------- parts


def _managed(actor: Actor, username: str) -> UserRow:
    """The account, if the actor may manage it. Raises Forbidden, NotFound."""
    may_manage(actor).require()
    user = stored.by_username(username)
    if user is None:
        raise NotFound(f"没有账号“{username}”")
    may_manage(actor, user.tenant).require()
    return user


def _change_password(user: UserRow, password: str, given_at: datetime | None) -> None:
    stored.change(user.id, password=accounts.hashed(password), password_given_at=given_at, fs_uniquifier=uuid4().hex)


def _fits(user: UserRow, password: str) -> bool:
    try:
        return user.password is not None and PasswordHasher().verify(user.password, password)
    except (VerificationError, InvalidHashError):
        return False


def _check_successor(user: UserRow, username: str | None) -> None:
    if username is None:
        return
    found = stored.by_username(username)
    if found is None or not found.active or found.tenant != user.tenant or found.id == user.id:
        raise InvalidRequest(f"接手人“{username}”须是同一区另一个没有停用的账号", code=RequestCode.SUCCESSOR)
    if {role for role, _, _ in stored.memberships(found.id)} & ADMINISTRATORS:
        raise InvalidRequest(f"接手人“{username}”是管理员，不能办理业务事项", code=RequestCode.SUCCESSOR)


def _hand_over(actor: Actor, username: str, successor: str | None, reason: str, now: datetime) -> HandedOver:
    returned = passed = stranded = 0
    for key, assignee, others in tasks.waiting_for(username):
        if successor is None and not (assignee and others):
            stranded += 1  # named by the diagram alone: it stays so until somebody else is named
            continue
        if successor is not None and assignee is None and others:
            continue  # others may do it as well: nobody is given what is open to many
        try:
            handed = _reassign(actor, key, username, successor=successor, reason=reason, now=now)
        except (TaskAlreadyClosed, NotFound):
            continue
        returned, passed = returned + (not handed), passed + handed
    return HandedOver(returned=returned, passed=passed, stranded=stranded)


@retried
def _reassign(actor: Actor, key: int, username: str, successor: str | None, reason: str, now: datetime) -> bool:
    """Whether the successor has it now: what is another office's, or signed by them already, goes back to whom it is open to."""
    with open_task(key, now, actor) as tree:
        task = tree.task
        if task is None or task.state != TaskState.OPEN or task.assignee not in (None, username):
            raise TaskAlreadyClosed
        if successor is not None and not _may_take(tree, task, successor, now):
            successor = None
        details = {"task": str(key), "from": username, "to": successor, "reason": reason}
        tree.record(Action.TASK_HAND_OVER, f"{task.process_id}.{task.element_id}", details)
        if not instances.assign_task(key, task.assignee, successor):
            raise TaskAlreadyClosed
        tree.save()
    return successor is not None


def _may_take(tree: HeldTree, task: HeldTask, successor: str, now: datetime) -> bool:
    """Whether a task can be put into somebody's hands: any but one that is an office's, or that nobody does twice in a round, for that asks more than an account."""
    if task.office_key is None and task.signing is None:
        return True
    found = stored.by_username(successor)
    return found is not None and bool(answering.verdict(accounts.actor(found.id, now), tree, replace(task, assignee=None)))
