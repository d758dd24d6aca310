"""The costs of the campaigns of the past year, day by day: what a budget rule is replayed on."""

from collections.abc import Iterator
from datetime import date

from accounts.models import Workspace
from metrics import series
from metrics.models import Campaign, Dimension
from metrics.periods import Grain
from metrics.resolution import Segment
from objectives.causes import SPENT_ON


def past_spending(
    workspace: Workspace, *, campaign: Campaign | None, first: date, last: date
) -> Iterator[tuple[Campaign, list[series.SeriesValue]]]:
    """Every campaign with a budget that ran between two days, with its costs: one query."""
    found = Campaign.objects.filter(
        workspace=workspace, budget__gt=0, start__lte=last, end__gte=first
    )
    if campaign is not None:
        found = found.filter(pk=campaign.pk)
    campaigns = list(found)
    if not campaigns:
        return
    begins = min(one.start for one in campaigns if one.start)
    segments = {one.pk: Segment(Dimension.CAMPAIGN, one.pk) for one in campaigns}
    wanted = {(SPENT_ON, segment) for segment in segments.values()}
    rows = series.grid(workspace, wanted, Grain.DAY, begins, last, today=last)
    for one in campaigns:
        yield one, rows[SPENT_ON, segments[one.pk]]
