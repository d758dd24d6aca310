"""A change in one sentence, from the result that the page and its table show."""

from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import fmt
from metrics.movement import Part
from metrics.why import Movement
from metrics.why_shown import shown_amount

K = TypeVar("K", bound=Hashable)
NAMED = 3
"""So many parts are named; the others are put together."""


def headline(found: Movement, name: str, currency: str) -> str:
    """`Leads fell by 27 (-12%): LinkedIn -31, Google +6, others -2.`"""
    if found.change is None or found.shown_change is None:
        return _("There is no change of %(metric)s to explain here.") % {"metric": name}
    language = get_language() or "en"
    words = {"metric": name, "size": size_of(found, currency, language)}
    relative = _relative(found, language)
    if relative:
        words["size"] = f"{words['size']} ({relative})"
    parts = _parts(found, currency, language)
    if not found.shown_change:
        text = _("%(metric)s did not change") % words
    elif found.shown_change > 0:
        text = _("%(metric)s rose by %(size)s") % words
    else:
        text = _("%(metric)s fell by %(size)s") % words
    if not parts:
        return _("%(sentence)s.") % {"sentence": text}
    return _("%(sentence)s: %(parts)s.") % {"sentence": text, "parts": parts}


def size_of(found: Movement, currency: str, language: str) -> str:
    """How much it changed, without a sign."""
    assert found.shown_change is not None
    text = shown_amount(abs(found.shown_change), found.unit, currency, found.places, language)
    return text.lstrip("+")


def folded(parts: Sequence[Part[K]], most: int, others: K) -> list[Part[K]]:
    """The first `most` parts, and all further ones put together under the key `others`."""
    if len(parts) <= most + 1:
        return list(parts)
    rest = parts[most:]
    return [
        *parts[:most],
        Part(
            others,
            _("%(count)s others") % {"count": len(rest)},
            None,
            None,
            sum((one.amount for one in rest), Decimal(0)),
            sum((one.shown for one in rest), Decimal(0)),
            mix=_sum_of(one.mix for one in rest),
            rate=_sum_of(one.rate for one in rest),
            is_split=rest[0].is_split,
        ),
    ]


def _sum_of(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [one for one in amounts if one is not None]
    return sum(known, Decimal(0)) if known else None


def _parts(found: Movement, currency: str, language: str) -> str:
    """The largest contributions, and all others in one: together they are the change."""
    if found.method == "beside":
        return ""
    told = [(one.label, one.shown) for one in found.segments or found.operands if one.shown]
    if len(told) > NAMED + 1:
        rest = sum((amount for _label, amount in told[NAMED:]), Decimal(0))
        told = [*told[:NAMED], (_("others"), rest)]
    return ", ".join(
        f"{label} {shown_amount(amount, found.unit, currency, found.places, language)}"
        for label, amount in told
    )


def _relative(found: Movement, language: str) -> str:
    """The change of an amount as a percentage; rates change in points, which is said already."""
    if found.unit in ("percent", "points") or not found.then or found.change is None:
        return ""
    return fmt.signed_percent(found.change / abs(found.then), language)
