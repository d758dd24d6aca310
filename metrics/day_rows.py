"""Stored days as rows, for those who read a few: base metrics from blocks, then formulas."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import NamedTuple

from accounts.prepared import prepared_cursor
from metrics.calculation import CONTEXT
from metrics.derive import Formulas, Shift, Surroundings, derive
from metrics.engine.block_reading import Block, decoded, says_of
from metrics.engine.block_rows import load_blocks
from metrics.engine.cubes import REASONS, Kind, Line, State
from metrics.formula_nodes import Modifier
from metrics.models.snapshot import BlockSpan
from metrics.periods import ONE_DAY, PERIODS_PER_YEAR, Calendar, Grain
from metrics.resolution import Segment
from metrics.rollup import NOT_ADDITIVE, ZERO_DENOMINATOR, Row, Rows
from metrics.rules import BASE, MEANS

MONTHS_OF_SEGMENT = """
SELECT start, cells FROM metrics_block
WHERE workspace_id = %(workspace)s AND span = %(span)s
    AND dimension = %(dimension)s AND segment_id = %(segment)s
    AND start BETWEEN %(first)s AND %(last)s
ORDER BY start
"""


def load_days(
    workspace_id: int,
    start: date,
    end: date,
    *,
    keys: frozenset[str] = BASE,
    segments: Iterable[Segment] | None = None,
) -> dict[date, Rows]:
    """The base metrics `keys` of each stored day; of these segments only, if they are given."""
    days = _days(start, end)
    return load_these_days(workspace_id, days, keys=keys, segments=segments)


def load_these_days(
    workspace_id: int,
    days: Iterable[date],
    *,
    keys: frozenset[str] = BASE,
    segments: Iterable[Segment] | None = None,
    dimension: int | None = None,
) -> dict[date, Rows]:
    """The base metrics `keys` of these days as stored, in one query."""
    wanted = set(days)
    months = {day.replace(day=1) for day in wanted}
    found: dict[date, Rows] = {}
    stored = load_blocks(workspace_id, BlockSpan.DAYS, months, segments, dimension)
    for month, blocks in stored.items():
        for segment, block in blocks.items():
            for column, row in rows_of_block(block, keys).items():
                day = month + timedelta(days=column)
                if day in wanted:
                    found.setdefault(day, {})[segment] = row
    return found


def _days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=place) for place in range((end - start).days + 1)]


def negative_days(
    workspace_id: int, key: str, segment: Segment, start: date, end: date
) -> list[date]:
    """The days on which a summed metric of a segment is below zero, in order: one query."""
    names: dict[str, int | date] = {
        "workspace": workspace_id,
        "span": int(BlockSpan.DAYS),
        "dimension": segment.dimension,
        "segment": segment.segment_id,
        "first": start.replace(day=1),
        "last": end,
    }
    with prepared_cursor() as cursor:
        cursor.execute(MONTHS_OF_SEGMENT, names)
        found = [
            month + timedelta(days=column)
            for month, content in cursor.fetchall()
            for column in _below_zero(content, key)
        ]
    return [day for day in found if start <= day <= end]


@lru_cache(maxsize=2048)
def _below_zero(content: bytes, key: str) -> tuple[int, ...]:
    """Where in a block a summed metric is below zero: the same bytes say the same again."""
    if not says_of(content, frozenset({key})):
        return ()
    line, block = Line(key, Kind.SUM), decoded(content)
    if line not in block.lines:
        return ()
    place = block.lines.index(line)
    below = (block.states[place] == State.VALUE) & (block.cells[place] < 0)
    return tuple(below.nonzero()[0].tolist())


def rows_of_block(block: Block, keys: frozenset[str] = BASE) -> dict[int, Row]:
    """The rows of a block by their column: all that say anything, with these metrics only."""
    shown = [place for place, line in enumerate(block.lines) if line.kind is not Kind.KNOWN]
    said = (block.states[shown] != State.ABSENT).any(axis=0)
    rows: dict[int, Row] = {int(column): Row() for column in said.nonzero()[0]}
    for place in shown:
        line = block.lines[place]
        if line.key in keys and line.key not in MEANS:
            for column, state, value in _cells(block, place):
                if state == State.VALUE:
                    rows[column].values[line.key] = value
                else:
                    rows[column].reasons[line.key] = REASONS[state]
    for key in keys & MEANS & {line.key for line in block.lines}:
        _set_means(rows, block, key)
    return rows


def _cells(block: Block, place: int) -> Iterable[tuple[int, int, Decimal]]:
    """The cells of a line that say anything: column, state, value."""
    scale = int(block.scales[place])
    states, cells = block.states[place].tolist(), block.cells[place].tolist()
    for column, state in enumerate(states):
        if state:
            yield column, state, Decimal(cells[column]).scaleb(-scale)


def _set_means(rows: Mapping[int, Row], block: Block, key: str) -> None:
    """A weighted mean of days, from its lines."""
    lines: dict[Kind, dict[int, Decimal]] = {}
    for kind in (Kind.TOTAL, Kind.WEIGHT, Kind.LOWEST, Kind.HIGHEST):
        line = Line(key, kind)
        places = [block.lines.index(line)] if line in block.lines else []
        lines[kind] = {
            column: value for place in places for column, _state, value in _cells(block, place)
        }
    for column, row in rows.items():
        weight = lines[Kind.WEIGHT].get(column)
        lowest, highest = lines[Kind.LOWEST].get(column), lines[Kind.HIGHEST].get(column)
        if weight:
            total = lines[Kind.TOTAL][column]
            row.values[key] = CONTEXT.divide(total, weight)
            row.weights[key] = total, weight
        elif lowest is not None and lowest == highest:
            row.values[key] = lowest
        elif lowest is not None:
            row.reasons[key] = NOT_ADDITIVE
        elif weight is not None:
            row.reasons[key] = ZERO_DENOMINATOR


class Asked(NamedTuple):
    """What is read of days: some segments, or all of a dimension; base metrics and formulas."""

    workspace_id: int
    calendar: Calendar
    formulas: Formulas
    named: Callable[[str, str], Segment | None]
    keys: frozenset[str]
    segments: Collection[Segment] | None
    dimension: int | None


def derived_days(asked: Asked, start: date, end: date) -> dict[date, Rows]:
    """All metrics of each stored day, formulas included, in one query."""
    days = _days(start, end)
    around = _around(asked, days)
    stored = load_these_days(
        asked.workspace_id,
        {*days, *around},
        keys=asked.keys,
        segments=asked.segments,
        dimension=asked.dimension,
    )
    done: set[date] = set()
    with localcontext(CONTEXT):
        for day in [*around, *days]:
            _derive_day(asked, day, stored, done)
    return {day: stored[day] for day in days if day in stored}


def _around(asked: Asked, days: Iterable[date]) -> list[date]:
    """The days that formulas look back at from these, those farther back first."""
    found: list[date] = []
    frontier = list(days)
    for _step in range(asked.formulas.depth):
        frontier = sorted(
            {
                there
                for day in frontier
                for shift in asked.formulas.shifts
                if (there := _partner(asked.calendar, day, shift)) is not None
            }
        )
        found = [*frontier, *found]
    return found


def _partner(calendar: Calendar, day: date, shift: Shift) -> date | None:
    """The day that a shift leads to."""
    modifier, days = shift
    if modifier in (Modifier.START, Modifier.PREV):
        return day - ONE_DAY
    if modifier is Modifier.LAG:
        return day - timedelta(days)
    partner = calendar.year_ago(calendar.period_of(day, Grain.DAY))
    return None if partner is None else partner.start


def _derive_day(asked: Asked, day: date, stored: Mapping[date, Rows], done: set[date]) -> None:
    """Adds the derived metrics to a day, after those days that it looks back at."""
    if day in done or day not in stored:
        return
    done.add(day)
    shifted: dict[Shift, Rows] = {}
    for shift in asked.formulas.shifts:
        there = _partner(asked.calendar, day, shift)
        if there is not None and there in stored:
            shifted[shift] = stored[there]
    derive(
        asked.formulas,
        Surroundings(stored[day], shifted, asked.named),
        periods_per_year=PERIODS_PER_YEAR[Grain.DAY],
    )
