"""One's own account: profile, language, sessions."""

from typing import cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import memberships_of
from accounts.forms import ProfileForm
from accounts.models import User
from accounts.people import change_profile, end_other_sessions


@login_required
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Name, language and time zone; where one is signed in; where one is a member."""
    user = User.objects.get(pk=cast(User, request.user).pk)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        change_profile(user, **form.cleaned_data)
        with translation.override(user.language):
            messages.success(request, _("Your account is saved."))
        return with_language(redirect("me"), user.language)
    sessions = UserSession.objects.purge_and_list(user)
    context = {
        "form": form,
        "memberships": memberships_of(user),
        "sessions": sorted(sessions, key=lambda each: each.last_seen_at, reverse=True),
        "this_session": request.session.session_key,
        "now": timezone.now(),
    }
    return render(request, "accounts/me.html", context)


@login_required
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """Signs the person out everywhere but here."""
    end_other_sessions(
        cast(User, request.user), keep=request.session.session_key or "", actor=request
    )
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("me")


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Switches the language; a signed-in person's account remembers it."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        change_profile(request.user, language=chosen)
    return i18n.set_language(request)


def with_language(response: HttpResponse, language: str) -> HttpResponse:
    """The response, with the language cookie that Django's own switch sets."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response
