"""Numbers and money as people read them, in French and English; dates: `accounts.fmt_dates`.

Every page, mail, chart and export for people goes through here, on Babel's CLDR data: `fr` is
`fr_FR`, `en` is `en_GB`. Django's own localisation is not used, because its French thousands
separator (U+00A0) differs from the one that browsers write (U+202F).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final, Literal

from babel import Locale
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


def language(lang: str) -> str:
    """`fr` for any French tag (`fr-fr`, `fr_FR`), else `en`: the two languages that ship."""
    return "fr" if lang.lower().startswith("fr") else "en"


@cache
def locale_of(lang: str) -> Locale:
    """The language's data."""
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
    return format_decimal(figure, format=_pattern(max_decimals), locale=locale_of(lang))


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
        locale=locale_of(lang),
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
    return format_compact_decimal(figure, fraction_digits=1, locale=locale_of(lang))


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
    locale, large = locale_of(lang), abs(Decimal(value)) >= 1000
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
    text = format_unit(counted, name, "long", format=pattern, locale=locale_of(lang))
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


def plain_text(text: str) -> str:
    """The text with ordinary spaces, for mail subjects and text parts."""
    return text.replace(NBSP, " ").replace(NNBSP, " ")
