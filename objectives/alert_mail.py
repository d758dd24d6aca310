"""What an alert says by mail, alone or together with others. When: objectives/alert_notices.py."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.utils import translation

from accounts.letters import Letter, letter
from accounts.mail import LIFETIME, queue_mail
from accounts.models import AlertMail, Membership
from accounts.unsubscribe import MailList, unsubscribe_headers, unsubscribe_url
from objectives.alert_wording import alert_text
from objectives.models import Alert


def mail_alert(alert: Alert, membership: Membership, *, severity: str, now: datetime) -> bool:
    """Queues one alert's mail to one person; False where it was queued before."""
    key = f"alert:{alert.public_id}:{membership.pk}:{severity}"
    return _queue(membership, alert_letter(alert, membership), key=key, now=now)


def mail_summary(
    membership: Membership, alerts: Sequence[Alert], *, day: date, now: datetime
) -> bool:
    """Queues one mail about several alerts; False where the person had one that day."""
    key = f"alerts:{membership.pk}:{day.isoformat()}"
    return _queue(membership, summary_letter(alerts, membership), key=key, now=now)


def _queue(membership: Membership, mail: Letter, *, key: str, now: datetime) -> bool:
    queued = queue_mail(
        workspace=membership.workspace,
        user=membership.user,
        kind="alert",
        key=key,
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
                "alert_url": f"{settings.BASE_URL}{alert_path(alert)}",
                "unsubscribe_url": unsubscribe_url(membership, MailList.ALERTS),
                "wants_all": membership.alert_mail == AlertMail.ALL,
            },
        )


def summary_letter(alerts: Sequence[Alert], membership: Membership) -> Letter:
    """The mail about what goes beyond the alerts a person wants in a day."""
    with translation.override(membership.user.language):
        rows = [
            {"text": alert_text(alert), "url": f"{settings.BASE_URL}{alert_path(alert)}"}
            for alert in alerts
        ]
        return letter(
            "alerts",
            {
                "workspace_name": membership.workspace.name,
                "rows": rows,
                "count": len(rows),
                "url": f"{settings.BASE_URL}/w/{membership.workspace.slug}/alerts/",
                "unsubscribe_url": unsubscribe_url(membership, MailList.ALERTS),
            },
        )


def alert_path(alert: Alert) -> str:
    """Where an alert's own page is."""
    return f"/w/{alert.workspace.slug}/alerts/{alert.public_id}/"
