"""What was typed into the table of figures: read, checked, and saved as one step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from accounts.typed_numbers import NumberError, is_ambiguous, parse_metric_value, typed_text
from metrics.entries import COUNTED_UNITS, delete_entry, entry_doubts, save_entry
from metrics.entry_grid import Cell, Grid, language
from metrics.grid_words import conflict_text
from metrics.models import Entry
from metrics.typed import Conflict

SEEN = "seen."
"""Before a field's name: the hidden field that says what the form was shown with."""
MEANT = "meant."
"""Before a field's name: whether its number is the total or an amount to add."""
TAKE = "take."
"""Before a field's name: whose value is kept after a conflict, ``theirs`` or ``mine:<version>``."""
MARK = "decimal_mark"
"""The field that says, for the whole form, which character separates decimals in `1,234`."""
TOTAL, ADD = "total", "add"
THEIRS, MINE = "theirs", "mine:"


class _NotSaved(Exception):
    """Something has to be mended first: nothing of the table is saved."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A value that was saved or deleted, and what it was before; None where there was none."""

    entry: Entry
    before: Decimal | None
    is_deleted: bool

    @property
    def days(self) -> int:
        """Over how many days it reaches."""
        return (self.entry.end - self.entry.start).days + 1


def fill(grid: Grid, posted: Mapping[str, str]) -> list[Cell]:
    """Puts what was typed into the cells, and returns those that were changed."""
    return fill_cells(grid.cells, posted)


def fill_cells(cells: Iterable[Cell], posted: Mapping[str, str]) -> list[Cell]:
    """As `fill`, for some of the cells. A value of somebody else that is kept is no change."""
    changed = []
    for cell in cells:
        text, seen = posted.get(cell.name), posted.get(SEEN + cell.name, "")
        take = posted.get(TAKE + cell.name, "")
        version, _colon, shown = seen.partition(":")
        if text is None or text.strip() == shown.strip() or take == THEIRS:
            continue
        cell.text = text.strip()
        cell.meant = posted.get(MEANT + cell.name, "")
        known = take.removeprefix(MINE) if take.startswith(MINE) else version
        if known != str(cell.version) and cell.text != cell.typed:
            cell.conflict = conflict_text(cell)
        changed.append(cell)
    return [cell for cell in changed if cell.text != cell.typed]


def check_cells(
    workspace: Workspace, cells: Iterable[Cell], *, keep: bool, mark: str = ""
) -> list[tuple[Cell, Decimal | None]]:
    """Each cell with its number, None where it was emptied; the cells say what is wrong.

    `keep`: the person has seen what looks wrong. `mark` is the decimal mark that they chose.
    """
    cells = list(cells)
    values = _read(cells, mark if mark in {",", "."} else "")
    _doubt(workspace, [one for one in values if one[0].is_well], keep=keep)
    return values


def save_cells(
    workspace: Workspace,
    cells: list[Cell],
    *,
    user: User,
    today: date,
    keep: bool,
    mark: str = "",
) -> list[Saved]:
    """Saves every changed cell, or none of them.

    Returns the values that were saved, changed or deleted. An empty list where something has to
    be mended: the cells say what. `keep`: the person has seen the warnings. Where the parts of a
    total add up to more, each cell says what is meant by its number.
    """
    values = check_cells(workspace, cells, keep=keep, mark=mark)
    if not all(cell.is_well for cell in cells):
        return []
    try:
        with transaction.atomic():
            saved = [_save(workspace, cell, value, user, today) for cell, value in values]
            if not all(cell.is_well for cell in cells):
                raise _NotSaved
    except _NotSaved:
        return []
    return [one for one in saved if one is not None]


def _read(cells: list[Cell], mark: str) -> list[tuple[Cell, Decimal | None]]:
    """Each cell with its number; notes what is none, and what can be read in two ways."""
    values: list[tuple[Cell, Decimal | None]] = []
    for cell in cells:
        try:
            unit = str(cell.metric.definition.unit)
            currency = cell.metric.workspace.currency
            value = (
                parse_metric_value(cell.text, unit, language(), mark, currency)
                if cell.text
                else None
            )
        except NumberError as error:
            cell.error = str(error)
            continue
        if value is not None and value < 0 and unit in COUNTED_UNITS:
            cell.error = _("This is counted: enter zero or more.")
            continue
        cell.asks_mark = not mark and is_ambiguous(cell.text)
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
) -> Saved | None:
    """Saves one cell in a savepoint of its own; notes on the cell why it could not be."""
    try:
        if value is None:
            return _emptied(cell, user)
        known = None if cell.meant == ADD else cell.entry
        before = known.value if known else None
        entry = save_entry(
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
        if cell.meant == ADD and entry.value != value:
            before = entry.value - value
        return Saved(entry, before, is_deleted=False)
    except Conflict as conflict:
        cell.entry = conflict.current if isinstance(conflict.current, Entry) else None
        unit = str(cell.metric.definition.unit)
        cell.typed = typed_text(cell.entry.value, unit, language()) if cell.entry else ""
        cell.conflict = conflict_text(cell)
    except ValidationError as refused:
        cell.error = " ".join(refused.messages)
    return None


def _emptied(cell: Cell, user: User) -> Saved | None:
    if cell.entry is None:
        return None
    delete_entry(cell.entry, user=user, version=cell.version)
    return Saved(cell.entry, cell.entry.value, is_deleted=True)
