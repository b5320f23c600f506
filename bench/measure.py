"""Timing that can be compared: medians over batches, CPU time beside wall time."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Seconds a call: median and fastest over the batches; ``cpu`` is the median of the process's CPU time."""

    median: float
    best: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.median * 1e6:9.1f} µs median, {self.best * 1e6:9.1f} µs best, {self.cpu * 1e6:9.1f} µs CPU"


def timed(call: Callable[[], object], *, batches: int = 15, seconds: float = 0.05) -> Timing:
    """Call as often as fits in ``seconds``, ``batches`` times, after one warm-up."""
    call()
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        call()
        count += 1
    walls, cpus = [], []
    for _ in range(batches):
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(count):
            call()
        walls.append((time.perf_counter() - wall) / count)
        cpus.append((time.process_time() - cpu) / count)
    return Timing(statistics.median(walls), min(walls), statistics.median(cpus))


def each(calls: Callable[[int], object], count: int) -> Timing:
    """Time ``count`` different calls one by one (acts that change what they work on)."""
    walls, cpus = [], []
    for number in range(count):
        cpu, wall = time.process_time(), time.perf_counter()
        calls(number)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Timing(statistics.median(walls), min(walls), statistics.median(cpus))
