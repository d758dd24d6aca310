"""What a chart shows, before anything is drawn: one specification for figure, table and data.

A page builds a :class:`ChartSpec`; `{% chart spec %}` renders it. Values stay exact decimals here
and in the table twin; only :func:`payload`, what the browser draws from, turns them into floats.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args

from django.utils.translation import gettext as _

from accounts import fmt, fmt_dates

Kind = Literal["line", "cumulative", "bars", "hbars"]
Grain = Literal["day", "week", "month", "quarter", "year", "text"]
Role = Literal[
    "actual",
    "previous",
    "year_ago",
    "target",
    "plan",
    "forecast_low",
    "forecast_median",
    "forecast_high",
    "smoothed",
    "other",
]
Label = date | str


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line or set of bars: a value per label, None where there is none.

    The role decides how it is drawn. `end_label` is written at the line's end instead of its name.
    `partial` marks the periods that are not over.
    """

    name: str
    role: Role
    values: Sequence[Decimal | None]
    partial: Sequence[bool] | None = None
    end_label: str = ""

    def is_partial(self, index: int) -> bool:
        """Whether the period at this place is not over yet."""
        return bool(self.partial and self.partial[index])


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """Something that happened on a day, marked on the baseline; a number makes it a milestone.

    `today` draws the line that separates what is known from what is to come, `line` one across
    the chart: before it, numbers meant something else.
    """

    at: date
    text: str
    number: int | None = None
    today: bool = False
    line: bool = False


@dataclass(frozen=True, kw_only=True)
class Band:
    """A stretch of days behind the lines, such as a campaign; both days included.

    `is_open`: it has no last day, and reaches to the end of what is drawn. The table twin leads to
    `url`, where there is one.
    """

    start: date
    end: date
    text: str
    url: str = ""
    is_open: bool = False


@dataclass(frozen=True, kw_only=True)
class ChartSpec:
    """A whole chart. `title` says the message, `subtitle` what is drawn, `summary` one sentence.

    `labels` are the first days of the periods of `grain`, ascending, or texts with grain `text`;
    `week_start` and `fiscal_start` are the calendar that names them.
    Raises ValueError when a series has not one value per label.
    """

    title: str
    subtitle: str
    summary: str
    kind: Kind
    unit: str
    labels: Sequence[Label]
    series: Sequence[Series]
    currency: str = ""
    grain: Grain = "day"
    first_header: str = ""
    annotations: Sequence[Annotation] = ()
    bands: Sequence[Band] = ()
    csv_url: str = ""
    week_start: int = 0
    fiscal_start: int = 1

    def __post_init__(self) -> None:
        """Refuse what could not be drawn as it was meant."""
        if self.kind not in get_args(Kind):
            raise ValueError(f"A chart is one of {get_args(Kind)}, not {self.kind!r}.")
        for series in self.series:
            lengths = {len(series.values), len(series.partial or series.values)}
            if lengths != {len(self.labels)}:
                raise ValueError(
                    f"The series {series.name!r} needs {len(self.labels)} values, one per label."
                )

    @property
    def file_url(self) -> str:
        """Where its data is as a file, up to the name of the format."""
        return f"{self.csv_url}{'&' if '?' in self.csv_url else '?'}file="

    @property
    def days(self) -> list[date]:
        """The labels as days; empty for a chart of texts."""
        return [label for label in self.labels if isinstance(label, date)]


@dataclass(frozen=True)
class Cell:
    """A cell of the table twin: its text, and whether its period is not over."""

    text: str
    partial: bool = False


def label_text(spec: ChartSpec, label: Label, lang: str) -> str:
    """A label as the table and the tooltip write it."""
    if isinstance(label, str):
        return label
    return fmt_dates.period_label(
        label, spec.grain, lang, week_start=spec.week_start, fiscal_start=spec.fiscal_start
    )


def _tick_text(spec: ChartSpec, label: Label, lang: str) -> str:
    if isinstance(label, str):
        return label
    return fmt_dates.period_tick(
        label, spec.grain, lang, week_start=spec.week_start, fiscal_start=spec.fiscal_start
    )


def value_text(spec: ChartSpec, value: Decimal | None, lang: str) -> str:
    """A value as the table, the tooltip and the bars' ends write it."""
    return fmt.metric_value(value, spec.unit, spec.currency, lang)


def table_rows(spec: ChartSpec, lang: str) -> list[tuple[str, list[Cell]]]:
    """The table twin: for each label its text and one cell per series."""
    return [
        (
            label_text(spec, label, lang),
            [
                Cell(value_text(spec, series.values[row], lang), series.is_partial(row))
                for series in spec.series
            ],
        )
        for row, label in enumerate(spec.labels)
    ]


def first_header(spec: ChartSpec) -> str:
    """The header of the table's first column."""
    names = {
        "day": _("Day"),
        "week": _("Week"),
        "month": _("Month"),
        "quarter": _("Quarter"),
        "year": _("Year"),
        "text": _("What"),
    }
    return spec.first_header or names[spec.grain]


def payload(spec: ChartSpec, lang: str) -> dict[str, Any]:
    """What static/js/charts.js draws from: JSON-able, numbers as floats, texts ready to show."""
    return {
        "kind": spec.kind,
        "lang": "fr-FR" if fmt.language(lang) == "fr" else "en-GB",
        "unit": spec.unit,
        "currency": spec.currency,
        "grain": spec.grain,
        "labels": [str(label) for label in spec.labels],
        "names": [label_text(spec, label, lang) for label in spec.labels],
        "ticks": [_tick_text(spec, label, lang) for label in spec.labels],
        "series": [_series(spec, series, lang) for series in spec.series],
        "annotations": _annotations(spec),
        "bands": _bands(spec),
        "words": {
            "axisStartsAt": _("The axis starts at {value}."),
            "partial": _("not over yet"),
        },
    }


def _series(spec: ChartSpec, series: Series, lang: str) -> dict[str, Any]:
    return {
        "name": series.name,
        "role": series.role,
        "endLabel": series.end_label or series.name,
        "values": [None if value is None else float(value) for value in series.values],
        "texts": [value_text(spec, value, lang) for value in series.values],
        "partial": [series.is_partial(index) for index in range(len(series.values))],
    }


def _annotations(spec: ChartSpec) -> list[dict[str, Any]]:
    days = spec.days
    return [
        {
            "index": index,
            "text": note.text,
            "number": note.number,
            "today": note.today,
            "line": note.line,
        }
        for note in spec.annotations
        if (index := bisect_right(days, note.at) - 1) >= 0
    ]


def _bands(spec: ChartSpec) -> list[dict[str, Any]]:
    """Bands by the places of their first and last period, cut to what is drawn."""
    days = spec.days
    return [
        {
            "start": max(bisect_right(days, band.start) - 1, 0),
            "end": bisect_right(days, band.end) - 1,
            "text": band.text,
        }
        for band in spec.bands
        if days and band.end >= days[0] and band.start <= days[-1]
    ]
