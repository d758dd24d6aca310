"""Making a campaign and changing it; costs and figures follow where it gets another channel.

Other names and merges are in metrics/campaigns.py.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics.campaigns import keep_campaign, keep_former_name, set_names
from metrics.catalogue.definition import Rollup
from metrics.costs import follow_campaigns
from metrics.coverage import mark_campaigns_stale
from metrics.dimensions import folded_key
from metrics.models import Campaign, CampaignName, Dimension, DimensionValue, Metric
from metrics.typed import check_place, check_years, locked_campaign

FIELDS = (
    "name", "channel", "start", "end", "budget", "owner", "outcome", "outcome_target", "note",
)  # fmt: skip


def outcomes(workspace: Workspace) -> list[Metric]:
    """The metrics that can be planned: those that add up, so that a pace can be read off them."""
    found = Metric.objects.filter(workspace=workspace, is_hidden=False)
    chosen = [one for one in found if one.definition.rollup is Rollup.SUM]
    return sorted(chosen, key=lambda one: one.name.casefold())


def save_campaign(
    workspace: Workspace,
    *,
    user: User | None,
    name: str,
    channel: DimensionValue | None = None,
    start: date | None = None,
    end: date | None = None,
    budget: Decimal | None = None,
    owner: User | None = None,
    outcome: Metric | None = None,
    outcome_target: Decimal | None = None,
    note: str = "",
    names: Iterable[str] | None = None,
    campaign: Campaign | None = None,
    version: int | None = None,
) -> Campaign:
    """Makes a campaign, or changes `campaign`, and moves what follows its channel.

    `names` are the other names that files and links use for it; None leaves them as they are. A
    former name stays one of them, so that files still find the campaign. Raises ValidationError
    with a sentence per field, and Conflict where `version` is given and another one is stored.
    """
    with transaction.atomic():
        stored = locked_campaign(campaign, version) if campaign else Campaign(workspace=workspace)
        former, renamed = stored.channel_id, stored.name
        check_place(workspace, channel=channel)
        check_years(start=start, end=end)
        stored.name, stored.key = name, folded_key(Dimension.CAMPAIGN, name)
        stored.channel, stored.start, stored.end = channel, start, end
        stored.budget, stored.owner, stored.note = budget, owner, note
        stored.outcome, stored.outcome_target = outcome, outcome_target
        stored.version += 1 if campaign else 0
        check_name(stored)
        check_outcome(stored)
        stored.full_clean()
        stored.save()
        keep_campaign(stored)
        if names is not None:
            set_names(stored, names=names)
        if renamed and folded_key(Dimension.CAMPAIGN, renamed) != stored.key:
            keep_former_name(stored, former=renamed)
        if campaign and stored.channel_id != former:
            mark_campaigns_stale(workspace, [stored.pk])
            follow_campaigns(workspace, user=user, former={stored.pk: former})
    return stored


def check_outcome(campaign: Campaign) -> None:
    """Raises ValidationError for a metric without a number, the reverse, and what adds nothing."""
    metric = campaign.outcome
    if metric is None and campaign.outcome_target is not None:
        raise ValidationError({"outcome": _("Choose the metric that the planned number is of.")})
    if metric is None:
        return
    if campaign.outcome_target is None:
        raise ValidationError({"outcome_target": _("Enter how much of it is planned.")})
    if campaign.outcome_target <= 0:
        raise ValidationError({"outcome_target": _("The planned number must be more than zero.")})
    is_own = metric.workspace_id == campaign.workspace_id
    if not is_own or metric.definition.rollup is not Rollup.SUM:
        text = _("Choose a metric that adds up, such as leads.")
        raise ValidationError({"outcome": text})


def check_name(campaign: Campaign) -> None:
    """Raises ValidationError for a name by which files and links know another campaign."""
    spelled = CampaignName.objects.filter(workspace=campaign.workspace, key=campaign.key)
    other = spelled.exclude(campaign=campaign.pk).select_related("campaign").first()
    if other is not None:
        text = _("This is a name of the campaign “%(name)s” already. Choose another name.")
        raise ValidationError({"name": text % {"name": other.campaign.name}})
    twins = Campaign.objects.filter(workspace=campaign.workspace, key=campaign.key)
    if twins.exclude(pk=campaign.pk).exists():
        raise ValidationError({"name": _("A campaign with this name exists already.")})
