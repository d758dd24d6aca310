"""A process that judges the objectives of workspaces as it is told.

``python -m kpitracker.benchmarks.judging`` serves `kpitracker.benchmarks.judging_tasks`.
"""

from metrics.benchmarks.worker import serve

if __name__ == "__main__":
    serve("kpitracker.benchmarks.judging_tasks")
