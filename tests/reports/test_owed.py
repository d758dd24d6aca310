"""Owed numbers: what is asked for, when the mail comes, what it opens, and when it stays quiet."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes, policy

import pytest
from django.urls import reverse

from accounts.mail import send_due
from accounts.models import AlertMail, Membership, OutgoingMail, User, Workspace
from kpitracker import due
from metrics.entries import save_entry
from metrics.models import Metric
from metrics.setup import install_catalogue
from reports.models import Duty
from reports.owed import add_duty, entry_addresses, owed_numbers
from reports.reminders import send_reminder
from tests.cast import Cast, client_of
from tests.mailbox import Mailbox
from tests.pages import text

JANUARY = (date(2024, 1, 1), date(2024, 1, 31))
DUE = date(2024, 2, 5)
MORNING = datetime(2024, 2, 5, 7, tzinfo=UTC)
"""Eight o'clock in Paris on the day."""


@pytest.fixture
def workspace(inside: Workspace) -> Workspace:
    install_catalogue(inside)
    return inside


@pytest.fixture
def carl(workspace: Workspace, cast: Cast) -> Membership:
    """A contributor who lives in Paris."""
    User.objects.filter(pk=cast.carl.pk).update(time_zone="Europe/Paris")
    return Membership.objects.select_related("user", "workspace").get(
        workspace=workspace, user=cast.carl
    )


@pytest.fixture
def duty(workspace: Workspace, carl: Membership) -> Duty:
    """Carl owes the leads of each month by the fifth day after it, from mid-January on."""
    leads = Metric.objects.get(workspace=workspace, key="leads")
    made = add_duty(workspace, metric=leads, membership=carl, rhythm="month", due_days=5)
    assert made is not None
    Duty.objects.filter(pk=made.pk).update(created_at=datetime(2024, 1, 10, tzinfo=UTC))
    made.refresh_from_db()
    return made


def typed(workspace: Workspace, start: date, end: date) -> None:
    save_entry(
        workspace,
        user=None,
        metric=Metric.objects.get(workspace=workspace, key="leads"),
        start=start,
        end=end,
        value=Decimal(31),
        today=DUE,
    )


def owed(workspace: Workspace, today: date = DUE) -> list[date]:
    return [one.period.start for one in owed_numbers(workspace, today=today) if one.is_owed]


def reminders(now: datetime) -> list[str]:
    return [one.key for one in due.reminders(now)]


def test_a_month_that_is_over_is_owed_until_it_is_typed(workspace: Workspace, duty: Duty) -> None:
    assert owed(workspace) == [JANUARY[0]]
    typed(workspace, *JANUARY)
    assert owed(workspace) == []


def test_a_part_of_a_month_does_not_settle_it(workspace: Workspace, duty: Duty) -> None:
    typed(workspace, JANUARY[0], date(2024, 1, 30))
    assert owed(workspace) == [JANUARY[0]]


def test_months_before_the_duty_are_not_owed(workspace: Workspace, duty: Duty) -> None:
    starts = [one.period.start for one in owed_numbers(workspace, today=DUE)]
    assert starts == [date(2024, 1, 1), date(2024, 2, 1)]


def test_it_is_late_once_its_day_has_gone_by(workspace: Workspace, duty: Duty) -> None:
    assert not owed_numbers(workspace, today=DUE)[0].is_late
    assert owed_numbers(workspace, today=DUE + timedelta(days=1))[0].is_late


def test_a_metric_has_one_owner_for_a_rhythm(workspace: Workspace, duty: Duty) -> None:
    again = add_duty(
        workspace, metric=duty.metric, membership=duty.membership, rhythm="month", due_days=9
    )
    assert again is None
    assert Duty.objects.count() == 1


def test_a_reminder_is_due_on_its_morning_and_for_two_days(duty: Duty) -> None:
    assert reminders(MORNING - timedelta(minutes=1)) == []
    assert reminders(MORNING) == [f"reminder:{duty.membership_id}:{DUE}"]
    assert reminders(MORNING + timedelta(hours=47)) == reminders(MORNING)
    assert reminders(MORNING + timedelta(hours=48)) == []


def test_the_mail_arrives_once_and_opens_the_cells(
    workspace: Workspace, duty: Duty, carl: Membership, mailbox: Mailbox
) -> None:
    assert send_reminder(carl, day=DUE, at=MORNING, now=MORNING) == "queued"
    assert send_reminder(carl, day=DUE, at=MORNING, now=MORNING) == "known"
    send_due(MORNING)
    [raw] = mailbox.arrived
    mail = message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Leads" in body.get_content()
    assert "only=1&metric=leads#leads.2024-01-01" in body.get_content()
    assert mail["List-Unsubscribe"]


@pytest.mark.parametrize(("hours", "state"), [(47, "queued"), (49, "late")])
def test_after_downtime_it_is_caught_up_or_skipped(
    duty: Duty, carl: Membership, hours: int, state: str
) -> None:
    now = MORNING + timedelta(hours=hours)
    assert send_reminder(carl, day=DUE, at=MORNING, now=now) == state


def test_it_is_quiet_when_all_is_there(workspace: Workspace, duty: Duty, carl: Membership) -> None:
    typed(workspace, *JANUARY)
    assert send_reminder(carl, day=DUE, at=MORNING, now=MORNING) == "nothing_owed"
    assert not OutgoingMail.objects.exists()


def test_who_wants_no_mails_gets_none(duty: Duty, carl: Membership) -> None:
    carl.alert_mail = AlertMail.NONE
    assert send_reminder(carl, day=DUE, at=MORNING, now=MORNING) == "unwanted"


def test_who_unsubscribes_before_it_goes_gets_none(
    duty: Duty, carl: Membership, mailbox: Mailbox
) -> None:
    send_reminder(carl, day=DUE, at=MORNING, now=MORNING)
    Membership.objects.filter(pk=carl.pk).update(alert_mail=AlertMail.NONE)
    assert send_due(MORNING).skipped == 1
    assert mailbox.arrived == []


def test_the_link_shows_the_owed_metric_alone(workspace: Workspace, duty: Duty, cast: Cast) -> None:
    numbers = [one for one in owed_numbers(workspace, today=DUE) if one.is_owed]
    [(_rhythm, path)] = entry_addresses(workspace, numbers)
    page = client_of(cast.carl).get(path.partition("#")[0]).content.decode()
    assert 'name="leads.2024-01-01"' in page
    assert 'name="sessions.' not in page


def test_an_editor_asks_for_a_number_and_stops_asking(
    workspace: Workspace, carl: Membership, cast: Cast
) -> None:
    editor, address = client_of(cast.erin), reverse("owed", args=["northwind"])
    given = {"metric": "leads", "member": carl.public_id, "rhythm": "week", "due_days": "2"}
    assert editor.post(address, given).status_code == 302
    assert editor.post(address, given).status_code == 422
    made = Duty.objects.get()
    assert "Leads" in text(client_of(cast.carl).get(address))
    editor.post(reverse("owed_remove", args=["northwind", made.public_id]))
    assert not Duty.objects.exists()
