"""Which mails a member gets from a workspace."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.forms import NotificationsForm
from accounts.members import choose_mails
from accounts.models import Membership
from accounts.views.settings import settings_page


@workspace_view(Right.READ)
@require_http_methods(["GET", "POST"])
def notifications(request: WorkspaceRequest) -> HttpResponse:
    """Alerts by mail, and the weekly digest: whether, which weekday, which hour."""
    mine = Membership.objects.select_related("user", "workspace").get(pk=request.membership.pk)
    form = NotificationsForm(request.POST or None, instance=mine)
    if request.method == "POST" and form.is_valid():
        choose_mails(request.membership, **form.cleaned_data)
        messages.success(request, _("Your choice is saved."))
        return redirect("notifications", request.workspace.slug)
    return settings_page(request, "accounts/notifications.html", {"form": form})
