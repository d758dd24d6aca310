"""Own metrics, what counts, past reports and the choice among variants."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.audit import record
from accounts.spreadsheets import wanted_format
from metrics import definitions
from metrics.definition_checks import definition_of, proposed_key, readers_of, taken_keys
from metrics.definition_history import versions_of
from metrics.definition_page import examples, insertable
from metrics.definition_preview import preview
from metrics.forms.definitions import DefinitionForm, ReportedForm, RuleForm
from metrics.metric_page import SHOWN
from metrics.models import Metric
from metrics.page_tables import reported_table
from metrics.periods import Grain, local_today
from metrics.reported import reported_page
from metrics.variants import choose_default

MOVES = {
    "archive": (definitions.archive, "metric.archived"),
    "restore": (definitions.restore, "metric.restored"),
}


def _own_metric(request: WorkspaceRequest, key: str) -> Metric:
    metric = get_object_or_404(Metric, workspace=request.workspace, key=key)
    if not metric.is_own:
        raise Http404
    return metric


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def definition_new(request: WorkspaceRequest) -> HttpResponse:
    """Defines a metric of the workspace's own, with a preview while it is typed."""
    if "preview" in request.POST:
        return _previewed(request, None)
    form = DefinitionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        metric = _define(request, form)
        if metric is not None:
            text = _("“%(metric)s” is defined. Its values are computed within a minute.")
            messages.success(request, text % {"metric": metric.name})
            return redirect("metric", request.workspace.slug, metric.key)
    return _page(request, form, None, 422 if request.method == "POST" else 200)


