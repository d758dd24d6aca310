"""Days, weeks, months, quarters and years, as the numbers are cut by them.

Standard library only, and no clock: the day is always an argument.

Keys of periods are stable and appear in the API and in addresses:

========  ==============  =====================================================
grain     key             which days
========  ==============  =====================================================
day       ``2025-07-14``  that day
week      ``2025-W29``    ISO week and ISO *year*. A week that starts on another
                          day than Monday takes the number of the ISO week with
                          which it shares most days, which is the one that holds
                          its fourth day (for a Monday week, its Thursday: ISO's
                          own rule).
month     ``2025-07``     the calendar month
quarter   ``2025-Q3``     three months, counted from the start of the fiscal year
year      ``2025``        twelve months. A fiscal year is named after the
                          calendar year in which it *ends*: the year from
                          1 July 2025 to 30 June 2026 is ``2026``, and its first
                          quarter ``2026-Q1``.
========  ==============  =====================================================
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)
FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_DIGITS = 30
PERIODS_KEPT = 8192
"""How many periods are remembered: the same ones are asked for again and again."""


def gettext_noop(message: str) -> str:
    """Mark a message for translation; whoever shows it translates it."""
    return message


class Grain(StrEnum):
    """The lengths of period that values are stored for, shortest first."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


GRAIN_NAMES = tuple(str(grain) for grain in Grain)

PERIODS_PER_YEAR: Mapping[Grain, int] = MappingProxyType(
    {Grain.DAY: 365, Grain.WEEK: 52, Grain.MONTH: 12, Grain.QUARTER: 4, Grain.YEAR: 1}
)
"""By how much `per_year(x)` multiplies the value of one period of each grain."""

MONTHS_IN: Mapping[Grain, int] = MappingProxyType(
    {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
)

KEY_SHAPES: Mapping[Grain, re.Pattern[str]] = MappingProxyType(
    {
        Grain.DAY: re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII),
        Grain.WEEK: re.compile(r"(\d{4})-W(\d{2})", re.ASCII),
        Grain.MONTH: re.compile(r"(\d{4})-(\d{2})", re.ASCII),
        Grain.QUARTER: re.compile(r"(\d{4})-Q(\d)", re.ASCII),
        Grain.YEAR: re.compile(r"(\d{4})", re.ASCII),
    }
)

KEY_ERRORS: Mapping[Grain, str] = MappingProxyType(
    {
        Grain.DAY: gettext_noop("“%(key)s” is not a day. Write it like 2025-07-14."),
        Grain.WEEK: gettext_noop("“%(key)s” is not a week. Write it like 2025-W29."),
        Grain.MONTH: gettext_noop("“%(key)s” is not a month. Write it like 2025-07."),
        Grain.QUARTER: gettext_noop("“%(key)s” is not a quarter. Write it like 2025-Q3."),
        Grain.YEAR: gettext_noop("“%(key)s” is not a year. Write it like 2025."),
    }
)


class PeriodError(ValueError):
    """A period's key that names no period.

    `message` is the English sentence with named placeholders and `params` fills them, so that a
    page can translate the first before it applies the second. `str()` gives the English.
    """

    def __init__(self, message: str, **params: str) -> None:
        self.message = message
        self.params = params
        super().__init__(message % params)


