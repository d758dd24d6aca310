"""Nights of many workspaces that wait together, worked off by real workers."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Workspace
from accounts.scope import system_scope, workspace_scope
from kpitracker.onboarding import open_workspace
from metrics import series, snapshots
from metrics.periods import Grain
from tests.cast import Cast
from tests.faults.conftest import Site, eventually
from tests.faults.town import owe_night, today
from tests.metrics.numbers import Book

pytestmark = pytest.mark.slow

MORE_THAN_AT_ONCE = snapshots.AT_ONCE + 2
DONE = "select count(*) from kpitracker_job where kind = 'night' and state = 'done'"
NIGHTS = """
select attempts, (result -> 'snapshots' ->> 'rows_written')::int
from kpitracker_job where kind = 'night'
"""
STORED = "select count(*) from metrics_snapshot where computed_at > %s"
LAST_STEP = "select 1 from metrics_stalespan where workspace_id = %s for update"
"""What is stale is forgotten when all figures are written."""
HELD = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock'
    and query like '%%metrics_stalespan%%'
"""


def owing(cast: Cast, count: int) -> list[Workspace]:
    """So many workspaces that were computed yesterday and have the figures of that day since.

    The night of today is due; those of the cast have none.
    """
    now = timezone.now()
    with system_scope():
        Workspace.objects.update(time_zone="UTC", created_at=now)
    found = [
        open_workspace(name=f"Client {number}", time_zone="UTC", owner=cast.alice)
        for number in range(count)
    ]
    for number, one in enumerate(found):
        with workspace_scope(one.pk):
            book = Book(one)
            book.write(book.row("leads", f"{today() - timedelta(days=40)}", 5))
            snapshots.refresh(one, today=today() - timedelta(days=1), now=now)
            book.write(book.row("leads", f"{today() - timedelta(days=1)}", 10 + number))
        owe_night(one, today())
    return found


def yesterdays_leads(workspace: Workspace) -> Any:
    """As stored."""
    day = today() - timedelta(days=1)
    with workspace_scope(workspace.pk):
        (found,) = series.values(workspace, "leads", Grain.DAY, day, day, today=today())
    return found.value


def assert_all_are_done(site: Site, workspaces: list[Workspace], *, attempts: int) -> None:
    """Each night found its figures computed, and the figures are right."""
    eventually(lambda: site.ask(DONE) == [(len(workspaces),)])
    nights = site.ask(NIGHTS)
    assert {rows for _attempts, rows in nights} == {0}
    assert max(times for times, _rows in nights) == attempts
    assert [yesterdays_leads(one) for one in workspaces] == [
        10 + number for number in range(len(workspaces))
    ]


def written_since(site: Site, moment: datetime) -> int:
    """How many rows of figures were written."""
    return int(site.ask(STORED, moment)[0][0])


def test_a_worker_computes_more_nights_than_fit_at_once(site: Site, cast: Cast) -> None:
    workspaces = owing(cast, MORE_THAN_AT_ONCE)
    site.worker()
    site.tick()
    assert_all_are_done(site, workspaces, attempts=1)


def test_a_worker_killed_amid_shared_nights_leaves_none_half_written(
    site: Site, cast: Cast
) -> None:
    workspaces = owing(cast, 4)
    before = timezone.now()
    with site.connect() as session:
        session.execute(LAST_STEP, [workspaces[2].pk])
        worker = site.worker()
        site.tick()
        eventually(lambda: site.ask(HELD)[0][0])
        site.kill(worker)
    assert written_since(site, before) == 0
    eventually(lambda: site.ask("select 1 from kpitracker_job where lease_until < now()"))
    site.worker("second")
    site.tick()
    assert_all_are_done(site, workspaces, attempts=2)
    assert written_since(site, before) > 0
