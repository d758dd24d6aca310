"""The table in which figures are typed: base metrics by their last periods.

A cell is the total of a metric over one period, as a person typed it. Beside it stands what is
known from all feeds together.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import fmt_dates
from accounts.models import Workspace
from accounts.typed_numbers import typed_text
from metrics import series
from metrics.catalogue import FAMILIES
from metrics.feeds import base_keys
from metrics.models import Entry, Metric
from metrics.periods import Calendar, Grain, Period
from metrics.rules import LEDGER_KEYS, calendar_of

GRAINS = (Grain.DAY, Grain.WEEK, Grain.MONTH)
PERIODS_SHOWN = 6
MOST_ROWS = 40


@dataclass(slots=True)
class Cell:
    """A metric over one period: what is typed, what is known, and what went wrong.

    `typed` is the stored value as a person types it, "" for none; `text` is what the field
    shows, which differs from it while something has to be mended. `asks`: the person is asked
    whether the number is the total or an amount to add; `meant` is the answer. `asks_mark`: the
    number can be read in two ways. `hint` is the last value before an empty cell.
    """

    metric: Metric
    period: Period
    entry: Entry | None
    known: Decimal | None
    typed: str
    text: str
    error: str = ""
    conflict: str = ""
    warnings: list[str] = field(default_factory=list)
    asks: bool = False
    asks_mark: bool = False
    meant: str = ""
    hint: Decimal | None = None

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"{self.metric.key}.{self.period.start.isoformat()}"

    @property
    def value(self) -> Decimal | None:
        """What is known of the period, from all feeds or as typed."""
        return self.entry.value if self.known is None and self.entry else self.known

    @property
    def version(self) -> int:
        """The stored value's version; 0 where nothing is typed."""
        return self.entry.version if self.entry else 0

    @property
    def seen(self) -> str:
        """What the form was shown with: sent back, it tells whether the value has changed."""
        return f"{self.version}:{self.typed}"

    @property
    def label(self) -> str:
        """The field's label: metric and period."""
        workspace = self.metric.workspace
        period = fmt_dates.period_label(
            self.period.start,
            self.period.grain,
            language(),
            week_start=workspace.week_start,
            fiscal_start=workspace.fiscal_year_start,
        )
        return _("%(metric)s, %(period)s") % {"metric": self.metric.name, "period": period}

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be mended or confirmed."""
        return not (self.error or self.conflict or self.warnings or self.asks_mark)


@dataclass(frozen=True, slots=True)
class GridRow:
    """One metric's cells, oldest first; a derived metric has values instead, to look at."""

    metric: Metric
    unit: str
    unit_words: str
    cells: list[Cell]
    values: list[series.SeriesValue] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Column:
    """One period, and whether it is not over yet."""

    period: Period
    tick: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything that the table shows."""

    grain: Grain
    columns: list[Column]
    rows: list[GridRow]

    @property
    def cells(self) -> Iterable[Cell]:
        """Every cell, row by row."""
        return (cell for row in self.rows for cell in row.cells)


def language() -> str:
    """The active language."""
    return get_language() or "en"


def entry_grid(
    workspace: Workspace,
    *,
    grain: Grain,
    until: date,
    asked: Collection[str],
    today: date,
    only: bool = False,
    chosen: Collection[str] = (),
    owed: Collection[str] = (),
) -> Grid:
    """The last periods up to the one that holds `until`.

    The metrics are those asked for, then those that the member chose; who chose none sees what
    they owe, the golden KPIs and what has typed values. Under a derived metric stand the base
    metrics that it is worked out from. `only` shows none but those asked for.
    """
    periods = _periods(calendar_of(workspace), grain, min(until, today))
    metrics = _rows_for(workspace, asked, chosen=chosen, owed=owed, only=only)
    start, end = periods[0].start, periods[-1].end
    keys = [metric.key for metric in metrics]
    known = series.table(workspace, keys, grain, start, end, today=today) if keys else {}
    typed = _typed(workspace, metrics, start, end)
    return Grid(
        grain=grain,
        columns=[
            Column(
                one,
                fmt_dates.period_tick(
                    one.start, grain, language(), week_start=workspace.week_start
                ),
                one.end >= today,
            )
            for one in periods
        ],
        rows=[_row(workspace, metric, known[metric.key], typed) for metric in metrics],
    )


def one_cell(workspace: Workspace, *, name: str, grain: Grain, today: date) -> Cell | None:
    """The cell with the name of a field; None where nothing can be typed under it."""
    key, _dot, day = name.partition(".")
    metric = {one.key: one for one in typable(workspace)}.get(key)
    try:
        start = date.fromisoformat(day)
    except ValueError:
        return None
    if metric is None or start > today:
        return None
    if calendar_of(workspace).period_of(start, grain).start != start:
        return None
    known = series.table(workspace, [key], grain, start, start, today=today)[key][-1]
    span = known.period.start, known.period.end
    return _cell(metric, known, _typed(workspace, [metric], *span).get((metric.pk, *span)))


def typable(workspace: Workspace) -> list[Metric]:
    """The base metrics that can be typed; costs have a ledger of their own."""
    metrics = Metric.objects.filter(workspace=workspace, is_hidden=False)
    metrics = metrics.select_related("workspace")
    return [one for one in metrics if one.definition.formula is None and one.key not in LEDGER_KEYS]


def metric_options(metrics: Iterable[Metric]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(family, [(key, name)]) for a select, in the catalogue's order of families."""
    by_family: dict[str, list[tuple[str, str]]] = {}
    for metric in metrics:
        by_family.setdefault(metric.definition.family, []).append((metric.key, metric.name))
    return [
        (family.name(language()), sorted(by_family[family.key], key=lambda one: one[1]))
        for family in FAMILIES
        if family.key in by_family
    ]


