"""Whom an alert is told, and when: the outbox of alerts. The one writer of AlertNotice.

A notice is a row, written in the transaction that opens or worsens an alert: one person, one
channel, one event. It falls due after the person's quiet hours, and a day after the last one about
the same cause. Whoever delivers reads what is due; mail is delivered here (objectives/alert_mail.py
says what it says). A person gets so many mails a day; what goes beyond comes in one more.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from accounts.models import AlertMail, Membership, Role, Workspace
from metrics.periods import local_instant, local_today
from objectives.alert_channels import tell_channels
from objectives.alert_mail import mail_alert, mail_summary
from objectives.models import Alert, AlertNotice, AlertRule

MAIL = "mail"
AGAIN_AFTER = timedelta(hours=24)
"""The same cause is not told to the same person more often."""
State, Told = AlertNotice.State, AlertRule.Told


def recipients(alert: Alert) -> QuerySet[Membership]:
    """Who is told by mail: whom it concerns, and whoever wants all of them, as the rule says.

    It concerns the objective's or the campaign's owner and who took it over, else the workspace's
    owners. Nobody who wants no mails gets any.
    """
    members = Membership.objects.filter(workspace_id=alert.workspace_id, user__is_active=True)
    told = alert.rule.told if alert.rule is not None else Told.CONCERNED
    if told == Told.NOBODY:
        return members.none()
    if told == Told.EVERYBODY:
        wanted = ~Q(alert_mail=AlertMail.NONE)
    elif told == Told.AUTHOR and alert.rule is not None:
        wanted = Q(user=alert.rule.created_by_id) & ~Q(alert_mail=AlertMail.NONE)
    else:
        wanted = Q(alert_mail=AlertMail.ALL) | _concerned(alert) & Q(alert_mail=AlertMail.MINE)
    return members.filter(wanted).select_related("user", "workspace").order_by("pk")


def _concerned(alert: Alert) -> Q:
    mine = Q(user=alert.assigned_to_id) if alert.assigned_to_id else Q(pk=None)
    if alert.objective is not None:
        return mine | Q(user=alert.objective.owner_id)
    if alert.campaign is not None and alert.campaign.owner_id is not None:
        return mine | Q(user=alert.campaign.owner_id)
    return mine | Q(role=Role.OWNER)


def note(alert: Alert, *, event: str, now: datetime) -> int:
    """Writes down whom the alert is to be told, and that it is; returns how many were new.

    Nobody is told twice of one alert at one severity. Call inside the workspace's scope.
    """
    alert.mailed_at = now
    alert.save(update_fields=["mailed_at"])
    members = list(recipients(alert))
    last = _last_told(alert, members)
    known = set(
        AlertNotice.objects.filter(
            workspace_id=alert.workspace_id, alert=alert, channel=MAIL, severity=alert.severity
        ).values_list("membership_id", flat=True)
    )
    made = [
        AlertNotice(
            workspace_id=alert.workspace_id,
            alert=alert,
            membership=member,
            channel=MAIL,
            event=event,
            severity=alert.severity,
            due_at=due_at(member, last.get(member.pk), now),
            created_at=now,
        )
        for member in members
        if member.pk not in known
    ]
    AlertNotice.objects.bulk_create(made, ignore_conflicts=True)
    if _tells_somebody(alert):
        people = [(member, due_at(member, None, now)) for member in concerned(alert)]
        tell_channels(alert, event=event, concerned=people, now=now)
    return len(made)


def _tells_somebody(alert: Alert) -> bool:
    return alert.rule is None or alert.rule.told != Told.NOBODY


def concerned(alert: Alert) -> QuerySet[Membership]:
    """Whom an alert concerns, whether they want mails or not: for their own channels."""
    members = Membership.objects.filter(workspace_id=alert.workspace_id, user__is_active=True)
    told = alert.rule.told if alert.rule is not None else Told.CONCERNED
    if told == Told.AUTHOR and alert.rule is not None:
        members = members.filter(user=alert.rule.created_by_id)
    elif told != Told.EVERYBODY:
        members = members.filter(Q(alert_mail=AlertMail.ALL) | _concerned(alert))
    return members.select_related("user", "workspace").order_by("pk")


def _last_told(alert: Alert, members: Sequence[Membership]) -> dict[int, datetime]:
    """When each of the people was last told of the same cause."""
    told = AlertNotice.objects.filter(
        workspace_id=alert.workspace_id,
        alert__cause=alert.cause,
        membership__in=members,
        state__in=(State.SENT, State.BUNDLED),
    ).order_by("settled_at")
    return {
        member: at
        for member, at in told.values_list("membership_id", "settled_at")
        if member and at
    }


def due_at(member: Membership, last: datetime | None, now: datetime) -> datetime:
    """When a person may be told: a day after the last time, and not in their quiet hours."""
    earliest = now if last is None else max(now, last + AGAIN_AFTER)
    start, end = member.quiet_from, member.quiet_until
    if start is None or end is None or start == end:
        return earliest
    zone = zone_of(member)
    local = earliest.astimezone(ZoneInfo(zone))
    is_quiet = start <= local.hour < end if start < end else local.hour >= start or local.hour < end
    if not is_quiet:
        return earliest
    day = local.date() + timedelta(days=1) if local.hour >= end else local.date()
    return local_instant(day, time(end), zone)


def zone_of(member: Membership) -> str:
    """The person's time zone, else the workspace's."""
    return member.user.time_zone or member.workspace.time_zone


# Delivery by mail


def due_workspaces(now: datetime) -> list[tuple[int, int]]:
    """The workspaces where mails wait that are due, with the newest notice. In system scope."""
    waiting = AlertNotice.objects.filter(state=State.WAITING, channel=MAIL, due_at__lte=now)
    found = dict(waiting.order_by("pk").values_list("workspace_id", "pk"))
    return list(found.items())


def pay_notices(workspace: Workspace, *, now: datetime) -> int:
    """Queues the mails that are due; returns how many. Call inside the workspace's scope."""
    waiting = (
        AlertNotice.objects.select_for_update(of=("self",))
        .filter(workspace=workspace, state=State.WAITING, channel=MAIL, due_at__lte=now)
        .select_related(
            "membership__user", "membership__workspace", "alert__workspace",
            "alert__objective__metric", "alert__objective__workspace", "alert__feed",
            "alert__metric", "alert__rule", "alert__campaign",
        )
        .order_by("due_at", "pk")
    )  # fmt: skip
    by_member: dict[int, list[AlertNotice]] = defaultdict(list)
    for notice in waiting:
        if notice.membership_id is not None:
            by_member[notice.membership_id].append(notice)
    return sum(_pay_member(notices, now=now) for notices in by_member.values())


