"""The process that measures: it knows the scratch database and no other.

``python -m kpitracker.benchmarks`` reads its order, one JSON object, from standard input and writes
messages to standard output (kpitracker/benchmarks/running.py). It ends with who started it.
"""

import json
import os
import signal
import sys
from typing import TYPE_CHECKING

import django

from kpitracker.identity import die_with_parent

if TYPE_CHECKING:
    from kpitracker.benchmarks.running import Order


def main() -> None:
    """Prepares the database, unless it is there to be measured again, and measures."""
    die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for who started it
    order: Order = json.loads(sys.stdin.readline())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpitracker.settings")
    django.setup()
    from kpitracker.benchmarks import running  # noqa: PLC0415 - needs the apps

    running.run(order)


if __name__ == "__main__":
    main()
