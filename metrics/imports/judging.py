"""What looks wrong in a file that can be read: sentences for the person who decides."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts import fmt, fmt_dates
from metrics.catalogue import CATALOGUE
from metrics.comparing import Comparison, Excess, Unusual
from metrics.imports.fact_columns import FactColumns
from metrics.imports.parsed import Warning
from metrics.models import Dimension
from metrics.overlaps import Likeness, Overlap
from metrics.resolution import may_be_whole
from metrics.rules import PARTS

PART_OF = (
    ("ad_clicks", "ad_impressions"),
    ("search_clicks", "search_impressions"),
    ("emails_delivered", "emails_sent"),
    ("emails_opened", "emails_delivered"),
    ("emails_clicked", "emails_delivered"),
    ("bounces", "sessions"),
    ("exits", "pageviews"),
)
"""A metric that is counted among another's: never more of the first on one row of a file."""
FUNNEL = (("mqls", "leads"), ("sqls", "mqls"), ("new_customers", "sqls"))
"""Stages follow each other with a delay: only a whole file is compared, and only for leads."""


class Pair(NamedTuple):
    """Two metrics on the rows where the first is larger than the second."""

    smaller: str
    larger: str
    rows: int
    first_row: int


def suspicions(facts: FactColumns, sums: Mapping[str, Decimal]) -> Iterator[Warning]:
    """Values that contradict each other within the file. `sums` has what its metrics come to."""
    for pair in _contradictions(facts):
        yield Warning("contradiction", _contradiction_text(pair))
    for smaller, larger in FUNNEL:
        part, whole = sums.get(smaller), sums.get(larger)
        if part is not None and whole is not None and part > whole:
            message = _(
                "The file holds more “%(smaller)s” (%(part)s) than “%(larger)s” (%(whole)s)."
                " Check that the columns are the right ones."
            )
            yield Warning("contradiction", message % {
                "smaller": metric_name(smaller), "part": _number(part),
                "larger": metric_name(larger), "whole": _number(whole),
            })  # fmt: skip


def findings(comparison: Comparison, keys: Mapping[int, str]) -> Iterator[Warning]:
    """What looks wrong beside the facts that are stored. `keys` maps metrics' ids to keys."""
    for excess in comparison.excesses:
        yield Warning("breakdown_exceeds", _excess_text(excess, keys[excess.metric_id]))
    for key, unusual in {keys[one.metric_id]: one for one in comparison.unusual}.items():
        yield Warning("unusual", _unusual_text(key, unusual))


def shared(overlaps: Iterable[Overlap], keys: Mapping[int, str]) -> Iterator[Warning]:
    """What another feed seems to measure too, so that it would count twice."""
    texts = {
        Likeness.SAME: _(
            "“%(metric)s” has the same values in the feed “%(feed)s” (%(number)s of them, first on"
            " %(day)s). Figures of different feeds are added: if both are the same thing, say on"
            " the metric's page which feed counts, or choose that feed for this file."
        ),
        Likeness.LEDGER: _(
            "“%(metric)s” is typed as a cost for the same campaigns or channels (feed “%(feed)s”,"
            " %(number)s days from %(day)s), and both are added. Delete the typed costs where this"
            " file brings them."
        ),
        Likeness.NEAR: _(
            "“%(metric)s” of these days comes from “%(feed)s” too (%(number)s days from %(day)s)."
            " Figures of different feeds are added: if both measure the same thing, say on the"
            " metric's page which feed counts."
        ),
    }
    for one in overlaps:
        yield Warning("measured_twice", texts[one.likeness] % {
            "metric": metric_name(keys[one.metric_id]),
            "feed": one.feed,
            "number": one.number,
            "day": _day(one.first),
        })  # fmt: skip


def platform_unknown(changed: int, feed: str) -> Warning:
    """Figures of a platform that nobody named are replaced: they may be another platform's."""
    message = ngettext(
        "%(number)s value of the feed “%(feed)s” is replaced. If this file is from another"
        " advertising platform than the one before, choose a feed of its own for it: then both"
        " are added.",
        "%(number)s values of the feed “%(feed)s” are replaced. If this file is from another"
        " advertising platform than the one before, choose a feed of its own for it: then both"
        " are added.",
        changed,
    )
    return Warning("platform_unknown", message % {"number": changed, "feed": feed})


def counted_before(known: int, elsewhere: int) -> Iterator[Warning]:
    """People and deals of a list that are counted already, here or by another feed."""
    if known:
        message = ngettext(
            "%(number)s count of this list is there from an earlier one: it is not added again.",
            "%(number)s counts of this list are there from earlier ones: they are not added again.",
            known,
        )
        yield Warning("counted_before", message % {"number": known})
    if elsewhere:
        message = ngettext(
            "%(number)s person of this list is counted by another feed, and is left to it.",
            "%(number)s people of this list are counted by another feed, and are left to it.",
            elsewhere,
        )
        yield Warning("counted_elsewhere", message % {"number": elsewhere})


