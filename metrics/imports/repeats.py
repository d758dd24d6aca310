"""Rows of a table kept by hand that say the very same: a slip, or cases that are alike."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.imports.cells import ROWS_AT_ONCE, Lines, comes_twice
from metrics.imports.context import Context
from metrics.imports.folding import header_key
from metrics.imports.layout import Kind, Layout
from metrics.imports.numbers import is_number
from metrics.imports.parsed import EACH, ONCE, Choice, Question
from metrics.imports.roles import role_named
from metrics.imports.table import Table
from metrics.imports.vocabulary import LAST, UNIQUE

OF_STATE = re.compile(
    r"\b(status|statut|state|etat|stage|etape|version|revision|note|comment|updated|maj)"
)


def drop_repeats(table: Table, layout: Layout, context: Context) -> None:
    """Asks whether a row counts that says the very same as an earlier one; until then it does not.

    Where the good rows alone are to be imported, nobody is asked and it is a problem of the row.
    """
    options = context.options
    if not layout.strict_rows or options.repeats == EACH:
        return
    lines = table.lines
    if not comes_twice(_hashes(lines)):
        return
    columns = [lines.codes(index) for index in range(len(lines.store.words))]
    numbers = lines.numbers()
    seen: dict[tuple[int, ...], int] = {}
    repeated: list[int] = []
    pairs: list[tuple[int, int]] = []
    for place, cells in enumerate(zip(*columns, strict=True)):
        first = seen.setdefault(cells, numbers[place])
        if first != numbers[place]:
            repeated.append(place)
            pairs.append((numbers[place], first))
    table.rows = lines.without(repeated)
    if options.repeats == ONCE:
        _say_left_out(pairs, context)
    elif options.partial:
        for row, first in pairs:
            _say_repeated(row, first, context)
    elif pairs:
        context.ask(_which_repeats(pairs))


def _which_repeats(pairs: Sequence[tuple[int, int]]) -> Question:
    row, first = pairs[0]
    message = ngettext(
        "Row %(row)s says the very same as row %(first)s. Does it count too?",
        "%(count)s rows say the very same as an earlier one (row %(row)s and row %(first)s, for "
        "example). Do they count too?",
        len(pairs),
    )
    return Question(
        code="repeats",
        message=message % {"row": row, "first": first, "count": len(pairs)},
        option="repeats",
        choices=(
            Choice(ONCE, _("No: it is the same thing written twice.")),
            Choice(EACH, _("Yes: each row is a case of its own.")),
        ),
        default=ONCE,
    )


def _say_left_out(pairs: Sequence[tuple[int, int]], context: Context) -> None:
    if not pairs:
        return
    row, first = pairs[0]
    message = ngettext(
        "Row %(row)s repeats row %(first)s and is left out.",
        "%(count)s rows repeat an earlier one (row %(row)s repeats row %(first)s, for example) "
        "and are left out.",
        len(pairs),
    )
    words = {"row": row, "first": first, "count": len(pairs)}
    context.warn("repeats_left_out", message % words)


def are_parts(table: Table, context: Context) -> bool:
    """Whether rows of one day are parts of it, by words that facts have no place for.

    Customers by country and product are: no two rows have all words alike, and the words come
    again on other days. Words that say how sure a figure is make no parts.
    """
    rollups = {
        context.vocabulary.get(column.target).rollup for _index, column in table.places(Kind.METRIC)
    }
    if not rollups & {LAST, UNIQUE}:
        return False
    lines = table.lines
    unread = parts_among(table)
    if not unread:
        return False
    placed = [index for index, _column in table.places(Kind.DATE, Kind.DIMENSION)]
    columns = [lines.codes(index) for index in (*placed, *unread)]
    return len(set(zip(*columns, strict=True))) == len(lines)


def is_unread(table: Table, index: int) -> bool:
    """Whether a column has a name and stands for nothing, as far as anybody said."""
    column, name = table.columns[index], table.name_of(index)
    if not name or role_named(header_key(name)) is not None:
        return False
    return column is None or (column.kind is Kind.NOTE and not column.target)


def parts_among(table: Table) -> list[int]:
    """The columns by whose words, which come again and again, rows are parts of a whole."""
    lines = table.lines
    named = (index for index in range(len(table.columns)) if names_parts(table, index))
    return [index for index in named if len(lines.different(index)) * 2 <= len(lines)]


def names_parts(table: Table, index: int) -> bool:
    """Whether a column that is not read has words, and none that say how sure a figure is."""
    if not is_unread(table, index) or OF_STATE.search(header_key(table.name_of(index))):
        return False
    return not any(is_number(text) for text in table.lines.different(index).values() if text)


def _hashes(lines: Lines) -> array[int]:
    """A number for each row that only the very same rows share, but for a rare chance."""
    found = array("q")
    for start in range(0, len(lines), ROWS_AT_ONCE):
        some = lines[start : start + ROWS_AT_ONCE]
        columns = [some.codes(index) for index in range(len(lines.store.words))]
        found.extend(map(hash, zip(*columns, strict=True)))
    return found


def _say_repeated(row: int, first: int, context: Context) -> None:
    expected = _("Row %(row)s repeats row %(first)s. Remove one of the two.")
    context.problem(row, "", "", expected % {"row": row, "first": first}, "duplicate")
