"""What kinds of projects there are in ten years, and how often: the answers that make each what it is."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

# What a project costs: under, at and over what the regulations count with.
AMOUNTS = tuple(
    Decimal(text)
    for text in ("180000.00", "480000.00", "500000.00", "500000.01", "2450000.00", "3650000.00", "4000000.00", "4000000.01", "6947911.00", "9000000.00")
)  # fmt: skip
DECLARED = "declaration.prepare_declaration"


@dataclass(frozen=True, slots=True)
class Kind:
    """``facts``: what is known of the project at every form; ``answers``: process.task → what its form is answered besides."""

    name: str
    often: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


BUILT = {"projectType": "建设类", "softwareDevelopment": True}
_BOTH = (
    Kind("建设类", 8, BUILT),
    Kind("硬件采购", 1, {"projectType": "建设类", "softwareDevelopment": False}),
    Kind("购买服务类", 2, {"projectType": "购买服务类"}),
    Kind("运维类", 2, {"projectType": "运维类"}),
    Kind("涉密", 1, BUILT, {DECLARED: {"classified": True}}),
)  # what kind of office declares, and who confirms its declarations, is as it is registered
KINDS: Mapping[str, tuple[Kind, ...]] = {
    "sucheng": (*_BOTH, Kind("本地部署", 1, BUILT, {DECLARED: {"deployment": "不涉及"}})),
    "fengxian": (*_BOTH, Kind("数据治理", 1, BUILT, {DECLARED: {"isDataGovernance": True}})),
}


def drawn(chance: random.Random, district: str) -> tuple[Kind, dict[str, Any]]:
    """A kind, and what people of such a project know of it."""
    kinds = KINDS[district]
    kind = chance.choices(kinds, [one.often for one in kinds])[0]
    facts = {
        "totalAmount": chance.choice(AMOUNTS), "contractDays": chance.choice((60, 150, 240, 420, 700)), "trialAmount": chance.choice((30, 60, 90)),
        "trialUnit": "day",
    }  # fmt: skip
    return kind, {**facts, **kind.facts}
