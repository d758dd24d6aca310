"""A workspace's settings, and the tabs that its settings pages share."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Right, WorkspaceRequest, allows, require, workspace_view
from accounts.forms import WorkspaceSettingsForm
from accounts.models import Workspace
from accounts.models.workspace import WEEKDAYS
from accounts.public_holidays import country_name
from accounts.workspaces import SETTINGS, Conflict, change_settings


def settings_page(
    request: WorkspaceRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the settings, with the tabs that the member may open.

    ``tab`` in the context names the current one where the route's name does not.
    """
    shared = {
        "nav": "settings",
        "tabs": tabs(request, context.get("tab", "")),
        "may_manage": allows(request.membership.role, Right.MANAGE),
    }
    return render(request, template, shared | context, status=status)


def tabs(request: WorkspaceRequest, tab: str = "") -> list[dict[str, Any]]:
    """The tabs of the settings that this member may open."""
    entries = [
        ("settings", _("General"), Right.READ),
        ("notifications", _("Your mails"), Right.READ),
        ("my_channels", _("Your channels"), Right.READ),
        ("channels", _("Channels"), Right.MANAGE),
        ("members", _("Members"), Right.MANAGE),
        ("tokens", _("API tokens"), Right.MANAGE),
        ("calculations", _("Calculations"), Right.READ),
    ]
    here = tab or (request.resolver_match.url_name if request.resolver_match else "")
    return [
        {
            "label": label,
            "url": reverse(name, args=[request.workspace.slug]),
            "current": name == here,
        }
        for name, label, right in entries
        if allows(request.membership.role, right)
    ]


@workspace_view(Right.READ)
@require_http_methods(["GET", "POST"])
def general(request: WorkspaceRequest) -> HttpResponse:
    """Name, currency, calendar and limits: everybody reads them, those who manage change them."""
    if request.method == "POST":
        require(request, Right.MANAGE)
        return _save(request)
    form = WorkspaceSettingsForm(
        instance=request.workspace, initial={"version": request.workspace.version}
    )
    return settings_page(request, "accounts/settings.html", {"form": form})


def _save(request: WorkspaceRequest) -> HttpResponse:
    shown = Workspace.objects.get(pk=request.workspace.pk)
    form = WorkspaceSettingsForm(request.POST, instance=shown)
    if not form.is_valid():
        return settings_page(request, "accounts/settings.html", {"form": form})
    values = {name: form.cleaned_data[name] for name in SETTINGS}
    try:
        change_settings(
            request.workspace, version=form.cleaned_data["version"], values=values, by=request
        )
    except Conflict as conflict:
        rows = _differences(form, conflict.current, values)
        return settings_page(request, "accounts/settings_conflict.html", {"rows": rows}, status=409)
    except ValidationError as error:
        form.add_error(None, error)
        return settings_page(request, "accounts/settings.html", {"form": form})
    messages.success(request, _("The settings are saved."))
    return redirect("settings", request.workspace.slug)


def _differences(
    form: WorkspaceSettingsForm, current: Workspace, values: dict[str, Any]
) -> list[tuple[Any, Any, Any]]:
    """(label, what it is now, what the person typed) of each setting that differs."""
    typed = Workspace(**values)
    return [
        (form.fields[name].label, _shown(current, name), _shown(typed, name))
        for name in SETTINGS
        if getattr(current, name) != values[name]
    ]


def _shown(workspace: Workspace, name: str) -> Any:
    if name == "working_weekdays":
        return ", ".join(str(dict(WEEKDAYS)[int(day) - 1]) for day in workspace.working_weekdays)
    if name == "holiday_country":
        return country_name(workspace.holiday_country) if workspace.holiday_country else "–"
    display = getattr(workspace, f"get_{name}_display", None)
    return display() if display else getattr(workspace, name)
