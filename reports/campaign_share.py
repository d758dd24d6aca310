"""What a campaign brought to the objectives that it touches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Workspace
from metrics.campaign_effect import Figures
from metrics.campaign_figures import segment_of
from metrics.campaign_pace import added
from metrics.models import Campaign
from metrics.periods import ONE_DAY
from objectives.channels import adds_up
from objectives.history import adds_from_the_start, asked_of
from objectives.models import Objective
from objectives.presentation import value_format
from objectives.results import recent_results
from objectives.rows import Row, rows_of
from objectives.wording import lang


@dataclass(frozen=True)
class Touched:
    """An objective whose metric, days and segment the campaign touches.

    `brought` is what the campaign brought of its value, as text, and `share` the part of the
    whole; empty where the objective's value does not add up.
    """

    row: Row
    brought: str
    share: Decimal | None


def objectives_touched(workspace: Workspace, campaign: Campaign) -> list[Objective]:
    """The judged objectives with days in common, on everything, the channel or the campaign."""
    if campaign.start is None:
        return []
    found = Objective.objects.judged(workspace).filter(
        metric__isnull=False, end__gte=campaign.start, device=None
    )
    if campaign.end is not None:
        found = found.filter(start__lte=campaign.end)
    return [one for one in found.order_by("end", "pk") if _touches(one, campaign)]


def _touches(objective: Objective, campaign: Campaign) -> bool:
    if objective.campaign_id:
        return objective.campaign_id == campaign.pk
    return objective.channel_id in {None, campaign.channel_id}


def touched(
    workspace: Workspace,
    campaign: Campaign,
    objectives: list[Objective],
    figures: Figures,
    *,
    today: date,
) -> list[Touched]:
    """What the campaign brought to its objectives, from figures that were read; most first.

    Only to those of whose metric it has figures, and to its own.
    """
    own = segment_of(campaign)
    shown = [
        one
        for one in objectives
        if one.campaign_id or (one.metric is not None and figures.get((one.metric.key, own)))
    ]
    if not shown:
        return []
    for one in shown:
        one.workspace = workspace
    results = recent_results(workspace, day=today)
    rows = rows_of(shown, results, workspace, today=today)
    found = [_touched(row, campaign, figures, today=today) for row in rows]
    return sorted(found, key=lambda one: (one.share is None, -(one.share or 0)))


def _touched(row: Row, campaign: Campaign, figures: Figures, *, today: date) -> Touched:
    objective, asked = row.objective, asked_of(row.objective)
    if asked is None or not adds_from_the_start(asked) or not adds_up(objective):
        return Touched(row, "", None)
    assert objective.metric is not None
    assert objective.start is not None
    assert objective.end is not None
    value = row.result.value if row.result else None
    to = row.result.data_date if row.result and row.result.data_date else today - ONE_DAY
    daily = figures.get((objective.metric.key, segment_of(campaign)), {})
    brought = added(daily, (objective.start, min(objective.end, to)))
    text = "" if brought is None else value_format(objective, lang())(brought)
    return Touched(row, text, brought / value if brought is not None and value else None)


def keys_of(objectives: list[Objective]) -> Mapping[str, date]:
    """The metrics of objectives with the first day that each needs."""
    firsts: dict[str, date] = {}
    for one in objectives:
        if one.metric is not None and one.start is not None:
            firsts[one.metric.key] = min(firsts.get(one.metric.key, one.start), one.start)
    return firsts
