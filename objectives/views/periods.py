"""Targets by month or quarter under a longer one: proposed, typed or pasted, looked at, made."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.periods import Grain, local_today
from objectives.models import Objective
from objectives.period_form import PeriodForm, read_pasted, typed
from objectives.period_split import How
from objectives.period_targets import (
    AlreadySplit,
    PeriodsRefused,
    Split,
    create_periods,
    periods_below,
    proposed,
    splits_of,
)
from objectives.presentation import plain, value_format
from objectives.views.finding import find_objective
from objectives.wording import lang

NAMES = {Grain.MONTH: lazy("By month"), Grain.QUARTER: lazy("By quarter")}
WAYS = (
    (How.PLAN, lazy("As the plan goes")),
    (How.LAST_YEAR, lazy("As last year went")),
    (How.EVEN, lazy("Evenly")),
)


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def objective_periods(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The form; nothing is made before its numbers were shown with what they come to."""
    objective = find_objective(request, public_id)
    sent = request.POST if request.method == "POST" else request.GET
    found = splits_of(objective)
    split = next((one for one in found if one.grain == sent.get("grain")), None)
    split = split or (found[0] if found else None)
    if split is None:
        messages.info(request, _already(objective))
        return redirect("objective", request.workspace.slug, public_id)
    if request.method == "GET":
        return _page(request, split, _filled(split, How.PLAN, request), found)
    act = request.POST.get("action", "")
    if act in set(How):
        return _page(request, split, _filled(split, act, request), found)
    if act == "paste":
        return _page(request, split, _from_paste(split, request), found)
    form = PeriodForm(request.POST, split=split)
    if not form.is_valid() or act not in ("draft", "start") or not _was_seen(request, form):
        return _page(request, split, form, found)
    return _made(request, split, form, found, start=act == "start")


def _already(objective: Objective) -> str:
    if periods_below(objective):
        return _("It has its targets by period already.")
    return _("It cannot be split: it needs a metric, a target and at least two months.")


def _filled(split: Split, how: str, request: WorkspaceRequest) -> PeriodForm:
    """The form with a proposal, which nothing is made of before it is looked at."""
    values = proposed(split, how)
    if values is None:
        messages.info(request, _("There are too few figures of last year: nothing was changed."))
        return PeriodForm(_unpasted(request), split=split)
    return PeriodForm(typed(split, values), split=split)


def _from_paste(split: Split, request: WorkspaceRequest) -> PeriodForm:
    try:
        values = read_pasted(request.POST.get("pasted", "")[:5000], split)
    except ValidationError as error:
        form = PeriodForm(request.POST, split=split)
        form.is_valid()
        form.add_error("pasted", error)
        return form
    return PeriodForm(typed(split, values), split=split)


def _unpasted(request: WorkspaceRequest) -> dict[str, Any]:
    return {name: value for name, value in request.POST.items() if name != "pasted"}


def _was_seen(request: WorkspaceRequest, form: PeriodForm) -> bool:
    """Whether these very numbers were shown with what they come to, beside this very target."""
    return request.POST.get("seen") == _digest(form.split, form.values())


def _digest(split: Split, values: tuple[Decimal, ...]) -> str:
    target = split.objective.target
    return " ".join(plain(value) for value in values + ((target,) if target is not None else ()))


def _made(
    request: WorkspaceRequest, split: Split, form: PeriodForm, found: list[Split], *, start: bool
) -> HttpResponse:
    now = timezone.now()
    today = local_today(now, request.workspace.time_zone)
    try:
        made = create_periods(
            split, form.values(), user=request.user, today=today, now=now, start=start
        )
    except AlreadySplit:
        messages.info(request, _("It has its targets by period already."))
    except PeriodsRefused as refused:
        for number, wrong in refused.by_period.items():
            form.add_error(split.spans[number].key, wrong)
        return _page(request, split, form, found)
    else:
        for one in made:
            audit.record(request, "objective.created", workspace=request.workspace, obj=one)
            if start:
                audit.record(request, "objective.started", workspace=request.workspace, obj=one)
        text = (
            ngettext("%(count)s target has started.", "%(count)s targets have started.", len(made))
            if start
            else ngettext("%(count)s draft is made.", "%(count)s drafts are made.", len(made))
        )
        messages.success(request, text % {"count": len(made)})
    return redirect("objective", request.workspace.slug, split.objective.public_id)


def _page(
    request: WorkspaceRequest, split: Split, form: PeriodForm, found: list[Split]
) -> HttpResponse:
    is_fine = form.is_valid()
    context = {
        "nav": "objectives",
        "objective": split.objective,
        "form": form,
        "grain": split.grain.value,
        "tabs": [
            {
                "label": NAMES[one.grain],
                "url": f"?grain={one.grain.value}",
                "current": one.grain is split.grain,
                "count": None,
            }
            for one in found
        ],
        "ways": WAYS,
        "adds_up": split.adds_up,
        "target": _written(split, split.objective.target),
        **(_sums(split, form.values()) if is_fine else {}),
    }
    status = 422 if request.method == "POST" and not is_fine else 200
    return render(request, "objectives/periods.html", context, status=status)


def _sums(split: Split, values: tuple[Decimal, ...]) -> dict[str, Any]:
    """What the numbers come to, for the page, and which numbers these were."""
    total, target = split.sum_of(values), split.objective.target
    shown: dict[str, Any] = {"seen": _digest(split, values), "lines": _lines(split, values)}
    if total is not None and target is not None:
        shown["total"] = _written(split, total)
        shown["difference"] = _written(split, abs(total - target)) if total != target else ""
        shown["is_more"] = total > target
    return shown


def _lines(split: Split, values: tuple[Decimal, ...]) -> list[tuple[str, str]]:
    pairs = zip(split.spans, values, strict=True)
    return [(split.label(span), _written(split, value)) for span, value in pairs]


def _written(split: Split, value: Decimal | None) -> str:
    return "" if value is None else value_format(split.objective, lang())(value)
