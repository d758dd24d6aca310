"""Alerts: opened by a cause, kept as one while it lasts, closed by themselves when it is over.

The one writer of Alert. It reads the results that the evaluation left and the freshness of the
feeds; the mails it owes are queued in the same transaction (objectives/alert_mail.py).

- One open alert per cause. It is updated, not repeated, and closes at the second evaluation in a
  row without its cause. While nobody knows (no recent data, waiting, not calculated) an
  objective's alert stays as it is.
- An alert that a person closed stays closed while its cause lasts, unless that gets worse.
- Only the latest judged day counts: judging a past day again changes no alert.
- An alert owes a mail from when it opens, and again when it gets worse (``mailed_at`` is empty). A
  night pays what is owed unless it catches up with the past: then the night of the latest day
  does, for what is still open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User, Workspace
from metrics import feeds
from metrics.models import Feed
from metrics.periods import local_today
from objectives.alert_mail import mail_alert
from objectives.evaluation import agreed_version, hold_judging
from objectives.models import Alert, DailyResult, Objective, Status, StatusChange

CLOSES_AFTER = 2
"""Evaluations without the cause before an alert closes, so that it does not flap."""
MAILS_SINCE = timedelta(days=1)
"""Nights of days before yesterday catch up with the past and send no mail."""
OWED_FOR = timedelta(days=31)
"""What has not moved for longer is no news any more."""
WORRYING = {
    Status.OFF_TRACK: Alert.Severity.OFF,
    Status.MISSED: Alert.Severity.OFF,
    Status.AT_RISK: Alert.Severity.RISK,
    Status.FAILED: Alert.Severity.RISK,
}
"""The statuses that open an alert, and how loud it is."""
UNKNOWN = (Status.NO_DATA, Status.WAITING)
"""The statuses that neither confirm a cause nor clear it."""
LOUDNESS = (Alert.Severity.INFO, Alert.Severity.RISK, Alert.Severity.OFF)


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


@transaction.atomic
def evaluate_alerts(
    workspace: Workspace, *, day: date, now: datetime, mail: bool | None = None
) -> Alerted:
    """Opens, updates and closes the workspace's alerts for ``day``. Again: nothing changes.

    ``mail`` says whether owed mails go out; by default they do for today and yesterday.
    """
    hold_judging(workspace)
    done = Alerted()
    if _is_past(workspace, day):
        return done
    followed = _followed(workspace)
    holding = {cause.key: cause for cause in _causes(workspace, day)}
    for key, cause in holding.items():
        _hold(workspace, cause, followed.get(key), day=day, done=done)
    unknown = _unknown(workspace, day)
    for key, alert in followed.items():
        if key not in holding and key not in unknown:
            done.closed += _clear(alert, day=day)
    done.opened += _tell_achieved(workspace, day=day)
    StatusChange.objects.filter(workspace=workspace, day__lte=day, processed_at=None).update(
        processed_at=now
    )
    is_current = day >= local_today(now, workspace.time_zone) - MAILS_SINCE
    if is_current if mail is None else mail:
        done.mailed = _pay_mails(workspace, day=day, now=now)
    return done


def _is_past(workspace: Workspace, day: date) -> bool:
    """Whether a later day than this one has been judged already."""
    judged = DailyResult.objects.filter(workspace=workspace, day__gt=day)
    alerted = Alert.objects.filter(workspace=workspace, updated_on__gt=day)
    return judged.exists() or alerted.exclude(kind=Alert.Kind.NIGHT_FAILED).exists()


def _followed(workspace: Workspace) -> dict[str, Alert]:
    """By cause: its open alert, or the one that a person closed while the cause still lasted."""
    alerts = (
        Alert.objects.filter(workspace=workspace)
        .filter(Q(closed_on=None) | Q(closed_by_itself=False, clear_evaluations__lt=CLOSES_AFTER))
        .exclude(kind=Alert.Kind.NIGHT_FAILED)
        .order_by("pk")
    )
    found = {alert.cause: alert for alert in alerts}
    return found | {alert.cause: alert for alert in alerts if alert.closed_on is None}


# What holds today


def _causes(workspace: Workspace, day: date) -> Iterator[Cause]:
    for result in _results(workspace, day).filter(status__in=WORRYING):
        yield Cause(
            kind=Alert.Kind.OBJECTIVE_STATUS,
            key=_key_of(result.objective),
            severity=WORRYING[Status(result.status)],
            evidence=_evidence(result),
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


def _results(workspace: Workspace, day: date) -> QuerySet[DailyResult]:
    return DailyResult.objects.filter(
        workspace=workspace, day=day, objective__archived_at=None
    ).select_related("objective")


def _key_of(objective: Objective) -> str:
    return f"objective:{objective.public_id}"


def _evidence(result: DailyResult) -> dict[str, Any]:
    """The numbers that the alert's text is made from."""
    return {"status": result.status, "rule": result.rule, "params": result.rule_params}


def _unknown(workspace: Workspace, day: date) -> set[str]:
    """The causes of which nobody can say today whether they still hold."""
    results = _results(workspace, day).filter(status__in=UNKNOWN)
    return {_key_of(result.objective) for result in results}


# What becomes of it


