"""Stored forecasts: made by the night for the series that somebody needs, read by everybody.

Whoever needs one (an objective, an alert rule) says so with a `Wanted`. What nobody wants any more
is forgotten, what has not changed is not made again, and a series that cannot be forecast harms
none but itself.
"""

import hashlib
import logging
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from sys import byteorder
from typing import TYPE_CHECKING

from django.db import Error as DatabaseError
from django.db import transaction

from accounts.models import Workspace
from metrics import feeds, series
from metrics.models import Forecast
from metrics.models.snapshot import GRAIN_NUMBERS
from metrics.periods import ONE_DAY, PERIODS_PER_YEAR, Calendar, Grain, Period
from metrics.rules import calendar_of

if TYPE_CHECKING:
    from metrics import forecasting

logger = logging.getLogger(__name__)
HISTORY = {
    Grain.DAY: timedelta(days=4 * 366),
    Grain.WEEK: timedelta(weeks=260),
    Grain.MONTH: timedelta(days=366 * 12),
    Grain.QUARTER: timedelta(days=366 * 20),
}
"""How far back a series is read; the models look at less of it (see `metrics.forecasting`)."""
SEASONS = {Grain.DAY: 7} | {
    grain: PERIODS_PER_YEAR[grain] for grain in (Grain.WEEK, Grain.MONTH, Grain.QUARTER)
}
MOST_STEPS = 400
"""Further ahead than so many periods nothing is foretold."""
LEARNT_FOR = timedelta(days=7)
POISON = (ArithmeticError, ValueError, TypeError, LookupError, RuntimeError, DatabaseError)
VERSION = "3"
"""Raised with a change of the models, so that everything is made anew."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A series whose next values somebody needs, up to the day ``until``.

    Of ``day``, ``week``, ``month`` or ``quarter`` grain.
    """

    key: str
    segment: series.Segment
    grain: Grain
    until: date


@dataclass
class Refreshed:
    """How many forecasts were made and kept, how many series have too little history."""

    made: int = 0
    kept: int = 0
    thin: int = 0
    forgotten: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Future:
    """A stored forecast: its periods, and possible futures with a value for each of them."""

    periods: list[Period]
    row: Forecast

    @cached_property
    def paths(self) -> "list[array[float]]":
        """The possible futures, each with a value a period."""
        return _unpacked(bytes(self.row.paths), len(self.periods))


def refresh(
    workspace: Workspace,
    *,
    wanted: Iterable[Wanted],
    today: date,
    now: datetime,
    forget: bool = True,
) -> Refreshed:
    """Makes the forecasts that are wanted on ``today`` and forgets all others.

    Without ``forget`` the others stay: these came in between two nights. Call inside the
    workspace's scope. Running it again makes nothing.
    """
    done, kept = Refreshed(), set()
    calendar = calendar_of(workspace)
    rows = {_place(row): row for row in Forecast.objects.filter(workspace=workspace)}
    for one in _furthest(wanted):
        place = (one.key, *one.segment, int(GRAIN_NUMBERS[one.grain]))
        try:
            with transaction.atomic():
                row = _refreshed(workspace, one, rows.get(place), calendar, today, now, done)
        except POISON as error:
            logger.exception("No forecast of %s", one.key, exc_info=error)
            done.failed.append(one.key)
            row = None
        if row is not None:
            kept.add(row.pk)
    if forget:
        gone = Forecast.objects.filter(workspace=workspace).exclude(pk__in=kept)
        done.forgotten = gone.delete()[0]
    return done


def future(workspace: Workspace, key: str, segment: series.Segment, grain: Grain) -> Future | None:
    """What is foretold of a series; None where nothing is."""
    row = Forecast.objects.filter(
        workspace=workspace,
        metric_key=key,
        dimension=segment.dimension,
        segment_id=segment.segment_id,
        grain=GRAIN_NUMBERS[grain],
    ).first()
    if row is None:
        return None
    return Future(_periods(calendar_of(workspace), grain, row.first, len(row.median)), row)


def _furthest(wanted: Iterable[Wanted]) -> list[Wanted]:
    """Each series once, as far ahead as anybody wants it."""
    found: dict[tuple[str, series.Segment, Grain], Wanted] = {}
    for one in wanted:
        known = found.get((one.key, one.segment, one.grain))
        if known is None or known.until < one.until:
            found[one.key, one.segment, one.grain] = one
    return list(found.values())


def _place(row: Forecast) -> tuple[str, int, int, int]:
    return row.metric_key, row.dimension, row.segment_id, row.grain


