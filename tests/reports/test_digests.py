"""The weekly digest: due on the hour each member chose, made once, sent through real SMTP."""

import email
from datetime import UTC, date, datetime, timedelta
from email.message import Message
from email.policy import default as policy
from zoneinfo import ZoneInfo

import pytest

from accounts.mail import send_due
from accounts.models import Membership, OutgoingMail, User, Workspace
from accounts.scope import system_scope, workspace_scope
from kpitracker import jobs
from kpitracker.handlers import HANDLERS
from kpitracker.models import Job
from kpitracker.ticking import record_due, tick
from objectives.models import State
from reports import digests
from reports.models import DigestIssue
from tests.cast import Cast
from tests.mailbox import Mailbox
from tests.objectives.board import HALF_WAY, Board, at

MONDAY = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
"""A Monday, half past seven in Paris."""


def join_earlier(workspace: Workspace, zone: str = "Europe/Paris") -> None:
    """Everybody joined long ago and lives in this zone."""
    with system_scope():
        Membership.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
        User.objects.update(time_zone=zone)
        Workspace.objects.filter(pk=workspace.pk).update(
            created_at=datetime(2026, 1, 1, tzinfo=UTC)
        )


def due_for(user: User, now: datetime) -> list[digests.DueDigest]:
    with system_scope():
        ids = set(Membership.objects.filter(user=user).values_list("pk", flat=True))
        return [due for due in digests.due_digests(now) if due.membership_id in ids]


def test_it_is_due_on_monday_at_seven_in_the_persons_zone(cast: Cast) -> None:
    join_earlier(cast.northwind, "America/New_York")
    [due] = due_for(cast.alice, datetime(2026, 3, 9, 11, 0, tzinfo=UTC))
    assert due.at == datetime(2026, 3, 9, 7, 0, tzinfo=ZoneInfo("America/New_York"))
    assert due.period_key == "2026-W10"


def test_an_hour_earlier_the_week_before_is_the_latest(cast: Cast) -> None:
    join_earlier(cast.northwind, "America/New_York")
    [due] = due_for(cast.alice, datetime(2026, 3, 9, 10, 59, tzinfo=UTC))
    assert due.period_key == "2026-W09"


def test_the_persons_own_weekday_counts(cast: Cast) -> None:
    join_earlier(cast.northwind)
    with system_scope():
        Membership.objects.filter(user=cast.alice).update(digest_weekday=3, digest_hour=18)
    [due] = due_for(cast.alice, datetime(2026, 3, 12, 17, 0, tzinfo=UTC))
    assert due.day == date(2026, 3, 12)
    assert due.period_key == "2026-W10"


def test_who_does_not_want_it_gets_none(cast: Cast) -> None:
    join_earlier(cast.northwind)
    with system_scope():
        Membership.objects.filter(user=cast.alice).update(digest_on=False)
    assert due_for(cast.alice, MONDAY) == []


def test_a_new_member_gets_no_digest_of_the_week_before_they_came(cast: Cast) -> None:
    with system_scope():
        Membership.objects.filter(user=cast.alice).update(created_at=MONDAY)
    assert due_for(cast.alice, MONDAY + timedelta(minutes=20)) == []


def make(user: User, now: datetime = MONDAY) -> DigestIssue:
    with system_scope():
        membership = Membership.objects.select_related("workspace", "user").get(user=user)
    due = digests.latest_due(membership, now)
    with workspace_scope(membership.workspace_id):
        return digests.make_digest(membership, period_key=due.period_key, now=now, at=due.at)


def test_it_is_made_once_a_week(cast: Cast) -> None:
    join_earlier(cast.northwind)
    assert make(cast.alice).pk == make(cast.alice, MONDAY + timedelta(hours=3)).pk
    with system_scope():
        assert OutgoingMail.objects.filter(kind="digest").count() == 1


def test_two_days_late_it_is_skipped_and_noted(cast: Cast) -> None:
    join_earlier(cast.northwind)
    issue = make(cast.alice, MONDAY + timedelta(hours=50))
    assert issue.state == DigestIssue.State.SKIPPED
    with system_scope():
        assert not OutgoingMail.objects.filter(kind="digest").exists()


