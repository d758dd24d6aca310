"""accounts.fmt as filters and tags, in the language of the page."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import fmt, fmt_dates
from accounts.templatetags.kept import Alone, rendered_once

register = template.Library()


def _lang() -> str:
    return get_language() or "en"


def _missing() -> SafeString:
    """A dash that screen readers call "no value"."""
    return format_html(
        '<span class="muted" aria-hidden="true">{}</span><span class="sr">{}</span>',
        fmt.MISSING,
        _("no value"),
    )


@register.filter
def number(value: fmt.Number | None, max_decimals: int = 2) -> str:
    """`1,234.5` · `1 234,5`."""
    return _missing() if value is None else fmt.number(value, _lang(), max_decimals)


@register.filter
def signed_number(value: fmt.Number | None, max_decimals: int = 2) -> str:
    """`+1,234.5` · `+1 234,5`."""
    return _missing() if value is None else fmt.signed_number(value, _lang(), max_decimals)


@register.filter
def percent(fraction: fmt.Number | None, max_decimals: int | None = None) -> str:
    """0.045 as `4.5%` · `4,5 %`."""
    return _missing() if fraction is None else fmt.percent(fraction, _lang(), max_decimals)


@register.filter
def signed_percent(fraction: fmt.Number | None) -> str:
    """A relative change, `+12.3%`."""
    return _missing() if fraction is None else fmt.signed_percent(fraction, _lang())


@register.filter
def points(difference: fmt.Number | None) -> str:
    """A difference of rates, `+0.4 pp` · `+0,4 pt`."""
    return _missing() if difference is None else fmt.points(difference, _lang())


@register.filter
def compact(value: fmt.Number | None) -> str:
    """`1.2M` · `1,2 M`."""
    return _missing() if value is None else fmt.compact(value, _lang())


@register.filter
def money(amount: fmt.Number | None, currency: str) -> str:
    """`€1,234.50` · `1 234,50 €`."""
    return _missing() if amount is None else fmt.money(amount, currency, _lang())


@register.filter
def money_table(amount: fmt.Number | None, currency: str) -> str:
    """As money, without decimals from 1,000 up."""
    return _missing() if amount is None else fmt.money(amount, currency, _lang(), table=True)


@register.filter
def money_compact(amount: fmt.Number | None, currency: str) -> str:
    """`€1.2M` · `1,2 M €`."""
    return _missing() if amount is None else fmt.money(amount, currency, _lang(), compact=True)


@register.filter
def duration(seconds: fmt.Number | None) -> str:
    """`1 min 23 s`."""
    return _missing() if seconds is None else fmt.duration(seconds, _lang())


@register.filter
def date_long(day: date | None) -> str:
    """`8 March 2026` · `8 mars 2026`."""
    return _missing() if day is None else fmt_dates.date_long(day, _lang())


@register.filter
def date_short(day: date | None) -> str:
    """`8 Mar` · `8 mars`."""
    return _missing() if day is None else fmt_dates.date_short(day, _lang())


@register.filter
def date_weekday(day: date | None) -> str:
    """`Sunday 8 March` · `dimanche 8 mars`."""
    return _missing() if day is None else fmt_dates.date_weekday(day, _lang())


@register.filter
def week_label(day: date) -> str:
    """`week 10 (2–8 March 2026)`."""
    return fmt_dates.week_label(day, _lang())


@register.simple_tag
def metric_value(value: Decimal | None, unit: str, currency: str = "") -> str:
    """A metric's value in its unit."""
    return _missing() if value is None else fmt.metric_value(value, unit, currency, _lang())


@register.simple_tag
@rendered_once("parts/_change.html")
def change(
    now: Decimal | None,
    before: Decimal | None,
    unit: str,
    direction: str,
    small_base: int | None = None,
) -> dict[str, Any]:
    """`▼ 8% (good)`: the arrow shows the direction, colour and word the impact.

    A change that rests on few events, their number given as `small_base`, has neither.
    """
    moved = fmt.change(now, before, unit, direction, _lang())
    note = ""
    if small_base is not None and moved.arrow:
        note = _("small base (%(n)s)") % {"n": small_base}
        moved = fmt.Change(moved.signed, moved.signed, "", "")
    return {
        "change": moved,
        "note": note,
        "missing": _missing() if moved.size == fmt.MISSING else "",
        "verdict": {"good": _("(good)"), "bad": _("(bad)"), "": ""}[moved.verdict],
    }


@register.simple_tag
def date_range(start: date, end: date, short: bool = False) -> str:
    """`3–8 March 2026`; `short=True` shortens the months."""
    return fmt_dates.date_range(start, end, _lang(), short)


@register.simple_tag(takes_context=True)
def period_label(context: Context, start: date, grain: str) -> str:
    """`week 10 (…)`, `March 2026`, `Q1 2026`, in the calendar of the page's workspace.

    Inside `{% kept %}` that is its value `calendar`.
    """
    if isinstance(context, Alone):
        calendar = context["calendar"]
    else:
        calendar = context.get("workspace")
    if calendar is None:
        return fmt_dates.period_label(start, grain, _lang())
    return fmt_dates.period_label(
        start,
        grain,
        _lang(),
        week_start=calendar.week_start,
        fiscal_start=calendar.fiscal_year_start,
    )


@register.simple_tag
def moment(at: datetime | None, zone: str) -> str:
    """`9 March 2026, 06:10 (Paris time)`."""
    return _missing() if at is None else fmt_dates.datetime_label(at, zone, _lang())


@register.simple_tag
def clock(at: datetime | None, zone: str) -> str:
    """`06:10 (Paris time)`."""
    return _missing() if at is None else fmt_dates.time_label(at, zone, _lang())
