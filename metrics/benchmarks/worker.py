"""A process that recomputes workspaces as it is told, as a worker of the product would.

``python -m metrics.benchmarks.worker`` reads one order a line from standard input and answers each
with one line; it ends when its input does, so it outlives nobody.
"""

import gc
import json
import os
import resource
import signal
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TypedDict

import django

READY = "ready"


class Order(TypedDict):
    """What to do with which workspaces; `first` and `today` are ISO dates."""

    task: str
    workspaces: list[int]
    first: str
    today: str


class Answer(TypedDict):
    """What was done: of how many workspaces, rows written, scans of the table of facts, seconds,
    those of processors (where they can be counted), the process's largest size."""

    workspaces: int
    rows: int
    fact_scans: int
    seconds: float
    cpu_seconds: float | None
    peak_bytes: int


def serve(tasks: str = "metrics.benchmarks.tasks") -> None:
    """Answers orders until there are no more, with the ``TASKS`` of a module."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for who gives the orders
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpitracker.settings")
    django.setup()
    from metrics.benchmarks import cpu  # noqa: PLC0415 - needs the apps
    from metrics.benchmarks.tasks import fact_scans_of  # noqa: PLC0415 - needs the apps

    known = import_module(tasks).TASKS
    gc.collect()
    gc.freeze()  # as kpitracker.celery does

    _say(READY)
    for line in sys.stdin:
        order: Order = json.loads(line)
        began, used = time.perf_counter(), cpu.used_seconds()
        rows, scans = fact_scans_of(known[order["task"]], order)
        answer: Answer = {
            "workspaces": len(order["workspaces"]),
            "rows": rows,
            "fact_scans": scans,
            "seconds": time.perf_counter() - began,
            "cpu_seconds": cpu.between(used, cpu.used_seconds()),
            "peak_bytes": peak_bytes(),
        }
        _say(json.dumps(answer))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def peak_bytes() -> int:
    """The most memory that this process has held at once.

    Where there is no /proc, getrusage says it, which elsewhere than on Linux counts in bytes.
    """
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields["VmHWM"].split()[0]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    serve()
