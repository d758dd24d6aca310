"""Numbers as they were reported on a past day, under the definition that held then."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from accounts.models import Workspace
from metrics import series
from metrics.as_of import as_reported
from metrics.calculation import NO_DATA
from metrics.definition_history import end_of, in_force, versions_of
from metrics.formula import parse
from metrics.formula_nodes import operands_in_order
from metrics.models import DefinitionVersion, Metric, Restatement
from metrics.models.snapshot import GRAIN_NUMBERS
from metrics.periods import Grain, Period
from metrics.resolution import Segment
from metrics.rules import calendar_of


@dataclass(frozen=True)
class Reported:
    """Values as of a day, with the formula and the unit that held at its end."""

    values: list[series.SeriesValue]
    formula: str | None
    unit: str


def reported(
    workspace: Workspace,
    metric: Metric,
    found: Collection[series.SeriesValue],
    *,
    day: date,
    today: date,
) -> Reported:
    """These values as they stood at the end of `day`; of an own metric not defined yet, none."""
    definition = metric.definition
    formula, unit = definition.formula, str(definition.unit)
    values = as_reported(workspace, metric.key, found, day=day)
    if not metric.is_own:
        return Reported(values, formula, unit)
    held = in_force(versions_of(metric), end_of(workspace, day))
    if held is None:
        return Reported([_unknown(one) for one in values], None, unit)
    if held.formula != formula:
        values = _with_inputs(workspace, held.formula, values, day=day, today=today)
    return Reported(values, held.formula, held.unit)


def _unknown(one: series.SeriesValue) -> series.SeriesValue:
    return replace(one, value=None, inputs={}, reason=NO_DATA)


def _with_inputs(
    workspace: Workspace,
    formula: str,
    found: list[series.SeriesValue],
    *,
    day: date,
    today: date,
) -> list[series.SeriesValue]:
    """The same values with the inputs of an earlier formula, as they stood then.

    Operands of other periods and segments were not kept with them and are left out.
    """
    plain = [one for one in operands_in_order(parse(formula)) if not (one.modifier or one.where)]
    if not found:
        return found
    first, last = found[0].period, found[-1].period
    dimension = found[0].segment.dimension or None
    inputs: dict[tuple[date, Segment], dict[str, Decimal | None]] = {}
    for operand in plain:
        read = series.values(
            workspace, operand.metric, first.grain, first.start, last.end, today=today,
            dimension=dimension,
        )  # fmt: skip
        for one in as_reported(workspace, operand.metric, read, day=day):
            inputs.setdefault((one.period.start, one.segment), {})[operand.metric] = one.value
    nothing: dict[str, Decimal | None] = {one.metric: None for one in plain}
    return [
        replace(one, inputs=nothing | inputs.get((one.period.start, one.segment), {}))
        for one in found
    ]


# The page that compares


@dataclass(frozen=True)
class ReportedRow:
    """A period as it was reported, as it is now, and what changed it since, newest first."""

    period: Period
    then: Decimal | None
    now: Decimal | None
    restated: list[Restatement]

    @property
    def is_known(self) -> bool:
        """Whether there is a number, then or now."""
        return self.then is not None or self.now is not None

    @property
    def differs(self) -> bool:
        """Whether another number was reported."""
        return self.then != self.now


@dataclass(frozen=True)
class ReportedPage:
    """A metric as of a day, newest period first."""

    day: date
    rows: list[ReportedRow]
    formula: str | None
    unit: str
    later: list[DefinitionVersion]


def reported_page(
    workspace: Workspace, metric: Metric, grain: Grain, count: int, *, day: date, today: date
) -> ReportedPage:
    """The last `count` periods up to a day, as reported at its end and as they are now.

    Those before the first one with any number are left out.
    """
    calendar = calendar_of(workspace)
    periods = [calendar.period_of(day, grain)]
    while len(periods) < count:
        periods.append(calendar.previous(periods[-1]))
    start, end = periods[-1].start, periods[0].end
    now = series.values(workspace, metric.key, grain, start, end, today=today)
    then = reported(workspace, metric, now, day=day, today=today)
    moment = end_of(workspace, day)
    restated: dict[date, list[Restatement]] = {}
    since = Restatement.objects.filter(
        workspace=workspace,
        metric_key=metric.key,
        grain=GRAIN_NUMBERS[grain],
        dimension=series.EVERYTHING.dimension,
        start__range=(start, end),
        changed_at__gte=moment,
    )
    for one in since.select_related("batch", "definition__metric").order_by("-changed_at"):
        restated.setdefault(one.start, []).append(one)
    rows = [
        ReportedRow(after.period, before.value, after.value, restated.get(after.period.start, []))
        for before, after in zip(then.values, now, strict=True)
    ]
    begun = next((place for place, row in enumerate(rows) if row.is_known), len(rows) - 1)
    later = [one for one in versions_of(metric) if one.valid_from >= moment and one.is_change]
    return ReportedPage(day, rows[begun:][::-1], then.formula, then.unit, later)
