"""Figures of a period beside those of its parts: a quarter below its months, a year's last row.

Both would count. Where the parts are there the figure of the whole is left out; people counted
once keep it, for theirs is no sum.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.fact_columns import Codes, FactColumns
from metrics.imports.folding import fold
from metrics.imports.parsed import Span
from metrics.imports.repeats import parts_among
from metrics.imports.table import Table
from metrics.imports.vocabulary import UNIQUE
from metrics.imports.wording import listed

FEWEST_PARTS, DAYS_A_WEEK = 2, 7
GRAIN = re.compile(
    r"da(y|ily)|jour|week|hebdo|semaine|month|mens|mois|quarter|trim|seme|half|year|annee|annu"
    r"|total|cumul|tag|woche|monat|quartal|jahr|dia|mes|ano|^[dwmqty]$"
)
"""Words for how long a period is."""


def without_covering(facts: FactColumns, table: Table, context: Context) -> FactColumns:
    """The facts but those of periods that hold two or more of the other periods given.

    Rows are compared with those that have the same words where facts have no place for them: one
    library's year is not the sum of another's months.
    """
    spans = facts.spans.listed
    if len({_length(span) for span in spans}) < FEWEST_PARTS:
        return facts
    groups = _groups(table)
    group = array("I", (groups.get(row, 0) for row in facts.row))
    unique = {
        code
        for code, key in enumerate(facts.metrics.listed)
        if context.vocabulary.get(key).rollup == UNIQUE
    }
    given: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    for metric, span, place, words in zip(
        facts.metric, facts.span, facts.place, group, strict=True
    ):
        if metric not in unique:
            given[metric, place, words].add(span)
    covering: dict[tuple[int, int, int], frozenset[int]] = {}
    known: dict[frozenset[int], frozenset[int]] = {}
    for key, codes in given.items():
        held = frozenset(codes)
        if held not in known:
            known[held] = _covering(held, spans)
        covering[key] = known[held]
    kept, wholes = [], set()
    for position, (metric, span, place, words) in enumerate(
        zip(facts.metric, facts.span, facts.place, group, strict=True)
    ):
        if span in covering.get((metric, place, words), ()):
            wholes.add((facts.row[position], span))
        else:
            kept.append(position)
    if not wholes:
        return facts
    context.result.totals_skipped += len({row for row, _span in wholes})
    _say({span for _row, span in wholes}, spans, context)
    return facts.picked(kept)


def _groups(table: Table) -> dict[int, int]:
    """A number for each line by its words in columns that are not read.

    A column that only says how long each row's period is ("monthly", "quarterly") makes no groups.
    """
    lines = table.lines
    columns = [lines.codes(index) for index in parts_among(table) if not _says_grain(table, index)]
    known: Codes[tuple[int, ...]] = Codes()
    words = zip(*columns, strict=True)
    rows = zip(lines.numbers(), words, strict=False)
    return {row: known[one] for row, one in rows} if columns else {}


def _says_grain(table: Table, index: int) -> bool:
    words = [fold(text) for text in table.lines.different(index).values() if text]
    return all(GRAIN.search(word) for word in words)


def _length(span: Span) -> int:
    return (span.end - span.start).days


def _is_calendar(span: Span) -> bool:
    """Whether a period is made of whole months or is a week; a campaign's days may hold others'."""
    after = span.end + timedelta(days=1)
    is_week = _length(span) == DAYS_A_WEEK - 1 and span.start.weekday() == 0
    return is_week or (span.start.day == 1 and after.day == 1)


def _covering(codes: Collection[int], spans: list[Span]) -> frozenset[int]:
    """The codes of spans that hold two or more of the others."""
    ordered = sorted(codes, key=lambda code: (spans[code].start, -_length(spans[code])))
    found: set[int] = set()
    open_ones: list[list[int]] = []
    for code in ordered:
        span = spans[code]
        open_ones = [one for one in open_ones if spans[one[0]].end >= span.start]
        for one in open_ones:
            if (
                span.end <= spans[one[0]].end
                and span != spans[one[0]]
                and _is_calendar(spans[one[0]])
            ):
                one[1] += 1
                if one[1] == FEWEST_PARTS:
                    found.add(one[0])
        open_ones.append([code, 0])
    return frozenset(found)


def _say(codes: Iterable[int], spans: list[Span], context: Context) -> None:
    named = sorted({f"{spans[code].start}–{spans[code].end}" for code in codes})
    message = _(
        "Figures of longer periods whose parts are in the file too are left out, for they would "
        "count twice: %(periods)s."
    )
    context.warn("covering_periods", message % {"periods": listed(named)})
