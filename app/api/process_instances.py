"""``/v2/process-instances``: create, search, get."""

from flask import Blueprint, Response

from app.access.identity import current_actor, present
from app.api import schemas
from app.api.requests import answer, body, listing
from app.codes import RequestCode
from app.errors import InvalidRequest
from app.services import instances

blueprint = Blueprint("process_instances", __name__, url_prefix="/process-instances")


@blueprint.post("")
def create() -> Response:
    """Start an instance by process id (newest version unless one is named) or by the key of a version, of the project that ``projectKey`` names."""
    wanted = body(schemas.InstanceRequest())
    if ("process_id" in wanted) == ("definition_key" in wanted):
        raise InvalidRequest("请给出 processDefinitionId 或 processDefinitionKey 之一", code=RequestCode.INVALID_ARGUMENT)
    version = wanted.get("version", -1)
    line = instances.create(
        current_actor(),
        wanted.get("process_id", ""),
        wanted["variables"],
        present(),
        tenant=wanted.get("tenant"),
        version=None if version == -1 else version,
        definition_key=wanted.get("definition_key"),
        project_key=wanted.get("project_key"),
        confirmed=wanted["confirmed"] or {},
    )
    return answer(schemas.CreatedInstance().dump(line))


@blueprint.post("/search")
def search() -> Response:
    wanted = body(schemas.InstanceSearchRequest())
    page = wanted["page"]
    descending = any(sort["order"].upper() == "DESC" for sort in wanted["sort"])
    found = instances.search(
        current_actor(),
        instances.InstanceFilter(**wanted["filter"], descending=descending),
        present(),
        limit=page["limit"],
        offset=page["from_"],
    )
    return listing(found, schemas.ProcessInstanceAnswer())


@blueprint.get("/<int:key>")
def get(key: int) -> Response:
    return answer(schemas.ProcessInstanceAnswer().dump(instances.line(current_actor(), key)))