@dataclass(frozen=True, slots=True)
class Period:
    """A run of days, `start` and `end` both included, with its grain and its stable key."""

    grain: Grain
    start: date
    end: date
    key: str

    @property
    def length(self) -> int:
        """How many days it holds."""
        return (self.end - self.start).days + 1

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def head(self, days: int) -> tuple[date, date]:
        """First and last of its first `days` days, at least one and at most all of them.

        A period that is not over yet is compared with as many days of an earlier one.
        """
        count = min(max(days, 1), self.length)
        return self.start, self.start + timedelta(days=count - 1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a workspace cuts time: its first day of the week and of its fiscal year.

    `week_start` counts from Monday = 0 to Sunday = 6; `fiscal_year_start` is a month, 1 to 12.
    """

    week_start: int = 0
    fiscal_year_start: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.week_start <= 6:
            raise ValueError("The first day of the week is a number from 0 (Monday) to 6.")
        if not 1 <= self.fiscal_year_start <= 12:
            raise ValueError("The first month of the fiscal year is a number from 1 to 12.")

    @lru_cache(maxsize=PERIODS_KEPT)  # noqa: B019 - calendars are few, and compared by value
    def period_of(self, day: date, grain: Grain) -> Period:
        """The period of this grain that holds the day."""
        if grain is Grain.DAY:
            return Period(grain, day, day, day.isoformat())
        if grain is Grain.WEEK:
            start = day - timedelta(days=(day.weekday() - self.week_start) % 7)
            return _week(start)
        months = MONTHS_IN[grain]
        first = self._fiscal_months(day) // months * months
        return self._of_months(first, grain)

    def periods(self, start: date, end: date, grain: Grain) -> list[Period]:
        """Every period that shares at least one day with `start`…`end`, in order."""
        found: list[Period] = []
        day = start
        while day <= end:
            period = self.period_of(day, grain)
            found.append(period)
            day = period.end + ONE_DAY
        return found

    def previous(self, period: Period) -> Period:
        """The period of the same grain that ends the day before."""
        return self.period_of(period.start - ONE_DAY, period.grain)

    def following(self, period: Period) -> Period:
        """The period of the same grain that starts the day after."""
        return self.period_of(period.end + ONE_DAY, period.grain)

    @lru_cache(maxsize=PERIODS_KEPT)  # noqa: B019 - calendars are few, and compared by value
    def year_ago(self, period: Period) -> Period | None:
        """The same period one year before.

        Weeks keep their number and days their week's number and weekday, so that Mondays are
        compared with Mondays; a week 53 has no partner in a year of 52 weeks, nor have its days:
        None. Months, quarters and years keep their place in the year.
        """
        if period.grain is Grain.DAY:
            week = self.period_of(period.start, Grain.WEEK)
            partner = self.year_ago(week)
            if partner is None:
                return None
            return self.period_of(partner.start + (period.start - week.start), Grain.DAY)
        if period.grain is Grain.WEEK:
            year, week_number = (int(part) for part in period.key.split("-W"))
            return self._week_numbered(year - 1, week_number)
        return self._of_months(self._fiscal_months(period.start) - 12, period.grain)

    def parse(self, key: str, grain: Grain) -> Period:
        """The period that a key names. Raises PeriodError with what a key looks like."""
        found = KEY_SHAPES[grain].fullmatch(key)
        error = PeriodError(KEY_ERRORS[grain], key=key[:40])
        if found is None:
            raise error
        year, *rest = (int(part) for part in found.groups())
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise error
        period = self._numbered(grain, year, rest)
        if period is None:
            raise error
        return period

    def _numbered(self, grain: Grain, year: int, rest: list[int]) -> Period | None:
        """The period with these numbers in its key, None where there is none."""
        if grain is Grain.DAY:
            try:
                return self.period_of(date(year, *rest), grain)
            except ValueError:
                return None
        if grain is Grain.WEEK:
            return self._week_numbered(year, rest[0])
        if grain is Grain.MONTH:
            if not 1 <= rest[0] <= 12:
                return None
            return self.period_of(date(year, rest[0], 1), grain)
        quarter = rest[0] if rest else 1
        if not 1 <= quarter <= 4:
            return None
        return self._of_months(year * 12 + (quarter - 1) * 3, grain)

    def _week_numbered(self, year: int, number: int) -> Period | None:
        try:
            monday = date.fromisocalendar(year, number, 1)
        except ValueError:
            return None
        fourth_day = monday + timedelta(days=(self.week_start + 3) % 7)
        return _week(fourth_day - timedelta(days=3))

    def _fiscal_months(self, day: date) -> int:
        """Months from the start of fiscal year 0 to the month of this day."""
        lead = (13 - self.fiscal_year_start) % 12
        return day.year * 12 + day.month - 1 + lead

    def _of_months(self, first: int, grain: Grain) -> Period:
        """The period of this grain whose first month has this fiscal number."""
        months = MONTHS_IN[grain]
        lead = (13 - self.fiscal_year_start) % 12
        start_year, start_month = divmod(first - lead, 12)
        end_year, end_month = divmod(first - lead + months - 1, 12)
        start = date(start_year, start_month + 1, 1)
        last_day = monthrange(end_year, end_month + 1)[1]
        end = date(end_year, end_month + 1, last_day)
        if grain is Grain.MONTH:
            return Period(grain, start, end, f"{start:%Y-%m}")
        year, month = divmod(first, 12)
        key = f"{year:04d}" if grain is Grain.YEAR else f"{year:04d}-Q{month // 3 + 1}"
        return Period(grain, start, end, key)


def _week(start: date) -> Period:
    """The seven days from `start`, numbered as the ISO week of their fourth day."""
    year, number, _ = (start + timedelta(days=3)).isocalendar()
    return Period(Grain.WEEK, start, start + timedelta(days=6), f"{year:04d}-W{number:02d}")


def spread(
    total: Decimal, start: date, end: date, *, quantum: Decimal
) -> list[tuple[date, Decimal]]:
    """Share `total` over the days from `start` to `end` so that they add up to it exactly.

    Each day gets a whole number of `quantum` (0.01 for money, 1 for counts), days differ by at
    most one of them, and the sum of the first days is never more than one quantum away from
    their even share. What is smaller than a quantum stays on the last day. The same arguments
    always give the same days. Raises ValueError for an empty span, for a quantum of zero or
    less, and for a total that is no finite number or has more than 30 digits on either side of
    its point.
    """
    days = (end - start).days + 1
    if days < 1:
        raise ValueError("A span ends on or after its first day.")
    if not _is_plain(total):
        raise ValueError("A total to spread has at most 30 digits on either side of its point.")
    if not _is_plain(quantum) or quantum <= 0:
        raise ValueError("The smallest share is a number above zero.")
    quanta = int(abs(Fraction(total)) / Fraction(quantum))
    sign = -1 if total < 0 else 1
    with localcontext() as context:
        context.prec = 4 * MOST_DIGITS
        shares = [
            sign * (quanta * (i + 1) // days - quanta * i // days) * quantum for i in range(days)
        ]
        shares[-1] += total - sign * quanta * quantum
    return [(start + timedelta(days=i), share) for i, share in enumerate(shares)]


def _is_plain(number: Decimal) -> bool:
    """Finite, with at most 30 digits before and after its point."""
    exponent = number.as_tuple().exponent
    return (
        isinstance(exponent, int) and exponent >= -MOST_DIGITS and number.adjusted() < MOST_DIGITS
    )


def last_of_month(day: date) -> date:
    """The last day of the month of a day."""
    return day.replace(day=monthrange(day.year, day.month)[1])


BAD_ZONE = (LookupError, ValueError, OSError)
"""What looking up a time zone raises that this machine does not know."""


def counted_to(start: date, end: date, today: date) -> date:
    """The last day that counts of what adds up over a span of days.

    What is written down for the days after today (a month's rent, a yearly subscription) is not
    spent yet; a span that lies wholly ahead shows its plan.
    """
    return end if start > today else min(end, today)


def local_today(now_utc: datetime, tz: str) -> date:
    """The date in time zone `tz` at an instant. Raises ValueError for a time without a zone."""
    if now_utc.tzinfo is None:
        raise ValueError("An instant carries its time zone.")
    return now_utc.astimezone(ZoneInfo(tz)).date()


def local_instant(day: date, at: time, tz: str) -> datetime:
    """The instant, in UTC, at which clocks in time zone `tz` show this day and time.

    A time that a clock change skips is the first instant after the gap; one that it repeats is
    the first of the two.
    """
    zone = ZoneInfo(tz)
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _end_of_gap(local, zone)


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of the clock change that skips the time `local`.

    Inside a gap, fold 1 reads the time with the offset that holds after the change and so lies
    before it, fold 0 the other way round: the change is between the two.
    """
    after = local.replace(fold=1).utcoffset()
    low = local.replace(fold=1).astimezone(UTC)
    high = local.replace(fold=0).astimezone(UTC)
    while high - low > ONE_SECOND:
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)
