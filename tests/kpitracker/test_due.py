"""What is due: nights after each workspace's own midnight, whatever its clock does."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import Membership, User, Workspace
from accounts.scope import system_scope, workspace_scope
from accounts.workspaces import change_settings
from kpitracker import due, jobs
from kpitracker.handlers import HANDLERS
from kpitracker.models import Job
from kpitracker.ticking import record_due, tick
from metrics import snapshots
from metrics.models import Snapshot
from tests.cast import Cast


def workspace(zone: str, created: datetime) -> Workspace:
    with system_scope():
        made = Workspace.objects.create(slug=zone.lower().replace("/", "-"), name=zone)
        Workspace.objects.filter(pk=made.pk).update(time_zone=zone, created_at=created)
        made.refresh_from_db()
    return made


def nights(now: datetime) -> list[tuple[date | None, datetime]]:
    with system_scope():
        return [(item.day, item.run_after) for item in due.nights(now)]


@pytest.mark.django_db
def test_a_night_is_due_at_half_past_two_local_time() -> None:
    workspace("Europe/Paris", datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert nights(datetime(2026, 3, 2, 1, 29, tzinfo=UTC)) == []
    assert nights(datetime(2026, 3, 2, 1, 30, tzinfo=UTC)) == [
        (date(2026, 3, 2), datetime(2026, 3, 2, 1, 30, tzinfo=UTC))
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "around"),
    [
        ("Europe/Paris", datetime(2026, 3, 29, tzinfo=UTC)),
        ("Europe/Paris", datetime(2026, 10, 25, tzinfo=UTC)),
        ("America/Sao_Paulo", datetime(2018, 11, 4, tzinfo=UTC)),
        ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 5, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 10, 4, tzinfo=UTC)),
        ("UTC", datetime(2028, 2, 29, tzinfo=UTC)),
        ("UTC", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_each_local_date_is_computed_once_over_72_hours(zone: str, around: datetime) -> None:
    workspace(zone, around - timedelta(days=3))
    moment = around - timedelta(hours=36)
    with system_scope():
        while moment <= around + timedelta(hours=36):
            record_due(moment)
            moment += timedelta(minutes=30)
        found = Job.objects.filter(kind="night").order_by("day").values_list("day", flat=True)
        days = [day for day in found if day]
    assert len(days) == len(set(days))
    last = (around + timedelta(hours=36)).astimezone(ZoneInfo(zone)).date()
    assert days[-1] >= last - timedelta(days=1)
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]


@pytest.mark.django_db
def test_nine_days_of_downtime_are_caught_up() -> None:
    made = workspace("UTC", datetime(2026, 3, 1, tzinfo=UTC))
    with system_scope():
        Job.objects.create(
            kind="night",
            key="x",
            workspace=made,
            day=date(2026, 3, 2),
            state="done",
            run_after=datetime(2026, 3, 2, tzinfo=UTC),
        )
    found = nights(datetime(2026, 3, 11, 12, tzinfo=UTC))
    assert [day for day, _at in found] == [date(2026, 3, day) for day in range(3, 12)]


@pytest.mark.django_db
def test_a_clock_put_back_computes_no_day_twice() -> None:
    workspace("UTC", datetime(2026, 3, 1, tzinfo=UTC))
    tick(datetime(2026, 3, 3, 12, tzinfo=UTC))
    tick(datetime(2026, 3, 2, 12, tzinfo=UTC))
    tick(datetime(2026, 3, 3, 12, tzinfo=UTC))
    with system_scope():
        days = Job.objects.filter(kind="night").order_by("day").values_list("day", flat=True)
        assert list(days) == [date(2026, 3, 2), date(2026, 3, 3)]


@pytest.mark.django_db
def test_computed_figures_are_not_due_again_every_minute() -> None:
    made = workspace("UTC", datetime(2026, 3, 1, tzinfo=UTC))
    now = datetime(2026, 3, 2, 1, tzinfo=UTC)
    with workspace_scope(made.pk):
        snapshots.refresh(made, today=now.date(), now=now)
    with system_scope():
        assert list(due.refreshes(now)) == []


@pytest.mark.django_db
def test_weeks_that_start_on_another_day_are_computed_anew(cast: Cast) -> None:
    changed = change_settings(cast.northwind, version=1, values={"week_start": 6}, by=cast.alice)
    now = timezone.now()
    with system_scope():
        [found] = due.new_calendars(now)
        assert (found.kind, found.workspace_id) == ("recompute", changed.pk)
        record_due(now)
        job = Job.objects.get(key=found.key)
    assert jobs.run(job.pk, HANDLERS, now=now) == "done"
    with workspace_scope(changed.pk):
        weeks = Snapshot.objects.filter(workspace=changed, grain=2).values_list("start", flat=True)
        assert {start.weekday() for start in weeks} <= {6}


@pytest.mark.django_db
def test_another_name_computes_nothing_anew(cast: Cast) -> None:
    change_settings(cast.northwind, version=1, values={"name": "Northwind Ltd"}, by=cast.alice)
    with system_scope():
        assert list(due.new_calendars(timezone.now())) == []


@pytest.mark.django_db
def test_an_unknown_time_zone_holds_up_nobody_else(cast: Cast) -> None:
    with system_scope():
        User.objects.filter(pk=cast.alice.pk).update(time_zone="Mars/Base")
        Workspace.objects.filter(pk=cast.northwind.pk).update(time_zone="Mars/Base")
        now = timezone.now() + timedelta(days=8)
        found = list(due.everything(now))
    assert {each.workspace_id for each in found if each.kind == "night"} == {cast.acme.pk}
    members = {each.payload["membership"] for each in found if each.payload}
    with system_scope():
        wanting = Membership.objects.exclude(user=cast.alice)
        assert members == set(wanting.values_list("pk", flat=True))
