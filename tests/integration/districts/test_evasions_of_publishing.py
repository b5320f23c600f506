"""A rule that nobody can look up: what an analyst tried to have a row of their own making decide."""

import re
from pathlib import Path

import pytest
from flask import Flask

from app.errors import Failure
from app.services import models
from tests.integration.districts.evading import begun

TABLE = "dmn/fengxian/change_route.dmn"
GROUND = re.compile(r"<description>FX-22-3 .*?</description>")
CLAUSE = "<text>FX-22-3 FX-22-2 FX-4-3</text>"


def test_a_row_that_cites_nothing_is_not_published(app: Flask) -> None:
    """FX-1-1: its clause is blanked, with and without force; a convention of the system's own says that it is one."""
    place, _ = begun("fengxian")
    analyst = place.person("analyst")
    shipped = (Path(__file__).parents[3] / TABLE).read_text("utf-8")
    assert CLAUSE in shipped
    blank = GROUND.sub("<description> </description>", shipped).replace(CLAUSE, "<text> </text>")
    for forced in (False, True):
        with pytest.raises(Failure) as refused:
            models.deploy(analyst, [(TABLE, blank.encode())], place.now, force=forced, reason="照旧" if forced else "")
        assert [(found.code, found.element) for found in getattr(refused.value, "problems", ())] == [("CLAUSE", "change_route 第 2 行")]
    said = GROUND.sub("<description>本系统约定：审核后按采购法处置</description>", shipped).replace(CLAUSE, "<text> </text>")
    models.deploy(analyst, [(TABLE, said.encode())], place.now)
