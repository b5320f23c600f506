"""Task headers: what every connector asks of its own, before it runs and when a model is checked."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from app.connectors.calls import REGISTERS, Known
from app.decision.near import near

OWNER = "applicant"


def missing_or_unknown(headers: Mapping[str, str], required: Sequence[str], optional: Sequence[str] = ()) -> list[str]:
    """Required headers that are not filled in, and headers that nobody reads."""
    missing = [f"缺少任务头(header)“{name}”,请在模型中补上" for name in required if not headers.get(name, "").strip()]
    taken = (*required, *optional)
    unknown = [f"任务头“{name}”没有用处,{_meant(name, taken)}可用:{'、'.join(taken) or '(无)'}" for name in headers if name not in taken]
    return missing + unknown


def phase(name: str, phases: Collection[str] | None) -> list[str]:
    """A phase of the ledger."""
    if not name or phases is None or name in phases:
        return []
    return [f"阶段“{name}”不在 districts/phases.toml 中,{_meant(name, phases)}可用:{'、'.join(phases)}"]


def register(kind: str, known: Known) -> list[str]:
    """A register, known by its form."""
    if not kind or known.has_register(kind):
        return []
    registers = [form.removeprefix(REGISTERS) for form in known.forms or () if form.startswith(REGISTERS)]
    return [f"没有登记簿“{kind}”的表单 forms/records/{kind}.json{_hint(kind, registers)}"]


def relation(role: str, known: Known) -> list[str]:
    """A role that is held by an office of the project's own."""
    if not role or known.roles is None:
        return []
    facts = known.roles.get(role)
    if facts is not None and facts.relation is not None:
        return []
    held = [key for key, known_role in known.roles.items() if known_role.relation is not None]
    return [f"角色“{role}”在本区不是项目自己的单位(districts 中没有 relation),不能指定{_hint(role, held)}"]


def recipients(to: str, known: Known) -> list[str]:
    """Roles to be told."""
    if known.roles is None:
        return []
    return [
        f"要通知的角色“{role}”不在本区的角色表中,请检查任务头 to{_hint(role, (*known.roles, 'owner'))}"
        for role in roles_in(to)
        if role not in known.roles
    ]


def roles_in(to: str) -> list[str]:
    """The roles that a header names, parted by blanks or commas; ``owner`` is the project's applicant."""
    return [OWNER if word == "owner" else word for word in to.replace(",", " ").split()]


def _hint(name: str, known: Iterable[str]) -> str:
    """The name that was meant, to stand behind a sentence; empty where nothing is near."""
    found = near(name, known)
    return f",是不是 {found}?" if found else ""


def _meant(name: str, known: Iterable[str]) -> str:
    """The same, to stand before what may be used."""
    found = near(name, known)
    return f"是不是 {found}?" if found else ""
