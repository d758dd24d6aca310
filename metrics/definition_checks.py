"""What is wrong with a definition of a workspace's own, and keys for new ones."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Workspace
from metrics.catalogue import CATALOGUE
from metrics.catalogue.definition import Direction
from metrics.formula import parse
from metrics.formula_check import Checked, check_formula
from metrics.formula_names import known_to, sentence_with_place
from metrics.formula_nodes import FormulaError, is_metric_key, metrics_in
from metrics.formula_text import to_text
from metrics.models import Metric
from metrics.units import Unit

MOST_OWN = 100
"""So many metrics of its own a workspace can define."""
TAKEN_BY_PAGES = frozenset({"new", "funnel", "cohorts"})
"""Keys that would be the addresses of pages."""
LONGEST_KEY = 60

Problems = dict[str, str]
"""A sentence by the name of the field that it is about."""


@dataclass(frozen=True, kw_only=True)
class OwnDefinition:
    """What a workspace says of a metric of its own; one of the two names may be empty."""

    formula: str
    unit: str
    direction: str
    name_en: str = ""
    name_fr: str = ""
    definition: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """The columns of the metric that hold it."""
        return {
            "own_name_en": self.name_en,
            "own_name_fr": self.name_fr,
            "own_definition": self.definition,
            "own_formula": self.formula.strip(),
            "own_unit": self.unit,
            "own_direction": self.direction,
        }


def definition_of(metric: Metric) -> OwnDefinition:
    """What the workspace says now of a metric of its own."""
    return OwnDefinition(
        formula=metric.own_formula,
        unit=metric.own_unit,
        direction=metric.own_direction,
        name_en=metric.own_name_en,
        name_fr=metric.own_name_fr,
        definition=metric.own_definition,
    )


def key_problems(workspace: Workspace, key: str, metrics: Mapping[str, Metric]) -> Problems:
    """Why a new metric cannot have this key; nothing where it can."""
    if not is_metric_key(key) or key in TAKEN_BY_PAGES:
        text = _(
            "“%(key)s” cannot be a key. Use 2 to 60 small letters, digits and underscores, a "
            "letter first, and no word of the formulas."
        )
    elif key in metrics or key in CATALOGUE:
        text = _("There is a metric “%(key)s” already. Choose another key.")
    elif key in taken_keys(workspace):
        text = _("A metric “%(key)s” was deleted, and its key stays with it. Choose another key.")
    else:
        return {}
    return {"key": text % {"key": key[:80]}}


def definition_problems(
    workspace: Workspace, wanted: OwnDefinition, key: str, metrics: Mapping[str, Metric]
) -> Problems:
    """What is wrong with a definition, as that of the metric `key`."""
    problems = _name_problems(wanted, key, metrics)
    if wanted.unit not in set(Unit):
        problems["unit"] = _("Choose a unit from the list.")
    if wanted.direction not in set(Direction):
        problems["direction"] = _("Choose whether up is good, down is good, or neither.")
    if "unit" not in problems:
        try:
            checked(workspace, wanted.formula, key, metrics, Unit(wanted.unit))
        except FormulaError as error:
            problems["formula"] = sentence_with_place(error)
    return problems


def checked(
    workspace: Workspace,
    formula: str,
    key: str,
    metrics: Mapping[str, Metric],
    unit: Unit | None,
) -> Checked:
    """A formula that the workspace can calculate. Raises FormulaError."""
    return check_formula(
        formula, known_to(workspace, metrics.values(), formula), key=key, unit=unit
    )


def _name_problems(wanted: OwnDefinition, key: str, metrics: Mapping[str, Metric]) -> Problems:
    if not wanted.name_en and not wanted.name_fr:
        return {"name_en": _("Give the metric a name, in one language at least.")}
    problems: Problems = {}
    others = [one.definition for one in metrics.values() if one.key != key]
    for field, name, language in (
        ("name_en", wanted.name_en, "en"),
        ("name_fr", wanted.name_fr, "fr"),
    ):
        folded = name.casefold()
        if name and any(one.name(language).casefold() == folded for one in others):
            problems[field] = _("Another metric is called “%(name)s”. Choose another name.") % {
                "name": name
            }
    return problems


def means_another(before: OwnDefinition, after: OwnDefinition) -> bool:
    """Whether the numbers mean something else: another formula, not another spelling, or unit."""
    same = to_text(parse(before.formula)) == to_text(parse(after.formula))
    return not same or before.unit != after.unit


def readers_problems(
    metric: Metric, wanted: OwnDefinition, metrics: Mapping[str, Metric]
) -> Problems:
    """Own metrics that could not be calculated from it in its new unit."""
    changed = Metric(workspace=metric.workspace, key=metric.key, **wanted.columns)
    after = {**metrics, metric.key: changed}
    for reader in readers_of(metric.key, metrics):
        try:
            checked(metric.workspace, reader.own_formula, reader.key, after, Unit(reader.own_unit))
        except FormulaError as error:
            text = _("“%(metric)s” is calculated from this metric and would not fit: %(problem)s")
            words = {"metric": reader.name, "problem": sentence_with_place(error)}
            return {"unit": text % words}
    return {}


def readers_of(key: str, metrics: Mapping[str, Metric]) -> list[Metric]:
    """The own metrics whose formulas read this one."""
    return [
        one for one in metrics.values() if one.is_own and key in metrics_in(parse(one.own_formula))
    ]


def proposed_key(name: str, taken: Collection[str]) -> str:
    """A key made from a name: its letters without accents, made different where it is taken."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("œ", "oe").replace("æ", "ae")
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    stem = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[: LONGEST_KEY - 4].strip("_")
    if not stem or not stem[0].isalpha() or not is_metric_key(stem):
        stem = f"metric_{stem}".strip("_")
    used = {*taken, *CATALOGUE, *TAKEN_BY_PAGES}
    tries = (stem if count == 1 else f"{stem}_{count}" for count in range(1, MOST_OWN + 200))
    return next(key for key in tries if key not in used)


def taken_keys(workspace: Workspace) -> set[str]:
    """Every key that a metric of the workspace has or had: a deleted one never comes back."""
    past = Metric.pgh_event_model.objects.filter(workspace=workspace)  # type: ignore[attr-defined]
    return set(past.values_list("key", flat=True)) | set(
        Metric.objects.filter(workspace=workspace).values_list("key", flat=True)
    )
