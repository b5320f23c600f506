"""Makes the database of this folder with the code of the release before; README.md says how."""

import lzma
import sqlite3
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from app import create_app
from app.catalogue import districts
from app.config import load
from app.domain.districts import District
from app.playing import demonstration
from app.playing import life as playing
from app.playing.life import Life
from app.seen.shapes import TaskLine
from app.services import pump, startup

HERE = Path(__file__).resolve().parent
PATIENCE = timedelta(hours=2)
MOST_ROUNDS = 20_000


@dataclass(slots=True)
class Stopped:
    """A life that rests once ``element`` waits for somebody."""

    life: Life
    process: str
    element: str
    begins: datetime | None
    office: str
    rests: bool = False


@dataclass(slots=True)
class Play:
    """One district's people at work. ``left``: the year's last task that stays undone."""

    district: District
    left: str
    notices: list[datetime]
    lives: list[Stopped]
    common: Life = field(init=False)

    def __post_init__(self) -> None:
        self.common = Life(district=self.district, name="", facts={})

    def upcoming(self, clock: datetime) -> list[datetime]:
        begins = [one.begins for one in self.lives if one.begins is not None]
        return [*self.notices, *begins, *playing.upcoming(playing.open_tasks(self.district, clock), clock)]

    def turn(self, clock: datetime) -> bool:
        """Everybody who can do something does one thing. False if nobody could."""
        acted = False
        while self.notices and self.notices[0] <= clock:
            self.notices.pop(0)
            acted = not list(playing.announce(self.district, clock)) or acted
        ready: dict[int | None, list[TaskLine]] = {}
        for line in playing.open_tasks(self.district, clock):
            if line.follow_up_at is None or line.follow_up_at <= clock:
                ready.setdefault(line.project_key, []).append(line)
        own = [line for line in ready.pop(None, []) if self.notices or line.element_id != self.left]
        if own:
            acted = playing.complete(self.common, own[0], clock) or acted
        for one in self.lives:
            acted = self._lead(one, ready.get(one.life.key, []), clock) or acted
        return acted

    def _lead(self, one: Stopped, ready: Sequence[TaskLine], clock: datetime) -> bool:
        if one.begins is not None:
            if one.begins > clock:
                return False
            one.begins = None
            return playing.begin(one.life, clock, office=one.office) is not None
        one.rests = one.rests or any(one.process in ("", line.process_id) and line.element_id == one.element for line in ready)
        if one.rests:
            return False
        acted = playing.complete(one.life, ready[0], clock) if ready else playing.start_next(one.life, clock)
        if one.life.problems:
            raise SystemExit(f"{one.life.name}: {one.life.problems}")
        return acted


def plays(plan: Mapping[str, Any]) -> list[Play]:
    made = []
    for key, district in districts.every().items():
        lives = [one for one in plan["life"] if one["district"] == key]
        first = [
            datetime(plan["year"] - ago, 9, 1, 9, tzinfo=district.zone) for ago in sorted({one["ago"] for one in lives} | {0}, reverse=True)
        ]
        offices = district.roles["applicant"].offices
        made.append(
            Play(
                district=district,
                left=plan["left"][key],
                notices=first,
                lives=[
                    Stopped(
                        life=Life(
                            district=district,
                            name=one["name"],
                            facts=districts.translate(district, {**one["facts"], "projectName": one["name"]}),
                            answers=one.get("answers", {}),
                        ),
                        process=one.get("process", ""),
                        element=one["element"],
                        begins=datetime(plan["year"] - one["ago"], 9, 1, 9, tzinfo=district.zone) + timedelta(days=3, hours=number),
                        office=offices[
                            sum(other["ago"] == one["ago"] for other in lives[:number]) % len(offices)
                        ],  # one declares once a year
                    )
                    for number, one in enumerate(lives)
                ],
            )
        )
    return made


def play(plan: Mapping[str, Any]) -> list[Play]:
    """All lives of both districts until the plan's instant, each until it rests."""
    now = plan["now"]
    begin = datetime(plan["year"] - 3, 8, 1, 9, tzinfo=now.tzinfo)
    startup.prepare(begin)
    demonstration.organise(begin)
    made = plays(plan)
    clock = min(one.notices[0] for one in made)
    for _ in range(MOST_ROUNDS):
        pump.run_due(clock)
        acted = [one.turn(clock) for one in made]
        later = [instant for one in made for instant in one.upcoming(clock) if instant > clock]
        clock = clock + PATIENCE if any(acted) else min(later, default=now)
        if clock >= now:
            break
    pump.run_due(now)
    return made


def main() -> None:
    plan = tomllib.loads((HERE / "lives.toml").read_text(encoding="utf-8"), parse_float=Decimal)
    with tempfile.TemporaryDirectory() as folder:
        keys = {"secret_key": "tests", "password_salt": "tests", "audit_key": "00" * 32, "audit_head": f"{folder}/head.jsonl"}
        with create_app(load({}, data=folder, durable=False, **keys)).app_context():
            missed = [(one.life.district.key, one.life.name, one.element) for part in play(plan) for one in part.lives if not one.rests]
            startup.dispose()
        with sqlite3.connect(f"{folder}/quancheng.sqlite") as connection:
            dump = "\n".join(connection.iterdump())
        connection.close()
    Path(sys.argv[1]).write_bytes(lzma.compress(dump.encode(), preset=9 | lzma.PRESET_EXTREME))
    sys.stdout.write(f"{len(dump)} bytes; never at their task: {missed}\n")


if __name__ == "__main__":
    main()
