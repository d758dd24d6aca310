"""What belongs to the whole: workspaces, opened with their catalogue, and the work in the back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.admin import SuperusersOnly
from accounts.models import User, Workspace
from accounts.workspace_admin import ReadOnlyAdmin, TriedForm, WrittenAdmin
from accounts.workspaces import SETTINGS, Conflict, change_settings
from kpitracker.models import Job
from kpitracker.onboarding import open_workspace


class SettingsForm(TriedForm):
    """A workspace's settings."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    refusals = (*TriedForm.refusals, Conflict)

    class Meta:
        model = Workspace
        fields = SETTINGS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the version that the form is shown with."""
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version

    def write(self) -> Workspace:
        """Changes what differs."""
        values: dict[str, Any] = {name: self.cleaned_data[name] for name in SETTINGS}
        return change_settings(
            Workspace.objects.get(pk=self.instance.pk),
            version=self.cleaned_data["seen_version"],
            values=values,
            by=self.request,
        )

    def refused(self, refusal: Exception) -> None:
        """Somebody may have been quicker."""
        if isinstance(refusal, Conflict):
            self.add_error(
                None, _("Somebody changed this meanwhile. Open it again, then make your change.")
            )
        else:
            super().refused(refusal)


class OpeningForm(TriedForm):
    """A new workspace and who owns it."""

    owner = forms.ModelChoiceField(
        label=lazy("Owner"), queryset=User.objects.filter(is_active=True)
    )

    class Meta:
        model = Workspace
        fields = ("name", "slug", "currency", "time_zone", "language")

    def write(self) -> Workspace:
        """Opens it whole, with its catalogue."""
        return open_workspace(by=self.request, **self.cleaned_data)


@admin.register(Workspace)
class WorkspacesAdmin(SuperusersOnly):
    """Workspaces: opened with an owner and the whole catalogue."""

    list_display = ("name", "slug", "currency", "time_zone", "language", "is_demo", "created_at")
    list_filter = ("language", "is_demo")
    search_fields = ("name", "slug")
    ordering = ("name",)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Settings of one that is there, or the few things a new one needs."""
        kwargs["form"] = SettingsForm if obj else OpeningForm
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.request = request
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields of the form that is shown."""
        if obj is None:
            return ("name", "slug", "owner", "currency", "time_zone", "language")
        return (*SETTINGS, "seen_version")

    save_form = WrittenAdmin.save_form
    save_model = WrittenAdmin.save_model
    save_related = WrittenAdmin.save_related


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """The ledger of work in the background."""

    list_display = ("kind", "day", "state", "attempts", "created_at", "started_at", "finished_at")
    list_filter = ("state", "kind")
    list_select_related = ("workspace",)
    search_fields = ("key", "error")
    date_hierarchy = "created_at"
    fields = (
        "kind", "key", "day", "state", "run_after", "attempts", "progress", "result", "error",
        "created_at", "started_at", "finished_at",
    )  # fmt: skip
