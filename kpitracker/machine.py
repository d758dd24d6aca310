"""What this machine has."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def memory_bytes(limits: Sequence[Path] = CONTAINER_LIMITS) -> int:
    """The machine's memory, or what a container may have of it where that is less.

    ``limits`` are the files that say so, each a number or "max"; those that are not there say
    nothing.
    """
    found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in limits:
        try:
            found = min(found, int(path.read_text()))
        except (OSError, ValueError):
            continue
    return found
