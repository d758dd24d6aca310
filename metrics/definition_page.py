"""What the pages of definitions show beside their forms, and the metric's page below its chart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from accounts.models import Workspace
from metrics import series
from metrics.definition_history import is_awaited, shown_versions
from metrics.formula import parse
from metrics.formula_names import words_of
from metrics.models import DefinitionVersion, Metric
from metrics.periods import Period
from metrics.units import UNIT_NAMES
from metrics.variants import in_order, variant_table

EXAMPLES = (
    "cost_media / conversions",
    "parts(cost_media, cost_tools) / leads",
    'leads where channel = "organic"',
    "(mqls - prev(mqls)) / prev(mqls)",
    "new_customers / lag(leads, 30)",
    "new_customers / start(customers)",
)
"""Formulas that show what the language can do."""
RULED = frozenset({"leads", "mqls", "sqls", "opportunities", "new_customers", "conversions"})
"""Metrics of which every workspace decides what counts."""


@dataclass(frozen=True)
class Insertable:
    """A metric that a formula can name."""

    key: str
    name: str
    unit: str
    words: str


def insertable(metrics: Iterable[Metric], edited: Metric | None) -> list[Insertable]:
    """The metrics that a formula can read, by name, variants together; found by all their words."""
    language = get_language() or "en"
    listed = sorted(
        (one for one in metrics if not one.is_hidden and one != edited),
        key=lambda one: one.name.casefold(),
    )
    return [
        Insertable(
            one.key,
            one.name,
            UNIT_NAMES[one.definition.unit].said(language),
            f"{one.key} {one.definition.name_en} {one.definition.name_fr}".casefold(),
        )
        for one in in_order(listed)
    ]


def examples(workspace: Workspace, metrics: Mapping[str, Metric]) -> list[tuple[str, str]]:
    """Formulas with what they mean, in the active language."""
    language = get_language() or "en"
    return [
        (text, words_of(workspace, parse(text), metrics.values(), language)) for text in EXAMPLES
    ]


def definition_sections(
    workspace: Workspace,
    metric: Metric,
    period: Period | None,
    segment: series.Segment,
    *,
    today: date,
    behind: Iterable[DefinitionVersion],
    metrics: Mapping[str, Metric],
) -> dict[str, Any]:
    """For the metric's page: its variants over a period, its versions, whether it is computed."""
    versions = shown_versions(workspace, metric, behind, metrics)
    return {
        "variants": variant_table(workspace, metric, period, segment, today=today)
        if period
        else None,
        "versions": versions,
        "old_definition": next((one for one in versions if one.version.is_change), None),
        "awaited": metric.is_own and is_awaited(metric),
        "has_rule": metric.key in RULED or bool(metric.rule_text),
    }
