"""Who may do what: each question alone, both answers, with the code and the words that people read."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import permissions
from app.domain.codes import VerdictCode
from app.domain.districts import District, ProcessInfo, RoleInfo
from app.domain.permissions import SYSTEM, Actor, Membership, ProjectFacts, TaskFacts, Verdict
from app.errors import Forbidden

HILL = District(
    "hill",
    "山丘区",
    ZoneInfo("Asia/Shanghai"),
    {
        "finance": RoleInfo("finance", "财政", ("财政局", "财务中心")),
        "applicant": RoleInfo("applicant", "申报人", ("教育局",), relation="applicant"),
        "builder": RoleInfo("builder", "承建人", relation="implementer"),
        "bureau": RoleInfo("bureau", "数据", ("数据局",), oversees=True),
        "expert": RoleInfo("expert", "专家"),
    },
    {
        "permit": ProcessInfo("permit", start_role="applicant", start_phases=("draft", "trial")),
        "fees": ProcessInfo("fees", start_role="finance"),
        "closed": ProcessInfo("closed", enabled=False, start_role="finance"),
        "inner": ProcessInfo("inner"),
        "mend": ProcessInfo("mend", start_role="*", start_phases=("draft",)),
    },
)
PROJECT = ProjectFacts("hill", 5, "draft", {"applicant": frozenset({1}), "implementer": frozenset({2, 3})})


def person(*held: tuple[str, int, str], username: str = "dora", tenant: str = "hill", user: int = 9) -> Actor:
    return Actor(user, username, "某人", tenant, tuple(Membership(*one) for one in held))


FRED = person(("finance", 4, "财政局"))
ALICE = person(("applicant", 1, "教育局"))
ROOT = person(("system_admin", 6, "数据局"))


def said(verdict: Verdict) -> tuple[bool, str, str]:
    assert bool(verdict) is verdict.allowed
    return verdict.allowed, verdict.code, verdict.reason


def test_an_actor_is_what_they_hold() -> None:
    actor = person(("finance", 4, "财政局"), ("finance", 5, "财务中心"), ("expert", 4, "财政局"))
    assert (actor.roles, actor.offices) == ({"finance", "expert"}, {4, 5})
    assert (actor.is_system, actor.is_administrator) == (False, False)
    assert actor.office_in("finance") == Membership("finance", 4, "财政局")
    assert actor.office_in("bureau") is None
    assert (SYSTEM.user, SYSTEM.username, SYSTEM.name, SYSTEM.tenant, SYSTEM.is_system) == (0, "system", "系统", "", True)


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_there_are_three_administrators_who_read_models_besides_analysts_and_auditors(role: str) -> None:
    assert person((role, 6, "数据局")).is_administrator is True
    assert {role, "analyst", "auditor"} <= permissions.MODEL_READERS
    assert len(permissions.MODEL_READERS) == 5


def test_a_refused_verdict_is_raised_with_its_reason_and_code() -> None:
    Verdict(True, VerdictCode.ALLOWED, "可以").require()
    with pytest.raises(Forbidden) as refused:
        Verdict(False, VerdictCode.ROLE_MISSING, "不行").require()
    assert (refused.value.message, refused.value.code) == ("不行", VerdictCode.ROLE_MISSING)


@pytest.mark.parametrize(
    ("held", "counts"),
    [
        (("finance", 4, "财政局"), True), (("finance", 4, "财务中心"), True), (("finance", 4, "水利局"), False), (("applicant", 1, "水利局"), True),
        (("expert", 1, "学会"), True), (("unknown", 1, "某局"), True), (("builder", 1, "某公司"), True),
    ],
)  # fmt: skip
def test_a_role_counts_where_the_districts_file_lets_it_be_held(held: tuple[str, int, str], counts: bool) -> None:
    assert permissions.is_effective(Membership(*held), HILL) is counts


@pytest.mark.parametrize(
    ("held", "role", "project", "allowed", "code", "reason"),
    [
        (("expert", 1, "学会"), "finance", None, False, "ROLE_MISSING", "此事项由“财政”办理,您的账号没有该角色"),
        (("finance", 4, "财政局"), "finance", None, True, "ALLOWED", "您是财政局的财政"),
        (("finance", 4, "水利局"), "finance", PROJECT, False, "OFFICE_MISMATCH", "此事项由财政局、财务中心的“财政”办理,不属于您所在的单位"),
        (("applicant", 1, "教育局"), "applicant", None, True, "ALLOWED", "您是教育局的申报人"),
        (("applicant", 1, "教育局"), "applicant", PROJECT, True, "ALLOWED", "您是本项目申报人所在单位教育局的人员"),
        (
            ("applicant", 2, "水利局"),
            "applicant",
            PROJECT,
            False,
            "NOT_YOUR_PROJECT",
            "此事项属于其他单位的项目,只有该项目的“申报人”可以办理",
        ),
        (("builder", 3, "某公司"), "builder", PROJECT, True, "ALLOWED", "您是本项目承建人所在单位某公司的人员"),
        (
            ("builder", 3, "某公司"),
            "builder",
            ProjectFacts("hill"),
            False,
            "NOT_YOUR_PROJECT",
            "此事项属于其他单位的项目,只有该项目的“承建人”可以办理",
        ),
        (("unknown", 1, "某局"), "unknown", PROJECT, True, "ALLOWED", "您是某局的unknown"),
    ],
)
def test_a_role_is_held_in_the_districts_offices_or_in_the_projects_own(
    held: tuple[str, int, str], role: str, project: ProjectFacts | None, allowed: bool, code: str, reason: str
) -> None:
    assert said(permissions.holds(person(held), role, project, HILL)) == (allowed, code, reason)


def test_of_several_offices_the_one_that_fits_is_named() -> None:
    actor = person(("finance", 1, "水利局"), ("finance", 4, "财政局"), ("applicant", 2, "水利局"), ("applicant", 1, "教育局"))
    assert permissions.holds(actor, "finance", None, HILL).reason == "您是财政局的财政"
    assert permissions.holds(actor, "applicant", PROJECT, HILL).reason == "您是本项目申报人所在单位教育局的人员"


def test_a_task_is_done_by_its_assignee_a_candidate_or_who_holds_its_role() -> None:
    def may(actor: Actor, **facts: Any) -> tuple[bool, str, str]:
        return said(permissions.may_do(actor, TaskFacts(**{"tenant": "hill", **facts}), PROJECT, HILL))

    assert may(SYSTEM, tenant="valley") == (True, "ALLOWED", "系统自动办理")
    assert may(FRED, tenant="valley", assignee="dora") == (False, "OTHER_DISTRICT", "此事项属于其他区,您不能查看或办理")
    assert may(ROOT, assignee="dora") == (False, "ADMINISTRATOR", "管理员账号不能办理业务事项,请由承办人员办理")
    assert may(FRED, assignee="dora") == (True, "ALLOWED", "此事项已指定由您办理")
    assert may(FRED, assignee="lea", candidate_users=("dora",)) == (False, "ASSIGNED_TO_OTHER", "此事项已由其他人员领取或指定其他人员办理")
    assert may(FRED, candidate_users=("lea", "dora")) == (True, "ALLOWED", "您是此事项的候选办理人")
    assert may(FRED, candidate_users=("lea",)) == (False, "NO_CANDIDATE", "此事项没有指定您或您的角色办理")
    assert may(FRED, candidate_groups=("bureau", "finance")) == (True, "ALLOWED", "您是财政局的财政")
    assert may(FRED, candidate_groups=("finance", "bureau"))[0] is True
    assert may(FRED, candidate_groups=("finance2", "bureau"))[2] == "此事项由“数据”办理,您的账号没有该角色"


BUREAU = person(("bureau", 7, "数据局"))


def test_who_oversees_reads_every_project_of_the_district_others_their_own() -> None:
    def may(actor: Actor, project: ProjectFacts = PROJECT) -> tuple[bool, str, str]:
        return said(permissions.belongs(actor, project, HILL))

    elsewhere = ProjectFacts("valley", offices=PROJECT.offices)
    assert may(SYSTEM, elsewhere) == (True, "ALLOWED", "系统")
    assert may(ALICE, elsewhere) == (False, "OTHER_DISTRICT", "此项目属于其他区,您不能查看")
    assert may(BUREAU) == (True, "ALLOWED", "您的单位对全区项目负有统筹或监督职责")
    assert may(person(("bureau", 7, "水利局"))) == (False, "NOT_YOUR_PROJECT", "此项目属于其他单位,您只能查看本单位的项目")
    assert may(person(("system_admin", 1, "教育局"))) == (False, "ADMINISTRATOR", "管理员账号不能查看业务内容,请在“流程实例”中检查运行情况")
    assert may(ALICE) == may(person(("expert", 3, "某公司"))) == (True, "ALLOWED", "这是您所在单位的项目")
    assert may(FRED)[1] == "NOT_YOUR_PROJECT"
    assert (permissions.oversees(BUREAU, HILL), permissions.oversees(FRED, HILL), permissions.oversees(ROOT, HILL)) == (True, False, False)


def test_a_process_is_started_by_its_role_in_its_phases() -> None:
    def may(actor: Actor, process: str, project: ProjectFacts | None = None) -> tuple[bool, str]:
        verdict = permissions.may_start(actor, process, project, HILL)
        return verdict.allowed, verdict.code

    assert may(FRED, "unknown") == may(FRED, "closed") == may(FRED, "inner") == (False, "NOT_STARTABLE")
    assert permissions.may_start(FRED, "closed", None, HILL).reason == "本区没有开放由人员发起这项流程"
    assert may(FRED, "permit") == (False, "ROLE_MISSING")
    assert may(ALICE, "permit") == may(ALICE, "permit", PROJECT) == (True, "ALLOWED")
    ended = ProjectFacts("hill", 5, "ended", PROJECT.offices)
    assert said(permissions.may_start(ALICE, "permit", ended, HILL)) == (False, "WRONG_PHASE", "项目当前所处阶段不能发起这项流程")
    assert may(FRED, "fees", ended) == (True, "ALLOWED")
    assert may(ALICE, "permit", ProjectFacts("hill", 5, "ended")) == (False, "NOT_YOUR_PROJECT")


def test_what_anybody_concerned_may_start_is_for_those_who_may_see_the_project() -> None:
    def may(actor: Actor, project: ProjectFacts | None = PROJECT) -> tuple[bool, str]:
        verdict = permissions.may_start(actor, "mend", project, HILL)
        return verdict.allowed, verdict.code

    bureau, builder = person(("bureau", 7, "数据局")), person(("builder", 3, "某公司"))
    assert may(ALICE) == may(bureau) == may(builder) == (True, "ALLOWED")
    assert may(FRED) == (False, "NOT_YOUR_PROJECT")
    assert may(ROOT) == (False, "ADMINISTRATOR")
    assert may(person(("bureau", 7, "数据局"), tenant="valley")) == (False, "OTHER_DISTRICT")
    assert may(bureau, None) == (False, "NOT_STARTABLE")
    assert may(bureau, ProjectFacts("hill", 5, "ended", PROJECT.offices)) == (False, "WRONG_PHASE")


HERE = Actor(0, "system", "系统", "hill")  # the system within a district
ANALYST = person(("analyst", 7, "数据局"))


@pytest.mark.parametrize(
    ("act", "role", "title", "code", "refusal", "elsewhere"),
    [
        (
            permissions.may_administer,
            "system_admin",
            "系统管理员",
            "NOT_ADMINISTRATOR",
            "只有系统管理员可以检查和处置运行中的流程",
            "只能检查和处置本区的流程",
        ),
        (
            permissions.may_manage,
            "security_admin",
            "安全管理员",
            "NOT_ADMINISTRATOR",
            "只有本区的安全管理员可以管理单位、账号和角色",
            "您只能管理本区的单位、账号和角色",
        ),
    ],
)
def test_an_administrators_post_is_of_their_district(act: Any, role: str, title: str, code: str, refusal: str, elsewhere: str) -> None:
    admin = person((role, 7, "数据局"))
    assert said(act(admin)) == said(act(admin, "hill")) == (True, "ALLOWED", title)
    assert said(act(admin, "valley")) == (False, "OTHER_DISTRICT", elsewhere)
    for other in (ANALYST, person(("audit_admin", 7, "数据局"))):
        assert said(act(other)) == said(act(other, "valley")) == (False, code, refusal)
    assert said(act(SYSTEM, "valley")) == (True, "ALLOWED", title)
    assert act(HERE, "hill").allowed is True
    assert act(HERE, "valley").allowed is (act is permissions.may_manage)


def test_the_trail_is_verified_by_the_audit_administrator() -> None:
    assert said(permissions.may_verify(person(("audit_admin", 7, "数据局")))) == (True, "ALLOWED", "审计管理员")
    assert said(permissions.may_verify(ROOT)) == (False, "NOT_AUDITOR", "只有审计管理员可以核验审计链")
    assert permissions.may_verify(SYSTEM).allowed is True


def test_models_are_published_by_an_analyst_into_their_own_district_and_by_the_system_everywhere() -> None:
    assert said(permissions.may_publish(ANALYST)) == said(permissions.may_publish(ANALYST, ["hill"])) == (True, "ALLOWED", "业务分析员")
    for tenants in (["hill", "valley"], ["<default>"]):
        assert said(permissions.may_publish(ANALYST, tenants)) == (
            False,
            "OTHER_DISTRICT",
            "您只能发布到本区;各区共用的模型由运维人员用命令行发布",
        )
    assert said(permissions.may_publish(ROOT, ["valley"])) == (False, "NOT_ANALYST", "只有业务分析员可以上传和发布模型")
    assert permissions.may_publish(SYSTEM, ["hill", "<default>"]).allowed is True


def test_a_model_is_read_in_its_district_and_if_it_is_shared() -> None:
    for tenant in ("hill", "<default>"):
        assert said(permissions.may_read_model(ALICE, tenant)) == (True, "ALLOWED", "本区或各区共用的模型")
    assert said(permissions.may_read_model(ALICE, "valley")) == (False, "OTHER_DISTRICT", "此模型属于其他区")
    assert permissions.may_read_model(SYSTEM, "valley").allowed is True


def test_the_list_of_models_is_for_analysts_administrators_and_auditors() -> None:
    refused = (False, "NOT_ANALYST", "只有业务分析员、管理员和审计人员可以查看模型清单")
    assert said(permissions.may_list_models(ALICE, "hill")) == said(permissions.may_list_models(ALICE, "valley")) == refused
    for role in permissions.MODEL_READERS:
        actor = person((role, 7, "数据局"))
        assert permissions.may_list_models(actor, "hill").allowed is True
        assert permissions.may_list_models(actor, "valley").code == "OTHER_DISTRICT"
    assert permissions.may_list_models(SYSTEM, "valley").allowed is True
