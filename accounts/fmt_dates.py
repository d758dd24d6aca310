"""Dates, periods and moments as people read them, in French and English (see `accounts.fmt`)."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_location

from accounts.fmt import EN_DASH, NBSP, language, locale_of

_WEEK: Final = {"en": ("week", "W"), "fr": ("semaine", "S")}
_QUARTER: Final = {"en": "Q", "fr": "T"}
_FISCAL_YEAR = {"en": "FY", "fr": "exercice"}


def _first_as_ordinal(text: str, day: date, lang: str) -> str:
    """French writes `1er mars`; CLDR writes `1 mars`."""
    if day.day == 1 and language(lang) == "fr":
        return text.replace("1 ", "1er ", 1)
    return text


def _date(day: date, pattern: str, lang: str) -> str:
    return _first_as_ordinal(format_date(day, pattern, locale=locale_of(lang)), day, lang)


def date_long(day: date, lang: str) -> str:
    """`8 March 2026` · `8 mars 2026`, `1er mars 2026`."""
    return _date(day, "d MMMM y", lang)


def date_short(day: date, lang: str, year: bool = False) -> str:
    """`8 Mar` · `8 mars`, `1er janv.`; with the year when asked."""
    return _date(day, "d MMM y" if year else "d MMM", lang)


def date_weekday(day: date, lang: str, year: bool = False) -> str:
    """`Sunday 8 March` · `dimanche 8 mars`; with the year when asked."""
    weekday = format_date(day, "EEEE", locale=locale_of(lang))
    return f"{weekday} {_date(day, 'd MMMM y' if year else 'd MMMM', lang)}"


def weekday_short(day: date, lang: str) -> str:
    """`Sun` · `dim.`, the head of a column of days."""
    return format_date(day, "EEE", locale=locale_of(lang))


def date_range(start: date, end: date, lang: str, short: bool = False) -> str:
    """Two dates, both included, saying each year and month once: `3–8 March 2026`."""
    month = "MMM" if short else "MMMM"
    if start == end:
        return _date(start, f"d {month} y", lang)
    if start.year != end.year:
        first = f"d {month} y"
    elif start.month != end.month:
        first = f"d {month}"
    else:
        ordinal = "1er" if start.day == 1 and language(lang) == "fr" else str(start.day)
        return f"{ordinal}{EN_DASH}{_date(end, f'd {month} y', lang)}"
    return f"{_date(start, first, lang)}{EN_DASH}{_date(end, f'd {month} y', lang)}"


def week_label(day: date, lang: str, week_start: int = 0) -> str:
    """The week that holds the day: `week 10 (2–8 March 2026)`.

    Numbered as the ISO week of its fourth day; `week_start` counts from Monday = 0.
    """
    first = _week_of(day, week_start)
    span = date_range(first, first + timedelta(days=6), lang)
    return f"{_WEEK[language(lang)][0]}{NBSP}{_week_number(first)} ({span})"


def _week_of(day: date, week_start: int) -> date:
    return day - timedelta(days=(day.weekday() - week_start) % 7)


def _week_number(first: date) -> int:
    return (first + timedelta(days=3)).isocalendar().week


def period_label(
    start: date, grain: str, lang: str, *, week_start: int = 0, fiscal_start: int = 1
) -> str:
    """The period of a grain that starts on this day: `8 Mar 2026`, `week 10 (…)`, `March 2026`,
    `Q1 2026` · `T1 2026`, `2026`.

    Where the fiscal year begins in another month than January, quarters and years are named after
    the one it ends in: `Q1 FY 2026` · `T1 exercice 2026`.
    """
    if grain == "week":
        return week_label(start, lang, week_start)
    if grain == "month":
        return format_date(start, "MMMM y", locale=locale_of(lang))
    if grain == "quarter":
        return f"{_quarter(start, lang, fiscal_start)} {_year(start, lang, fiscal_start)}"
    if grain == "year":
        name = _year(start, lang, fiscal_start)
        return name[0].upper() + name[1:]
    return date_short(start, lang, year=True)


def _quarter(start: date, lang: str, fiscal_start: int) -> str:
    return f"{_QUARTER[language(lang)]}{(start.month - fiscal_start) % 12 // 3 + 1}"


def _year(start: date, lang: str, fiscal_start: int) -> str:
    """The year; a fiscal one by the calendar year in which it ends, and said to be one."""
    if fiscal_start == 1:
        return str(start.year)
    return f"{_FISCAL_YEAR[language(lang)]}{NBSP}{start.year + (start.month >= fiscal_start)}"


def period_tick(
    start: date, grain: str, lang: str, *, week_start: int = 0, fiscal_start: int = 1
) -> str:
    """The period's name where room is short: `8 Mar`, `W10` · `S10`, `Mar 2026`, `Q1 2026`."""
    if grain == "week":
        return f"{_WEEK[language(lang)][1]}{_week_number(_week_of(start, week_start))}"
    if grain == "month":
        return format_date(start, "MMM y", locale=locale_of(lang))
    if grain == "day":
        return date_short(start, lang)
    return period_label(start, grain, lang, fiscal_start=fiscal_start)


def time_label(moment: datetime, tz: str, lang: str) -> str:
    """A moment's time in a zone, named: `06:10 (Paris time)` · `06:10 (heure de Paris)`."""
    local = moment.astimezone(ZoneInfo(tz))
    clock = format_time(local, "HH:mm", locale=locale_of(lang))
    if tz in {"UTC", "Etc/UTC"}:
        return f"{clock} (UTC)"
    city = get_timezone_location(tz, locale=locale_of(lang), return_city=True)
    if language(lang) == "en":
        return f"{clock} ({city} time)"
    of = "d’" if city[0].upper() in "AEÉÈIOUYÎ" else "de "
    return f"{clock} (heure {of}{city})"


def datetime_label(moment: datetime, tz: str, lang: str) -> str:
    """`9 March 2026, 06:10 (Paris time)`."""
    day = moment.astimezone(ZoneInfo(tz)).date()
    return f"{date_long(day, lang)}, {time_label(moment, tz, lang)}"
