"""The cost ledger: the one writer of costs. Its lines become facts of the feed "Costs".

The lines of a cost that recurs are written by `metrics/recurring_costs.py` through
`set_occurrences`; they change only with it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics.cost_facts import Stretch, rewrite, stretch_of, stretches_of
from metrics.cost_sharing import is_shared, metrics_to_share_by, stated_shares
from metrics.models import Campaign, Cost, DimensionValue, RecurringCost
from metrics.models.dimension import NOT_SET
from metrics.recurrence import Occurrence
from metrics.typed import check_place, check_span, locked_cost


def save_cost(
    workspace: Workspace,
    *,
    user: User | None,
    category: str,
    amount: Decimal,
    start: date,
    end: date,
    supplier: str = "",
    channel: DimensionValue | None = None,
    campaign: Campaign | None = None,
    note: str = "",
    share_by: str = "",
    cost: Cost | None = None,
    version: int | None = None,
) -> Cost:
    """Adds a line to the ledger, or changes `cost`, and rewrites the facts that it touches.

    A cost may lie in the future: a subscription is known when it is paid. `share_by` is the key
    of the metric by which a line without a channel is shared over channels. Raises ValidationError
    with a sentence per field, and Conflict where `version` is given and another one is stored.
    """
    with transaction.atomic():
        stored = locked_cost(cost, version) if cost else Cost(workspace=workspace)
        _refuse_occurrence(stored)
        touched = stretches_of(stored) if cost else []
        for name, given in (
            ("category", category), ("amount", amount), ("start", start), ("end", end),
            ("supplier", supplier), ("channel", channel), ("campaign", campaign), ("note", note),
            ("share_by", share_by),
        ):  # fmt: skip
            setattr(stored, name, given)
        check_span(start, end)
        check_place(workspace, channel=channel, campaign=campaign)
        check_sharing(workspace, stored)
        stored.shares = stated_shares(workspace, stored)
        stored.entered_by = user
        stored.version += 1 if cost else 0
        stored.full_clean(exclude=["entered_by"])
        stored.save()
        rewrite(workspace, user, [*touched, *stretches_of(stored)])
    return stored


def delete_cost(cost: Cost, *, user: User | None, version: int | None = None) -> None:
    """Takes a line out of the ledger and rewrites its facts. Raises Conflict as `save_cost`."""
    with transaction.atomic():
        stored = locked_cost(cost, version)
        _refuse_occurrence(stored)
        touched = stretches_of(stored)
        stored.delete()
        rewrite(stored.workspace, user, touched)


def set_occurrences(
    workspace: Workspace,
    *,
    user: User | None,
    recurring: RecurringCost,
    wanted: Iterable[Occurrence],
) -> int:
    """Makes the lines of a recurring cost these, and returns how many were written or deleted.

    Lines that say the same already stay as they are.
    """
    lines = {
        one.start: one
        for one in Cost.objects.select_for_update(of=("self",))
        .filter(workspace=workspace, recurring=recurring)
        .select_related("campaign")
    }
    touched: list[Stretch] = []
    changed = 0
    with transaction.atomic():
        for turn in wanted:
            line = lines.pop(turn.start, None)
            if line is not None and _says(line, recurring, turn):
                continue
            touched += stretches_of(line) if line else []
            touched += stretches_of(_write_occurrence(workspace, user, recurring, turn, line))
            changed += 1
        for line in lines.values():
            touched += stretches_of(line)
            line.delete()
            changed += 1
        if touched:
            rewrite(workspace, user, touched)
    return changed


OF_RECURRING = ("category", "supplier", "channel", "campaign", "note", "share_by")
"""What a line has of the recurring cost that it belongs to."""


def _says(line: Cost, recurring: RecurringCost, turn: Occurrence) -> bool:
    same = all(getattr(line, name) == getattr(recurring, name) for name in OF_RECURRING)
    return same and (line.end, line.amount) == (turn.end, turn.amount)


def _write_occurrence(
    workspace: Workspace,
    user: User | None,
    recurring: RecurringCost,
    turn: Occurrence,
    line: Cost | None,
) -> Cost:
    version = line.version + 1 if line else 1
    line = line or Cost(workspace=workspace, recurring=recurring, start=turn.start)
    for name in OF_RECURRING:
        setattr(line, name, getattr(recurring, name))
    line.end, line.amount, line.version = turn.end, turn.amount, version
    line.entered_by = user or recurring.entered_by
    line.shares = stated_shares(workspace, line)
    line.save()
    return line


def _refuse_occurrence(cost: Cost) -> None:
    """Raises ValidationError for a line that a recurring cost writes."""
    if cost.recurring_id is not None:
        message = _(
            "This line belongs to a recurring cost. Change or end the recurring cost instead."
        )
        raise ValidationError({NON_FIELD_ERRORS: message})


def share_anew(workspace: Workspace) -> int:
    """Shares the costs over channels as the stored figures are now; returns how many changed.

    The lines themselves stay as people saved them: who and which version do not change.
    """
    touched: list[Stretch] = []
    changed = 0
    with transaction.atomic():
        lines = Cost.objects.filter(workspace=workspace).exclude(share_by="")
        for line in lines.select_for_update(of=("self",)).select_related("campaign"):
            shares = stated_shares(workspace, line)
            if shares == line.shares:
                continue
            before = stretches_of(line)
            line.shares = shares
            line.save(update_fields=["shares"])
            touched += [*before, *stretches_of(line)]
            changed += 1
        if touched:
            rewrite(workspace, None, touched)
    return changed


def follow_campaigns(
    workspace: Workspace, *, user: User | None, former: Mapping[int, int | None]
) -> int:
    """Moves the costs of campaigns that have another channel now, and returns how many lines.

    `former` is the channel that each had before. A line with a channel of its own stays there.
    """
    lines = Cost.objects.filter(workspace=workspace, campaign__in=former, channel=None)
    touched: list[Stretch] = []
    with transaction.atomic():
        for line in lines.select_related("campaign"):
            now = stretch_of(line)
            before = former[now.campaign_id]
            touched.append(now._replace(channel_id=NOT_SET if before is None else before))
            touched += stretches_of(line)
        if touched:
            rewrite(workspace, user, touched)
    return len(lines)


def move_costs(
    workspace: Workspace,
    *,
    user: User | None,
    source: Campaign,
    target: Campaign,
    lines: QuerySet[Cost],
    recurring: QuerySet[RecurringCost],
) -> int:
    """Gives these costs of one campaign to another, and returns how many lines.

    The lines of a recurring cost go with it.
    """
    touched: list[Stretch] = []
    with transaction.atomic():
        turns = list(recurring.filter(workspace=workspace, campaign=source).values_list("pk"))
        RecurringCost.objects.filter(pk__in=[pk for (pk,) in turns]).update(campaign=target)
        wanted = Cost.objects.filter(
            Q(pk__in=lines.values("pk")) | Q(recurring__in=[pk for (pk,) in turns]),
            workspace=workspace,
            campaign=source,
        )
        found = list(wanted.select_for_update())
        for line in found:
            line.campaign = source
            touched += stretches_of(line)
            line.campaign, line.version = target, line.version + 1
            line.shares = line.shares or stated_shares(workspace, line)
            line.save(update_fields=["campaign", "shares", "version", "updated_at"])
            touched += stretches_of(line)
        if touched:
            rewrite(workspace, user, touched)
    return len(found)


def check_sharing(workspace: Workspace, cost: Cost) -> None:
    """Raises ValidationError for a line with a channel, or a metric that says nothing of it."""
    if not cost.share_by:
        return
    if not is_shared(cost):
        raise ValidationError(
            {
                "share_by": _(
                    "This cost has a channel, its own or its campaign's. Leave out the channel"
                    " to share it, or do not share it."
                )
            }
        )
    if cost.share_by not in {one.key for one in metrics_to_share_by(workspace)}:
        raise ValidationError({"share_by": _("Choose a metric from the list.")})
