"""All figures of one month on one page: every base metric with its total, and what it cost."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from accounts import fmt_dates
from accounts.access import Right
from accounts.models import Workspace
from accounts.typed_numbers import typed_text
from accounts.workspace_admin import person_of, workspaces_to_choose
from metrics import series
from metrics.admin.month_costs import (
    MonthCost,
    fill_costs,
    month_costs,
    read_costs,
    save_costs,
)
from metrics.catalogue import FAMILIES
from metrics.entry_grid import Cell, Column, Grid, GridRow, language, typable, unit_words
from metrics.grid_saving import fill, save_cells
from metrics.models import Entry, Metric
from metrics.periods import Grain, Period, local_today
from metrics.rules import calendar_of


class MonthForm(forms.Form):
    """Which workspace and which month."""

    workspace = forms.ModelChoiceField(
        label=lazy("Workspace"), queryset=Workspace.objects.none(), empty_label=None
    )
    month = forms.DateField(
        label=lazy("Month"),
        input_formats=["%Y-%m", "%m/%Y"],
        widget=forms.DateInput(attrs={"type": "month", "placeholder": "2026-03"}, format="%Y-%m"),
    )


def month_view(request: HttpRequest) -> HttpResponse:
    """Shows a month's figures and saves those that were changed, all of them or none."""
    workspaces = workspaces_to_choose(request, Right.ENTER)
    if not workspaces:
        raise PermissionDenied
    now = timezone.now()
    form = MonthForm({**_first_choice(workspaces, now), **_asked(request)})
    form.fields["workspace"].queryset = Workspace.objects.filter(  # type: ignore[attr-defined]
        pk__in=[one.pk for one in workspaces]
    )
    if len(workspaces) == 1:
        form.fields["workspace"].widget = forms.HiddenInput()
    if not form.is_valid():
        return _page(request, form, None)
    workspace: Workspace = form.cleaned_data["workspace"]
    today = local_today(now, workspace.time_zone)
    grid = month_grid(workspace, form.cleaned_data["month"], today=today)
    costs = month_costs(workspace, grid.columns[0].period)
    if request.method == "POST":
        return _save(request, form, workspace, grid, costs, today)
    return _page(request, form, grid, costs)


def month_grid(workspace: Workspace, day: date, *, today: date) -> Grid:
    """The grid of the one month that holds a day: the golden KPIs' metrics, then by family."""
    period = calendar_of(workspace).period_of(day, Grain.MONTH)
    typed, metrics = _typed(workspace, period), _ordered(typable(workspace))
    keys = [metric.key for metric in metrics]
    known = series.table(workspace, keys, Grain.MONTH, period.start, period.end, today=today)
    tick = fmt_dates.period_tick(period.start, Grain.MONTH, language())
    return Grid(
        grain=Grain.MONTH,
        columns=[Column(period, tick, period.end >= today)],
        rows=[
            GridRow(
                metric,
                str(metric.definition.unit),
                unit_words(metric, workspace.currency),
                [_cell(metric, period, typed.get(metric.pk), known[metric.key][0].value)],
            )
            for metric in metrics
        ],
    )


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.GET.items() if value}


def _first_choice(workspaces: list[Workspace], now: datetime) -> dict[str, Any]:
    """The first workspace and the last whole month."""
    today = local_today(now, workspaces[0].time_zone)
    before = calendar_of(workspaces[0]).period_of(today, Grain.MONTH)
    last = calendar_of(workspaces[0]).previous(before)
    return {"workspace": workspaces[0].pk, "month": last.start.strftime("%Y-%m")}


def _ordered(metrics: Iterable[Metric]) -> list[Metric]:
    places = {family.key: place for place, family in enumerate(FAMILIES)}

    def place(metric: Metric) -> tuple[int, int, str]:
        family = places.get(metric.definition.family, len(places))
        return metric.golden_rank or 99, family, metric.name

    return sorted(metrics, key=place)


def _typed(workspace: Workspace, period: Period) -> dict[int, Entry]:
    """The typed totals of the month, by metric."""
    entries = Entry.objects.filter(
        workspace=workspace,
        start=period.start,
        end=period.end,
        channel=None,
        campaign=None,
        device=None,
        is_addition=False,
    ).select_related("entered_by")
    return {one.metric_id: one for one in entries}


def _cell(metric: Metric, period: Period, entry: Entry | None, known: Decimal | None) -> Cell:
    unit = str(metric.definition.unit)
    typed = typed_text(entry.value, unit, language()) if entry else ""
    return Cell(metric=metric, period=period, entry=entry, known=known, typed=typed, text=typed)


def _save(
    request: HttpRequest,
    form: MonthForm,
    workspace: Workspace,
    grid: Grid,
    costs: list[MonthCost],
    today: date,
) -> HttpResponse:
    """Values and costs together, or nothing."""
    posted = request.POST.dict()
    cells, spent = fill(grid, posted), fill_costs(costs, posted)
    amounts = read_costs(spent, workspace.currency)
    user, period = person_of(request), grid.columns[0].period
    with transaction.atomic():
        saved = save_cells(workspace, cells, user=user, today=today, keep="keep" in request.POST)
        fine = all(cell.is_well for cell in cells) and not any(one.error for one in spent)
        fine = fine and save_costs(workspace, period, amounts, user=user)
        transaction.set_rollback(not fine)
    if not fine:
        return _page(request, form, grid, costs, problems=cells, status=422)
    if number := len(saved) + len(amounts):
        text = ngettext("%(n)s value saved.", "%(n)s values saved.", number)
        messages.success(request, text % {"n": number})
    else:
        messages.info(request, _("Nothing was changed, so nothing was saved."))
    chosen = {"workspace": workspace.pk, "month": form.cleaned_data["month"].strftime("%Y-%m")}
    return redirect(f"{reverse('admin:metrics_entry_month')}?{urlencode(chosen)}")


def _page(
    request: HttpRequest,
    form: MonthForm,
    grid: Grid | None,
    costs: Sequence[MonthCost] = (),
    *,
    problems: Iterable[Cell] = (),
    status: int = 200,
) -> HttpResponse:
    unwell = [cell for cell in problems if not cell.is_well]
    context = {
        **admin.site.each_context(request),
        "title": _("Enter a month"),
        "opts": Entry._meta,
        "form": form,
        "grid": grid,
        "shelves": _shelves(grid) if grid else [],
        "currency": form.cleaned_data["workspace"].currency if grid else "",
        "costs": costs,
        "problems": [*unwell, *(one for one in costs if one.error)],
        "to_confirm": any(cell.warnings and not cell.asks for cell in unwell),
    }
    return TemplateResponse(request, "admin/metrics/entry/month.html", context, status=status)


def _shelves(grid: Grid) -> list[tuple[str, list[GridRow]]]:
    """The rows under headings: what the golden KPIs need, then the families."""
    names = {family.key: family.name(language()) for family in FAMILIES}
    shelves: dict[str, list[GridRow]] = {}
    for row in grid.rows:
        golden = row.metric.golden_rank is not None
        heading = _("Golden KPIs") if golden else names.get(row.metric.definition.family, _("Own"))
        shelves.setdefault(heading, []).append(row)
    return list(shelves.items())
