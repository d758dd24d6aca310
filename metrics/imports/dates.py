"""Dates, weeks, months and ranges as tools and people write them.

The order of "03/04/2026" is decided for the whole column, with its evidence, or asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from metrics.imports.folding import fold
from metrics.imports.parsed import Span
from metrics.periods import last_of_month

DMY, MDY, YMD = "dmy", "mdy", "ymd"
ONE_DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1990, 2100

MONTH_NAMES: tuple[str, ...] = (
    "january jan janvier janv januar jaenner enero ene gennaio gen janeiro",
    "february feb fevrier fevr fev februar febrero febbraio fevereiro",
    "march mar mars marz maerz mrz marzo marco",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag maio",
    "june jun juin juni junio giugno giu junho",
    "july jul juillet juil juli julio luglio lug julho",
    "august aug aout aou agosto ago",
    "september sep sept septembre septiembre settembre set setembro",
    "october oct octobre oktober okt octubre ottobre ott outubro",
    "november nov novembre noviembre novembro",
    "december dec decembre dezember dez diciembre dic dicembre dezembro",
)
MONTHS = {name: number for number, names in enumerate(MONTH_NAMES, 1) for name in names.split()}
MONTH = "(?P<{0}>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"

ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{2})?")
NUMERIC = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
CLOCK = re.compile(r"[t ]\s*\d{1,2}[:h]\d{2}.*$")
WEEKDAY = re.compile(r"^(?:[a-z]{2,9})\.?,?\s+(?=\d|[a-z]{3,9}\.?\s+\d)")
ORDINAL = re.compile(r"(?<=\d)(?:er|st|nd|rd|th|e|\.)(?=\s)")
DAY_MONTH_YEAR = re.compile(
    rf"(\d{{1,2}})[\s-]+(?:de\s+)?{MONTH.format('m')},?[\s-]+(?:de\s+)?(\d{{4}}|\d{{2}}\b)"
)
MONTH_DAY_YEAR = re.compile(rf"{MONTH.format('m')}\s+(\d{{1,2}}),?\s+(\d{{4}})")
YEAR_MONTH = re.compile(r"(\d{4})[-/.]?(\d{2})")
MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
NAMED_MONTH = re.compile(rf"{MONTH.format('m')}[\s-]+(?:de\s+)?(\d{{4}}|\d{{2}})")
YEAR_NAMED_MONTH = re.compile(rf"(\d{{4}})[\s-]+{MONTH.format('m')}")
WEEK = re.compile(
    r"(\d{4})[\s-]*[wskv](\d{1,2})|(?:w|s|wk|kw|cw|week|semaine|sem|woche)\.?\s*(\d{1,2})[\s/,-]+(\d{4})"
)
QUARTER = re.compile(
    r"(\d{4})[\s-]*[qt]([1-4])|(?:[qt]([1-4])[\s/'-]+|([1-4])[qt]\s*'?)(\d{4}|[1-4]\d)"
)
YEAR = re.compile(r"\d{4}")
YEARLESS_WEEK = re.compile(
    r"(?:w|s|wk|kw|cw|week|semaine|sem|woche|semana|settimana)[\s.°#-]*(\d{1,2})"
)
YEARLESS_QUARTER = re.compile(
    r"(?:q|t|quarter|trimestre|trim|quartal)[\s.-]*([1-4])"
    r"|([1-4])(?:er|eme|e|st|nd|rd|th|o)?[\s.]*(?:q|t|quarter|trimestre|trim|quartal)"
)
YEARLESS_DAY = re.compile(rf"(?P<d>\d{{1,2}})[\s.-]*(?:de\s+)?{MONTH.format('m')}")
YEARLESS_MONTH_DAY = re.compile(rf"{MONTH.format('m')}[\s.-]*(?P<d>\d{{1,2}})")
HALF = r"(?:h|hj|half|halbjahr|semestre|semester)"
YEARLESS_HALF = re.compile(rf"{HALF}[\s.-]*([12])|([12])(?:er|eme|e|st|nd|o)?[\s.]*{HALF}")
ISO_DURATION = re.compile(r"(\d{4}-\d{2}-\d{2})(?:t[\d:.]+z?)?/p(\d{1,3})([dwmy])")
"""A first day and how long from it: "2025-04-01/P3M" is a quarter."""
LETTERED_HALF = re.compile(r"s[\s.-]?([12])[\s/'-]*(20\d{2})|(20\d{2})[\s-]*s([12])")
MONTH_NUMBER = re.compile(r"(\d{4})[\s/-]*m(\d{1,2})|m(\d{1,2})[\s/-]+(\d{4})")
PART_AND_YEAR = re.compile(
    r"(?P<part>.*[^\s,/'-])(?:[\s,/'-]*(?P<year>20\d{2})|\s*'\s*(?P<short>\d{2}))"
    r"|(?P<first>20\d{2})[\s,/-]*(?P<then>[^\s,/-].*)"
)
"""A quarter, a half or a week with its year on either side: "Q1'26", "1er trimestre 2026"."""
TOKEN = re.compile(
    "|".join(
        (
            r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}",
            r"(?<!\d)\d{8}(?!\d)",
            r"\d{1,2}[/.]\d{1,2}[/.]\d{4}",
            r"\d{1,2}(?:er|\.)?\s+(?:de\s+)?" + MONTH.format("a") + r",?\s+(?:de\s+)?\d{4}",
            MONTH.format("b") + r"\s+\d{1,2},?\s+\d{4}",
        )
    )
)
SHARED_YEAR = (
    # "Sep 1 - Sep 10, 2026", "September 1 - 10, 2026"
    (
        re.compile(
            rf"{MONTH.format('m')}\s+(\d{{1,2}})\s*-\s*(?:{MONTH.format('n')}\s+)?(\d{{1,2}}),?\s+(\d{{4}})"
        ),
        "mdnf",
    ),
    # "1 - 10 sept. 2026", "1 sept. - 10 oct. 2026", "du 1er au 10 septembre 2026"
    (
        re.compile(
            rf"(\d{{1,2}})(?:\s+{MONTH.format('m')})?\s*(?:-|au|a|to|bis)\s*(\d{{1,2}})\s+{MONTH.format('n')},?\s+(\d{{4}})"
        ),
        "dmfn",
    ),
)


class NotADate(ValueError):
    """The text is no date, or one that the calendar does not have."""


@dataclass(frozen=True, slots=True)
class OrderEvidence:
    """What a column says about day/month order: `order` None where it is open, and why."""

    order: str | None
    reason: str
    samples: tuple[str, ...] = ()


def _plain(text: str) -> str:
    return fold(text).replace("\u200e", "").strip(" '\"")


def _year(text: str) -> int:
    year = int(text)
    return year + 2000 if len(text) == 2 else year


def _day(year: int, month: int, day: int, text: str) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotADate(text)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotADate(text) from error


@lru_cache(maxsize=65_536)
def parse_day(text: str, order: str = DMY) -> date:
    """The day a cell names; `order` decides "03/04/2026". Raises NotADate."""
    plain = _plain(text)
    plain = CLOCK.sub("", plain) if ":" in plain or "h" in plain else plain
    plain = ORDINAL.sub("", plain)
    if found := ISO.fullmatch(plain):
        return _day(int(found[1]), int(found[2]), int(found[3]), text)
    if found := COMPACT.fullmatch(plain):
        return _day(int(found[1]), int(found[2]), int(found[3]), text)
    if found := NUMERIC.fullmatch(plain):
        first, second, year = int(found[1]), int(found[3]), _year(found[4])
        american = order == MDY and found[2] != "."
        return _day(year, first, second, text) if american else _day(year, second, first, text)
    return _named_day(plain, text)


def _named_day(plain: str, text: str) -> date:
    """A day with its month's name, with or without its weekday ("mar." is Tuesday or March)."""
    for bare in (plain, WEEKDAY.sub("", plain)):
        if found := DAY_MONTH_YEAR.fullmatch(bare):
            return _day(_year(found[3]), MONTHS[found["m"]], int(found[1]), text)
        if found := MONTH_DAY_YEAR.fullmatch(bare):
            return _day(int(found[3]), MONTHS[found["m"]], int(found[2]), text)
    raise NotADate(text)


