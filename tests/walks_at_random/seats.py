"""The seats of both districts: several people in each, administrators, people with two hats; and who of them may do what is open."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.catalogue import districts, snapshot
from app.domain import permissions
from app.domain.districts import ANYBODY
from app.domain.permissions import SYSTEM, Actor
from app.playing import demonstration
from app.seen.shapes import TaskLine
from app.services import accounts, startup, tasks

COPIES = ("b", "c")  # colleagues of every account of the demonstration
HATS = (("applicant", "applicant_leader"), ("finance", "finance_leader"), ("data_bureau", "data_bureau_leader"))


def prepare(now: datetime) -> None:
    """The shipped models, the demonstration's organisation, and colleagues for everybody in it, some with two hats."""
    startup.prepare(now)
    demonstration.organise(now)
    people = []
    for key in districts.every():
        for account in accounts.users(SYSTEM, key):
            for copy in COPIES:
                people.append((f"{account.username}.{copy}", account.name + copy, key, list(account.memberships)))
        offices = {account.memberships[0] for account in accounts.users(SYSTEM, key) if account.memberships}
        for first, second in HATS:
            office = min(office for role, office in offices if role == first)
            people.append((f"{key}.{first}.{second}", "双岗", key, [(first, office), (second, office)]))
    accounts.create_users(SYSTEM, people, "$argon2id$not-a-password", now)


@dataclass(slots=True)
class Seats:
    """Everybody of a district, and a stranger from the other."""

    district: str
    everybody: list[Actor]
    strangers: list[Actor]

    @classmethod
    def of(cls, district: str, now: datetime) -> "Seats":
        known: dict[str, list[Actor]] = {}
        for key in districts.every():
            named = (accounts.named(SYSTEM, account.username, now) for account in accounts.users(SYSTEM, key))
            known[key] = [actor for actor in named if actor is not None]
        return cls(district, known[district], [actor for key, people in known.items() if key != district for actor in people])

    def holding(self, role: str) -> list[Actor]:
        """``ANYBODY``: those who see every project of the district."""
        if role == ANYBODY:
            return [actor for actor in self.everybody if permissions.oversees(actor, snapshot.district(self.district))]
        return [actor for actor in self.everybody if role in actor.roles]

    def office_of(self, role: str) -> dict[str, str]:
        """An office that has a role, as a form chooses it."""
        found = next(one for actor in self.holding(role) for one in actor.memberships if one.role == role)
        return {"key": str(found.office), "name": found.office_name}

    def for_task(self, line: TaskLine, now: datetime) -> list[Actor]:
        """Those who may do an open task."""
        task, owner = tasks.facts(SYSTEM, line.key, now)
        district = snapshot.district(self.district)
        return [actor for actor in self.everybody if permissions.may_do(actor, task, owner, district)]

    def anybody(self, chance: random.Random) -> Actor:
        """A seat at random: mostly of the district."""
        return chance.choice(self.strangers if chance.random() < 0.1 else self.everybody)

    def administrators(self) -> Iterator[Actor]:
        return (actor for actor in self.everybody if actor.is_administrator)


def tasks_of(district: str) -> list[str]:
    """Every user task of what is switched on in a district: process.task."""
    library, found = snapshot.library(district), []
    for key, process in snapshot.district(district).processes.items():
        definition = library.process(key) if process.enabled else None
        if definition is not None:
            found += [f"{key}.{name}" for name, element in definition.elements.items() if element.type == "userTask"]
    return sorted(found)
