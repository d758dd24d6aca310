"""Every stored fact, to look at: of which metric, feed and import, and where it is mended.

Facts have one writer and are not changed here: a row leads to the import that can be undone, to the
typed value or to the lines of the ledger that it comes from.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt, fmt_dates
from accounts.access import Right
from accounts.models import Workspace
from accounts.workspace_admin import workspaces_to_choose
from metrics.admin.filters import language
from metrics.fact_origins import Origins, SourceLine, origins_of
from metrics.forms.answers import DATE_INPUT
from metrics.lineage_sql import FactLine
from metrics.models import Batch, Dimension, Fact, Feed, Metric
from metrics.segment_names import not_set_name

A_PAGE = 100
ORDER = (
    "-day", "metric_id", "feed_id", "channel_id", "campaign_id", "device_id", "asset_id",
    "audience_id", "end",
)  # fmt: skip


class FactsForm(forms.Form):
    """Which facts."""

    workspace = forms.ModelChoiceField(
        label=lazy("Workspace"), queryset=Workspace.objects.none(), empty_label=None
    )
    metric = forms.ChoiceField(label=lazy("Metric"), required=False)
    feed = forms.ChoiceField(label=lazy("Feed"), required=False)
    batch = forms.IntegerField(required=False, widget=forms.HiddenInput)
    start = forms.DateField(label=lazy("From"), required=False, widget=DATE_INPUT)
    end = forms.DateField(label=lazy("To"), required=False, widget=DATE_INPUT)

    def __init__(self, given: dict[str, Any], workspaces: list[Workspace]) -> None:
        chosen = next((one for one in workspaces if str(one.pk) == given.get("workspace")), None)
        self.chosen = chosen or workspaces[0]
        super().__init__({**given, "workspace": self.chosen.pk})
        field: Any = self.fields["workspace"]
        field.queryset = Workspace.objects.filter(pk__in=[one.pk for one in workspaces])
        if len(workspaces) == 1:
            field.widget = forms.HiddenInput()
        everything = [("", _("All"))]
        metrics = sorted((one.name, one.key) for one in _with_facts(self.chosen))
        listed: Any = self.fields["metric"]
        listed.choices = everything + [(key, name) for name, key in metrics]
        feeds = Feed.objects.filter(workspace=self.chosen).order_by("name")
        listed = self.fields["feed"]
        listed.choices = everything + [(one.public_id, one.name) for one in feeds]

    def facts(self) -> QuerySet[Fact]:
        """Those that are asked for, the newest first."""
        given = self.cleaned_data if self.is_valid() else {}
        found = Fact.objects.filter(workspace=self.chosen)
        for name, lookup in (
            ("metric", "metric__key"), ("feed", "feed__public_id"), ("batch", "batch_id"),
            ("start", "day__gte"), ("end", "day__lte"),
        ):  # fmt: skip
            if given.get(name):
                found = found.filter(**{lookup: given[name]})
        return found.order_by(*ORDER)


def _with_facts(workspace: Workspace) -> QuerySet[Metric]:
    given = Fact.objects.filter(workspace=workspace).values("metric_id").distinct()
    metrics = Metric.objects.filter(workspace=workspace, pk__in=given)
    return metrics.select_related("workspace")


def facts_view(request: HttpRequest) -> HttpResponse:
    """A page of them, with what brought each."""
    workspaces = workspaces_to_choose(request, Right.ENTER)
    if not workspaces:
        raise PermissionDenied
    form = FactsForm(request.GET.dict(), workspaces)
    page = Paginator(form.facts(), A_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": _("Stored facts"),
        "opts": Batch._meta,
        "form": form,
        "page_obj": page,
        "rows": _rows(form.chosen, list(page.object_list)),
        "batch": _batch(form),
    }
    return TemplateResponse(request, "admin/metrics/batch/facts.html", context)


def _batch(form: FactsForm) -> Batch | None:
    """The import that the list is narrowed to."""
    pk = form.cleaned_data.get("batch") if form.is_valid() else None
    if not pk:
        return None
    return Batch.objects.filter(workspace=form.chosen, pk=pk).defer("content", "report").first()


def _rows(workspace: Workspace, facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """The facts in words, in their order."""
    metrics = Metric.objects.select_related("workspace").in_bulk({one.metric_id for one in facts})
    feeds = Feed.objects.filter(workspace=workspace).in_bulk()
    by_metric: dict[int, list[FactLine]] = defaultdict(list)
    lines = [_line(one) for one in facts]
    for fact, line in zip(facts, lines, strict=True):
        by_metric[fact.metric_id].append(line)
    found: dict[tuple[int, FactLine], SourceLine] = {}
    for pk, some in by_metric.items():
        for one in origins_of(Origins(workspace, metrics[pk], feeds), some):
            found[pk, one.fact] = one
    return [
        _shown(workspace, metrics[fact.metric_id], found[fact.metric_id, line])
        for fact, line in zip(facts, lines, strict=True)
    ]


def _line(fact: Fact) -> FactLine:
    return FactLine(
        fact.feed_id, fact.day, fact.end, fact.value, None, fact.batch_id, fact.channel_id,
        fact.campaign_id, fact.device_id, fact.asset_id, fact.audience_id,
    )  # fmt: skip


def _shown(workspace: Workspace, metric: Metric, one: SourceLine) -> dict[str, Any]:
    unit = str(metric.definition.unit)
    return {
        "days": fmt_dates.date_range(one.fact.day, one.fact.end, language(), short=True),
        "metric": metric.name,
        "value": fmt.metric_value(one.fact.value, unit, workspace.currency, language()),
        "place": " · ".join(_named(*part) for part in one.place) or "–",
        "feed": one.feed.name,
        "batch": one.batch,
        "row": one.row.row if one.row else None,
        "entry": one.entry,
        "costs": [share.cost for share in one.costs],
    }


def _named(dimension: Dimension, name: str) -> str:
    """What has no channel or campaign says which of them it has not."""
    if name == not_set_name():
        return _("%(dimension)s: not set") % {"dimension": dimension.label}
    return name