@lru_cache(maxsize=65_536)
def parse_span(text: str, order: str = DMY) -> Span:
    """The days a cell names: a day, week, month, quarter, year or range. Raises NotADate."""
    try:
        day = parse_day(text, order)
    except NotADate:
        if found := ISO_DURATION.fullmatch(_plain(text)):
            return _from(parse_day(found[1]), int(found[2]), found[3], text)
        span = _period(_plain(text), text) or find_range(text, order)
        if span is None:
            raise
        return span
    return Span(day, day)


def _period(plain: str, text: str) -> Span | None:
    if found := YEAR_MONTH.fullmatch(plain):
        return month_of(_day(int(found[1]), int(found[2]), 1, text))
    if found := MONTH_YEAR.fullmatch(plain):
        return month_of(_day(int(found[2]), int(found[1]), 1, text))
    if found := NAMED_MONTH.fullmatch(plain):
        return month_of(_day(_year(found[2]), MONTHS[found["m"]], 1, text))
    if found := YEAR_NAMED_MONTH.fullmatch(plain):
        return month_of(_day(int(found[1]), MONTHS[found["m"]], 1, text))
    if found := WEEK.fullmatch(plain):
        return _iso_week(int(found[1] or found[4]), int(found[2] or found[3]), text)
    if found := QUARTER.fullmatch(plain):
        return _quarter(_year(found[1] or found[5]), int(found[2] or found[3] or found[4]), text)
    if found := MONTH_NUMBER.fullmatch(plain):
        return month_of(_day(int(found[1] or found[4]), int(found[2] or found[3]), 1, text))
    if YEAR.fullmatch(plain) and FIRST_YEAR <= int(plain) <= LAST_YEAR:
        return Span(date(int(plain), 1, 1), date(int(plain), 12, 31))
    return _part_of_year(plain, text)


