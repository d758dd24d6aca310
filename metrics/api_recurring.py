"""The API of costs that come back."""

from datetime import date
from functools import partial
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
from accounts.models import ApiToken, User
from metrics.api_costs import SpendingWrite
from metrics.api_places import found_places
from metrics.models import RecurringCost, Rhythm
from metrics.models.entry import CostCategory
from metrics.numbers import as_text
from metrics.recurring_costs import (
    Terms,
    change_from,
    delete_recurring,
    next_due,
    save_recurring,
)
from metrics.serializers import DayField, NumberField


class RecurringSerializer(serializers.Serializer[Any]):
    """A cost that comes back."""

    id = serializers.CharField()
    category = serializers.ChoiceField(CostCategory.values)
    amount = NumberField(help_text=gettext_lazy("Of each turn."))
    rhythm = serializers.ChoiceField(Rhythm.values)
    start = serializers.DateField()
    last = serializers.DateField(allow_null=True)
    next = serializers.DateField(
        allow_null=True, help_text=gettext_lazy("The first day of the next turn.")
    )
    supplier = serializers.CharField()
    channel = serializers.CharField(allow_null=True)
    campaign = serializers.CharField(allow_null=True)
    note = serializers.CharField()
    share_by = serializers.CharField()
    version = serializers.IntegerField()


class RecurringWrite(SpendingWrite):
    """What is given of it."""

    rhythm = ChoiceField(choices=Rhythm.values, required=False)
    start = DayField(required=False)
    last = DayField(
        required=False,
        allow_null=True,
        help_text=gettext_lazy("The last day; null where it goes on."),
    )


class RecurringChange(RecurringWrite):
    """What changes, and from when."""

    from_day = DayField(
        required=False,
        help_text=gettext_lazy(
            "The change holds from this day on: the cost ends the day before, and the answer is "
            "the one that goes on. Left out, all of its lines change."
        ),
    )


class RecurringNew(RecurringWrite):
    """A cost that does not come back yet."""

    category = ChoiceField(choices=CostCategory.values)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0)
    rhythm = ChoiceField(choices=Rhythm.values)
    start = DayField()


class RecurringCostsView(WorkspaceApiView):
    """``recurring-costs/``."""

    write_right = Right.ENTER

    @extend_schema(
        operation_id="recurring_costs",
        summary=gettext_lazy("The costs that come back, the newest first."),
        tags=["costs"],
        parameters=[PageQuery],
        responses={200: list_of("RecurringCosts", RecurringSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """One page of them."""
        query = PageQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = RecurringCost.objects.filter(workspace=self.workspace)
        return self.pages(
            rows.select_related("channel", "campaign"),
            partial(recurring_json, today=self.today),
        )

    @extend_schema(
        operation_id="recurring_cost_new",
        summary=gettext_lazy("Adds a cost that comes back, with the turns that began already."),
        tags=["costs"],
        parameters=[KEY],
        request=RecurringNew,
        responses={201: RecurringSerializer, **PROBLEMS},
    )
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Each turn enters the ledger on its first day."""
        call = RecurringNew(data=request.data)
        call.is_valid(raise_exception=True)
        given = call.validated_data
        with refusals():
            saved = save_recurring(
                self.workspace, _terms(self, given), user=_user(request), start=given["start"],
                last=given.get("last"), today=self.today,
            )  # fmt: skip
        return tagged(recurring_json(saved, today=self.today), status=201)


class RecurringCostView(WorkspaceApiView):
    """``recurring-costs/<id>/``."""

    write_right = Right.ENTER

    @extend_schema(
        operation_id="recurring_cost",
        summary=gettext_lazy("One cost that comes back."),
        tags=["costs"],
        responses={200: RecurringSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """With its tag."""
        return tagged(recurring_json(self._cost(public_id), today=self.today))

    @extend_schema(
        operation_id="recurring_cost_change",
        summary=gettext_lazy("Changes it from a day on, or the whole of it; `last` ends it."),
        tags=["costs"],
        parameters=[IF_MATCH],
        request=RecurringChange,
        responses={200: RecurringSerializer, **CHANGED},
    )
    def patch(self, request: Request, slug: str, public_id: str) -> Response:
        """What is given."""
        cost = self._cost(public_id, lock=True)
        check_match(request, recurring_json(cost, today=self.today))
        call = RecurringChange(data=request.data)
        call.is_valid(raise_exception=True)
        changed = self._changed(request, cost, call.validated_data)
        return tagged(recurring_json(changed, today=self.today))

    @extend_schema(
        operation_id="recurring_cost_delete",
        summary=gettext_lazy("Deletes it with all of its lines; to stop it, give its last day."),
        tags=["costs"],
        parameters=[IF_MATCH],
        responses={204: None, **CHANGED},
    )
    def delete(self, request: Request, slug: str, public_id: str) -> Response:
        """What was spent already goes too."""
        cost = self._cost(public_id, lock=True)
        check_match(request, recurring_json(cost, today=self.today))
        with refusals():
            delete_recurring(cost, user=_user(request))
        return Response(status=204)

    @refusals()
    def _changed(
        self, request: Request, cost: RecurringCost, given: dict[str, Any]
    ) -> RecurringCost:
        terms, last = _terms(self, given, cost), given.get("last", cost.last)
        if "from_day" in given:
            if "start" in given:
                message = _("A change from a day on keeps the first day. Leave it out.")
                raise ValidationError({"start": [message]})
            return change_from(
                cost, terms, day=given["from_day"], last=last, user=_user(request),
                today=self.today,
            )  # fmt: skip
        return save_recurring(
            self.workspace, terms, user=_user(request), start=given.get("start", cost.start),
            last=last, today=self.today, recurring=cost,
        )  # fmt: skip

    def _cost(self, public_id: str, *, lock: bool = False) -> RecurringCost:
        rows = RecurringCost.objects.filter(workspace=self.workspace, public_id=public_id)
        rows = rows.select_related("workspace", "channel", "campaign")
        cost = (rows.select_for_update(of=("self",)) if lock else rows).first()
        if cost is None:
            message = _("The workspace has no recurring cost “%(id)s”.")
            raise NotFound(message % {"id": public_id})
        return cost


def recurring_json(cost: RecurringCost, *, today: date) -> dict[str, Any]:
    """A cost that comes back as the API shows it on this day."""
    following = next_due(cost, today=today)
    return {
        "id": cost.public_id,
        "category": cost.category,
        "amount": as_text(cost.amount),
        "rhythm": cost.rhythm,
        "start": cost.start.isoformat(),
        "last": cost.last.isoformat() if cost.last else None,
        "next": following.isoformat() if following else None,
        "supplier": cost.supplier,
        "channel": cost.channel.key if cost.channel else None,
        "campaign": cost.campaign.public_id if cost.campaign else None,
        "note": cost.note,
        "share_by": cost.share_by,
        "version": cost.version,
    }


def _terms(
    view: WorkspaceApiView, given: dict[str, Any], cost: RecurringCost | None = None
) -> Terms:
    """Raises ValidationError for a channel or campaign that is not there."""
    found, wrong = found_places(view.workspace, given)
    if wrong:
        raise ValidationError(wrong)
    kept = {name: getattr(cost, name) for name in Terms.__slots__} if cost else {}
    return Terms(**kept | {name: found[name] for name in Terms.__slots__ if name in found})


def _user(request: Request) -> User:
    return cast(ApiToken, request.auth).user
