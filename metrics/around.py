"""The rows of other periods that formulas read: `start`, `prev`, `year_ago`, `lag`."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from metrics.derive import Shift
from metrics.formula import Modifier
from metrics.periods import ONE_DAY, Grain, Period
from metrics.rollup import Rows
from metrics.rules import Rules
from metrics.snapshot_rows import load_rows
from metrics.spans import Wanted, span_rows


class Around:
    """What the formulas of some periods of one grain read from other periods.

    Rows that are being computed in the same batch are taken from there, others as stored.
    """

    def __init__(
        self, rules: Rules, grain: Grain, batch: Mapping[Period, Rows], *, today: date
    ) -> None:
        self._rules = rules
        self._wanted = Wanted(rules.workspace_id, rules.formulas, rules.named, today)
        self._grain = grain
        self._batch = {period.start: rows for period, rows in batch.items()}
        self._stored: dict[tuple[Shift, date], Rows] = {}
        for shift in rules.formulas.shifts:
            self._load(shift, batch)

    def of(self, period: Period) -> dict[Shift, Rows]:
        """By shift: the rows that it leads to from this period."""
        found: dict[Shift, Rows] = {}
        for shift in self._rules.formulas.shifts:
            partner = self._partner(period, shift)
            if partner is None:
                continue
            if partner.grain is self._grain and partner.start in self._batch:
                found[shift] = self._batch[partner.start]
            else:
                found[shift] = self._stored.get((shift, partner.start), {})
        return found

    def _partner(self, period: Period, shift: Shift) -> Period | None:
        """The period that a shift leads to. A lag's is a span named by its first day."""
        modifier, days = shift
        calendar = self._rules.calendar
        if modifier is Modifier.START:
            return calendar.period_of(period.start - ONE_DAY, Grain.DAY)
        if modifier is Modifier.PREV:
            return calendar.previous(period)
        if modifier is Modifier.YEAR_AGO:
            return calendar.year_ago(period)
        return calendar.period_of(period.start - timedelta(days), Grain.DAY)

    def _load(self, shift: Shift, periods: Iterable[Period]) -> None:
        """Reads the rows that the shift leads to and that are not being computed right now."""
        if shift[0] is Modifier.LAG and self._grain is not Grain.DAY:
            self._load_spans(shift, periods)
            return
        keys = self._rules.formulas.shifts[shift]
        from_days = shift[0] in (Modifier.START, Modifier.LAG)
        grain = Grain.DAY if from_days else self._grain
        partners = {self._partner(period, shift) for period in periods}
        starts = {one.start for one in partners if one is not None}
        if grain is self._grain:
            starts -= self._batch.keys()
        for start, rows in load_rows(self._rules.workspace_id, grain, starts).items():
            self._stored[shift, start] = {segment: one.row(keys) for segment, one in rows.items()}

    def _load_spans(self, shift: Shift, periods: Iterable[Period]) -> None:
        """Adds up the days that a lag leads to from periods longer than a day."""
        days = timedelta(shift[1])
        for period in periods:
            start, end = period.start - days, period.end - days
            self._stored[shift, start] = span_rows(self._wanted, start, end)
