"""Values over any span of days, added up from stored days."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from metrics.day_rows import load_days, load_these_days
from metrics.derive import Formulas, Shift, Surroundings, derive
from metrics.formula_nodes import Modifier
from metrics.periods import ONE_DAY, counted_to
from metrics.resolution import EVERYTHING, Segment, rest_of
from metrics.rollup import NOT_ADDITIVE, Given, Rows, Tally, given_of, rows_of, tally_of
from metrics.rules import BASE, LEDGER_KEYS, MEANS, STOCKS, SUMS, UNIQUES, WEIGHTS

Span = tuple[date, date]
"""First and last day, both included."""
DAYS_IN_A_YEAR = 365
WEEKS_OF_A_YEAR = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a span: base metrics and segments (None: all), and what they lead to."""

    workspace_id: int
    formulas: Formulas
    named: Callable[[str, str], Segment | None]
    today: date
    keys: frozenset[str] = BASE
    segments: frozenset[Segment] | None = None
    shifts: frozenset[Shift] = frozenset()
    read: Mapping[date, Rows] | None = None
    """The rows of days that are read already, empty where a day has none."""

    @property
    def with_whole(self) -> frozenset[Segment] | None:
        """The segments, and everything beside them."""
        return None if self.segments is None else self.segments | {EVERYTHING}


def read_days(wanted: Wanted, spans: Iterable[Span]) -> dict[date, Rows]:
    """The rows of the days of several spans, for `Wanted.read`: one query."""
    days = {
        start + timedelta(days=place)
        for start, end in spans
        for place in range((end - start).days + 1)
    }
    found = load_these_days(wanted.workspace_id, days, keys=wanted.keys, segments=wanted.with_whole)
    return {day: found.get(day, {}) for day in days}


def _days_of(wanted: Wanted, start: date, end: date) -> Mapping[date, Rows]:
    """The rows of the days of a span that have any."""
    if wanted.read is not None:
        days = [start + timedelta(days=place) for place in range((end - start).days + 1)]
        if all(day in wanted.read for day in days):
            return {day: rows for day in days if (rows := wanted.read[day])}
    return load_days(wanted.workspace_id, start, end, keys=wanted.keys, segments=wanted.with_whole)


def span_rows(wanted: Wanted, start: date, end: date, *, depth: int = 0) -> Rows:
    """The rows of a span of days, formulas included.

    `depth` is how many periods one value may reach through: 0 leaves out what a formula reads
    from other periods.
    """
    days = _days_of(wanted, start, end)
    rows = add_up_days(days, start, end, today=wanted.today, all_segments=wanted.segments is None)
    shifted: dict[Shift, Rows] = {}
    if depth:
        shifted = {shift: _shifted(wanted, start, end, shift, depth) for shift in wanted.shifts}
    around = Surroundings(rows, shifted, wanted.named)
    length = (end - start).days + 1
    derive(wanted.formulas, around, periods_per_year=Decimal(DAYS_IN_A_YEAR) / length)
    return rows


def _shifted(wanted: Wanted, start: date, end: date, shift: Shift, depth: int) -> Rows:
    modifier, days = shift
    length = end - start + ONE_DAY
    if modifier is Modifier.START:
        first = last = start - ONE_DAY
    elif modifier is Modifier.PREV:
        first, last = start - length, start - ONE_DAY
    elif modifier is Modifier.YEAR_AGO:
        first, last = a_year_before(start, end)
    else:
        first, last = start - timedelta(days), end - timedelta(days)
    return span_rows(wanted, first, last, depth=depth - 1)


def a_year_before(start: date, end: date) -> tuple[date, date]:
    """The span to compare with: whole months a year before, else the days 52 weeks before."""
    after = end + ONE_DAY
    if start.day == after.day == 1:
        return start.replace(year=start.year - 1), after.replace(year=after.year - 1) - ONE_DAY
    return start - WEEKS_OF_A_YEAR, end - WEEKS_OF_A_YEAR


def add_up_days(
    days: Mapping[date, Rows], start: date, end: date, *, today: date, all_segments: bool
) -> Rows:
    """The base metrics of a span from those of its days.

    Stocks are those of the last day that counts, or of a later one that says another. Uniques
    cannot be had but of one day. `all_segments`: the days have all of them, so that "not set" is
    what is left of the total.
    """
    tally, until = Tally(), counted_to(start, end, today)
    counted = {day: rows for day, rows in days.items() if day <= until}
    for rows in counted.values():
        tally.add_all(tally_of(rows, SUMS, MEANS))
    return rows_of(
        tally,
        _stocks(days, until),
        _uniques(counted, start, end),
        gaps=_gaps(days, start, min(end, today - ONE_DAY)),
        weights=WEIGHTS,
        all_segments=all_segments,
    )


def _stocks(days: Mapping[date, Rows], until: date) -> Given:
    last = max((day for day in days if day <= until), default=until)
    given = given_of(days.get(last, {}), STOCKS)
    for day in sorted(day for day in days if day > until):
        for segment, values in given_of(days[day], STOCKS).values.items():
            given.values.setdefault(segment, {}).update(values)
    return given


def _uniques(days: Mapping[date, Rows], start: date, end: date) -> Given:
    if start == end:
        return given_of(days.get(start, {}), UNIQUES)
    given = Given()
    for rows in days.values():
        for segment, row in rows.items():
            for key in UNIQUES & (row.values.keys() | row.reasons.keys()):
                given.reason(segment, key, NOT_ADDITIVE)
    return given


def _gaps(days: Mapping[date, Rows], start: date, until: date) -> frozenset[str]:
    """The summed metrics that some day has a value of, but not every one up to `until`."""
    length = (until - start).days + 1
    known: dict[str, int] = {}
    for day, rows in days.items():
        whole = rows.get(EVERYTHING)
        for key in whole.values if whole else ():
            known[key] = known.get(key, 0) + (day <= until)
    counted = SUMS - LEDGER_KEYS
    return frozenset(key for key, count in known.items() if key in counted and count < length)


def reach(
    formulas: Formulas,
    key: str,
    segment: Segment,
    named: Callable[[str, str], Segment | None],
) -> tuple[frozenset[str], frozenset[Segment], frozenset[Shift]]:
    """What a metric of a segment is made of: base metrics, segments and shifts."""
    segments = {segment, rest_of(segment.dimension)}
    shifts: set[Shift] = set()
    for operand in formulas.elsewhere_of(key):
        if operand.modifier:
            shifts.add((operand.modifier, operand.days))
        found = named(*operand.where) if operand.where else None
        if found is not None:
            segments |= {found, rest_of(found.dimension)}
    return formulas.base_of(key), frozenset(segments), frozenset(shifts)
