"""Sending what waits for channels: each message is claimed, sent outside of any lock, marked.

A passing failure is tried again like a mail's; a refusal is final. A chat that broke off after it
may have had the message is not told twice, a webhook is: it knows the message by its id. After
five failures in a row a channel rests for an hour, so that one that hangs holds up no other.
"""

import hashlib
import hmac
import json
import logging
from collections import Counter
from datetime import datetime, timedelta

from django.db.models import F, Q

from accounts import outbound
from accounts.chat import Handed, NoSuchService, deliver
from accounts.mail import RETRIES, STUCK_AFTER
from accounts.models import Channel, ChannelMessage, Membership
from accounts.scope import system_scope
from accounts.sealing import SealBroken, unseal

logger = logging.getLogger(__name__)

RUN_LIMIT = 50
RESTS_AFTER, RESTS_FOR = 5, timedelta(hours=1)
KEPT_FOR = timedelta(days=30)
TRY_AGAIN = frozenset({408, 425, 429})
"""Statuses below 500 that pass by themselves."""
BEFORE_SENDING = frozenset({"unknown_name", "unreachable"})
"""Failures after which nothing can have arrived."""
State = ChannelMessage.State


def messages_wait(now: datetime) -> bool:
    """Whether any message is due, or was being sent when its sender may have died."""
    with system_scope():
        pending = (State.QUEUED, State.AWAITING_RETRY, State.INFLIGHT)
        return ChannelMessage.objects.filter(state__in=pending, due_at__lte=now).exists()


def send_due_messages(now: datetime) -> dict[str, int]:
    """Sends what is due at ``now``; how many messages came to which state. Safe to run twice."""
    done: Counter[str] = Counter(uncertain=_recover_stuck(now))
    for _attempt in range(RUN_LIMIT):
        message = _claim(now)
        if message is None:
            break
        if message.state == State.INFLIGHT:
            _mark(message, _outcome(message, _hand_over(message, now)), now)
        done[message.state] += 1
    with system_scope():
        ChannelMessage.objects.filter(created_at__lt=now - KEPT_FOR).delete()
    return dict(done)


def _recover_stuck(now: datetime) -> int:
    """Messages whose sender died: a webhook's is sent again, nobody knows about the others."""
    with system_scope():
        stuck = ChannelMessage.objects.filter(
            state=State.INFLIGHT, inflight_since__lt=now - STUCK_AFTER
        )
        stuck.filter(channel__kind=Channel.Kind.WEBHOOK).update(state=State.QUEUED)
        return stuck.exclude(channel__kind=Channel.Kind.WEBHOOK).update(
            state=State.UNCERTAIN, error="stopped", settled_at=now
        )


def _claim(now: datetime) -> ChannelMessage | None:
    """The next due message, marked as being sent, or as skipped; None when nothing is due."""
    with system_scope():
        message = (
            ChannelMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("channel", "workspace")
            .filter(state__in=(State.QUEUED, State.AWAITING_RETRY), due_at__lte=now)
            .filter(
                Q(channel__paused_until=None) | Q(channel__paused_until__lte=now) | Q(event="test")
            )
            .order_by("due_at", "pk")
            .first()
        )
        if message is None:
            return None
        reason = _no_longer_wanted(message, now)
        if reason:
            message.state, message.error, message.settled_at = State.SKIPPED, reason, now
        else:
            message.state, message.inflight_since = State.INFLIGHT, now
            message.attempts += 1
        message.save()
        return message


def _no_longer_wanted(message: ChannelMessage, now: datetime) -> str:
    channel = message.channel
    if message.expires_at <= now:
        return "expired"
    if not channel.is_active and message.event != "test":
        return "switched_off"
    if channel.user_id is not None:
        members = Membership.objects.filter(
            workspace=message.workspace_id, user=channel.user_id, user__is_active=True
        )
        return "" if members.exists() else "left"
    return ""


def _hand_over(message: ChannelMessage, now: datetime) -> Handed:
    channel = message.channel
    try:
        address, secret = unseal(channel.address), unseal(channel.secret)
        if channel.kind == Channel.Kind.WEBHOOK:
            return _call(message, address, secret, now)
        return deliver(
            channel.kind, address, title=message.title, text=message.text, tone=message.tone
        )
    except SealBroken:
        return Handed(error="sealed")
    except NoSuchService:
        return Handed(error="no_service")


def _call(message: ChannelMessage, address: str, secret: str, now: datetime) -> Handed:
    """A webhook: JSON, signed over its time and its body, so that neither can be made up."""
    body = json.dumps(
        {
            "id": message.public_id,
            "event": message.event,
            "workspace": message.workspace.slug,
            "title": message.title,
            "text": message.text,
            "created_at": message.created_at.isoformat(),
            "data": message.payload,
        },
        ensure_ascii=False,
    ).encode()
    stamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "X-Kpitracker-Event": message.event,
        "X-Kpitracker-Delivery": message.public_id,
        "X-Kpitracker-Timestamp": stamp,
        "X-Kpitracker-Signature": f"sha256={signature(secret, stamp, body)}",
    }
    try:
        answer = outbound.ask(address, body=body, headers=headers)
    except (outbound.Refused, outbound.Unanswered) as error:
        return Handed(error=error.code)
    return Handed(taken=200 <= answer.status < 300, status=answer.status)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of the time, a dot and the body, in hexadecimal."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def _outcome(message: ChannelMessage, handed: Handed) -> str:
    """The message's next state; its status and error are noted on it."""
    message.status, message.error = handed.status, handed.error
    if handed.taken:
        return State.SENT
    if handed.status is not None:
        passes = handed.status >= 500 or handed.status in TRY_AGAIN
        message.error = message.error or "refused"
        return State.AWAITING_RETRY if passes else State.FAILED
    if handed.error in BEFORE_SENDING:
        return State.AWAITING_RETRY
    if handed.error in ("unanswered", "broken", "too_large"):
        again = message.channel.kind == Channel.Kind.WEBHOOK
        return State.AWAITING_RETRY if again else State.UNCERTAIN
    message.error = message.error or "refused"
    return State.FAILED


def _mark(message: ChannelMessage, state: str, now: datetime) -> None:
    """Writes the outcome, unless somebody else has taken the message over meanwhile."""
    if state != State.SENT:
        logger.warning("Message %s: %s (%s)", message.public_id, state, message.error)
    message.state = state
    wait = RETRIES[min(message.attempts, len(RETRIES)) - 1]
    fields = {
        "state": state,
        "status": message.status,
        "error": message.error,
        "settled_at": None if state == State.AWAITING_RETRY else now,
        "due_at": now + wait if state == State.AWAITING_RETRY else message.due_at,
    }
    with system_scope():
        held = ChannelMessage.objects.filter(
            pk=message.pk, state=State.INFLIGHT, attempts=message.attempts
        )
        if not held.update(**fields):
            return
        mine = Channel.objects.filter(pk=message.channel_id)
        if state == State.SENT:
            mine.update(failures=0, paused_until=None)
        else:
            mine.update(failures=F("failures") + 1)
            mine.filter(failures__gte=RESTS_AFTER).update(paused_until=now + RESTS_FOR)
