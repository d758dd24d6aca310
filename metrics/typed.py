"""What typed values and ledger costs have in common: whose they are, when, and their batch."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics.models import (
    Batch,
    Campaign,
    Cost,
    Dimension,
    DimensionValue,
    Entry,
    Feed,
    RecurringCost,
)
from metrics.periods import FIRST_YEAR, LAST_YEAR

LONGEST_SPAN_DAYS = 366 * 5


class Conflict(Exception):
    """Somebody changed the row after the form was shown; ``current`` is the row as it is now.

    ``current`` is None where it was deleted meanwhile.
    """

    def __init__(self, current: Entry | Cost | RecurringCost | Campaign | None) -> None:
        super().__init__(str(current))
        self.current = current


def locked_entry(entry: Entry, version: int | None) -> Entry:
    """The stored row, locked. Raises Conflict where it is gone or of another version."""
    stored = Entry.objects.select_for_update().filter(pk=entry.pk).first()
    if stored is None or version not in {None, stored.version}:
        raise Conflict(stored)
    return stored


def locked_cost(cost: Cost, version: int | None) -> Cost:
    """The stored row, locked. Raises Conflict where it is gone or of another version."""
    stored = Cost.objects.select_for_update().filter(pk=cost.pk).first()
    if stored is None or version not in {None, stored.version}:
        raise Conflict(stored)
    return stored


def locked_campaign(campaign: Campaign, version: int | None) -> Campaign:
    """The stored row, locked. Raises Conflict where it is gone or of another version."""
    rows = Campaign.objects.select_for_update(of=("self",)).select_related("channel", "outcome")
    stored = rows.filter(pk=campaign.pk).first()
    if stored is None or version not in {None, stored.version}:
        raise Conflict(stored)
    return stored


def check_span(start: date, end: date) -> None:
    """Raises ValidationError for days of no such year, in the wrong order, or over five years."""
    check_years(start=start, end=end)
    if end < start:
        raise ValidationError({"end": _("The last day must not be before the first day.")})
    if (end - start).days >= LONGEST_SPAN_DAYS:
        raise ValidationError(
            {"end": _("A value covers at most five years. Enter it year by year.")}
        )


def check_years(**days: date | None) -> None:
    """Raises ValidationError for a day of a year that periods do not know."""
    for name, day in days.items():
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            text = _("Name a day from %(first)s to %(last)s.")
            raise ValidationError({name: text % {"first": FIRST_YEAR, "last": LAST_YEAR}})


def check_place(
    workspace: Workspace,
    *,
    channel: DimensionValue | None = None,
    campaign: Campaign | None = None,
    device: DimensionValue | None = None,
) -> None:
    """Raises ValidationError for a channel, campaign or device of somewhere else."""
    for name, chosen, dimension in (
        ("channel", channel, Dimension.CHANNEL),
        ("device", device, Dimension.DEVICE),
    ):
        if chosen and (chosen.workspace_id, chosen.dimension) != (workspace.pk, dimension):
            raise ValidationError({name: _("Choose one from the list.")})
    if campaign and campaign.workspace_id != workspace.pk:
        raise ValidationError({"campaign": _("Choose one from the list.")})


def open_batch(workspace: Workspace, feed: Feed, kind: str, user: User | None) -> Batch:
    """A batch for what one save or deletion changes; it happens now, so it is committed."""
    batch = Batch.objects.create(
        workspace=workspace, feed=feed, kind=kind, state=Batch.State.COMMITTED, user=user
    )
    batch.committed_at = batch.created_at
    batch.save(update_fields=["committed_at"])
    return batch
