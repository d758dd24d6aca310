"""Which currency a table's amounts are in: what its rows, headers and cells of money say."""

from __future__ import annotations

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.folding import BARE_DOLLAR, DOLLARS, currency_in, currency_of
from metrics.imports.layout import Kind
from metrics.imports.table import Table

SAMPLED_ROWS = 200


def note_table_currency(table: Table, context: Context) -> None:
    """The file's currency, which the option overrides. Two currencies cannot be added."""
    result = context.result
    found = _money_seen(table, context) | ({result.currency} if result.currency else set())
    if context.options.currency:
        result.currency = context.options.currency
    elif len(found) > 1:
        mixed = _("The file has amounts in %(currencies)s. Export one currency at a time.")
        listed = ", ".join(sorted(found))
        context.problem(0, "", listed, mixed % {"currencies": listed}, "currency")
    elif found:
        result.currency = found.pop()
    if not result.currency and context.workspace.currency not in DOLLARS:
        _say_dollars(table, context)
    if result.currency and result.currency != context.workspace.currency:
        context.warn(
            "currency_differs",
            _(
                "The amounts are in %(file)s, the workspace counts in %(workspace)s: they are "
                "taken as they are."
            )
            % {"file": result.currency, "workspace": context.workspace.currency},
        )


def _say_dollars(table: Table, context: Context) -> None:
    """A bare dollar sign names no currency, but hardly one that is no dollar."""
    if _has_bare_dollar(table, context):
        context.warn(
            "currency_differs",
            _(
                "The amounts have a dollar sign, the workspace counts in %(workspace)s: they are "
                "taken as they are."
            )
            % {"workspace": context.workspace.currency},
        )


def _money(table: Table, context: Context) -> list[int]:
    """The columns of amounts."""
    return [
        index
        for index, column in table.places(Kind.METRIC)
        if context.vocabulary.get(column.target).is_money
    ]


def _has_bare_dollar(table: Table, context: Context) -> bool:
    """Whether headers or cells of money have a dollar sign that does not say which dollar."""
    return any(
        BARE_DOLLAR.search(cell)
        for index in _money(table, context)
        for cell in (table.name_of(index), *table.cells(index)[:SAMPLED_ROWS])
    )


def _money_seen(table: Table, context: Context) -> set[str]:
    """The currencies that the rows name, else those of the headers and cells of money."""
    index = next((index for index, _c in table.places(Kind.CURRENCY)), None)
    if index is not None:
        cells = table.lines.different(index).values()
        if named := {code for cell in cells if (code := currency_of(cell))}:
            return named
    return {
        code
        for index in _money(table, context)
        for cell in (table.name_of(index), *table.cells(index)[:SAMPLED_ROWS])
        if (code := currency_in(cell))
    }