def _pay_member(notices: list[AlertNotice], *, now: datetime) -> int:
    member = notices[0].membership
    if member is None:
        return 0
    gone = [one for one in notices if one.alert.closed_on and _is_stale(one)]
    _settle(gone, State.SKIPPED, now=now, reason="closed")
    left = [one for one in notices if one not in gone]
    room = max(member.alerts_a_day - _sent_today(member, now), 0)
    alone, together = (left, []) if len(left) <= room else (left[:room], left[room:])
    queued = 0
    for one in alone:
        queued += mail_alert(one.alert, member, severity=one.severity, now=now)
        _settle([one], State.SENT, now=now)
    if together:
        queued += _bundle(member, together, now=now)
    return queued


def _is_stale(notice: AlertNotice) -> bool:
    """Whether it tells of trouble that is over; good news is born closed."""
    return notice.severity != Alert.Severity.INFO


def _bundle(member: Membership, notices: list[AlertNotice], *, now: datetime) -> int:
    """One mail about all of them; the second such of a day waits for the next."""
    today = local_today(now, zone_of(member))
    if mail_summary(member, [one.alert for one in notices], day=today, now=now):
        _settle(notices, State.BUNDLED, now=now)
        return 1
    tomorrow = now + AGAIN_AFTER
    AlertNotice.objects.filter(pk__in=[one.pk for one in notices]).update(due_at=tomorrow)
    return 0


def _sent_today(member: Membership, now: datetime) -> int:
    """How many mails about single alerts the person got since their midnight."""
    zone = zone_of(member)
    midnight = local_instant(local_today(now, zone), time(0), zone)
    sent = AlertNotice.objects.filter(
        workspace_id=member.workspace_id,
        membership=member,
        state=State.SENT,
        settled_at__gte=midnight,
        settled_at__lte=now,
    )
    return sent.count()


def _settle(notices: Iterable[AlertNotice], state: str, *, now: datetime, reason: str = "") -> None:
    pks = [one.pk for one in notices]
    if pks:
        AlertNotice.objects.filter(pk__in=pks).update(state=state, settled_at=now, reason=reason)
