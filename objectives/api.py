"""The API of objectives: what was agreed, and where it stands."""

from typing import cast

from django.core.exceptions import ValidationError as Refused
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import CHANGED, PROBLEMS, PageQuery, WorkspaceApiView, list_of
from accounts.audit import record
from accounts.etags import IF_MATCH, Stale, check_match, tagged
from accounts.idempotency import KEY, idempotent
from accounts.models import ApiToken
from metrics import refreshing
from objectives.api_writing import ObjectiveCall, wanted_of
from objectives.models import Objective
from objectives.objectives import (
    ChangedMeanwhileError,
    NotReadyError,
    create_objective,
    start_objective,
    update_objective,
)
from objectives.presentation import objective_json, smart_json, statuses_json, value_format
from objectives.results import recent_result
from objectives.serializers import (
    ObjectiveSerializer,
    StatusQuery,
    StatusSerializer,
)
from objectives.smart import Outcome
from objectives.wording import lang

SHOWN = ("metric", "owner", "channel", "device", "campaign", "parent")


class OneObjectiveView(WorkspaceApiView):
    """A view of one objective."""

    def objective(self, public_id: str) -> Objective:
        """The workspace's objective with this id, archived or not. Raises NotFound."""
        found = Objective.objects.filter(workspace=self.workspace, public_id=public_id)
        objective = found.select_related(
            "metric", "owner", "channel", "device", "campaign", "parent"
        ).first()
        if objective is None:
            raise NotFound(_("The workspace has no objective “%(id)s”.") % {"id": public_id})
        objective.workspace = self.workspace
        return objective


class ObjectivesView(WorkspaceApiView):
    """``objectives/``."""

    @extend_schema(
        operation_id="objectives",
        summary=gettext_lazy("The objectives that are not archived, the newest first."),
        tags=["objectives"],
        parameters=[PageQuery],
        responses={200: list_of("Objectives", ObjectiveSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """One page of them."""
        listed = Objective.objects.listed(self.workspace).select_related("parent")
        listed = listed.prefetch_related("milestones")
        return self.pages(listed, objective_json)

    @extend_schema(
        operation_id="create_objective",
        summary=gettext_lazy("Writes an objective: a draft, or with start_now one that has begun."),
        tags=["objectives"],
        parameters=[KEY],
        request=ObjectiveCall,
        responses={201: ObjectiveSerializer, **PROBLEMS},
    )
    def post(self, request: Request, slug: str) -> Response:
        """The objective as it is stored now."""
        return self._create(request)

    @idempotent
    def _create(self, request: Request) -> Response:
        call = ObjectiveCall(data=request.data)
        call.is_valid(raise_exception=True)
        wanted = wanted_of(self.workspace, call.validated_data)
        user = cast(ApiToken, request.auth).user
        try:
            found = create_objective(self.workspace, user=user, wanted=wanted)
        except Refused as refused:
            raise ValidationError(refused.message_dict) from refused
        if call.validated_data.get("start_now"):
            self._start(found, request)
        record(
            cast(ApiToken, request.auth).user,
            "objective.created",
            workspace=self.workspace,
            obj=found,
        )
        return tagged(objective_json(found), status=201)

    def _start(self, objective: Objective, request: Request) -> None:
        """Starts it. Raises ValidationError with the sentences of the letters that fail."""
        user, now = cast(ApiToken, request.auth).user, timezone.now()
        refreshing.refresh(self.workspace, today=self.today, now=now)
        try:
            start_objective(objective, user=user, today=self.today, now=now)
        except NotReadyError as error:
            letters = smart_json(error.report, value_format(objective, lang()))
            failed = [one["sentence"] for one in letters if one["state"] == Outcome.FAIL]
            raise ValidationError({"start_now": failed}) from error


class ObjectiveView(OneObjectiveView):
    """``objectives/<id>/``."""

    @extend_schema(
        operation_id="objective",
        summary=gettext_lazy("One objective as it was agreed."),
        tags=["objectives"],
        responses={200: ObjectiveSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """The objective."""
        found = self.objective(public_id)
        return tagged(objective_json(found))

    @extend_schema(
        operation_id="change_objective",
        summary=gettext_lazy("Changes an objective: only what is sent; the rest stays."),
        tags=["objectives"],
        parameters=[IF_MATCH],
        request=ObjectiveCall(partial=True),
        responses={200: ObjectiveSerializer, **CHANGED},
    )
    def patch(self, request: Request, slug: str, public_id: str) -> Response:
        """The objective as it is stored now; a change of what was agreed adds a version."""
        stored = self.objective(public_id)
        check_match(request, objective_json(stored))
        call = ObjectiveCall(data=request.data, partial=True)
        call.is_valid(raise_exception=True)
        asked, user = call.validated_data, cast(ApiToken, request.auth).user
        try:
            saved = update_objective(
                stored,
                user=user,
                wanted=wanted_of(self.workspace, asked, stored),
                version=stored.version,
                reason=asked.get("reason", ""),
            )
        except ChangedMeanwhileError as error:
            wrong = _("Somebody changed this meanwhile. Read it again, then send your change.")
            raise Stale(wrong) from error
        except Refused as refused:
            raise ValidationError(refused.message_dict) from refused
        record(
            cast(ApiToken, request.auth).user,
            "objective.changed",
            workspace=self.workspace,
            obj=saved,
        )
        found = self.objective(public_id)
        return tagged(objective_json(found))


class ObjectiveStatusView(OneObjectiveView):
    """``objectives/<id>/status/``."""

    @extend_schema(
        operation_id="objective_status",
        summary=gettext_lazy("Where an objective stood on a day, and the rule that says so."),
        tags=["objectives"],
        parameters=[StatusQuery],
        responses={200: StatusSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """The stored result; 404 before the first night that judged the objective."""
        objective = self.objective(public_id)
        query = StatusQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        day = query.validated_data.get("day", self.today)
        result = recent_result(objective, day=day)
        results = {objective.pk: result} if result else {}
        found = statuses_json(self.workspace, [objective], results, day=day, language=lang())
        if not found:
            wrong = _("No night has judged this objective by %(day)s.") % {"day": day.isoformat()}
            raise NotFound(wrong)
        return Response(found[0])
