"""What is wrong with a row, said so that it can be mended: a name or a number that is none."""

from __future__ import annotations

from django.utils.translation import gettext as _

from metrics.imports.cells import Line
from metrics.imports.context import Context
from metrics.imports.layout import Column


def unknown_name(line: Line, name: str, column: Column, cell: str, context: Context) -> None:
    """A cell that should name a channel or a device, and does not."""
    messages = {
        "channel": _(
            "“%(found)s” is not a channel. Use a channel of the workspace, or add this one to "
            "its settings first."
        ),
        "device": _("“%(found)s” is not a device. Use desktop, smartphone, tablet or other."),
    }
    message = messages.get(column.target, _("“%(found)s” is not known here. Correct it."))
    context.problem(line.number, name, cell, message % {"found": cell}, column.target)


def unknown_metric(line: Line, name: str, cell: str, context: Context, *, derived: bool) -> None:
    """A cell that should name a metric. `derived`: it names one that is worked out."""
    near = None if derived else context.vocabulary.near(cell)
    if derived:
        message = _("“%(found)s” is worked out from other metrics. Import those instead.")
    elif near:
        message = _("“%(found)s” is not a metric. Did you mean “%(near)s”?")
    else:
        message = _("“%(found)s” is not a metric. Use the key or the name of one.")
    expected = message % {"found": cell, "near": near}
    context.problem(line.number, name, cell, expected, "metric")


def not_a_number(line: Line, name: str, cell: str, mark: str, context: Context) -> None:
    """A cell that should hold a number. `mark`: the decimal mark of its column."""
    example = "1 234,5" if mark == "," else "1,234.5"
    expected = _("Enter a number, like %(example)s.") % {"example": example}
    context.problem(line.number, name, cell, expected, "number")
