"""Opens a file whatever it is: text with delimiters, or a workbook, of which a sheet is chosen.

The tables of a zip archive are as the sheets of a workbook.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from django.utils.translation import gettext as _

from metrics.imports.archive import is_archive, read_archive
from metrics.imports.cells import Line, Lines
from metrics.imports.context import Context
from metrics.imports.encoding import Unreadable
from metrics.imports.folding import fold
from metrics.imports.numbers import is_number
from metrics.imports.parsed import Choice, Limits, Question
from metrics.imports.reading import Document, read_document
from metrics.imports.recognise import LEAST, certainty, surest
from metrics.imports.workbook import Sheet, is_workbook, read_sheets

EVERY_SHEET = "*"

SEARCHED_LINES = 200


def open_document(name: str, data: bytes, limits: Limits, context: Context) -> Document:
    """The lines of a file. Raises Unreadable; a workbook may leave a question in the context."""
    if is_workbook(name, data):
        return _chosen(name, read_sheets(name, data, limits), context)
    if is_archive(data):
        return _chosen(name, read_archive(data, limits), context)
    return read_document(name, data, limits)


def _chosen(name: str, sheets: Sequence[Sheet], context: Context) -> Document:
    """The sheet asked for, the only one that can be read, or all that are one table in parts."""
    wanted = context.options.sheet
    full = [sheet for sheet in sheets if sheet.has_table]
    _say_hidden(sheets, context)
    if not full:
        raise Unreadable(
            _("The file is empty. Export it again, with at least one row of data."), kind="empty"
        )
    if wanted:
        return _document(name, [one for one in full if wanted in {one.name, EVERY_SHEET}] or full)
    if report := _report(name, full, context):
        _say_left_out([one for one in full if one not in report], context)
        return _document(name, report)
    known = [one for one in full if _certainty(name, one, context) >= LEAST]
    if len(full) == 1 or len(known) == 1:
        only = known or full
        _say_left_out([one for one in full if one is not only[0]], context)
        return _document(name, only)
    if _are_alike(known):
        _say_left_out([one for one in full if one not in known], context)
        return _document(name, known)
    offered = known or full
    likely = max(offered, key=lambda one: (_certainty(name, one, context), _figures(one)))
    _ask(offered, likely, context)
    return _document(name, [likely])


def _document(name: str, sheets: Sequence[Sheet]) -> Document:
    """One sheet, or several below each other, each under its name: it may say the month."""
    titled = chain.from_iterable([Line(0, [one.name]), *one.lines] for one in sheets)
    return Document(name, "", sheets[0].delimiter, Lines.of(list(titled)))


def _report(name: str, sheets: Sequence[Sheet], context: Context) -> list[Sheet]:
    """The sheets that are parts of one report, where the tool's reports are read as a whole.

    Sheets that no tool claims are none of its parts: lists of browsers, notes, the filters.
    """
    documents = {one.name: _document(name, [one]) for one in sheets}
    found = {key: surest(document, context) for key, document in documents.items()}
    claimed = {
        key: layout
        for key, (score, layout) in found.items()
        if score >= LEAST and not layout.strict_rows
    }
    if len(claimed) < 2 or len({layout.key for layout in claimed.values()}) > 1:
        return []
    layout = next(iter(claimed.values()))
    if not layout.together:
        return []
    return [
        one for one in sheets if one.name in claimed and not layout.is_aside(documents[one.name])
    ]


def _certainty(name: str, sheet: Sheet, context: Context) -> float:
    return certainty(_document(name, [sheet]), context)


def _figures(sheet: Sheet) -> int:
    """How many numbers stand in its first rows: a sheet of words tells about the others."""
    return sum(is_number(cell) for line in sheet.lines[:SEARCHED_LINES] for cell in line.cells)


def _are_alike(sheets: Sequence[Sheet]) -> bool:
    """Whether the sheets have the same header: one table, cut by month or by country."""
    heads = {tuple(map(fold, _head(one).cells)) for one in sheets}
    return len(sheets) > 1 and len(heads) == 1


def _head(sheet: Sheet) -> Line:
    """The first row with more than one cell: below titles, it is the header."""
    return next(line for line in sheet.lines if line.filled > 1)


def _say_hidden(sheets: Sequence[Sheet], context: Context) -> None:
    hidden = [sheet.name for sheet in sheets if sheet.hidden]
    if hidden:
        message = _("Hidden sheets are not read: %(sheets)s.")
        context.warn("sheets_hidden", message % {"sheets": ", ".join(hidden)[:200]})


def _say_left_out(sheets: Sequence[Sheet], context: Context) -> None:
    if sheets:
        named = ", ".join(sheet.name for sheet in sheets)[:200]
        message = _("These sheets hold no table that is known and are left out: %(sheets)s.")
        context.warn("sheets_left_out", message % {"sheets": named})


def _ask(sheets: Sequence[Sheet], likely: Sheet, context: Context) -> None:
    choices = [Choice(one.name, one.name) for one in sheets]
    choices.append(Choice(EVERY_SHEET, _("All of them, one below the other")))
    context.ask(
        Question(
            code="sheet",
            message=_("Several sheets hold tables. Which one is to be imported?"),
            option="sheet",
            choices=tuple(choices),
            default=likely.name,
        )
    )
