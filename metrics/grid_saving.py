"""What was typed into the table of figures: read, checked, and saved as one step."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import fmt
from accounts.models import User, Workspace
from accounts.typed_numbers import NumberError, parse_metric_value, typed_text
from metrics.entries import delete_entry, entry_doubts, save_entry
from metrics.entry_grid import Cell, Grid, language
from metrics.models import Entry
from metrics.typed import Conflict

SEEN = "seen."
"""Before a field's name: the hidden field that says what the form was shown with."""
MEANT = "meant."
"""Before a field's name: whether its number is the total or an amount to add."""
TOTAL, ADD = "total", "add"


class _NotSaved(Exception):
    """Something has to be mended first: nothing of the table is saved."""


def fill(grid: Grid, posted: Mapping[str, str]) -> list[Cell]:
    """Puts what was typed into the cells, and returns those that were changed."""
    changed = []
    for cell in grid.cells:
        text, seen = posted.get(cell.name), posted.get(SEEN + cell.name, "")
        version, _colon, shown = seen.partition(":")
        if text is None or text.strip() == shown.strip():
            continue
        cell.text = text.strip()
        cell.meant = posted.get(MEANT + cell.name, "")
        if version != str(cell.version) and cell.text != cell.typed:
            cell.conflict = conflict_text(cell)
        changed.append(cell)
    return [cell for cell in changed if cell.text != cell.typed]


def save_cells(
    workspace: Workspace, cells: list[Cell], *, user: User, today: date, keep: bool
) -> list[Entry]:
    """Saves every changed cell, or none of them.

    Returns the values that were saved, changed or deleted. An empty list where something has to
    be mended: the cells say what. `keep`: the person has seen the warnings. Where the parts of a
    total add up to more, each cell says what is meant by its number.
    """
    values = _read(cells)
    if all(cell.is_well for cell in cells):
        _doubt(workspace, values, keep=keep)
    if not all(cell.is_well for cell in cells):
        return []
    try:
        with transaction.atomic():
            saved = [_save(workspace, cell, value, user, today) for cell, value in values]
            if not all(cell.is_well for cell in cells):
                raise _NotSaved
    except _NotSaved:
        return []
    return [entry for entry in saved if entry is not None]


def conflict_text(cell: Cell) -> str:
    """Who wrote what into a cell after the form was shown."""
    if cell.entry is None:
        return _("This value was deleted meanwhile. Save again to enter yours.")
    words = {
        "who": cell.entry.entered_by or _("Somebody"),
        "theirs": fmt.metric_value(
            cell.entry.value,
            str(cell.metric.definition.unit),
            cell.entry.workspace.currency,
            language(),
        ),
    }
    return _("%(who)s saved %(theirs)s meanwhile. Save again to replace it with yours.") % words


def _read(cells: list[Cell]) -> list[tuple[Cell, Decimal | None]]:
    """Each cell with its number, None where it was emptied; notes what is not a number."""
    values: list[tuple[Cell, Decimal | None]] = []
    for cell in cells:
        try:
            unit = str(cell.metric.definition.unit)
            value = parse_metric_value(cell.text, unit, language()) if cell.text else None
        except NumberError as error:
            cell.error = str(error)
            continue
        values.append((cell, value))
    return values


def _doubt(workspace: Workspace, values: list[tuple[Cell, Decimal | None]], *, keep: bool) -> None:
    """Notes what would look wrong beside the figures that are there, and what has to be asked."""
    for cell, value in values:
        if value is None:
            continue
        doubts = entry_doubts(
            workspace,
            metric=cell.metric,
            start=cell.period.start,
            end=cell.period.end,
            value=value,
            entry=cell.entry,
        )
        settled = cell.meant in (TOTAL, ADD) if doubts.asks else keep
        if not settled:
            cell.warnings, cell.asks = doubts.messages, doubts.asks


def _save(
    workspace: Workspace, cell: Cell, value: Decimal | None, user: User, today: date
) -> Entry | None:
    """Saves one cell in a savepoint of its own; notes on the cell why it could not be."""
    try:
        if value is None:
            if cell.entry is not None:
                delete_entry(cell.entry, user=user, version=cell.version)
            return cell.entry
        known = None if cell.meant == ADD else cell.entry
        return save_entry(
            workspace,
            user=user,
            metric=cell.metric,
            start=cell.period.start,
            end=cell.period.end,
            value=value,
            today=today,
            note=known.note if known else "",
            entry=known,
            version=cell.version if known else None,
            addition=cell.meant == ADD,
        )
    except Conflict as conflict:
        cell.entry = conflict.current if isinstance(conflict.current, Entry) else None
        unit = str(cell.metric.definition.unit)
        cell.typed = typed_text(cell.entry.value, unit, language()) if cell.entry else ""
        cell.conflict = conflict_text(cell)
    except ValidationError as refused:
        cell.error = " ".join(refused.messages)
    return None
