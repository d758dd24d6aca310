"""System checks of the catalogue: each error names the file and line of the entry to mend."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from metrics import catalogue
from metrics.catalogue.definition import MetricDefinition, Rollup
from metrics.catalogue.headers import fold
from metrics.catalogue.packs import PACKS, Pack
from metrics.catalogue.variants import GROUPS, VariantGroup
from metrics.formula import parse
from metrics.formula_nodes import (
    FormulaError,
    Modifier,
    Node,
    evaluation_order,
    is_metric_key,
    metrics_in,
    operands_in_order,
)
from metrics.quantities import check_unit

BILINGUAL = ("name", "definition", "question", "note", "badge")
REQUIRED = ("name", "definition")

Entries = Sequence[MetricDefinition]
Known = Mapping[str, MetricDefinition]
Formulas = Mapping[str, Node]


@register("metrics")
def catalogue_holds_together(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """The catalogue that ships, its golden KPIs, its packs and its variants."""
    families = {family.key for family in catalogue.FAMILIES}
    return [
        *check_catalogue(catalogue.ENTRIES, families=families),
        *check_mentions(catalogue.CATALOGUE, catalogue.GOLDEN, PACKS),
        *check_variants(catalogue.CATALOGUE, GROUPS),
    ]


def check_catalogue(
    entries: Iterable[MetricDefinition], *, families: Iterable[str]
) -> list[CheckMessage]:
    """What does not hold together in these entries, in their order within each check."""
    listed = tuple(entries)
    known = {entry.key: entry for entry in listed}
    formulas, unreadable = _parsed(listed)
    return [
        *_keys(listed),
        *_words(listed),
        *_shelves(listed, set(families)),
        *_rollups(listed),
        *_weights(listed, known),
        *_pairs(listed, known),
        *_headers(listed),
        *unreadable,
        *_operands(listed, known, formulas),
        *_starts(listed, known, formulas),
        *_circles(known, formulas),
        *_units(listed, known, formulas),
    ]


def _error(number: int, entry: MetricDefinition, message: str, hint: str) -> Error:
    return Error(
        f"Metric {entry.key}: {message}",
        hint=hint,
        obj=entry.declared_at,
        id=f"metrics.E{number:03d}",
    )


def _keys(entries: Entries) -> Iterator[Error]:
    first: dict[str, MetricDefinition] = {}
    for entry in entries:
        if not is_metric_key(entry.key):
            hint = "Use small letters, digits and underscores, and no word of the formulas."
            yield _error(2, entry, "this cannot be a key.", hint)
        if entry.key in first:
            message = f"the key is already taken at {first[entry.key].declared_at}."
            yield _error(1, entry, message, "Give one of the two another key.")
        first.setdefault(entry.key, entry)


def _words(entries: Entries) -> Iterator[Error]:
    for entry in entries:
        texts = {
            f"{part}_{language}": str(getattr(entry, f"{part}_{language}"))
            for part in BILINGUAL
            for language in ("en", "fr")
        }
        if entry.benchmark:
            texts |= {
                "benchmark.text_en": entry.benchmark.text_en,
                "benchmark.text_fr": entry.benchmark.text_fr,
            }
        for name, text in texts.items():
            other = name[:-2] + ("fr" if name.endswith("en") else "en")
            needed = name[:-3] in REQUIRED or texts[other].strip()
            if needed and not text.strip():
                message = f"{name} is missing."
                yield _error(3, entry, message, "Write it in English and in French.")


def _shelves(entries: Entries, families: set[str]) -> Iterator[Error]:
    for entry in entries:
        if entry.family not in families:
            hint = f"Use one of {', '.join(sorted(families))}."
            yield _error(4, entry, f"there is no family “{entry.family}”.", hint)


def _rollups(entries: Entries) -> Iterator[Error]:
    for entry in entries:
        if entry.formula is None and entry.rollup is Rollup.FORMULA:
            hint = "Give it a formula, or say how it adds up."
            yield _error(5, entry, "it has neither a formula nor a roll-up.", hint)
        if entry.formula is not None and entry.rollup is not Rollup.FORMULA:
            hint = "Leave the roll-up of a derived metric out."
            yield _error(5, entry, "it has a formula and a roll-up of its own.", hint)


def _weights(entries: Entries, known: Known) -> Iterator[Error]:
    for entry in entries:
        weighted = entry.rollup is Rollup.WEIGHTED_MEAN
        if weighted and entry.weight is None:
            hint = "Name the summed metric that says how much each value counts."
            yield _error(6, entry, "a weighted mean needs a weight.", hint)
        if entry.weight is None:
            continue
        if not weighted:
            hint = "Remove the weight, or make the roll-up a weighted mean."
            yield _error(6, entry, "it has a weight but is not a weighted mean.", hint)
        weight = known.get(entry.weight)
        if weight is None or weight.rollup is not Rollup.SUM:
            hint = "Name a base metric that is summed."
            yield _error(6, entry, f"its weight “{entry.weight}” is no summed metric.", hint)


def _pairs(entries: Entries, known: Known) -> Iterator[Error]:
    for entry in entries:
        if entry.vanity and entry.pair is None:
            hint = "Name the metric that it should be read with."
            yield _error(7, entry, "a vanity metric needs a pair.", hint)
        if entry.pair is None:
            continue
        pair = known.get(entry.pair)
        if pair is None:
            hint = "Name a metric of the catalogue."
            yield _error(7, entry, f"its pair “{entry.pair}” is not in the catalogue.", hint)
        elif pair.vanity:
            hint = "Pair it with a metric that does not mislead."
            yield _error(7, entry, f"its pair “{entry.pair}” is a vanity metric itself.", hint)


def _headers(entries: Entries) -> Iterator[Error]:
    first: dict[str, MetricDefinition] = {}
    for entry in entries:
        if not all(fold(alias) for alias in entry.aliases):
            hint = "Write letters or digits in it."
            yield _error(8, entry, "one of its aliases is empty.", hint)
        for header in sorted(catalogue.headers_of(entry) - {""}):
            owner = first.setdefault(header, entry)
            if owner.key != entry.key:
                message = f"“{header}” already means {owner.key}, at {owner.declared_at}."
                hint = "A column's header means one metric: change one of the two."
                yield _error(8, entry, message, hint)


def _parsed(entries: Entries) -> tuple[Formulas, list[Error]]:
    """The formulas that can be read, and an error for each that cannot."""
    formulas: dict[str, Node] = {}
    errors: list[Error] = []
    for entry in entries:
        if entry.formula is None:
            continue
        try:
            formulas[entry.key] = parse(entry.formula)
        except FormulaError as error:
            place = "" if error.position is None else f" (character {error.position + 1})"
            hint = f"The formula is: {entry.formula}"
            errors.append(_error(9, entry, f"{error}{place}", hint))
    return formulas, errors


def _operands(entries: Entries, known: Known, formulas: Formulas) -> Iterator[Error]:
    for entry in _with(entries, formulas):
        for key in sorted(metrics_in(formulas[entry.key]) - known.keys()):
            hint = "Name a metric of the catalogue, by its key."
            yield _error(10, entry, f"its formula reads “{key}”, which does not exist.", hint)


def _starts(entries: Entries, known: Known, formulas: Formulas) -> Iterator[Error]:
    for entry in _with(entries, formulas):
        for operand in operands_in_order(formulas[entry.key]):
            read = known.get(operand.metric)
            if operand.modifier is Modifier.START and read and read.rollup is not Rollup.LAST:
                message = f"start({read.key}) is read, but {read.key} is not a stock."
                hint = "Only what has a level at a moment has one at the start of a period."
                yield _error(11, entry, message, hint)


def _circles(known: Known, formulas: Formulas) -> Iterator[Error]:
    remaining = dict(formulas)
    while True:
        try:
            evaluation_order(remaining)
        except FormulaError as error:
            keys = error.filling("en")["circle"].split(" → ")
            hint = "Write one of these formulas over other metrics."
            yield _error(12, known[keys[0]], str(error), hint)
            for key in keys:
                remaining.pop(key, None)
        else:
            return


def _units(entries: Entries, known: Known, formulas: Formulas) -> Iterator[Error]:
    for entry in _with(entries, formulas):
        node = formulas[entry.key]
        if not metrics_in(node) <= known.keys():
            continue
        try:
            check_unit(node, entry.unit, lambda key: known[key].unit)
        except FormulaError as error:
            hint = f"Mend the unit or the formula: {entry.formula}"
            yield _error(13, entry, str(error), hint)


def _with(entries: Entries, formulas: Formulas) -> Iterator[MetricDefinition]:
    """The derived entries whose formula can be read, each key once."""
    seen: set[str] = set()
    for entry in entries:
        if entry.formula is not None and entry.key in formulas and entry.key not in seen:
            seen.add(entry.key)
            yield entry


def check_mentions(
    known: Known, golden: Sequence[str], packs: Iterable[Pack]
) -> list[CheckMessage]:
    """What golden KPIs and packs say of metrics that do not exist, or too many of them."""
    errors: list[CheckMessage] = []

    def note(message: str, hint: str) -> None:
        errors.append(Error(message, hint=hint, id="metrics.E014"))

    if len(golden) > 7 or max(Counter(golden).values(), default=0) > 1:
        note("Golden KPIs are at most seven, each once.", "Shorten metrics.catalogue.GOLDEN.")
    for key in golden:
        if key not in known:
            note(f"The golden KPI “{key}” does not exist.", "Name a metric of the catalogue.")
    for pack in packs:
        _check_pack(pack, known, note)
    return errors


def _check_pack(pack: Pack, known: Known, note: Callable[[str, str], None]) -> None:
    for objective in pack.objectives:
        where = f"Pack {pack.key}, objective on {objective.metric}"
        for key in (objective.metric, *objective.companions):
            if key not in known:
                note(f"{where}: there is no metric “{key}”.", "Name a metric of the catalogue.")
        if (objective.change is None) == (objective.target is None):
            note(f"{where}: it has not one of change and target.", "Give exactly one.")
        if not (objective.statement_en.strip() and objective.statement_fr.strip()):
            note(f"{where}: a statement is missing.", "Write it in English and in French.")


def check_variants(known: Known, groups: Iterable[VariantGroup]) -> list[CheckMessage]:
    """Groups of variants whose metrics do not exist, stand in two groups, or lack words."""
    errors: list[CheckMessage] = []

    def note(group: VariantGroup, message: str, hint: str) -> None:
        errors.append(Error(f"Variants {group.key}: {message}", hint=hint, id="metrics.E015"))

    owners: dict[str, str] = {}
    for group in groups:
        if len(group.variants) < 2:
            note(group, "there is nothing to choose from.", "Give it two metrics or more.")
        if not (group.name_en.strip() and group.name_fr.strip()):
            note(group, "its name is missing.", "Write it in English and in French.")
        for one in group.variants:
            if one.metric not in known:
                hint = "Name a metric of the catalogue."
                note(group, f"there is no metric “{one.metric}”.", hint)
            if one.metric in owners:
                hint = "A metric belongs to one group."
                note(group, f"“{one.metric}” is also in {owners[one.metric]}.", hint)
            owners.setdefault(one.metric, group.key)
            if not (one.label_en.strip() and one.label_fr.strip()):
                hint = "Write it in English and in French."
                note(group, f"the label of “{one.metric}” is missing.", hint)
    return errors
