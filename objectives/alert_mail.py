"""Alerts by mail: to the person whom it concerns, and to the members who asked for all of them."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation

from accounts.letters import Letter, letter
from accounts.mail import LIFETIME, queue_mail
from accounts.models import AlertMail, Membership, Role
from accounts.unsubscribe import MailList, unsubscribe_headers, unsubscribe_url
from objectives.alert_wording import alert_text
from objectives.models import Alert


def mail_alert(alert: Alert, *, now: datetime) -> int:
    """Queues the alert's mails and notes that they are; returns how many were new.

    Nobody gets two mails about one alert at one severity. Call inside the workspace's scope.
    """
    alert.mailed_at = now
    alert.save(update_fields=["mailed_at"])
    return sum(_mail(alert, membership, now=now) for membership in recipients(alert))


def recipients(alert: Alert) -> QuerySet[Membership]:
    """Who wants to know: the objective's owner, or the workspace's owners where the alert is
    about a feed or the night, unless they want no mails; and whoever wants all of them.
    """
    if alert.objective is not None:
        concerned = Q(user=alert.objective.owner_id)
    else:
        concerned = Q(role=Role.OWNER)
    return (
        Membership.objects.filter(workspace_id=alert.workspace_id, user__is_active=True)
        .filter(Q(alert_mail=AlertMail.ALL) | concerned & Q(alert_mail=AlertMail.MINE))
        .select_related("user", "workspace")
        .order_by("pk")
    )


def _mail(alert: Alert, membership: Membership, *, now: datetime) -> bool:
    mail = alert_letter(alert, membership)
    queued = queue_mail(
        workspace=membership.workspace,
        user=membership.user,
        kind="alert",
        key=f"alert:{alert.public_id}:{membership.pk}:{alert.severity}",
        to=membership.user.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        headers=unsubscribe_headers(membership, MailList.ALERTS),
        expires_at=now + LIFETIME,
    )
    return queued is not None


def alert_letter(alert: Alert, membership: Membership) -> Letter:
    """The mail in the person's language."""
    with translation.override(membership.user.language):
        text = alert_text(alert)
        return letter(
            "alert",
            {
                "workspace_name": membership.workspace.name,
                "text": text,
                "url": f"{settings.BASE_URL}{text.path}",
                "unsubscribe_url": unsubscribe_url(membership, MailList.ALERTS),
                "wants_all": membership.alert_mail == AlertMail.ALL,
            },
        )
