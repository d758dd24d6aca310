"""What channels are told of alerts: when one opens, gets worse, and is over.

Written in the transaction that decides, like the notices of people; accounts/channel_delivery.py
sends. A channel of the workspace hears of every alert that its rule tells somebody of; one of a
person of those that concern them, after their quiet hours. Whoever was told of trouble is told
when it is over.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.channels import Told, listening, queue_message
from accounts.models import Channel, ChannelMessage, Membership
from objectives.alert_mail import alert_path
from objectives.alert_wording import AlertText, alert_text
from objectives.models import Alert

CLOSED = "closed"
TONES = {Alert.Severity.OFF: "off", Alert.Severity.RISK: "risk", Alert.Severity.INFO: "good"}


def tell_channels(
    alert: Alert,
    *,
    event: str,
    concerned: Iterable[tuple[Membership, datetime]],
    now: datetime,
) -> int:
    """Queues a message for each channel that wants to be told; returns how many were new.

    ``concerned`` are the people whom it concerns, with when each may be told.
    """
    due = {member.user_id: (member, at) for member, at in concerned}
    urgent = alert.severity == Alert.Severity.OFF
    told = 0
    for channel in listening(alert.workspace, urgent=urgent, users=set(due)):
        member, at = due.get(channel.user_id or 0, (None, now))
        told += queue_message(
            channel,
            key=f"alert:{alert.public_id}:{alert.severity}",
            told=_told(alert, event=event, language=_language(channel, member)),
            now=now,
            due_at=at,
        )
    return told


def tell_closed(alert: Alert, *, now: datetime) -> int:
    """Tells the channels that were told of an alert that it is over."""
    messages = ChannelMessage.objects.filter(
        workspace_id=alert.workspace_id, key__startswith=f"alert:{alert.public_id}:"
    )
    channels = Channel.objects.filter(
        workspace_id=alert.workspace_id, is_active=True, pk__in=messages.values("channel")
    )
    return sum(
        queue_message(
            channel,
            key=f"alert:{alert.public_id}:{CLOSED}",
            told=_told(alert, event=CLOSED, language=_language(channel, None)),
            now=now,
        )
        for channel in channels.select_related("user", "workspace")
    )


def _language(channel: Channel, member: Membership | None) -> str:
    person = member.user if member is not None else channel.user
    return person.language if person is not None else channel.workspace.language


def _told(alert: Alert, *, event: str, language: str) -> Told:
    with translation.override(language):
        words = alert_text(alert)
        url = f"{settings.BASE_URL}{alert_path(alert)}"
        title = words.title
        if event == CLOSED:
            title = _("Over: %(alert)s") % {"alert": words.title}
        lines = [" ".join(words.sentences), *(_line(words)), url]
        return Told(
            event=f"alert.{event}",
            title=title,
            text="\n".join(line for line in lines if line),
            tone="good" if event == CLOSED else TONES[Alert.Severity(alert.severity)],
            data=_data(alert, words, url),
        )


def _line(words: AlertText) -> list[str]:
    return [
        _("%(name)s: %(value)s") % {"name": one.name, "value": one.text} for one in words.figures
    ]


def _data(alert: Alert, words: AlertText, url: str) -> dict[str, Any]:
    return {
        "alert": alert.public_id,
        "kind": alert.kind,
        "severity": alert.severity,
        "opened_on": alert.opened_on.isoformat(),
        "objective": alert.objective.public_id if alert.objective else None,
        "metric": alert.metric.key if alert.metric else None,
        "figures": {one.name: one.text for one in words.figures},
        "url": url,
    }
