"""The pages of alert rules: the list, one rule in words, and what it would have opened."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import fmt, fmt_dates
from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.audit import record
from metrics.periods import local_today
from objectives import alert_rules
from objectives.alert_forms import RuleForm
from objectives.models import Alert, AlertRule
from objectives.replay import Opened, Replay, replay
from objectives.rule_wording import bound_sentence, rule_notes, rule_sentence
from objectives.wording import Text, lang

SHOWN = 6
Kind = AlertRule.Kind
EXPLAINED: Mapping[str, Text] = {
    Kind.LEVEL: lazy("A number is under or over a level that you set."),
    Kind.CHANGE: lazy("A number moves by more than a share against an earlier time."),
    Kind.EXPECTED: lazy("A number is far from what its weekdays, season and level let expect."),
    Kind.DRIFT: lazy("A number slides away slowly, week after week."),
    Kind.STATUS: lazy("An objective becomes off track, at risk, or what you choose."),
    Kind.ACHIEVED: lazy("An objective has reached its target."),
    Kind.FEED_LATE: lazy("A source has not brought its figures in time."),
    Kind.BUDGET: lazy("A campaign spends too fast, or has nothing left."),
}


@workspace_view(Right.READ)
@require_GET
def alert_rules_page(request: WorkspaceRequest) -> HttpResponse:
    """Every rule in words: those that come with the workspace, then people's own."""
    rules = list(_rules(request))
    opened = _opened_by(request)
    rows = [
        {
            "rule": rule,
            "sentence": rule_sentence(rule),
            "notes": rule_notes(rule)[:2],
            "alerts": opened.get(rule.pk, 0),
        }
        for rule in rules
    ]
    context = {
        "nav": "alerts",
        "shipped": [row for row in rows if row["rule"].shipped],
        "own": [row for row in rows if not row["rule"].shipped],
        "bound": bound_sentence(),
        "may_write": allows(request.membership.role, Right.WRITE),
    }
    return render(request, "objectives/alert_rules.html", context)


def _rules(request: WorkspaceRequest) -> Any:
    found = AlertRule.objects.filter(workspace=request.workspace)
    return found.select_related(
        "workspace", "metric", "segment", "campaign", "objective", "feed", "created_by"
    ).order_by("-is_on", "kind", "pk")


def _opened_by(request: WorkspaceRequest) -> dict[int, int]:
    """How many alerts are open of each rule."""
    found = Alert.objects.filter(workspace=request.workspace, closed_on=None)
    counts: dict[int, int] = {}
    for pk in found.exclude(rule=None).values_list("rule_id", flat=True):
        counts[pk or 0] = counts.get(pk or 0, 0) + 1
    return counts


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def alert_rule_new(request: WorkspaceRequest) -> HttpResponse:
    """First what is watched, then the rule in words, replayed before it is saved."""
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in Kind.values:
        kinds = [(one.value, one.label, EXPLAINED[one]) for one in Kind]
        context = {"nav": "alerts", "kinds": kinds}
        return render(request, "objectives/alert_rule_kinds.html", context)
    return _edited(request, kind, None)


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def alert_rule_edit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Changes a rule; what it would open now is shown before it is saved."""
    rule = get_object_or_404(_rules(request), public_id=public_id)
    return _edited(request, rule.kind, rule)


@workspace_view(Right.WRITE)
@require_GET
def alert_rule_preview(request: WorkspaceRequest) -> HttpResponse:
    """The rule that is being written, in words, and what it would have opened."""
    kind = request.GET.get("kind", "")
    shown = None
    if kind in Kind.values:
        form = RuleForm(request.GET, workspace=request.workspace, kind=kind)
        shown = _shown(request, form) if form.is_valid() else None
    context = {"shown": shown}
    return render(request, "objectives/_replay.html", context)


def _edited(request: WorkspaceRequest, kind: str, rule: AlertRule | None) -> HttpResponse:
    proposed = _proposed(request) if request.method == "GET" else {}
    form = RuleForm(
        request.POST or None,
        workspace=request.workspace,
        kind=kind,
        rule=rule,
        initial=proposed,
    )
    shown, status = None, 200
    if request.method == "POST":
        shown = _shown(request, form) if form.is_valid() else None
        if shown is not None and request.POST.get("seen") == shown.digest:
            saved = _saved(request, form, rule)
            if saved is not None:
                return saved
        status = 200 if form.is_valid() and shown else 422
    elif rule is not None:
        shown = _of_rule(request, rule, "")
    context = {
        "nav": "alerts",
        "form": form,
        "kind": kind,
        "kind_label": Kind(kind).label,
        "rule": rule,
        "shown": shown,
        "first": _FIRST[kind],
    }
    return render(request, "objectives/alert_rule_form.html", context, status=status)


_FIRST: Mapping[str, tuple[str, ...]] = {
    Kind.LEVEL: ("metric", "segment", "side", "threshold", "grain"),
    Kind.CHANGE: ("metric", "segment", "side", "threshold", "comparison", "grain"),
    Kind.EXPECTED: ("metric", "segment", "side", "grain", "threshold"),
    Kind.DRIFT: ("metric", "segment", "side", "threshold"),
    Kind.STATUS: ("objective", "statuses"),
    Kind.ACHIEVED: ("objective",),
    Kind.FEED_LATE: ("feed", "threshold"),
    Kind.BUDGET: ("campaign", "threshold"),
}
"""The fields of a rule's sentence, in its order."""
_PROPOSED = ("metric", "segment", "objective", "feed", "campaign", "threshold", "side", "grain",
             "comparison")  # fmt: skip