def _part_of_year(plain: str, text: str) -> Span | None:
    """A quarter, a half or a week that stands beside its year."""
    found = PART_AND_YEAR.fullmatch(plain)
    if found is None:
        return None
    part = ORDINAL.sub("", found["part"] or found["then"]).strip(" .,")
    return _numbered(part, _year(found["year"] or found["short"] or found["first"]), text)


def in_year(text: str, year: int) -> Span | None:
    """The days that a cell names without their year: a month, a day of one, a week, a quarter."""
    plain = ORDINAL.sub("", _plain(text)).strip(" .")
    try:
        return _in_year(plain, year, text)
    except NotADate:
        return None


def _in_year(plain: str, year: int, text: str) -> Span | None:
    if plain in MONTHS:
        return month_of(date(year, MONTHS[plain], 1))
    if (span := _numbered(plain, year, text)) is not None:
        return span
    found = YEARLESS_DAY.fullmatch(plain) or YEARLESS_MONTH_DAY.fullmatch(plain)
    if found is None:
        return None
    day = _day(year, MONTHS[found["m"]], int(found["d"]), text)
    return Span(day, day)


def _numbered(plain: str, year: int, text: str) -> Span | None:
    """A week, a quarter or a half of a year by its number."""
    if found := YEARLESS_WEEK.fullmatch(plain):
        return _iso_week(year, int(found[1]), text)
    if found := YEARLESS_QUARTER.fullmatch(plain):
        return _quarter(year, int(found[1] or found[2]), text)
    if found := YEARLESS_HALF.fullmatch(plain):
        return half_of(year, int(found[1] or found[2]))
    return None


def _iso_week(year: int, week: int, text: str) -> Span:
    try:
        return week_of(date.fromisocalendar(year, week, 1))
    except ValueError as error:
        raise NotADate(text) from error


def _quarter(year: int, quarter: int, text: str) -> Span:
    return quarter_of(_day(year, 3 * quarter - 2, 1, text))


