"""What people do with alerts, one at a time or many at once: POST only."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import fmt_dates
from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.models import Membership, User
from metrics.periods import local_today
from objectives import alert_life
from objectives.alert_forms import DeviationForm, SnoozeForm
from objectives.models import Alert
from objectives.wording import lang


@workspace_view(Right.ENTER)
@require_POST
def alert_act(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Does to one alert what ``act`` names."""
    alert = get_object_or_404(
        Alert.objects.select_related("objective__metric", "metric", "rule", "workspace"),
        workspace=request.workspace,
        public_id=public_id,
    )
    name = request.POST.get("act", "")
    if name == "read" and request.htmx:  # the page was opened: nobody asked for it, or hears of it
        alert_life.mark_read(alert, user=request.user)
        return HttpResponse(status=204)
    if name not in ACTS:
        messages.error(request, _("Choose one of the actions of this page."))
    elif alert.closed_on is not None and name not in OF_CLOSED:
        messages.info(request, _("This alert is closed already."))
    else:
        said = _tried(request, alert, name)
        if said:
            messages.success(request, said)
    return _back(request)


@workspace_view(Right.ENTER)
@require_POST
def alerts_act(request: WorkspaceRequest) -> HttpResponse:
    """Does the same to all alerts that were ticked."""
    name = request.POST.get("act", "")
    chosen = list(
        Alert.objects.filter(
            workspace=request.workspace, public_id__in=request.POST.getlist("alert")
        ).select_related("objective__metric", "metric", "rule", "workspace")
    )
    if name not in BULK:
        messages.error(request, _("Choose one of the actions of this page."))
    elif not chosen:
        messages.error(request, _("Tick the alerts first."))
    else:
        _do_all(request, name, chosen)
    return _back(request)


def _do_all(request: WorkspaceRequest, name: str, chosen: list[Alert]) -> None:
    done = 0
    for alert in chosen:
        if alert.closed_on is None or name in OF_CLOSED:
            if _tried(request, alert, name) is None:
                return
            done += 1
    said = ngettext("Done for %(count)s alert.", "Done for %(count)s alerts.", done)
    messages.success(request, said % {"count": done})


def _tried(request: WorkspaceRequest, alert: Alert, name: str) -> str | None:
    """What to say of it; None where it was refused, which is said."""
    now = timezone.now()
    try:
        return ACTS[name](request, alert, local_today(now, request.workspace.time_zone), now)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None


def _back(request: WorkspaceRequest) -> HttpResponseRedirect:
    """To where the act was asked for, a page of this workspace; else to the inbox."""
    inbox, back = reverse("alerts", args=[request.workspace.slug]), request.POST.get("back", "")
    if back.startswith(inbox) and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return HttpResponseRedirect(back)
    return redirect("alerts", request.workspace.slug)


Moment = dict[str, Any]


def _moment(request: WorkspaceRequest, day: date, now: datetime) -> Moment:
    return {"user": request.user, "day": day, "now": now}


def _acknowledge(request: WorkspaceRequest, alert: Alert, day: date, now: datetime) -> str:
    alert_life.acknowledge(alert, **_moment(request, day, now))
    return _("The others see that you take care of it.")


def _assign(request: WorkspaceRequest, alert: Alert, day: date, now: datetime) -> str:
    person = _person(request)
    alert_life.assign(alert, to=person, **_moment(request, day, now))
    if person is None:
        return _("Nobody has it any more.")
    return _("%(name)s has it now.") % {"name": person.get_full_name()}


def _person(request: WorkspaceRequest) -> User | None:
    chosen = request.POST.get("assigned_to", "")
    if not chosen:
        return None
    members = Membership.objects.filter(workspace=request.workspace, user__is_active=True)
    found = members.filter(public_id=chosen).select_related("user").first()
    if found is None:
        raise ValidationError(_("Choose a member of this workspace."))
    return found.user


def _comment(request: WorkspaceRequest, alert: Alert, day: date, now: datetime) -> str:
    alert_life.comment(alert, text=request.POST.get("note", ""), **_moment(request, day, now))
    return _("Your comment is there.")


def _snooze(request: WorkspaceRequest, alert: Alert, day: date, now: datetime) -> str:
    moment = _moment(request, day, now)
    if request.POST.get("until_worse"):
        alert_life.snooze(alert, until=None, until_worse=True, **moment)
        return _("The alert comes back when it gets worse.")
    form = SnoozeForm(request.POST, today=day)
    if not form.is_valid():
        raise ValidationError([str(error) for error in form.errors["until"]])
    until = form.cleaned_data["until"]
    alert_life.snooze(alert, until=until, **moment)
    return _("The alert comes back on %(day)s.") % {"day": fmt_dates.date_long(until, lang())}


def _wake(request: WorkspaceRequest, alert: Alert, day: date, now: datetime) -> str:
    alert_life.snooze(alert, until=None, **_moment(request, day, now))
    return _("The alert is open again.")


def _close(request: WorkspaceRequest, alert: Alert, day: date, now: datetime) -> str:
    alert_life.close(alert, reason=request.POST.get("note", ""), **_moment(request, day, now))
    return _("The alert is closed.")


def _accept(request: WorkspaceRequest, alert: Alert, day: date, now: datetime) -> str:
    form = DeviationForm(request.POST, alert=alert, today=day)
    if not form.is_valid():
        raise ValidationError([str(one) for errors in form.errors.values() for one in errors])
    chosen = form.cleaned_data
    alert_life.accept(
        alert,
        target=chosen["target"],
        reason=chosen["reason"],
        until=chosen["until"],
        **_moment(request, day, now),
    )
    return _("Accepted until %(day)s: it is judged against this until then.") % {
        "day": fmt_dates.date_long(chosen["until"], lang())
    }


def _withdraw(request: WorkspaceRequest, alert: Alert, day: date, now: datetime) -> str:
    alert_life.withdraw(alert, **_moment(request, day, now))
    return _("What was asked first counts again from the next night on.")


def _false_alarm(request: WorkspaceRequest, alert: Alert, day: date, now: datetime) -> str:
    alert_life.false_alarm(alert, **_moment(request, day, now))
    return _("Noted as a false alarm. Its page proposes how the rule could be less sensitive.")


def _read(request: WorkspaceRequest, alert: Alert, day: date, now: datetime) -> str:
    alert_life.mark_read(alert, user=request.user)
    return _("Marked as read.")


Act = Callable[[WorkspaceRequest, Alert, date, datetime], str]
ACTS: Mapping[str, Act] = {
    "acknowledge": _acknowledge,
    "assign": _assign,
    "comment": _comment,
    "snooze": _snooze,
    "wake": _wake,
    "close": _close,
    "accept": _accept,
    "withdraw": _withdraw,
    "false_alarm": _false_alarm,
    "read": _read,
}
OF_CLOSED = frozenset({"comment", "read", "withdraw", "accept", "false_alarm"})
BULK = frozenset({"acknowledge", "assign", "snooze", "wake", "close", "false_alarm", "read"})
