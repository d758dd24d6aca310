"""Mail preferences behind the link at the foot of a mail, without signing in (RFC 8058)."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.unsubscribe import Choice, apply


class PreferencesForm(forms.Form):
    """The same for everybody: the page does not tell a known link from an unknown one."""

    choice = forms.ChoiceField(
        label=_("What should happen?"),
        widget=forms.RadioSelect,
        initial=Choice.STOP,
        choices=[
            (Choice.STOP, _("Stop this kind of mail")),
            (Choice.STOP_ALL, _("Stop all mails of this workspace")),
            (Choice.AGAIN, _("Send this kind of mail again")),
        ],
    )


@csrf_exempt  # the token is the authority; mail programs post without cookies
@never_cache
@require_http_methods(["GET", "POST"])
def mail_preferences(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the choice and changes nothing: mail scanners open links. POST acts."""
    form = PreferencesForm(request.POST or None)
    if request.method == "POST" and _one_click(request):
        apply(token, Choice.STOP)
        return render(request, "accounts/mail_preferences_saved.html")
    if request.method == "POST" and form.is_valid():
        apply(token, Choice(form.cleaned_data["choice"]))
        return render(request, "accounts/mail_preferences_saved.html")
    return render(request, "accounts/mail_preferences.html", {"form": form})


def _one_click(request: HttpRequest) -> bool:
    return request.POST.get("List-Unsubscribe") == "One-Click"
