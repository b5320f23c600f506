"""64-bit keys, ordered by the time they were allotted, shown to people and clients as strings of digits.

A key is 41 bits of milliseconds, 8 of the process (its node number) and 14 of a sequence. Two processes never allot the same one: the database gives each a node
number of its own for a window of milliseconds (``app.store.nodes``), and a process uses no millisecond outside its window, none twice and none again.
"""

import os
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

_EPOCH_MS = 1_704_067_200_000  # 2024-01-01T00:00:00Z: keeps keys positive in 63 bits until 2093
_NODE_BITS, _SEQUENCE_BITS = 8, 14
NODES = 1 << _NODE_BITS
FOREVER = (1 << 41) - 1  # the last millisecond that a key can hold


class Window(NamedTuple):
    """The milliseconds, first to last, in which a process may allot keys with ``node``."""

    node: int
    first: int
    last: int


Claim = Callable[[int], Window]  # given the millisecond at which a key is wanted; the window may begin later

# What meets no database (a rehearsal) needs no node: its keys are written nowhere.
_NOBODY = Window(0, 0, FOREVER)

_lock = threading.Lock()
_claim: Claim | None = None
_window: Window | None = None
_last = (0, 0)  # millisecond and sequence of the last key


def next_key() -> int:
    """A new key, greater than all before it in this process. Raises what the claim of a window raises.

    The machine's clock is read here on purpose: a key orders rows by when they were written, which is not when a demonstration pretends it is. When it goes back,
    or a millisecond's sequence is used up, keys run ahead of it.
    """
    global _last, _window
    with _lock:
        at, sequence = _last[0], _last[1] + 1
        now = present()
        if now > at:
            at, sequence = now, 0
        elif sequence >> _SEQUENCE_BITS:
            at, sequence = at + 1, 0
        if _window is None or at > _window.last:
            _window = _claim(at) if _claim is not None else _NOBODY
        if at < _window.first:
            at, sequence = _window.first, 0
        _last = (at, sequence)
        return (at << (_NODE_BITS + _SEQUENCE_BITS)) | (_window.node << _SEQUENCE_BITS) | sequence


def present() -> int:
    """The present millisecond, counted as windows count."""
    return time.time_ns() // 1_000_000 - _EPOCH_MS


def millisecond(key: int) -> int:
    """The millisecond of a key, counted as windows count."""
    return key >> (_NODE_BITS + _SEQUENCE_BITS)


def claim_by(claim: Claim | None) -> None:
    """From now on windows are asked of ``claim``: at the next key, when one is used up, and after a fork."""
    global _claim, _window
    with _lock:
        _claim, _window = claim, None


def _forked() -> None:
    """A child has to ask for a number of its own."""
    global _lock, _window
    _lock = threading.Lock()  # another thread of the parent may have held it
    _window = None


os.register_at_fork(after_in_child=_forked)
