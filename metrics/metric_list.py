"""The catalogue as a workspace uses it: every metric with its last values, by family."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Workspace
from accounts.prepared import Prepared
from metrics import series
from metrics.catalogue import CATALOGUE, FAMILIES
from metrics.models import Metric
from metrics.periods import Grain
from metrics.variants import defaults, in_order

MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Line:
    """All that a metric's line shows, and nothing else."""

    key: str
    name: str
    value: Decimal | None
    before: Decimal | None
    month: date | None
    partial: bool
    trend: tuple[Decimal | None, ...]
    has_values: bool
    unit: str
    direction: str
    rollup_words: str
    is_golden: bool
    is_vanity: bool
    is_default: bool


@dataclass(frozen=True)
class ListedMetric:
    """A metric's line: its newest whole month with a value, the one before, a year of months.

    Where only the running month is known, it is that one, and `partial`. `is_default`: of several
    metrics for one question, the one that the workspace proposes.
    """

    metric: Metric
    value: Decimal | None
    before: Decimal | None
    month: date | None
    partial: bool
    trend: list[Decimal | None]
    unit: str
    direction: str
    is_default: bool = False

    @property
    def has_values(self) -> bool:
        """Whether anything is known of it in the year shown."""
        return any(value is not None for value in self.trend)

    @property
    def line(self) -> Line:
        """Its line."""
        metric = self.metric
        return Line(
            key=metric.key,
            name=metric.name,
            value=self.value,
            before=self.before,
            month=self.month,
            partial=self.partial,
            trend=tuple(self.trend),
            has_values=self.has_values,
            unit=self.unit,
            direction=self.direction,
            rollup_words=metric.rollup_words,
            is_golden=bool(metric.golden_rank),
            is_vanity=metric.definition.vanity,
            is_default=self.is_default,
        )


@dataclass(frozen=True)
class Shelf:
    """A family of metrics."""

    key: str
    name: str
    metrics: list[ListedMetric]

    @property
    def lines(self) -> list[Line]:
        """The lines of its metrics."""
        return [one.line for one in self.metrics]


def shelves(
    workspace: Workspace, *, today: date, wanted: str = "", empty: bool = False
) -> list[Shelf]:
    """The metrics by family, the ones with values first; ``empty`` adds those without.

    ``wanted`` keeps only metrics whose name or key holds these letters.
    """
    metrics, proposed = _listed_metrics(workspace, wanted.casefold())
    start = (today.replace(day=1) - timedelta(days=330)).replace(day=1)
    found = series.table(
        workspace, [metric.key for metric in metrics], Grain.MONTH, start, today, today=today
    )
    listed = [
        _listed(metric, found[metric.key], is_default=metric.key in proposed) for metric in metrics
    ]
    shown = [
        one
        for one in listed
        if empty or one.has_values or one.metric.golden_rank or one.metric.is_own
    ]
    language = get_language() or "en"
    names = {family.key: family.name(language) for family in FAMILIES} | {"own": _("Your own")}
    return [
        Shelf(key, name, rows)
        for key, name in names.items()
        if (rows := [one for one in shown if one.metric.definition.family == key])
    ]


_SHOWN = Prepared(
    lambda workspace: (
        Metric.objects.filter(workspace=workspace, is_hidden=False)
        .defer("created_at")
        .order_by("golden_rank", "key")
    ),
    int,
)


class _Candidate(NamedTuple):
    """A metric as far as its place in the list goes."""

    key: str
    is_default_variant: bool
    place: int
    is_hidden: bool = False


def _listed_metrics(workspace: Workspace, letters: str) -> tuple[list[Metric], frozenset[str]]:
    """The metrics whose words hold these letters, in order; and the proposed ones of all."""
    rows = _SHOWN.rows(workspace.pk)
    key, is_default = _SHOWN.places("key", "is_default_variant")
    order, proposed = _arranged(tuple((row[key], row[is_default]) for row in rows))
    language = get_language() or "en"
    found = []
    for place in order:
        row = rows[place]
        if letters and row[key] in CATALOGUE and letters not in _words(row[key], language):
            continue
        metric = _SHOWN.object(row)
        if metric.key in CATALOGUE or letters in f"{metric.name} {metric.key}".casefold():
            found.append(metric)
    return found, proposed


@lru_cache(maxsize=256)
def _arranged(metrics: tuple[tuple[str, bool], ...]) -> tuple[tuple[int, ...], frozenset[str]]:
    """The places of metrics in the order of the list, and which of them are proposed."""
    candidates = [_Candidate(*one, place) for place, one in enumerate(metrics)]
    return tuple(one.place for one in in_order(candidates)), defaults(candidates)


@cache
def _words(key: str, language: str) -> str:
    """What a shipped metric is found by."""
    return f"{CATALOGUE[key].name(language)} {key}".casefold()


def _listed(metric: Metric, months: list[series.SeriesValue], *, is_default: bool) -> ListedMetric:
    recent = months[-MONTHS_SHOWN:]
    every = [value for value in recent if value.value is not None]
    known = [value for value in every if not value.partial] or every
    newest = known[-1] if known else None
    earlier = known[-2] if len(known) > 1 else None
    definition = metric.definition
    return ListedMetric(
        metric=metric,
        value=newest.value if newest else None,
        before=earlier.value if earlier else None,
        month=newest.period.start if newest else None,
        partial=bool(newest and newest.partial),
        trend=[value.value for value in recent],
        unit=str(definition.unit),
        direction=str(definition.direction),
        is_default=is_default,
    )
