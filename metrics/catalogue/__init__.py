"""The catalogue: every metric that ships with the product, as data.

Adding a metric is one entry in the module of its family. The system checks of `metrics.checks`
name the line of an entry that does not hold together.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from metrics.catalogue import (
    acquisition,
    conversion,
    email,
    links,
    loyalty,
    revenue,
    site,
    social,
)
from metrics.catalogue.definition import FamilyDefinition, MetricDefinition
from metrics.catalogue.headers import fold

FAMILIES: tuple[FamilyDefinition, ...] = (
    site.FAMILY,
    conversion.FAMILY,
    email.FAMILY,
    social.FAMILY,
    links.FAMILY,
    acquisition.FAMILY,
    revenue.FAMILY,
    loyalty.FAMILY,
)

ENTRIES: tuple[MetricDefinition, ...] = (
    *site.METRICS,
    *conversion.METRICS,
    *email.METRICS,
    *social.METRICS,
    *links.METRICS,
    *acquisition.METRICS,
    *revenue.METRICS,
    *loyalty.METRICS,
)

CATALOGUE: Mapping[str, MetricDefinition] = MappingProxyType({one.key: one for one in ENTRIES})
"""Every metric by its key, family by family."""

GOLDEN: tuple[str, ...] = (
    "mqls",
    "leads",
    "visit_to_lead_rate",
    "mql_to_sql_rate",
    "cpl",
    "new_customers",
    "revenue",
)
"""The KPIs that a new workspace steers by until it chooses its own: at most seven."""


def headers_of(metric: MetricDefinition) -> frozenset[str]:
    """Everything that a column of this metric may be called, folded."""
    names = (metric.key, metric.name_en, metric.name_fr, *metric.aliases)
    return frozenset(fold(name) for name in names)


def header_index(entries: Iterable[MetricDefinition]) -> dict[str, str]:
    """The metric's key by each folded header; the first entry keeps a header that two claim."""
    index: dict[str, str] = {}
    for metric in entries:
        for header in headers_of(metric):
            index.setdefault(header, metric.key)
    return index


HEADERS: Mapping[str, str] = MappingProxyType(header_index(ENTRIES))


def find_metric(header: str) -> str | None:
    """The key of the metric that a column's header names, in either language, or None.

    Case, accents, punctuation, plurals and a currency in parentheses do not matter:
    "Coût média (€)", "cout media" and "cost_media" are one.
    """
    return HEADERS.get(fold(header))
