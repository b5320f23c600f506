"""What pages show of projects after a life, value by value."""

from app.services import inbox, models, projects
from tests.integration.services import declaring, lives, written
from tests.integration.services.conftest import NOW, Cast


def test_a_project_is_shown_with_its_whole_life(cast: Cast) -> None:
    first, second = lives.permits(cast)
    found = written.seen(
        project=projects.view(cast.dora, first, lives.LATE),
        refused=projects.view(cast.alice, second, lives.LATE),
        projects=projects.search(cast.dora, lives.LATE),
        startable=projects.startable(cast.dora, lives.LATE),
        facts=projects.facts(cast.alice, first),
        relations=projects.relations(cast.alice, first),
        phases=projects.phases_entered(cast.alice, first),
    )
    written.check("projects_shown", found)


def test_what_was_declared_is_shown(cast: Cast) -> None:
    project = lives.declared(cast)
    found = written.seen(
        project=projects.view(cast.alice, project, NOW),
        leader=inbox.notifications(cast.lea, NOW),
        finance=inbox.notifications(cast.fred, NOW),
        model=models.drawn(cast.ann, declaring.definition()),
    )
    written.check("declared_shown", found)
