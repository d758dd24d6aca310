"""What the table of figures says of a cell: who was quicker, when, and what is asked."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts import fmt
from accounts.models import Workspace
from accounts.typed_numbers import NumberError, parse_metric_value
from metrics.entry_grid import Cell, language


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read `1,234`: with this character as the decimal mark."""

    mark: str
    value: str
    is_usual: bool


def clock(moment: datetime, workspace: Workspace) -> str:
    """The time of day in the workspace, like 14:02."""
    return moment.astimezone(ZoneInfo(workspace.time_zone)).strftime("%H:%M")


def conflict_text(cell: Cell) -> str:
    """Who wrote what into a cell after it was shown, and what was typed meanwhile."""
    if cell.entry is None:
        return _("This value was deleted meanwhile. Yours: %(mine)s.") % {"mine": cell.text or "–"}
    words = {
        "who": who_of(cell),
        "theirs": shown(cell),
        "mine": cell.text or _("nothing"),
        "time": clock(cell.entry.updated_at, cell.entry.workspace),
    }
    return _("%(who)s saved %(theirs)s at %(time)s. Yours: %(mine)s.") % words


def who_of(cell: Cell) -> str:
    """Who typed the stored value of a cell."""
    return str(cell.entry.entered_by or _("Somebody")) if cell.entry else ""


def shown(cell: Cell) -> str:
    """The stored value of a cell in its unit."""
    value = cell.entry.value if cell.entry else None
    metric = cell.metric
    return fmt.metric_value(
        value, str(metric.definition.unit), metric.workspace.currency, language()
    )


def exact(cell: Cell) -> str:
    """The stored value as it was read, every decimal of it."""
    if cell.entry is None:
        return ""
    is_rate = str(cell.metric.definition.unit) == "percent"
    return fmt.number(cell.entry.value * 100 if is_rate else cell.entry.value, language(), 6)


def readings(cell: Cell) -> list[Reading]:
    """The two ways to read an ambiguous text, the language's own one marked."""
    unit = str(cell.metric.definition.unit)
    usual = parse_metric_value(cell.text, unit, language())
    found = []
    for mark in (",", "."):
        try:
            value = parse_metric_value(cell.text, unit, language(), mark)
        except NumberError:
            continue
        text = fmt.number(value * 100 if unit == "percent" else value, language(), 6)
        found.append(Reading(mark, text, value == usual))
    return found
