"""The one reader of snapshots: what pages, mails, objectives and the API show.

A value always comes with what it was made of and, where there is none, with the reason:
``no_data``, ``zero_denominator``, ``not_additive`` or ``stale``.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from accounts.models import Workspace
from metrics.calculation import NO_DATA
from metrics.day_rows import Asked, derived_days
from metrics.derive import Formulas, row_in
from metrics.periods import ONE_DAY, Calendar, Grain, Period
from metrics.read_rows import ReadRows, formulas_for, said_with, with_rest
from metrics.resolution import EVERYTHING, NONE, NOT_SET, Segment
from metrics.rollup import Row, Rows
from metrics.rules import WEIGHTS, calendar_of, named_segments
from metrics.snapshot_rows import load_between
from metrics.spans import Span, Wanted, reach, read_days, span_rows

__all__ = [
    "EVERYTHING",
    "Comparison",
    "Segment",
    "SeriesValue",
    "SpanValue",
    "comparison",
    "daily",
    "grid",
    "span_value",
    "table",
    "values",
]

Inputs = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class SeriesValue:
    """A metric's value for one segment over one period.

    `inputs` are the operands of a formula, or the weight of a weighted mean. `partial`: the
    period is not over yet. `incomplete`: days or parts inside are unknown.
    """

    period: Period
    segment: Segment
    value: Decimal | None
    inputs: Inputs
    partial: bool
    incomplete: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class SpanValue:
    """A metric's value over any span of days."""

    value: Decimal | None
    reason: str | None
    inputs: Inputs
    incomplete: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """A period's value beside those of the previous period and of the year before.

    For a period that is not over, all three are of its first days only, those before today:
    `start` and `end` say which. None where there is nothing to compare with.
    """

    start: date
    end: date
    now: SpanValue
    previous: SpanValue | None
    year_ago: SpanValue | None


def values(
    workspace: Workspace,
    key: str,
    grain: Grain,
    start: date,
    end: date,
    *,
    today: date,
    dimension: int | None = None,
    segment: Segment | None = None,
    read: Iterable[ReadRows] = (),
) -> list[SeriesValue]:
    """The values of all periods that share a day with `start`…`end`, oldest first.

    By default of everything, else of one `segment`, or of every segment of a `dimension` that
    has the metric in one of the periods, "not set" last. ``read`` is what has been read already.
    """
    periods = calendar_of(workspace).periods(start, end, grain)
    formulas = formulas_for(workspace, [key])
    if dimension is None:
        chosen = [segment or EVERYTHING]
        found = _read(workspace, formulas, [key], periods, with_rest(chosen), read=read)
    else:
        found = _read(workspace, formulas, [key], periods, dimension=dimension, read=read)
        chosen = _segments_with(key, found.values())
    return [
        _value(formulas, key, period, one, found.get(period.start, {}), today)
        for period in periods
        for one in chosen
    ]


def table(
    workspace: Workspace,
    keys: Collection[str],
    grain: Grain,
    start: date,
    end: date,
    *,
    today: date,
    segment: Segment = EVERYTHING,
    read: Iterable[ReadRows] = (),
) -> dict[str, list[SeriesValue]]:
    """The values of many metrics at once, by key, as `values` gives them: for a page of tiles."""
    periods = calendar_of(workspace).periods(start, end, grain)
    formulas = formulas_for(workspace, keys)
    found = _read(workspace, formulas, keys, periods, with_rest([segment]), read=read)
    return {
        key: [
            _value(formulas, key, period, segment, found.get(period.start, {}), today)
            for period in periods
        ]
        for key in keys
    }


