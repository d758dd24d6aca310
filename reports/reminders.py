"""Reminders: on the day a number is due, one mail tells its owner of everything still owed.

The ledger of jobs makes each happen once per person and day. Nothing is sent when all is there,
when the person may not type values any more or wants no mails about their own matters, or when
the day is gone by for 48 hours.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import translation

from accounts.access import Right, allows
from accounts.addresses import absolute
from accounts.fmt_dates import period_label
from accounts.letters import letter
from accounts.mail import LIFETIME, queue_mail
from accounts.models import AlertMail, Membership
from accounts.unsubscribe import MailList, unsubscribe_headers, unsubscribe_url
from metrics.periods import BAD_ZONE, local_instant, local_today
from metrics.rules import calendar_of
from reports.models import Duty
from reports.owed import OwedNumber, due_day, entry_addresses, owed_numbers, periods_of

logger = logging.getLogger(__name__)

REMIND_AT = time(8)
"""In the person's own time zone."""
LATEST = timedelta(hours=48)


@dataclass(frozen=True)
class DueReminder:
    """A person's morning on which numbers are due."""

    membership_id: int
    workspace_id: int
    day: date
    at: datetime


def due_reminders(now: datetime) -> Iterator[DueReminder]:
    """The mornings of the last two days on which somebody's numbers were due."""
    duties = Duty.objects.select_related("workspace", "membership__user").filter(
        membership__user__is_active=True
    )
    found: set[tuple[int, date]] = set()
    for duty in duties:
        try:
            for reminder in _mornings(duty, now):
                if (reminder.membership_id, reminder.day) not in found:
                    found.add((reminder.membership_id, reminder.day))
                    yield reminder
        except BAD_ZONE:
            logger.exception("Nobody knows when %s is due", duty.public_id)


def _mornings(duty: Duty, now: datetime) -> Iterator[DueReminder]:
    """Those of one duty. Raises one of BAD_ZONE where a time zone is unknown here."""
    today = local_today(now, duty.workspace.time_zone)
    zone = duty.membership.user.time_zone
    for period in periods_of(duty, calendar_of(duty.workspace), today=today):
        day = due_day(duty, period)
        at = local_instant(day, REMIND_AT, zone)
        if now - LATEST < at <= now and at > duty.created_at:
            yield DueReminder(duty.membership_id, duty.workspace_id, day, at)


def send_reminder(membership: Membership, *, day: date, at: datetime, now: datetime) -> str:
    """Queues the reminder of a morning; what became of it: ``queued``, or why there is none.

    ``late``, ``unwanted``, ``nothing_owed``, ``known`` (queued before). Runs in the workspace's
    scope.
    """
    if now - at > LATEST:
        return "late"
    wanted = membership.alert_mail != AlertMail.NONE and membership.user.is_active
    if not wanted or not allows(membership.role, Right.ENTER):
        return "unwanted"
    today = local_today(now, membership.workspace.time_zone)
    numbers = owed_numbers(membership.workspace, today=today, membership=membership)
    owed = [one for one in numbers if one.is_owed and one.due <= max(day, today)]
    if not owed:
        return "nothing_owed"
    return "queued" if _queue(membership, owed, day=day, now=now) else "known"


def _queue(membership: Membership, owed: list[OwedNumber], *, day: date, now: datetime) -> bool:
    workspace = membership.workspace
    with translation.override(membership.user.language):
        words = letter(
            "reminder",
            {
                "workspace_name": workspace.name,
                "owed": [_line(one, membership.user.language) for one in owed],
                "links": [
                    (Duty.Rhythm(rhythm).label, f"{settings.BASE_URL}{path}")
                    for rhythm, path in entry_addresses(workspace, owed)
                ],
                "list_url": absolute("owed", workspace.slug),
                "unsubscribe_url": unsubscribe_url(membership, MailList.ALERTS),
            },
        )
    mail = queue_mail(
        workspace=workspace,
        user=membership.user,
        kind="reminder",
        key=f"reminder:{membership.pk}:{day}",
        to=membership.user.email,
        subject=words.subject,
        text=words.text,
        html=words.html,
        headers=unsubscribe_headers(membership, MailList.ALERTS),
        expires_at=now + LIFETIME,
    )
    return mail is not None


def _line(one: OwedNumber, language: str) -> dict[str, object]:
    """A number as the mail lists it."""
    workspace = one.duty.workspace
    label = period_label(
        one.period.start,
        one.period.grain,
        language,
        week_start=workspace.week_start,
        fiscal_start=workspace.fiscal_year_start,
    )
    return {"metric": one.duty.metric.name, "period": label, "due": one.due, "late": one.is_late}
