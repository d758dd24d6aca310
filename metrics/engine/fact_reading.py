"""The facts that a recompute reads: whole months as they are packed, other days row by row."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from metrics.engine.arrays import array_cursor, ids
from metrics.engine.facts import Facts, TooManyFacts, one_after_the_other, read_facts
from metrics.engine.packed_facts import unpacked
from metrics.periods import ONE_DAY, last_of_month

COUNT_PACKED = """
SELECT coalesce(sum(facts), 0) FROM metrics_factmonth
WHERE workspace_id = ANY(%(workspaces)s) AND month BETWEEN %(first)s AND %(last)s
    AND month + interval '1 month' <= %(last)s::date + 1
"""
PACKED = """
SELECT workspace_id, month, content FROM metrics_factmonth
WHERE workspace_id = ANY(%(workspaces)s) AND month BETWEEN %(first)s AND %(last)s
    AND month + interval '1 month' <= %(last)s::date + 1 AND content <> ''
ORDER BY workspace_id, month
"""
ROWS = """
FROM unnest(%({name}_of)s::bigint[], %({name}_from)s::date[], %({name}_to)s::date[])
    AS days (workspace_id, first, last)
JOIN metrics_fact USING (workspace_id)
WHERE metric_id = ANY(%({name})s) AND day BETWEEN days.first AND days.last{rest}
"""


class Source(NamedTuple):
    """Facts of some metrics over some days, and what else is asked of them."""

    name: str
    metrics: Sequence[int]
    first: date
    last: date
    rest: str = ""


def read_with_packed(
    sources: Sequence[Source],
    workspaces: Sequence[int],
    names: Mapping[str, Any],
    *,
    most: int | None,
) -> Facts:
    """The facts of several sources, the first of which has the days that all of them have;
    `names` are what else statements name.

    Months that lie wholly in these are read as they are packed, the facts of all sources at once.
    Raises TooManyFacts where those and the first source's are more than `most`.
    """
    asked = {**names, "first": sources[0].first, "last": sources[0].last}
    asked["workspaces"] = ids(workspaces)
    if most is not None:
        most -= _count_packed(asked)
        if most < 0:
            raise TooManyFacts
    months, contents = _packed(workspaces, asked)
    for one in sources:
        asked[one.name] = ids(one.metrics)
        asked |= _days_left(one, months)
    rows = read_facts(
        [ROWS.format(name=one.name, rest=one.rest) for one in sources],
        asked,
        most=[most, *(None for _other in sources[1:])],
    )
    known = [pk for one in sources for pk in one.metrics]
    return one_after_the_other([_of_metrics(unpacked(contents), known), rows])


def _count_packed(asked: Mapping[str, Any]) -> int:
    with array_cursor() as cursor:
        cursor.execute(COUNT_PACKED, asked)
        (count,) = cursor.fetchone() or (0,)
        return int(count)


def _packed(
    workspaces: Sequence[int], asked: Mapping[str, Any]
) -> tuple[dict[int, list[date]], list[bytes]]:
    """The months of each workspace that are packed, in order, and what they say."""
    months: dict[int, list[date]] = {one: [] for one in workspaces}
    contents: list[bytes] = []
    with array_cursor() as cursor:
        cursor.execute(PACKED, asked, binary=True)
        for workspace, month, content in cursor:
            months[workspace].append(month)
            contents.append(content)
    return months, contents


def _days_left(source: Source, months: Mapping[int, Sequence[date]]) -> dict[str, list[Any]]:
    """Days in a row whose rows have to be read, as arrays for a statement."""
    left = [
        (workspace, first, last)
        for workspace, several in months.items()
        for first, last in _between(source, several)
    ]
    columns = zip(*left, strict=True) if left else ((), (), ())
    keys = ("of", "from", "to")
    return {f"{source.name}_{key}": list(one) for key, one in zip(keys, columns, strict=True)}


def _between(source: Source, months: Sequence[date]) -> Iterator[tuple[date, date]]:
    """The days of a source before, between and after months."""
    first = source.first
    for month in months:
        if first < month:
            yield first, month - ONE_DAY
        first = last_of_month(month) + ONE_DAY
    if first <= source.last:
        yield first, source.last


def _of_metrics(facts: Facts, known: Sequence[int]) -> Facts:
    """Facts of metrics that somebody asked for: others are not calculated with any more."""
    chosen = np.isin(facts.metric, known)
    return facts if chosen.all() else facts.where(np.flatnonzero(chosen))
