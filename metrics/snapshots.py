"""The one writer of snapshots: from facts to the stored values of every period and segment.

Days are resolved from facts; weeks and months add up days; quarters and years add up months;
formulas come last, on each period's own values. Only rows that differ are written, so that a
second run writes nothing, and a closed period whose number changes leaves a Restatement.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import localcontext

from django.db import connection, transaction

from accounts.models import Workspace
from metrics.around import Around
from metrics.calculation import CONTEXT
from metrics.derive import Surroundings, derive
from metrics.evidence import (
    DayTallies,
    Stocks,
    Uniques,
    metric_ids,
    read_stocks,
    read_tallies,
)
from metrics.fact_reading import facts_of_spans, facts_overlapping
from metrics.known_days import KnownDays, read_known_days
from metrics.periods import ONE_DAY, PERIODS_PER_YEAR, Grain, Period
from metrics.resolution import Segment
from metrics.restating import Restating
from metrics.rollup import Rows, given_of, rows_of, tally_of, total
from metrics.rules import BASE, MEANS, STOCKS, SUMS, UNIQUES, WEIGHTS, Rules, read_rules
from metrics.snapshot_rows import (
    Placed,
    StoredRows,
    drop_other_periods,
    drop_rows,
    load_rows,
    save_rows,
    stored_form,
)
from metrics.staleness import (
    Periods,
    all_days,
    dependents,
    forget_stale,
    periods_of,
    read_stale,
    stale_days,
)

MONTHS_A_CHUNK = 6
PERIODS_A_CHUNK = 200
REACH = timedelta(days=6)
"""How far a week reaches over the end of a month."""
PATIENCE = "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '300s'"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('metrics.snapshots'), %s)"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a recompute looked at and wrote: days, snapshot rows, restated values."""

    days: int = 0
    rows_written: int = 0
    restated: int = 0


def refresh(workspace: Workspace, *, today: date, now: datetime) -> Refreshed:
    """Recomputes what facts changed and what days passed since the last time.

    Without any earlier run that is everything. `today` is the workspace's date at `now`.
    """
    return _run(workspace, today=today, now=now)


def recompute(
    workspace: Workspace,
    *,
    today: date,
    now: datetime,
    since: date | None = None,
    full: bool = False,
) -> Refreshed:
    """Recomputes also the days from `since` on, or all of them; otherwise as `refresh`."""
    return _run(workspace, today=today, now=now, since=since, full=full)


def _run(
    workspace: Workspace,
    *,
    today: date,
    now: datetime,
    since: date | None = None,
    full: bool = False,
) -> Refreshed:
    with transaction.atomic(), localcontext(CONTEXT):
        with connection.cursor() as cursor:
            cursor.execute(PATIENCE)
            cursor.execute(LOCK, [workspace.pk])
        rules = read_rules(workspace)
        stale = read_stale(workspace)
        days = all_days(rules, today=today) if full else stale_days(rules, stale, today=today)
        if since is not None and not full:
            days |= {day for day in all_days(rules, today=today) if day >= since}
        restating = Restating(rules, stale.spans, today=today, now=now)
        run = _Recompute(rules, restating, today=today, now=now)
        run.days(days)
        if full:
            run.forget_all_but(days)
        forget_stale(workspace, stale, today=today)
        restated = restating.save()
    return Refreshed(days=len(days), rows_written=run.written, restated=restated)