def lone_part(*, stands: bool) -> Warning:
    """A list that is only a part of the whole, on days whose total is not there.

    `stands` says whether the part is taken for it meanwhile.
    """
    if stands:
        message = _(
            "These rows are only a part of the whole, and the total of their days is not there"
            " yet. Import the same report by day as well: until then this part stands for it."
        )
    else:
        message = _(
            "These rows are only a part of the whole, and the total of their days is not there"
            " yet. Import the same report by day as well: until then these days have no total."
        )
    return Warning("part_only", message)


def stands_for_totals(facts: FactColumns) -> bool:
    """Whether some facts of a list would be read as the total of their day."""
    return any(
        may_be_whole(mask_of(facts, place), PARTS.get(facts.metrics.listed[metric], 0))
        for metric, place in dict.fromkeys(zip(facts.metric, facts.place, strict=True))
    )


def mask_of(facts: FactColumns, place: int) -> int:
    """Which dimensions the facts of a place are broken down by, a bit for each."""
    return sum(1 << bit for bit, name in enumerate(facts.places.listed[place]) if name is not None)


def unweighted(keys: Iterable[str]) -> Iterator[Warning]:
    """Means that cannot be weighted, because the file does not hold their weight."""
    for key in sorted(keys):
        weight = CATALOGUE[key].weight or ""
        message = _(
            "“%(metric)s” is averaged by “%(weight)s”, which the file does not give for the same"
            " rows: periods are right only where another import brings it."
        )
        yield Warning(
            "weight_missing",
            message % {"metric": metric_name(key), "weight": metric_name(weight)},
        )


def clashing(keys: Iterable[str]) -> Iterator[Warning]:
    """Values of one place and span that cannot be added."""
    for key in sorted(keys):
        message = _(
            "Several values of “%(metric)s” are for the same day and place and cannot be added:"
            " the first one is kept."
        )
        yield Warning("not_added", message % {"metric": metric_name(key)})


def metric_name(key: str) -> str:
    """The metric's name in the active language."""
    definition = CATALOGUE.get(key)
    return definition.name(get_language() or "en") if definition else key


def _contradictions(facts: FactColumns) -> list[Pair]:
    codes = {key: code for code, key in enumerate(facts.metrics.listed)}
    wanted = {codes[key] for pair in PART_OF for key in pair if key in codes}
    positions = {code: array("I") for code in wanted}
    for position, metric in enumerate(facts.metric):
        if metric in wanted:
            positions[metric].append(position)
    found = []
    for smaller, larger in PART_OF:
        if smaller in codes and larger in codes:
            parts = _by_place(facts, positions[codes[smaller]])
            wholes = _by_place(facts, positions[codes[larger]])
            rows = [
                facts.row[part]
                for place, part in parts.items()
                if place in wholes and facts.value[part] > facts.value[wholes[place]]
            ]
            if rows:
                found.append(Pair(smaller, larger, len(rows), min(rows)))
    return found


def _by_place(facts: FactColumns, positions: Iterable[int]) -> dict[tuple[int, int], int]:
    """The position of one metric's fact for each span and place."""
    return {(facts.span[one], facts.place[one]): one for one in positions}


def _contradiction_text(pair: Pair) -> str:
    text = ngettext(
        "On row %(row)s, “%(smaller)s” is more than “%(larger)s”. Check that the columns are the"
        " right ones.",
        "On %(rows)s rows, “%(smaller)s” is more than “%(larger)s”, first on row %(row)s. Check"
        " that the columns are the right ones.",
        pair.rows,
    )
    return text % {
        "rows": pair.rows,
        "row": pair.first_row,
        "smaller": metric_name(pair.smaller),
        "larger": metric_name(pair.larger),
    }


def _excess_text(excess: Excess, key: str) -> str:
    values = {
        "metric": metric_name(key),
        "day": _day(excess.day),
        "finer": _breakdown(excess.finer),
        "finer_sum": _number(excess.finer_sum),
        "coarser": _breakdown(excess.coarser),
        "coarser_sum": _number(excess.coarser_sum),
    }
    if any(excess.coarser):
        text = _(
            "On %(day)s, “%(metric)s” by %(finer)s adds up to %(finer_sum)s, more than the"
            " %(coarser_sum)s by %(coarser)s. Both are kept; check which one is right."
        )
    else:
        text = _(
            "On %(day)s, “%(metric)s” by %(finer)s adds up to %(finer_sum)s, more than its total"
            " of %(coarser_sum)s. Both are kept; check which one is right."
        )
    return text % values


def _breakdown(breakdown: tuple[bool, ...]) -> str:
    """ "channel, campaign": the dimensions of a breakdown in words."""
    dimensions = [one for one in Dimension if one != Dimension.EVERYTHING]
    return ", ".join(
        str(dimension.label)
        for dimension, broken in zip(dimensions, breakdown, strict=True)
        if broken
    )


def _unusual_text(key: str, unusual: Unusual) -> str:
    text = _(
        "“%(metric)s” comes to %(mean)s a day in this file, and to %(usual)s a day before it."
        " Check the decimal mark and the columns."
    )
    return text % {
        "metric": metric_name(key),
        "mean": _number(unusual.mean_day),
        "usual": _number(unusual.usual_day),
    }


def _number(value: Decimal) -> str:
    return fmt.number(value, get_language() or "en")


def _day(day: date) -> str:
    return fmt_dates.date_long(day, get_language() or "en")
