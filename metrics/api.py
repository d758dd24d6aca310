"""The API of metrics: what there is, its values, and how fresh the feeds are."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import PROBLEMS, WorkspaceApiView, list_of
from metrics.feeds import freshness
from metrics.models import Metric
from metrics.periods import Grain
from metrics.presentation import feed_json, metric_json
from metrics.serializers import FeedSerializer, MetricSerializer, ValuesQuery, ValuesSerializer
from metrics.value_report import value_report


class MetricsView(WorkspaceApiView):
    """``metrics/``."""

    @extend_schema(
        operation_id="metrics",
        summary=gettext_lazy("Every metric of the workspace, its own ones included."),
        tags=["metrics"],
        responses={200: list_of("Metrics", MetricSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """By key, all at once."""
        metrics = Metric.objects.filter(workspace=self.workspace).order_by("key")
        return self.whole([metric_json(one.definition) for one in metrics])


class MetricValuesView(WorkspaceApiView):
    """``metrics/<key>/values/``."""

    @extend_schema(
        operation_id="metric_values",
        summary=gettext_lazy("The values of a metric that pages show."),
        tags=["metrics"],
        parameters=[ValuesQuery],
        responses={200: ValuesSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, key: str) -> Response:
        """Period by period, the oldest first."""
        metric = Metric.objects.filter(workspace=self.workspace, key=key).first()
        if metric is None:
            raise NotFound(_("The workspace has no metric “%(key)s”.") % {"key": key})
        query = ValuesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        report = value_report(
            self.workspace,
            metric,
            Grain(asked["grain"]),
            asked["from"],
            asked["to"],
            today=self.today,
            by=asked.get("by"),
            as_of=asked.get("as_of"),
        )
        return Response(report)


class FeedsView(WorkspaceApiView):
    """``feeds/``."""

    @extend_schema(
        operation_id="feeds",
        summary=gettext_lazy("The feeds in use and how fresh their figures are."),
        tags=["feeds"],
        responses={200: list_of("Feeds", FeedSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """By name, all at once."""
        return self.whole([feed_json(one) for one in freshness(self.workspace, today=self.today)])