def _from(start: date, number: int, unit: str, text: str) -> Span:
    """So many days, weeks, months or years from a first day on."""
    if unit in "dw":
        days = number * (7 if unit == "w" else 1)
        return Span(start, start + (days - 1) * ONE_DAY)
    month = start.year * 12 + start.month - 1 + number * (12 if unit == "y" else 1)
    return Span(start, _day(month // 12, month % 12 + 1, start.day, text) - ONE_DAY)


def week_of(day: date) -> Span:
    """The seven days that start on `day`."""
    return Span(day, day + 6 * ONE_DAY)


def month_of(day: date) -> Span:
    """The calendar month of `day`."""
    return Span(day.replace(day=1), last_of_month(day))


def quarter_of(day: date) -> Span:
    """The calendar quarter of `day`."""
    first = 3 * ((day.month - 1) // 3) + 1
    return Span(date(day.year, first, 1), month_of(date(day.year, first + 2, 1)).end)


def half_of(year: int, half: int) -> Span:
    """The first or the second six months of a year."""
    if half == 1:
        return Span(date(year, 1, 1), date(year, 6, 30))
    return Span(date(year, 7, 1), date(year, 12, 31))


def lettered_half(text: str) -> Span | None:
    """The six months that "S1 2026" names where S is no week ("semaine") but a "semestre"."""
    found = LETTERED_HALF.fullmatch(_plain(text))
    return half_of(int(found[2] or found[3]), int(found[1] or found[4])) if found else None


def year_of(day: date) -> Span:
    """The calendar year of `day`."""
    return Span(date(day.year, 1, 1), date(day.year, 12, 31))


def read_period(text: str) -> Span | None:
    """A period as a command or a form takes it: "2025-07", "2025-W29", "2025-07-01..2025-07-31"."""
    start, dots, end = text.strip().partition("..")
    try:
        first = parse_span(start)
        last = parse_span(end) if dots else first
    except NotADate:
        return None
    return Span(first.start, last.end) if first.start <= last.end else None


def find_range(text: str, order: str = DMY) -> Span | None:
    """The range of days that a title names ("September 1, 2026 - September 10, 2026"), if any."""
    plain = ORDINAL.sub("", _plain(text))
    texts = [found.group() for found in TOKEN.finditer(plain)]
    days = [_quiet_day(one, order) for one in texts]
    if len(days) > 1 and None in days[:2]:
        days = [_quiet_day(one, DMY if order == MDY else MDY) for one in texts]
    known = [day for day in days if day]
    if len(known) >= 2:
        return Span(known[0], known[1]) if known[0] <= known[1] else None
    shared = _shared_year(plain)
    if shared:
        return shared
    return Span(known[0], known[0]) if known else None


def _quiet_day(text: str, order: str) -> date | None:
    try:
        return parse_day(text, order)
    except NotADate:
        return None


def _shared_year(plain: str) -> Span | None:
    for pattern, shape in SHARED_YEAR:
        found = pattern.search(plain)
        if not found:
            continue
        if shape == "mdnf":
            start_month, end_month = MONTHS[found["m"]], MONTHS[found["n"] or found["m"]]
            numbers = (found[2], found[4])
        else:
            start_month, end_month = MONTHS[found["m"] or found["n"]], MONTHS[found["n"]]
            numbers = (found[1], found[3])
        try:
            year = int(found[5])
            span = Span(
                date(year, start_month, int(numbers[0])), date(year, end_month, int(numbers[1]))
            )
        except ValueError:
            return None
        return span if span.start <= span.end else None
    return None


def order_of(
    cells: Sequence[str], *, hint: str | None = None, today: date | None = None
) -> OrderEvidence:
    """The day/month order of a column: from its cells, their regularity, `hint`, then `today`.

    `hint` is what the file's language and delimiter suggest; `today` rules out an order that
    would put figures in the future.
    """
    numeric = [found for cell in cells if (found := NUMERIC.fullmatch(CLOCK.sub("", _plain(cell))))]
    if not numeric:
        return OrderEvidence(YMD, "unambiguous")
    if all(found[2] == "." for found in numeric):
        return OrderEvidence(DMY, "dots")
    over_first = sum(1 for found in numeric if int(found[1]) > 12)
    over_second = sum(1 for found in numeric if int(found[3]) > 12)
    if over_first != over_second:
        return OrderEvidence(DMY if over_first > over_second else MDY, "above_twelve")
    samples = tuple(dict.fromkeys(found[0] for found in numeric))
    if all(found[1].zfill(2) == found[3].zfill(2) for found in numeric):
        return OrderEvidence(DMY, "same_either_way")
    readings = {order: sorted({parse_day(one, order) for one in samples}) for order in (DMY, MDY)}
    if order := _in_a_row(readings):
        return OrderEvidence(order, "days_in_a_row", samples[:3])
    if hint:
        return OrderEvidence(hint, "hint", samples[:3])
    if today and (order := _not_future(readings, today)):
        return OrderEvidence(order, "future", samples[:3])
    return OrderEvidence(None, "open", samples[:3])


def _in_a_row(readings: Mapping[str, list[date]]) -> str | None:
    """The order under which the dates are days in a row, unless the other makes them months."""
    closeness = {order: _daily_steps(days) for order, days in readings.items()}
    best, other = sorted(closeness, key=lambda order: -closeness[order])
    monthly = all(day.day == 1 for day in readings[other])
    clear = closeness[best] >= 2 and closeness[best] > 2 * closeness[other] and not monthly
    return best if clear else None


def _not_future(readings: Mapping[str, list[date]], today: date) -> str | None:
    """The only order that puts no figure in the future."""
    past = [order for order, days in readings.items() if days[-1] <= today]
    return past[0] if len(past) == 1 else None


def _daily_steps(days: Sequence[date]) -> int:
    return sum(1 for before, after in pairwise(days) if after - before == ONE_DAY)


def first_of_months(spans: Iterable[Span]) -> bool:
    """Whether every date is the first of its month, over two months or more: monthly figures."""
    days = {span.start for span in spans if span.start == span.end}
    return len(days) > 1 and all(day.day == 1 for day in days)
