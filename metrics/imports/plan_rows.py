"""Rows of plans among facts: a column says "Actual" on some rows and "Budget" on others."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.imports.context import Context
from metrics.imports.folding import fold
from metrics.imports.layout import Column, Kind
from metrics.imports.plan_words import is_scenario, plans_left_out, without_plan
from metrics.imports.table import Table

MOST_SCENARIOS = 12


def set_plans_aside(tables: Sequence[Table], context: Context) -> list[Table]:
    """The tables without their rows of plans, and without sheets of them beside facts."""
    kept = [table for table in tables if not _is_of_plans(table)]
    left = [table.titles[-1] for table in tables if _is_of_plans(table)]
    if not kept:
        kept, left = list(tables), []
    for table in kept:
        left += _drop_rows(table)
    if left:
        context.warn("plans_left_out", plans_left_out(list(dict.fromkeys(left))))
    return kept


def _is_of_plans(table: Table) -> bool:
    """Whether the line above a table says that it is one: "Budget", "Budget 2026"."""
    said = without_plan(table.titles[-1]) if table.titles else None
    return said is not None and said[1] and not said[0].strip("0123456789 ")


def _drop_rows(table: Table) -> list[str]:
    """Leaves out the rows that a column calls plans; the words it does that with."""
    for index in range(len(table.header.cells)):
        column = table.columns[index] if index < len(table.columns) else None
        if column is not None and column.kind not in {Kind.NOTE, Kind.DIMENSION}:
            continue
        cells = {code: text for code, text in table.lines.different(index).items() if text}
        said = {code: is_scenario(text) for code, text in cells.items()}
        if len(said) > MOST_SCENARIOS or None in said.values():
            continue
        if set(said.values()) == {True, False}:
            planned = {code for code, is_plan in said.items() if is_plan}
            codes = table.lines.codes(index)
            gone = [place for place, code in enumerate(codes) if code in planned]
            table.rows = table.lines.without(gone)
            table.columns[index] = Column(Kind.NOTE, "")
            return list(dict.fromkeys(fold(cells[code]) for code in planned))
    return []
