"""The API of objectives and alerts: what was agreed, where it stands, what needs attention."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import PROBLEMS, PageQuery, WorkspaceApiView, list_of
from objectives.inbox import alert_json, in_folder, with_subjects
from objectives.models import Alert, Objective
from objectives.presentation import objective_json, statuses_json
from objectives.results import recent_result
from objectives.serializers import (
    AlertSerializer,
    AlertsQuery,
    ObjectiveSerializer,
    StatusQuery,
    StatusSerializer,
)
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
        return Response(objective_json(self.objective(public_id)))


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


class AlertsView(WorkspaceApiView):
    """``alerts/``."""

    @extend_schema(
        operation_id="alerts",
        summary=gettext_lazy("What needs attention, the newest first."),
        tags=["alerts"],
        parameters=[AlertsQuery],
        responses={200: list_of("Alerts", AlertSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """One page of them."""
        query = AlertsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        return self.pages(self._alerts(query.validated_data.get("show")), alert_json)

    def _alerts(self, folder: str | None) -> QuerySet[Alert]:
        if folder is None:
            return with_subjects(Alert.objects.filter(workspace=self.workspace))
        return with_subjects(in_folder(self.workspace, folder, self.today))
