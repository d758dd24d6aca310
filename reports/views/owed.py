"""The page of who owes which number by when."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import RIGHTS, Right, WorkspaceRequest, require, workspace_view
from accounts.models import Membership
from accounts.spreadsheets import wanted_file
from metrics.entry_grid import typable
from metrics.periods import local_today
from metrics.views.data_pages import data_page, sent
from reports.models import Duty
from reports.owed import OwedNumber, add_duty, entry_addresses, owed_numbers
from reports.page_tables import duty_table, owed_table

MAY_TYPE = [role for role, rights in RIGHTS.items() if Right.ENTER in rights]


class DutyForm(forms.Form):
    """Who owes what, how often and by when."""

    metric = forms.ChoiceField(label=lazy("Metric"))
    member = forms.ChoiceField(label=lazy("Who types it"))
    rhythm = forms.ChoiceField(label=lazy("How often"), choices=Duty.Rhythm)
    due_days = forms.IntegerField(
        label=lazy("Days after the end of the period"),
        min_value=0,
        max_value=90,
        initial=5,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": lazy("Enter a whole number of days, 0 for none."),
            "invalid": lazy("Enter a whole number of days, 0 for none."),
            "min_value": lazy("Enter a whole number of days, 0 for none."),
            "max_value": lazy("Enter at most %(limit_value)s days."),
        },
    )

    def __init__(self, request: WorkspaceRequest) -> None:
        super().__init__(sent(request), initial={"rhythm": Duty.Rhythm.MONTH})
        self.metrics = {one.key: one for one in typable(request.workspace)}
        members = Membership.objects.filter(
            workspace=request.workspace, role__in=MAY_TYPE, user__is_active=True
        ).select_related("user")
        self.members = {one.public_id: one for one in members}
        names = sorted((one.name, key) for key, one in self.metrics.items())
        self.fields["metric"] = forms.ChoiceField(
            label=lazy("Metric"), choices=[(key, name) for name, key in names]
        )
        self.fields["member"] = forms.ChoiceField(
            label=lazy("Who types it"),
            choices=[(key, str(one.user)) for key, one in self.members.items()],
        )


@workspace_view(Right.READ)
@require_http_methods(["GET", "POST"])
def owed(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """What is owed, mine first; editors say here who owes what."""
    if request.method == "POST":
        require(request, Right.WRITE)
    today = local_today(timezone.now(), request.workspace.time_zone)
    numbers = [one for one in owed_numbers(request.workspace, today=today) if not one.is_done]
    duties = (
        Duty.objects.filter(workspace=request.workspace)
        .select_related("metric__workspace", "membership__user")
        .order_by("metric__key", "rhythm")
    )
    tables = {"": lambda: owed_table(numbers), "duties": lambda: duty_table(duties)}
    if file := wanted_file(request.GET, tables):
        return file
    form = DutyForm(request)
    if request.method == "POST" and form.is_valid() and _added(request, form):
        return redirect("owed", request.workspace.slug)
    mine = [one for one in numbers if one.duty.membership_id == request.membership.pk]
    others = [one for one in numbers if one.duty.membership_id != request.membership.pk]
    context = {
        "tab": "owed",
        "segments": segments(request, "owed"),
        "form": form,
        "groups": [(_("Mine"), _linked(request, mine)), (_("Others"), _linked(request, others))],
        "duties": duties,
    }
    status = 422 if request.method == "POST" else 200
    return data_page(request, "reports/owed.html", context, status=status)


def segments(request: WorkspaceRequest, current: str) -> list[dict[str, Any]]:
    """The two ways to look at what is owed."""
    return [
        {
            "label": label,
            "url": reverse(name, args=[request.workspace.slug]),
            "current": name == current,
        }
        for name, label in (("owed", _("List")), ("owed_calendar", _("Calendar")))
    ]


def _linked(request: WorkspaceRequest, numbers: list[OwedNumber]) -> list[tuple[OwedNumber, str]]:
    """Each number with the address of its cell."""
    return [(one, entry_addresses(request.workspace, [one])[0][1]) for one in numbers]


def _added(request: WorkspaceRequest, form: DutyForm) -> bool:
    given = form.cleaned_data
    duty = add_duty(
        request.workspace,
        metric=form.metrics[given["metric"]],
        membership=form.members[given["member"]],
        rhythm=given["rhythm"],
        due_days=given["due_days"],
    )
    if duty is None:
        form.add_error(
            "metric", _("Somebody owes this metric in this rhythm already. Remove that first.")
        )
        return False
    messages.success(request, _("From now on this number is asked for."))
    return True


@workspace_view(Right.WRITE)
@require_POST
def owed_remove(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """A number is not asked for any more; what was typed stays."""
    get_object_or_404(Duty, workspace=request.workspace, public_id=public_id).delete()
    messages.success(request, _("This number is not asked for any more."))
    return redirect("owed", request.workspace.slug)
