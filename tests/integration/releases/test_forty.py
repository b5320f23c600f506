"""Forty lives that stopped at user tasks of both districts under the release before the diagrams were redrawn go on until their projects are retired: on the
diagrams that they began with, untouched, and migrated to the new ones with preview.

``make test`` plays the sample, ``make releases`` all of them, on SQLite and on PostgreSQL.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.catalogue import snapshot
from app.domain.codes import Action
from app.domain.permissions import SYSTEM
from app.playing.life import Life
from app.services import accounts, migration, trail
from app.store.tables import AuditEntryRow, ProcessInstanceRow, ProjectRow, db
from tests.integration.releases import lives
from tests.integration.releases.lives import NOW, RETIRED, Years

pytestmark = pytest.mark.xdist_group("releases")  # the upgrade is made once a worker

SAMPLE = (  # together they are in every process that the release before had
    "奉贤区社区食堂监管",
    "奉贤区会议中心数字化改造",
    "奉贤区基层治理综合平台",
    "奉贤区养老服务信息平台",
    "奉贤区应急指挥平台整合",
    "宿城区居民健康档案升级",
    "宿城区一网通办延伸窗口",
    "宿城区城市运行数字底座",
)
REPAIRS = {Action.INSTANCE_MODIFY, Action.INSTANCE_SET_VARIABLES, Action.INSTANCE_CANCEL, Action.INCIDENT_RESOLVE}
WHOLE = [
    pytest.param((), "sqlite", marks=pytest.mark.releases, id="forty-sqlite"),
    pytest.param((), "postgresql", marks=[pytest.mark.releases, pytest.mark.postgresql], id="forty-postgresql"),
]
EXTENTS = pytest.mark.parametrize(("names", "config"), [pytest.param(SAMPLE, "sqlite", id="sample"), *WHOLE], indirect=["config"])


def acts(*actions: Action) -> int:
    found = db.session.execute(select(AuditEntryRow.key).where(AuditEntryRow.action.in_(actions))).all()
    db.session.rollback()
    return len(found)


def facts() -> Mapping[int, Mapping[str, Any]]:
    found = {row.key: row.facts for row in db.session.execute(select(ProjectRow.key, ProjectRow.facts))}
    db.session.rollback()
    return found


def versions(keys: list[int]) -> list[tuple[int, str]]:
    query = select(ProcessInstanceRow.definition_version, ProcessInstanceRow.state).where(ProcessInstanceRow.key.in_(keys))
    found = [tuple(row) for row in db.session.execute(query.order_by(ProcessInstanceRow.key)).all()]
    db.session.rollback()
    return found


def play_on(played: list[Life]) -> None:
    """Until each is retired; nothing of before is lost, nothing stops, nobody repairs."""
    before, known, repairs = {life.name: lives.done(life) for life in played}, facts(), acts(*REPAIRS)
    years = Years(played)
    years.play()
    assert {life.name: life.problems for life in played if life.problems} == {}
    assert {life.name: life.phase for life in played if life.phase != RETIRED} == {}
    assert {life.name: lives.left_over(life) for life in played if lives.left_over(life)} == {}
    assert lives.incidents() == []
    assert all(common.problems == [] for common in years.common.values())
    assert acts(*REPAIRS) == repairs
    for life in played:
        assert lives.done(life)[: len(before[life.name])] == before[life.name]
        assert known[life.key].keys() <= facts()[life.key].keys()
    assert trail.verify(SYSTEM).problems == []


@EXTENTS
def test_lives_of_the_release_before_go_on_untouched(app: Flask, names: tuple[str, ...]) -> None:
    played = lives.lives(names)
    assert len(played) == (len(names) or len(lives.PLAN["life"]))
    began = lives.running([life.key for life in played])
    play_on(played)
    then = versions([row.key for row in began])
    assert [version for version, _ in then] == [row.definition_version for row in began]
    assert "active" not in {state for _, state in then}
    assert acts(Action.INSTANCE_MIGRATE) == 0


@EXTENTS
def test_lives_of_the_release_before_go_on_migrated_to_the_new_diagrams(app: Flask, names: tuple[str, ...]) -> None:
    played = lives.lives(names)
    refused, left = lives.migrate(None if not names else [life.key for life in played])
    assert refused == []
    assert {(row.tenant, row.process_id) for row in left} == {("fengxian", "om_evaluation")} - (
        set() if not names else {("fengxian", "om_evaluation")}
    )
    assert lives.incidents() == []
    stayed = {row.key for row in left}
    for row in lives.running([life.key for life in played]):
        newest = snapshot.library(row.tenant).reference("process", row.process_id)
        assert newest is not None
        assert (row.definition_key == newest.key) != (row.key in stayed), (row.process_id, row.definition_version)
    play_on(played)


def test_a_position_without_a_counterpart_is_told_with_what_to_do(app: Flask) -> None:
    """Nothing is mapped: what cannot go on is refused by name, what would miss something is told, and from where it would not."""
    told = {}
    for row in lives.running():
        newest = snapshot.library(row.tenant).reference("process", row.process_id)
        administrator = accounts.named(SYSTEM, f"{row.tenant}.system_admin", NOW)
        assert newest is not None
        assert administrator is not None
        if newest.key != row.definition_key:
            (seen,) = migration.preview(administrator, [row.key], newest.key, NOW, rules=True)
            told[row.tenant, row.process_id, *sorted(lives.at(row.key))] = seen
    (reason,) = told["sucheng", "om_evaluation", "give_opinion"].reasons
    assert "“出具运维评价意见”(give_opinion) 正在运行,但目标流程中没有元素 give_opinion" in reason
    assert "留在原版本办完" in reason
    assert "多实例设置" in told["sucheng", "review", "check_final"].reasons[-1]
    (missing,) = told["sucheng", "retirement", "stop_system"].unprepared
    assert "要用“systemUser”,只有“确定使用单位”(find_system_user)给出它" in missing
    assert "从 find_system_user 重新开始" in missing
    review = told["fengxian", "review", "submit_documents"]
    assert (review.reasons, review.unprepared, review.entered) == ((), (), ("“批复方案与概算”(approval)",))
    assert any(line.startswith(("决策“", "表单“")) for line in review.rules)
    assert told["fengxian", "acceptance_organisation", "confirm_application", "within_limit"].left == (
        "“法定期限内确认并组织”(within_limit)",
    )
