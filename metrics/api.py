"""The API of metrics: what there is, its values, and the funnel."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import PROBLEMS, WorkspaceApiView, list_of
from metrics.funnel import funnel
from metrics.models import Dimension, DimensionValue, Metric
from metrics.periods import Grain
from metrics.presentation import funnel_json, metric_json
from metrics.rules import calendar_of
from metrics.sales_cycle import STAGES
from metrics.serializers import (
    FunnelQuery,
    FunnelSerializer,
    MetricSerializer,
    ValuesQuery,
    ValuesSerializer,
)
from metrics.series import EVERYTHING, Segment
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


class FunnelView(WorkspaceApiView):
    """``funnel/``."""

    @extend_schema(
        operation_id="funnel",
        summary=gettext_lazy(
            "From visit to customer over one period, with the rates of each step."
        ),
        tags=["metrics"],
        parameters=[FunnelQuery],
        responses={200: FunnelSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Step by step."""
        query = FunnelQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked, calendar = query.validated_data, calendar_of(self.workspace)
        day, grain = asked.get("on"), Grain(asked["grain"])
        running = calendar.period_of(self.today, grain)
        period = calendar.period_of(day, grain) if day else calendar.previous(running)
        found = funnel(
            self.workspace,
            period,
            today=self.today,
            segment=self._segment(asked.get("channel")),
            keys=asked.get("steps") or STAGES,
        )
        if found is None:
            wrong = _("No day of this period is over yet. Name an earlier one.")
            raise ValidationError({"on": wrong})
        return Response(funnel_json(found, period))

    def _segment(self, channel: str | None) -> Segment:
        if channel is None:
            return EVERYTHING
        found = DimensionValue.objects.filter(
            workspace=self.workspace, dimension=Dimension.CHANNEL, key=channel
        ).first()
        if found is None:
            wrong = _("The workspace has no channel “%(key)s”.") % {"key": channel[:80]}
            raise ValidationError({"channel": wrong})
        return Segment(Dimension.CHANNEL, found.pk)
