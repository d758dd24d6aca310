"""A table's own totals rows: its rows are checked against them, and people counted from them."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.fact_columns import FactColumns
from metrics.imports.layout import Layout
from metrics.imports.parsed import ParsedFact
from metrics.imports.rows import RowReader
from metrics.imports.summing import sums_of
from metrics.imports.table import Table
from metrics.imports.vocabulary import SUM, UNIQUE

CENT = Decimal("0.01")


def compare_totals(table: Table, reader: RowReader, facts: FactColumns, context: Context) -> None:
    """Check the rows against the file's own totals row, the one of several that fits best."""
    if not table.totals:
        return
    sums = sums_of(facts, context.vocabulary)
    summed = {key for key in sums if context.vocabulary.get(key).rollup == SUM}
    stated = [reader.values_of(line) for line in table.totals]
    kept = max(stated, key=lambda values: _agreeing(values, sums, summed, len(table.rows)))
    for key in sorted(summed & kept.keys()):
        context.result.totals.setdefault(key, kept[key])
        if not _agrees(sums[key], kept[key], len(table.rows)):
            _say_difference(key, sums[key], kept[key], context)


def _agreeing(
    values: dict[str, Decimal], sums: dict[str, Decimal], keys: set[str], rows: int
) -> int:
    return sum(1 for key in keys & values.keys() if _agrees(sums[key], values[key], rows))


def _agrees(sum_of_rows: Decimal, total: Decimal, rows: int) -> bool:
    """Whether they differ by no more than rounding each row to the cent can explain."""
    if sum_of_rows == sum_of_rows.to_integral() and total == total.to_integral():
        return sum_of_rows == total
    return abs(sum_of_rows - total) <= CENT / 2 * (rows + 1)


def _say_difference(key: str, rows: Decimal, total: Decimal, context: Context) -> None:
    known = context.vocabulary.get(key)
    context.warn(
        "totals_differ",
        _("The rows of “%(metric)s” add up to %(rows)s, the file's own total says %(total)s.")
        % {"metric": known.label, "rows": f"{rows:f}", "total": f"{total:f}"},
    )


def whole_uniques(
    table: Table, reader: RowReader, layout: Layout, facts: FactColumns, context: Context
) -> list[ParsedFact]:
    """People counted over the whole span, which only the totals row can know."""
    if not layout.uniques_from_totals or not table.totals or reader.days.period is None:
        return []
    line = table.totals[-1]
    brought = set(facts.keys_told) | set(reader.values_of(line))
    values = layout.derive(reader.values_of(line), context)
    return [
        ParsedFact(line.number, key, reader.days.period.start, reader.days.period.end, value)
        for key, value in values.items()
        if key in brought and context.vocabulary.get(key).rollup == UNIQUE
    ]
