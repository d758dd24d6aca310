"""The API's addresses, its description, and the page to try it on."""

from threading import Lock
from typing import Any

from django.urls import path, re_path
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from metrics.api import FunnelView, MetricsView, MetricValuesView
from metrics.api_campaigns import CampaignsView, CampaignView
from metrics.api_costs import CostsView, CostView
from metrics.api_facts import FactsView
from metrics.api_feeds import FeedsView, FeedView
from metrics.api_imports import ImportsView, ImportUndoView, ImportView
from metrics.api_recurring import RecurringCostsView, RecurringCostView
from metrics.why_api import MetricLineageView, MetricWhyView
from objectives.api import ObjectiveStatusView, ObjectivesView, ObjectiveView
from objectives.api_alert_acts import ACTS
from objectives.api_alert_rules import AlertRuleReplayView, AlertRulesView, AlertRuleView
from objectives.api_alerts import AlertsView, AlertView
from objectives.api_check_ins import CheckInsView
from objectives.api_periods import ObjectivePeriodsView


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes tokens."""

    target_class = "accounts.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "kpi_…"}


def without_docstrings(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """The description without what is written for readers of the code, and in English only."""
    operations = [one for path in result["paths"].values() for one in path.values()]
    for described in (*operations, *result["components"]["schemas"].values()):
        described.pop("description", None)
    return result


_ONE_DESCRIPTION_AT_A_TIME = Lock()


class SchemaView(SpectacularAPIView):
    """OpenAPI 3.1: JSON, or YAML for who asks for it."""

    renderer_classes = [OpenApiJsonRenderer2, OpenApiYamlRenderer]

    def _get_schema_response(self, request: Request) -> Response:
        # The library looks its extensions up while it makes the first description, and two threads
        # that do so at once trip over each other.
        with _ONE_DESCRIPTION_AT_A_TIME:
            answer: Response = super()._get_schema_response(request)  # type: ignore[no-untyped-call]
        return answer


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI under the page's own template, whose scripts carry the nonce."""

    url_name = "api_schema"
    template_name = "api/docs.html"


class UnknownView(APIView):
    """Whatever else is asked for below ``/api/``: 404 as a problem, not as a page."""

    authentication_classes = ()
    schema = None
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises NotFound, whatever the method."""
        super().initial(request, *args, **kwargs)
        raise NotFound


workspace = "workspaces/<slug:slug>"

urlpatterns = [
    path("v1/schema/", SchemaView.as_view(), name="api_schema"),
    path("docs/", DocsView.as_view(), name="api_docs"),
    path(f"v1/{workspace}/metrics/", MetricsView.as_view(), name="api_metrics"),
    path(
        f"v1/{workspace}/metrics/<slug:key>/values/",
        MetricValuesView.as_view(),
        name="api_metric_values",
    ),
    path(f"v1/{workspace}/funnel/", FunnelView.as_view(), name="api_funnel"),
    path(f"v1/{workspace}/facts/", FactsView.as_view(), name="api_facts"),
    path(
        f"v1/{workspace}/metrics/<slug:key>/why/",
        MetricWhyView.as_view(),
        name="api_metric_why",
    ),
    path(
        f"v1/{workspace}/metrics/<slug:key>/lineage/",
        MetricLineageView.as_view(),
        name="api_metric_lineage",
    ),
    path(f"v1/{workspace}/feeds/", FeedsView.as_view(), name="api_feeds"),
    path(f"v1/{workspace}/feeds/<slug:public_id>/", FeedView.as_view(), name="api_feed"),
    path(f"v1/{workspace}/imports/", ImportsView.as_view(), name="api_imports"),
    path(f"v1/{workspace}/imports/<slug:public_id>/", ImportView.as_view(), name="api_import"),
    path(
        f"v1/{workspace}/imports/<slug:public_id>/undo/",
        ImportUndoView.as_view(),
        name="api_import_undo",
    ),
    path(f"v1/{workspace}/campaigns/", CampaignsView.as_view(), name="api_campaigns"),
    path(
        f"v1/{workspace}/campaigns/<slug:public_id>/", CampaignView.as_view(), name="api_campaign"
    ),
    path(f"v1/{workspace}/costs/", CostsView.as_view(), name="api_costs"),
    path(f"v1/{workspace}/costs/<slug:public_id>/", CostView.as_view(), name="api_cost"),
    path(
        f"v1/{workspace}/recurring-costs/",
        RecurringCostsView.as_view(),
        name="api_recurring_costs",
    ),
    path(
        f"v1/{workspace}/recurring-costs/<slug:public_id>/",
        RecurringCostView.as_view(),
        name="api_recurring_cost",
    ),
    path(f"v1/{workspace}/objectives/", ObjectivesView.as_view(), name="api_objectives"),
    path(
        f"v1/{workspace}/objectives/<slug:public_id>/",
        ObjectiveView.as_view(),
        name="api_objective",
    ),
    path(
        f"v1/{workspace}/objectives/<slug:public_id>/status/",
        ObjectiveStatusView.as_view(),
        name="api_objective_status",
    ),
    path(
        f"v1/{workspace}/objectives/<slug:public_id>/check-ins/",
        CheckInsView.as_view(),
        name="api_check_ins",
    ),
    path(
        f"v1/{workspace}/objectives/<slug:public_id>/periods/",
        ObjectivePeriodsView.as_view(),
        name="api_objective_periods",
    ),
    path(f"v1/{workspace}/alerts/", AlertsView.as_view(), name="api_alerts"),
    path(f"v1/{workspace}/alerts/<slug:public_id>/", AlertView.as_view(), name="api_alert"),
    *[
        path(
            f"v1/{workspace}/alerts/<slug:public_id>/{name}/",
            view.as_view(),
            name=f"api_alert_{name.replace('-', '_')}",
        )
        for name, view in ACTS.items()
    ],
    path(f"v1/{workspace}/alert-rules/", AlertRulesView.as_view(), name="api_alert_rules"),
    path(
        f"v1/{workspace}/alert-rules/replay/",
        AlertRuleReplayView.as_view(),
        name="api_alert_rule_replay",
    ),
    path(
        f"v1/{workspace}/alert-rules/<slug:public_id>/",
        AlertRuleView.as_view(),
        name="api_alert_rule",
    ),
    re_path(r"^(?:.*/)?$", UnknownView.as_view(), name="api_unknown"),
]
