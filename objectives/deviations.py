"""Accepted deviations: a weaker target or level that people settle for until a day.

Until then the alert is judged against it; the day after it means nothing any more, without
anybody's doing. The one writer of AcceptedDeviation.
"""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics.feeds import Deliveries
from objectives.evaluation import inputs_of, thresholds_of
from objectives.models import AcceptedDeviation, Alert, DailyResult, Objective, Status
from objectives.status import judge


@transaction.atomic
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
    """Settles for a weaker target or level until a day; an earlier acceptance ends.

    Raises ValidationError with a sentence per field.
    """
    wrong: dict[str, str] = {}
    if not reason.strip():
        wrong["reason"] = _("Say why this is accepted: it stays with the alert.")
    if until <= day:
        wrong["until"] = _("Choose a day after today.")
    if not _is_weaker(alert, target):
        wrong["target"] = _("Choose a value that is weaker than what is asked now.")
    if wrong:
        raise ValidationError(wrong)
    withdraw(alert.workspace, alert.cause, day=day)
    return AcceptedDeviation.objects.create(
        workspace_id=alert.workspace_id,
        cause=alert.cause,
        alert=alert,
        objective=alert.objective,
        target=target,
        reason=reason.strip()[:300],
        until=until,
        user=user,
        created_at=now,
    )


def withdraw(workspace: Workspace, cause: str, *, day: date) -> int:
    """Ends an acceptance before its day; the number that ended."""
    return AcceptedDeviation.objects.filter(
        workspace=workspace, cause=cause, withdrawn_on=None
    ).update(withdrawn_on=day)


def deviation_of(
    workspace: Workspace, *, day: date, cause: str = "", objective: Objective | None = None
) -> AcceptedDeviation | None:
    """What is accepted on a day of a cause, or of an objective."""
    found = AcceptedDeviation.objects.filter(
        workspace=workspace, until__gte=day, withdrawn_on=None
    ).select_related("user")
    if objective is not None:
        return found.filter(objective=objective).first()
    return found.filter(cause=cause).first()


def _is_weaker(alert: Alert, target: Decimal) -> bool:
    """Whether a target asks for less than the objective, or than the level that was crossed."""
    evidence = alert.evidence
    if alert.objective is not None:
        params = evidence.get("params", {})
        now = alert.objective.target
        if now is None:
            return False
        return target > now if params.get("less_is_better") else target < now
    asked = Decimal(str(evidence.get("compared", 0)))
    return target > asked if evidence.get("side") == "above" else target < asked


def status_under(
    accepted: AcceptedDeviation, result: DailyResult, *, deliveries: Deliveries
) -> Status:
    """The status that an objective would have with the accepted target."""
    objective = result.objective
    inputs = inputs_of(objective, day=result.day, previous=None, deliveries=deliveries)
    asked = replace(inputs.asked, target=accepted.target)
    judged = judge(replace(inputs, asked=asked, chance=None), thresholds_of(objective.workspace))
    return Status(judged.status.value)
