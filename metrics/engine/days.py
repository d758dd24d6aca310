"""From facts to the base metrics of days: sums, means, stocks, uniques and which days are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from metrics.engine.building import built
from metrics.engine.contributions import (
    FEEDS,
    Broken,
    Groups,
    Piece,
    added,
    covered_days,
    grouped,
    pair_codes,
)
from metrics.engine.cubes import Bools, Cells, Cubes, Ints, Kind, Line, State, kinds_of
from metrics.engine.facts import DECIMALS, Facts
from metrics.engine.means import mean_pieces
from metrics.engine.owners import OWNER, Owners
from metrics.engine.settling import settle
from metrics.engine.stocks import carried
from metrics.engine.uniques import exact_pieces, put_exact, unique_pieces
from metrics.joint import Joint
from metrics.rules import BASE, CARRY, MEANS, PARTS, STOCKS, SUMS, UNIQUES, WEIGHTS

LINES: Sequence[Line] = sorted(Line(key, kind) for key in BASE for kind in kinds_of(key))
PLACES: Mapping[str, int] = {key: LINES.index(Line(key, kinds_of(key)[0])) for key in BASE}
"""Where each metric's lines start."""
PART_OF_LINE: Ints = np.array(
    [PARTS.get(line.key, 0) if line.kind is kinds_of(line.key)[0] else 0 for line in LINES],
    np.int64,
)
"""By line: the mask of breakdowns that are only a part."""
COARSER = (0, 2)
"""Decimals that are tried first: counts have none, money two."""


class Covered(NamedTuple):
    """Days in a row that a feed covered with every row it has, as numbers."""

    metric: int
    feed: int
    first: int
    last: int


class Window(NamedTuple):
    """A period for which stocks are looked up: its first and its last day."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read of some workspaces: facts, coverage, the first day of each stock, by the code
    of the workspace's whole and key."""

    rules: Joint
    facts: Facts
    covered: Sequence[Covered]
    first_days: Mapping[tuple[int, str], int]
    today: int


