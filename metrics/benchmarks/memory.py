"""How much memory a worker needs for a full recompute."""

from metrics.benchmarks.bench import Bench
from metrics.benchmarks.figures import Figure

GOAL_MB = 250
MEGABYTE = 1_000_000


def measure(bench: Bench) -> list[Figure]:
    """The largest size of any worker process, and by how much it grew after its first workspace."""
    full = bench.full()
    first = min(one["peak_bytes"] for one in full.answers)
    return [
        Figure("memory", full.peak_bytes / MEGABYTE, "MB", goal=GOAL_MB),
        Figure("memory.growth", (full.peak_bytes - first) / MEGABYTE, "MB"),
    ]
