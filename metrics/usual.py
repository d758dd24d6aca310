"""How a typed total stands beside what all feeds know of the days before it."""

from datetime import timedelta
from decimal import Decimal

from metrics import series
from metrics.comparing import LEAST_USUAL_DAYS, UNUSUAL_TIMES, USUAL_DAYS, Unusual
from metrics.models import Entry
from metrics.periods import ONE_DAY, Grain


def beside_all_feeds(entry: Entry) -> list[Unusual]:
    """The total, where its mean day is far above that of the days before; nothing for a part."""
    if entry.channel or entry.campaign or entry.device:
        return []
    found = series.values(
        entry.workspace,
        entry.metric.key,
        Grain.DAY,
        entry.start - timedelta(days=USUAL_DAYS),
        entry.start - ONE_DAY,
        today=entry.start,
    )
    known = [one.value for one in found if one.value is not None]
    if len(known) < LEAST_USUAL_DAYS:
        return []
    usual = sum(known, Decimal(0)) / len(known)
    mean = entry.value / ((entry.end - entry.start).days + 1)
    is_far = 0 < usual * UNUSUAL_TIMES <= mean
    return [Unusual(entry.metric.pk, mean, usual)] if is_far else []
