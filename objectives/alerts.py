"""Alerts: opened by a cause, kept as one while it lasts, closed by themselves when it is over.

The one writer of Alert. It reads the status changes that the evaluation left and the freshness
of the feeds; the mails it owes are queued in the same transaction (objectives/alert_mail.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F

from accounts.models import User, Workspace
from metrics import feeds
from metrics.models import Feed
from objectives.alert_mail import mail_alert
from objectives.models import Alert, DailyResult, Objective, Status, StatusChange

CLOSES_AFTER = 2
"""Evaluations without the cause before an alert closes, so that it does not flap."""
WORRYING = {
    Status.OFF_TRACK: Alert.Severity.OFF,
    Status.MISSED: Alert.Severity.OFF,
    Status.AT_RISK: Alert.Severity.RISK,
    Status.FAILED: Alert.Severity.RISK,
}
"""The statuses that open an alert, and how loud it is."""
GOOD_NEWS = (Status.ACHIEVED,)


@dataclass
class Alerted:
    """What an evaluation of the alerts did."""

    opened: int = 0
    updated: int = 0
    closed: int = 0
    mailed: int = 0


@dataclass(frozen=True)
class Cause:
    """Something that holds today and deserves an alert."""

    kind: str
    key: str
    severity: str
    evidence: dict[str, Any]
    objective: Objective | None = None
    feed: Feed | None = None


def evaluate_alerts(workspace: Workspace, *, day: date, now: datetime) -> Alerted:
    """Opens, updates and closes the workspace's alerts for ``day``. Again: nothing changes."""
    causes = {cause.key: cause for cause in _causes(workspace, day)}
    done = Alerted()
    open_alerts = {
        alert.cause: alert
        for alert in Alert.objects.select_for_update().filter(workspace=workspace, closed_on=None)
    }
    for key, cause in causes.items():
        alert = open_alerts.get(key)
        if alert is None:
            alert = _open(workspace, cause, day=day)
            done.opened += 1
            done.mailed += mail_alert(alert, now=now)
        else:
            worse = _is_worse(cause.severity, alert.severity)
            done.updated += _update(alert, cause, day=day)
            if worse:
                done.mailed += mail_alert(alert, now=now)
    for key, alert in open_alerts.items():
        if key not in causes:
            done.closed += _clear(alert, day=day)
    done.mailed += _tell_good_news(workspace, day=day, now=now)
    StatusChange.objects.filter(workspace=workspace, day__lte=day, processed_at=None).update(
        processed_at=now
    )
    return done


def _causes(workspace: Workspace, day: date) -> Iterable[Cause]:
    results = DailyResult.objects.filter(
        workspace=workspace, day=day, status__in=WORRYING, objective__archived_at=None
    ).select_related("objective", "objective__metric", "objective__owner")
    for result in results:
        yield Cause(
            kind=Alert.Kind.OBJECTIVE_STATUS,
            key=f"objective:{result.objective.public_id}",
            severity=WORRYING[Status(result.status)],
            evidence={
                "status": result.status,
                "rule": result.rule,
                "params": result.rule_params,
                "data_date": result.data_date.isoformat() if result.data_date else None,
            },
            objective=result.objective,
        )
    for state in feeds.freshness(workspace, today=day):
        if state.is_late:
            yield Cause(
                kind=Alert.Kind.FEED_LATE,
                key=f"feed:{state.feed.public_id}",
                severity=Alert.Severity.OFF if state.is_silent else Alert.Severity.RISK,
                evidence={
                    "last_day": state.last_day.isoformat() if state.last_day else None,
                    "days_late": state.days_late,
                },
                feed=state.feed,
            )


def _open(workspace: Workspace, cause: Cause, *, day: date) -> Alert:
    return Alert.objects.create(
        workspace=workspace,
        kind=cause.kind,
        cause=cause.key,
        severity=cause.severity,
        objective=cause.objective,
        feed=cause.feed,
        evidence=cause.evidence,
        opened_on=day,
        updated_on=day,
    )


