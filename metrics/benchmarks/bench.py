"""The data set that measurements work on, and what several of them need."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from django.db import connection, connections
from django.db.models import Max, Min

from accounts.models import Workspace
from accounts.scope import system_scope
from metrics.benchmarks import dataset
from metrics.benchmarks.plan import FEWEST_DAYS, days_for
from metrics.benchmarks.processes import Work, Workers, work
from metrics.models import (
    Block,
    Coverage,
    Fact,
    FactMonth,
    OwnBlock,
    RestatedRun,
    Snapshot,
    StaleSpan,
)
from metrics.snapshots import AT_ONCE

ONE_DAY = timedelta(days=1)
PROCESSES = 2
NIGHTS = 7
MOST_TIMES, FEWEST_TIMES, FACTS_A_TIME = 50, 5, 4000
STORED = (Snapshot, OwnBlock, Block, RestatedRun)
"""What a recompute writes."""
SHORTER = "shorter"
COUNT = "SELECT count(*) FROM metrics_fact WHERE workspace_id = ANY(%s)"

Say = Callable[[str], None]


@dataclass
class Bench:
    """Workspaces with facts up to the day before `today`."""

    workspaces: list[int]
    facts: int
    today: date
    say: Say
    _full: Work | None = field(default=None, repr=False)

    @classmethod
    def filled(cls, *, facts: int, workspaces: int, last_day: date, say: Say) -> Self:
        """Fills an empty database with about so many facts in so many workspaces."""
        say(f"Writing about {facts:,} facts of {workspaces} workspaces…")
        days = days_for(facts, workspaces)
        bench = cls._made(dataset.SLUG, workspaces, days=days, last_day=last_day, say=say)
        analyse()
        return bench

    @classmethod
    def _made(cls, name: str, workspaces: int, *, days: int, last_day: date, say: Say) -> Self:
        """New workspaces with so many days of facts."""
        with system_scope():
            owner = dataset.make_owner()
            numbers = range(1, workspaces + 1)
            made = [dataset.make_workspace(name, number, owner).pk for number in numbers]
        first, today = last_day - timedelta(days=days - 1), last_day + ONE_DAY
        written = work("fill", made, processes=PROCESSES, first=first, today=today)
        say(f"{written.rows:,} facts in {written.seconds:.0f} s, {first} to {last_day}.")
        bench = cls(workspaces=made, facts=written.rows, today=today, say=say)
        bench.pack()
        return bench

    @classmethod
    def found(cls, *, say: Say) -> Self:
        """The data set of an earlier run, alone. Raises LookupError where there is none."""
        with system_scope():
            others = Workspace.objects.exclude(slug__startswith=f"{dataset.SLUG}-")
            _forget(list(others.values_list("pk", flat=True)))
            rows = Workspace.objects.filter(slug__startswith=f"{dataset.SLUG}-").order_by("pk")
            found = list(rows.values_list("pk", flat=True))
            last = Coverage.objects.filter(workspace__in=found).aggregate(last=Max("end"))["last"]
            if last is None:
                raise LookupError("There is no data set.")
            with connection.cursor() as cursor:
                cursor.execute(COUNT, [found])
                facts = int(cursor.fetchone()[0])
        say(f"{facts:,} facts of {len(found)} workspaces, up to {last}.")
        bench = cls(workspaces=found, facts=facts, today=last + ONE_DAY, say=say)
        bench.pack()
        return bench

    def pack(self) -> Work:
        """Packs the facts of months that are over, as a night does."""
        return work("pack", self.workspaces, processes=PROCESSES, today=self.today)

    @property
    def times(self) -> int:
        """How often what is short is measured: fifty times, fewer where so few facts say little."""
        return min(MOST_TIMES, max(FEWEST_TIMES, self.facts // FACTS_A_TIME))

    def workspace(self, pk: int) -> Workspace:
        """One of them, to be used in its scope."""
        with system_scope():
            return Workspace.objects.get(pk=pk)

    def recompute(self, *, processes: int = PROCESSES) -> Work:
        """A full recompute of all of them, with nothing stored before."""
        self.say(f"Recomputing everything in {processes} process(es)…")
        empty()
        done = work("recompute", self.workspaces, processes=processes, today=self.today)
        analyse()
        self.say(f"{done.rows:,} rows in {done.seconds:.1f} s.")
        return done

    def full(self) -> Work:
        """A full recompute in two processes, measured once a run; everything is stored then."""
        if self._full is None:
            self._full = self.recompute()
        return self._full

    def refresh(self, workers: Workers | None = None) -> Work:
        """What a night does for all of them: those that wait together at once, in these workers'
        processes or in new ones."""
        if workers is None:
            with Workers(PROCESSES) as new:
                return self.refresh(new)
        share = -(-len(self.workspaces) // PROCESSES)
        at_once = min(AT_ONCE, share)
        return workers.work("refresh", self.workspaces, today=self.today, at_once=at_once)

    def nights(self) -> tuple[list[Work], Work]:
        """So many nights as a week has, each after a day of facts, all in the same processes; and
        the last one again.

        The first night of a process is dearer than all later ones: it has to connect, and to get
        its memory. The first nights after a full recompute are, too: pages of the tables are full.
        """
        nights = []
        with Workers(PROCESSES) as workers:
            for _night in range(NIGHTS):
                self._write_day(workers)
                nights.append(self.refresh(workers))
            return nights, self.refresh(workers)

    def _write_day(self, workers: Workers) -> None:
        """One more day of facts for all of them; it is then the day after that."""
        self.say(f"Writing the facts of {self.today}…")
        self.today += ONE_DAY
        self.facts += workers.work("write_day", self.workspaces, today=self.today).rows

    @contextmanager
    def shorter(self, *, workspaces: int, share: float) -> Iterator["Bench"]:
        """So many workspaces with only a share of this history, which are gone afterwards.

        Everything of theirs is calculated.
        """
        self.say(f"Making {workspaces} workspaces with {share:.0%} of the history…")
        days = max(round(self._days_of_history() * share), FEWEST_DAYS)
        last_day = self.today - ONE_DAY
        bench = self._made(SHORTER, workspaces, days=days, last_day=last_day, say=self.say)
        try:
            work("recompute", bench.workspaces, processes=PROCESSES, today=bench.today)
            analyse()
            yield bench
        finally:
            _forget(bench.workspaces)

    def _days_of_history(self) -> int:
        with system_scope():
            found = Coverage.objects.filter(workspace__in=self.workspaces)
            first = found.aggregate(first=Min("start"))["first"]
        return (self.today - (first or self.today)).days


def _forget(workspaces: list[int]) -> None:
    """Takes the facts of other workspaces away, and with them what was made of them."""
    with system_scope():
        for model in (*STORED, StaleSpan, Coverage, Fact, FactMonth):
            model._default_manager.filter(workspace__in=workspaces).delete()
        for pk in workspaces:
            Workspace.objects.filter(pk=pk).update(slug=f"gone-{pk}")
    analyse()


def empty() -> None:
    """Takes away everything that is calculated, so that the next recompute writes it all."""
    names = ", ".join(model._meta.db_table for model in STORED)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"TRUNCATE {names}")


def unpack() -> None:
    """Leaves facts in their rows alone, as after an import that touched every month."""
    with system_scope():
        FactMonth.objects.update(facts=None, content=None)


def analyse() -> None:
    """Brings the planner's statistics up to date, as autovacuum would within the minute."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
