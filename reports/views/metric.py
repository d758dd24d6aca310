"""A metric's page: its numbers, and what objectives ask of them."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from metrics.metric_page import metric_page
from metrics.periods import local_today
from metrics.views.metrics import asked_choice, detail_context
from metrics.vocabulary import Vocabulary
from objectives.recommended_rules import Subject, recommended
from objectives.targets import targets_on


@require_safe
@workspace_view(Right.READ)
def metric(request: WorkspaceRequest, key: str) -> HttpResponse:
    """A metric's chart, comparisons, targets, segments and table."""
    workspace = request.workspace
    known = Vocabulary(workspace)
    found = known.metrics.get(key)
    if found is None:
        raise Http404
    today = local_today(timezone.now(), workspace.time_zone)
    page = metric_page(workspace, found, asked_choice(request), today=today, known=known)
    targets = targets_on(workspace, found, page.choice.segment, page.drawn, today=today)
    if targets.lines:
        spec = replace(page.spec, series=[*page.spec.series, *targets.lines])
        page = replace(page, spec=spec)
    context = detail_context(request, page, today=today) | {"targets": targets.rows}
    if allows(request.membership.role, Right.WRITE):
        context["recommended"] = recommended(
            Subject(workspace, found), today=today, deliveries=page.deliveries
        )
        context["asked"] = urlencode({"metric": key})
    return render(request, "reports/metric.html", context)
