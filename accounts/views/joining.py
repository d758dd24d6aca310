"""The page behind the link of an invitation."""

from typing import cast

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import JoinForm
from accounts.invitations import accept, accept_as_new, open_invitation
from accounts.members import Refused
from accounts.models import Invitation, User
from accounts.views.account import with_language


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Join with the account one has, or make one. Links that are over or unknown look alike."""
    invitation = open_invitation(token, now=timezone.now())
    if invitation is None:
        return _gone(request)
    if User.objects.filter(email=invitation.email).exists():
        return _join_with_account(request, invitation)
    return _join_as_new(request, invitation)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_gone.html", status=404)


def _join_with_account(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    signed_in = request.user.is_authenticated
    fits = signed_in and cast(User, request.user).email == invitation.email
    if request.method == "POST" and fits:
        try:
            user = cast(User, request.user)
            accept(invitation, user=user, actor=request, now=timezone.now())
        except Refused:
            return _gone(request)
        _say_welcome(request, invitation)
        return redirect("progress", invitation.workspace.slug)
    context = {"invitation": invitation, "fits": fits, "signed_in": signed_in}
    return render(request, "accounts/invitation_account.html", context)


def _join_as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    person = User(
        email=invitation.email,
        language=translation.get_language() or invitation.language,
        time_zone=invitation.workspace.time_zone,
    )
    form = JoinForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            user = accept_as_new(invitation, **form.cleaned_data, actor=request, now=timezone.now())
        except Refused:
            return _gone(request)
        _say_welcome(request, invitation)
        progress = reverse("progress", args=[invitation.workspace.slug])
        signed_in: HttpResponse = perform_login(request, user, redirect_url=progress)
        return with_language(signed_in, user.language)
    return render(request, "accounts/invitation_new.html", {"invitation": invitation, "form": form})


def _say_welcome(request: HttpRequest, invitation: Invitation) -> None:
    messages.success(request, _("Welcome to %(name)s.") % {"name": invitation.workspace.name})
