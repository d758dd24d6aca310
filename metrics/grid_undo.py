"""Taking back the last save in the table of figures, as long as nobody changed its values since."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TypedDict

from django.db import transaction

from accounts.models import User, Workspace
from metrics.entries import delete_entry, save_entry
from metrics.grid_saving import Saved
from metrics.models import Entry, Metric
from metrics.typed import Conflict


class UndoStep(TypedDict):
    """One value of a save as the session keeps it: which it is, and what it was before."""

    value_id: str
    version: int
    before: str | None
    deleted: bool
    metric: str
    start: str
    end: str
    note: str


def undo_steps(saved: Iterable[Saved]) -> list[UndoStep]:
    """What has to be known to take a save back."""
    return [
        UndoStep(
            value_id=one.entry.public_id,
            version=one.entry.version,
            before=None if one.before is None else str(one.before),
            deleted=one.is_deleted,
            metric=one.entry.metric.key,
            start=one.entry.start.isoformat(),
            end=one.entry.end.isoformat(),
            note=one.entry.note,
        )
        for one in saved
    ]


def take_back(
    workspace: Workspace, steps: Iterable[UndoStep], *, user: User, today: date
) -> list[Entry]:
    """Puts every value back to what it was before the save, or none of them.

    Raises Conflict where one was changed since, and ValidationError where one cannot be put back.
    """
    with transaction.atomic():
        return [_step_back(workspace, step, user, today) for step in steps]


def _step_back(workspace: Workspace, step: UndoStep, user: User, today: date) -> Entry:
    if step["deleted"]:
        return save_entry(
            workspace,
            user=user,
            metric=Metric.objects.get(workspace=workspace, key=step["metric"]),
            start=date.fromisoformat(step["start"]),
            end=date.fromisoformat(step["end"]),
            value=Decimal(step["before"] or 0),
            today=today,
            note=step["note"],
        )
    entry = (
        Entry.objects.filter(workspace=workspace, public_id=step["value_id"])
        .select_related("workspace", "metric", "channel", "campaign", "device")
        .first()
    )
    if entry is None:
        raise Conflict(None)
    if step["before"] is None:
        delete_entry(entry, user=user, version=step["version"])
        return entry
    return save_entry(
        workspace, user=user, metric=entry.metric, start=entry.start, end=entry.end,
        value=Decimal(step["before"]), today=today, channel=entry.channel,
        campaign=entry.campaign, device=entry.device, note=entry.note, entry=entry,
        version=step["version"],
    )  # fmt: skip
