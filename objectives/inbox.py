"""Alerts as the inbox and the API read them: by folder, with their words."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User, Workspace
from objectives.alert_wording import alert_text
from objectives.models import Alert, AlertSeen
from objectives.presentation import plain

FOLDERS = ("open", "unread", "mine", "snoozed", "closed")


def in_folder(
    workspace: Workspace, folder: str, today: date, *, user: User | None = None
) -> QuerySet[Alert]:
    """The alerts of a folder on a day; `unread` and `mine` are those of a person."""
    found = Alert.objects.filter(workspace=workspace)
    if folder == "closed":
        return found.exclude(closed_on=None).order_by("-closed_on", "-pk")
    found = found.filter(closed_on=None)
    if folder == "snoozed":
        return found.filter(snoozed_until__gt=today)
    found = found.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=today))
    if folder == "mine":
        return found.filter(assigned_to=user)
    if folder == "unread":
        seen = AlertSeen.objects.filter(workspace=workspace, alert_id=OuterRef("pk"), user=user)
        return found.filter(~Exists(seen))
    return found


def with_subjects(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """The alerts with all that their words are made from."""
    return alerts.select_related(
        "workspace",
        "objective__metric",
        "objective__workspace",
        "feed",
        "acknowledged_by",
        "assigned_to",
        "metric",
        "campaign",
        "rule__metric",
        "rule__segment",
        "rule__campaign",
        "rule__objective",
        "rule__feed",
        "closed_by",
    )


def numbers_as_text(evidence: Any) -> Any:
    """Evidence as the API prints numbers: decimals as text, whatever holds them; counts as they
    are."""
    if isinstance(evidence, dict):
        return {name: numbers_as_text(one) for name, one in evidence.items()}
    if isinstance(evidence, list):
        return [numbers_as_text(one) for one in evidence]
    return plain(Decimal(repr(evidence))) if isinstance(evidence, float) else evidence


def alert_json(alert: Alert) -> dict[str, Any]:
    """An alert with its words in the active language and a path to where they lead."""
    text = alert_text(alert)
    return {
        "id": alert.public_id,
        "kind": alert.kind,
        "severity": alert.severity,
        "title": text.title,
        "sentences": list(text.sentences),
        "figures": [{"name": one.name, "text": one.text} for one in text.figures],
        "path": text.path,
        "rule": alert.rule.public_id if alert.rule else None,
        "metric": alert.metric.key if alert.metric else None,
        "evidence": numbers_as_text(alert.evidence),
        "objective": alert.objective.public_id if alert.objective else None,
        "feed": alert.feed.public_id if alert.feed else None,
        "opened_on": alert.opened_on,
        "updated_on": alert.updated_on,
        "snoozed_until": alert.snoozed_until if alert.snoozed_weight is None else None,
        "snoozed_until_worse": alert.snoozed_weight is not None,
        "acknowledged_at": alert.acknowledged_at,
        "acknowledged_by": alert.acknowledged_by.get_full_name() if alert.acknowledged_by else None,
        "assigned_to": alert.assigned_to.email if alert.assigned_to else None,
        "closed_on": alert.closed_on,
        "close_reason": alert.close_reason,
        "is_false_alarm": alert.is_false_alarm,
        "version": alert.version,
        "closed_by_itself": alert.closed_by_itself,
    }
