"""What the pages of administrators show of running trees, value by value."""

from datetime import timedelta

from app.services import instances
from app.services.instances import InstanceFilter
from tests.integration.services import lives, written
from tests.integration.services.conftest import NOW, Cast

DAY = timedelta(days=1)


def test_a_tree_with_everything_that_can_wait_is_shown(cast: Cast) -> None:
    key = lives.busy(cast)
    page = instances.view(cast.root, key, NOW + 3 * DAY)
    found = written.seen(
        page=page,
        inner=[instances.view(cast.root, child.key, NOW) for child in page.children],
        all=instances.search(cast.root, InstanceFilter(), NOW + 3 * DAY),
        line=instances.line(cast.root, key),
    )
    written.check("instances_shown", found)


def test_a_tree_that_was_returned_is_shown(cast: Cast) -> None:
    key = lives.returned(cast)
    written.check("instance_returned_shown", written.seen(page=instances.view(cast.root, key, NOW + 3 * DAY)))
