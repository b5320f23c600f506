"""Tables of existing systems as a spreadsheet keeps them."""

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from app.domain.permissions import SYSTEM
from app.services import systems, timers
from tests.integration.districts.play import District, at

HEADER = ("系统编号", "系统名称", "使用单位", "状态", "类别", "建成日期", "备注")
BUILT = ("XT-001", "河道视频监控平台", "宿城区水利局", "已建", "业务系统", "2023-06-30", "")
BUILDING = ("XT-002", "学籍管理平台", "宿城区教育局", "在建", "业务系统", "", "")


def table(*lines: Sequence[Any], header: Sequence[Any] = HEADER) -> bytes:
    book = Workbook()
    book.active.append(list(header))
    for line in lines:
        book.active.append(list(line))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def running(day: str = "2025-02-03") -> tuple[District, int]:
    """Sucheng on a day on which a system that was there before has been entered, and all that is asked of it has begun."""
    place = District("sucheng", at("2024-08-01"))
    place.advance(at(day))
    (project,) = systems.enter(SYSTEM, "sucheng", table(BUILT), place.now, dry_run=False).keys
    timers.fire_due(place.now + timedelta(days=1))  # whoever has a system is looked for once a day
    place.advance(place.now + timedelta(days=1, hours=1))
    return place, project
