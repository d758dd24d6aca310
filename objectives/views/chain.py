"""From the customers one wants back to the SQLs, MQLs, leads, visits and money that it takes."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import audit, fmt, fmt_dates
from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.spreadsheets import wanted_format
from metrics.models import Metric
from metrics.periods import Grain, local_today
from metrics.rules import calendar_of
from metrics.sales_cycle import STAGES, earlier_words
from objectives.chain import Stage
from objectives.chain_basis import COST, PRICE, Chain, basis_of, chain_of, create_chain
from objectives.chain_form import ChainForm
from objectives.page_tables import stage_table
from objectives.rates_today import RateToday
from objectives.wording import lang


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def objective_chain(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """GET works the chain out, POST makes drafts of the stages that were chosen."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    sent = request.POST if request.method == "POST" else request.GET
    if "customers" not in sent:
        return _page(request, ChainForm(initial=_next_quarter(request, today)), None, today)
    form = ChainForm(sent)
    if not form.is_valid():
        return _page(request, form, None, today)
    data = form.cleaned_data
    basis = basis_of(request.workspace, today=today, typed=form.typed)
    chain = chain_of(data["customers"], start=data["start"], end=data["end"], basis=basis)
    if request.method == "GET":
        how = wanted_format(request.GET.get("file"))
        return stage_table(chain).file(how) if how else _page(request, form, chain, today)
    made = create_chain(
        request.workspace,
        user=request.user,
        chain=chain,
        chosen=request.POST.getlist("create"),
        goal=request.POST.get("goal", "").strip()[:300],
    )
    for objective in made:
        audit.record(request, "objective.created", workspace=request.workspace, obj=objective)
    count = len(made)
    text = ngettext("%(count)s draft is made.", "%(count)s drafts are made.", count)
    messages.success(request, text % {"count": count})
    return redirect("objective", request.workspace.slug, made[0].public_id)


def _next_quarter(request: WorkspaceRequest, today: date) -> dict[str, date]:
    calendar = calendar_of(request.workspace)
    quarter = calendar.following(calendar.period_of(today, Grain.QUARTER))
    return {"start": quarter.start, "end": quarter.end}


def _page(
    request: WorkspaceRequest, form: ChainForm, chain: Chain | None, today: date
) -> HttpResponse:
    keys = [*STAGES, COST, PRICE]
    found = Metric.objects.filter(workspace=request.workspace, key__in=keys)
    names = {one.key: one.name for one in found}
    context = {
        "nav": "objectives",
        "form": form,
        "chain": chain,
        "lines": [_line(one, chain, names, today) for one in chain.stages] if chain else [],
        "money": _money(request, chain, names) if chain else None,
        "asked": [form[f"rate_{key}"] for key in _asked(chain, form)],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "objectives/chain.html", context, status=status)


def _asked(chain: Chain | None, form: ChainForm) -> list[str]:
    """What the figures cannot say, and what was typed for that reason."""
    if chain is None:
        typed = [name for name in form.fields if name.startswith("rate_") and form[name].errors]
        return [name.removeprefix("rate_") for name in typed]
    return [key for key in [*STAGES[:0:-1], PRICE] if key in chain.missing or key in form.typed]


def _line(stage: Stage, chain: Chain, names: dict[str, str], today: date) -> dict[str, Any]:
    """A stage as a row: what it takes, from which share, on what basis, when."""
    link = stage.link
    return {
        "key": stage.key,
        "name": names.get(stage.key, stage.key),
        "target": _count(stage.target),
        "is_known": stage.target is not None,
        "span": fmt_dates.date_range(stage.start, stage.end, lang()),
        "has_begun": stage.start <= today,
        "range": _range(stage),
        "rate": _share(stage),
        "basis": ""
        if link is None
        else _basis(chain.basis.rate(link.later), link.typed, link.days, names.get(link.earlier)),
    }


def _count(value: int | None) -> str:
    return fmt.MISSING if value is None else fmt.number(Decimal(value), lang(), 0)


def _range(stage: Stage) -> str:
    if stage.low is None or stage.high is None or stage.low == stage.high:
        return ""
    return _("between %(low)s and %(high)s") % {
        "low": _count(stage.low),
        "high": _count(stage.high),
    }


def _share(stage: Stage) -> str:
    share = stage.link.share if stage.link else None
    if share is None:
        return ""
    return fmt.percent(Decimal(share.numerator) / Decimal(share.denominator), lang())


def _basis(
    found: RateToday | None, typed: Decimal | None, days: int | None, earlier: str | None
) -> str:
    """On how many a share rests, over which days, and whether the sales cycle is in it."""
    if typed is not None:
        return _("as you typed it")
    if found is None or found.above is None or not found.below:
        return _("unknown: no figures of it")
    words = {
        "above": _count(int(found.above)),
        "below": _count(int(found.below)),
        "span": fmt_dates.date_range(found.start, found.end, lang(), short=True),
    }
    text = _("%(above)s of %(below)s, %(span)s") % words
    if not found.above:
        return _("unknown: %(what)s") % {"what": text}
    if days is None or found.days is None:
        return _("%(what)s, the same days: nobody said how long it takes") % {"what": text}
    return _("%(what)s, %(earlier)s") % {"what": text, "earlier": earlier_words(days)}


def _money(request: WorkspaceRequest, chain: Chain, names: dict[str, str]) -> dict[str, Any]:
    """The budget's row."""
    currency, price = request.workspace.currency, chain.basis.price
    each, found = price.each, chain.basis.rate(PRICE)
    last = chain.stages[-1]
    if price.typed is not None:
        basis = _("as you typed it")
    elif each is None or found is None or found.below is None:
        basis = _("unknown: no figures of it")
    else:
        basis = _("over %(count)s leads, %(span)s") % {
            "count": _count(int(found.below)),
            "span": fmt_dates.date_range(found.start, found.end, lang(), short=True),
        }
    shown = None if each is None else Decimal(each.numerator) / Decimal(each.denominator)
    return {
        "name": names.get(COST, COST),
        "is_known": chain.money is not None,
        "target": fmt.metric_value(
            None if chain.money is None else Decimal(chain.money), "money", currency, lang()
        ),
        "rate": "" if shown is None else fmt.metric_value(shown, "money", currency, lang()),
        "basis": basis,
        "span": fmt_dates.date_range(last.start, last.end, lang()),
    }
