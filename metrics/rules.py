"""How one workspace's numbers are put together: its metrics, feeds, campaigns and calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db import connection

from accounts.models import Workspace
from metrics.catalogue import CATALOGUE
from metrics.catalogue.definition import Rollup
from metrics.derive import Formulas
from metrics.formula_nodes import Filter
from metrics.models import Campaign, CostCategory, Dimension, DimensionValue, Feed, Metric
from metrics.periods import Calendar
from metrics.resolution import Segment

DIMENSION_NAMES: Mapping[str, Dimension] = {
    "channel": Dimension.CHANNEL,
    "campaign": Dimension.CAMPAIGN,
    "device": Dimension.DEVICE,
    "asset": Dimension.ASSET,
    "segment": Dimension.AUDIENCE,
}
"""Dimensions as formulas, commands and the API call them."""

SUMS = frozenset(key for key, one in CATALOGUE.items() if one.rollup is Rollup.SUM)
STOCKS = frozenset(key for key, one in CATALOGUE.items() if one.rollup is Rollup.LAST)
UNIQUES = frozenset(key for key, one in CATALOGUE.items() if one.rollup is Rollup.UNIQUE)
WEIGHTS: Mapping[str, str] = {
    key: one.weight
    for key, one in CATALOGUE.items()
    if one.rollup is Rollup.WEIGHTED_MEAN and one.weight
}
"""Weighted means, and what each is weighted by."""
MEANS = frozenset(WEIGHTS)
PARTS: Mapping[str, int] = {
    key: sum(1 << (DIMENSION_NAMES[name] - 1) for name in one.listed_by)
    for key, one in CATALOGUE.items()
    if one.listed_by
}
"""By metric the mask of breakdowns that are only a part (see `metrics.resolution`)."""
BASE = SUMS | STOCKS | UNIQUES | MEANS
LEDGER_PREFIX = "cost_"
"""The metric of a category of costs is called by it."""
LEDGER_KEYS = frozenset(f"{LEDGER_PREFIX}{category}" for category in CostCategory.values)
"""Costs are listed when they arise: a day without one is no gap."""
CARRY = timedelta(days=45)
"""How long the last value of a stock stands for the days after it."""
SHIPPED_FORMULAS: Mapping[str, str] = {
    key: one.formula for key, one in CATALOGUE.items() if one.formula is not None
}


def shipped_operands() -> set[str]:
    """What shipped formulas read of other periods and segments, as it is written."""
    return {str(one) for each in _formulas(()).in_order for one in each.elsewhere}


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a workspace decides how facts become numbers.

    `keys` names the base metrics by id, `counting` the feed that alone counts for a metric.
    Feeds in `ledgers` list what was spent, those in `typed` what somebody noted; all others
    should know every day of a period of which they know one.
    """

    workspace_id: int
    calendar: Calendar
    keys: Mapping[int, str]
    counting: Mapping[str, int]
    feeds: frozenset[int]
    ledgers: frozenset[int]
    typed: frozenset[int]
    channel_of: Mapping[int, int]
    segments: Mapping[tuple[str, str], Segment]
    segment_count: int
    formulas: Formulas
    own: frozenset[str]

    def named(self, dimension: str, key: str) -> Segment | None:
        """The segment that a formula's ``where`` means, None where the workspace has none."""
        return self.segments.get((dimension, key))


def calendar_of(workspace: Workspace) -> Calendar:
    """How the workspace cuts time."""
    return Calendar(workspace.week_start, workspace.fiscal_year_start)


READ = """
SELECT workspace_id, 1, id, key, counting_feed_id, own_formula FROM metrics_metric
WHERE workspace_id = ANY(%(workspaces)s)
    AND (key = ANY(%(base)s) OR own_formula <> '' OR counting_feed_id IS NOT NULL)
UNION ALL SELECT workspace_id, 2, id, kind, NULL, '' FROM metrics_feed
WHERE workspace_id = ANY(%(workspaces)s)
UNION ALL SELECT workspace_id, 3, id, '', channel_id, '' FROM metrics_campaign
WHERE workspace_id = ANY(%(workspaces)s)
UNION ALL SELECT workspace_id, 4, id, key, dimension, '' FROM metrics_dimensionvalue
WHERE workspace_id = ANY(%(workspaces)s) AND key = ANY(%(named)s)
UNION ALL SELECT workspace_id, 5, count(*), '', NULL, '' FROM metrics_dimensionvalue
WHERE workspace_id = ANY(%(workspaces)s) GROUP BY workspace_id
"""
"""Metrics, feeds, campaigns, the values that shipped formulas name, and how many there are."""
PARTS_READ = 5


