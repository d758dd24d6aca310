"""Celery's entry points of this app."""

from celery import shared_task
from django.utils import timezone

from accounts.channel_delivery import send_due_messages
from accounts.channels import MESSAGES_TASK
from accounts.mail import SEND_TASK, send_due


@shared_task(name=SEND_TASK)  # type: ignore[untyped-decorator]
def send_mails() -> None:
    """Sends what waits in the outbox."""
    send_due(timezone.now())


@shared_task(name=MESSAGES_TASK)  # type: ignore[untyped-decorator]
def send_messages() -> None:
    """Sends what waits for channels."""
    send_due_messages(timezone.now())
