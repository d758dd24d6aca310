"""Feeds: where figures come from, up to which day they are there, and what is expected."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.spreadsheets import wanted_format
from metrics.feed_page import folder_shown, learned_words
from metrics.feeds import change_feed, freshness
from metrics.forms.feeds import FeedForm
from metrics.learning import learn_anew
from metrics.models import Feed
from metrics.page_tables import feed_table
from metrics.periods import local_today
from metrics.views.data_pages import data_page, sent
from metrics.watching import folder_of, stop_watching, watch


@require_safe
@workspace_view(Right.READ)
def feed_list(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """Every feed with its last day, and whether it is late."""
    today = _today(request)
    resting = Feed.objects.filter(workspace=request.workspace, is_active=False).order_by("name")
    feeds = freshness(request.workspace, today=today)
    if how := wanted_format(request.GET.get("file")):
        return feed_table(feeds, resting).file(how)
    context = {"tab": "feeds", "feeds": feeds, "resting": resting}
    return data_page(request, "metrics/feed_list.html", context)


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def feed_edit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """A feed: what is expected of it, what its deliveries say, and the folder that it watches."""
    feed = _feed(request, public_id)
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
    context = {
        "form": form,
        "feed": feed,
        "learned": learned_words(feed, today=_today(request)),
        "shown": folder_shown(feed),
    }
    status = 422 if request.method == "POST" else 200
    return data_page(request, "metrics/feed_form.html", context, status=status)


@require_POST
@workspace_view(Right.WRITE)
def feed_learn(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What a person set no longer holds: the deliveries say what is expected."""
    feed = _feed(request, public_id)
    if learn_anew(feed, day=_today(request)) is None:
        text = _("From now on this is learned. Until enough has come, it stays as it is.")
        messages.success(request, text)
    else:
        messages.success(request, _("From now on the deliveries say what is expected."))
    return redirect("feed_edit", request.workspace.slug, public_id)


@require_POST
@workspace_view(Right.WRITE)
def feed_folder(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Watches the folder of a feed, or leaves it alone from now on."""
    feed = _feed(request, public_id)
    if request.POST.get("on") == "1":
        try:
            watch(feed, now=timezone.now())
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, _("The folder is watched."))
    elif folder := folder_of(feed):
        stop_watching(folder)
        messages.success(request, _("The folder is not watched any more. Its files stay."))
    return redirect("feed_edit", request.workspace.slug, public_id)


def _feed(request: WorkspaceRequest, public_id: str) -> Feed:
    feeds = Feed.objects.select_related("workspace")
    return get_object_or_404(feeds, workspace=request.workspace, public_id=public_id)


def _today(request: WorkspaceRequest) -> date:
    return local_today(timezone.now(), request.workspace.time_zone)
