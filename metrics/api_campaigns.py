"""The API of campaigns."""

from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import CHANGED, PROBLEMS, PageQuery, WorkspaceApiView, list_of, refusals
from accounts.etags import IF_MATCH, check_match, tagged
from accounts.idempotency import KEY, idempotent
from accounts.models import ApiToken
from metrics.api_places import found_places
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


class CampaignWrite(serializers.Serializer[Any]):
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


class CampaignsView(WorkspaceApiView):
    """``campaigns/``."""

    @extend_schema(
        operation_id="campaigns",
        summary=gettext_lazy("The campaigns, the newest first."),
        tags=["campaigns"],
        parameters=[PageQuery],
        responses={200: list_of("Campaigns", CampaignSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """One page of them."""
        rows = Campaign.objects.filter(workspace=self.workspace)
        shown = rows.select_related("channel", "owner", "outcome").prefetch_related("names")
        return self.pages(shown, campaign_json)

    @extend_schema(
        operation_id="campaign_new",
        summary=gettext_lazy("Makes a campaign."),
        tags=["campaigns"],
        parameters=[KEY],
        request=CampaignNew,
        responses={201: CampaignSerializer, **PROBLEMS},
    )
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Refuses a name by which a campaign is known already."""
        call = CampaignNew(data=request.data)
        call.is_valid(raise_exception=True)
        return tagged(campaign_json(_saved(self, call.validated_data, None)), status=201)


class CampaignView(WorkspaceApiView):
    """``campaigns/<id>/``."""

    @extend_schema(
        operation_id="campaign",
        summary=gettext_lazy("One campaign."),
        tags=["campaigns"],
        responses={200: CampaignSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """With its tag."""
        return tagged(campaign_json(self._campaign(public_id)))

    @extend_schema(
        operation_id="campaign_change",
        summary=gettext_lazy("Changes a campaign; costs and figures follow its channel."),
        tags=["campaigns"],
        parameters=[IF_MATCH],
        request=CampaignWrite,
        responses={200: CampaignSerializer, **CHANGED},
    )
    def patch(self, request: Request, slug: str, public_id: str) -> Response:
        """What is given."""
        campaign = self._campaign(public_id, lock=True)
        check_match(request, campaign_json(campaign))
        call = CampaignWrite(data=request.data)
        call.is_valid(raise_exception=True)
        return tagged(campaign_json(_saved(self, call.validated_data, campaign)))

    def _campaign(self, public_id: str, *, lock: bool = False) -> Campaign:
        rows = Campaign.objects.filter(workspace=self.workspace, public_id=public_id)
        rows = rows.select_related("channel", "owner", "outcome")
        campaign = (rows.select_for_update(of=("self",)) if lock else rows).first()
        if campaign is None:
            raise NotFound(_("The workspace has no campaign “%(id)s”.") % {"id": public_id})
        return campaign


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


@refusals()
def _saved(view: WorkspaceApiView, given: dict[str, Any], campaign: Campaign | None) -> Campaign:
    """Raises ValidationError with a sentence per field."""
    found, wrong = found_places(view.workspace, given)
    if wrong:
        raise ValidationError(wrong)
    kept = {name: getattr(campaign, name) for name in FIELDS} if campaign else {}
    user = cast(ApiToken, view.request.auth).user
    return save_campaign(view.workspace, user=user, campaign=campaign, **kept | found)