def _hold(
    workspace: Workspace, cause: Cause, alert: Alert | None, *, day: date, done: Alerted
) -> None:
    """The cause holds: its alert is opened or updated."""
    is_worse = alert is not None and _loudness(cause.severity) > _loudness(alert.severity)
    if alert is None or (alert.closed_on is not None and is_worse):
        if alert is not None:
            alert.clear_evaluations = CLOSES_AFTER
            alert.save(update_fields=["clear_evaluations"])
        _open(workspace, cause, day=day)
        done.opened += 1
    else:
        done.updated += _update(alert, cause, day=day, is_worse=is_worse)


def _loudness(severity: str) -> int:
    return LOUDNESS.index(Alert.Severity(severity))


def _open(workspace: Workspace, cause: Cause, *, day: date, closed: bool = False) -> Alert:
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
        closed_on=day if closed else None,
        closed_by_itself=closed,
    )


def _update(alert: Alert, cause: Cause, *, day: date, is_worse: bool) -> bool:
    """Writes what differs; an alert that a person closed keeps what they saw."""
    if alert.closed_on is None:
        new = (cause.evidence, cause.severity, 0)
    else:
        new = (alert.evidence, alert.severity, 0)
    if (alert.evidence, alert.severity, alert.clear_evaluations) == new:
        return False
    alert.evidence, alert.severity, alert.clear_evaluations = new
    alert.updated_on = day
    alert.mailed_at = None if is_worse else alert.mailed_at
    alert.save(
        update_fields=["evidence", "severity", "clear_evaluations", "updated_on", "mailed_at"]
    )
    return alert.closed_on is None


def _clear(alert: Alert, *, day: date) -> bool:
    """Counts a day without the cause, once a day; closes at the second."""
    if day <= alert.updated_on:
        return False
    alert.clear_evaluations += 1
    alert.updated_on = day
    closing = alert.closed_on is None and alert.clear_evaluations >= CLOSES_AFTER
    if closing:
        alert.closed_on, alert.closed_by_itself = day, True
    alert.save(update_fields=["clear_evaluations", "updated_on", "closed_on", "closed_by_itself"])
    return closing


def _tell_achieved(workspace: Workspace, *, day: date) -> int:
    """What was achieved is an alert that is born closed: told once for what was agreed."""
    told = 0
    for result in _results(workspace, day).filter(status=Status.ACHIEVED):
        key = f"achieved:{result.objective.public_id}:{agreed_version(result.objective)}"
        if not Alert.objects.filter(workspace=workspace, cause=key).exists():
            cause = Cause(
                Alert.Kind.OBJECTIVE_STATUS,
                key,
                Alert.Severity.INFO,
                _evidence(result),
                result.objective,
            )
            _open(workspace, cause, day=day, closed=True)
            told += 1
    return told


def _pay_mails(workspace: Workspace, *, day: date, now: datetime) -> int:
    """Queues the mails of open alerts that hold today, and of good news, that are still owed."""
    owed = Alert.objects.filter(workspace=workspace, mailed_at=None, clear_evaluations=0)
    owed = owed.filter(Q(closed_on=None) | Q(severity=Alert.Severity.INFO))
    owed = owed.filter(updated_on__gte=day - OWED_FOR)
    owed = owed.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=day))
    return sum(mail_alert(alert, now=now) for alert in owed.select_related("objective", "feed"))


# The night itself


def open_night_failed(workspace: Workspace, *, day: date, error: str, now: datetime) -> Alert:
    """A calculation that was given up; closes with the next night that succeeds."""
    cause = Cause(Alert.Kind.NIGHT_FAILED, "night", Alert.Severity.OFF, {"error": error[:300]})
    with transaction.atomic():
        hold_judging(workspace)
        known = Alert.objects.filter(workspace=workspace, cause=cause.key, closed_on=None).first()
        alert = known or _open(workspace, cause, day=day)
        mail_alert(alert, now=now)
    return alert


def close_night_failed(workspace: Workspace, *, day: date) -> int:
    """The night succeeded again."""
    return Alert.objects.filter(workspace=workspace, cause="night", closed_on=None).update(
        closed_on=day, updated_on=day, closed_by_itself=True
    )


# People


def open_alerts(workspace: Workspace, *, day: date) -> QuerySet[Alert]:
    """What the bell counts: open and not snoozed past ``day``, newest first."""
    return (
        Alert.objects.filter(workspace=workspace, closed_on=None)
        .filter(Q(snoozed_until=None) | Q(snoozed_until__lte=day))
        .select_related("objective", "objective__metric", "feed", "acknowledged_by")
    )


def acknowledge(alert: Alert, *, user: User, now: datetime) -> None:
    """Somebody has seen it and takes care."""
    alert.acknowledged_by, alert.acknowledged_at = user, now
    alert.save(update_fields=["acknowledged_by", "acknowledged_at"])


def snooze(alert: Alert, *, until: date | None) -> None:
    """Out of the way until a date, or back at once for None; it stays open."""
    alert.snoozed_until = until
    alert.save(update_fields=["snoozed_until"])


def close(alert: Alert, *, day: date) -> bool:
    """Closed by a person; False when it was closed already."""
    return bool(
        Alert.objects.filter(pk=alert.pk, workspace_id=alert.workspace_id, closed_on=None).update(
            closed_on=day
        )
    )