def grid(
    workspace: Workspace,
    wanted: Collection[tuple[str, Segment]],
    grain: Grain,
    start: date,
    end: date,
    *,
    today: date,
) -> dict[tuple[str, Segment], list[SeriesValue]]:
    """The values of many metrics and segments, read at once: for what watches them all."""
    keys = {key for key, _segment in wanted}
    periods = calendar_of(workspace).periods(start, end, grain)
    formulas = formulas_for(workspace, keys)
    segments = with_rest({segment for _key, segment in wanted})
    found = _read(workspace, formulas, keys, periods, segments)
    return {
        (key, segment): [
            _value(formulas, key, period, segment, found.get(period.start, {}), today)
            for period in periods
        ]
        for key, segment in wanted
    }


def daily(
    workspace: Workspace, key: str, segment: Segment, start: date, end: date
) -> dict[date, Decimal]:
    """The known values of single days, in order."""
    found = values(workspace, key, Grain.DAY, start, end, today=end, segment=segment)
    return {one.period.start: one.value for one in found if one.value is not None}


def span_value(
    workspace: Workspace,
    key: str,
    segment: Segment,
    start: date,
    end: date,
    *,
    today: date | None = None,
) -> SpanValue:
    """The value over any span: sums of its days, the last stock, a formula on the span's values.

    Days from `today` on are not missed when nothing is known of them. A span that is exactly a
    period has the period's stored value, uniques included.
    """
    if end < start:
        raise ValueError("A span ends on or after its first day.")
    span = start, end
    return _span_values(workspace, key, segment, [span], today=today or end + ONE_DAY)[span]


def _span_values(
    workspace: Workspace,
    key: str,
    segment: Segment,
    spans: Collection[Span],
    *,
    today: date,
    read: Iterable[ReadRows] = (),
) -> dict[Span, SpanValue]:
    """The values over several spans, whose days are read at once."""
    formulas, calendar = formulas_for(workspace, [key]), calendar_of(workspace)
    exactly = {span: _exactly(calendar, *span) for span in spans}
    rows: dict[Span, Rows] = {}
    for span, period in exactly.items():
        if period is not None:
            of_period = _read(workspace, formulas, [key], [period], with_rest([segment]), read=read)
            rows[span] = of_period.get(period.start, {})
    others = [span for span, period in exactly.items() if period is None]
    if others:
        rows |= _span_rows(workspace, formulas, key, segment, others, today)
    return {
        span: _span_value(formulas, key, row_in(rows[span], segment) or Row()) for span in spans
    }


def _span_value(formulas: Formulas, key: str, row: Row) -> SpanValue:
    return SpanValue(
        row.values.get(key),
        reason_in(row, key),
        inputs_in(formulas, row, key),
        key in row.incomplete,
    )


def comparison(
    workspace: Workspace,
    key: str,
    period: Period,
    *,
    today: date,
    segment: Segment = EVERYTHING,
    read: Iterable[ReadRows] = (),
) -> Comparison | None:
    """The period against the previous one and that of a year before, like for like.

    None for a period of which no day is over. ``read`` is what has been read already.
    """
    calendar = calendar_of(workspace)
    days = min((today - period.start).days, period.length)
    if days < 1:
        return None
    partial = days < period.length

    def span_of(one: Period) -> Span:
        return one.head(days) if partial else (one.start, one.end)

    now = period.head(days)
    previous = span_of(calendar.previous(period))
    partner = calendar.year_ago(period)
    year_ago = span_of(partner) if partner else None
    spans = [one for one in (now, previous, year_ago) if one is not None]
    found = _span_values(workspace, key, segment, spans, today=today, read=read)
    return Comparison(
        *now, found[now], found[previous], found[year_ago] if year_ago is not None else None
    )


def reason_in(row: Row, key: str) -> str | None:
    """Why a row has no value of a metric; None where it has one."""
    return None if key in row.values else row.reasons.get(key, NO_DATA)


def inputs_in(formulas: Formulas, row: Row, key: str) -> Inputs:
    """What the value of a metric was calculated from, by the operands' texts."""
    if key in row.weights:
        return {WEIGHTS[key]: row.weights[key][1]}
    formula = formulas.by_key.get(key)
    if formula is None:
        return {}
    return {
        text: row.inputs.get(text) if metric is None else row.values.get(metric)
        for text, metric in formula.read
    }


