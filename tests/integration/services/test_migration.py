"""A migration: what the preview tells and what it writes, value by value; what is refused."""

from datetime import timedelta

import pytest

from app.domain.permissions import SYSTEM
from app.errors import Failure
from app.services import instances, migration, tasks
from app.services.tasks import TaskFilter
from app.store import tables as t
from tests.integration.services import lives, written
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_repair import begin, deploy, task
from tests.unit.engine.diagrams import chain, end, start

DAY = timedelta(days=1)
TABLES = (
    t.ProcessInstanceRow,
    t.ElementInstanceRow,
    t.UserTaskRow,
    t.TaskCandidateRow,
    t.JobRow,
    t.WaitRow,
    t.IncidentRow,
    t.AuditEntryRow,
)


def test_a_migration_is_told_before(cast: Cast) -> None:
    key, target = lives.migrated(cast, done=False)
    (first,) = [line.key for line in tasks.search(cast.fred, TaskFilter(element_id="first"), NOW).items]
    told = migration.preview(cast.root, [key], target, NOW + 2 * DAY, plan={"first": "initial"})
    tasks.claim(cast.fred, first, NOW)
    claimed = migration.preview(cast.root, [key], target, NOW + 2 * DAY, plan={"first": "initial"})
    without = migration.preview(cast.root, [key], target, NOW + 2 * DAY)
    written.check("migration_told", written.seen(told=told, claimed=claimed, without=without))


def test_a_migration_writes_what_it_told(cast: Cast) -> None:
    key, _ = lives.migrated(cast)
    written.check("migration", written.rows(*TABLES) + written.seen(page=instances.view(cast.root, key, NOW + 3 * DAY)))


def test_a_migration_that_cannot_be_is_refused(cast: Cast) -> None:
    key, target = lives.migrated(cast, done=False)
    for act, code, told in (
        (lambda: migration.preview(cast.root, [key] * 1001, target, NOW), "TOO_MANY", "一次最多预览 1000 个流程实例"),
        (lambda: migration.preview(cast.root, [key], 5, NOW), "NOT_FOUND", "本区没有部署流程定义 5"),
        (lambda: migration.preview(cast.dora, [key], target, NOW), "NOT_ADMINISTRATOR", "只有系统管理员"),
        (lambda: migration.migrate(cast.root, key, target, "换", NOW), "MIGRATION", "first"),
        (lambda: migration.migrate(cast.root, key, target, " ", NOW, plan={"first": "initial"}), "REASON", "请说明原因"),
        (lambda: migration.migrate(cast.root, key, target, "换", NOW, plan={"first": "initial"}, seen=9), "MOVED_ON", "已有变化"),
    ):
        with pytest.raises(Failure) as refused:
            act()
        assert (str(refused.value.code), told in refused.value.message) == (code, True), refused.value.message
    assert instances.line(cast.root, key).version == 1


def test_as_many_are_previewed_at_once_as_is_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    key, target = lives.migrated(cast, done=False)
    monkeypatch.setattr(migration, "MOST_AT_ONCE", 2)
    assert len(migration.preview(cast.root, [key, key], target, NOW, plan={"first": "initial"})) == 2
    with pytest.raises(Failure) as refused:
        migration.preview(cast.root, [key, key, key], target, NOW, plan={"first": "initial"})
    assert refused.value.code == "TOO_MANY"


def test_who_was_named_by_the_old_diagram_gives_way_to_whom_the_new_one_names(cast: Cast) -> None:
    """A claim is a person's and stays; a name in the diagram is the diagram's."""

    def version(name: str) -> int:
        assigned = f'<zeebe:assignmentDefinition assignee="{name}" candidateGroups="finance, data_bureau"/>'
        return deploy(start(), task("a", assigned), end(), chain("start", "a", "end"))

    version("fred")
    key = begin(cast).key
    migration.migrate(cast.root, key, version("dora"), "改由杜数办理", NOW)
    (line,) = tasks.search(SYSTEM, TaskFilter(element_id="a"), NOW).items
    assert line.assignee == "dora"
