"""Columns of files that people keep by hand: roles and metrics by their names, in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from metrics.imports.cells import Lines
from metrics.imports.context import Context
from metrics.imports.days import PARTS_OF_YEARS
from metrics.imports.dimensions import channel_of
from metrics.imports.folding import fold, header_key
from metrics.imports.guessing import (
    DERIVED,
    FEWEST,
    PLAN,
    STRANGE,
    TWICE,
    are_serials,
    ask_likely,
    asked_apart,
    holds_days,
    holds_numbers,
    is_plan,
    may_be_figures,
    meant,
    note_columns,
    say_columns_left_out,
    says_days,
)
from metrics.imports.layout import Column, Kind, when
from metrics.imports.likely import told_by_others
from metrics.imports.names import settle_names
from metrics.imports.plan_words import is_scenario, without_plan
from metrics.imports.repeats import is_unread
from metrics.imports.roles import BY_TARGET, role_named
from metrics.imports.table import Table
from metrics.imports.units import scale_of, without_unit
from metrics.imports.vocabulary import Known
from metrics.imports.year_columns import holds_years, part_of_year

VALUES = frozenset(BY_TARGET["value"].names)
SAMPLED_ROWS, SEARCHED_ROWS, MOST_HEADS = 20, 60, 8
AD_WORDS = {
    "impressions": "ad_impressions", "impr": "ad_impressions", "impr.": "ad_impressions",
    "clicks": "ad_clicks", "clics": "ad_clicks", "klicks": "ad_clicks",
    "link clicks": "ad_clicks", "clics sur un lien": "ad_clicks",
}  # fmt: skip
ADVERTISING = frozenset({"ad_impressions", "ad_clicks"})
AD_COST = re.compile(
    r"(.* )?(spend|spent|costs?|couts?|depenses?|budget depense|montant depense|kosten)( .*)?"
)
TIME_UNITS = re.compile(r"[(\[]\s*(h|heures?|hours?|min|minutes?)\s*[)\]]")


def own_columns(
    header: Sequence[str], context: Context, *, long: bool, sure: bool = False
) -> list[Column | None]:
    """What each header stands for: what the person mapped, then roles, then metrics by name.

    With `sure`, words that mean something only beside others ("clicks") are left aside.
    """
    mapping = {header_key(name): target for name, target in context.options.mapping.items()}
    beside = {AD_WORDS.get(header_key(cell)) for cell in header}
    advertising = not long and not sure and beside >= ADVERTISING
    elsewhere = told_by_others(map(header_key, header))
    columns: list[Column | None] = []
    for cell in header:
        key = header_key(cell)
        if key in mapping:
            columns.append(_mapped(mapping[key], cell, context))
        else:
            unread = long or key in elsewhere
            column = role_named(key) or (None if unread else _metric(cell, context))
            if column is None and advertising:
                column = _advertised(cell, context)
            columns.append(column)
    return _once(columns)


def _mapped(target: str, cell: str, context: Context) -> Column | None:
    if not target:
        return Column(Kind.NOTE, "")
    if target in BY_TARGET:
        return BY_TARGET[target]
    known = context.vocabulary.find(target)
    return None if known is None or known.derived else _column_of(known, cell)


def _metric(cell: str, context: Context) -> Column | None:
    known, _confidence = meant(cell, context.vocabulary)
    return _column_of(known, cell) if known is not None and not known.derived else None


def _advertised(cell: str, context: Context) -> Column | None:
    """A column of an advertising table: where impressions and clicks stand side by side."""
    said = without_plan(cell)
    if said is not None and said[0]:
        return None if said[1] else _advertised(said[0], context)
    key = without_unit(cell).replace("_", " ")
    metric = AD_WORDS.get(header_key(cell)) or ("cost_media" if AD_COST.fullmatch(key) else None)
    return _column_of(context.vocabulary.get(metric), cell) if metric else None


def _column_of(known: Known, cell: str) -> Column:
    """The column of a metric, with the scale that a header like "Cost (k€)" gives it."""
    scale = scale_of(cell, is_money=known.is_money)
    folded = fold(cell)
    if known.unit == "seconds" and (found := TIME_UNITS.search(folded)):
        scale = Decimal(3600 if found.group(1).startswith("h") else 60)
    return Column(Kind.METRIC, known.key, scale=scale, duration=known.unit == "seconds")


def _once(columns: list[Column | None]) -> list[Column | None]:
    """Each target once: a second column for the same thing is not read."""
    seen: set[tuple[Kind, str]] = set()
    kept: list[Column | None] = []
    for column in columns:
        place = (column.kind, column.target) if column else None
        if column is None or column.kind is Kind.NOTE or place is None or place not in seen:
            kept.append(column)
        else:
            kept.append(None)
        if place:
            seen.add(place)
    return kept


def fitting(columns: Sequence[Column | None], lines: Lines, header: int) -> list[Column | None]:
    """The columns whose first cells below a header are what their names say: numbers, days."""
    rows = [line.cells for line in lines[: header + SEARCHED_ROWS] if line.number > header]
    kept: list[Column | None] = []
    for index, column in enumerate(columns):
        cells = [row[index] for row in rows if index < len(row)]
        kept.append(column if column is None or _fits(column, cells) else None)
    return kept


def _fits(column: Column, cells: Sequence[str]) -> bool:
    if column.is_number:
        return column.duration or holds_numbers(cells)
    return column.kind is not Kind.DATE or column.target in PARTS_OF_YEARS or holds_days(cells)


def look_at_cells(table: Table, context: Context) -> None:
    """Set columns right by what is in them, then say or ask about those that are not read.

    A column of words is no metric whatever its name, and where no column is called a date the one
    column whose cells are days is it.
    """
    for index, column in enumerate(table.columns):
        name = table.name_of(index)
        if column is None or header_key(name) in map(header_key, context.options.mapping):
            continue
        cells = table.cells(index)
        numbered = column.target in PARTS_OF_YEARS and not holds_days(cells)
        if column.target == "day" and are_serials(cells):
            table.columns[index] = when("serial")
        elif (
            _is_goal(column, name, cells)
            or not _fits(column, cells)
            or (numbered and not _joins_year(table, column))
        ):
            table.columns[index] = None
    _look_at_notes(table, context)
    _take_the_others(table, context)
    if not table.places(Kind.DATE):
        _find_parts_of_years(table)
    if not table.places(Kind.DATE):
        _find_days(table, context)
    _leave_out_heads(table, context)
    settle_names(table, context)
    _say_left_out(table, context)


def _is_goal(column: Column, name: str, cells: Sequence[str]) -> bool:
    """Whether a column is a target in figures: "Cible" may also be the audience that is meant."""
    return column.target == "audience" and is_scenario(name) is True and holds_numbers(cells)


def _look_at_notes(table: Table, context: Context) -> None:
    """Columns that are notes by their names and figures or places by their cells.

    "Comments" may count those of posts; "source" may name channels, where nothing else does and
    rows have no metric's name, as the product's own files have beside the name of a feed.
    """
    taken = {column.target for column in table.columns if column is not None}
    places = {"channel", "metric", "value"} & taken
    for index, column in enumerate(table.columns):
        name = table.name_of(index)
        if column is None or column.kind is not Kind.NOTE or role_named(header_key(name)) is None:
            continue
        other, cells = _metric(name, context), table.cells(index)
        different = {cell for cell in cells if cell}
        if other is not None and other.target not in taken and may_be_figures(name, cells):
            table.columns[index] = other
        elif header_key(name) == "source" and not places and len(different) > 1:
            channels = context.workspace.channels
            if all(channel_of(cell, channels) for cell in different):
                table.columns[index] = BY_TARGET["channel"]


def _take_the_others(table: Table, context: Context) -> None:
    """Gives a metric to a later column of the same name where an earlier one held words."""
    taken = {column.target for column in table.columns if column is not None}
    elsewhere = told_by_others(map(header_key, table.header.cells))
    for index, column in enumerate(table.columns):
        if column is not None or header_key(table.name_of(index)) in elsewhere:
            continue
        if (other := _metric(table.name_of(index), context)) is not None:
            cells = table.cells(index)
            if other.target not in taken and len(cells) >= FEWEST and _fits(other, cells):
                table.columns[index] = other
                taken.add(other.target)


def _joins_year(table: Table, column: Column) -> bool:
    """Whether it is a month, week or quarter beside a column of years: together they say days."""
    targets = {one.target for _index, one in table.places(Kind.DATE)}
    return column.target in PARTS_OF_YEARS and "year" in targets


def _find_parts_of_years(table: Table) -> None:
    """Takes a column of years and the one of months beside it under longer names: "sale_month"."""
    columns = [
        (index, table.name_of(index), table.lines.different(index).values())
        for index in range(len(table.columns))
        if is_unread(table, index)
    ]
    years = [index for index, name, cells in columns if holds_years(name, cells)]
    parts = [(part, index) for index, name, cells in columns if (part := part_of_year(name, cells))]
    if len(years) == len(parts) == 1:
        (part, index), year = parts[0], years[0]
        table.columns[index], table.columns[year] = when(part), when("year")


def _find_days(table: Table, context: Context) -> None:
    unread = [i for i, column in enumerate(table.columns) if column is None and table.name_of(i)]
    found = [i for i in unread if says_days(table.name_of(i), table.cells(i))]
    if len(found) == 1:
        table.columns[found[0]] = BY_TARGET["date"]
        context.warn(
            "column_of_days",
            _("The column “%(column)s” is read as the date: its cells are days.")
            % {"column": table.name_of(found[0])},
        )


def _leave_out_heads(table: Table, context: Context) -> None:
    """Rows below the header that tell about its columns: a series' number, its last update.

    Published series have them between the header and the first day. Their words stand where all
    rows below have a day.
    """
    index = next((index for index, column in table.places(Kind.DATE)), None)
    if index is None or len(table.places(Kind.DATE)) > 1:
        return
    cells = [
        line.cells[index] if index < len(line.cells) else ""
        for line in table.rows[: MOST_HEADS + 1]
    ]
    heads = next((n for n, cell in enumerate(cells) if any(map(str.isdigit, cell))), 0)
    if heads and all(cells[:heads]) and holds_days(table.cells(index)[heads:], most=True):
        message = _("The rows above the first day are left out: %(rows)s.")
        context.warn("heads_left_out", message % {"rows": ", ".join(cells[:heads])[:200]})
        table.rows = table.lines.without(range(heads))


def _is_of_plans(name: str, table: Table, context: Context) -> bool:
    """Whether a column holds targets: of a metric, or beside the values that came of them."""
    values = [table.name_of(index) for index, _column in table.places(Kind.VALUE, Kind.METRIC)]
    beside = any(is_scenario(one) is False or header_key(one) in VALUES for one in values)
    return is_plan(name, context.vocabulary) or (beside and is_scenario(name) is True)


def _say_left_out(table: Table, context: Context) -> None:
    """Warn of columns that hold something and are not imported, with the reason."""
    read_as = [column.target if column else "" for column in table.columns]
    first = [line.cells for line in table.lines[:SAMPLED_ROWS]]
    note_columns(table.header.cells, read_as, first, context)
    reasons: dict[str, list[str]] = {}
    for index, column in enumerate(table.columns):
        name = table.name_of(index)
        if column is not None or not name or not any(table.cells(index)):
            continue
        cells = table.cells(index)
        elsewhere = header_key(name) in told_by_others(map(header_key, table.header.cells))
        asks = asked_apart if elsewhere else ask_likely
        if _is_of_plans(name, table, context):
            reasons.setdefault(PLAN, []).append(name)
            continue
        if asks(name, cells, table.columns, context):
            continue
        known, _confidence = meant(name, context.vocabulary)
        if known is not None and known.derived:
            reason = DERIVED
        elif known is not None:
            reason = TWICE
        elif may_be_figures(name, cells):
            reason = STRANGE
        else:
            continue
        reasons.setdefault(reason, []).append(name)
    for reason, names in reasons.items():
        say_columns_left_out(reason, names, context)
