"""A workspace that has been at work for weeks and falls behind today, by the machine's clock."""

from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes

from django.utils import timezone

from accounts.models import Membership, OutgoingMail, User, Workspace
from accounts.scope import system_scope, workspace_scope
from kpitracker import jobs
from kpitracker.models import Job
from kpitracker.nightly import run_night
from metrics.definition_checks import OwnDefinition
from metrics.definitions import define
from tests.cast import Cast
from tests.mailbox import Mailbox
from tests.objectives.board import Board

PAST_DAYS = 40
AHEAD_DAYS = 50


def today() -> date:
    """The date in UTC, where these workspaces are."""
    return timezone.now().date()


def latest_night() -> date:
    """The last day whose night has come: a night begins at half past two."""
    return (timezone.now() - timedelta(hours=2, minutes=30)).date()


def settle(cast: Cast, last_night: date | None = None) -> Workspace:
    """Northwind, with a metric of its own, and two objectives that were on track on the last night,
    yesterday by default.

    Since then their figures were put right, and are far behind. No mail is wanted but alerts.
    """
    day = last_night or today() - timedelta(days=1)
    with system_scope():
        Workspace.objects.update(time_zone="UTC", created_at=timezone.now())
        Membership.objects.update(digest_on=False)
        cast.northwind.refresh_from_db()
    with workspace_scope(cast.northwind.pk):
        board = Board(cast.northwind, cast.alice)
        start, known = day - timedelta(days=PAST_DAYS), day - timedelta(days=1)
        dates = {"start": start, "end": day + timedelta(days=AHEAD_DAYS)}
        for key, amount, target in (("leads", 10, 900), ("sessions", 500, 44_000)):
            board.figures(key, amount, start, known)
            board.objective(key, target, **dates)
        wanted = OwnDefinition(
            name_en="Half the leads", name_fr="", definition="", formula="leads / 2",
            unit="count", direction="up",
        )  # fmt: skip
        define(cast.northwind, key="half_leads", wanted=wanted, user=None, now=timezone.now())
        run_night(cast.northwind, day=day, now=timezone.now())
        board.figures("leads", 0, start + timedelta(days=12), known)
        board.figures("sessions", 300, start + timedelta(days=12), known)
    return cast.northwind


def owe_night(workspace: Workspace, day: date, **fields: object) -> None:
    """The night of a day is due now, or is in the ledger in another state."""
    key = f"night:{workspace.pk}:{day}"
    at = datetime.combine(day, time(0, 1), tzinfo=UTC)
    jobs.enqueue("night", key, run_after=at, workspace_id=workspace.pk, day=day)
    with system_scope():
        Job.objects.filter(key=key).update(**({"state": "queued"} | fields))


def want_digest(*members: Membership) -> None:
    """These members get a digest whose hour has just come, as it did a week ago."""
    now = timezone.now()
    with system_scope():
        Membership.objects.filter(pk__in=[member.pk for member in members]).update(
            digest_on=True,
            digest_weekday=now.weekday(),
            digest_hour=now.hour,
            created_at=now - timedelta(days=30),
        )
        User.objects.update(time_zone="UTC")


def member(workspace: Workspace, user: User) -> Membership:
    """A person's membership."""
    with system_scope():
        return Membership.objects.get(workspace=workspace, user=user)


def nights(workspace: Workspace) -> list[Job]:
    """The nights in the ledger, in the order in which they were begun."""
    with system_scope():
        found = Job.objects.filter(workspace=workspace, kind="night")
        return list(found.order_by("started_at", "day"))


def digests_in(mailbox: Mailbox) -> list[str]:
    """To whom the digests in the mailbox were sent."""
    with system_scope():
        sent = OutgoingMail.objects.filter(kind="digest").values_list("public_id", flat=True)
        ids = set(sent)
    letters = [message_from_bytes(content) for content in mailbox.arrived]
    return sorted(
        letter["To"] for letter in letters if letter["Message-ID"].strip("<").split("@")[0] in ids
    )
