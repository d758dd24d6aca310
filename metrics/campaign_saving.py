"""Making a campaign and changing it; costs and figures follow where it gets another channel.

Other names and merges are in metrics/campaigns.py.
"""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics.costs import follow_campaigns
from metrics.coverage import mark_campaigns_stale
from metrics.dimensions import folded_key
from metrics.models import Campaign, CampaignName, Dimension, DimensionValue
from metrics.typed import check_place

FIELDS = ("name", "channel", "start", "end", "budget", "owner")


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
    campaign: Campaign | None = None,
) -> Campaign:
    """Makes a campaign, or changes `campaign`, and moves what follows its channel.

    Raises ValidationError with a sentence per field.
    """
    with transaction.atomic():
        stored = Campaign(workspace=workspace)
        if campaign:
            stored = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
        former = stored.channel_id
        check_place(workspace, channel=channel)
        stored.name, stored.key = name, folded_key(Dimension.CAMPAIGN, name)
        stored.channel, stored.start, stored.end = channel, start, end
        stored.budget, stored.owner = budget, owner
        _check_name(stored)
        stored.full_clean()
        stored.save()
        if campaign and stored.channel_id != former:
            mark_campaigns_stale(workspace, [stored.pk])
            follow_campaigns(workspace, user=user, former={stored.pk: former})
    return stored


def _check_name(campaign: Campaign) -> None:
    """Raises ValidationError for a name by which files and links know another campaign."""
    spelled = CampaignName.objects.filter(workspace=campaign.workspace, key=campaign.key)
    other = spelled.exclude(campaign=campaign.pk).select_related("campaign").first()
    if other is not None:
        text = _("This is a name of the campaign “%(name)s” already. Choose another name.")
        raise ValidationError({"name": text % {"name": other.campaign.name}})
    twins = Campaign.objects.filter(workspace=campaign.workspace, key=campaign.key)
    if twins.exclude(pk=campaign.pk).exists():
        raise ValidationError({"name": _("A campaign with this name exists already.")})
