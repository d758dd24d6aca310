"""Which layout a document is in, judged by its content."""

from __future__ import annotations

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.encoding import Unreadable
from metrics.imports.guessing import ask_columns
from metrics.imports.layout import Layout
from metrics.imports.layouts import LAYOUTS
from metrics.imports.reading import Document

LEAST = 0.5


class Undecided(Exception):
    """Nothing can be read before the questions about a table's columns are answered."""


def layout_of(document: Document, context: Context) -> Layout:
    """The layout asked for, or the surest one. Raises Unreadable where none fits."""
    wanted = context.options.layout
    if wanted:
        return _named(wanted)
    score, layout = surest(document, context)
    if score >= LEAST:
        return layout
    if ask_columns(document, context):
        return LAYOUTS["own_wide"]
    if any(question.code == "column" for question in context.result.questions):
        raise Undecided
    raise _unknown(document)


def certainty(document: Document, context: Context) -> float:
    """How sure the surest layout is that the document is its own, 0 to 1."""
    return surest(document, context)[0]


def surest(document: Document, context: Context) -> tuple[float, Layout]:
    """The layout that is surest that the document is its own, and how sure it is."""
    scores = [(layout.recognise(document, context), layout) for layout in LAYOUTS.values()]
    return max(scores, key=lambda pair: pair[0])


def _named(key: str) -> Layout:
    layout = LAYOUTS.get(key)
    if layout is None:
        raise Unreadable(
            _("There is no layout “%(key)s”. Choose one of these: %(known)s.")
            % {"key": key, "known": ", ".join(LAYOUTS)},
            kind="layout",
        )
    return layout


def _unknown(document: Document) -> Unreadable:
    widest = max(document.lines[:50], key=lambda line: line.filled)
    seen = ", ".join(f"“{cell}”" for cell in widest.cells[:6] if cell)
    if len(document.lines) == 1:
        message = _("The file has a header and no row of data. Export it again, with its data.")
        return Unreadable(message, row=document.lines[0].number, kind="empty")
    message = _(
        "The columns of this file are not known: %(columns)s. Name them date, metric and value, or "
        "a date and one column for each metric, or export the report again with its own headers."
    )
    return Unreadable(message % {"columns": seen[:300]}, row=widest.number, kind="columns")
