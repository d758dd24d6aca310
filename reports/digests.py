"""The weekly digest: due on the weekday and hour each member chose in their own time zone.

One row per member and week (DigestIssue) makes it happen once; the mail goes through the outbox.
A digest that could not go for 48 hours is skipped and noted, not sent late and wrong.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import translation

from accounts.addresses import absolute
from accounts.letters import letter
from accounts.mail import queue_mail
from accounts.models import Membership, Workspace
from accounts.scope import workspace_scope
from accounts.unsubscribe import MailList, unsubscribe_headers, unsubscribe_url
from metrics.periods import BAD_ZONE, local_instant, local_today
from reports.kpis import golden
from reports.models import DigestIssue
from reports.progress import missing_sentences, progress, week_before

logger = logging.getLogger(__name__)

LATEST = timedelta(hours=48)
MOST_ATTENTION = 5
WEEKDAYS = 7


@dataclass(frozen=True)
class DueDigest:
    """A digest whose hour has come: for whom, about which week, since when."""

    membership_id: int
    workspace_id: int
    period_key: str
    at: datetime
    day: date


def period_of(day: date) -> str:
    """The ISO week that a digest of this local day tells about: the last whole one."""
    monday, _sunday = week_before(day)
    year, week, _weekday = monday.isocalendar()
    return f"{year}-W{week:02d}"


def due_digests(now: datetime) -> Iterator[DueDigest]:
    """The digests whose hour has come and that were not made yet; of several, the latest."""
    since = now - timedelta(days=2 * WEEKDAYS)
    made = set(
        DigestIssue.objects.filter(created_at__gte=since - timedelta(days=WEEKDAYS)).values_list(
            "membership_id", "period_key"
        )
    )
    for membership in _wanting():
        try:
            due = latest_due(membership, now)
        except BAD_ZONE:
            logger.exception("Nobody knows when %s wants a digest", membership.public_id)
            continue
        if (due.membership_id, due.period_key) not in made and due.at > membership.created_at:
            yield due


def _wanting() -> Iterator[Membership]:
    yield from Membership.objects.filter(digest_on=True, user__is_active=True).select_related(
        "user"
    )


def latest_due(membership: Membership, now: datetime) -> DueDigest:
    """The latest time at or before ``now`` that this member's weekday and hour came round."""
    zone = membership.user.time_zone
    day = local_today(now, zone)
    day -= timedelta(days=(day.weekday() - membership.digest_weekday) % WEEKDAYS)
    at = local_instant(day, time(membership.digest_hour), zone)
    if at > now:
        day -= timedelta(days=WEEKDAYS)
        at = local_instant(day, time(membership.digest_hour), zone)
    return DueDigest(membership.pk, membership.workspace_id, period_of(day), at, day)


def make_digest(
    membership: Membership,
    *,
    period_key: str,
    now: datetime,
    day: date | None = None,
    at: datetime | None = None,
) -> DigestIssue:
    """Writes the member's digest into the outbox, once; the issue says whether it was skipped.

    ``day`` is the local day it is made for (today of the workspace by default); ``at`` is when
    it was due: more than 48 hours ago, it is skipped. Runs in the workspace's scope.
    """
    known = DigestIssue.objects.filter(membership=membership, period_key=period_key).first()
    if known is not None:
        return known
    if at is not None and now - at > LATEST:
        return _issue(membership, period_key, state=DigestIssue.State.SKIPPED)
    workspace = membership.workspace
    today = day or local_today(now, workspace.time_zone)
    with translation.override(membership.user.language):
        words = letter("digest", digest_context(membership, today=today, now=now))
    issue = _issue(membership, period_key, state=DigestIssue.State.MADE)
    issue.mail = queue_mail(
        workspace=workspace,
        user=membership.user,
        kind="digest",
        key=f"digest:{membership.pk}:{period_key}",
        to=membership.user.email,
        subject=words.subject,
        text=words.text,
        html=words.html,
        headers=unsubscribe_headers(membership, MailList.DIGEST),
        expires_at=now + LATEST,
    )
    issue.save(update_fields=["mail"])
    return issue


def _issue(membership: Membership, period_key: str, *, state: str) -> DigestIssue:
    return DigestIssue.objects.create(
        workspace_id=membership.workspace_id,
        membership=membership,
        period_key=period_key,
        state=state,
    )


def digest_context(membership: Membership, *, today: date, now: datetime) -> dict[str, Any]:
    """What the digest's templates show, in the active language."""
    workspace = membership.workspace
    monday, sunday = week_before(today)
    picture = progress(workspace, today=today, since=today - timedelta(days=WEEKDAYS))
    return {
        "workspace": workspace,
        "person": membership.user,
        "picture": picture,
        "attention": picture.attention[:MOST_ATTENTION],
        "changes": picture.changes,
        "kpis": golden(workspace, monday=monday),
        "missing": missing_sentences(picture.late),
        "monday": monday,
        "sunday": sunday,
        "week": monday.isocalendar().week,
        "computed_at": now,
        "progress_url": absolute("progress", workspace.slug),
        "preferences_url": unsubscribe_url(membership, MailList.DIGEST),
        "nothing_new": not picture.changes and not picture.attention and not picture.late,
    }


def due_on(workspace: Workspace, day: date) -> list[Membership]:
    """The members whose weekday this is and who want a digest."""
    members = Membership.objects.filter(
        Q(digest_weekday=day.weekday()),
        workspace=workspace,
        digest_on=True,
        user__is_active=True,
    )
    return list(members.select_related("user", "workspace").order_by("pk"))


def send_due_on(
    workspace: Workspace, *, day: date, now: datetime, dry_run: bool = False
) -> list[dict[str, str]]:
    """Makes the digests due on a local day, whatever the hour; lists made and known ones."""
    listed = []
    with workspace_scope(workspace.pk):
        for membership in due_on(workspace, day):
            period = period_of(day)
            known = DigestIssue.objects.filter(membership=membership, period_key=period).exists()
            state = "due" if dry_run else "known"
            if not dry_run and not known:
                state = make_digest(membership, period_key=period, now=now, day=day).state
            listed.append({"to": membership.user.email, "period": period, "state": state})
    return listed
