"""64-bit keys, ordered by the time they were allotted, shown to people and clients as strings of digits."""

import os
import threading
import time

_EPOCH_MS = 1_704_067_200_000  # 2024-01-01T00:00:00Z: keeps keys positive in 63 bits until 2093
_NODE_BITS, _SEQUENCE_BITS = 8, 14

_lock = threading.Lock()
_last = 0
_node = int.from_bytes(os.urandom(1), "big")


def next_key() -> int:
    """A new key: 41 bits of milliseconds, 8 of the process, 14 of a sequence. Unique and rising within a process.

    The machine's clock is read here on purpose: a key orders rows by when they were written, which is not when a demonstration pretends it is.
    """
    global _last
    floor = ((time.time_ns() // 1_000_000 - _EPOCH_MS) << (_NODE_BITS + _SEQUENCE_BITS)) | (_node << _SEQUENCE_BITS)
    with _lock:
        _last = floor if floor > _last else _last + 1
        return _last


def reseed() -> None:
    """Draw another node number: after a fork two processes must not share one."""
    global _node
    with _lock:
        _node = int.from_bytes(os.urandom(1), "big")


os.register_at_fork(after_in_child=reseed)
