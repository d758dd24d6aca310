"""The sales cycle: a period's outcome against the earlier days that it comes from.

A workspace says how many days the median takes from one stage to the next. The *cycle-adjusted*
value of a rate or a cost then divides what came out of a period by what went in over the same
span, that many days earlier: the SQLs of March over the MQLs of 8 February to 10 March. It stands
beside the same-period value, never in its place, and always says its delay.

A cost is taken to be spent when people visit: CPL looks back from lead to visit, CAC from customer
to visit. Where nobody said how long a visit takes to become a lead, it is taken to be the same
day, so that the cost is that of the lead's days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import fmt_dates
from accounts.models import Workspace
from metrics import series
from metrics.calculation import CONTEXT, NO_DATA, ZERO_DENOMINATOR
from metrics.catalogue import CATALOGUE
from metrics.feeds import Deliveries
from metrics.periods import ONE_DAY, Period

STAGES = ("sessions", "leads", "mqls", "sqls", "new_customers")
"""From visit to customer: the metric that counts each stage."""
WHOLE = (STAGES[0], STAGES[-1])
COSTS = frozenset({"marketing_cost", "cost_media"})


@dataclass(frozen=True, slots=True)
class SalesCycle:
    """The median days from each stage to the next; None where nobody said."""

    to_lead: int | None = None
    to_mql: int | None = None
    to_sql: int | None = None
    to_customer: int | None = None

    def _between(self, earlier: str, later: str) -> list[int | None]:
        steps = [self.to_lead, self.to_mql, self.to_sql, self.to_customer]
        return steps[STAGES.index(earlier) : STAGES.index(later)]

    def days(self, earlier: str, later: str) -> int | None:
        """The days from one stage to a later one; None where a stage between is not known."""
        between = self._between(earlier, later)
        return self.known(earlier, later) if between and None not in between else None

    def known(self, earlier: str, later: str) -> int:
        """The days from one stage to a later one, as far as they are known."""
        return sum(days for days in self._between(earlier, later) if days is not None)

    @property
    def is_known(self) -> bool:
        """Whether anybody said anything."""
        return any(days is not None for days in self._between(*WHOLE))


@dataclass(frozen=True, slots=True)
class Adjusted:
    """How a metric is adjusted: `above` over `below`, one of which is of earlier days.

    `earlier` and `later` are the stages that the delay lies between. Of a rate the denominator is
    the earlier one, of a cost per piece the cost is.
    """

    above: str
    below: str
    earlier: str
    later: str

    @property
    def is_cost(self) -> bool:
        """Whether money is divided by what it brought later."""
        return self.above in COSTS

    @property
    def shifted(self) -> str:
        """The metric whose earlier days are read."""
        return self.above if self.is_cost else self.below


def _rate(above: str, below: str) -> Adjusted:
    return Adjusted(above, below, earlier=below, later=above)


def _cost(cost: str, stage: str) -> Adjusted:
    return Adjusted(cost, stage, earlier="sessions", later=stage)


ADJUSTED: Mapping[str, Adjusted] = MappingProxyType(
    {
        "visit_to_lead_rate": _rate("leads", "sessions"),
        "lead_to_mql_rate": _rate("mqls", "leads"),
        "mql_to_sql_rate": _rate("sqls", "mqls"),
        "sql_to_customer_rate": _rate("new_customers", "sqls"),
        "lead_to_customer_rate": _rate("new_customers", "leads"),
        "cpl": _cost("marketing_cost", "leads"),
        "cpl_media": _cost("cost_media", "leads"),
        "cost_per_mql": _cost("marketing_cost", "mqls"),
        "cac": _cost("marketing_cost", "new_customers"),
    }
)
"""The metrics that have a cycle-adjusted value, by key."""


@dataclass(frozen=True, slots=True)
class AdjustedValue:
    """A cycle-adjusted value of `start` to `end`, and the earlier days that it looks back to."""

    how: Adjusted
    days: int
    start: date
    end: date
    earlier_start: date
    earlier_end: date
    value: Decimal | None
    reason: str | None
    above: Decimal | None
    below: Decimal | None
    incomplete: bool


def cycle_of(workspace: Workspace) -> SalesCycle:
    """The workspace's delays."""
    return SalesCycle(
        to_lead=workspace.days_to_lead,
        to_mql=workspace.days_to_mql,
        to_sql=workspace.days_to_sql,
        to_customer=workspace.days_to_customer,
    )


def delay_of(workspace: Workspace, key: str) -> int | None:
    """By how many days a metric is adjusted; None where it is not, or no delay is known."""
    how = ADJUSTED.get(key)
    return None if how is None else days_between(cycle_of(workspace), how)


def days_between(cycle: SalesCycle, how: Adjusted) -> int | None:
    """The days between what is divided and what it is divided by; None where they are unknown."""
    if not how.is_cost or cycle.to_lead is not None or how.later == "leads":
        return cycle.days(how.earlier, how.later)
    return cycle.days("leads", how.later)


def between(earlier: str, later: str) -> Adjusted | None:
    """How the rate from one step of a funnel to another is adjusted; None for no stages."""
    if earlier not in STAGES or later not in STAGES[STAGES.index(earlier) + 1 :]:
        return None
    return _rate(later, earlier)


def adjusted_value(
    workspace: Workspace,
    key: str,
    segment: series.Segment,
    start: date,
    end: date,
    *,
    today: date,
) -> AdjustedValue | None:
    """The cycle-adjusted value over any span; None for a metric that has none here."""
    how = ADJUSTED.get(key)
    if how is None:
        return None
    return adjusted_by(workspace, how, segment, start, end, today=today)