def _read(
    workspace: Workspace,
    formulas: Formulas,
    keys: Iterable[str],
    periods: list[Period],
    segments: Collection[Segment] | None = None,
    dimension: int | None = None,
    read: Iterable[ReadRows] = (),
) -> dict[date, Rows]:
    """The rows of consecutive periods by their first day; of days with these metrics only."""
    if periods[0].grain is Grain.DAY:
        return _read_days(workspace, formulas.only(keys), keys, periods, segments, dimension)
    wanted = said_with(formulas, keys)
    for one in read:
        found = one.of(periods, wanted, segments, dimension)
        if found is not None:
            return found
    return load_between(
        workspace.pk,
        periods[0].grain,
        periods[0].start,
        periods[-1].start,
        segments=segments,
        dimension=dimension,
        keys=wanted,
    )


def _read_days(
    workspace: Workspace,
    formulas: Formulas,
    keys: Iterable[str],
    days: list[Period],
    segments: Collection[Segment] | None,
    dimension: int | None,
) -> dict[date, Rows]:
    """Days have no rows of their own: their formulas are worked out here."""
    named = _named(workspace, formulas)
    if segments is not None:
        segments = {*segments, *with_rest(named.values())}
    asked = Asked(
        workspace_id=workspace.pk,
        calendar=calendar_of(workspace),
        formulas=formulas,
        named=lambda dimension, key: named.get((dimension, key)),
        keys=frozenset().union(*(formulas.base_of(key) for key in keys)),
        segments=segments,
        dimension=dimension,
    )
    return derived_days(asked, days[0].start, days[-1].start)


def _named(workspace: Workspace, formulas: Formulas) -> dict[tuple[str, str], Segment]:
    """The segments that formulas name, if they name any."""
    if any(operand.where for one in formulas.in_order for operand in one.elsewhere):
        return named_segments(workspace, formulas)
    return {}


def _segments_with(key: str, found: Iterable[Rows]) -> list[Segment]:
    """The segments that have a value of the metric somewhere, or a reason for none."""
    known = {
        segment
        for rows in found
        for segment, row in rows.items()
        if segment.segment_id != NONE and (key in row.values or key in row.reasons)
    }
    return sorted(known, key=lambda one: (one.segment_id == NOT_SET, one.segment_id))


def _value(
    formulas: Formulas, key: str, period: Period, segment: Segment, rows: Rows, today: date
) -> SeriesValue:
    row = row_in(rows, segment) or Row()
    return SeriesValue(
        period=period,
        segment=segment,
        value=row.values.get(key),
        inputs=inputs_in(formulas, row, key),
        partial=period.end >= today,
        incomplete=key in row.incomplete,
        reason=reason_in(row, key),
    )


def _exactly(calendar: Calendar, start: date, end: date) -> Period | None:
    """The period that is these days, the longest where there are two."""
    for grain in reversed(Grain):
        period = calendar.period_of(start, grain)
        if (period.start, period.end) == (start, end):
            return period
    return None


def _span_rows(
    workspace: Workspace,
    formulas: Formulas,
    key: str,
    segment: Segment,
    spans: Collection[Span],
    today: date,
) -> dict[Span, Rows]:
    """The rows that a metric of one segment needs, over spans that are no periods."""
    formulas = formulas.only([key])
    names = _named(workspace, formulas)

    def named(dimension: str, name: str) -> Segment | None:
        return names.get((dimension, name))

    keys, segments, shifts = reach(formulas, key, segment, named)
    wanted = Wanted(workspace.pk, formulas, named, today, keys, segments, shifts)
    if len(spans) > 1:
        wanted = replace(wanted, read=read_days(wanted, spans))
    return {span: span_rows(wanted, *span, depth=formulas.depth) for span in spans}
