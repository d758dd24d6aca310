"""Channels to chats and programs: a member's own, and the workspace's.

One address each: the list, one channel with its log (``?channel=``), and what is done to it.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.channel_forms import ChannelChangeForm, ChannelForm
from accounts.channel_words import reason_of
from accounts.channels import (
    Changed,
    change_channel,
    create_channel,
    remove_channel,
    send_test,
)
from accounts.chat import SCHEMES
from accounts.models import Channel, ChannelMessage, User
from accounts.views.settings import settings_page

SHOWN = 50


@workspace_view(Right.MANAGE)
@require_http_methods(["GET", "POST"])
def channels(request: WorkspaceRequest) -> HttpResponse:
    """Where the workspace's alerts go besides mail."""
    return _channels(request, None)


@workspace_view(Right.READ)
@require_http_methods(["GET", "POST"])
def my_channels(request: WorkspaceRequest) -> HttpResponse:
    """Where the alerts that concern the member go besides mail."""
    return _channels(request, request.user)


def _channels(request: WorkspaceRequest, owner: User | None) -> HttpResponse:
    mine = Channel.objects.filter(workspace=request.workspace, user=owner)
    asked = request.POST.get("channel") or request.GET.get("channel", "")
    if asked:
        return _one(request, get_object_or_404(mine, public_id=asked))
    form = ChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            channel, secret = create_channel(
                request.workspace,
                user=owner,
                by=request.user,
                actor=request,
                **form.cleaned_data,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if secret:
                return _page(request, channel, secret=secret)
            messages.success(request, _("The channel is made. Send a test to see it arrive."))
            return _back(request, channel)
    context = {"form": form, "channels": mine, "schemes": sorted(SCHEMES.values())}
    return settings_page(request, "accounts/channels.html", context | _whose(owner))


def _one(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    if request.method == "GET":
        return _page(request, channel)
    match request.POST.get("action"):
        case "test":
            send_test(channel, by=request.user, now=timezone.now())
            messages.success(request, _("A test is on its way. The log below says if it arrived."))
            return _back(request, channel)
        case "remove":
            remove_channel(channel, actor=request)
            messages.success(request, _("“%(name)s” is removed.") % {"name": channel.name})
            return redirect(_route(channel), request.workspace.slug)
        case "change":
            return _change(request, channel)
    raise Http404


def _change(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    form = ChannelChangeForm(request.POST, channel=channel)
    if not form.is_valid():
        return _page(request, channel, form=form)
    try:
        change_channel(channel, actor=request, **form.cleaned_data)
    except Changed as conflict:
        messages.warning(
            request,
            _("Somebody else changed this channel meanwhile. Below is how it stands now."),
        )
        return _page(request, conflict.current, status=409)
    messages.success(request, _("The channel is saved."))
    return _back(request, channel)


def _page(
    request: WorkspaceRequest,
    channel: Channel,
    *,
    form: ChannelChangeForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    log = ChannelMessage.objects.filter(workspace=request.workspace, channel=channel)[:SHOWN]
    context = {
        "form": form or ChannelChangeForm(channel=channel),
        "channel": channel,
        "log": [(message, reason_of(message)) for message in log],
        "secret": secret,
        "now": timezone.now(),
    }
    return settings_page(
        request, "accounts/channel.html", context | _whose(channel.user), status=status
    )


def _whose(owner: User | None) -> dict[str, str]:
    return {"route": "my_channels" if owner else "channels", "tab": "my_channels" if owner else ""}


def _route(channel: Channel) -> str:
    return "my_channels" if channel.user_id else "channels"


def _back(request: WorkspaceRequest, channel: Channel) -> HttpResponse:
    path = reverse(_route(channel), args=[request.workspace.slug])
    return redirect(f"{path}?{urlencode({'channel': channel.public_id})}")
