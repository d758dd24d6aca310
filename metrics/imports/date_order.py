"""Whether "03/04/2026" is in March or in April: decided for a whole column, with its evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from metrics.imports.date_spans import ONE_DAY
from metrics.imports.dates import CLOCK, DMY, MDY, NUMERIC, YMD, parse_day, plain_date


@dataclass(frozen=True, slots=True)
class OrderEvidence:
    """What a column says about day/month order: `order` None where it is open, and why."""

    order: str | None
    reason: str
    samples: tuple[str, ...] = ()


def order_of(
    cells: Sequence[str], *, hint: str | None = None, today: date | None = None
) -> OrderEvidence:
    """The day/month order of a column: from its cells, their regularity, `hint`, then `today`.

    `hint` is what the file's language and delimiter suggest; `today` rules out an order that
    would put figures in the future.
    """
    numeric = [
        found for cell in cells if (found := NUMERIC.fullmatch(CLOCK.sub("", plain_date(cell))))
    ]
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
