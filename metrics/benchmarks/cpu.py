"""How much processors worked, which other work on the machine changes less than it changes times.

Linux counts it for each process. A server on another machine, or in a namespace of its own, is not
seen: then nothing is said.
"""

import time
from pathlib import Path

from django.db import connections

NANOSECONDS = 1_000_000_000
SERVER = "postgres"


def used_seconds() -> float | None:
    """Seconds of this process and of the server process that serves it, since they began."""
    server = server_seconds("default")
    return None if server is None else time.process_time() + server


def server_seconds(alias: str) -> float | None:
    """Seconds of the server process behind a connection."""
    connections[alias].ensure_connection()
    process = Path(f"/proc/{connections[alias].connection.info.backend_pid}")
    try:
        if (process / "comm").read_text().strip() != SERVER:
            return None
        return int((process / "schedstat").read_text().split()[0]) / NANOSECONDS
    except OSError:
        return None


def between(before: float | None, after: float | None) -> float | None:
    """What was used from one reading to the next."""
    return None if before is None or after is None else after - before
