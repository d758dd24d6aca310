"""The API of check-ins: how people see an objective, and what they say of it now."""

from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Right
from accounts.api import PROBLEMS, ChoiceField, PageQuery, list_of, refusals
from accounts.idempotency import KEY, idempotent
from accounts.models import ApiToken
from metrics.models.fact import VALUE_DIGITS
from metrics.serializers import DayField
from objectives.api import OneObjectiveView
from objectives.life import Said, check_in
from objectives.models import CheckIn
from objectives.presentation import check_in_json


class CheckInCall(serializers.Serializer[Any]):
    """How somebody sees it; only the confidence is needed."""

    confidence = ChoiceField(choices=CheckIn.Confidence.values)
    value = serializers.DecimalField(
        **VALUE_DIGITS,
        required=False,
        allow_null=True,
        help_text=gettext_lazy("A newer one than the figures say; it does not replace them."),
    )
    changed = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    next_step = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    next_by = DayField(required=False, allow_null=True)


class CheckInSerializer(serializers.Serializer[Any]):
    """A check-in, with the status that was computed at the time."""

    id = serializers.CharField()
    day = serializers.DateField()
    confidence = ChoiceField(choices=CheckIn.Confidence.values)
    value = serializers.CharField(allow_null=True)
    changed = serializers.CharField()
    next_step = serializers.CharField()
    next_by = serializers.DateField(allow_null=True)
    status = serializers.CharField(allow_null=True)
    user = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class CheckInsView(OneObjectiveView):
    """``objectives/<id>/check-ins/``."""

    write_right = Right.ENTER

    def _kept(self, public_id: str) -> QuerySet[CheckIn]:
        objective = self.objective(public_id)
        found = CheckIn.objects.filter(workspace=self.workspace, objective=objective)
        return found.select_related("user")

    @extend_schema(
        operation_id="check_ins",
        summary=gettext_lazy("What people said of an objective, the newest first."),
        tags=["objectives"],
        parameters=[PageQuery],
        responses={200: list_of("CheckIns", CheckInSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """One page of them."""
        return self.pages(self._kept(public_id), check_in_json)

    @extend_schema(
        operation_id="create_check_in",
        summary=gettext_lazy("Keeps how somebody sees an objective. It is never changed."),
        tags=["objectives"],
        parameters=[KEY],
        request=CheckInCall,
        responses={201: CheckInSerializer, **PROBLEMS},
    )
    @idempotent
    def post(self, request: Request, slug: str, public_id: str) -> Response:
        """The check-in, in the name of whoever made the token."""
        call = CheckInCall(data=request.data)
        call.is_valid(raise_exception=True)
        user, now = cast(ApiToken, request.auth).user, timezone.now()
        objective, said = self.objective(public_id), Said(**call.validated_data)
        with refusals():
            kept = check_in(objective, user=user, said=said, day=self.today, now=now)
        return Response(check_in_json(kept), status=201)
