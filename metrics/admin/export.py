"""Files that the administration hands out, in layouts that an import reads back."""

import csv
from collections.abc import Iterable
from decimal import Decimal
from io import StringIO

from accounts.csv_cells import safe_cell
from metrics.models import Cost, Entry, Metric
from metrics.rules import LEDGER_PREFIX

BOM = b"\xef\xbb\xbf"
HEADERS = {
    "en": ("date", "end", "metric", "value", "channel", "campaign", "device", "note"),
    "fr": ("date", "fin", "indicateur", "valeur", "canal", "campagne", "appareil", "note"),
}
COST_HEADERS = {
    "en": (
        "date", "end", "metric", "value", "channel", "campaign", "supplier", "rhythm", "note",
    ),
    "fr": (
        "date", "fin", "indicateur", "valeur", "canal", "campagne", "fournisseur", "rythme", "note",
    ),
}  # fmt: skip


def entries_csv(entries: Iterable[Entry], language: str) -> bytes:
    """Typed values in our own long layout: a row each, with its first and last day."""
    lang = _known(language)
    rows = (
        (
            one.start.isoformat(),
            one.end.isoformat(),
            one.metric.key,
            plain_number(one.value, lang),
            one.channel.key if one.channel else "",
            safe_cell(one.campaign.name) if one.campaign else "",
            one.device.key if one.device else "",
            safe_cell(one.note),
        )
        for one in entries
    )
    return _file(HEADERS[lang], rows, lang)


def costs_csv(costs: Iterable[Cost], language: str) -> bytes:
    """The ledger, a line each: what was spent, with whom, for which days, on what."""
    lang = _known(language)
    rows = (
        (
            one.start.isoformat(),
            one.end.isoformat(),
            f"{LEDGER_PREFIX}{one.category}",
            plain_number(one.amount, lang),
            one.channel.key if one.channel else "",
            safe_cell(one.campaign.name) if one.campaign else "",
            safe_cell(one.supplier),
            one.recurring.rhythm if one.recurring else "",
            safe_cell(one.note),
        )
        for one in costs
    )
    return _file(COST_HEADERS[lang], rows, lang)


def metrics_csv(metrics: Iterable[Metric], language: str) -> bytes:
    """The catalogue as a workspace uses it: what each metric is, counts and is made of."""
    lang = _known(language)
    header = ("key", "name", "family", "unit", "direction", "rollup", "formula", "definition")
    rows = (
        (
            one.key,
            safe_cell(one.definition.name(lang)),
            one.definition.family,
            str(one.definition.unit),
            str(one.definition.direction),
            str(one.definition.rollup),
            safe_cell(one.definition.formula or ""),
            safe_cell(one.definition.definition(lang)),
        )
        for one in metrics
    )
    return _file(header, rows, lang)


def plain_number(value: Decimal, language: str) -> str:
    """A number without groups, in the language's decimal mark, that can be read in one way only.

    Three decimals get a fourth: 1.234 could be taken for a thousand.
    """
    text = format(value.normalize(), "f")
    whole, _mark, decimals = text.partition(".")
    if not decimals:
        return whole
    decimals += "0" if len(decimals) == 3 else ""
    return f"{whole}{',' if language == 'fr' else '.'}{decimals}"


def _known(language: str) -> str:
    return "fr" if language.startswith("fr") else "en"


def _file(header: tuple[str, ...], rows: Iterable[tuple[str, ...]], language: str) -> bytes:
    target = StringIO()
    writer = csv.writer(target, delimiter=";" if language == "fr" else ",", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return BOM + target.getvalue().encode()
