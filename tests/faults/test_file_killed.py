"""kill -9 while a file of a watched folder is imported: nothing of it, then all of it, once."""

from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.scope import workspace_scope
from metrics.feeds import create_feed
from metrics.imports.importing import import_file
from metrics.imports.parsed import ImportOptions
from metrics.watching import watch
from tests.cast import Cast
from tests.faults.conftest import Site, eventually
from tests.faults.test_killed import held, is_waiting

pytestmark = pytest.mark.slow

FIRST = b"date,metric,value\n2026-01-01,leads,1\n"
MARCH = b"date,metric,value\n2026-03-01,leads,7\n2026-03-02,leads,8\n"
FACTS_LOCK = "select pg_advisory_xact_lock(hashtext('metrics.facts'), %s)"
FACTS = "select count(*), coalesce(sum(value), 0) from metrics_fact"
FILE = "select state, attempts, result ->> 'state' from kpitracker_job where kind = 'file'"


def test_a_file_whose_worker_is_killed_is_imported_once(
    site: Site, cast: Cast, settings: Settings
) -> None:
    settings.DATA_DIR = site.directory
    northwind = cast.northwind
    now = timezone.now()
    with workspace_scope(northwind.pk):
        feed = create_feed(northwind, name="CRM")
        import_file(
            northwind, user=None, name="first.csv", data=FIRST, options=ImportOptions(),
            today=now.date(), now=now, feed="CRM",
        )  # fmt: skip
        folder = watch(feed, now=now)
    path = site.directory / "inbox" / "northwind" / folder.name
    (path / "march.csv").write_bytes(MARCH)

    with held(site, FACTS_LOCK, northwind.pk):
        worker = site.worker()
        site.tick()
        eventually(lambda: site.ask(FILE))
        site.tick()
        eventually(is_waiting(site, "%pg_advisory_xact_lock%"))
        site.kill(worker)
    assert site.ask(FACTS) == [(1, 1)]
    assert [one.name for one in (path / ".working").rglob("*.csv")] == ["march.csv"]

    eventually(lambda: site.ask("select 1 from kpitracker_job where lease_until < now()"))
    worker = site.worker("second")
    site.tick()
    eventually(lambda: site.ask(FILE) == [("done", 2, "imported")])
    site.kill(worker)
    assert site.ask(FACTS) == [(3, 16)]
    assert lying(path) == ["done/march.csv"]
    assert site.ask("select count(*) from metrics_batch where is_from_folder") == [(1,)]


def lying(path: Path) -> list[str]:
    """What lies in the folder; stamps left out."""
    files = (str(one.relative_to(path)) for one in path.rglob("*") if one.is_file())
    return sorted(f"{name.partition('/')[0]}/{name.rpartition('Z-')[2]}" for name in files)