class _Recompute:
    """One recompute of one workspace."""

    def __init__(self, rules: Rules, restating: Restating, *, today: date, now: datetime) -> None:
        self.rules = rules
        self.restating = restating
        self.today = today
        self.now = now
        self.written = 0
        self.months: dict[date, Rows] = {}

    def days(self, days: set[date]) -> None:
        """Brings the rows of these days, and of all periods they bear on, up to date."""
        if not days:
            return
        periods = periods_of(days, self.rules.calendar)
        years = sorted(periods[Grain.YEAR], key=_start)
        known = read_known_days(
            self.rules, years[0].start - REACH, years[-1].end + REACH, today=self.today
        )
        for months in _chunks(periods[Grain.MONTH]):
            self._short_periods(months, periods, known)
        for grain in (Grain.QUARTER, Grain.YEAR):
            self._long_periods(grain, periods[grain], known)
        later = dependents(periods, self.rules)
        for grain in Grain:
            self._derive_again(grain, later[grain])

    def forget_all_but(self, days: set[date]) -> None:
        """Deletes periods that are cut no more: the week or the year starts on another day now."""
        for grain, periods in periods_of(days, self.rules.calendar).items():
            starts = [period.start for period in periods]
            self.written += drop_other_periods(self.rules.workspace_id, grain, starts)

    # Days, weeks and months, from facts

    def _short_periods(self, months: list[Period], periods: Periods, known: KnownDays) -> None:
        """One chunk of months with their days, and the weeks that end or start in it."""
        start, end = months[0].start, months[-1].end
        tallies, stocks, uniques = self._evidence(start - REACH, end + REACH)
        inside = {month.start for month in months}
        for grain in (Grain.DAY, Grain.WEEK, Grain.MONTH):
            chosen = [
                period
                for period in sorted(periods[grain], key=_start)
                if self._month_in_charge(period, periods) in inside
            ]
            batch: dict[Period, Rows] = {}
            for period in chosen:
                gaps = known.gaps(period, today=self.today) if grain is not Grain.DAY else None
                batch[period] = rows_of(
                    tallies.of(period.start, period.end),
                    stocks.at_end_of(period),
                    uniques.of(period),
                    gaps=gaps or frozenset(),
                    weights=WEIGHTS,
                )
            if grain is Grain.MONTH:
                self._keep_months(batch)
            self._finish(grain, batch)

    def _evidence(self, start: date, end: date) -> tuple[DayTallies, Stocks, Uniques]:
        """What the facts of these days say."""
        rules = self.rules
        seen = facts_overlapping(rules.workspace_id, metric_ids(rules, UNIQUES), start, end)
        return (
            read_tallies(rules, start, end, today=self.today),
            read_stocks(rules, start, end, today=self.today),
            Uniques(rules, seen),
        )

    def _month_in_charge(self, period: Period, periods: Periods) -> date:
        """The month whose chunk does a period: a week's last month, if that is looked at."""
        last = self.rules.calendar.period_of(period.end, Grain.MONTH)
        return last.start if last in periods[Grain.MONTH] else period.start.replace(day=1)

    def _keep_months(self, batch: Mapping[Period, Rows]) -> None:
        """Copies the base metrics of months: quarters and years are made of them."""
        for period, rows in batch.items():
            self.months[period.start] = {key: row.base(BASE) for key, row in rows.items()}

    # Quarters and years, from months

    def _long_periods(self, grain: Grain, periods: Iterable[Period], known: KnownDays) -> None:
        chosen = sorted(periods, key=_start)
        if not chosen:
            return
        rules, calendar = self.rules, self.rules.calendar
        parts = {one: calendar.periods(one.start, one.end, Grain.MONTH) for one in chosen}
        self._load_months({month.start for months in parts.values() for month in months})
        spans = [(one.start, one.end) for one in chosen]
        seen = facts_of_spans(rules.workspace_id, metric_ids(rules, UNIQUES), spans)
        uniques = Uniques(rules, seen)
        running = read_stocks(rules, self.today, chosen[-1].end, today=self.today)
        batch: dict[Period, Rows] = {}
        for period, months in parts.items():
            rows = [self.months[month.start] for month in months]
            closed = period.end <= self.today
            stocks = given_of(rows[-1], STOCKS) if closed else running.at_end_of(period)
            batch[period] = rows_of(
                total(tally_of(one, SUMS, MEANS) for one in rows),
                stocks,
                uniques.of(period, rows),
                gaps=known.gaps(period, today=self.today),
                weights=WEIGHTS,
            )
        self._finish(grain, batch)

    def _load_months(self, starts: set[date]) -> None:
        """Adds months that were not computed in this run, as they are stored."""
        missing = starts - self.months.keys()
        stored = load_rows(self.rules.workspace_id, Grain.MONTH, missing)
        for start in missing:
            rows = stored.get(start, {})
            self.months[start] = {key: one.row().base(BASE) for key, one in rows.items()}

    # Periods whose own facts are as they were

    def _derive_again(self, grain: Grain, periods: Iterable[Period]) -> None:
        """Formulas of periods that look back at others, on the base metrics as stored."""
        chosen = sorted(periods, key=_start)
        for first in range(0, len(chosen), PERIODS_A_CHUNK):
            part = chosen[first : first + PERIODS_A_CHUNK]
            stored = load_rows(self.rules.workspace_id, grain, [one.start for one in part])
            batch = {
                period: {key: one.row().base(BASE) for key, one in stored[period.start].items()}
                for period in part
                if period.start in stored
            }
            self._finish(grain, batch, stored)

    # Formulas, and writing

    def _finish(
        self,
        grain: Grain,
        batch: dict[Period, Rows],
        stored: Mapping[date, StoredRows] | None = None,
    ) -> None:
        """Derives the periods of one grain, oldest first, and writes what differs."""
        around = Around(self.rules, grain, batch, today=self.today)
        for period, rows in batch.items():
            shifted = around.of(period)
            surroundings = Surroundings(rows, shifted, self.rules.named)
            derive(self.rules.formulas, surroundings, periods_per_year=PERIODS_PER_YEAR[grain])
        if stored is None:
            stored = load_rows(self.rules.workspace_id, grain, [one.start for one in batch])
        self._write(grain, batch, stored)

    def _write(
        self, grain: Grain, batch: Mapping[Period, Rows], stored: Mapping[date, StoredRows]
    ) -> None:
        fresh: list[Placed] = []
        dropped: list[tuple[date, Segment]] = []
        for period, rows in batch.items():
            before = stored.get(period.start, {})
            for segment, row in rows.items():
                form = stored_form(row, period.end)
                old = before.get(segment)
                if old != form:
                    fresh.append(Placed(period, segment, form))
                    self.restating.compare(period, segment, old, form)
            for segment in before.keys() - rows.keys():
                dropped.append((period.start, segment))
                self.restating.compare(period, segment, before[segment], None)
        self.written += save_rows(self.rules.workspace_id, grain, fresh, now=self.now)
        self.written += drop_rows(self.rules.workspace_id, grain, dropped)


def _start(period: Period) -> date:
    return period.start


def _chunks(months: Iterable[Period]) -> list[list[Period]]:
    """The months in order, a few at a time, neighbours together."""
    chunks: list[list[Period]] = []
    for month in sorted(months, key=_start):
        last = chunks[-1] if chunks else []
        if last and len(last) < MONTHS_A_CHUNK and last[-1].end + ONE_DAY == month.start:
            last.append(month)
        else:
            chunks.append([month])
    return chunks
