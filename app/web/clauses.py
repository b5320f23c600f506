"""条款: what the regulation of a district says, clause by clause, and what carries each. Everybody may read those of their district."""

from flask import Blueprint, render_template

from app.access.identity import current_actor
from app.services import models
from app.web import drawing

blueprint = Blueprint("clauses", __name__)


@blueprint.get("/clauses", endpoint="listing")
def show() -> str:
    """Each clause stands under its id: ``/clauses#SC-10-2``."""
    view = models.clauses(current_actor())
    return render_template("models/clauses.html", view=view, line=drawing.line)
