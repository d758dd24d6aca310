"""What formulas speak of in a workspace, and formulas and their errors in the reader's words."""

from collections.abc import Iterable, Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Workspace
from metrics.formula import parse
from metrics.formula_check import Known
from metrics.formula_nodes import Filter, FormulaError, Node, operands_in_order
from metrics.formula_text import readable
from metrics.models import Campaign, Dimension, DimensionValue, Metric
from metrics.rules import DIMENSION_NAMES
from metrics.segment_names import SHIPPED

NAME_OF: Mapping[int, str] = {number: name for name, number in DIMENSION_NAMES.items()}


def known_to(workspace: Workspace, metrics: Iterable[Metric], formula: str) -> Known:
    """Everything that this formula of the workspace may name, out of these metrics."""
    segments = _segments(workspace) if "where" in formula.casefold() else frozenset()
    return Known({one.key: one.definition for one in metrics}, segments)


def _segments(workspace: Workspace) -> frozenset[Filter]:
    values = DimensionValue.objects.filter(workspace=workspace)
    segments = {
        Filter(NAME_OF[dimension], key)
        for dimension, key in values.values_list("dimension", "key")
        if dimension in NAME_OF
    }
    campaigns = Campaign.objects.filter(workspace=workspace)
    named = {Filter("campaign", key) for key in campaigns.values_list("key", flat=True)}
    return frozenset(segments | named)


def in_words(workspace: Workspace, formula: str, metrics: Iterable[Metric]) -> dict[str, str]:
    """A formula as people read it, by language: "en" and "fr". Raises FormulaError."""
    node, known = parse(formula), list(metrics)
    return {language: words_of(workspace, node, known, language) for language in ("en", "fr")}


def words_of(workspace: Workspace, node: Node, metrics: Iterable[Metric], language: str) -> str:
    """A parsed formula, or a part of one, as people read it in "en" or "fr"."""
    names = {one.key: one.definition.name(language) for one in metrics}
    return readable(node, names | _segment_labels(workspace, node, language), language)


def _segment_labels(workspace: Workspace, node: Node, language: str) -> dict[str, str]:
    """The names of the segments that a formula restricts itself to, by ``channel:organic``."""
    labels: dict[str, str] = {}
    wanted = {one.where for one in operands_in_order(node) if one.where}
    for dimension, key in wanted:
        label = _label(workspace, DIMENSION_NAMES[dimension], key, language)
        if label:
            labels[f"{dimension}:{key}"] = label
    return labels


def _label(workspace: Workspace, dimension: Dimension, key: str, language: str) -> str:
    if dimension == Dimension.CAMPAIGN:
        campaign = Campaign.objects.filter(workspace=workspace, key=key).first()
        return campaign.name if campaign else ""
    value = DimensionValue.objects.filter(workspace=workspace, dimension=dimension, key=key).first()
    if value is not None and value.label:
        return value.label
    names = SHIPPED.get(dimension, {}).get(key)
    return names[language.startswith("fr")] if names else ""


def sentence(error: FormulaError) -> str:
    """What is wrong with a formula, in the active language."""
    return _(error.message) % error.filling(get_language() or "en")


def sentence_with_place(error: FormulaError) -> str:
    """The same with the place in the text, where there is one."""
    if error.position is None:
        return sentence(error)
    words = {"problem": sentence(error), "place": error.position + 1}
    return _("%(problem)s (At character %(place)s.)") % words
