"""What measurements stand on: the database's own clock, copies at another size, refusals."""

import time
from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.models import Workspace
from accounts.scope import system_scope, workspace_scope
from kpitracker.benchmarks import scratch
from kpitracker.benchmarks.scratch import NoScratch, Scratch
from metrics import series
from metrics.benchmarks import dataset, tasks
from metrics.benchmarks.database_time import DatabaseTime
from metrics.benchmarks.worker import Order, peak_bytes
from metrics.models import Fact
from metrics.periods import Grain

LAST = date(2026, 2, 11)
TODAY = LAST + timedelta(days=1)


def order(task: str, workspace: Workspace, first: date = LAST) -> Order:
    return {
        "task": task,
        "workspaces": [workspace.pk],
        "first": first.isoformat(),
        "today": TODAY.isoformat(),
    }


@pytest.fixture
def workspace(db: None) -> Workspace:
    with system_scope():
        return dataset.make_workspace("benchmark", 1, dataset.make_owner())


@pytest.mark.django_db(transaction=True)
def test_the_database_s_clock_counts_what_the_server_works() -> None:
    with DatabaseTime() as measured, connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.05)")
    assert measured.milliseconds > 45
    assert measured.queries == ["SELECT pg_sleep(0.05)"]


@pytest.mark.django_db(transaction=True)
def test_the_program_s_own_time_is_not_the_database_s() -> None:
    with DatabaseTime() as measured:
        time.sleep(0.5)
    assert measured.milliseconds < measured.whole_milliseconds


def test_queries_of_session_and_access_are_told_apart() -> None:
    measured = DatabaseTime(queries=["SELECT 1 FROM accounts_membership", "SELECT 2"])
    assert measured.own_queries == ["SELECT 2"]


def test_a_worker_fills_recomputes_and_refreshes(workspace: Workspace) -> None:
    filled, _scans = tasks.fact_scans_of(tasks.TASKS["fill"], order("fill", workspace))
    with workspace_scope(workspace.pk):
        assert Fact.objects.filter(workspace=workspace).count() == filled
    written, scans = tasks.fact_scans_of(tasks.TASKS["recompute"], order("recompute", workspace))
    assert written > 0
    assert scans > 0
    again, _scans = tasks.fact_scans_of(tasks.TASKS["refresh"], order("refresh", workspace))
    assert again == 0


def test_reading_stored_values_scans_no_facts(workspace: Workspace) -> None:
    def read(workspace: Workspace, order: Order) -> int:
        return len(series.table(workspace, ["leads"], Grain.MONTH, LAST, LAST, today=TODAY))

    assert tasks.fact_scans_of(tasks.each(read), order("read", workspace)) == (1, 0)


def test_a_process_knows_how_large_it_was() -> None:
    assert 20_000_000 < peak_bytes() < 4_000_000_000


def test_the_measuring_process_gets_addresses_of_the_scratch_database_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:pw@db:5432/kpi?sslmode=require")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@//run/postgres/kpi")
    found = Scratch()
    given = found.environment()
    assert found.name.endswith("_benchmark")
    assert given["DATABASE_URL"] == f"postgresql://app:pw@db:5432/{found.name}?sslmode=require"
    assert given["DATABASE_OWNER_URL"] == f"postgresql://owner@//run/postgres/{found.name}"


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_role_that_may_not_create_databases_is_told_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scratch, "MAY_CREATE", "SELECT false")
    with pytest.raises(NoScratch, match=r"ALTER ROLE \w+ CREATEDB"), Scratch().locked():
        pass
