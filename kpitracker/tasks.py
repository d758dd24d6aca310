"""Celery's entry points: each loads by id and calls the function that does the work."""

from kpitracker.celery import app


@app.task(name="kpitracker.tasks.tick")  # type: ignore[untyped-decorator]
def tick() -> None:
    """Once a minute: what is due becomes rows, rows become messages (kpitracker/jobs.py)."""
