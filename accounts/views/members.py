"""Members and invitations of a workspace."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.forms import InviteForm, RoleForm
from accounts.invitations import Invited, cancel, pending, resend
from accounts.invitations import invite as send_invitations
from accounts.mail import refused_addresses
from accounts.members import Refused, change_role, may_manage, remove, roles_up_to
from accounts.models import Invitation, Membership, Workspace
from accounts.spreadsheets import Column, Kind, Table, wanted_format
from accounts.views.settings import settings_page


@workspace_view(Right.MANAGE)
@require_GET
def members(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """Who is in the workspace, who is invited, and the form to invite more."""
    if how := wanted_format(request.GET.get("file")):
        return _table(request.workspace).file(how)
    return _page(request, InviteForm(by=request.membership))


def _table(workspace: Workspace) -> Table:
    """Who may do what, for those who have to account for it."""
    columns = (
        Column("name"), Column("email"), Column("role"),
        *(Column(name, Kind.DAY) for name in ("since", "last_active")),
    )  # fmt: skip
    zone = workspace.zone
    rows = (
        (
            str(one.user.get_full_name()), one.user.email, one.role,
            one.created_at.astimezone(zone).date(),
            one.last_seen_at.astimezone(zone).date() if one.last_seen_at else None,
        )
        for one in _members(workspace)
    )  # fmt: skip
    return Table("members", columns, rows)


def _members(workspace: Workspace) -> QuerySet[Membership]:
    everybody = Membership.objects.filter(workspace=workspace).select_related("user")
    return everybody.order_by("user__name", "user__email")


def _page(request: WorkspaceRequest, form: InviteForm) -> HttpResponse:
    everybody = list(_members(request.workspace))
    invited = pending(request.workspace)
    addresses = [member.user.email for member in everybody] + [each.email for each in invited]
    now = timezone.now()
    context = {
        "tab": "members",
        "form": form,
        "members": [
            {
                "member": member,
                "may_manage": may_manage(request.membership, member),
                "roles": roles_up_to(request.membership.role),
            }
            for member in everybody
        ],
        "invitations": [
            {"invitation": each, "is_over": each.expires_at <= now} for each in invited
        ],
        "refused": refused_addresses(addresses),
    }
    return settings_page(request, "accounts/members.html", context)


@workspace_view(Right.MANAGE)
@require_POST
def member_role(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Gives a member another role."""
    target = _member(request, public_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles in the list."))
        return redirect("members", request.workspace.slug)
    role = form.cleaned_data["role"]
    try:
        changed = change_role(target, role=role, by=request.membership, actor=request)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("%(name)s has the role %(role)s now.")
            % {"name": changed.user.get_full_name(), "role": changed.get_role_display()},
        )
    return redirect("members", request.workspace.slug)


@workspace_view(Right.MANAGE)
@require_POST
def member_remove(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Takes somebody out of the workspace."""
    target = _member(request, public_id)
    try:
        remove(target, by=request.membership, actor=request)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("members", request.workspace.slug)
    messages.success(
        request, _("%(name)s is not a member any more.") % {"name": target.user.get_full_name()}
    )
    if target.pk == request.membership.pk:
        return redirect("home")
    return redirect("members", request.workspace.slug)


@workspace_view(Right.READ)
@require_POST
def leave(request: WorkspaceRequest) -> HttpResponse:
    """Takes oneself out of the workspace."""
    try:
        remove(request.membership, by=request.membership, actor=request)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("notifications", request.workspace.slug)
    messages.success(request, _("You left %(name)s.") % {"name": request.workspace.name})
    return redirect("home")


@workspace_view(Right.MANAGE)
@require_POST
def invite(request: WorkspaceRequest) -> HttpResponse:
    """Sends an invitation to each address of the form."""
    form = InviteForm(request.POST, by=request.membership)
    if not form.is_valid():
        return _page(request, form)
    invited = send_invitations(
        request.workspace,
        **form.cleaned_data,
        by=request.membership,
        actor=request,
        now=timezone.now(),
    )
    _tell(request, invited)
    return redirect("members", request.workspace.slug)


def _tell(request: WorkspaceRequest, invited: Invited) -> None:
    sent = len(invited.sent)
    if sent:
        text = ngettext("%(count)s invitation is sent.", "%(count)s invitations are sent.", sent)
        messages.success(request, text % {"count": sent})
    for address in invited.already_members:
        messages.info(request, _("%(address)s is a member already.") % {"address": address})


@workspace_view(Right.MANAGE)
@require_POST
def invitation_resend(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Sends an invitation again, with a new link."""
    invitation = get_object_or_404(Invitation, workspace=request.workspace, public_id=public_id)
    try:
        resend(invitation, by=request.membership, actor=request, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("A new invitation is sent to %(address)s.") % {"address": invitation.email}
        )
    return redirect("members", request.workspace.slug)


@workspace_view(Right.MANAGE)
@require_POST
def invitation_cancel(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Makes an invitation's link stop working."""
    invitation = get_object_or_404(Invitation, workspace=request.workspace, public_id=public_id)
    try:
        cancel(invitation, actor=request, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("The invitation of %(address)s is cancelled.") % {"address": invitation.email},
        )
    return redirect("members", request.workspace.slug)


def _member(request: WorkspaceRequest, public_id: str) -> Membership:
    members = Membership.objects.select_related("user", "workspace")
    return get_object_or_404(members, workspace=request.workspace, public_id=public_id)