def read_rules(workspace: Workspace) -> Rules:
    """Reads them all, in one query unless own metrics name segments. Raises FormulaError where own
    metrics are calculated in a circle."""
    return read_rules_of([workspace])[0]


def read_rules_of(workspaces: Sequence[Workspace]) -> list[Rules]:
    """The rules of each, in one query; otherwise as `read_rules`."""
    names: dict[str, Any] = {
        "workspaces": [one.pk for one in workspaces],
        "base": sorted(BASE),
        "named": sorted({one.key for one in _named_in(_formulas(()))}),
    }
    read: dict[int, list[list[Any]]] = {
        one.pk: [[] for _part in range(PARTS_READ)] for one in workspaces
    }
    with connection.cursor() as cursor:
        cursor.execute(READ, names)
        for workspace_id, part, *row in cursor.fetchall():
            read[workspace_id][part - 1].append(row)
    return [_rules(one, *read[one.pk]) for one in workspaces]


def _rules(
    workspace: Workspace,
    metrics: Sequence[Any],
    feeds: Sequence[Any],
    campaigns: Sequence[Any],
    values: Sequence[Any],
    counts: Sequence[Any],
) -> Rules:
    formulas = _formulas(
        tuple((key, text) for _pk, key, _feed, text in metrics if text and key not in CATALOGUE)
    )
    return Rules(
        workspace_id=workspace.pk,
        calendar=calendar_of(workspace),
        keys={pk: key for pk, key, _feed, _text in metrics if key in BASE},
        counting={key: feed for _pk, key, feed, _text in metrics if feed},
        feeds=frozenset(pk for pk, *_rest in feeds),
        ledgers=frozenset(pk for pk, kind, *_rest in feeds if kind == Feed.Kind.LEDGER),
        typed=frozenset(pk for pk, kind, *_rest in feeds if kind == Feed.Kind.MANUAL),
        channel_of={pk: channel for pk, _key, channel, _text in campaigns if channel},
        segments=_segments_named(workspace, _formulas(()), formulas, values),
        segment_count=sum(count for count, *_rest in counts) + len(campaigns),
        formulas=formulas,
        own=frozenset(formulas.by_key) - SHIPPED_FORMULAS.keys(),
    )


def _segments_named(
    workspace: Workspace, shipped: Formulas, formulas: Formulas, values: Sequence[Any]
) -> dict[tuple[str, str], Segment]:
    """The segments that formulas name: of shipped ones among these values."""
    wanted = _named_in(formulas)
    if wanted != _named_in(shipped) or any(one.dimension == "campaign" for one in wanted):
        return named_segments(workspace, formulas)
    found = {(dimension, key): Segment(dimension, pk) for pk, key, dimension, _text in values}
    return {
        (one.dimension, one.key): found[DIMENSION_NAMES[one.dimension], one.key]
        for one in wanted
        if (DIMENSION_NAMES[one.dimension], one.key) in found
    }


def _named_in(formulas: Formulas) -> set[Filter]:
    """The segments that formulas name in a ``where``."""
    return {one.where for each in formulas.in_order for one in each.elsewhere if one.where}


def read_formulas(metrics: list[Metric]) -> Formulas:
    """The shipped formulas, and those among these metrics that are the workspace's own."""
    own = tuple((one.key, one.own_formula) for one in metrics if one.is_own and one.own_formula)
    return _formulas(own)


@lru_cache(maxsize=256)
def _formulas(own: tuple[tuple[str, str], ...]) -> Formulas:
    return Formulas({**SHIPPED_FORMULAS, **dict(own)})


def named_segments(workspace: Workspace, formulas: Formulas) -> dict[tuple[str, str], Segment]:
    """The segments that formulas name in a ``where``, by dimension and key."""
    wanted = _named_in(formulas)
    keys = {one.key for one in wanted if one.dimension != "campaign"}
    values = DimensionValue.objects.filter(workspace=workspace, key__in=keys)
    found = {
        (dimension, key): Segment(dimension, pk)
        for dimension, key, pk in values.values_list("dimension", "key", "pk")
    }
    campaign_keys = [one.key for one in wanted if one.dimension == "campaign"]
    if campaign_keys:
        campaigns = Campaign.objects.filter(workspace=workspace, key__in=campaign_keys)
        for pk, key in campaigns.values_list("pk", "key"):
            found[Dimension.CAMPAIGN, key] = Segment(Dimension.CAMPAIGN, pk)
    return {
        (one.dimension, one.key): found[DIMENSION_NAMES[one.dimension], one.key]
        for one in wanted
        if (DIMENSION_NAMES[one.dimension], one.key) in found
    }
