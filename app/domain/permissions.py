"""Who may do what: three questions at once — the role, the relation to the project's office, and the task itself. Every verdict carries its reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.codes import Code
from app.domain.codes import VerdictCode
from app.domain.districts import ANYBODY, SHARED, District
from app.errors import Forbidden

ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})
MODEL_READERS = ADMINISTRATORS | {"analyst", "auditor"}


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
    """What a verdict needs to know of a user task. ``office``: the key of the only office whose people do it, called ``office_name`` (0: there is none; None: any);
    ``person``: the only person who does it (0: nobody that there is; None: whoever holds the role), called ``person_name``;
    ``signed_by``: people who have done another of its instances in the same round, where nobody may do two."""

    tenant: str
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    assignee: str | None = None
    name: str = ""
    office: int | None = None
    office_name: str = ""
    person: int | None = None
    person_name: str = ""
    signed_by: frozenset[int] = frozenset()


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
    code: Code
    reason: str

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Raises Forbidden with the reason unless it is allowed."""
        if not self.allowed:
            raise Forbidden(self.reason, code=self.code)


def _yes(reason: str) -> Verdict:
    return Verdict(True, VerdictCode.ALLOWED, reason)


def is_effective(membership: Membership, district: District) -> bool:
    """Whether a role is held where the district's file lets it be held: one that it gives to certain offices counts in those alone."""
    info = district.roles.get(membership.role)
    return info is None or info.relation is not None or not info.offices or membership.office_name in info.offices


def holds(actor: Actor, role: str, project: ProjectFacts | None, district: District) -> Verdict:
    """Whether the actor holds ``role`` for this project: in an office that the district names for it, or in the project's own office of that relation."""
    title = district.role_title(role)
    mine = [membership for membership in actor.memberships if membership.role == role]
    if not mine:
        return Verdict(False, VerdictCode.ROLE_MISSING, f"此事项由“{title}”办理,您的账号没有该角色")
    info = district.roles.get(role)
    relation = info.relation if info else None
    if relation is None:
        names = info.offices if info else ()
        fitting = [membership for membership in mine if is_effective(membership, district)]
        if fitting:
            return _yes(f"您是{fitting[0].office_name}的{title}")
        return Verdict(False, VerdictCode.OFFICE_MISMATCH, f"此事项由{'、'.join(names)}的“{title}”办理,不属于您所在的单位")
    if project is None:
        return _yes(f"您是{mine[0].office_name}的{title}")
    own = project.offices.get(relation, frozenset())
    fitting = [membership for membership in mine if membership.office in own]
    if fitting:
        return _yes(f"您是本项目{title}所在单位{fitting[0].office_name}的人员")
    return Verdict(False, VerdictCode.NOT_YOUR_PROJECT, f"此事项属于其他单位的项目,只有该项目的“{title}”可以办理")


def may_do(actor: Actor, task: TaskFacts, project: ProjectFacts | None, district: District) -> Verdict:
    """Whether the actor may complete the task: same district, no administrator, and assignee, candidate or holder of a candidate role."""
    if actor.is_system:
        return _yes("系统自动办理")
    if actor.tenant != task.tenant:
        return Verdict(False, VerdictCode.OTHER_DISTRICT, "此事项属于其他区,您不能查看或办理")
    if actor.is_administrator:
        return Verdict(False, VerdictCode.ADMINISTRATOR, "管理员账号不能办理业务事项,请由承办人员办理")
    if actor.user in task.signed_by:
        return Verdict(
            False, VerdictCode.SIGNED_ALREADY, "此事项同一人在一轮里只能办一次,您在本轮已经办过其中一份(包括代他人办理的),请由其他人员办理"
        )
    if task.assignee is not None:
        if task.assignee == actor.username:
            return _in_person(actor, task, _yes("此事项已指定由您办理"))
        return Verdict(False, VerdictCode.ASSIGNED_TO_OTHER, "此事项已由其他人员领取或指定其他人员办理")
    if actor.username in task.candidate_users:
        return _in_person(actor, task, _yes("您是此事项的候选办理人"))
    verdict = Verdict(False, VerdictCode.NO_CANDIDATE, "此事项没有指定您或您的角色办理")
    for role in task.candidate_groups:
        verdict = holds_for(actor, role, task, project, district)
        if verdict:
            return _in_person(actor, task, verdict)
    return verdict


def _in_person(actor: Actor, task: TaskFacts, verdict: Verdict) -> Verdict:
    """``verdict`` but where one person alone does the task, and it is another."""
    if task.person is None or task.person == actor.user:
        return verdict
    return Verdict(False, VerdictCode.NAMED_OTHER, f"此事项由{task.person_name or '所指定的人员'}本人办理,不能由其他人员代办")


