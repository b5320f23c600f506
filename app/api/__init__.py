"""REST ``/v2`` for other programs: the shapes of Camunda 8's Orchestration Cluster API, minor 8.10, on our services.

Keys are strings of digits, absent values are null, instants end in ``Z`` with milliseconds, failures are ``application/problem+json``.
"""

from flask import Blueprint

from app.api import documents, process_instances, user_tasks

blueprint = Blueprint("api", __name__, url_prefix="/v2")
blueprint.register_blueprint(user_tasks.blueprint)
blueprint.register_blueprint(process_instances.blueprint)
blueprint.register_blueprint(documents.blueprint)

__all__ = ["blueprint"]
