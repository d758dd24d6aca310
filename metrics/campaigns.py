"""The names under which files and links know a campaign, and that a name is one of its own.

Merging two campaigns is in metrics/merging.py.
"""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from metrics.dimensions import folded_key
from metrics.models import Campaign, CampaignName, Dimension


def keep_campaign(campaign: Campaign) -> CampaignName:
    """Says that a name that came with a file is a campaign of its own."""
    name, _created = CampaignName.objects.get_or_create(
        workspace=campaign.workspace,
        key=campaign.key,
        defaults={"campaign": campaign, "name": campaign.name},
    )
    return name


def keep_former_name(campaign: Campaign, *, former: str) -> None:
    """Files and links that use the name from before a change still find the campaign."""
    CampaignName.objects.get_or_create(
        workspace=campaign.workspace,
        key=folded_key(Dimension.CAMPAIGN, former),
        defaults={"campaign": campaign, "name": former},
    )


def set_names(campaign: Campaign, *, names: Iterable[str]) -> None:
    """Sets the other names under which files and links know a campaign.

    Raises ValidationError for a name by which another campaign is known.
    """
    wanted = {folded_key(Dimension.CAMPAIGN, one): one.strip() for one in names if one.strip()}
    wanted.pop(campaign.key, None)
    _refuse_names(campaign, wanted)
    stored = CampaignName.objects.filter(workspace=campaign.workspace, campaign=campaign)
    stored.exclude(key__in=[*wanted, campaign.key]).delete()
    there = set(stored.values_list("key", flat=True))
    CampaignName.objects.bulk_create(
        CampaignName(workspace=campaign.workspace, campaign=campaign, key=key, name=name)
        for key, name in wanted.items()
        if key not in there
    )


def _refuse_names(campaign: Campaign, wanted: Mapping[str, str]) -> None:
    longest = CampaignName._meta.get_field("name").max_length
    if any(len(name) > (longest or 0) for name in wanted.values()):
        text = _("A name has at most %(n)s characters.")
        raise ValidationError({"names": text % {"n": longest}})
    spelled = CampaignName.objects.filter(workspace=campaign.workspace, key__in=wanted)
    other = spelled.exclude(campaign=campaign).select_related("campaign").first()
    if other is not None:
        text = _("“%(spelled)s” is a name of the campaign “%(name)s” already.")
        words = {"spelled": wanted[other.key], "name": other.campaign.name}
        raise ValidationError({"names": text % words})
    twins = Campaign.objects.filter(workspace=campaign.workspace, key__in=wanted)
    twin = twins.exclude(pk=campaign.pk).first()
    if twin is not None:
        text = _("“%(name)s” is a campaign of the list. Merge it into this one there.")
        raise ValidationError({"names": text % {"name": twin.name}})
