"""The API of campaigns."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from accounts.api_bodies import Strict
from metrics.api_rows import Collection, Given, Kept, Single, described_list, described_one
from metrics.campaign_saving import FIELDS, save_campaign
from metrics.models import Campaign
from metrics.numbers import as_text
from metrics.serializers import DayField, NumberField


class CampaignSerializer(serializers.Serializer[Any]):
    """A campaign, with the other names that files know it by."""

    id = serializers.CharField()
    name = serializers.CharField()
    names = serializers.ListField(child=serializers.CharField())
    channel = serializers.CharField(allow_null=True)
    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)
    budget = NumberField(allow_null=True)
    owner = serializers.EmailField(allow_null=True)
    outcome = serializers.CharField(allow_null=True)
    outcome_target = NumberField(allow_null=True)
    note = serializers.CharField()


class CampaignWrite(Strict):
    """What is given of a campaign; what is left out stays."""

    name = serializers.CharField(max_length=200, required=False)
    channel = serializers.CharField(
        max_length=300, required=False, allow_null=True, help_text=gettext_lazy("Its key.")
    )
    start = DayField(required=False, allow_null=True)
    end = DayField(required=False, allow_null=True)
    budget = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    owner = serializers.EmailField(
        required=False, allow_null=True, help_text=gettext_lazy("The address of a member.")
    )
    outcome = serializers.CharField(
        max_length=60,
        required=False,
        allow_null=True,
        help_text=gettext_lazy("The key of the metric that is planned; one that adds up."),
    )
    outcome_target = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    names = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        max_length=200,
        help_text=gettext_lazy("The other names that files and links use, as `utm_campaign`."),
    )


class CampaignNew(CampaignWrite):
    """A campaign that is not there yet."""

    name = serializers.CharField(max_length=200)


class Campaigns(Kept[Campaign]):
    """The campaigns."""

    def rows(self) -> QuerySet[Campaign]:
        """With what they belong to and the names by which files know them."""
        rows = Campaign.objects.filter(workspace=self.workspace)
        return rows.select_related("channel", "owner", "outcome").prefetch_related("names")

    def as_json(self, row: Campaign) -> dict[str, Any]:
        """A campaign as the API shows it."""
        return campaign_json(row)


@described_list(
    "campaign",
    tag="campaigns",
    shape=CampaignSerializer,
    lists=gettext_lazy("The campaigns, the newest first."),
    adds=gettext_lazy("Makes a campaign."),
)
class CampaignsView(Campaigns, Collection[Campaign]):
    """``campaigns/``."""

    new = CampaignNew

    def added(self, given: Given) -> Campaign:
        """Refuses a name by which a campaign is known already."""
        return save_campaign(self.workspace, user=self.user, **self.places(given))


@described_one(
    "campaign",
    tag="campaigns",
    shape=CampaignSerializer,
    reads=gettext_lazy("One campaign."),
    changes=gettext_lazy("Changes a campaign; costs and figures follow its channel."),
)
class CampaignView(Campaigns, Single[Campaign]):
    """``campaigns/<id>/``."""

    change = CampaignWrite
    unknown = gettext_lazy("The workspace has no campaign “%(id)s”.")

    def changed(self, row: Campaign, given: Given) -> Campaign:
        """The same, and files go on finding it by its former names."""
        kept = {name: getattr(row, name) for name in FIELDS}
        found = kept | self.places(given)
        return save_campaign(self.workspace, user=self.user, campaign=row, **found)


def campaign_json(campaign: Campaign) -> dict[str, Any]:
    """A campaign as the API shows it."""
    names = sorted(one.name for one in campaign.names.all() if one.key != campaign.key)
    return {
        "id": campaign.public_id,
        "name": campaign.name,
        "names": names,
        "channel": campaign.channel.key if campaign.channel else None,
        "start": campaign.start.isoformat() if campaign.start else None,
        "end": campaign.end.isoformat() if campaign.end else None,
        "budget": None if campaign.budget is None else as_text(campaign.budget),
        "owner": campaign.owner.email if campaign.owner else None,
        "outcome": campaign.outcome.key if campaign.outcome else None,
        "outcome_target": None
        if campaign.outcome_target is None
        else as_text(campaign.outcome_target),
        "note": campaign.note,
    }
