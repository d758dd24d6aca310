"""The figures of blocks as one long table, which is then read as any other."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.imports.block_words import CHANNEL, METRIC, PERIOD
from metrics.imports.blocks import NO_YEAR, Arrangement, Figure, Unfolder
from metrics.imports.cells import Line, Lines
from metrics.imports.context import Context
from metrics.imports.days import ask_year
from metrics.imports.encoding import Unreadable
from metrics.imports.folding import header_key
from metrics.imports.guessing import alike, meant, shape_of
from metrics.imports.layout import Column, Kind, dimension, when
from metrics.imports.names import settle_words
from metrics.imports.plan_words import plans_left_out
from metrics.imports.reading import Document
from metrics.imports.roles import read_channel, role_named
from metrics.imports.table import Table
from metrics.imports.wording import listed

SEARCHED_LINES, SEARCHED_HEADERS = 120, 10
OTHER_ROLES = frozenset({"campaign", "device", "asset", "audience"})
LONG_COLUMNS: list[Column | None] = [
    when("day"),
    Column(Kind.METRIC_NAME, "metric"),
    Column(Kind.VALUE, "value"),
    dimension("channel", read=read_channel),
]
LONG_HEADER = ["period", "metric", "value", "channel"]


def unfolded(document: Document, context: Context) -> list[Table]:
    """The figures of all blocks as one long table; asks for the year where none is written."""
    unfolder, figures = _settled(document, context)
    if any(one.period.startswith(NO_YEAR) for one in figures):
        ask_year(context)
    _say_left_out(unfolder, context)
    if not figures and unfolder.planned:
        raise Unreadable(
            _(
                "This table holds only what is planned: %(names)s. Import what happened, and enter"
                " plans as objectives or as budgets of campaigns."
            )
            % {"names": listed(list(unfolder.planned))},
            kind="empty",
        )
    this_year = str(context.workspace.today.year)
    rows = [
        Line(one.line, [one.period.replace(NO_YEAR, this_year), one.metric, one.text, one.channel])
        for one in figures
    ]
    return [Table([], Line(1, LONG_HEADER), list(LONG_COLUMNS), Lines.of(rows))]


def _settled(document: Document, context: Context) -> tuple[Unfolder, list[Figure]]:
    """The figures of all blocks, once it is settled what their unknown labels stand for.

    What was said of labels in an earlier file with the same ones holds for this file too.
    """
    unfolder = Unfolder(context)
    figures = unfolder.unfold(document, document.lines)
    channels = Counter(label for _row, label in unfolder.strangers)
    metrics = dict.fromkeys((one for one, why in unfolder.left_out.items() if not why), 1)
    context.result.shape = shape_of([*channels, *metrics, *unfolder.labels])
    metrics = {one: 1 for one in metrics if _likely(one, context)}
    if not channels and not metrics:
        return unfolder, figures
    settle_words(channels, CHANNEL, "", context)
    settle_words(metrics, METRIC, "", context)
    unfolder = Unfolder(context)
    return unfolder, unfolder.unfold(document, document.lines)


def _likely(label: str, context: Context) -> bool:
    """Whether a label is likely to name a metric under another name."""
    return meant(label, context.vocabulary)[0] is not None or bool(alike(label, context)[0])


def certainty_of_blocks(document: Document, context: Context) -> float:
    """How sure it is that a document is laid out in blocks, 0 to 1."""
    unfolder = Unfolder(context)
    figures = unfolder.unfold(document, document.lines[:SEARCHED_LINES])
    found = len(figures) + sum(unfolder.planned.values())
    is_plain = bool(figures) and all(map(_is_plain, unfolder.arrangements))
    if found < 2 or is_plain or _has_other_roles(document):
        return 0.0
    return 0.99 if unfolder.grouped else 0.8


def _has_other_roles(document: Document) -> bool:
    """Whether rows are broken down by what blocks do not have: campaigns, pages, devices."""
    return any(
        (role := role_named(header_key(cell))) is not None and role.target in OTHER_ROLES
        for line in document.lines[:SEARCHED_HEADERS]
        for cell in line.cells
    )


def _is_plain(arrangement: Arrangement) -> bool:
    """Metrics above, and each row with its date: a wide table, which has a layout of its own."""
    columns, rows, title = arrangement
    return columns == {METRIC} and PERIOD in rows and CHANNEL not in title


def _say_left_out(unfolder: Unfolder, context: Context) -> None:
    """One sentence for the rows that are worked out, one for those that name nothing here."""
    if unfolder.planned:
        context.warn("plans_left_out", plans_left_out(list(unfolder.planned)))
    derived = [label for label, reason in unfolder.left_out.items() if reason]
    strange = [label for label, reason in unfolder.left_out.items() if not reason]
    if derived:
        message = ngettext(
            "The row %(rows)s is left out: it is worked out from other metrics.",
            "The rows %(rows)s are left out: they are worked out from other metrics.",
            len(derived),
        )
        context.warn("row_left_out", message % {"rows": listed(derived)})
    if strange:
        message = ngettext(
            "The row %(rows)s is left out: it names no metric and no channel.",
            "The rows %(rows)s are left out: they name no metric and no channel.",
            len(strange),
        )
        context.warn("row_left_out", message % {"rows": listed(strange)})
