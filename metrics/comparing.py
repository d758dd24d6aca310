"""What facts would do before they are written: new, changed, same, and what looks wrong.

Nothing here writes: the rows are compared with what is stored in a table that is dropped.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

from accounts.models import Workspace
from metrics import comparing_sql
from metrics.staging import FactKey, FactRow, Staging, staging

MOST_DIFFERENCES = 2_000
MOST_EXCESSES = 5
USUAL_DAYS = 120
LEAST_USUAL_DAYS = 7
UNUSUAL_TIMES = 10
DIMENSIONS = 5


class Difference(NamedTuple):
    """A fact that is there already with another value."""

    key: FactKey
    old: Decimal
    new: Decimal


class Excess(NamedTuple):
    """A day on which a finer breakdown of a feed adds up to more than a coarser one.

    `finer` and `coarser` are the breakdowns, in the order of a fact's dimensions.
    """

    metric_id: int
    day: date
    finer_sum: Decimal
    coarser_sum: Decimal
    finer: tuple[bool, ...]
    coarser: tuple[bool, ...]


class Unusual(NamedTuple):
    """A metric whose mean day in the file is many times its mean day before."""

    metric_id: int
    mean_day: Decimal
    usual_day: Decimal


@dataclass(slots=True)
class Comparison:
    """What writing the rows would do.

    `differences` holds the largest changes, at most 2,000. `has_lone_days`: on some day the rows
    are the only view of a summed metric in their feed, and so stand for its total.
    """

    created: int = 0
    changed: int = 0
    same: int = 0
    differences: list[Difference] = field(default_factory=list)
    excesses: list[Excess] = field(default_factory=list)
    unusual: list[Unusual] = field(default_factory=list)
    has_lone_days: bool = False


def compare_facts(
    workspace: Workspace,
    *,
    rows: Iterable[FactRow],
    feed_id: int,
    summed: dict[int, Decimal],
) -> Comparison:
    """Compares rows of one feed with its stored facts.

    `summed` maps the metrics that add up to the smallest amount that matters for each fact of a
    day (what rounding may have moved when spans were spread; 0 where days are stated).
    """
    with staging() as staged:
        staged.take(rows)
        return compare_staged(staged, workspace, feed_id=feed_id, summed=summed)


def compare_staged(
    staged: Staging, workspace: Workspace, *, feed_id: int, summed: dict[int, Decimal]
) -> Comparison:
    """Compares the facts that are staged, as `compare_facts` does."""
    known, changed = staged.standing(workspace.pk)
    result = Comparison(created=staged.count - known, changed=changed, same=known - changed)
    names = staged.names(workspace.pk) | {
        "feed": feed_id,
        "summed": list(summed),
        "differences": MOST_DIFFERENCES,
        "usual_days": USUAL_DAYS,
    }
    cursor = staged.cursor
    if changed:
        cursor.execute(comparing_sql.DIFFERENCES, names)
        result.differences = [
            Difference(FactKey(*row[:9]), row[9], row[10]) for row in cursor.fetchall()
        ]
    cursor.execute(comparing_sql.CREATE_VIEWS, names)
    cursor.execute(comparing_sql.MEAN_DAYS, names)
    result.unusual = _unusual(cursor.fetchall())
    _look_at_views(cursor, names, known, summed, result)
    cursor.execute(comparing_sql.DROP_VIEWS)
    return result


def _unusual(rows: Iterable[tuple[int, Decimal, Decimal, int]]) -> list[Unusual]:
    return [
        Unusual(metric_id, mean, usual)
        for metric_id, mean, usual, days in rows
        if days >= LEAST_USUAL_DAYS and 0 < usual * UNUSUAL_TIMES <= mean
    ]


def _look_at_views(
    cursor: CursorWrapper,
    names: dict[str, Any],
    known: int,
    summed: dict[int, Decimal],
    result: Comparison,
) -> None:
    """Sets the views of each day beside each other, those stored and those of the file."""
    cursor.execute(comparing_sql.COUNT_STORED, names)
    if cursor.fetchone()[0] > known:
        cursor.execute(comparing_sql.ADD_OTHERS, names)
    cursor.execute(comparing_sql.SEVERAL_VIEWS)
    views = cursor.fetchall()
    result.excesses = _excesses(views, summed)
    cursor.execute(comparing_sql.COUNT_DAYS)
    result.has_lone_days = cursor.fetchone()[0] > len({(row[0], row[1]) for row in views})


class _View(NamedTuple):
    """What one breakdown of a day adds up to, and of how many facts."""

    breakdown: tuple[bool, ...]
    total: Decimal
    facts: int


def _excesses(rows: Iterable[tuple[Any, ...]], summed: dict[int, Decimal]) -> list[Excess]:
    """The first days on which a finer view of a metric is larger than a coarser one."""
    by_day: dict[tuple[int, date], list[_View]] = defaultdict(list)
    for metric_id, day, mask, total, facts in rows:
        breakdown = tuple(bool(mask >> bit & 1) for bit in range(DIMENSIONS))
        by_day[metric_id, day].append(_View(breakdown, total, facts))
    found: list[Excess] = []
    for (metric_id, day), views in by_day.items():
        found += _excesses_of_day(metric_id, day, views, summed[metric_id])
        if len(found) >= MOST_EXCESSES:
            break
    return found[:MOST_EXCESSES]


def _excesses_of_day(metric_id: int, day: date, views: list[_View], slack: Decimal) -> list[Excess]:
    return [
        Excess(metric_id, day, finer.total, coarser.total, finer.breakdown, coarser.breakdown)
        for finer in views
        for coarser in views
        if _is_finer(finer.breakdown, coarser.breakdown)
        and finer.total > coarser.total + slack * finer.facts
    ]


def _is_finer(one: tuple[bool, ...], other: tuple[bool, ...]) -> bool:
    """Whether the first breaks down by everything that the second does, and by more."""
    return one != other and all(a or not b for a, b in zip(one, other, strict=True))
