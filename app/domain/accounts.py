"""What an account has to be: its name, its password, and roles that go together."""

import re
import secrets
from collections.abc import Collection, Iterable

from app.codes import RequestCode
from app.domain.districts import District
from app.domain.permissions import ADMINISTRATORS
from app.errors import InvalidRequest

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200  # characters
LONGEST_NAME = 200
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread on paper
_GROUPS, _GROUP = 4, 4  # 79 bits


def check_username(username: str) -> None:
    """Raises InvalidRequest (USERNAME)."""
    if not _USERNAME.fullmatch(username):
        raise InvalidRequest(
            f"账号“{username}”只能用小写字母、数字、点、横线和下划线，以字母或数字开头，2 至 64 位", code=RequestCode.USERNAME
        )


def check_password(password: str) -> None:
    """Raises InvalidRequest (PASSWORD_WEAK)."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidRequest(f"口令应为 {SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 位", code=RequestCode.PASSWORD_WEAK)


def checked_name(name: str, what: str) -> str:
    """A person's or an office's name without blanks around it. Raises InvalidRequest (NAME)."""
    said = name.strip()
    if not said or len(said) > LONGEST_NAME or not said.isprintable():
        raise InvalidRequest(f"{what}应为 1 至 {LONGEST_NAME} 个字，不能换行", code=RequestCode.NAME)
    return said


def check_memberships(district: District, memberships: Iterable[tuple[str, str]]) -> None:
    """Every (role, office name) has to be one that the district's file knows and lets hold. Raises InvalidRequest (ROLE)."""
    for role, office in memberships:
        info = district.roles.get(role)
        if district.roles and info is None:
            known = "、".join(f"{item.key}（{item.title}）" for item in district.roles.values())
            raise InvalidRequest(f"{district.title}没有角色“{role}”，可用：{known}", code=RequestCode.ROLE)
        if not office.strip():
            raise InvalidRequest(f"角色“{district.role_title(role)}”须属于一个单位", code=RequestCode.ROLE)


def check_place(district: District, role: str, office: str) -> None:
    """A role that the district's file gives to certain offices is held nowhere else. Raises InvalidRequest (ROLE_OFFICE)."""
    info = district.roles.get(role)
    if info is not None and info.relation is None and info.offices and office not in info.offices:
        raise InvalidRequest(
            f"角色“{info.title}”按区文件由{'、'.join(info.offices)}承担，不能授予{office}的人员", code=RequestCode.ROLE_OFFICE
        )


def check_mixture(roles: Collection[str], username: str) -> None:
    """The three administrators exclude each other, and none does business tasks. Raises InvalidRequest (ROLES_MIXED)."""
    administrative = set(roles) & ADMINISTRATORS
    if len(administrative) > 1 or (administrative and set(roles) - ADMINISTRATORS):
        raise InvalidRequest(f"账号“{username}”的角色互斥：系统、安全、审计三员不得兼任，也不得兼任业务角色", code=RequestCode.ROLES_MIXED)


def one_time_password() -> str:
    """A random password that is read aloud or from paper once, and changed at the first sign-in."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(_GROUP)) for _ in range(_GROUPS))
