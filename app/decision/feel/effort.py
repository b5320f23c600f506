"""What an evaluation itself has cost: the thread's processor time without that of Python's garbage collector.

The collector stops whichever thread happens to make the next object, for as long as everything in the process takes to be looked through: a second
where many models are kept. Counted as the evaluation's own, it would refuse a decision of one step because of what others have made.
"""

import gc
import threading
import time
from typing import Any


class _Collected(threading.local):
    """Of one thread: ``seconds`` that the collector took in it so far, and when the collection that runs now began."""

    seconds = 0.0
    begun = 0.0


_collected = _Collected()


def _count(phase: str, _info: dict[str, Any]) -> None:
    if phase == "start":
        _collected.begun = time.thread_time()
    else:
        _collected.seconds += time.thread_time() - _collected.begun


gc.callbacks.append(_count)


def effort() -> float:
    """Seconds of the processor that this thread has worked; only differences mean anything. A busy machine and a full memory do not lengthen it."""
    return time.thread_time() - _collected.seconds