class Days:
    """Facts as lines with decimals of their own, ready to be put into columns of days."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._rules = evidence.rules
        facts = evidence.facts
        ids = np.array(sorted(self._rules.keys), np.int64)
        of_metric = np.array([PLACES[self._rules.keys[one]] for one in ids.tolist()], np.int64)
        self._line = of_metric[np.searchsorted(ids, facts.metric)]
        self._base = self._rules.owners.bases_of_feeds(facts.feed)
        self._scale_of_key = _scales(self._line, facts.value)
        self._value = _scaled(facts.value, self._scale_of_key[self._line])
        self._counts = self._counted(self._line, facts.feed)
        self._scales = self._scales_of_lines()

    def cubes(self, days: Ints, windows: Sequence[Window] = ()) -> Cubes:
        """One column for each of the days, which are in order; then one with the stocks alone for
        each window.
        """
        width = len(days) + len(windows)
        pieces, known = self._sums(days)
        pieces += self._means(days)
        pieces += self._stocks(days, windows)
        pieces += self._uniques(days)
        lines = [*LINES, *known.lines]
        scales = np.concatenate([self._scales, np.zeros(len(known.lines), np.int64)])
        cubes = built([*pieces, known.piece], lines, scales, width, len(self._rules.owners))
        settle(cubes)
        return cubes

    def put_exact_uniques(self, cubes: Cubes, first: Ints, last: Ints) -> None:
        """The values of facts that count exactly a column's period, in cubes of periods."""
        chosen = np.flatnonzero(self._of(UNIQUES) & self._counts)
        facts = self._broken(chosen, self._evidence.facts.day)
        pieces = exact_pieces(facts, self._evidence.facts.end[chosen], first, last)
        put_exact(cubes, pieces, LINES, self._scales)

    def _of(self, keys: frozenset[str]) -> Bools:
        wanted = np.zeros(len(LINES), bool)
        wanted[[PLACES[key] for key in keys]] = True
        return np.asarray(wanted[self._line])

    def _counted(self, line: Ints, feed: Ints) -> Bools:
        """Whether the feed of each fact is the one that counts, where one alone does."""
        found = np.ones(len(line), bool)
        for base, key, counting in self._rules.counting:
            if key in PLACES:
                found &= (line != PLACES[key]) | (feed == counting) | (self._base != base)
        return found

    def _scales_of_lines(self) -> Ints:
        scales = self._scale_of_key.copy()
        for key, weight in WEIGHTS.items():
            value, of_weight = scales[PLACES[key]], self._scale_of_key[PLACES[weight]]
            scales[PLACES[key] : PLACES[key] + 4] = (value + of_weight, of_weight, value, value)
        return scales

    def _broken(self, chosen: Ints, column: Ints) -> Broken:
        facts = self._evidence.facts
        return Broken(self._line, facts.feed, column, facts.dims, self._value, self._base).where(
            chosen
        )

    def _columns(self, days: Ints) -> tuple[Ints, Bools]:
        """The column of each fact's day, and whether it has one."""
        day = self._evidence.facts.day
        place = np.minimum(np.searchsorted(days, day), len(days) - 1)
        return place, days[place] == day

    def _sums(self, days: Ints) -> tuple[list[Piece], "Known"]:
        column, inside = self._columns(days)
        facts = self._broken(np.flatnonzero(inside & self._of(SUMS) & self._counts), column)
        runs = [run for run in self._evidence.covered if self._is_used(run)]
        codes = [PLACES[self._rules.keys[run.metric]] * FEEDS + run.feed for run in runs]
        pairs = np.union1d(pair_codes(facts.line, facts.feed), np.array(codes, np.int64))
        bases = self._rules.owners.bases_of_feeds(pairs % FEEDS)
        groups = grouped(facts, pairs, bases, len(days), PART_OF_LINE)
        covered = _covered(groups, codes, runs, days, self._evidence.today)
        ledger = np.isin(pairs % FEEDS, np.array(sorted(self._rules.ledgers), np.int64))
        complete = (groups.signature != 0) & (covered | ledger[:, None])
        pieces = added(facts, groups, complete, self._rules.channel_of)
        pieces += covered_days(groups, covered)
        knows = (groups.have_total | covered) & (days < self._evidence.today)
        return pieces, _known(groups, knows, self._rules.owners)

    def _is_used(self, run: Covered) -> bool:
        key = self._rules.keys.get(run.metric)
        counting = self._rules.counting_feed(run.metric)
        return key in SUMS and counting in (0, run.feed)

    def _means(self, days: Ints) -> list[Piece]:
        column, inside = self._columns(days)
        pieces: list[Piece] = []
        counts = inside & self._counts
        for key in sorted(MEANS):
            of_key = np.flatnonzero(self._line == PLACES[key])
            of_weight = np.flatnonzero(self._line == PLACES[WEIGHTS[key]])
            values = self._broken(of_key[counts[of_key]], column)
            weights = self._broken(of_weight[inside[of_weight]], column)
            weights.line.fill(PLACES[key])
            pieces += mean_pieces(
                values, weights, self._rules.channel_of, len(days), PARTS.get(key, 0)
            )
        return pieces

    def _stocks(self, days: Ints, windows: Sequence[Window]) -> list[Piece]:
        today = self._evidence.today
        starts = np.concatenate([days, np.array([one.first for one in windows], np.int64)])
        ends = np.concatenate([days, np.array([one.last for one in windows], np.int64)])
        sinces = np.where(starts <= today, np.minimum(ends, today) - CARRY.days, starts)
        chosen = np.flatnonzero(self._of(STOCKS) & self._counts)
        facts = carried(self._broken(chosen, self._evidence.facts.day), ends, sinces)
        pairs = np.unique(pair_codes(facts.line, facts.feed))
        bases = self._rules.owners.bases_of_feeds(pairs % FEEDS)
        groups = grouped(facts, pairs, bases, len(ends))
        nothing = np.zeros(groups.signature.shape, bool)
        pieces = added(facts, groups, nothing, self._rules.channel_of)
        return pieces + self._stale(pieces, starts, ends)

    def _stale(self, pieces: Sequence[Piece], starts: Ints, ends: Ints) -> list[Piece]:
        """Stocks that had a value once, and have been silent for too long."""
        shape = len(self._rules.owners), len(LINES)
        first = np.full(shape, np.iinfo(np.int64).max)
        for (base, key), day in self._evidence.first_days.items():
            first[base // OWNER, PLACES[key]] = day
        due = (first[:, :, None] <= ends) & (starts <= self._evidence.today)
        for piece in pieces:
            if piece.dimension == 0:
                due[piece.segment // OWNER, piece.line, piece.column] = False
        owner, line, column = np.nonzero(due)
        nothing = np.zeros(len(line), np.int64)
        return [Piece(0, "set", owner * OWNER, line, column, nothing, State.STALE)]

    def _uniques(self, days: Ints) -> list[Piece]:
        chosen = np.flatnonzero(self._of(UNIQUES) & self._counts)
        facts = self._broken(chosen, self._evidence.facts.day)
        return unique_pieces(facts, self._evidence.facts.end[chosen], days)


class Known(NamedTuple):
    """The known days as a piece, and the lines that it numbers after `LINES`."""

    lines: list[Line]
    piece: Piece


def _known(groups: Groups, knows: Bools, owners: Owners) -> Known:
    """By metric and feed, and by metric for any feed: one for each day that is known."""
    bases, line = groups.bases, groups.pairs // FEEDS
    order = np.lexsort([line, bases])
    ordered = np.stack([bases[order], line[order]])
    first = np.flatnonzero((np.diff(ordered, axis=1, prepend=-1) != 0).any(axis=0))
    anybody = np.logical_or.reduceat(knows[order], first, axis=0) if len(line) else knows
    codes = np.concatenate(
        [line * FEEDS + owners.numbers_of(groups.pairs % FEEDS), ordered[1, first] * FEEDS]
    )
    different, which = np.unique(codes, return_inverse=True)
    names = [
        Line(LINES[code // FEEDS].key, Kind.KNOWN, code % FEEDS) for code in different.tolist()
    ]
    base = np.concatenate([bases, ordered[0, first]])
    said, column = np.nonzero(np.concatenate([knows, anybody]))
    one = np.ones(len(said), np.int64)
    return Known(names, Piece(0, "set", base[said], len(LINES) + which[said], column, one))


def _covered(
    groups: Groups, codes: Sequence[int], runs: Sequence[Covered], days: Ints, today: int
) -> Bools:
    """Which days are covered with every row, by pair: none after today."""
    ends = np.minimum(np.array([run.last for run in runs], np.int64), today)
    first = np.searchsorted(days, np.array([run.first for run in runs], np.int64))
    after = np.searchsorted(days, ends, side="right")
    pair = np.searchsorted(groups.pairs, np.array(codes, np.int64))
    some = first < after
    steps = np.zeros((len(groups.pairs), len(days) + 1), np.int32)
    np.add.at(steps, (pair[some], first[some]), 1)
    np.subtract.at(steps, (pair[some], after[some]), 1)
    return np.asarray(np.cumsum(steps, axis=1)[:, :-1] > 0)


def _scales(line: Ints, value: Cells) -> Ints:
    """How many decimals each line needs."""
    found = np.zeros(len(LINES), np.int64)
    for coarse, needed in zip(COARSER, (*COARSER[1:], DECIMALS), strict=True):
        finer = (value % 10 ** (DECIMALS - coarse)) != 0
        found[np.unique(line[finer.astype(bool)])] = needed
    return found


def _scaled(value: Cells, scale: Ints) -> Cells:
    factors = np.array([10 ** (DECIMALS - one) for one in range(DECIMALS + 1)], value.dtype)
    return np.asarray(value // factors[scale])
