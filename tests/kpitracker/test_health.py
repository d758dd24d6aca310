"""/healthz and /readyz: for load balancers and whoever watches over the installation."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from redis import Redis
from redis.exceptions import ConnectionError as RedisDown

from accounts.models import OutgoingMail, Workspace
from accounts.scope import system_scope
from kpitracker import health
from kpitracker.models import Heartbeat, Job

NOW = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def ticking(db: None) -> None:
    Heartbeat.objects.create(name="tick", at=NOW - timedelta(seconds=40))


def checks(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/readyz").json()["checks"]
    return found


def test_healthz_asks_nothing(client: Client) -> None:
    """Without the database: the process answers, that is all."""
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_ready_when_all_is_well(client: Client, ticking: None) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200, response.content
    assert response.json()["ready"] is True
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache")


def test_not_ready_before_the_first_tick(client: Client, db: None) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["tick"] == {
        "ok": False,
        "fact": "the scheduler has not ticked yet",
    }


def test_not_ready_when_ticks_stop(client: Client, db: None) -> None:
    Heartbeat.objects.create(name="tick", at=NOW - timedelta(minutes=4))
    assert not checks(client)["tick"]["ok"]


@pytest.mark.parametrize(("minutes", "well"), [(14, True), (16, False)])
def test_work_that_waits_too_long(client: Client, ticking: None, minutes: int, well: bool) -> None:
    due = NOW - timedelta(minutes=minutes)
    with system_scope():
        Job.objects.create(kind="night", key="night:1", run_after=due)
    assert checks(client)["jobs"]["ok"] is well


@pytest.mark.parametrize(("minutes", "well"), [(59, True), (61, False)])
def test_mail_that_waits_too_long(
    client: Client, ticking: None, northwind: Workspace, minutes: int, well: bool
) -> None:
    with system_scope():
        mail = OutgoingMail.objects.create(
            workspace=northwind, kind="alert", key="a", to="a@example.com", subject="s", text="t"
        )
        OutgoingMail.objects.filter(pk=mail.pk).update(created_at=NOW - timedelta(minutes=minutes))
    assert checks(client)["mail"]["ok"] is well


@pytest.mark.parametrize(("hours", "well"), [(29, True), (31, False)])
def test_a_workspace_without_a_night(
    client: Client, ticking: None, northwind: Workspace, hours: int, well: bool
) -> None:
    with system_scope():
        Workspace.objects.update(created_at=NOW)
        Workspace.objects.filter(pk=northwind.pk).update(created_at=NOW - timedelta(days=9))
        Job.objects.create(
            workspace=northwind,
            kind="night",
            key="night:n",
            state="done",
            run_after=NOW,
            finished_at=NOW - timedelta(hours=hours),
        )
    assert checks(client)["nights"]["ok"] is well


def test_a_server_that_does_not_answer_is_a_finding(
    client: Client, ticking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Redis) -> None:
        raise RedisDown

    monkeypatch.setattr(Redis, "ping", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["redis"] == {
        "ok": False,
        "fact": "ConnectionError: does not answer",
    }


def test_a_database_that_does_not_answer_is_a_finding(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(now: datetime) -> health.Finding:
        raise DatabaseError

    monkeypatch.setattr(health, "_database", refuse)
    monkeypatch.setattr(health, "_tick", refuse)
    found = {one.name: one.ok for one in health.findings(NOW)}
    assert (found["database"], found["tick"]) == (False, False)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_they_are_only_read(client: Client, db: None, path: str) -> None:
    assert client.post(path).status_code == 405
