"""What is needed to explain a change: values of whole and segments over any two spans.

Periods are read as they are stored; other spans from their days, by `metrics.series`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Workspace
from metrics import series
from metrics.calculation import CONTEXT
from metrics.formula_nodes import Modifier, Operand
from metrics.movement import Span
from metrics.periods import ONE_DAY, Calendar, Grain, Period
from metrics.read_rows import ReadRows
from metrics.resolution import NONE, NOT_SET, Segment
from metrics.rules import STOCKS, WEIGHTS
from metrics.spans import a_year_before

Amounts = Mapping[Segment, Decimal]


__all__ = ["Reader", "Span", "Value"]


@dataclass(frozen=True, slots=True)
class Value:
    """A metric's value over a span, its inputs and its quality."""

    value: Decimal | None
    reason: str | None
    inputs: series.Inputs
    incomplete: bool


@dataclass(slots=True)
class Reader:
    """Reads the values of one workspace, each once."""

    workspace: Workspace
    calendar: Calendar
    today: date
    dimension: int
    segment: Segment = series.EVERYTHING
    ahead: Sequence[ReadRows] = ()
    _wholes: dict[tuple[str, Span], Value] = field(default_factory=dict)
    _splits: dict[tuple[str, Span], dict[Segment, tuple[Decimal, Decimal]]] = field(
        default_factory=dict
    )

    def period(self, span: Span) -> Period | None:
        """The period that is exactly these days, the longest where there are two."""
        for grain in reversed(Grain):
            found = self.calendar.period_of(span[0], grain)
            if (found.start, found.end) == span:
                return found
        return None

    def read(self, keys: Iterable[str], span: Span) -> None:
        """Reads many metrics of the chosen segment at once."""
        missing = [key for key in dict.fromkeys(keys) if (key, span) not in self._wholes]
        period = self.period(span)
        if period is not None and missing:
            table = series.table(
                self.workspace,
                missing,
                period.grain,
                *span,
                today=self.today,
                segment=self.segment,
                read=self.ahead,
            )
            for key, (one,) in table.items():
                self._wholes[key, span] = Value(one.value, one.reason, one.inputs, one.incomplete)
            return
        for key in missing:
            value = series.span_value(self.workspace, key, self.segment, *span, today=self.today)
            self._wholes[key, span] = Value(
                value.value, value.reason, value.inputs, value.incomplete
            )

    def whole(self, key: str, span: Span) -> Value:
        """A metric's value over a span."""
        self.read([key], span)
        return self._wholes[key, span]

    def shifted(self, operand: Operand, span: Span) -> Span | None:
        """The span that an operand of another period is read from; None where there is none."""
        start, end = span
        period = self.period(span)
        match operand.modifier:
            case None:
                return span
            case Modifier.START:
                return start - ONE_DAY, start - ONE_DAY
            case Modifier.PREV:
                if period is not None:
                    before = self.calendar.previous(period)
                    return before.start, before.end
                return start - (end - start) - ONE_DAY, start - ONE_DAY
            case Modifier.YEAR_AGO:
                if period is None:
                    return a_year_before(start, end)
                partner = self.calendar.year_ago(period)
                return (partner.start, partner.end) if partner else None
            case Modifier.LAG:
                back = timedelta(operand.days)
                return start - back, end - back

    def split(self, key: str, span: Span) -> dict[Segment, Decimal]:
        """The values of the named segments of the dimension."""
        return {segment: value for segment, (value, _w) in self.weighted(key, span).items()}

    def weighted(self, key: str, span: Span) -> dict[Segment, tuple[Decimal, Decimal]]:
        """The same with each value's weight: of weighted means, else 0.

        For a mean the value is Σ value × weight.
        """
        if (key, span) not in self._splits:
            self._splits[key, span] = self._read_split(key, span)
        return self._splits[key, span]

    def _read_split(self, key: str, span: Span) -> dict[Segment, tuple[Decimal, Decimal]]:
        period = self.period(span)
        rows = series.values(
            self.workspace,
            key,
            period.grain if period else Grain.DAY,
            *span,
            today=self.today,
            dimension=self.dimension,
            read=self.ahead,
        )
        if key in STOCKS and not period:
            last = max((row.period.start for row in rows if row.value is not None), default=None)
            rows = [row for row in rows if row.period.start == last]
        found: dict[Segment, tuple[Decimal, Decimal]] = {}
        for row in rows:
            if row.value is None or row.segment.segment_id in (NONE, NOT_SET):
                continue
            value, weight = _amount(key, row)
            before = found.get(row.segment, (Decimal(0), Decimal(0)))
            found[row.segment] = CONTEXT.add(before[0], value), before[1] + weight
        return found


def _amount(key: str, row: series.SeriesValue) -> tuple[Decimal, Decimal]:
    assert row.value is not None
    if key not in WEIGHTS:
        return row.value, Decimal(0)
    weight = row.inputs.get(WEIGHTS[key]) or Decimal(0)
    return CONTEXT.multiply(row.value, weight), weight
