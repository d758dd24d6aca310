"""The ledger: claimed once, given back when a worker dies, fenced against its twin."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Workspace
from accounts.scope import system_scope
from kpitracker import jobs
from kpitracker.models import Job

NOW = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)


def make(key: str = "night:1:2026-03-09", **fields: Any) -> Job:
    with system_scope():
        return Job.objects.create(
            **{"kind": "night", "key": key, "run_after": timezone.now(), **fields}
        )


def reload(job: Job) -> Job:
    with system_scope():
        return Job.objects.get(pk=job.pk)


def expire(job: Job) -> None:
    with system_scope():
        Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_the_same_work_is_due_once() -> None:
    assert jobs.enqueue("night", "night:1:2026-03-09", run_after=NOW)
    assert not jobs.enqueue("night", "night:1:2026-03-09", run_after=NOW)


@pytest.mark.django_db
def test_a_job_is_claimed_by_one_worker_only() -> None:
    job = make()
    assert jobs.claim(job.pk) is not None
    assert jobs.claim(job.pk) is None


@pytest.mark.django_db
def test_a_job_that_is_not_due_yet_is_not_claimed() -> None:
    job = make(run_after=timezone.now() + timedelta(hours=1))
    assert jobs.claim(job.pk) is None


@pytest.mark.django_db
def test_a_job_whose_worker_died_is_claimed_again() -> None:
    job = make()
    jobs.claim(job.pk)
    expire(job)
    lease = jobs.claim(job.pk)
    assert lease is not None
    assert lease.attempt == 2


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_writes_nothing() -> None:
    job = make()
    slow = jobs.claim(job.pk)
    assert slow is not None
    expire(job)
    jobs.claim(job.pk)
    with pytest.raises(jobs.LeaseLostError), slow.step("snapshots"):
        Job.objects.create(kind="x", key="written by the slow one", run_after=NOW)
    with system_scope():
        assert not Job.objects.filter(key="written by the slow one").exists()


@pytest.mark.django_db
def test_a_step_is_noted_and_lengthens_the_lease() -> None:
    job = make()
    lease = jobs.claim(job.pk)
    assert lease is not None
    expire(job)
    with lease.step("snapshots"):
        pass
    job = reload(job)
    assert job.progress == {"snapshots": "done"}
    assert job.lease_until is not None
    assert job.lease_until > timezone.now()


@pytest.mark.django_db
def test_a_job_that_succeeds_is_done() -> None:
    job = make()
    assert jobs.run(job.pk, {"night": lambda lease: {"rows": 3}}, now=NOW) == "done"
    assert reload(job).result == {"rows": 3}


def failing(lease: jobs.Lease) -> dict[str, Any]:
    raise ValueError("a poisonous workspace")


@pytest.mark.django_db
def test_a_job_that_fails_keeps_the_reason_and_waits() -> None:
    job = make()
    assert jobs.run(job.pk, {"night": failing}, now=NOW) == "failed"
    job = reload(job)
    assert job.error == "ValueError: a poisonous workspace"
    assert job.run_after == NOW + timedelta(minutes=1)


@pytest.mark.django_db
def test_a_job_that_keeps_failing_is_given_up() -> None:
    job = make(attempts=len(jobs.RETRY_MINUTES))
    assert jobs.run(job.pk, {"night": failing}, now=NOW) == "dead"
    assert jobs.claim(job.pk) is None


@pytest.mark.django_db
def test_missed_nights_are_rung_oldest_first(northwind: Workspace) -> None:
    newer = make("b", workspace=northwind, day=date(2026, 3, 9))
    older = make("a", workspace=northwind, day=date(2026, 3, 8))
    assert jobs.to_ring() == [older.pk]
    jobs.run(older.pk, {"night": lambda lease: {}}, now=NOW)
    assert jobs.to_ring() == [newer.pk]


@pytest.mark.django_db
def test_a_digest_waits_for_the_night(northwind: Workspace) -> None:
    night = make("n", workspace=northwind, day=date(2026, 3, 9))
    digest = make("d", kind="digest", workspace=northwind, day=date(2026, 3, 9))
    assert jobs.to_ring() == [night.pk]
    jobs.run(night.pk, {"night": lambda lease: {}}, now=NOW)
    assert jobs.to_ring() == [digest.pk]


@pytest.mark.django_db
def test_a_digest_does_not_wait_for_ever(northwind: Workspace) -> None:
    make("n", workspace=northwind, day=date(2026, 3, 9), run_after=timezone.now())
    long_ago = timezone.now() - jobs.DIGEST_WAITS_AT_MOST - timedelta(minutes=1)
    digest = make("d", kind="digest", workspace=northwind, run_after=long_ago)
    assert digest.pk in jobs.to_ring()


@pytest.mark.django_db
def test_a_job_is_not_rung_every_minute() -> None:
    job = make()
    assert jobs.to_ring() == [job.pk]
    assert jobs.to_ring() == []


@pytest.mark.django_db
def test_calculations_of_one_workspace_follow_one_another(northwind: Workspace) -> None:
    refresh = make("r", kind="refresh", workspace=northwind)
    assert jobs.claim(refresh.pk) is not None
    night = make("n", workspace=northwind, day=date(2026, 3, 9))
    assert jobs.to_ring() == []
    expire(refresh)
    assert set(jobs.to_ring()) == {refresh.pk, night.pk}


@pytest.mark.django_db
def test_a_failed_job_is_rung_again_when_its_time_comes() -> None:
    job = make()
    assert jobs.to_ring() == [job.pk]
    jobs.run(job.pk, {"night": failing}, now=timezone.now() - timedelta(minutes=2))
    assert jobs.to_ring() == [job.pk]
