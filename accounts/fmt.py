"""Numbers, money and dates as people read them, in French and English.

Every page, mail, chart and export for people goes through here, on Babel's CLDR data: `fr` is
`fr_FR`, `en` is `en_GB`. Django's own localisation is not used, because its French thousands
separator (U+00A0) differs from the one that browsers write (U+202F).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
)
from babel.units import format_unit
from django.utils import translation
from django.utils.translation import gettext as _

NBSP: Final = "\u00a0"
NNBSP: Final = "\u202f"
EN_DASH: Final = "\u2013"
MISSING: Final = EN_DASH

Number = Decimal | int
Verdict = Literal["good", "bad", ""]

_MONEY_UNITS: Final = {"money", "money_per_month"}
_POINT_SUFFIX: Final = {"en": ("pp", "pp"), "fr": ("pt", "pts")}
_SCORE_SUFFIX: Final = {"en": ("pt", "pts"), "fr": ("pt", "pts")}
_PER_MONTH: Final = {"en": "/month", "fr": "/mois"}
_WEEK: Final = {"en": ("week", "W"), "fr": ("semaine", "S")}
_QUARTER: Final = {"en": "Q", "fr": "T"}
_FISCAL_YEAR = {"en": "FY", "fr": "exercice"}


def language(lang: str) -> str:
    """`fr` for any French tag (`fr-fr`, `fr_FR`), else `en`: the two languages that ship."""
    return "fr" if lang.lower().startswith("fr") else "en"


@cache
def _locale(lang: str) -> Locale:
    return Locale.parse("fr_FR" if language(lang) == "fr" else "en_GB")


def rounded(value: Number, decimals: int) -> Decimal:
    """The value to so many decimals, halves away from zero, as browsers round."""
    return Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0


def _pattern(decimals: int, least: int = 0) -> str:
    tail = "0" * least + "#" * (decimals - least)
    return f"#,##0.{tail}" if tail else "#,##0"


def _signed(text: str, value: Decimal) -> str:
    return f"+{text}" if value > 0 else text


# --- Numbers --------------------------------------------------------------------------------


def number(value: Number, lang: str, max_decimals: int = 2) -> str:
    """`1,234,567.89` · `1 234 567,89` (U+202F), without trailing zeros."""
    figure = rounded(value, max_decimals)
    return format_decimal(figure, format=_pattern(max_decimals), locale=_locale(lang))


def signed_number(value: Number, lang: str, max_decimals: int = 2) -> str:
    """As :func:`number`, with `+` before a gain; zero has no sign."""
    return _signed(number(value, lang, max_decimals), rounded(value, max_decimals))


def percent(fraction: Number, lang: str, max_decimals: int | None = None) -> str:
    """A fraction as a percentage: 0.123 is `12.3%` · `12,3 %` (U+00A0).

    One decimal under 100 %, none above, unless `max_decimals` says otherwise. A fraction that
    would show as zero without being zero gets a second decimal.
    """
    decimals = _percent_decimals(fraction) if max_decimals is None else max_decimals
    figure = rounded(fraction, decimals + 2)
    tail = f".{'#' * decimals}" if decimals else ""
    space = NBSP if language(lang) == "fr" else ""
    return format_percent(
        figure,
        format=f"#,##0{tail}{space}%",
        locale=_locale(lang),
        decimal_quantization=False,
    )


def _percent_decimals(fraction: Number) -> int:
    if abs(Decimal(fraction)) >= 1:
        return 0
    return 2 if fraction and rounded(fraction, 3) == 0 else 1


def signed_percent(fraction: Number, lang: str) -> str:
    """A relative change: `+12.3%` · `+12,3 %`; hyphen-minus for a fall, as CLDR writes it."""
    return _signed(percent(fraction, lang), rounded(fraction, _percent_decimals(fraction) + 2))


def points(difference: Number, lang: str, max_decimals: int = 1) -> str:
    """A difference of two rates in percentage points, signed: 0.004 is `+0.4 pp` · `+0,4 pt`."""
    figure = rounded(Decimal(difference) * 100, max_decimals)
    return _with_suffix(
        _signed(number(figure, lang, max_decimals), figure), figure, _POINT_SUFFIX[language(lang)]
    )


def _with_suffix(text: str, figure: Decimal, suffix: tuple[str, str]) -> str:
    one, many = suffix
    return f"{text}{NBSP}{many if abs(figure) >= 2 else one}"


def compact(value: Number, lang: str) -> str:
    """Three figures at most, for axes and tight places: `1.2M` · `1,2 M`."""
    if abs(Decimal(value)) < 1000:
        return number(value, lang, 1)
    figure = Decimal(value)
    return format_compact_decimal(figure, fraction_digits=1, locale=_locale(lang))


def money(
    value: Number,
    currency: str,
    lang: str,
    compact: bool = False,
    table: bool = False,
    decimals: int | None = None,
) -> str:
    """An amount in its own currency: `-€1,234.50` · `-1 234,50 €`.

    `table` drops the decimals from 1,000 up; `compact` writes `€1.2M` from 1,000 up. `decimals`
    are the currency's unless given.
    """
    locale, large = _locale(lang), abs(Decimal(value)) >= 1000
    if compact and large:
        return format_compact_currency(Decimal(value), currency, fraction_digits=1, locale=locale)
    if decimals is None:
        decimals = 0 if table and large else get_currency_precision(currency)
    tail = f".{'0' * decimals}" if decimals else ""
    pattern = f"#,##0{tail}{NBSP}¤" if language(lang) == "fr" else f"¤#,##0{tail}"
    figure = rounded(value, decimals)
    return format_currency(figure, currency, format=pattern, locale=locale, currency_digits=False)


def signed_money(value: Number, currency: str, lang: str, table: bool = False) -> str:
    """As :func:`money`, with `+` before a gain."""
    return _signed(money(value, currency, lang, table=table), Decimal(value))


def duration(seconds: Number, lang: str) -> str:
    """`4.2 s`, `1 min 23 s`, `2 h 05 min`: the two largest units that matter."""
    sign, total = ("-" if seconds < 0 else ""), abs(Decimal(seconds))
    if total < 10:
        return f"{sign}{number(total, lang, 1)}{NBSP}s"
    whole = int(rounded(total, 0))
    if whole < 60:
        return f"{sign}{whole}{NBSP}s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{sign}{minutes}{NBSP}min" + (f"{NBSP}{rest:02d}{NBSP}s" if rest else "")
    hours, minutes = divmod(int(rounded(total / 60, 0)), 60)
    text = f"{sign}{number(hours, lang)}{NBSP}h"
    return text + (f"{NBSP}{minutes:02d}{NBSP}min" if minutes and hours < 1000 else "")


# --- Values of metrics ----------------------------------------------------------------------


def metric_value(value: Decimal | None, unit: str, currency: str, lang: str) -> str:
    """A metric's value in its unit; `–` where there is none. Zero is `0`.

    Units that are counted (count, people, pages, answers, points) are bare numbers: their name
    stands beside them on every page.
    """
    if value is None:
        return MISSING
    if unit == "percent":
        return percent(value, lang)
    if unit in _MONEY_UNITS:
        text = money(value, currency, lang, table=True)
        return text if unit == "money" else text + _PER_MONTH[language(lang)]
    if unit == "seconds":
        return duration(value, lang)
    if unit == "milliseconds":
        return f"{number(value, lang, 0)}{NBSP}ms"
    if unit in {"hours", "days", "months", "years"}:
        return _span(rounded(value, 1), unit, lang)
    return number(value, lang, _number_decimals(value))


def _span(figure: Decimal, unit: str, lang: str) -> str:
    """`1 hour`, `3.3 years`; a whole number without its zero, which would make it a plural."""
    counted = int(figure) if figure == int(figure) else figure
    name, pattern = f"duration-{unit[:-1]}", _pattern(1)
    text = format_unit(counted, name, "long", format=pattern, locale=_locale(lang))
    return text.replace(" ", NBSP)


def _number_decimals(value: Decimal) -> int:
    """More decimals for small numbers: 2.35 pages, 12.3 visits, 1,234 leads."""
    size = abs(value)
    return 2 if size < 10 else 1 if size < 100 else 0


@dataclass(frozen=True)
class Change:
    """A movement between two values, ready to show.

    `signed` is for running text and mails (`-8%`, `+0.4 pp`, "new"); `arrow` and `size` are for
    pages (▼ and `8%`). `verdict` says whether the movement is good for this metric.
    """

    signed: str
    size: str
    arrow: Literal["▲", "▼", ""]
    verdict: Verdict


def change(
    now: Decimal | None, before: Decimal | None, unit: str, direction: str, lang: str
) -> Change:
    """The change of a metric: relative for amounts, in points for rates and scores.

    From nothing or from zero it is "new"; towards nothing there is no change to show.
    `direction` is the catalogue's: `up`, `down` or `context`.
    """
    if now is None or (before is None and not now):
        return Change(MISSING, MISSING, "", "")
    difference = now - (before or 0)
    arrow: Literal["▲", "▼", ""] = "▲" if difference > 0 else "▼" if difference < 0 else ""
    verdict = _verdict(difference, direction)
    in_points = unit in {"percent", "points"}
    if before is None or (before == 0 and difference and not in_points):
        with translation.override(language(lang)):
            new = _("new")
        return Change(new, new, arrow, verdict)
    signed = _signed_change(difference, before, unit, lang)
    if not any(digit in "123456789" for digit in signed):  # too small to show: no movement
        return Change(signed.lstrip("+-"), signed.lstrip("+-"), "", "")
    return Change(signed, signed.lstrip("+-"), arrow, verdict)


def _signed_change(difference: Decimal, before: Decimal, unit: str, lang: str) -> str:
    if unit == "percent":
        return points(difference, lang)
    if unit == "points":
        figure = rounded(difference, 1)
        text = _signed(number(figure, lang, 1), figure)
        return _with_suffix(text, figure, _SCORE_SUFFIX[language(lang)])
    return signed_percent(difference / abs(before) if before else Decimal(0), lang)


def _verdict(difference: Decimal, direction: str) -> Verdict:
    if not difference or direction not in {"up", "down"}:
        return ""
    return "good" if (difference > 0) == (direction == "up") else "bad"


# --- Dates ----------------------------------------------------------------------------------


def _first_as_ordinal(text: str, day: date, lang: str) -> str:
    """French writes `1er mars`; CLDR writes `1 mars`."""
    if day.day == 1 and language(lang) == "fr":
        return text.replace("1 ", "1er ", 1)
    return text


def _date(day: date, pattern: str, lang: str) -> str:
    return _first_as_ordinal(format_date(day, pattern, locale=_locale(lang)), day, lang)


def date_long(day: date, lang: str) -> str:
    """`8 March 2026` · `8 mars 2026`, `1er mars 2026`."""
    return _date(day, "d MMMM y", lang)


def date_short(day: date, lang: str, year: bool = False) -> str:
    """`8 Mar` · `8 mars`, `1er janv.`; with the year when asked."""
    return _date(day, "d MMM y" if year else "d MMM", lang)


def date_weekday(day: date, lang: str, year: bool = False) -> str:
    """`Sunday 8 March` · `dimanche 8 mars`; with the year when asked."""
    weekday = format_date(day, "EEEE", locale=_locale(lang))
    return f"{weekday} {_date(day, 'd MMMM y' if year else 'd MMMM', lang)}"


def weekday_short(day: date, lang: str) -> str:
    """`Sun` · `dim.`, the head of a column of days."""
    return format_date(day, "EEE", locale=_locale(lang))


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
        return format_date(start, "MMMM y", locale=_locale(lang))
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
        return format_date(start, "MMM y", locale=_locale(lang))
    if grain == "day":
        return date_short(start, lang)
    return period_label(start, grain, lang, fiscal_start=fiscal_start)


def time_label(moment: datetime, tz: str, lang: str) -> str:
    """A moment's time in a zone, named: `06:10 (Paris time)` · `06:10 (heure de Paris)`."""
    local = moment.astimezone(ZoneInfo(tz))
    clock = format_time(local, "HH:mm", locale=_locale(lang))
    if tz in {"UTC", "Etc/UTC"}:
        return f"{clock} (UTC)"
    city = get_timezone_location(tz, locale=_locale(lang), return_city=True)
    if language(lang) == "en":
        return f"{clock} ({city} time)"
    of = "d’" if city[0].upper() in "AEÉÈIOUYÎ" else "de "
    return f"{clock} (heure {of}{city})"


def datetime_label(moment: datetime, tz: str, lang: str) -> str:
    """`9 March 2026, 06:10 (Paris time)`."""
    day = moment.astimezone(ZoneInfo(tz)).date()
    return f"{date_long(day, lang)}, {time_label(moment, tz, lang)}"


def plain_text(text: str) -> str:
    """The text with ordinary spaces, for mail subjects and text parts."""
    return text.replace(NBSP, " ").replace(NNBSP, " ")
