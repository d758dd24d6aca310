"""The API of the cost ledger."""

from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Right
from accounts.api import (
    CHANGED,
    PROBLEMS,
    ChoiceField,
    PageQuery,
    WorkspaceApiView,
    list_of,
    refusals,
)
from accounts.etags import IF_MATCH, check_match, tagged
from accounts.idempotency import KEY, idempotent
from accounts.models import ApiToken
from metrics.api_places import found_places
from metrics.cost_list import WantedCosts, cost_lines
from metrics.costs import delete_cost, save_cost
from metrics.models import Cost
from metrics.models.entry import CostCategory
from metrics.numbers import as_text
from metrics.serializers import DayField, NumberField

FIELDS = (
    "category", "amount", "start", "end", "supplier", "channel", "campaign", "note", "share_by",
)  # fmt: skip


class CostSerializer(serializers.Serializer[Any]):
    """A line of the ledger."""

    id = serializers.CharField()
    category = serializers.ChoiceField(CostCategory.values)
    amount = NumberField()
    start = serializers.DateField()
    end = serializers.DateField()
    supplier = serializers.CharField()
    channel = serializers.CharField(allow_null=True)
    campaign = serializers.CharField(allow_null=True)
    note = serializers.CharField()
    share_by = serializers.CharField()
    version = serializers.IntegerField()


class SpendingWrite(serializers.Serializer[Any]):
    """What is given of any cost, spent once or coming back; what is left out stays."""

    category = ChoiceField(choices=CostCategory.values, required=False)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, required=False)
    supplier = serializers.CharField(max_length=120, required=False, allow_blank=True)
    channel = serializers.CharField(
        max_length=300, required=False, allow_null=True, help_text=gettext_lazy("Its key.")
    )
    campaign = serializers.CharField(
        max_length=24, required=False, allow_null=True, help_text=gettext_lazy("Its id.")
    )
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    share_by = serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        help_text=gettext_lazy("The metric by which a cost without a channel is shared."),
    )


class CostWrite(SpendingWrite):
    """What is given of a line."""

    start = DayField(required=False)
    end = DayField(required=False)


class CostNew(CostWrite):
    """A line that is not there yet."""

    category = ChoiceField(choices=CostCategory.values)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0)
    start = DayField()
    end = DayField(required=False, help_text=gettext_lazy("The first day where it is left out."))


class CostsQuery(PageQuery):
    """Which lines."""

    category = ChoiceField(choices=CostCategory.values, required=False)
    year = serializers.IntegerField(min_value=1900, max_value=2999, required=False)


class CostsView(WorkspaceApiView):
    """``costs/``."""

    write_right = Right.ENTER

    @extend_schema(
        operation_id="costs",
        summary=gettext_lazy("The lines of the cost ledger, the newest first."),
        tags=["costs"],
        parameters=[CostsQuery],
        responses={200: list_of("Costs", CostSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """One page of them."""
        query = CostsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        wanted = WantedCosts(category=asked.get("category", ""), year=asked.get("year", 0))
        rows = cost_lines(self.workspace, wanted)
        return self.pages(rows.select_related("channel", "campaign"), cost_json)

    @extend_schema(
        operation_id="cost_new",
        summary=gettext_lazy("Adds a line to the ledger."),
        tags=["costs"],
        parameters=[KEY],
        request=CostNew,
        responses={201: CostSerializer, **PROBLEMS},
    )
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Its facts are written with it."""
        call = CostNew(data=request.data)
        call.is_valid(raise_exception=True)
        given = {"end": call.validated_data["start"], **call.validated_data}
        return tagged(cost_json(_saved(self, given, None)), status=201)


class CostView(WorkspaceApiView):
    """``costs/<id>/``."""

    write_right = Right.ENTER

    @extend_schema(
        operation_id="cost",
        summary=gettext_lazy("One line of the ledger."),
        tags=["costs"],
        responses={200: CostSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """With its tag."""
        return tagged(cost_json(self._cost(public_id)))

    @extend_schema(
        operation_id="cost_change",
        summary=gettext_lazy("Changes a line of the ledger."),
        tags=["costs"],
        parameters=[IF_MATCH],
        request=CostWrite,
        responses={200: CostSerializer, **CHANGED},
    )
    def patch(self, request: Request, slug: str, public_id: str) -> Response:
        """What is given."""
        cost = self._cost(public_id, lock=True)
        check_match(request, cost_json(cost))
        call = CostWrite(data=request.data)
        call.is_valid(raise_exception=True)
        return tagged(cost_json(_saved(self, call.validated_data, cost)))

    @extend_schema(
        operation_id="cost_delete",
        summary=gettext_lazy("Takes a line out of the ledger."),
        tags=["costs"],
        parameters=[IF_MATCH],
        responses={204: None, **CHANGED},
    )
    def delete(self, request: Request, slug: str, public_id: str) -> Response:
        """Its facts go with it."""
        cost = self._cost(public_id, lock=True)
        check_match(request, cost_json(cost))
        with refusals():
            delete_cost(cost, user=cast(ApiToken, request.auth).user)
        return Response(status=204)

    def _cost(self, public_id: str, *, lock: bool = False) -> Cost:
        rows = Cost.objects.filter(workspace=self.workspace, public_id=public_id)
        rows = rows.select_related("channel", "campaign")
        cost = (rows.select_for_update(of=("self",)) if lock else rows).first()
        if cost is None:
            raise NotFound(_("The workspace has no cost “%(id)s”.") % {"id": public_id})
        return cost


def cost_json(cost: Cost) -> dict[str, Any]:
    """A line of the ledger as the API shows it."""
    return {
        "id": cost.public_id,
        "category": cost.category,
        "amount": as_text(cost.amount),
        "start": cost.start.isoformat(),
        "end": cost.end.isoformat(),
        "supplier": cost.supplier,
        "channel": cost.channel.key if cost.channel else None,
        "campaign": cost.campaign.public_id if cost.campaign else None,
        "note": cost.note,
        "share_by": cost.share_by,
        "version": cost.version,
    }


@refusals()
def _saved(view: WorkspaceApiView, given: dict[str, Any], cost: Cost | None) -> Cost:
    """Raises ValidationError with a sentence per field."""
    found, wrong = found_places(view.workspace, given)
    if wrong:
        raise ValidationError(wrong)
    kept = {name: getattr(cost, name) for name in FIELDS} if cost else {}
    user = cast(ApiToken, view.request.auth).user
    return save_cost(view.workspace, user=user, cost=cost, **kept | found)
