"""Alert rules that are recommended for an objective or a metric: shown, added by a click."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.audit import record
from metrics.models import Metric
from metrics.periods import local_today
from objectives import alert_rules
from objectives.models import AlertRule
from objectives.recommended_rules import (
    Recommended,
    Subject,
    add_recommended,
    recommended,
    subject_of,
)
from objectives.replay import replay
from objectives.rule_wording import rule_sentence
from objectives.views.finding import find_objective
from objectives.views.rules import replay_headline


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def alert_rules_recommended(request: WorkspaceRequest) -> HttpResponse:
    """What nothing watches yet, each tried on the past; ``rule`` names those to add."""
    subject = _subject(request)
    if subject is None:
        return redirect("alert_rules", request.workspace.slug)
    today = local_today(timezone.now(), request.workspace.time_zone)
    if request.method == "POST":
        made = add_recommended(
            subject, user=request.user, today=today, keys=request.POST.getlist("rule")
        )
        for rule in made:
            record(request, "alert_rule.created", workspace=request.workspace, obj=rule)
        _say(request, made)
        return redirect(_asked(request, subject))
    context = {
        "nav": "alerts",
        "subject": subject,
        "back": _home(request, subject),
        "address": _asked(request, subject),
        "rows": [_row(request, one, today) for one in recommended(subject, today=today)],
        "made": _made(request, subject),
    }
    return render(request, "objectives/recommended_rules.html", context)


def _subject(request: WorkspaceRequest) -> Subject | None:
    """What the address names; None for one that names nothing. Raises Http404."""
    objective = request.GET.get("objective") or request.POST.get("objective", "")
    if objective:
        return subject_of(find_objective(request, objective))
    key = request.GET.get("metric") or request.POST.get("metric", "")
    if not key:
        return None
    metric = get_object_or_404(Metric, workspace=request.workspace, key=key)
    return Subject(request.workspace, metric)


def _name(subject: Subject) -> dict[str, str]:
    if subject.objective is not None:
        return {"objective": subject.objective.public_id}
    return {"metric": subject.metric.key if subject.metric else ""}


def _asked(request: WorkspaceRequest, subject: Subject) -> str:
    url = reverse("alert_rules_recommended", args=[request.workspace.slug])
    return f"{url}?{urlencode(_name(subject))}"


def _home(request: WorkspaceRequest, subject: Subject) -> str:
    ((kind, name),) = _name(subject).items()
    return reverse(kind, args=[request.workspace.slug, name])


def _row(request: WorkspaceRequest, one: Recommended, today: date) -> dict[str, Any]:
    """A rule in words with what the past twelve months would have brought."""
    rule = alert_rules.unsaved(request.workspace, one.wanted, user=request.user)
    found = replay(request.workspace, rule, today=today)
    return {"key": one.key, "sentence": rule_sentence(rule), "headline": replay_headline(found)}


def _made(request: WorkspaceRequest, subject: Subject) -> list[dict[str, Any]]:
    """People's own rules on exactly this, which one click takes away again."""
    own = AlertRule.objects.filter(workspace=request.workspace, shipped="").select_related(
        "workspace", "metric", "segment", "campaign", "objective", "feed"
    )
    if subject.objective is not None:
        of_it = own.filter(objective=subject.objective)
    else:
        of_it = own.none()
    if subject.metric is not None:
        of_it = of_it | own.filter(metric=subject.metric)
    return [{"rule": rule, "sentence": rule_sentence(rule)} for rule in of_it.order_by("pk")]


def _say(request: WorkspaceRequest, made: list[AlertRule]) -> None:
    if not made:
        messages.info(request, _("Nothing was added: it is watched already."))
        return
    text = ngettext(
        "%(count)s rule is added. The next night checks it.",
        "%(count)s rules are added. The next night checks them.",
        len(made),
    )
    messages.success(request, text % {"count": len(made)})
