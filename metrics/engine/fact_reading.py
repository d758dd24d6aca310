"""The facts that a recompute reads: months that are packed as they are, the others row by row."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from psycopg import Cursor

from metrics.engine.facts import Facts, TooManyFacts, number_of, one_after_the_other, read_facts
from metrics.engine.packed_facts import unpacked
from metrics.periods import ONE_DAY, last_of_month

COUNT_PACKED = """
SELECT coalesce(sum(facts), 0) FROM metrics_factmonth
WHERE workspace_id = ANY(%(workspaces)s) AND month BETWEEN %(month)s AND %(last)s
"""
MONTHS = """
SELECT workspace_id, month, content FROM metrics_factmonth
WHERE workspace_id = ANY(%(workspaces)s) AND month BETWEEN %(month)s AND %(last)s
ORDER BY workspace_id, month
"""
IN_STRETCHES = """
FROM unnest(%(stretch_of)s::bigint[], %(stretch_first)s::date[], %(stretch_last)s::date[])
    AS stretch (workspace_id, first, last)
JOIN metrics_fact USING (workspace_id)
WHERE metric_id = ANY(%(added)s) AND day BETWEEN stretch.first AND stretch.last
"""
Stretch = tuple[int, date, date]


def read_with_packed(others: Sequence[str], names: dict[str, Any], *, most: int | None) -> Facts:
    """The facts of `names["workspaces"]` that add up, from `first` to `last`, and those of other
    sources (`read_facts`).

    Raises TooManyFacts where there are more than `most` that add up.
    """
    names = names | {"month": names["first"].replace(day=1)}
    if most is not None:
        most -= _count_packed(names)
        if most < 0:
            raise TooManyFacts
    contents, stretches = _months(names)
    workspaces, firsts, lasts = zip(*stretches, strict=True) if stretches else ((), (), ())
    names |= {
        "stretch_of": list(workspaces),
        "stretch_first": list(firsts),
        "stretch_last": list(lasts),
    }
    rows = read_facts((IN_STRETCHES, *others), names, most=(most, *(None for _one in others)))
    return one_after_the_other([_chosen(unpacked(contents), names), rows])


def _count_packed(names: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT_PACKED, names)
        return int(cursor.fetchone()[0])


def _months(names: dict[str, Any]) -> tuple[list[bytes], list[Stretch]]:
    """What is packed, and where rows have to be read: days in a row of a workspace.

    A month that is not listed has no facts.
    """
    contents: list[bytes] = []
    stretches: list[Stretch] = []
    with Cursor(connection.connection) as cursor:
        cursor.execute(MONTHS, names, binary=True)
        for workspace, month, content in cursor:
            if content:
                contents.append(content)
                continue
            first = max(month, names["first"])
            last = min(last_of_month(month), names["last"])
            if stretches and stretches[-1][::2] == (workspace, first - ONE_DAY):
                first = stretches.pop()[1]
            stretches.append((workspace, first, last))
    return contents, stretches


def _chosen(facts: Facts, names: dict[str, Any]) -> Facts:
    """Of whole months with all metrics the days and metrics that are asked for."""
    chosen = np.isin(facts.metric, names["added"])
    chosen &= (facts.day >= number_of(names["first"])) & (facts.day <= number_of(names["last"]))
    return facts if chosen.all() else facts.where(np.flatnonzero(chosen))
