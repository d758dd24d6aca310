"""Dates, weeks, months and ranges as tools and people write them.

The order of "03/04/2026" is decided for the whole column (`metrics.imports.date_order`).
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from metrics.imports.date_spans import ONE_DAY, half_of, month_of, quarter_of, week_of
from metrics.imports.folding import fold
from metrics.imports.parsed import Span

DMY, MDY, YMD = "dmy", "mdy", "ymd"
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


def plain_date(text: str) -> str:
    """A cell without what dates do not differ by: case, accents, quotes."""
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
    plain = plain_date(text)
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
        if found := ISO_DURATION.fullmatch(plain_date(text)):
            return _from(parse_day(found[1]), int(found[2]), found[3], text)
        span = _period(plain_date(text), text) or find_range(text, order)
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
    plain = ORDINAL.sub("", plain_date(text)).strip(" .")
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


def lettered_half(text: str) -> Span | None:
    """The six months that "S1 2026" names where S is no week ("semaine") but a "semestre"."""
    found = LETTERED_HALF.fullmatch(plain_date(text))
    return half_of(int(found[2] or found[3]), int(found[1] or found[4])) if found else None


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
    plain = ORDINAL.sub("", plain_date(text))
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
