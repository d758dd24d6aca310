"""The API of alerts: what needs attention.

What is done about one: objectives/api_alert_acts.py; the rules: objectives/api_alert_rules.py.
"""

from json import dumps, loads
from typing import Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Right
from accounts.api import PROBLEMS, WorkspaceApiView, list_of
from accounts.etags import etag
from accounts.models import ApiToken
from objectives.inbox import alert_json, in_folder, with_subjects
from objectives.models import Alert, AlertRule
from objectives.serializers import AlertSerializer, AlertsQuery


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
        user = cast(ApiToken, self.request.auth).user
        return with_subjects(in_folder(self.workspace, folder, self.today, user=user))


class OneAlertView(WorkspaceApiView):
    """A view of one alert."""

    write_right = Right.ENTER

    def alert(self, public_id: str) -> Alert:
        """The workspace's alert with this id. Raises NotFound."""
        found = with_subjects(Alert.objects.filter(workspace=self.workspace))
        alert = found.filter(public_id=public_id).first()
        if alert is None:
            raise NotFound(_("The workspace has no alert “%(id)s”.") % {"id": public_id})
        alert.workspace = self.workspace
        return alert

    def shown(self, alert: Alert, *, status: int = 200) -> Response:
        """The alert with its tag."""
        tag = {"ETag": etag(named(alert))}
        return Response(plain_json(alert_json(alert)), status=status, headers=tag)


def plain_json(resource: dict[str, Any]) -> dict[str, Any]:
    """The resource as plain JSON, so that the answer of a named call can be kept."""
    plain: dict[str, Any] = loads(dumps(resource, cls=DjangoJSONEncoder))
    return plain


def named(row: Alert | AlertRule) -> dict[str, Any]:
    """What a row's tag is made from: its words depend on the reader's language, it does not."""
    return {"id": row.public_id, "version": row.version}


class AlertView(OneAlertView):
    """``alerts/<id>/``."""

    @extend_schema(
        operation_id="alert",
        summary=gettext_lazy("One alert with its evidence."),
        tags=["alerts"],
        responses={200: AlertSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """The alert."""
        return self.shown(self.alert(public_id))
