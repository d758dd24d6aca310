"""Which days each feed knows of each summed metric, and which periods have a gap."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from metrics.evidence import metric_ids
from metrics.fact_reading import Run, covered_runs, runs_with_facts
from metrics.periods import ONE_DAY, Period
from metrics.rules import SUMS, Rules

Runs = Sequence[tuple[date, date]]


class KnownDays:
    """The known days: by a fact, or because the feed covered the day with every row it has."""

    def __init__(self, rules: Rules, runs: Iterable[Run]) -> None:
        self._rules = rules
        self._feeds: dict[str, dict[int, list[tuple[date, date]]]] = defaultdict(dict)
        for run in runs:
            key = rules.keys[run.metric_id]
            if rules.counts(key, run.feed_id) and run.start <= run.end:
                self._feeds[key].setdefault(run.feed_id, []).append((run.start, run.end))
        self._feeds = {
            key: {feed: _merged(runs) for feed, runs in feeds.items()}
            for key, feeds in self._feeds.items()
        }
        self._all: dict[str, Runs] = {
            key: _merged([run for runs in feeds.values() for run in runs])
            for key, feeds in self._feeds.items()
        }

    def gaps(self, period: Period, *, today: date) -> frozenset[str]:
        """The metrics with an unknown day among the period's days before today.

        A day is known when any feed knows it. A feed that delivers by itself should moreover
        know every day, once it knows one of the period; what people type stands for itself, and
        the cost ledger lists all that there is.
        """
        end = min(period.end, today - ONE_DAY)
        days = (end - period.start).days + 1
        if days < 1:
            return frozenset()
        return frozenset(key for key in self._feeds if self._has_gap(key, period, end, days))

    def _has_gap(self, key: str, period: Period, end: date, days: int) -> bool:
        present = {
            feed: runs
            for feed, runs in self._feeds[key].items()
            if _overlap(runs, period.start, period.end)
        }
        if not present:
            return False
        rules = self._rules
        if rules.ledgers.isdisjoint(present) and _overlap(self._all[key], period.start, end) < days:
            return True
        return any(
            _overlap(runs, period.start, end) < days
            for feed, runs in present.items()
            if feed not in rules.ledgers and feed not in rules.typed
        )


def read_known_days(rules: Rules, start: date, end: date, *, today: date) -> KnownDays:
    """Reads which days of a span are known."""
    ids = metric_ids(rules, SUMS)
    covered = covered_runs(rules.workspace_id, ids, start, end)
    runs = [run._replace(end=min(run.end, today)) for run in covered]
    return KnownDays(rules, runs + runs_with_facts(rules.workspace_id, ids, start, end))


def _merged(runs: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """The same days, in runs that neither touch nor overlap."""
    found: list[tuple[date, date]] = []
    for start, end in sorted(runs):
        if found and start <= found[-1][1] + ONE_DAY:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _overlap(runs: Runs, start: date, end: date) -> int:
    """How many days of a span the runs hold."""
    place = max(bisect_right(runs, (start, date.max)) - 1, 0)
    days = 0
    for first, last in runs[place:]:
        if first > end:
            break
        days += max((min(last, end) - max(first, start)).days + 1, 0)
    return days