def _proposed(request: WorkspaceRequest) -> dict[str, str]:
    """What a link to the form proposes: a metric's page, an alert that was a false alarm."""
    return {name: request.GET[name] for name in _PROPOSED if name in request.GET}


@dataclass(frozen=True)
class Shown:
    """A rule in words beside its replay."""

    sentence: str
    notes: list[str]
    headline: str
    opened: list[str]
    more: int
    digest: str


def _shown(request: WorkspaceRequest, form: RuleForm) -> Shown | None:
    """None where the rule does not hold together; the form says why."""
    wanted = form.wanted()
    try:
        rule = alert_rules.unsaved(request.workspace, wanted, user=request.user)
    except ValidationError as error:
        form.take_errors(error)
        return None
    plain = json.dumps({k: str(v) for k, v in wanted.values().items()}, sort_keys=True)
    return _of_rule(request, rule, hashlib.sha256(plain.encode()).hexdigest()[:16])


def _of_rule(request: WorkspaceRequest, rule: AlertRule, digest: str) -> Shown:
    found = replay(request.workspace, rule, today=_today(request))
    lines = [opened_words(request, one) for one in reversed(found.opened)]
    return Shown(
        sentence=rule_sentence(rule),
        notes=rule_notes(rule),
        headline=replay_headline(found),
        opened=lines[:SHOWN],
        more=max(len(lines) - SHOWN, 0),
        digest=digest,
    )


def replay_headline(found: Replay) -> str:
    """How many alerts the past twelve months would have brought, and how many to expect."""
    if not found.nights:
        return _("There are no figures yet to try this rule on.")
    count = len(found.opened)
    if not count:
        text = _("In the past twelve months it would have opened no alert.")
    else:
        text = ngettext(
            "In the past twelve months it would have opened %(count)s alert.",
            "In the past twelve months it would have opened %(count)s alerts.",
            count,
        ) % {"count": count}
    if found.a_year is None:
        return text
    expected = ngettext(
        "Expect about %(count)s a year.", "Expect about %(count)s a year.", found.a_year
    ) % {"count": found.a_year}
    return f"{text} {expected}"


def opened_words(request: WorkspaceRequest, one: Opened) -> str:
    """One alert of a replay: when and about what."""
    day = fmt_dates.date_long(one.day, lang())
    if one.value is None or one.compared is None:
        return _("%(day)s: %(about)s") % {"day": day, "about": one.about}
    currency = request.workspace.currency

    def write(number: float) -> str:
        size = Decimal(str(number))
        whole = one.unit in ("count", "people", "pages", "answers") and abs(size) >= 10
        return fmt.metric_value(fmt.rounded(size, 0) if whole else size, one.unit, currency, lang())

    return _("%(day)s: %(about)s %(value)s, compared with %(compared)s") % {
        "day": day,
        "about": one.about,
        "value": write(one.value),
        "compared": write(one.compared),
    }


def _today(request: WorkspaceRequest) -> date:
    return local_today(timezone.now(), request.workspace.time_zone)


def _saved(
    request: WorkspaceRequest, form: RuleForm, rule: AlertRule | None
) -> HttpResponse | None:
    """The list again once it is stored; None where it was refused, which the form says."""
    wanted = form.wanted()
    try:
        if rule is None:
            stored = alert_rules.create_rule(request.workspace, user=request.user, wanted=wanted)
        else:
            version = form.cleaned_data["version"] or 0
            stored = alert_rules.change_rule(rule, wanted=wanted, version=version)
    except ValidationError as error:
        form.take_errors(error)
        return None
    except alert_rules.RuleChangedError:
        form.add_error(
            None, _("Somebody changed this rule meanwhile. Open it again to see how it is now.")
        )
        return None
    action = "alert_rule.created" if rule is None else "alert_rule.changed"
    record(request, action, workspace=request.workspace, obj=stored)
    messages.success(request, _("The rule is saved. The next night checks it."))
    return redirect("alert_rules", request.workspace.slug)


@workspace_view(Right.WRITE)
@require_POST
def alert_rule_act(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Switches a rule on or off, or deletes it; ``act`` names it."""
    rule = get_object_or_404(AlertRule, workspace=request.workspace, public_id=public_id)
    name = request.POST.get("act", "")
    try:
        if name == "delete":
            alert_rules.delete_rule(rule)
            messages.success(request, _("The rule is deleted. Its alerts close by themselves."))
        elif name in ("on", "off"):
            alert_rules.switch_rule(rule, on=name == "on")
            said = _("The rule is on.") if name == "on" else _("The rule is off.")
            messages.success(request, said)
        else:
            messages.error(request, _("Choose one of the actions of this page."))
            return redirect("alert_rules", request.workspace.slug)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("alert_rules", request.workspace.slug)
    record(request, f"alert_rule.{name}", workspace=request.workspace, obj=rule)
    return redirect("alert_rules", request.workspace.slug)


def rule_link(alert: Alert) -> str:
    """Where a rule is changed; empty for an alert without one."""
    if alert.rule is None:
        return ""
    return reverse("alert_rule_edit", args=[alert.workspace.slug, alert.rule.public_id])
