"""The Celery application. Due work is rows in the database (kpitracker/jobs.py); Celery carries
it to workers, and its beat rings the bell once a minute, in UTC."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpitracker.settings")
app = Celery("kpitracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect  # type: ignore[untyped-decorator]
def tick_at_once(sender: Any, **_: Any) -> None:
    """A worker that comes up looks for due work now: beat's first ring is a minute away."""
    sender.app.send_task("kpitracker.tasks.tick", expires=55)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def freeze_what_is_loaded(**_: Any) -> None:
    """What is loaded by now stays: collecting garbage need not look at all of it again, which
    takes a tenth of a second each time, a good part of the recompute of a small workspace."""
    gc.collect()
    gc.freeze()
