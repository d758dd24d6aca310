"""Alerts: opened by a cause, kept as one while it lasts, closed by themselves when it is over.

The writer of what the night does to alerts (what people do: objectives/alert_life.py). It reads
the causes that hold (objectives/causes.py, objectives/metric_causes.py); whom it is told is
queued in the same transaction (objectives/alert_notices.py).

- One open alert per rule and cause. It is updated, not repeated, and closes at the second
  evaluation in a row without its cause. While nobody knows (no recent data, waiting, not
  calculated) it stays as it is.
- An alert that a person closed stays closed while its cause lasts, unless that gets worse.
- Only the latest judged day counts: judging a past day again changes no alert, and figures that
  were corrected later open none for days that were judged already.
- An alert owes a notice from when it opens, and again when it gets worse (``mailed_at`` is empty).
  A night pays what is owed unless it catches up with the past: then the night of the latest day
  does, for what is still open.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Workspace
from metrics.periods import local_today
from objectives.alert_channels import tell_closed
from objectives.alert_notices import note, pay_notices
from objectives.alert_rules import install_rules
from objectives.causes import (
    Cause,
    Found,
    Situation,
    budget_causes,
    evidence_of,
    feed_causes,
    file_causes,
    objective_causes,
    results_of,
)
from objectives.evaluation import agreed_version, hold_judging
from objectives.holding import CLOSES_AFTER
from objectives.metric_causes import metric_causes
from objectives.models import (
    Alert,
    AlertAct,
    AlertNotice,
    AlertRule,
    AlertSeen,
    DailyResult,
    Status,
    StatusChange,
)

MAILS_SINCE = timedelta(days=1)
"""Nights of days before yesterday catch up with the past and send no mail."""
OWED_FOR = timedelta(days=31)
"""What has not moved for longer is no news any more."""
LOUDNESS = (Alert.Severity.INFO, Alert.Severity.RISK, Alert.Severity.OFF)
WORSE_BY = 1.1
"""An alert that was snoozed until it worsens comes back once it is so much worse."""


@dataclass
class Alerted:
    """What an evaluation of the alerts did."""

    opened: int = 0
    updated: int = 0
    closed: int = 0
    mailed: int = 0


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
    install_rules(workspace)
    situation, found = Situation.read(workspace, day=day), Found()
    objective_causes(situation, found)
    feed_causes(situation, found)
    file_causes(situation, found)
    budget_causes(situation, found)
    metric_causes(situation, found)
    _Evaluation(workspace, day, now, done).follow(found)
    done.opened += _tell_achieved(situation, now=now)
    StatusChange.objects.filter(workspace=workspace, day__lte=day, processed_at=None).update(
        processed_at=now
    )
    is_current = day >= local_today(now, workspace.time_zone) - MAILS_SINCE
    if is_current if mail is None else mail:
        _note_owed(workspace, day=day, now=now)
        done.mailed = pay_notices(workspace, now=now)
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


# What becomes of it


@dataclass
class _Evaluation:
    """One night's alerts of one workspace."""

    workspace: Workspace
    day: date
    now: datetime
    done: Alerted

    def follow(self, found: Found) -> None:
        """Every cause that holds, then every alert without one."""
        followed = _followed(self.workspace)
        opening = [
            cause for key, cause in found.holding.items() if key not in followed and cause.opens
        ]
        known = self._judged_before(opening)
        for key, cause in found.holding.items():
            alert = followed.get(key)
            if alert is not None:
                self._hold(cause, alert)
            elif cause.opens and not self._is_old(cause, known.get(key)):
                self._open(cause)
                self.done.opened += 1
        for key, alert in followed.items():
            if key not in found.holding and key not in found.unknown:
                self.done.closed += self._clear(alert)

    def _judged_before(self, causes: list[Cause]) -> dict[str, date | None]:
        """Up to which day of figures earlier alerts of these causes were judged."""
        keys = [cause.key for cause in causes if cause.judged_to is not None]
        earlier = Alert.objects.filter(workspace=self.workspace, cause__in=keys)
        return dict(earlier.order_by("pk").values_list("cause", "judged_to"))

    @staticmethod
    def _is_old(cause: Cause, judged_to: date | None) -> bool:
        """Corrected figures of days that were judged already open no second alert."""
        if cause.metric is None or judged_to is None or cause.judged_to is None:
            return False
        return cause.judged_to <= judged_to

    def _hold(self, cause: Cause, alert: Alert) -> None:
        """The cause holds: its alert is updated, or a new one opened where it got worse."""
        is_worse = _loudness(cause.severity) > _loudness(alert.severity)
        if alert.closed_on is not None and is_worse and cause.opens:
            alert.clear_evaluations = CLOSES_AFTER
            alert.save(update_fields=["clear_evaluations"])
            self._open(cause)
            self.done.opened += 1
        else:
            self.done.updated += self._update(alert, cause, is_worse=is_worse)

    def _open(self, cause: Cause) -> Alert:
        return open_alert(self.workspace, cause, day=self.day, now=self.now)

    def _update(self, alert: Alert, cause: Cause, *, is_worse: bool) -> bool:
        """Writes what differs; an alert that a person closed keeps what they saw."""
        is_open = alert.closed_on is None
        before = (alert.evidence, alert.severity, alert.clear_evaluations, alert.snoozed_until)
        alert.clear_evaluations = 0
        if is_open:
            alert.evidence = _renewed(alert.evidence, cause)
            alert.severity = Alert.Severity(cause.severity)
            self._wake_if_worse(alert, cause, is_worse=is_worse)
            alert.weight = cause.weight
        alert.judged_to = cause.judged_to
        after = (alert.evidence, alert.severity, alert.clear_evaluations, alert.snoozed_until)
        if before == after:
            return False
        alert.updated_on = self.day
        alert.version += is_open
        if is_worse and is_open:
            alert.mailed_at = None
            note_act(alert, AlertAct.Kind.WORSENED, day=self.day, now=self.now)
            AlertSeen.objects.filter(workspace=self.workspace, alert=alert).delete()
        alert.save()
        return is_open

    def _wake_if_worse(self, alert: Alert, cause: Cause, *, is_worse: bool) -> None:
        """What was snoozed until it worsens comes back when it has."""
        if alert.snoozed_weight is None:
            return
        if is_worse or cause.weight > alert.snoozed_weight * WORSE_BY:
            alert.snoozed_until, alert.snoozed_weight = None, None
            alert.mailed_at = None
            note_act(alert, AlertAct.Kind.WOKEN, day=self.day, now=self.now)

    def _clear(self, alert: Alert) -> bool:
        """Counts a day without the cause, once a day; closes at the second."""
        if self.day <= alert.updated_on:
            return False
        alert.clear_evaluations += 1
        alert.updated_on = self.day
        closing = alert.closed_on is None and alert.clear_evaluations >= CLOSES_AFTER
        if closing:
            alert.closed_on, alert.closed_by_itself = self.day, True
            alert.version += 1
            note_act(alert, AlertAct.Kind.CLEARED, day=self.day, now=self.now)
            tell_closed(alert, now=self.now)
        alert.save(
            update_fields=[
                "clear_evaluations", "updated_on", "closed_on", "closed_by_itself", "version",
            ]
        )  # fmt: skip
        return closing


