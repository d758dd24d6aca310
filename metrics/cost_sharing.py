"""How a cost without a channel is shared over channels, in proportion to another metric.

Month by month: the days of the cost in a month are shared as the metric's month is over its
channels, to the cent by largest remainders. What the metric holds outside of any channel has no
say. A month in which no channel has a value yet stays without a channel until one has.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from accounts.models import Workspace
from metrics import series
from metrics.catalogue.definition import Rollup
from metrics.imports.spreading import CENT
from metrics.models import Cost, Dimension, Metric
from metrics.models.dimension import NOT_SET
from metrics.movement import apportioned
from metrics.periods import Grain, Period, spread
from metrics.rules import LEDGER_KEYS, calendar_of
from metrics.segment_names import segments_of

CENTS = 2


class Part(NamedTuple):
    """What one channel (−1 for none) bears of a line, over which days."""

    start: date
    end: date
    channel_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class SharedMonth:
    """The parts of one month of a line, by the channels' names."""

    start: date
    end: date
    parts: list[tuple[str, Decimal]]


def metrics_to_share_by(workspace: Workspace) -> list[Metric]:
    """The metrics that costs can be shared by: entered or imported ones that add up, no costs."""
    found = Metric.objects.filter(workspace=workspace, is_hidden=False).exclude(key__in=LEDGER_KEYS)
    chosen = [one for one in found if one.definition.rollup is Rollup.SUM]
    return sorted(chosen, key=lambda one: one.name.casefold())


def channel_of(cost: Cost) -> int | None:
    """The channel that a line belongs to as a whole: its own, else its campaign's."""
    if cost.channel_id is None and cost.campaign is not None:
        return cost.campaign.channel_id
    return cost.channel_id


def is_shared(cost: Cost) -> bool:
    """Whether a line is shared over channels. A channel of its own goes before."""
    return bool(cost.share_by) and channel_of(cost) is None


def parts_of(cost: Cost) -> list[Part]:
    """The channels that bear a line, as the ledger has them now; they add up to its amount."""
    if is_shared(cost) and cost.shares:
        return [_read(one) for one in cost.shares]
    channel_id = channel_of(cost)
    whole = NOT_SET if channel_id is None else channel_id
    return [Part(cost.start, cost.end, whole, cost.amount)]


def days_of(cost: Cost) -> Iterator[tuple[date, int, Decimal]]:
    """Each day of a line with a channel and what it bears, to the cent."""
    for part in parts_of(cost):
        for day, share in spread(part.amount, part.start, part.end, quantum=CENT):
            yield day, part.channel_id, share


def stated_shares(workspace: Workspace, cost: Cost) -> list[list[object]]:
    """The parts of a line by the stored figures, as `Cost.shares` keeps them.

    Empty for a line that is not shared.
    """
    if not is_shared(cost):
        return []
    weights = _weights(workspace, cost)
    calendar = calendar_of(workspace)
    parts = _parts(cost, calendar.periods(cost.start, cost.end, Grain.MONTH), weights)
    return [
        [part.start.isoformat(), part.end.isoformat(), part.channel_id, str(part.amount)]
        for part in parts
    ]


def shared_months(workspace: Workspace, cost: Cost) -> list[SharedMonth]:
    """The split of a shared line for its page, the largest part of a month first."""
    if not is_shared(cost):
        return []
    names = segments_of(workspace, Dimension.CHANNEL)
    months: dict[tuple[date, date], list[tuple[str, Decimal]]] = {}
    for part in sorted(parts_of(cost), key=lambda one: (one.start, -one.amount)):
        name = names.get(part.channel_id, names[NOT_SET]).label
        months.setdefault((part.start, part.end), []).append((name, part.amount))
    return [SharedMonth(start, end, parts) for (start, end), parts in months.items()]


def _weights(workspace: Workspace, cost: Cost) -> Mapping[date, dict[int, Decimal]]:
    """What each channel has of the metric in each month, where it is more than nothing."""
    found: dict[date, dict[int, Decimal]] = {}
    if not Metric.objects.filter(workspace=workspace, key=cost.share_by).exists():
        return found
    for one in series.values(
        workspace,
        cost.share_by,
        Grain.MONTH,
        cost.start,
        cost.end,
        today=cost.end,
        dimension=Dimension.CHANNEL,
    ):
        if one.segment.segment_id != NOT_SET and one.value is not None and one.value > 0:
            found.setdefault(one.period.start, {})[one.segment.segment_id] = one.value
    return found


def _parts(
    cost: Cost, months: Iterable[Period], weights: Mapping[date, dict[int, Decimal]]
) -> Iterator[Part]:
    days = dict(spread(cost.amount, cost.start, cost.end, quantum=CENT))
    for month in months:
        start, end = max(month.start, cost.start), min(month.end, cost.end)
        amount = sum((days[day] for day in days if start <= day <= end), Decimal(0))
        by_channel = weights.get(month.start) or {NOT_SET: Decimal(1)}
        whole = Fraction(sum(by_channel.values()))
        wanted = [Fraction(amount) * Fraction(one) / whole for one in by_channel.values()]
        for channel_id, share in zip(by_channel, apportioned(wanted, amount, CENTS), strict=True):
            yield Part(start, end, channel_id, share)


def _read(stored: list[str | int]) -> Part:
    start, end, channel_id, amount = stored
    return Part(
        date.fromisoformat(str(start)),
        date.fromisoformat(str(end)),
        int(channel_id),
        Decimal(str(amount)),
    )
