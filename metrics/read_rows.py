"""Which stored rows values need; and those that one page looks at several times, read at once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Workspace
from metrics.catalogue import CATALOGUE
from metrics.derive import Formulas
from metrics.models import Metric
from metrics.periods import Grain, Period
from metrics.resolution import Segment, rest_of
from metrics.rollup import Rows
from metrics.rules import read_formulas
from metrics.snapshot_rows import load_between


@dataclass(frozen=True, slots=True)
class ReadRows:
    """What was read: the rows of these starts, metrics and segments, or of a whole dimension.

    For the length of one page or answer: what changes in between is not seen.
    """

    grain: Grain
    starts: frozenset[date]
    keys: frozenset[str]
    segments: frozenset[Segment] | None
    dimension: int | None
    rows: dict[date, Rows]

    def of(
        self,
        periods: Iterable[Period],
        keys: frozenset[str],
        segments: Collection[Segment] | None,
        dimension: int | None,
    ) -> dict[date, Rows] | None:
        """The rows of some of it; None where not all of that was read."""
        starts = [one.start for one in periods if one.grain is self.grain]
        if dimension != self.dimension or not keys <= self.keys:
            return None
        if len(starts) == 0 or not self.starts.issuperset(starts):
            return None
        if segments is None or self.segments is None:
            if segments is not None or self.segments is not None:
                return None
            return {start: self.rows[start] for start in starts if start in self.rows}
        if not self.segments.issuperset(segments):
            return None
        return {
            start: {one: rows[one] for one in segments if one in rows}
            for start in starts
            if (rows := self.rows.get(start))
        }


def ahead(
    workspace: Workspace,
    keys: Collection[str],
    periods: Sequence[Period],
    *,
    segment: Segment | None = None,
    dimension: int | None = None,
) -> list[ReadRows]:
    """Reads what `series.values` and `series.table` will be asked of these metrics: one query.

    Of one segment or of a whole dimension; the periods are of one grain and need not be
    consecutive. Nothing of days, which are read as blocks.
    """
    if not periods or periods[0].grain is Grain.DAY:
        return []
    wanted = said_with(formulas_for(workspace, keys), keys)
    segments = None if segment is None else frozenset(with_rest([segment]))
    grain, starts = periods[0].grain, frozenset(one.start for one in periods)
    rows = load_between(
        workspace.pk,
        grain,
        min(starts),
        max(starts),
        starts=starts,
        segments=segments,
        dimension=dimension,
        keys=wanted,
    )
    return [ReadRows(grain, starts, wanted, segments, dimension, rows)]


def formulas_for(workspace: Workspace, keys: Iterable[str]) -> Formulas:
    """The formulas needed for these metrics; asks the database only about own metrics."""
    if all(key in CATALOGUE for key in keys):
        return read_formulas([])
    own = Metric.objects.filter(workspace=workspace).exclude(own_formula="")
    return read_formulas(list(own))


def with_rest(segments: Iterable[Segment]) -> set[Segment]:
    """The segments, and those that stand in for them where they have no facts."""
    return {one for each in segments for one in (each, rest_of(each.dimension))}


def said_with(formulas: Formulas, keys: Iterable[str]) -> frozenset[str]:
    """The metrics that a row has to say for these to be shown: they, and what they rest on."""
    wanted = set(keys)
    for key in tuple(wanted):
        formula = formulas.by_key.get(key)
        if formula is not None:
            wanted |= {operand.metric for operand in formula.compiled.operands}
    return frozenset(wanted)
