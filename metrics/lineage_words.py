"""A value's roll-up rule and its gaps, in sentences."""

from collections.abc import Iterable

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts import fmt, fmt_dates
from metrics.catalogue.definition import Rollup
from metrics.lineage import FeedUse, Lineage
from metrics.lineage_inputs import leaves
from metrics.lineage_sql import Gap
from metrics.rules import CARRY


def rule_text(found: Lineage) -> str:
    """How the facts became the number."""
    language = get_language() or "en"
    if found.rollup == Rollup.FORMULA:
        return _("Calculated from the values of the same days, never from daily results.")
    if not found.fact_count:
        return _without_facts(found)
    if found.rollup == Rollup.SUM:
        return _summed(found, language)
    if found.rollup == Rollup.LAST:
        return _stood(found, language)
    if found.rollup == Rollup.UNIQUE:
        return _counted(found)
    return _weighed(found, language)


def _without_facts(found: Lineage) -> str:
    if found.value == 0:
        return _("The feeds covered these days and had nothing: zero is what they say.")
    if found.reason == "not_additive":
        return _(
            "People are counted once over a span: without a figure for exactly these days there "
            "is none, because those of shorter spans cannot be added up."
        )
    if found.reason == "stale":
        return _(
            "The last value is more than %(days)s days old: it is not carried any further."
        ) % {"days": CARRY.days}
    if found.value is not None:
        return _("No single figure: this is what the total holds beyond its segments.")
    return _("No figures are known of these days.")


def _summed(found: Lineage, language: str) -> str:
    values = ngettext("%(n)s value", "%(n)s values", found.fact_count) % {
        "n": fmt.number(found.fact_count, language)
    }
    days = ngettext("%(n)s day", "%(n)s days", found.day_count) % {
        "n": fmt.number(found.day_count, language)
    }
    return _("The sum of %(values)s over %(days)s.") % {"values": values, "days": days}


def _stood(found: Lineage, language: str) -> str:
    assert found.newest is not None
    words = {"day": fmt_dates.date_long(found.newest, language), "limit": CARRY.days}
    if found.is_carried:
        return (
            _("The last value known, of %(day)s, carried forward for at most %(limit)s days.")
            % words
        )
    return _("The value of the last day, %(day)s.") % words


def _counted(found: Lineage) -> str:
    if found.fact_count == 1:
        return _("Counted over exactly these days; people cannot be added up.")
    return _("Two feeds counted people over these days, and people cannot be added up.")


def _weighed(found: Lineage, language: str) -> str:
    if not found.weight_sum or found.weight is None:
        return _("Values without a weight count as long as they are all the same.")
    return _("The mean weighted by %(weight)s: %(above)s ÷ %(below)s.") % {
        "weight": found.weight.name,
        "above": fmt.number(found.weighted_sum, language),
        "below": fmt.number(found.weight_sum, language),
    }


def feed_text(one: FeedUse) -> str:
    """Whether the facts of a feed and breakdown counted, and why not."""
    if one.role == "counted":
        return _("counted")
    if one.role == "other_feed":
        return _("left aside: another feed counts for this metric")
    return _("another view of the same quantity: not added")


def breakdown_text(one: FeedUse) -> str:
    """What the facts are broken down by."""
    if not one.dimensions:
        return _("total")
    return _("by %(dimensions)s") % {
        "dimensions": " × ".join(str(dimension.label) for dimension in one.dimensions)
    }


def use_texts(found: Lineage) -> list[tuple[FeedUse, str, str]]:
    """Each feed and breakdown with its words."""
    return [(one, breakdown_text(one), feed_text(one)) for one in found.feeds]


def gap_texts(found: Lineage) -> list[str]:
    """What is unknown: parts of a formula, then days, no feed's first."""
    return [*_part_texts(found), *_day_texts(found)]


def _part_texts(found: Lineage) -> list[str]:
    """The parts of a formula that have no value, and those of which a part is known."""
    if not found.is_incomplete and found.value is not None:
        return []
    parts = list(leaves(found.inputs))
    texts = []
    absent = dict.fromkeys(one.label for one in parts if one.value is None)
    if absent:
        texts.append(_("No figures are known of: %(names)s.") % {"names": ", ".join(absent)})
    known = [one for one in parts if one.value is not None and one.is_incomplete]
    if known:
        names = ", ".join(dict.fromkeys(one.label for one in known))
        texts.append(_("Not all days or parts are known of: %(names)s.") % {"names": names})
    return texts


def _day_texts(found: Lineage) -> list[str]:
    names = {one.feed.pk: one.feed.name for one in found.feeds}
    language = get_language() or "en"
    texts = []
    for feed_id in dict.fromkeys(one.feed_id for one in found.gaps):
        days = _days((one for one in found.gaps if one.feed_id == feed_id), language)
        if feed_id is None:
            texts.append(_("No feed knows these days: %(days)s.") % {"days": days})
        elif feed_id in names:
            words = {"feed": names[feed_id], "days": days}
            texts.append(_("%(feed)s does not know these days: %(days)s.") % words)
    return texts


def _days(gaps: Iterable[Gap], language: str) -> str:
    return ", ".join(fmt_dates.date_range(one.start, one.end, language, short=True) for one in gaps)
