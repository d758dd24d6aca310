"""Celery's entry points of this app."""

from celery import shared_task
from django.utils import timezone

from accounts.mail import SEND_TASK, send_due


@shared_task(name=SEND_TASK)  # type: ignore[untyped-decorator]
def send_mails() -> None:
    """Sends what waits in the outbox."""
    send_due(timezone.now())