def _loudness(severity: str) -> int:
    return LOUDNESS.index(Alert.Severity(severity))


def _renewed(evidence: dict[str, Any], cause: Cause) -> dict[str, Any]:
    """The cause's evidence; what drove it stays while it is about the same period."""
    if cause.explain is None:
        return cause.evidence
    same = all(evidence.get(name) == cause.evidence.get(name) for name in ("start", "value"))
    drivers = evidence.get("drivers") if same else cause.explain()
    return cause.evidence | ({"drivers": drivers} if drivers else {})


def open_alert(
    workspace: Workspace, cause: Cause, *, day: date, now: datetime, closed: bool = False
) -> Alert:
    """A new alert with the first line of its history."""
    alert = Alert.objects.create(
        workspace=workspace,
        kind=cause.kind,
        cause=cause.key,
        severity=cause.severity,
        objective=cause.objective,
        feed=cause.feed,
        metric=cause.metric,
        campaign=cause.campaign,
        rule=cause.rule,
        evidence=_renewed({}, cause),
        weight=cause.weight,
        judged_to=cause.judged_to,
        opened_on=day,
        updated_on=day,
        closed_on=day if closed else None,
        closed_by_itself=closed,
    )
    note_act(alert, AlertAct.Kind.OPENED, day=day, now=now)
    return alert