def adjusted_by(
    workspace: Workspace,
    how: Adjusted,
    segment: series.Segment,
    start: date,
    end: date,
    *,
    today: date,
) -> AdjustedValue | None:
    """The same for any two stages; None where the days between them are not known."""
    days = days_between(cycle_of(workspace), how)
    if days is None:
        return None
    back = timedelta(days)

    def read(one: str) -> series.SpanValue:
        lag = back if one == how.shifted else timedelta(0)
        return series.span_value(workspace, one, segment, start - lag, end - lag, today=today)

    above, below = read(how.above), read(how.below)
    value, reason = divided(above.value, below.value)
    return AdjustedValue(
        how=how,
        days=days,
        start=start,
        end=end,
        earlier_start=start - back,
        earlier_end=end - back,
        value=value,
        reason=reason,
        above=above.value,
        below=below.value,
        incomplete=above.incomplete or below.incomplete,
    )


def adjusted_series(
    workspace: Workspace,
    key: str,
    segment: series.Segment,
    periods: Sequence[Period],
    *,
    today: date,
) -> list[Decimal | None]:
    """The cycle-adjusted values of consecutive periods, from two readings of days.

    A running period counts its days before `today`, and so do the earlier days that belong to it.
    What reaches back before the first figures has no value.
    """
    days, how = delay_of(workspace, key), ADJUSTED.get(key)
    last = min(periods[-1].end, today - ONE_DAY) if periods else today
    if days is None or how is None or not periods or last < periods[0].start:
        return [None] * len(periods)

    def sums(one: str) -> list[Decimal | None]:
        lag = timedelta(days if one == how.shifted else 0)
        known = series.daily(workspace, one, segment, periods[0].start - lag, last - lag)
        first = min(known, default=last)
        return [
            added(known, each.start - lag, min(each.end, last) - lag)
            if each.start - lag >= first
            else None
            for each in periods
        ]

    return [divided(*pair)[0] for pair in zip(sums(how.above), sums(how.below), strict=True)]


def added(daily: Mapping[date, Decimal], start: date, end: date) -> Decimal | None:
    """The sum of the days that are known; None where none is."""
    ordinals = range(start.toordinal(), end.toordinal() + 1)
    known = [daily[day] for day in map(date.fromordinal, ordinals) if day in daily]
    return sum(known, Decimal(0)) if known else None


def divided(above: Decimal | None, below: Decimal | None) -> tuple[Decimal | None, str | None]:
    """The quotient, or why there is none."""
    if above is None or below is None:
        return None, NO_DATA
    if not below:
        return None, ZERO_DENOMINATOR
    return CONTEXT.divide(above, below), None


def sentence(found: AdjustedValue, names: Mapping[str, str], language: str) -> str:
    """What was divided by what: "SQLs of 1–31 March 2026 over MQLs of 8 February–10 March 2026"."""
    how = found.how
    spans = {
        one: (found.earlier_start, found.earlier_end)
        if one == how.shifted
        else (found.start, found.end)
        for one in (how.above, how.below)
    }
    words = {
        "above": names.get(how.above, how.above),
        "above_span": fmt_dates.date_range(*spans[how.above], language),
        "below": names.get(how.below, how.below),
        "below_span": fmt_dates.date_range(*spans[how.below], language),
        "earlier": earlier_words(found.days),
    }
    return _("%(above)s of %(above_span)s over %(below)s of %(below_span)s: %(earlier)s.") % words


def earlier_words(days: int) -> str:
    """By how much earlier, in words."""
    if not days:
        return _("the same days")
    return ngettext("%(n)s day earlier", "%(n)s days earlier", days) % {"n": days}


# --- Is it time to conclude? ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Maturity:
    """Whether what went in over some days has had the time to come out.

    `matures_on` is the first day on which it has: `days` of the sales cycle after the last of
    them, and then the usual delay of the feeds.
    """

    is_mature: bool
    matures_on: date
    days: int


def is_mature(
    workspace: Workspace,
    key: str,
    start: date,
    end: date,
    *,
    today: date,
    deliveries: Deliveries | None = None,
) -> Maturity:
    """Whether a metric of those who came from `start` to `end` can be judged on `today`.

    A stage of the funnel is waited for from the lead on, a stage rate from its own earlier stage,
    what is measured after the fact through the whole cycle; all else is ready once its figures
    are. Stages of unknown length are not waited for. Who asks often gives the `deliveries` of the
    day, read once. Raises ValueError for a span that ends before it starts.
    """
    if end < start:
        raise ValueError("A span ends on or after its first day.")
    days = waited_for(workspace, key)
    carrying = (deliveries or Deliveries(workspace, today=today)).carrying(key)
    delay = max((one.feed.delay_days for one in carrying), default=1)
    matures_on = end + timedelta(days + max(delay, 1))
    return Maturity(today >= matures_on, matures_on, days)


def waited_for(workspace: Workspace, key: str) -> int:
    """How many days a metric of some leads, visits or money spent takes to show."""
    cycle, how = cycle_of(workspace), ADJUSTED.get(key)
    shipped = CATALOGUE.get(key)
    if how is not None:
        return cycle.known(how.earlier, how.later)
    if key in STAGES[2:]:
        return cycle.known("leads", key)
    return cycle.known(*WHOLE) if shipped is not None and shipped.after_the_fact else 0
