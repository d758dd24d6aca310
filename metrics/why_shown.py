"""Contributions as they are shown: one number of decimals for a whole column, always signed."""

from decimal import Decimal

from babel.numbers import get_currency_precision

from accounts import fmt

MONEY = frozenset({"money", "money_per_month"})
LASTING = frozenset({"hours", "days", "months", "years"})
WITHOUT_CENTS = 1000
"""From so much money on, cents are noise."""


def places_for(unit: str, currency: str, then: Decimal | None, now: Decimal | None) -> int:
    """How many decimals the contributions to this change are shown with, in the metric's unit.

    Rates are fractions: three decimals are a tenth of a point. A change that would show as zero
    gets up to two decimals more.
    """
    known = [value for value in (then, now) if value is not None]
    if not known:
        return 0
    size, change = max(map(abs, known)), abs((now or Decimal(0)) - (then or Decimal(0)))
    places = _places(unit, currency, size, whole=all(one == one.to_integral() for one in known))
    for _more in range(2):
        if not change or fmt.rounded(change, places):
            break
        places += 1
    return places


def _places(unit: str, currency: str, size: Decimal, *, whole: bool) -> int:
    if unit == "percent":
        return 3
    if unit in MONEY:
        return 0 if size >= WITHOUT_CENTS else get_currency_precision(currency)
    if unit in LASTING or unit == "points":
        return 1
    if whole or unit == "milliseconds" or size >= 100:
        return 0
    return 2 if size < 10 else 1


def shown_amount(amount: Decimal, unit: str, currency: str, places: int, lang: str) -> str:
    """A contribution in its unit, signed: `+12`, `-€3.40`, `+0.4 pp`, `-12 s`."""
    sign = "+" if amount > 0 else ""
    if unit == "percent":
        return fmt.points(amount, lang, max(places - 2, 0))
    if unit in MONEY:
        return sign + fmt.money(amount, currency, lang, decimals=places)
    if unit in LASTING:
        return sign + fmt.metric_value(amount, unit, currency, lang)
    text = fmt.signed_number(amount, lang, places)
    suffix = {"seconds": "s", "milliseconds": "ms"}.get(unit)
    return f"{text}{fmt.NBSP}{suffix}" if suffix else text
