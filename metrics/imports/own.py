"""Columns of files that people keep by hand: roles and metrics by their names, in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.folding import fold, header_key
from metrics.imports.guessing import meant, note_columns
from metrics.imports.layout import Column, Kind
from metrics.imports.roles import BY_TARGET, role_named
from metrics.imports.table import Table
from metrics.imports.vocabulary import Known

SAMPLED_ROWS = 20
THOUSANDS = re.compile(r"[(\[]\s*(k|m)\s*(?:€|\$|£|eur|usd|gbp|chf|cad)?\s*[)\]]")
TIME_UNITS = re.compile(r"[(\[]\s*(h|heures?|hours?|min|minutes?)\s*[)\]]")
SCALES = {"k": Decimal(1_000), "m": Decimal(1_000_000)}


def own_columns(header: Sequence[str], context: Context, *, long: bool) -> list[Column | None]:
    """What each header stands for: what the person mapped, then roles, then metrics by name."""
    mapping = {header_key(name): target for name, target in context.options.mapping.items()}
    columns: list[Column | None] = []
    for cell in header:
        key = header_key(cell)
        if key in mapping:
            columns.append(_mapped(mapping[key], cell, context))
        else:
            columns.append(role_named(key) or (None if long else _metric(cell, context)))
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


def _column_of(known: Known, cell: str) -> Column:
    """The column of a metric, with the scale that a header like "Cost (k€)" gives it."""
    scale = Decimal(1)
    folded = fold(cell)
    if known.is_money and (found := THOUSANDS.search(folded)):
        scale = SCALES[found.group(1)]
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


def say_left_out(table: Table, context: Context) -> None:
    """Warn of columns that hold something and are not imported, with the reason."""
    read_as = [column.target if column else "" for column in table.columns]
    first = [line.cells for line in table.lines[:SAMPLED_ROWS]]
    note_columns(table.header.cells, read_as, first, context)
    for index, column in enumerate(table.columns):
        name = table.name_of(index)
        if column is not None or not name or not any(table.cells(index)):
            continue
        known = context.vocabulary.find(name)
        near = None if known else context.vocabulary.near(name)
        if known is not None and known.derived:
            message = _("The column “%(column)s” is left out: it is worked out from other metrics.")
        elif known is not None:
            message = _(
                "The column “%(column)s” is left out: another column is for the same metric."
            )
        elif near:
            message = _(
                "The column “%(column)s” is left out: it names no metric. Did you mean “%(near)s”?"
            )
        else:
            message = _("The column “%(column)s” is left out: it names no metric.")
        context.warn("column_left_out", message % {"column": name, "near": near})
