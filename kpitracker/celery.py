"""The Celery application. Due work is rows in the database (kpitracker/jobs.py); Celery carries
it to workers, and its beat rings the bell once a minute, in UTC."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpitracker.settings")
app = Celery("kpitracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect  # type: ignore[untyped-decorator]
def tick_at_once(sender: Any, **_: Any) -> None:
    """A worker that comes up looks for due work now: beat's first ring is a minute away."""
    sender.app.send_task("kpitracker.tasks.tick", expires=55)
