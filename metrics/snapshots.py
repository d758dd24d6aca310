"""The one writer of snapshots and blocks: from facts to the stored values of every period.

Days are resolved from facts; weeks and months add up days; quarters and years add up months;
formulas come last, on each period's own values. All of it is done on whole arrays
(`metrics.engine`). Only rows that differ are written, so that a second run writes nothing, and a
closed period whose number changes leaves a Restatement.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import localcontext
from typing import NamedTuple

from django.db import connection, transaction

from accounts.models import Workspace
from metrics.calculation import CONTEXT
from metrics.joint import Joint, joined
from metrics.own_rows import drop_own
from metrics.periods import Calendar
from metrics.recomputing import Recompute
from metrics.redefining import ROWS_OF_SEGMENTS, Redefining
from metrics.restating import Restating, open_since
from metrics.rules import Rules, read_rules_of
from metrics.staleness import Stale, extent, forget_stale, read_stale_of, stale_days

PATIENCE = """
SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '300s';
SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL enable_mergejoin = off
"""
"""Workspaces are recomputed side by side: helpers of one statement take from another. Rows that are
written carry a kilobyte each: to hash others for them costs less than to sort them."""
WITHOUT_WAITING = "SET LOCAL synchronous_commit = off"
LOCK = """
SELECT pg_advisory_xact_lock(hashtext('metrics.snapshots'), id::int)
FROM (SELECT id FROM unnest(%s::bigint[]) AS id ORDER BY id) AS ordered
"""
TAKE = """
SELECT id FROM unnest(%s::bigint[]) AS id
WHERE pg_try_advisory_xact_lock(hashtext('metrics.snapshots'), id::int) LIMIT %s
"""
HOLD = "SELECT id FROM accounts_workspace WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"
"""Rows and blocks have no foreign key to it (`accounts.tenancy.held_workspace`)."""
AT_ONCE = 25
"""Workspaces that are worked out together: with more a step costs hardly less for each."""
SEGMENTS_AT_ONCE = 1_250
"""A month of more segments is worked out by itself, so that memory stays flat."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a recompute looked at and wrote: days, rows, restated values."""

    days: int = 0
    rows_written: int = 0
    restated: int = 0

    def __add__(self, other: "Refreshed") -> "Refreshed":
        return Refreshed(
            self.days + other.days,
            self.rows_written + other.rows_written,
            self.restated + other.restated,
        )


def refresh(workspace: Workspace, *, today: date, now: datetime) -> Refreshed:
    """Recomputes what facts changed and what days passed since the last time.

    Without any earlier run that is everything. `today` is the workspace's date at `now`.
    """
    return _run([workspace], today=today, now=now)


def refresh_together(workspaces: Sequence[Workspace], *, today: date, now: datetime) -> Refreshed:
    """The same for several at once, which costs a fraction of one after the other: all or none.

    The caller's scope sees all of them, and for all of them it is the same day. Its transaction
    holds nothing else, as it ends without waiting for the disk: should the server break down in
    that moment, the days are stale again with what was made of them, and nothing is lost. Returns
    what was looked at and written in all. Raises Workspace.DoesNotExist where one is gone.
    """
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_WAITING)
    return _run(workspaces, today=today, now=now)


def take_free(workspace_ids: Sequence[int], *, most: int = AT_ONCE) -> list[int]:
    """The first of these workspaces, so many, that nobody else computes; nobody does until the
    caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [list(workspace_ids), most])
        return [pk for (pk,) in cursor.fetchall()]


def recompute(
    workspace: Workspace,
    *,
    today: date,
    now: datetime,
    since: date | None = None,
    full: bool = False,
) -> Refreshed:
    """Recomputes also the days from `since` on, or all of them; otherwise as `refresh`."""
    return _run([workspace], today=today, now=now, since=since, full=full)


class Alike(NamedTuple):
    """What workspaces have to have in common to be worked out together: how they cut time, their
    formulas, the days to look at, whether those are all, whether own metrics changed, and the day
    that they were last computed on."""

    calendar: Calendar
    formulas: int
    days: frozenset[date]
    full: bool
    redefined: bool
    open_since: date


def _run(
    workspaces: Sequence[Workspace],
    *,
    today: date,
    now: datetime,
    since: date | None = None,
    full: bool = False,
) -> Refreshed:
    ordered = sorted(workspaces, key=lambda one: one.pk)
    done = Refreshed()
    with transaction.atomic(), localcontext(CONTEXT):
        _hold([one.pk for one in ordered])
        stale = read_stale_of(ordered)
        if not full and since is None and not any(one.is_behind(today) for one in stale):
            return done
        rules = read_rules_of(ordered)
        alike = _alike(rules, stale, today=today, since=since, full=full)
        for one, places in alike.items():
            for some in _batches(one, places, rules):
                done += _of_these(
                    one,
                    joined([rules[place] for place in some]),
                    [stale[place] for place in some],
                    today=today,
                    now=now,
                )
        forget_stale(ordered, stale, today=today)
    return done


def _batches(alike: Alike, places: Sequence[int], rules: Sequence[Rules]) -> Iterable[list[int]]:
    """As many of them at once as fit into memory; one by one where everything is looked at."""
    found: list[int] = []
    segments = 0
    most = 1 if alike.full else AT_ONCE
    most_segments = ROWS_OF_SEGMENTS if alike.redefined else SEGMENTS_AT_ONCE
    for place in places:
        segments += rules[place].segment_count
        if found and (len(found) == most or segments > most_segments):
            yield found
            found, segments = [], rules[place].segment_count
        found.append(place)
    yield found


def _hold(ids: list[int]) -> None:
    """Waits for those who compute one of these workspaces, and keeps the workspaces there."""
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        cursor.execute(LOCK, [ids])
        cursor.execute(HOLD, [ids])
        there = {pk for (pk,) in cursor.fetchall()}
    for gone in set(ids) - there:
        raise Workspace.DoesNotExist(f"Workspace {gone} is gone.")


def _alike(
    rules: Sequence[Rules],
    stale: Sequence[Stale],
    *,
    today: date,
    since: date | None,
    full: bool,
) -> dict[Alike, list[int]]:
    """The places of the workspaces that can be worked out together."""
    found: dict[Alike, list[int]] = defaultdict(list)
    both = list(zip(rules, stale, strict=True))
    changed = stale_days(both, today=today)
    for place, (one, spans) in enumerate(both):
        everything = full or spans.opened is None
        days = extent(one, today=today) if everything else changed[place]
        if since is not None and not everything:
            days |= {day for day in extent(one, today=today) if day >= since}
        redefined = bool(spans.definitions and one.own and not everything)
        opened = open_since(spans, today)
        key = Alike(one.calendar, id(one.formulas), frozenset(days), everything, redefined, opened)
        found[key].append(place)
    return found


def _of_these(
    alike: Alike, rules: Joint, stale: Sequence[Stale], *, today: date, now: datetime
) -> Refreshed:
    restating = Restating(rules, stale, today=today, now=now)
    run = Recompute(rules, restating, today=today, now=now)
    run.days(set(alike.days), full=alike.full)
    written = run.written
    if alike.redefined:
        written += Redefining(rules, restating, today=today, now=now).everywhere()
    if not rules.own:
        written += drop_own(rules.owners)
    return Refreshed(days=len(alike.days), rows_written=written, restated=restating.save())