def unit_words(metric: Metric, currency: str) -> str:
    """What a typed number counts, in a word; nothing for plain counts."""
    words = {
        "percent": "%",
        "money": currency,
        "money_per_month": _("%(currency)s a month") % {"currency": currency},
        "milliseconds": _("milliseconds"),
        "seconds": _("seconds"),
        "hours": _("hours"),
        "days": _("days"),
        "months": _("months"),
        "years": _("years"),
    }
    return words.get(str(metric.definition.unit), "")


def _periods(calendar: Calendar, grain: Grain, until: date) -> list[Period]:
    shown = [calendar.period_of(until, grain)]
    while len(shown) < PERIODS_SHOWN:
        shown.append(calendar.previous(shown[-1]))
    return shown[::-1]


def _rows_for(
    workspace: Workspace,
    asked: Collection[str],
    *,
    chosen: Collection[str],
    owed: Collection[str],
    only: bool,
) -> list[Metric]:
    found = Metric.objects.filter(workspace=workspace).select_related("workspace")
    everything = {one.key: one for one in found}
    choices = {one.key: one for one in typable(workspace)}
    usual = chosen or [*owed, *_golden(everything.values()), *_with_values(workspace)]
    wanted: dict[str, Metric] = {}
    for key in asked if only else [*usual, *asked] if chosen else [*asked, *usual]:
        bases = [base for base in sorted(base_keys(key, everything)) if base in choices]
        if bases and key not in choices and not everything[key].is_hidden:
            wanted.setdefault(key, everything[key])
        for base in bases:
            wanted.setdefault(base, choices[base])
    return list(wanted.values())[:MOST_ROWS]


def _row(
    workspace: Workspace,
    metric: Metric,
    known: list[series.SeriesValue],
    typed: Mapping[tuple[int, date, date], Entry],
) -> GridRow:
    unit, words = str(metric.definition.unit), unit_words(metric, workspace.currency)
    if metric.definition.formula is not None:
        return GridRow(metric, unit, words, [], known)
    spans = [(metric.pk, one.period.start, one.period.end) for one in known]
    cells = [_cell(metric, one, typed.get(span)) for one, span in zip(known, spans, strict=True)]
    return GridRow(metric, unit, words, _with_hints(cells))


def _golden(metrics: Iterable[Metric]) -> list[str]:
    ranked = [one for one in metrics if one.golden_rank]
    return [one.key for one in sorted(ranked, key=lambda one: one.golden_rank or 0)]


def _with_values(workspace: Workspace) -> Iterable[str]:
    typed = Entry.objects.filter(workspace=workspace).order_by("metric__key")
    return typed.values_list("metric__key", flat=True).distinct()


def _with_hints(cells: list[Cell]) -> list[Cell]:
    """The newest cell of a row, if it is empty, says what the last value was."""
    newest = cells[-1]
    if newest.value is None:
        before = [cell.value for cell in cells if cell.value is not None]
        newest.hint = before[-1] if before else None
    return cells


def _typed(
    workspace: Workspace, metrics: Iterable[Metric], start: date, end: date
) -> dict[tuple[int, date, date], Entry]:
    """The typed totals inside these days, by metric and span."""
    entries = Entry.objects.filter(
        workspace=workspace,
        metric__in=metrics,
        start__gte=start,
        end__lte=end,
        channel=None,
        campaign=None,
        device=None,
        is_addition=False,
    ).select_related("entered_by")
    return {(one.metric_id, one.start, one.end): one for one in entries}


def _cell(metric: Metric, value: series.SeriesValue, entry: Entry | None) -> Cell:
    typed = typed_text(entry.value, str(metric.definition.unit), language()) if entry else ""
    shown_already = entry is not None and value.value == entry.value
    return Cell(
        metric=metric,
        period=value.period,
        entry=entry,
        known=None if shown_already else value.value,
        typed=typed,
        text=typed,
    )