def _refreshed(
    workspace: Workspace,
    wanted: Wanted,
    row: Forecast | None,
    calendar: Calendar,
    today: date,
    now: datetime,
    done: Refreshed,
) -> Forecast | None:
    """The row of a wanted forecast, made anew if its inputs changed; None where there is none."""
    data_date = feeds.data_date(workspace, wanted.key, today=today)
    if data_date is None or data_date >= wanted.until:
        return None
    first = _first_after(calendar, wanted.grain, data_date)
    steps = _steps(calendar, wanted.grain, first, wanted.until)
    values = _history(workspace, wanted, calendar, first.start, today)
    digest = _fingerprint(values, first.start, steps)
    if steps > MOST_STEPS:
        return None
    if row is not None and row.fingerprint == digest:
        done.kept += 1
        return row
    told, tested_on = _foretold(values, wanted.grain, steps, row, today)
    if told is None:
        done.thin += 1
        return None
    done.made += 1
    return _stored(workspace, wanted, told, first.start, tested_on, digest, now)


def _first_after(calendar: Calendar, grain: Grain, data_date: date) -> Period:
    """The first period that is not over by the last day with figures."""
    return calendar.period_of(data_date + ONE_DAY, grain)


def _steps(calendar: Calendar, grain: Grain, first: Period, until: date) -> int:
    return len(calendar.periods(first.start, max(until, first.start), grain))


def _history(
    workspace: Workspace, wanted: Wanted, calendar: Calendar, before: date, today: date
) -> list[float | None]:
    """The known values of the periods before ``before``, oldest first, None where unknown."""
    last = before - ONE_DAY
    start = calendar.period_of(last - HISTORY[wanted.grain], wanted.grain).start
    if wanted.grain is Grain.DAY:
        known = series.daily(workspace, wanted.key, wanted.segment, start, last)
        days = (start + number * ONE_DAY for number in range((last - start).days + 1))
        return [float(known[day]) if day in known else None for day in days]
    found = series.values(
        workspace, wanted.key, wanted.grain, start, last, today=today, segment=wanted.segment
    )
    return [None if one.value is None or one.incomplete else float(one.value) for one in found]


def _fingerprint(values: Sequence[float | None], first: date, steps: int) -> str:
    text = f"{VERSION} {first} {steps} {values!r}"
    return hashlib.sha256(text.encode()).hexdigest()


def _foretold(
    values: Sequence[float | None], grain: Grain, steps: int, row: Forecast | None, today: date
) -> tuple["forecasting.Forecast | None", date]:
    """The forecast, and the day on which its errors were learnt."""
    from metrics import forecasting  # noqa: PLC0415  (arrays: not for processes that only read)

    season = SEASONS[grain]
    if row is not None and timedelta(0) <= today - row.tested_on < LEARNT_FOR:
        before = _as_told(row)
        if before.method == "models" and len(before.median) >= steps:
            told = forecasting.moved_on(values, season=season, horizon=steps, before=before)
            return told, row.tested_on
    return forecasting.forecast(values, season=season, horizon=steps), today


def _as_told(row: Forecast) -> "forecasting.Forecast":
    """A stored forecast as the models gave it."""
    import numpy as np  # noqa: PLC0415

    from metrics import forecasting  # noqa: PLC0415

    return forecasting.Forecast(
        median=np.array(row.median),
        low=np.array(row.low),
        high=np.array(row.high),
        paths=np.array(_unpacked(bytes(row.paths), len(row.median))),
        method=row.method,  # type: ignore[arg-type]
        season=row.season,
        mase=row.mase,
        coverage=row.coverage,
        scale=row.scale,  # type: ignore[arg-type]
    )


def _stored(
    workspace: Workspace,
    wanted: Wanted,
    told: "forecasting.Forecast",
    first: date,
    tested_on: date,
    digest: str,
    now: datetime,
) -> Forecast:
    row, _created = Forecast.objects.update_or_create(
        workspace=workspace,
        metric_key=wanted.key,
        dimension=wanted.segment.dimension,
        segment_id=wanted.segment.segment_id,
        grain=GRAIN_NUMBERS[wanted.grain],
        defaults={
            "first": first,
            "median": told.median.tolist(),
            "low": told.low.tolist(),
            "high": told.high.tolist(),
            "paths": told.paths.astype("<f8").tobytes(),
            "method": told.method,
            "scale": told.scale,
            "season": told.season,
            "mase": told.mase,
            "coverage": told.coverage,
            "tested_on": tested_on,
            "fingerprint": digest,
            "computed_at": now,
        },
    )
    return row


def _unpacked(packed: bytes, length: int) -> "list[array[float]]":
    numbers: array[float] = array("d")
    numbers.frombytes(packed)
    if byteorder == "big":
        numbers.byteswap()
    return [numbers[place : place + length] for place in range(0, len(numbers), length)]


def _periods(calendar: Calendar, grain: Grain, first: date, count: int) -> list[Period]:
    periods = [calendar.period_of(first, grain)]
    while len(periods) < count:
        periods.append(calendar.following(periods[-1]))
    return periods
