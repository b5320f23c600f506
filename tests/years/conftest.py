"""Both districts on a database with their models and everybody in their seats, as for the walks at random."""

from tests.walks_at_random.conftest import address, app, config, postgresql_server, templates

__all__ = ["address", "app", "config", "postgresql_server", "templates"]
