"""How much work something is, told by counts that every machine agrees on: calls instead of seconds, and a clock that moves when it is looked at."""

from collections.abc import Callable
from cProfile import Profile


def effort(work: Callable[[], object]) -> int:
    """How many functions, Python's own included, are called while ``work`` runs in this thread."""
    profile = Profile()
    profile.enable()
    try:
        work()
    finally:
        profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


class Ticking:
    """A clock for limits: each look moves it by ``tick`` seconds. ``looks``: how often that was."""

    def __init__(self, tick: float = 0.0001) -> None:
        self.tick = tick
        self.looks = 0

    def __call__(self) -> float:
        self.looks += 1
        return self.looks * self.tick
