"""What was deployed and who may sign in, as rows and as lists, value by value."""

from datetime import date

from app.domain.permissions import SYSTEM
from app.services import accounts, models
from app.store import tables as t
from tests.integration.services import written
from tests.integration.services.conftest import NOW, Cast

TABLES = (
    t.CatalogueRow,
    t.DeploymentRow,
    t.DefinitionRow,
    t.OrganisationRow,
    t.UserRow,
    t.MembershipRow,
    t.DelegationRow,
    t.AuditEntryRow,
    t.WaitRow,
)


def test_models_and_people_are_written_and_listed(cast: Cast) -> None:
    (key,) = accounts.create_users(SYSTEM, [("sec", "安管", "hill", [("security_admin", "山丘区数据局")])], "$argon2id$x", NOW)
    security = accounts.actor(key, NOW)
    accounts.substitute(accounts.system("hill"), "fred", "dora", date(2026, 3, 11), date(2026, 3, 20), NOW)
    listed = models.definitions(cast.ann)
    shown = written.seen(
        users=accounts.users(security, "hill"),
        user=accounts.user(security, "fred"),
        definitions=listed,
        permit=models.versions(cast.ann, "process", "permit", "<default>"),
        one=models.definition(cast.ann, listed[0].key),
        deployment=models.deployment(cast.ann, listed[0].deployment),
    )
    written.check("models", written.rows(*TABLES) + shown)