def holds_for(actor: Actor, role: str, task: TaskFacts, project: ProjectFacts | None, district: District) -> Verdict:
    """Whether the actor holds ``role`` for this task: where it is one office's, in that office."""
    if task.office is None:
        return holds(actor, role, project, district)
    title = district.role_title(role)
    if not task.office:
        return Verdict(False, VerdictCode.NO_OFFICE, f"此事项应由一家单位的“{title}”办理,但没有指定到登记的单位,已列入系统管理员的清单")
    if acting_for(actor, role, task.office, district) is not None:
        return _yes(f"您是{task.office_name}的{title}")
    if all(membership.role != role for membership in actor.memberships):
        return Verdict(False, VerdictCode.ROLE_MISSING, f"此事项由{task.office_name}的“{title}”办理,您的账号没有该角色")
    return Verdict(False, VerdictCode.OFFICE_MISMATCH, f"此事项由{task.office_name}的“{title}”办理,不属于您所在的单位")


@dataclass(frozen=True, slots=True)
class Capacity:
    """In which role somebody does a task, and of which office (its name; empty where the role is nobody's)."""

    role: str
    office: str


def capacities(actor: Actor, task: TaskFacts, project: ProjectFacts | None, district: District) -> tuple[Capacity, ...]:
    """The candidate roles in which somebody who may do the task can do it, in the task's order; at least one."""
    found = []
    for role in task.candidate_groups:
        if task.office is not None:
            acting = acting_for(actor, role, task.office, district)
            if acting is not None:
                found.append(Capacity(role, acting.office_name))
            continue
        if not holds(actor, role, project, district):
            continue
        info = district.roles.get(role)
        own = project.offices.get(info.relation, frozenset()) if project and info and info.relation else None
        office = next((held.office_name for held in actor.memberships if held.role == role and (own is None or held.office in own)), "")
        found.append(Capacity(role, office))
    if found:
        return tuple(found)
    if task.office and not actor.is_system:  # claimed while the person was there
        return (Capacity(next(iter(task.candidate_groups), ""), task.office_name),)
    first = actor.memberships[0] if actor.memberships else None
    return (Capacity(first.role, first.office_name) if first else Capacity("", ""),)


def acting_for(actor: Actor, role: str, office: int, district: District) -> Membership | None:
    """The membership by which the actor holds ``role`` in an office, own or lent."""
    mine = (membership for membership in actor.memberships if (membership.role, membership.office) == (role, office))
    return next((membership for membership in mine if is_effective(membership, district)), None)


def oversees(actor: Actor, district: District) -> bool:
    """Whether one of the actor's roles reads every project, as the district's file says (FX-5-1, SC-5-1, SC-34-1)."""
    return any(
        (info := district.roles.get(membership.role)) is not None and info.oversees and is_effective(membership, district)
        for membership in actor.memberships
    )


def belongs(actor: Actor, project: ProjectFacts, district: District) -> Verdict:
    """Whether the project is of the actor's own office, or they oversee the district's (FX-5-1). What of a project they may read says ``domain.reading``."""
    if actor.is_system:
        return _yes("系统")
    if actor.tenant != project.tenant:
        return Verdict(False, VerdictCode.OTHER_DISTRICT, "此项目属于其他区,您不能查看")
    if oversees(actor, district):
        return _yes("您的单位对全区项目负有统筹或监督职责")
    if actor.is_administrator:
        return Verdict(False, VerdictCode.ADMINISTRATOR, "管理员账号不能查看业务内容,请在“流程实例”中检查运行情况")
    if any(actor.offices & offices for offices in project.offices.values()):
        return _yes("这是您所在单位的项目")
    return Verdict(False, VerdictCode.NOT_YOUR_PROJECT, "此项目属于其他单位,您只能查看本单位的项目")


def may_confirm(actor: Actor, roles: Sequence[str], project: ProjectFacts, district: District) -> tuple[Verdict, str]:
    """Whether the actor may say that a fact of the project is right, whose owners are ``roles``; and the first of these that allows it ("" without)."""
    if actor.tenant != project.tenant:
        return Verdict(False, VerdictCode.OTHER_DISTRICT, "此项目属于其他区,您不能核实"), ""
    if actor.is_administrator:
        return Verdict(False, VerdictCode.ADMINISTRATOR, "管理员账号不能核实业务内容,请由填写它的人员核实"), ""
    for role in roles:
        if verdict := holds(actor, role, project, district):
            return verdict, role
    titles = "、".join(f"“{district.role_title(role)}”" for role in roles)
    if not roles:
        return Verdict(False, VerdictCode.FACT_OWNER, "没有角色可以核实这一项,请通过更正流程写入,或联系业务分析员"), ""
    return Verdict(False, VerdictCode.FACT_OWNER, f"这一项由本项目的{titles}核实,您的账号在本项目没有该角色"), ""


