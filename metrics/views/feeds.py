"""Feeds: where figures come from, up to which day they are there, and what is expected."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.feeds import change_feed, freshness
from metrics.forms.feeds import FeedForm
from metrics.models import Feed
from metrics.periods import local_today
from metrics.views.data_pages import data_page, sent


@require_safe
@workspace_view(Right.READ)
def feed_list(request: WorkspaceRequest) -> HttpResponse:
    """Every feed with its last day, and whether it is late."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    resting = Feed.objects.filter(workspace=request.workspace, is_active=False).order_by("name")
    context = {
        "tab": "feeds",
        "feeds": freshness(request.workspace, today=today),
        "resting": resting,
    }
    return data_page(request, "metrics/feed_list.html", context)


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def feed_edit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Changes a feed's name, rhythm and delay, or takes it out of use."""
    feed = get_object_or_404(Feed, workspace=request.workspace, public_id=public_id)
    initial = {name: getattr(feed, name) for name in FeedForm.base_fields}
    form = FeedForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_feed(feed, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The feed was saved."))
            return redirect("feeds", request.workspace.slug)
    status = 422 if request.method == "POST" else 200
    return data_page(request, "metrics/feed_form.html", {"form": form, "feed": feed}, status=status)