def note_act(alert: Alert, kind: str, *, day: date, now: datetime) -> None:
    """A line of history about what the night did."""
    AlertAct.objects.create(
        workspace_id=alert.workspace_id,
        alert=alert,
        kind=kind,
        day=day,
        params={"severity": alert.severity},
        created_at=now,
    )


def _tell_achieved(situation: Situation, *, now: datetime) -> int:
    """What was achieved is an alert that is born closed: told once for what was agreed."""
    told, rules = 0, situation.of_kind(AlertRule.Kind.ACHIEVED)
    if not rules:
        return 0
    workspace, day = situation.workspace, situation.day
    for result in results_of(workspace, day).filter(status=Status.ACHIEVED):
        rule = next(
            (one for one in rules if one.objective_id == result.objective_id),
            next((one for one in rules if one.objective_id is None), None),
        )
        key = f"achieved:{result.objective.public_id}:{agreed_version(result.objective)}"
        if rule is None or Alert.objects.filter(workspace=workspace, cause=key).exists():
            continue
        cause = Cause(
            Alert.Kind.OBJECTIVE_STATUS,
            key,
            Alert.Severity.INFO,
            evidence_of(result),
            result.objective,
            rule=rule,
        )
        open_alert(workspace, cause, day=day, now=now, closed=True)
        told += 1
    return told


def _note_owed(workspace: Workspace, *, day: date, now: datetime) -> None:
    """Notices of open alerts that hold today, and of good news, that are still owed."""
    owed = Alert.objects.filter(workspace=workspace, mailed_at=None, clear_evaluations=0)
    owed = owed.filter(Q(closed_on=None) | Q(severity=Alert.Severity.INFO))
    owed = owed.filter(updated_on__gte=day - OWED_FOR)
    owed = owed.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=day))
    behind = ("objective__metric", "objective__workspace", "feed", "rule", "campaign", "metric")
    for alert in owed.select_related(*behind, "workspace"):
        worsened = alert.acts.filter(kind=AlertAct.Kind.WORSENED).exists()
        event = AlertNotice.Event.WORSENED if worsened else AlertNotice.Event.OPENED
        note(alert, event=event, now=now)


# The night itself


def open_night_failed(workspace: Workspace, *, day: date, error: str, now: datetime) -> Alert:
    """A calculation that was given up; closes with the next night that succeeds."""
    cause = Cause(Alert.Kind.NIGHT_FAILED, "night", Alert.Severity.OFF, {"error": error[:300]})
    with transaction.atomic():
        hold_judging(workspace)
        known = Alert.objects.filter(workspace=workspace, cause=cause.key, closed_on=None).first()
        alert = known or open_alert(workspace, cause, day=day, now=now)
        note(alert, event=AlertNotice.Event.OPENED, now=now)
        pay_notices(workspace, now=now)
    return alert


def close_night_failed(workspace: Workspace, *, day: date) -> int:
    """The night succeeded again."""
    return Alert.objects.filter(workspace=workspace, cause="night", closed_on=None).update(
        closed_on=day, updated_on=day, closed_by_itself=True
    )