def parse(raw: bytes) -> Message:
    return email.message_from_bytes(raw, policy=policy)


def parts(message: Message) -> dict[str, str]:
    return {
        part.get_content_type(): part.get_content()  # type: ignore[attr-defined]
        for part in message.walk()
        if not part.is_multipart()
    }


def send(mailbox: Mailbox, user: User) -> Message:
    make(user)
    send_due(MONDAY)
    [message] = [parse(raw) for raw in mailbox.arrived]
    return message


def test_it_arrives_as_text_and_html_in_the_persons_language(mailbox: Mailbox, cast: Cast) -> None:
    join_earlier(cast.acme)
    message = send(mailbox, cast.bob)
    assert message["To"] == "bob@example.com"
    found = parts(message)
    assert set(found) == {"text/plain", "text/html"}
    assert 'lang="fr"' in found["text/html"]
    assert "2–8 mars 2026" in found["text/plain"]


def test_it_can_be_unsubscribed_with_one_click(mailbox: Mailbox, cast: Cast) -> None:
    join_earlier(cast.northwind)
    message = send(mailbox, cast.alice)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/u/" in message["List-Unsubscribe"]


def test_it_needs_no_image_and_loads_nothing(mailbox: Mailbox, cast: Cast) -> None:
    join_earlier(cast.northwind)
    html = parts(send(mailbox, cast.alice))["text/html"]
    assert "<img" not in html
    assert "<link" not in html
    assert "<script" not in html


def test_it_says_what_needs_attention_and_what_changed(board: Board) -> None:
    board.figures("mqls", lambda day: 6 if day < date(2026, 2, 5) else 0)
    board.objective("mqls", 600)
    for day in range(5, 16):
        board.night(date(2026, 2, day))
    with system_scope():
        membership = Membership.objects.select_related("workspace", "user").get(user=board.owner)
    context = digests.digest_context(membership, today=HALF_WAY, now=at(HALF_WAY))
    assert [row.status for row in context["attention"]] == ["off_track"]
    assert [change.new for change in context["changes"]] == ["off_track"]
    assert not context["nothing_new"]


def test_after_nine_days_of_silence_there_is_one_digest(cast: Cast) -> None:
    join_earlier(cast.northwind)
    late = MONDAY + timedelta(days=9)
    with system_scope():
        record_due(MONDAY - timedelta(minutes=31))
        record_due(late)
        keys = [
            job.key
            for job in Job.objects.filter(kind="digest", payload__period="2026-W11")
            if job.workspace_id == cast.northwind.pk
        ]
        assert len(keys) == 5
        assert not Job.objects.filter(kind="digest", payload__period="2026-W10").exists()


def test_two_schedulers_make_one_digest(cast: Cast) -> None:
    join_earlier(cast.northwind)
    with system_scope():
        Membership.objects.exclude(user=cast.alice).update(digest_on=False)
        Job.objects.create(
            kind="night",
            key="done",
            workspace=cast.northwind,
            day=date(2026, 3, 9),
            state="done",
            run_after=MONDAY,
        )
    tick(MONDAY)
    tick(MONDAY)
    with system_scope():
        [job] = Job.objects.filter(kind="digest")
    assert jobs.run(job.pk, HANDLERS, now=MONDAY) == "done"
    assert jobs.run(job.pk, HANDLERS, now=MONDAY) == "taken"
    with system_scope():
        assert OutgoingMail.objects.filter(kind="digest").count() <= 1
        assert DigestIssue.objects.count() == 1


@pytest.mark.parametrize("state", [State.ACTIVE, State.PAUSED])
def test_the_subject_is_one_line_whatever_the_names_hold(board: Board, state: str) -> None:
    Workspace.objects.filter(pk=board.workspace.pk).update(name="Line\nBcc: x@example.com")
    with system_scope():
        membership = Membership.objects.select_related("workspace", "user").get(user=board.owner)
    with workspace_scope(board.workspace.pk):
        issue = digests.make_digest(membership, period_key="2026-W10", now=MONDAY)
    assert issue.mail is not None
    assert "\n" not in issue.mail.subject
