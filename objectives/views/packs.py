"""Packs of objectives: what each brings and needs, then its questions, then drafts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.catalogue.packs import PACKS, Pack, PackObjective
from metrics.feeds import Deliveries, base_keys
from metrics.models import Metric
from metrics.periods import local_today
from objectives.pack_drafts import BY_KEY, MOST_PACKS, create_drafts, offers
from objectives.pack_form import QUARTERS, PackForm
from objectives.views.proposals import period_of
from objectives.wording import lang

MOST_SHOWN = 12


@workspace_view(Right.WRITE)
@require_GET
def objective_packs(request: WorkspaceRequest) -> HttpResponse:
    """The packs, each with its objectives, metrics and the data they need, to choose one or two."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    chosen = [key for key in request.GET.getlist("pack") if key in BY_KEY]
    if "go" in request.GET and 0 < len(chosen) <= MOST_PACKS:
        url = reverse("objective_pack_set_up", args=[request.workspace.slug])
        return redirect(f"{url}?{urlencode({'pack': chosen}, doseq=True)}")
    metrics = {one.key: one for one in Metric.objects.filter(workspace=request.workspace)}
    deliveries = Deliveries(request.workspace, today=today)
    context = {
        "nav": "objectives",
        "packs": [_shown(pack, metrics, deliveries) for pack in PACKS],
        "chosen": chosen,
        "problem": _problem(chosen) if "go" in request.GET else "",
    }
    return render(request, "objectives/packs.html", context)


def _problem(chosen: list[str]) -> str:
    if not chosen:
        return _("Choose a pack first.")
    return _("Choose one pack or two: more than that is not a focus.")


def _shown(pack: Pack, metrics: dict[str, Metric], deliveries: Deliveries) -> dict[str, Any]:
    """A pack for the page; ``needs`` are the figures it lives on, and whether they are here."""
    return {
        "key": pack.key,
        "name": pack.name(lang()),
        "summary": pack.summary(lang()),
        "objectives": [_objective(one, metrics) for one in pack.objectives],
        "needs": _needs(pack, metrics, deliveries),
    }


def _objective(one: PackObjective, metrics: dict[str, Metric]) -> dict[str, Any]:
    blanks = dict.fromkeys(("target", "baseline", "start", "end"), "…")
    return {
        "sentence": one.statement(lang()).format(**blanks),
        "metric": metrics[one.metric].name if one.metric in metrics else one.metric,
        "companions": [metrics[key].name for key in one.companions if key in metrics],
    }


def _needs(
    pack: Pack, metrics: dict[str, Metric], deliveries: Deliveries
) -> list[tuple[str, bool]]:
    keys: list[str] = []
    for one in pack.objectives:
        keys += [key for key in sorted(base_keys(one.metric, metrics)) if key not in keys]
    return [
        (metrics[key].name, deliveries.data_date(key) is not None) for key in keys if key in metrics
    ]


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def objective_pack_set_up(request: WorkspaceRequest) -> HttpResponse:
    """The questions of the chosen packs; sending them makes the drafts."""
    sent = request.POST if request.method == "POST" else request.GET
    packs = [BY_KEY[key] for key in dict.fromkeys(sent.getlist("pack")) if key in BY_KEY]
    if not 0 < len(packs) <= MOST_PACKS:
        return redirect("objective_packs", request.workspace.slug)
    today = local_today(timezone.now(), request.workspace.time_zone)
    quarter = sent.get("quarter", "")
    quarter = quarter if quarter in dict(QUARTERS) else "this_quarter"
    span = period_of(quarter, request.workspace, today)
    found = offers(request.workspace, packs, today=today, start=span.start, end=span.end)
    data = request.POST if request.method == "POST" and "again" not in request.POST else None
    form = PackForm(data, offers=found, currency=request.workspace.currency)
    if data is not None and form.is_valid():
        made = create_drafts(
            request.workspace,
            form.chosen(),
            user=request.user,
            start=span.start,
            end=span.end,
        )
        for draft in made:
            audit.record(request, "objective.created", workspace=request.workspace, obj=draft)
        return _onward(request, form, len(made))
    context = {
        "nav": "objectives",
        "form": form,
        "blocks": form.blocks(),
        "packs": [(pack.key, pack.name(lang())) for pack in packs],
        "quarters": QUARTERS,
        "quarter": quarter,
        "span": span,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "objectives/pack_set_up.html", context, status=status)


def _onward(request: WorkspaceRequest, form: PackForm, made: int) -> HttpResponse:
    """To where the figures come in, if some are to come; else to the drafts."""
    text = ngettext("%(count)s draft is made.", "%(count)s drafts are made.", made)
    messages.success(request, text % {"count": made})
    slug = request.workspace.slug
    if form.arriving("file"):
        messages.info(request, _("Next: import the file that brings the figures."))
        return redirect("import_new", slug)
    if form.arriving("typed"):
        messages.info(request, _("Next: type the first values."))
        return redirect("data", slug)
    return redirect(f"{reverse('objectives', args=[slug])}?status=draft")