def _define(request: WorkspaceRequest, form: DefinitionForm) -> Metric | None:
    """The new metric; None where the writer refused it, with the reasons in the form."""
    wanted = form.wanted
    key = form.cleaned_data["key"].strip()
    if not key:
        name = wanted.name_en or wanted.name_fr
        key = proposed_key(name, taken_keys(request.workspace)) if name else "unnamed"
    try:
        metric = definitions.define(
            request.workspace, key=key, wanted=wanted, user=request.user, now=timezone.now()
        )
    except ValidationError as refused:
        form.add_error(None, refused)
        return None
    record(request, "metric.defined", workspace=request.workspace, obj=metric, after=wanted.columns)
    return metric


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def definition_edit(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Changes an own metric: another meaning is a new version, with its reason."""
    metric = _own_metric(request, key)
    if "preview" in request.POST:
        return _previewed(request, metric)
    initial = _initial(metric)
    form = DefinitionForm(
        request.POST if request.method == "POST" else None, metric=metric, initial=initial
    )
    if request.method == "POST" and form.is_valid() and _change(request, metric, form):
        messages.success(request, _("The metric was saved."))
        return redirect("metric", request.workspace.slug, metric.key)
    return _page(request, form, metric, 422 if request.method == "POST" else 200)


def _initial(metric: Metric) -> dict[str, Any]:
    now = definition_of(metric)
    names = ("name_en", "name_fr", "definition", "formula", "unit", "direction")
    return {name: getattr(now, name) for name in names} | {"seen": _last_number(metric)}


def _last_number(metric: Metric) -> int | None:
    versions = versions_of(metric)
    return versions[0].number if versions else None


def _change(request: WorkspaceRequest, metric: Metric, form: DefinitionForm) -> bool:
    before, wanted = definition_of(metric), form.wanted
    try:
        definitions.change_definition(
            metric,
            wanted=wanted,
            user=request.user,
            now=timezone.now(),
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
        )
    except ValidationError as refused:
        _refuse(form, metric, refused)
        return False
    if before != wanted:
        record(
            request,
            "metric.definition_changed",
            workspace=request.workspace,
            obj=metric,
            before=before.columns,
            after=wanted.columns,
        )
    return True


def _refuse(form: DefinitionForm | RuleForm, metric: Metric, refused: ValidationError) -> None:
    """Shows why; after somebody else's change the form is one of the version that is there now."""
    form.add_error(None, refused)
    if getattr(refused, "code", "") == "late":
        typed = {name: form[name].value() for name in form.fields}
        form.data = typed | {"seen": str(_last_number(metric))}


def _previewed(request: WorkspaceRequest, metric: Metric | None) -> HttpResponse:
    """The preview alone for htmx, else the page with it: nothing is checked or saved."""
    if request.htmx:
        return render(
            request, "metrics/_definition_preview.html", {"preview": _preview(request, metric)}
        )
    names = DefinitionForm.base_fields
    form = DefinitionForm(
        initial={name: request.POST.get(name, "") for name in names}, metric=metric
    )
    return _page(request, form, metric, 200)


def _preview(request: WorkspaceRequest, metric: Metric | None) -> Any:
    typed = {name: str(text) for name, text in request.POST.items()}
    if not typed and metric is not None:
        typed = {name: str(text or "") for name, text in _initial(metric).items()}
    today = local_today(timezone.now(), request.workspace.time_zone)
    return preview(request.workspace, typed, metric, today=today)


def _page(
    request: WorkspaceRequest, form: DefinitionForm, metric: Metric | None, status: int
) -> HttpResponse:
    metrics = {one.key: one for one in Metric.objects.filter(workspace=request.workspace)}
    context = {
        "nav": "metrics",
        "form": form,
        "metric": metric,
        "preview": _preview(request, metric),
        "insertable": insertable(metrics.values(), metric),
        "examples": examples(request.workspace, metrics),
        "readers": readers_of(metric.key, metrics) if metric else [],
    }
    return render(request, "metrics/definition_form.html", context, status=status)


@workspace_view(Right.WRITE)
@require_POST
def definition_state(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Archives an own metric, brings it back, or deletes it where nothing uses it."""
    metric = _own_metric(request, key)
    move = request.POST.get("move", "")
    if move == "delete":
        return _delete(request, metric)
    if move not in MOVES:
        return HttpResponseBadRequest(_("Choose what to do."), content_type="text/plain")
    writer, action = MOVES[move]
    writer(metric)
    record(request, action, workspace=request.workspace, obj=metric)
    if move == "archive":
        messages.success(request, _("The metric is out of the lists. Its values go on."))
    else:
        messages.success(request, _("The metric is back in the lists."))
    return redirect("metric", request.workspace.slug, metric.key)


def _delete(request: WorkspaceRequest, metric: Metric) -> HttpResponse:
    before, name = definition_of(metric), metric.name
    try:
        definitions.delete(metric)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("definition_edit", request.workspace.slug, metric.key)
    record(
        request,
        "metric.deleted",
        workspace=request.workspace,
        obj=metric,
        before={"key": metric.key, **before.columns},
    )
    messages.success(request, _("“%(metric)s” was deleted.") % {"metric": name})
    return redirect("metrics", request.workspace.slug)


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def rule_edit(request: WorkspaceRequest, key: str) -> HttpResponse:
    """States what counts as a metric here, dated from now on."""
    metric = get_object_or_404(Metric, workspace=request.workspace, key=key)
    initial = {"rule_text": metric.rule_text, "seen": _last_number(metric)}
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid() and _change_rule(request, metric, form):
        return redirect("metric", request.workspace.slug, metric.key)
    context = {"nav": "metrics", "form": form, "metric": metric}
    status = 422 if request.method == "POST" else 200
    return render(request, "metrics/definition_rule.html", context, status=status)


def _change_rule(request: WorkspaceRequest, metric: Metric, form: RuleForm) -> bool:
    before = metric.rule_text
    try:
        version = definitions.change_rule_text(
            metric, user=request.user, now=timezone.now(), **form.cleaned_data
        )
    except ValidationError as refused:
        _refuse(form, metric, refused)
        return False
    if version is not None:
        record(
            request,
            "metric.rule_changed",
            workspace=request.workspace,
            obj=metric,
            before={"rule_text": before},
            after={"rule_text": version.rule_text},
        )
        messages.success(request, _("What counts is saved, and dated."))
    return True


@workspace_view(Right.WRITE)
@require_POST
def variant_default(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Proposes this variant wherever a metric is proposed."""
    metric = get_object_or_404(Metric, workspace=request.workspace, key=key)
    try:
        former = choose_default(metric)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        if former is not None:
            record(
                request,
                "metric.variant_chosen",
                workspace=request.workspace,
                obj=metric,
                before={"default": former.key},
                after={"default": metric.key},
            )
        text = _("“%(metric)s” is the one proposed from now on.")
        messages.success(request, text % {"metric": metric.name})
    address = reverse("metric", args=[request.workspace.slug, metric.key])
    return redirect(f"{address}#variants")


@require_safe
@workspace_view(Right.READ)
def metric_reported(request: WorkspaceRequest, key: str) -> HttpResponse | FileResponse:
    """The numbers of a metric as they were reported on a past day, beside those of now."""
    metric = get_object_or_404(Metric, workspace=request.workspace, key=key)
    today = local_today(timezone.now(), request.workspace.time_zone)
    form = ReportedForm(request.GET if "on" in request.GET else {"on": today.isoformat()})
    asked = request.GET.get("grain", "")
    grain = Grain(asked) if asked in set(Grain) else Grain.MONTH
    page = None
    if form.is_valid():
        day = min(form.cleaned_data["on"], today)
        page = reported_page(request.workspace, metric, grain, SHOWN[grain], day=day, today=today)
        if how := wanted_format(request.GET.get("file")):
            return reported_table(metric, page).file(how)
    context = {
        "nav": "metrics",
        "metric": metric,
        "form": form,
        "grain": grain,
        "page": page,
        "grains": _grains(),
        "may_write": allows(request.membership.role, Right.WRITE),
        "language": get_language() or "en",
    }
    return render(request, "metrics/metric_reported.html", context)


def _grains() -> list[tuple[Grain, str]]:
    return [
        (Grain.WEEK, _("Week")),
        (Grain.MONTH, _("Month")),
        (Grain.QUARTER, _("Quarter")),
        (Grain.YEAR, _("Year")),
    ]