def _is_worse(new: str, old: str) -> bool:
    order = [Alert.Severity.INFO, Alert.Severity.RISK, Alert.Severity.OFF]
    return order.index(Alert.Severity(new)) > order.index(Alert.Severity(old))


def _update(alert: Alert, cause: Cause, *, day: date) -> bool:
    changed = (alert.evidence, alert.severity, alert.clear_evaluations) != (
        cause.evidence,
        cause.severity,
        0,
    )
    if not changed or day < alert.updated_on:
        return False
    alert.evidence, alert.severity, alert.clear_evaluations = cause.evidence, cause.severity, 0
    alert.updated_on = day
    alert.save(update_fields=["evidence", "severity", "clear_evaluations", "updated_on"])
    return True


def _clear(alert: Alert, *, day: date) -> bool:
    """Counts a day without the cause, once a day; closes at the second."""
    if alert.kind == Alert.Kind.NIGHT_FAILED or day <= alert.updated_on:
        return False
    cleared = alert.clear_evaluations + 1
    closing = cleared >= CLOSES_AFTER
    Alert.objects.filter(pk=alert.pk, workspace_id=alert.workspace_id, closed_on=None).update(
        clear_evaluations=cleared,
        updated_on=day,
        closed_on=day if closing else None,
        closed_by_itself=closing,
    )
    return closing


def _tell_good_news(workspace: Workspace, *, day: date, now: datetime) -> int:
    """An objective that was achieved is an alert that is born closed: told once, never open."""
    changes = StatusChange.objects.filter(
        workspace=workspace, day=day, new__in=GOOD_NEWS, processed_at=None
    ).select_related("objective", "objective__metric", "objective__owner")
    mailed = 0
    for change in changes:
        cause = f"achieved:{change.objective.public_id}"
        if Alert.objects.filter(workspace=workspace, cause=cause).exists():
            continue
        alert = Alert.objects.create(
            workspace=workspace,
            kind=Alert.Kind.OBJECTIVE_STATUS,
            cause=cause,
            severity=Alert.Severity.INFO,
            objective=change.objective,
            evidence={"status": change.new, "rule": change.rule, "params": {}},
            opened_on=day,
            updated_on=day,
            closed_on=day,
            closed_by_itself=True,
        )
        mailed += mail_alert(alert, now=now)
    return mailed


def open_night_failed(workspace: Workspace, *, day: date, error: str, now: datetime) -> Alert:
    """A calculation that was given up; closes with the next night that succeeds."""
    alert = Alert.objects.filter(
        workspace=workspace, cause="night", closed_on=None
    ).first() or _open(
        workspace,
        Cause(Alert.Kind.NIGHT_FAILED, "night", Alert.Severity.OFF, {"error": error[:300]}),
        day=day,
    )
    mail_alert(alert, now=now)
    return alert


def close_night_failed(workspace: Workspace, *, day: date) -> int:
    """The night succeeded again."""
    return Alert.objects.filter(workspace=workspace, cause="night", closed_on=None).update(
        closed_on=day, closed_by_itself=True
    )


def acknowledge(alert: Alert, *, user: User, now: datetime) -> None:
    """Somebody has seen it and takes care."""
    alert.acknowledged_by, alert.acknowledged_at = user, now
    alert.save(update_fields=["acknowledged_by", "acknowledged_at"])


def snooze(alert: Alert, *, until: date) -> None:
    """Out of the way until a date; it stays open."""
    alert.snoozed_until = until
    alert.save(update_fields=["snoozed_until"])


def close(alert: Alert, *, day: date) -> bool:
    """Closed by a person; the same cause opens a new one at its next evaluation."""
    return bool(
        Alert.objects.filter(pk=alert.pk, workspace_id=alert.workspace_id, closed_on=None).update(
            closed_on=day, clear_evaluations=F("clear_evaluations")
        )
    )
