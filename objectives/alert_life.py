"""What people do with alerts: one named function per act, each with its line of history.

For page, API and bulk acts alike. Nothing here judges: an alert that is closed by a person is
followed on by the night (objectives/alerts.py).
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, User, Workspace
from accounts.prepared import Prepared
from objectives import deviations
from objectives.alert_rules import note_false_alarm
from objectives.holding import CLOSES_AFTER
from objectives.models import AcceptedDeviation, Alert, AlertAct, AlertSeen

Kind = AlertAct.Kind
NOTHING_SNOOZED: dict[str, Any] = {"snoozed_until": None, "snoozed_weight": None}
FAR = date(9999, 12, 31)
"""Until when an alert is snoozed that waits for worse."""


class AlertChangedError(Exception):
    """Somebody else changed the alert first; ``current`` is how it is now."""

    def __init__(self, current: Alert) -> None:
        super().__init__(current.public_id)
        self.current = current


def open_alerts(workspace: Workspace | int, *, day: date) -> QuerySet[Alert]:
    """What the bell counts: open and not snoozed past ``day``, newest first."""
    return (
        Alert.objects.filter(workspace=workspace, closed_on=None)
        .filter(Q(snoozed_until=None) | Q(snoozed_until__lte=day))
        .select_related("objective", "objective__metric", "feed", "acknowledged_by")
    )


_OPEN = Prepared(
    lambda workspace, day: (
        open_alerts(workspace, day=day)
        .select_related(None)
        .order_by()
        .values("workspace")
        .annotate(n=Count("pk"))
        .values_list("n")
    ),
    int,
    date,
)


def count_open(workspace: Workspace, *, day: date) -> int:
    """How many alerts the bell counts."""
    return sum(count for (count,) in _OPEN.rows(workspace.pk, day))


def act(
    alert: Alert,
    kind: str,
    *,
    user: User | None,
    day: date,
    now: datetime,
    note: str = "",
    params: dict[str, Any] | None = None,
    version: int | None = None,
    **changes: Any,
) -> Alert:
    """Changes an alert and writes the line of its history.

    Raises AlertChangedError when another version is stored by now.
    """
    with transaction.atomic():
        stored = Alert.objects.select_for_update(of=("self",)).get(
            workspace_id=alert.workspace_id, pk=alert.pk
        )
        if version is not None and stored.version != version:
            raise AlertChangedError(stored)
        Alert.objects.filter(workspace_id=alert.workspace_id, pk=alert.pk).update(
            version=F("version") + 1, **changes
        )
        AlertAct.objects.create(
            workspace_id=alert.workspace_id,
            alert=alert,
            user=user,
            kind=kind,
            note=note.strip()[:1000],
            params=params or {},
            day=day,
            created_at=now,
        )
        if user is not None:
            mark_read(alert, user=user)
    for name, value in changes.items():
        setattr(alert, name, value)
    alert.version = stored.version + 1
    return alert


def acknowledge(
    alert: Alert, *, user: User, day: date, now: datetime, version: int | None = None
) -> Alert:
    """Somebody has seen it and takes care."""
    changes: dict[str, Any] = {"acknowledged_by": user, "acknowledged_at": now}
    if alert.assigned_to_id is None:
        changes["assigned_to"] = user
    return act(alert, Kind.ACKNOWLEDGED, user=user, day=day, now=now, version=version, **changes)


def assign(
    alert: Alert,
    *,
    to: User | None,
    user: User,
    day: date,
    now: datetime,
    version: int | None = None,
) -> Alert:
    """Gives it to a member, or to nobody. Raises ValidationError for who is none."""
    if to is not None:
        members = Membership.objects.filter(workspace_id=alert.workspace_id, user=to)
        if not members.exists():
            raise ValidationError({"assigned_to": _("Choose a member of this workspace.")})
    params = {"to": to.get_full_name() if to else None}
    return act(
        alert, Kind.ASSIGNED, user=user, day=day, now=now, params=params, version=version,
        assigned_to=to,
    )  # fmt: skip


def comment(alert: Alert, *, text: str, user: User, day: date, now: datetime) -> Alert:
    """Adds a comment. Raises ValidationError for an empty one."""
    if not text.strip():
        raise ValidationError({"note": _("Write what you want to say.")})
    return act(alert, Kind.COMMENTED, user=user, day=day, now=now, note=text)


def snooze(
    alert: Alert,
    *,
    until: date | None,
    user: User | None,
    day: date,
    now: datetime,
    until_worse: bool = False,
    version: int | None = None,
) -> Alert:
    """Out of the way until a date or until it gets worse; back at once for neither."""
    if until is None and not until_worse:
        return act(
            alert, Kind.WOKEN, user=user, day=day, now=now, version=version, **NOTHING_SNOOZED
        )
    changes: dict[str, Any] = {
        "snoozed_until": until or FAR,
        "snoozed_weight": alert.weight if until_worse else None,
    }
    params = {"until": until.isoformat() if until else None, "until_worse": until_worse}
    return act(
        alert, Kind.SNOOZED, user=user, day=day, now=now, params=params, version=version, **changes
    )


def close(
    alert: Alert,
    *,
    user: User | None,
    day: date,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> bool:
    """Closed by a person; False when it was closed already."""
    if alert.closed_on is not None:
        return False
    act(
        alert, Kind.CLOSED, user=user, day=day, now=now, note=reason, version=version,
        closed_on=day, closed_by=user, close_reason=reason.strip()[:300], **NOTHING_SNOOZED,
    )  # fmt: skip
    return True


def accept(
    alert: Alert,
    *,
    target: Decimal,
    reason: str,
    until: date,
    user: User | None,
    day: date,
    now: datetime,
) -> AcceptedDeviation:
    """Settles for a weaker target or level until a day, and closes the alert.

    It is judged against that until then, and against what was asked from the day after on. Raises
    ValidationError with a sentence per field.
    """
    with transaction.atomic():
        accepted = deviations.accept(
            alert, target=target, reason=reason, until=until, user=user, day=day, now=now
        )
        changes: dict[str, Any] = {"clear_evaluations": CLOSES_AFTER, **NOTHING_SNOOZED}
        if alert.closed_on is None:
            changes |= {"closed_on": day, "closed_by": user, "close_reason": accepted.reason}
        params = {"target": str(target.normalize()), "until": until.isoformat()}
        act(
            alert, Kind.ACCEPTED, user=user, day=day, now=now, note=reason, params=params, **changes
        )
    return accepted


def withdraw(alert: Alert, *, user: User | None, day: date, now: datetime) -> bool:
    """Ends what was accepted before its day; False where nothing was."""
    if not deviations.withdraw(alert.workspace, alert.cause, day=day):
        return False
    act(alert, Kind.WITHDRAWN, user=user, day=day, now=now)
    return True


def false_alarm(alert: Alert, *, user: User | None, day: date, now: datetime) -> Alert:
    """There was nothing to it: closed, counted, and its rule is proposed to be weaker.

    The same cause opens nothing before it was gone (objectives/alerts.py).
    """
    with transaction.atomic():
        if alert.rule is not None and not alert.is_false_alarm:
            note_false_alarm(alert.rule)
        changes: dict[str, Any] = {"is_false_alarm": True, **NOTHING_SNOOZED}
        if alert.closed_on is None:
            changes |= {"closed_on": day, "closed_by": user}
        return act(alert, Kind.FALSE_ALARM, user=user, day=day, now=now, **changes)


# What a person has read


def mark_read(alert: Alert, *, user: User) -> None:
    """The person has read it as it stands; it is unread again once it gets worse."""
    AlertSeen.objects.bulk_create(
        [
            AlertSeen(
                workspace_id=alert.workspace_id, alert=alert, user=user, severity=alert.severity
            )
        ],
        ignore_conflicts=True,
    )


def read_by(user: User, alerts: list[Alert]) -> set[int]:
    """Which of the alerts the person has read, by id."""
    if not alerts:
        return set()
    seen = AlertSeen.objects.filter(
        workspace_id=alerts[0].workspace_id, user=user, alert__in=alerts
    )
    return set(seen.values_list("alert_id", flat=True))
