"""The typed values of two campaigns that become one, and one that becomes two again.

A value that moved is its own row still. Two that became one are kept as a twin: the row that
went, and the version that the sum had, by which a later change of it is told from another merge.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from accounts.models import User, Workspace
from metrics.catalogue.definition import Rollup
from metrics.entries import bring_back_entry, delete_entry, move_entry
from metrics.kept_rows import kept_row, row_of
from metrics.models import Campaign, Entry

Moved = dict[str, Any]
"""``{"entry": id}`` for a value that moved; ``{"row", "twin", "version", "gave_note"}`` for one
that was added to the value ``twin``."""
BEHIND = ("workspace", "metric", "channel", "device")


def move_entries(
    workspace: Workspace,
    *,
    user: User | None,
    source: Campaign,
    target: Campaign,
    earlier: Iterable[list[Moved]],
) -> list[Moved]:
    """Gives what was typed for one campaign to another, and returns what moved.

    Two values of a metric that adds up, for the same days and place, become one: their sum.
    `earlier` is what other merges into the target moved, which goes on knowing its twins. Raises
    ValidationError where the two have values for the same days that cannot be added.
    """
    known = list(earlier)
    moved = Entry.objects.filter(workspace=workspace, campaign=source).select_related(*BEHIND)
    return [_move(entry, target, user, known) for entry in moved.order_by("pk")]


def _move(entry: Entry, target: Campaign, user: User | None, known: list[list[Moved]]) -> Moved:
    twin = _twin(entry, target)
    if twin is None:
        move_entry(entry, user=user, campaign=target, value=entry.value, note=entry.note)
        return {"entry": entry.pk}
    kept = kept_row(entry)
    delete_entry(entry, user=user)
    note, gave_note = twin.note or entry.note, not twin.note and bool(entry.note)
    total = move_entry(twin, user=user, campaign=target, value=twin.value + entry.value, note=note)
    _follow(known, twin, total)
    return {"row": kept, "twin": twin.pk, "version": total.version, "gave_note": gave_note}


def _twin(entry: Entry, target: Campaign) -> Entry | None:
    """What is typed for the target on the same days and place, if the two can be added."""
    if entry.metric.definition.rollup != Rollup.SUM:
        return None
    return (
        Entry.objects.filter(
            workspace=entry.workspace, metric=entry.metric, start=entry.start, end=entry.end,
            channel=entry.channel, campaign=target, device=entry.device,
            is_addition=entry.is_addition,
        )
        .select_related(*BEHIND)
        .first()
    )  # fmt: skip


def return_entries(
    moved: Iterable[Moved],
    *,
    user: User | None,
    source: Campaign,
    target: Campaign,
    others: Iterable[list[Moved]],
) -> int:
    """Takes back `move_entries`, and returns how many values stay since they were changed.

    A value that moved comes back as it is now. Of a sum each gets its own again, unless somebody
    changed the sum: nobody can say then what each of the two has. `others` is what other merges
    into the target moved; it is changed where their values lie on one that goes.
    """
    known = list(others)
    stayed = 0
    for one in moved:
        if "twin" in one:
            stayed += not _part(one, user, target, known)
        else:
            stayed += not _give_back(one, user, source, target, known)
    return stayed


def _part(one: Moved, user: User | None, target: Campaign, known: list[list[Moved]]) -> bool:
    """A sum becomes two values again."""
    total = _stored(one["twin"], target)
    row = row_of(Entry, one["row"], may_miss=("entered_by",))
    if total is None or row is None or total.version != one["version"]:
        return False
    rest = move_entry(
        total, user=user, campaign=target, value=total.value - row.value,
        note=_without(total.note, [(one, row)]),
    )  # fmt: skip
    _follow(known, total, rest)
    bring_back_entry(row, user=user)
    return True


def _give_back(
    one: Moved, user: User | None, source: Campaign, target: Campaign, known: list[list[Moved]]
) -> bool:
    """A value goes home. What other merges added to it stays with the target."""
    entry = _stored(one["entry"], target)
    if entry is None:
        return not Entry.objects.filter(pk=one["entry"]).exists()
    riders = list(_riders(entry, known))
    rows = [row_of(Entry, rider["row"], may_miss=("entered_by",)) for rider in riders]
    added = [row for row in rows if row is not None]
    if len(added) < len(rows) or any(rider["version"] != entry.version for rider in riders):
        return False
    value = entry.value - sum((row.value for row in added), Decimal(0))
    note = _without(entry.note, zip(riders, added, strict=True))
    move_entry(entry, user=user, campaign=source, value=value, note=note)
    if added:
        _set_down(riders, added, target, user)
    return True


def _set_down(riders: list[Moved], rows: list[Entry], target: Campaign, user: User | None) -> None:
    """The first value that was added to one that left stands in its place, with the others'."""
    first = rows[0]
    noted = next((place for place, row in enumerate(rows) if row.note), 0)
    first.campaign = target
    first.value = sum((row.value for row in rows), Decimal(0))
    first.note = rows[noted].note
    first.version += 1
    bring_back_entry(first, user=user)
    for place, rider in enumerate(riders[1:], start=1):
        rider["twin"], rider["version"] = first.pk, first.version
        rider["gave_note"] = place == noted
    riders[0].clear()
    riders[0]["entry"] = first.pk


def _without(note: str, parts: Iterable[tuple[Moved, Entry]]) -> str:
    """The note of a sum without the one that a part gave it."""
    gave = any(one["gave_note"] and row.note == note for one, row in parts)
    return "" if gave else note


def _stored(pk: int, target: Campaign) -> Entry | None:
    """A value that the target still has."""
    return Entry.objects.filter(pk=pk, campaign=target).select_related(*BEHIND).first()


def _riders(entry: Entry, known: list[list[Moved]]) -> Iterator[Moved]:
    return (one for moved in known for one in moved if one.get("twin") == entry.pk)


def _follow(known: list[list[Moved]], before: Entry, after: Entry) -> None:
    """Other merges know a sum by the version that this one left."""
    for one in _riders(before, known):
        if one["version"] == before.version:
            one["version"] = after.version
