"""What a metric's definition was and when it changed: for its page, its chart and past reports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Workspace
from accounts.prepared import Prepared
from metrics.charts import Annotation
from metrics.formula import parse
from metrics.formula_names import words_of
from metrics.formula_nodes import FormulaError, metrics_in
from metrics.models import DefinitionVersion, Metric, StaleSpan
from metrics.periods import ONE_DAY, local_instant, local_today
from metrics.units import UNIT_NAMES, Unit


@dataclass(frozen=True)
class ShownVersion:
    """A version with its texts in words; the earlier ones are empty where nothing changed."""

    version: DefinitionVersion
    day: date
    formula: str
    formula_before: str
    rule_text: str
    rule_text_before: str
    unit: str
    unit_before: str


def rests_on(key: str, metrics: Mapping[str, Metric]) -> frozenset[str]:
    """The metric and all those that its formula reads, directly or through others."""
    found: set[str] = set()
    waiting = [key]
    while waiting:
        one = waiting.pop()
        if one in found or one not in metrics:
            continue
        found.add(one)
        formula = metrics[one].definition.formula
        try:
            waiting += metrics_in(parse(formula)) if formula else ()
        except FormulaError:
            continue
    return frozenset(found)


def versions_of(metric: Metric) -> list[DefinitionVersion]:
    """All versions of a metric's definition, newest first."""
    return list(metric.definition_versions.select_related("user").order_by("-number"))


def in_force(versions: Iterable[DefinitionVersion], moment: datetime) -> DefinitionVersion | None:
    """The version that held at a moment; None before the first."""
    held = [one for one in versions if one.valid_from <= moment]
    return max(held, key=lambda one: one.number, default=None)


def end_of(workspace: Workspace, day: date) -> datetime:
    """The moment at which a day ends in a workspace."""
    return local_instant(day + ONE_DAY, time(0), workspace.time_zone)


_BEHIND = Prepared(
    lambda workspace, metrics: (
        DefinitionVersion.objects.filter(workspace=workspace, metric__in=metrics)
        .select_related("metric", "user")
        .order_by("valid_from", "pk")
    ),
    int,
    [int],
)


def versions_behind(
    workspace: Workspace, key: str, metrics: Mapping[str, Metric]
) -> list[DefinitionVersion]:
    """The versions that bear on a metric: its own, and of what it rests on, the oldest first.

    ``metrics`` are all of the workspace, by key.
    """
    return _BEHIND.objects(workspace.pk, [metrics[one].pk for one in rests_on(key, metrics)])


def definition_marks(
    workspace: Workspace,
    metric: Metric,
    start: date,
    end: date,
    behind: Iterable[DefinitionVersion],
) -> list[Annotation]:
    """The changes of definition between two days, to draw across a metric's chart."""
    marks = []
    for change in behind:
        day = local_today(change.valid_from, workspace.time_zone)
        if change.is_change and start <= day <= end:
            marks.append(Annotation(at=day, text=mark_text(change, metric), line=True))
    return marks


def mark_text(change: DefinitionVersion, metric: Metric) -> str:
    """What a change is called on the chart of a metric."""
    if change.metric_id == metric.pk:
        return _("New definition")
    return _("New definition of %(metric)s") % {"metric": change.metric.name}


def shown_versions(
    workspace: Workspace,
    metric: Metric,
    behind: Iterable[DefinitionVersion],
    metrics: Mapping[str, Metric],
) -> list[ShownVersion]:
    """Those that are a metric's own in words, newest first; `metrics` are all of the workspace."""
    own = [one for one in behind if one.metric_id == metric.pk]
    newest_first = sorted(own, key=lambda one: -one.number)
    return [_shown(workspace, one, metrics) for one in newest_first]


def _shown(
    workspace: Workspace, version: DefinitionVersion, metrics: Mapping[str, Metric]
) -> ShownVersion:
    language = get_language() or "en"

    def words(formula: str) -> str:
        return words_of(workspace, parse(formula), metrics.values(), language) if formula else ""

    def unit(name: str) -> str:
        return UNIT_NAMES[Unit(name)].said(language) if name else ""

    return ShownVersion(
        version=version,
        day=local_today(version.valid_from, workspace.time_zone),
        formula=words(version.formula),
        formula_before=words(version.formula_before)
        if version.formula_before != version.formula
        else "",
        rule_text=version.rule_text,
        rule_text_before=version.rule_text_before
        if version.rule_text_before != version.rule_text
        else "",
        unit=unit(version.unit),
        unit_before=unit(version.unit_before) if version.unit_before != version.unit else "",
    )


def is_awaited(metric: Metric) -> bool:
    """Whether a changed formula is still to be computed."""
    return StaleSpan.objects.filter(workspace=metric.workspace_id, metric=metric).exists()
