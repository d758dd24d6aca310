"""Alerts by mail that waited for quiet hours are sent within the minute in which these end."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Membership, OutgoingMail, User
from accounts.scope import system_scope
from kpitracker import due
from kpitracker.handlers import HANDLERS
from kpitracker.jobs import run
from kpitracker.models import Job
from kpitracker.ticking import record_due
from objectives.alert_notices import note
from objectives.models import Alert, AlertNotice
from tests.objectives.board import HALF_WAY, Board

NIGHT = datetime(2026, 2, 15, 1, 30, tzinfo=UTC)  # half past two in Paris
MORNING = datetime(2026, 2, 15, 6, 1, tzinfo=UTC)


@pytest.fixture
def quiet(board: Board, alice: User) -> Board:
    """Alice sleeps until seven; an alert opened at night."""
    User.objects.filter(pk=alice.pk).update(time_zone="Europe/Paris")
    Membership.objects.filter(user=alice).update(quiet_from=22, quiet_until=7)
    alert = Alert.objects.create(
        workspace=board.workspace,
        kind=Alert.Kind.NIGHT_FAILED,
        cause="night",
        severity="off",
        evidence={"error": "A reason"},
        opened_on=HALF_WAY,
        updated_on=HALF_WAY,
    )
    note(alert, event="opened", now=NIGHT)
    return board


def keys(now: datetime) -> list[str]:
    with system_scope():
        return [item.key for item in due.notices(now)]


def mails() -> int:
    return OutgoingMail.objects.filter(to="alice@example.com").count()


def test_nothing_is_due_in_quiet_hours(quiet: Board) -> None:
    assert keys(NIGHT) == []


def test_it_is_due_once_they_end(quiet: Board) -> None:
    assert len(keys(MORNING)) == 1
    assert keys(MORNING) == keys(MORNING + timedelta(minutes=5))


def test_the_job_mails_and_then_nothing_is_due(
    quiet: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MORNING)
    before = mails()
    with system_scope():
        record_due(MORNING)
        [job] = Job.objects.filter(key__startswith="notices:")
    assert run(job.pk, HANDLERS, now=MORNING) == "done"
    assert mails() == before + 1
    assert AlertNotice.objects.get(membership__user__email="alice@example.com").state == "sent"
    assert keys(MORNING) == []
    assert run(job.pk, HANDLERS, now=MORNING) != "done"
    assert mails() == before + 1


def test_an_alert_that_is_over_by_then_is_not_mailed(
    quiet: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MORNING)
    Alert.objects.update(closed_on=HALF_WAY)
    before = mails()
    with system_scope():
        record_due(MORNING)
        [job] = Job.objects.filter(key__startswith="notices:")
    assert run(job.pk, HANDLERS, now=MORNING) == "done"
    assert mails() == before
