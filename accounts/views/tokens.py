"""API tokens of a workspace."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.forms import TokenForm
from accounts.models import ApiToken
from accounts.tokens import create_token, revoke_token
from accounts.views.settings import settings_page


@workspace_view(Right.MANAGE)
@require_http_methods(["GET", "POST"])
def tokens(request: WorkspaceRequest) -> HttpResponse:
    """The tokens that work, and the form for a new one, whose secret is shown this once."""
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        _token, secret = create_token(
            request.workspace, user=request.user, actor=request, **form.cleaned_data
        )
        form = TokenForm()
    existing = ApiToken.objects.filter(workspace=request.workspace, revoked_at=None).select_related(
        "user"
    )
    context = {"form": form, "tokens": existing, "secret": secret, "now": timezone.now()}
    return settings_page(request, "accounts/tokens.html", context)


@workspace_view(Right.MANAGE)
@require_POST
def token_revoke(request: WorkspaceRequest, prefix: str) -> HttpResponse:
    """Makes a token stop working at once."""
    token = get_object_or_404(ApiToken, workspace=request.workspace, prefix=prefix)
    revoke_token(token, actor=request, now=timezone.now())
    messages.success(request, _("The token “%(name)s” is revoked.") % {"name": token.name})
    return redirect("tokens", request.workspace.slug)
