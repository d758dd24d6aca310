"""Celery's entry points: each loads by id and calls the function that does the work."""

import logging

from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.channel_delivery import messages_wait
from accounts.channels import MESSAGES_TASK
from accounts.mail import ring as ring_task
from accounts.scope import system_scope
from kpitracker import jobs
from kpitracker.celery import app
from kpitracker.handlers import HANDLERS, gave_up
from kpitracker.models import Job
from kpitracker.ticking import tick as tick_now

logger = logging.getLogger(__name__)


@app.task(name="kpitracker.tasks.tick", expires=55)  # type: ignore[untyped-decorator]
def tick() -> None:
    """Once a minute: what is due becomes rows, rows are rung."""
    now = timezone.now()
    for job_id in tick_now(now):
        ring(job_id)
    if messages_wait(now):
        ring_task(MESSAGES_TASK)


@app.task(name="kpitracker.tasks.run_job")  # type: ignore[untyped-decorator]
def run_job(job_id: int) -> None:
    """Runs one row of the ledger, then rings the ones that waited for it."""
    state = jobs.run(job_id, HANDLERS, now=timezone.now())
    if state == "dead":
        with system_scope():
            job = Job.objects.select_related("workspace").get(pk=job_id)
        gave_up(job, now=timezone.now())
    if state == "done":
        for following in jobs.to_ring():
            ring(following)


def ring(job_id: int) -> None:
    """Tells a worker of a job; while the broker is away the next tick tells it again."""
    try:
        run_job.delay(job_id)
    except (OperationalError, OSError) as error:
        logger.warning("The broker does not answer (%s): job %s waits.", error, job_id)
