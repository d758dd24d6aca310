"""On a metric's page: the feeds that bring it, and which of them counts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.catalogue.definition import Rollup
from metrics.counting import choose_feed, excesses, values_by_feed
from metrics.metric_page import MetricPage
from metrics.models import Fact, Feed, Metric
from metrics.views.data_pages import recalculate


def feeds_context(request: WorkspaceRequest, page: MetricPage) -> dict[str, Any]:
    """The section on feeds; empty for a metric that is calculated, or that nothing brings."""
    definition, newest = page.metric.definition, page.lines_period
    if definition.formula is not None or not page.rows:
        return {}
    period = newest or page.rows[0].period
    found = values_by_feed(
        request.workspace, page.metric, period.start, period.end, feeds=page.deliveries.feeds
    )
    too_much = []
    if definition.rollup is Rollup.SUM:
        start, end = page.rows[-1].period.start, page.rows[0].period.end
        too_much = excesses(request.workspace, page.metric.key, page.choice.dimension, start, end)
    return {
        "feed_values": found if len(found) > 1 or page.metric.counting_feed_id else [],
        "feed_period": period,
        "feeds_unnamed": len(found) > 1 and page.metric.counting_feed_id is None,
        "excesses": too_much,
    }


@require_POST
@workspace_view(Right.WRITE)
def metric_feed(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Names the feed that counts, or none: then all add up."""
    metric = get_object_or_404(Metric, workspace=request.workspace, key=key)
    asked = request.POST.get("feed", "")
    feed = None
    if asked:
        feed = get_object_or_404(Feed, workspace=request.workspace, public_id=asked)
    if choose_feed(metric, feed=feed, by=request):
        facts = Fact.objects.filter(workspace=request.workspace, metric=metric).count()
        if feed is None:
            messages.success(request, _("All feeds of this metric add up again."))
        else:
            text = _("Only “%(feed)s” counts for this metric from now on.")
            messages.success(request, text % {"feed": feed.name})
        recalculate(request, facts)
    return redirect("metric", request.workspace.slug, key)
