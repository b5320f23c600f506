"""台账: registers and reports as lists with filters, and as a workbook."""

from datetime import date
from io import BytesIO

from flask import Blueprint, render_template, send_file
from werkzeug.wrappers import Response

from app.access.identity import current_actor, present
from app.catalogue import districts
from app.codes import RequestCode
from app.errors import InvalidRequest
from app.services import registers
from app.services.registers import Filters
from app.web import listing

blueprint = Blueprint("registers", __name__, url_prefix="/registers")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("", endpoint="listing")
def every() -> str:
    return render_template("registers/list.html", lines=registers.listing(current_actor()))


@blueprint.get("/<kind>")
def show(kind: str) -> str:
    page = registers.page(current_actor(), kind, _filters(), present(), offset=listing.offset())
    filtered = _filters() != Filters()
    return render_template("registers/page.html", page=page, phases=districts.phases(), filtered=filtered, address=listing.address)


@blueprint.get("/<kind>.xlsx")
def export(kind: str) -> Response:
    name, content = registers.export(current_actor(), kind, _filters(), present())
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def _filters() -> Filters:
    return Filters(
        text=listing.text("q"), phase=listing.text("phase"), year=listing.number("year"), since=_day("since"), until=_day("until")
    )


def _day(name: str) -> date | None:
    """Raises InvalidRequest."""
    text = listing.text(name)
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not date(1900, 1, 1) <= found <= date(9000, 1, 1):
        raise InvalidRequest(f"“{text}”不是日期，应如 2026-10-16", code=RequestCode.INVALID_REQUEST)
    return found
