"""Costs that come back: the one writer of recurring costs, and of what falls due of them.

A turn becomes a line of the ledger once its first day has come: what lies ahead is never spent.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics.costs import check_sharing, set_occurrences
from metrics.models import Campaign, Cost, DimensionValue, RecurringCost, Rhythm
from metrics.recurrence import next_start, occurrences
from metrics.typed import LONGEST_SPAN_DAYS, Conflict, check_place


@dataclass(frozen=True, slots=True)
class Terms:
    """What recurs, for whom and how often; `share_by` as for a single cost."""

    category: str
    amount: Decimal
    rhythm: str
    supplier: str = ""
    channel: DimensionValue | None = None
    campaign: Campaign | None = None
    note: str = ""
    share_by: str = ""


def save_recurring(
    workspace: Workspace,
    terms: Terms,
    *,
    user: User | None,
    start: date,
    last: date | None,
    today: date,
    recurring: RecurringCost | None = None,
    version: int | None = None,
) -> RecurringCost:
    """Adds a recurring cost, or changes one from its first day on, with all of its lines.

    Raises ValidationError with a sentence per field, and Conflict where `version` is given and
    another one is stored.
    """
    with transaction.atomic():
        stored = _locked(recurring, version) if recurring else RecurringCost(workspace=workspace)
        for name in Terms.__slots__:
            setattr(stored, name, getattr(terms, name))
        if stored.start != start and (today - start).days >= LONGEST_SPAN_DAYS:
            message = _("A recurring cost begins at most five years ago. Choose a later day.")
            raise ValidationError({"start": message})
        stored.start, stored.last = start, last
        _check(workspace, stored)
        stored.entered_by = user
        stored.version += 1 if recurring else 0
        stored.full_clean(exclude=["entered_by"])
        stored.save()
        _write_lines(stored, user=user, today=today)
    return stored


def change_from(
    recurring: RecurringCost,
    terms: Terms,
    *,
    day: date,
    last: date | None,
    user: User | None,
    today: date,
    version: int | None = None,
) -> RecurringCost:
    """Ends a recurring cost the day before `day` and goes on from there with other terms.

    Returns the new one; what was spent before stays as it was.
    """
    if day <= recurring.start:
        raise ValidationError(
            {"from_day": _("Choose a day after the first one, or change the whole cost.")}
        )
    with transaction.atomic():
        end_recurring(
            recurring, last=day - timedelta(days=1), user=user, today=today, version=version
        )
        return save_recurring(
            recurring.workspace, terms, user=user, start=day, last=last, today=today
        )


def end_recurring(
    recurring: RecurringCost,
    *,
    last: date | None,
    user: User | None,
    today: date,
    version: int | None = None,
) -> RecurringCost:
    """Sets the last day of a recurring cost, or takes it away; its lines follow."""
    with transaction.atomic():
        stored = _locked(recurring, version)
        stored.last = last
        _check(stored.workspace, stored)
        stored.entered_by = user
        stored.version += 1
        stored.full_clean(exclude=["entered_by"])
        stored.save()
        _write_lines(stored, user=user, today=today)
    return stored


def delete_recurring(
    recurring: RecurringCost, *, user: User | None, version: int | None = None
) -> None:
    """Deletes a recurring cost with all of its lines."""
    with transaction.atomic():
        stored = _locked(recurring, version)
        set_occurrences(stored.workspace, user=user, recurring=stored, wanted=())
        stored.delete()


def write_due(workspace: Workspace, *, today: date) -> int:
    """Writes the lines that fell due, and returns how many. Doing it again writes nothing."""
    found = RecurringCost.objects.filter(workspace=workspace).select_related(
        "workspace", "channel", "campaign", "entered_by"
    )
    return sum(_write_lines(one, user=None, today=today) for one in found if _is_due(one, today))


def next_due(recurring: RecurringCost, *, today: date) -> date | None:
    """The first day of the next turn; None where there is none any more."""
    following = next_start(recurring.start, recurring.rhythm, after=today)
    return following if recurring.last is None or following <= recurring.last else None


def _is_due(recurring: RecurringCost, today: date) -> bool:
    """Whether a turn has begun that is not among the lines."""
    newest = Cost.objects.filter(
        workspace=recurring.workspace_id, recurring=recurring
    ).order_by("-start").values_list("start", flat=True).first()  # fmt: skip
    after = newest or recurring.start - timedelta(days=1)
    following = next_start(recurring.start, recurring.rhythm, after=after)
    return following <= today and (recurring.last is None or following <= recurring.last)


def _write_lines(recurring: RecurringCost, *, user: User | None, today: date) -> int:
    turns = occurrences(
        recurring.start, recurring.rhythm, recurring.amount, until=today, last=recurring.last
    )
    return set_occurrences(recurring.workspace, user=user, recurring=recurring, wanted=turns)


def _locked(recurring: RecurringCost, version: int | None) -> RecurringCost:
    """The stored row, locked. Raises Conflict where it is gone or of another version."""
    stored = RecurringCost.objects.select_for_update().filter(pk=recurring.pk).first()
    if stored is None or version not in {None, stored.version}:
        raise Conflict(stored)
    return stored


def _check(workspace: Workspace, recurring: RecurringCost) -> None:
    """Raises ValidationError for what cannot recur, with the way out."""
    if recurring.rhythm not in Rhythm.values:
        raise ValidationError({"rhythm": _("Choose one from the list.")})
    if recurring.last is not None and recurring.last < recurring.start:
        raise ValidationError({"end": _("The last day must not be before the first day.")})
    check_place(workspace, channel=recurring.channel, campaign=recurring.campaign)
    as_line = Cost(
        workspace=workspace, category=recurring.category, channel=recurring.channel,
        campaign=recurring.campaign, share_by=recurring.share_by,
    )  # fmt: skip
    check_sharing(workspace, as_line)
