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
SECRET = {"classified": True, "classifiedBasisNo": "定密第1号", "splitStatementNo": "拆分第1号"}
_TEXTS = {  # what is not written down on the platform of a classified one
    "sucheng": ("background", "necessityFeasibility", "constructionScope", "features", "resourceCatalog", "securityAnalysis", "securityDesign", "cryptoPlan"),
    "fengxian": ("feasibility", "necessity", "security"),
}  # fmt: skip
_BOTH = (
    Kind("建设类", 8, BUILT),
    Kind("硬件采购", 1, {"projectType": "建设类", "softwareDevelopment": False}),
    Kind("购买服务类", 2, {"projectType": "购买服务类"}),
    Kind("运维类", 2, {"projectType": "运维类"}),
)  # what kind of office declares, and who confirms its declarations, is as it is registered
KINDS: Mapping[str, tuple[Kind, ...]] = {
    "sucheng": (*_BOTH, Kind("涉密", 1, BUILT, {DECLARED: {**SECRET, "@without": (*_TEXTS["sucheng"],)}})),
    "fengxian": (
        *_BOTH,
        Kind("涉密", 1, BUILT, {DECLARED: {"classified": True, "@without": (*_TEXTS["fengxian"],)}}),
        Kind("数据治理", 1, BUILT, {DECLARED: {"isDataGovernance": True}}),
    ),
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