def may_start(actor: Actor, process: str, project: ProjectFacts | None, district: District) -> Verdict:
    """Whether the actor may start ``process`` by hand, in the phase the project is in."""
    info = district.processes.get(process)
    if info is None or not info.enabled or info.start_role is None:
        return Verdict(False, VerdictCode.NOT_STARTABLE, "本区没有开放由人员发起这项流程")
    if info.start_role != ANYBODY:
        verdict = holds(actor, info.start_role, project, district)
    elif project is None:
        verdict = Verdict(False, VerdictCode.NOT_STARTABLE, "这项流程从项目发起，请先打开项目")
    else:
        verdict = belongs(actor, project, district)
    if not verdict:
        return verdict
    if project is not None and info.start_phases and project.phase not in info.start_phases:
        return Verdict(False, VerdictCode.WRONG_PHASE, "项目当前所处阶段不能发起这项流程")
    return verdict


# ---------------------------------------------------------------------- what is not a task or a project

# For whom each administrative act is, and what everybody else reads.
_POSTS = {
    "administer": ("system_admin", "系统管理员", VerdictCode.NOT_ADMINISTRATOR, "只有系统管理员可以检查和处置运行中的流程"),
    "manage": ("security_admin", "安全管理员", VerdictCode.NOT_ADMINISTRATOR, "只有本区的安全管理员可以管理单位、账号和角色"),
    "verify": ("audit_admin", "审计管理员", VerdictCode.NOT_AUDITOR, "只有审计管理员可以核验审计链"),
    "publish": ("analyst", "业务分析员", VerdictCode.NOT_ANALYST, "只有业务分析员可以上传和发布模型"),
}


def _post(actor: Actor, act: str, tenant: str | None, elsewhere: str) -> Verdict:
    """Whether the actor holds the post that an act is for, and ``tenant`` (None: not asked) is the district of that post."""
    role, title, code, refusal = _POSTS[act]
    if not actor.is_system and role not in actor.roles:
        return Verdict(False, code, refusal)
    # The system acts everywhere while it acts in no district of its own.
    if tenant is not None and actor.tenant != tenant and not (actor.is_system and not actor.tenant):
        return Verdict(False, VerdictCode.OTHER_DISTRICT, elsewhere)
    return _yes(title)


def may_administer(actor: Actor, tenant: str | None = None) -> Verdict:
    """Whether the actor may inspect and repair what runs: instances, jobs, messages (of ``tenant``)."""
    return _post(actor, "administer", tenant, "只能检查和处置本区的流程")


def may_manage(actor: Actor, tenant: str | None = None) -> Verdict:
    """Whether the actor may manage offices, accounts and roles (of ``tenant``)."""
    return _post(actor, "manage", None if actor.is_system else tenant, "您只能管理本区的单位、账号和角色")


def may_verify(actor: Actor) -> Verdict:
    """Whether the actor may verify the audit trail of the whole installation."""
    return _post(actor, "verify", None, "")


def may_publish(actor: Actor, tenants: Collection[str] = ()) -> Verdict:
    """Whether the actor may deploy models (into ``tenants``)."""
    verdict = _post(actor, "publish", None, "")
    if verdict and not actor.is_system and set(tenants) - {actor.tenant}:
        return Verdict(False, VerdictCode.OTHER_DISTRICT, "您只能发布到本区;各区共用的模型由运维人员用命令行发布")
    return verdict


def may_list_models(actor: Actor, tenant: str) -> Verdict:
    """Whether the actor may see the list of a district's models with their versions."""
    if not actor.is_system and not actor.roles & MODEL_READERS:
        return Verdict(False, VerdictCode.NOT_ANALYST, "只有业务分析员、管理员和审计人员可以查看模型清单")
    return may_read_model(actor, tenant)


def may_read_model(actor: Actor, tenant: str) -> Verdict:
    """Whether the actor may read a model: everybody those of their district and the shared ones, for pages draw diagrams from them."""
    if actor.is_system or tenant in (actor.tenant, SHARED):
        return _yes("本区或各区共用的模型")
    return Verdict(False, VerdictCode.OTHER_DISTRICT, "此模型属于其他区")
