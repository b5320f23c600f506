"""What inboxes and the pages of tasks show after a life, value by value."""

from datetime import timedelta

from app.services import inbox, tasks
from app.services.tasks import TaskFilter
from tests.integration.services import lives, written
from tests.integration.services.conftest import NOW, Cast

DAY = timedelta(days=1)


def test_tasks_that_are_done_are_shown(cast: Cast) -> None:
    first, _ = lives.permits(cast)
    (review,) = (line for line in inbox.done(cast.fred, lives.LATE).items if line.project_key == first)
    found = written.seen(
        task=tasks.view(cast.dora, review.key, lives.LATE),
        done=inbox.done(cast.fred, lives.LATE),
        searched=tasks.search(cast.dora, TaskFilter(), lives.LATE),
        notices=inbox.notifications(cast.alice, lives.LATE),
        leader=inbox.notifications(cast.lea, lives.LATE),
    )
    written.check("tasks_shown", found)


def test_a_returned_task_is_shown(cast: Cast) -> None:
    lives.returned(cast)
    (line,) = inbox.todo(cast.dora, NOW + 2 * DAY).items
    found = written.seen(
        todo=inbox.todo(cast.lea, NOW + 3 * DAY),
        task=tasks.view(cast.dora, line.key, NOW + 3 * DAY),
        told=inbox.notifications(cast.dora, NOW),
        counts=inbox.counts(cast.lea, NOW + 30 * DAY),
    )
    written.check("returned_shown", found)
