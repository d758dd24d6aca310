"""Which of several metrics for one question a workspace proposes, and how they compare."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Workspace
from metrics import series
from metrics.catalogue.variants import GROUP_OF, VariantGroup
from metrics.models import Metric
from metrics.periods import Period
from metrics.rules import calendar_of


@dataclass(frozen=True)
class VariantLine:
    """A metric beside its variants: what sets it apart, and its value of the same period."""

    metric: Metric
    label: str
    value: Decimal | None
    before: Decimal | None
    is_default: bool
    is_this: bool


@dataclass(frozen=True)
class VariantTable:
    """The metrics that answer one question, over one period and the one before it."""

    name: str
    period: Period
    lines: list[VariantLine]


class Candidate(Protocol):
    """What decides which variant is proposed: of a metric, or of its row."""

    @property
    def key(self) -> str:
        """The metric's key."""

    @property
    def is_default_variant(self) -> bool:
        """Whether the workspace chose it."""

    @property
    def is_hidden(self) -> bool:
        """Whether lists leave it out."""


C = TypeVar("C", bound=Candidate)


def default_of(group: VariantGroup, metrics: Mapping[str, Candidate]) -> str:
    """The metric of a group that the workspace proposes: the chosen one, else the first shown."""
    known = [key for key in group.metrics if key in metrics]
    chosen = [key for key in known if metrics[key].is_default_variant]
    shown = [key for key in known if not metrics[key].is_hidden]
    return next(iter([*chosen, *shown, *known]), group.metrics[0])


def defaults(metrics: Iterable[Candidate]) -> frozenset[str]:
    """Of all these metrics, the ones that their groups propose."""
    by_key = {one.key: one for one in metrics}
    groups = {GROUP_OF[key].key: GROUP_OF[key] for key in by_key if key in GROUP_OF}
    return frozenset(default_of(group, by_key) for group in groups.values())


def in_order(metrics: Iterable[C]) -> list[C]:
    """The same metrics, the variants of a question together at their first place, default first."""
    listed = list(metrics)
    chosen = defaults(listed)
    members: dict[str, list[C]] = {}
    for one in listed:
        if one.key in GROUP_OF:
            members.setdefault(GROUP_OF[one.key].key, []).append(one)
    found: list[C] = []
    for one in listed:
        if one.key not in GROUP_OF:
            found.append(one)
            continue
        together = members.pop(GROUP_OF[one.key].key, [])
        found += sorted(together, key=lambda each: each.key not in chosen)
    return found


def variant_table(
    workspace: Workspace, metric: Metric, period: Period, segment: series.Segment, *, today: date
) -> VariantTable | None:
    """The variants of a metric over a period; None where it has none."""
    group = GROUP_OF.get(metric.key)
    if group is None:
        return None
    rows = Metric.objects.filter(workspace=workspace, key__in=group.metrics)
    metrics = {one.key: one for one in rows}
    chosen = default_of(group, metrics)
    before = calendar_of(workspace).previous(period)
    found = series.table(
        workspace, list(metrics), period.grain, before.start, period.end, today=today,
        segment=segment,
    )  # fmt: skip
    language = get_language() or "en"
    lines = [
        VariantLine(
            metric=metrics[one.metric],
            label=one.label(language),
            value=found[one.metric][-1].value,
            before=found[one.metric][-2].value,
            is_default=one.metric == chosen,
            is_this=one.metric == metric.key,
        )
        for one in group.variants
        if one.metric in metrics
    ]
    return VariantTable(group.name(language), period, lines)


@transaction.atomic
def choose_default(metric: Metric) -> Metric | None:
    """Proposes this variant from now on; the one that was proposed before, None if the same.

    Where that one was a golden KPI and this one is not, its place goes to this one. Raises
    ValidationError for a metric without variants, or that is hidden.
    """
    group = GROUP_OF.get(metric.key)
    if group is None:
        raise ValidationError(_("This metric has no variants to choose from."))
    rows = Metric.objects.select_for_update().filter(
        workspace=metric.workspace_id, key__in=group.metrics
    )
    metrics = {one.key: one for one in rows}
    stored, former = metrics[metric.key], metrics[default_of(group, metrics)]
    if stored.is_hidden:
        raise ValidationError(_("This metric is hidden from lists. Show it first."))
    for one in metrics.values():
        if one.is_default_variant and one.pk != stored.pk:
            one.is_default_variant = False
            one.save(update_fields=["is_default_variant"])
    if former.pk != stored.pk and former.golden_rank and not stored.golden_rank:
        stored.golden_rank, former.golden_rank = former.golden_rank, None
        former.save(update_fields=["golden_rank"])
    stored.is_default_variant = True
    stored.save(update_fields=["is_default_variant", "golden_rank"])
    return former if former.pk != stored.pk else None
