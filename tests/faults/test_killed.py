"""kill -9 in the middle of a night: another worker leaves the rows of an undisturbed one."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests.cast import Cast
from tests.faults.conftest import Site, eventually
from tests.faults.town import owe_night, settle, today

pytestmark = pytest.mark.slow

TABLES = (
    "metrics_snapshot",
    "metrics_ownblock",
    "metrics_restatedrun",
    "objectives_dailyresult",
    "objectives_statuschange",
    "objectives_alert",
    "accounts_outgoingmail",
)
OF_THE_RUN = {"id", "public_id", "inflight_since", "run_after"}
"""Columns that say when or in which row, not what; those that end with _at as well."""
RANDOM = re.compile(r"\b(al|alr|alert)_[A-Za-z0-9]{14}\b")
JUDGING = "select pg_advisory_xact_lock(hashtext('objectives.judging'), %s)"
WAITING = """
    select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query ilike %s
"""


def rows(site: Site) -> dict[str, list[str]]:
    """Every row that a night writes, without what depends on the moment."""
    return {table: sorted(plain_rows(site, table)) for table in TABLES}


def plain_rows(site: Site, table: str) -> Iterator[str]:
    for (row,) in site.ask(f"select to_jsonb(t) from {table} t"):
        kept = {
            name: value
            for name, value in row.items()
            if name not in OF_THE_RUN and not name.endswith("_at")
        }
        yield RANDOM.sub("…", json.dumps(kept, sort_keys=True))


def night(site: Site) -> tuple[str, int]:
    """State and attempts of the one night in the ledger."""
    [found] = site.ask("select state, attempts from kpitracker_job where kind = 'night'")
    return found[0], found[1]


def is_done(site: Site) -> bool:
    """Whether everything that was due is done."""
    waiting = "select count(*) from kpitracker_job where state not in ('done', 'dead')"
    return night(site)[0] == "done" and site.ask(waiting) == [(0,)]


@contextmanager
def held(site: Site, lock: str, *values: object) -> Iterator[None]:
    """A lock that a night needs is somebody else's for a while."""
    session = site.connect()
    session.execute(lock.encode(), values)
    try:
        yield
    finally:
        session.close()


def is_waiting(site: Site, query: str) -> Callable[[], Any]:
    """Whether a process stands still at a statement like this one."""
    return lambda: site.ask(WAITING, query)[0][0]


def work_undisturbed(site: Site) -> None:
    """Work off what is due; the next tick sends the mails that came of it."""
    worker = site.worker()
    site.tick()
    eventually(lambda: is_done(site))
    site.tick()
    unsent = "select count(*) from accounts_outgoingmail where state <> 'sent'"
    eventually(lambda: site.ask(unsent) == [(0,)])
    site.kill(worker)


def kill_before_the_objectives(site: Site, workspace: int) -> None:
    """The figures are computed and committed, nothing is judged."""
    with held(site, JUDGING, workspace):
        worker = site.worker()
        site.tick()
        eventually(is_waiting(site, "%objectives.judging%"))
        site.kill(worker)


def kill_before_the_commit(site: Site, workspace: int) -> None:
    """The objectives are judged and written, and not committed: the job's row is not free."""
    row = "select 1 from kpitracker_job where kind = 'night' and workspace_id = %s for update"
    with ExitStack() as locks:
        with held(site, JUDGING, workspace):
            worker = site.worker()
            site.tick()
            eventually(is_waiting(site, "%objectives.judging%"))
            locks.enter_context(held(site, row, workspace))
        eventually(is_waiting(site, '%UPDATE "kpitracker_job" SET "progress"%'))
        site.kill(worker)


@pytest.mark.parametrize("kill", [kill_before_the_objectives, kill_before_the_commit])
def test_a_night_whose_worker_is_killed_ends_as_an_undisturbed_one(
    kill: Callable[[Site, int], None], site: Site, cast: Cast, copy: Callable[[], Site]
) -> None:
    northwind = settle(cast)
    owe_night(northwind, today())
    golden = copy()
    work_undisturbed(golden)
    expected = rows(golden)
    assert all(expected[table] for table in TABLES if table != "metrics_restatedrun")
    assert night(golden) == ("done", 1)

    kill(site, northwind.pk)
    assert rows(site) != expected
    eventually(lambda: site.ask("select 1 from kpitracker_job where lease_until < now()"))
    work_undisturbed(site)

    assert rows(site) == expected
    assert night(site) == ("done", 2)
