"""Who may do what: three questions at once — the role, the relation to the project's office, and the task itself. Every verdict carries its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.districts import District

ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})


@dataclass(frozen=True, slots=True)
class Membership:
    """A person holds ``role`` in the organisation ``office`` (its key), called ``office_name``."""

    role: str
    office: int
    office_name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, or the system itself (``user`` 0)."""

    user: int
    username: str
    name: str
    tenant: str
    memberships: tuple[Membership, ...] = ()

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(membership.role for membership in self.memberships)

    @property
    def offices(self) -> frozenset[int]:
        return frozenset(membership.office for membership in self.memberships)

    @property
    def is_system(self) -> bool:
        return self.user == 0

    @property
    def is_administrator(self) -> bool:
        return bool(self.roles & ADMINISTRATORS)

    def office_in(self, role: str) -> Membership | None:
        """The first membership in ``role``, if any."""
        return next((membership for membership in self.memberships if membership.role == role), None)


SYSTEM = Actor(0, "system", "系统", "")


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What a verdict needs to know of a user task."""

    tenant: str
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    assignee: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """``offices``: relation → the keys of the project's own organisations in it (applicant, implementer, supervisor, …)."""

    tenant: str
    key: int = 0
    phase: str = ""
    offices: Mapping[str, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    allowed: bool
    code: str
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


def _yes(reason: str) -> Verdict:
    return Verdict(True, "ALLOWED", reason)


def holds(actor: Actor, role: str, project: ProjectFacts | None, district: District) -> Verdict:
    """Whether the actor holds ``role`` for this project: in an office that the district names for it, or in the project's own office of that relation."""
    title = district.role_title(role)
    mine = [membership for membership in actor.memberships if membership.role == role]
    if not mine:
        return Verdict(False, "ROLE_MISSING", f"此事项由“{title}”办理,您的账号没有该角色")
    info = district.roles.get(role)
    relation = info.relation if info else None
    if relation is None:
        names = info.offices if info else ()
        fitting = [membership for membership in mine if not names or membership.office_name in names]
        if fitting:
            return _yes(f"您是{fitting[0].office_name}的{title}")
        return Verdict(False, "OFFICE_MISMATCH", f"此事项由{'、'.join(names)}的“{title}”办理,不属于您所在的单位")
    if project is None:
        return _yes(f"您是{mine[0].office_name}的{title}")
    own = project.offices.get(relation, frozenset())
    fitting = [membership for membership in mine if membership.office in own]
    if fitting:
        return _yes(f"您是本项目{title}所在单位{fitting[0].office_name}的人员")
    return Verdict(False, "NOT_YOUR_PROJECT", f"此事项属于其他单位的项目,只有该项目的“{title}”可以办理")


def may_do(actor: Actor, task: TaskFacts, project: ProjectFacts | None, district: District) -> Verdict:
    """Whether the actor may complete the task: same district, no administrator, and assignee, candidate or holder of a candidate role."""
    if actor.is_system:
        return _yes("系统自动办理")
    if actor.tenant != task.tenant:
        return Verdict(False, "OTHER_DISTRICT", "此事项属于其他区,您不能查看或办理")
    if actor.is_administrator:
        return Verdict(False, "ADMINISTRATOR", "管理员账号不能办理业务事项,请由承办人员办理")
    if task.assignee is not None:
        if task.assignee == actor.username:
            return _yes("此事项已指定由您办理")
        return Verdict(False, "ASSIGNED_TO_OTHER", "此事项已由其他人员领取或指定其他人员办理")
    if actor.username in task.candidate_users:
        return _yes("您是此事项的候选办理人")
    verdict = Verdict(False, "NO_CANDIDATE", "此事项没有指定您或您的角色办理")
    for role in task.candidate_groups:
        verdict = holds(actor, role, project, district)
        if verdict:
            return verdict
    return verdict


def oversees(actor: Actor, district: District) -> bool:
    """Whether one of the actor's roles reads every project, as the district's file says (FX-5-1, SC-5-1, SC-34-1)."""
    return any(role in district.roles and district.roles[role].oversees for role in actor.roles)


def may_read_task(actor: Actor, task: TaskFacts, project: ProjectFacts | None, district: District) -> Verdict:
    """Whether the actor may open the task: whoever may do it, or may read its project."""
    verdict = may_do(actor, task, project, district)
    if verdict or project is None:
        return verdict
    reading = may_read_project(actor, project, district)
    return reading if reading and oversees(actor, district) else verdict


def may_read_project(actor: Actor, project: ProjectFacts, district: District) -> Verdict:
    """Whether the actor may see the project: overseers all of the district's, others those of their own office (FX-5-1)."""
    if actor.is_system:
        return _yes("系统")
    if actor.tenant != project.tenant:
        return Verdict(False, "OTHER_DISTRICT", "此项目属于其他区,您不能查看")
    if oversees(actor, district):
        return _yes("您的单位对全区项目负有统筹或监督职责")
    if actor.is_administrator:
        return Verdict(False, "ADMINISTRATOR", "管理员账号不能查看业务内容,请在“流程实例”中检查运行情况")
    if any(actor.offices & offices for offices in project.offices.values()):
        return _yes("这是您所在单位的项目")
    return Verdict(False, "NOT_YOUR_PROJECT", "此项目属于其他单位,您只能查看本单位的项目")


def may_start(actor: Actor, process: str, project: ProjectFacts | None, district: District) -> Verdict:
    """Whether the actor may start ``process`` by hand, in the phase the project is in."""
    info = district.processes.get(process)
    if info is None or not info.enabled or info.start_role is None:
        return Verdict(False, "NOT_STARTABLE", "本区没有开放由人员发起这项流程")
    verdict = holds(actor, info.start_role, project, district)
    if not verdict:
        return verdict
    if project is not None and info.start_phases and project.phase not in info.start_phases:
        return Verdict(False, "WRONG_PHASE", "项目当前所处阶段不能发起这项流程")
    return verdict


def may_administer(actor: Actor) -> Verdict:
    """Whether the actor may inspect running instances."""
    if actor.is_system or "system_admin" in actor.roles:
        return _yes("系统管理员")
    return Verdict(False, "NOT_ADMINISTRATOR", "只有系统管理员可以检查运行中的流程实例")


def may_publish(actor: Actor) -> Verdict:
    """Whether the actor may deploy models."""
    if actor.is_system or "analyst" in actor.roles:
        return _yes("业务分析员")
    return Verdict(False, "NOT_ANALYST", "只有业务分析员可以上传和发布模型")
