"""The demo's campaigns: who owns them, and plans set from the story's own figures."""

from datetime import timedelta
from decimal import Decimal

from accounts.models import User, Workspace
from kpitracker.demo.story import Campaign as Told
from kpitracker.demo.story import Story
from metrics.campaign_saving import save_campaign
from metrics.models import Campaign, DimensionValue, Metric

OUTCOME = "ad_conversions"
"""What the campaigns are planned to bring; the tools of advertising report it by campaign."""
BUDGET_STEP, OUTCOME_STEP = 100, 5


def start_campaign(workspace: Workspace, told: Told, story: Story, channel: int) -> Campaign:
    """The campaign with its days, for facts to belong to."""
    french = workspace.language == "fr"
    return save_campaign(
        workspace,
        user=None,
        name=told.french if french else told.name,
        channel=DimensionValue.objects.get(workspace=workspace, pk=channel),
        start=max(story.first, story.until - timedelta(days=told.first)),
        end=None if told.last is None else story.until - timedelta(days=told.last),
        owner=User.objects.get(email=told.owner),
    )


def plan_campaign(
    campaign: Campaign, told: Told, story: Story, *, spent: Decimal, won: Decimal
) -> Campaign:
    """The campaign with the budget and the number of conversions that give the told paces.

    One that goes on without a last day is not planned.
    """
    if campaign.start is None or campaign.end is None:
        return campaign
    days = (campaign.end - campaign.start).days + 1
    gone = Decimal((min(campaign.end, story.until) - campaign.start).days + 1) / days
    return save_campaign(
        campaign.workspace,
        user=None,
        campaign=campaign,
        name=campaign.name,
        channel=campaign.channel,
        start=campaign.start,
        end=campaign.end,
        owner=campaign.owner,
        budget=_planned(spent, gone, told.budget_pace, BUDGET_STEP),
        outcome=Metric.objects.get(workspace=campaign.workspace, key=OUTCOME),
        outcome_target=_planned(won, gone, told.outcome_pace, OUTCOME_STEP),
    )


def _planned(total: Decimal, gone: Decimal, pace: str, step: int) -> Decimal:
    """The amount of which so much would be there at this pace, rounded to a step."""
    wished = total / (gone * Decimal(pace))
    return max(Decimal(1), (wished / step).quantize(Decimal(1))) * step
