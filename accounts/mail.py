"""The outbox: a mail is a row first, written in the transaction that decides to send it.

queued → inflight → sent; a passing failure waits for its next try, a refusal is failed, what is
too old or no longer wanted is skipped. When nobody knows whether the server took a mail, a digest
or an alert becomes *uncertain* and is not sent again (at most once), an invitation or a password
mail is (at least once): ``resend_if_stuck`` says which.
"""

import logging
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.delivery import Outcome, Postman
from accounts.fmt import plain_text
from accounts.models import AlertMail, Invitation, Membership, OutgoingMail, User, Workspace
from accounts.scope import system_scope
from accounts.sealing import SealBroken, seal, unseal

logger = logging.getLogger(__name__)

SEND_TASK = "accounts.tasks.send_mails"
SECRET_KINDS = frozenset({"invitation", "account"})
LIFETIME = timedelta(hours=48)
STUCK_AFTER = timedelta(minutes=15)
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 720))
"""How long to wait after the first, the second… failed try; the last one from then on."""

RUN_LIMIT = 100
UNREACHABLE_AFTER = 3
"""So many failed tries in a row end a run: the server is away, the rest waits for the next run."""

State = OutgoingMail.State


@dataclass(frozen=True)
class Sent:
    """What one run did, in mails."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    skipped: int = 0
    uncertain: int = 0


def queue_mail(
    *,
    workspace: Workspace | None,
    user: User | None,
    kind: str,
    key: str,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    headers: dict[str, str] | None = None,
    expires_at: datetime | None = None,
    resend_if_stuck: bool = False,
) -> OutgoingMail | None:
    """Puts a mail into the outbox; None when the same ``key`` was queued before.

    ``kind`` is ``digest``, ``alert``, ``reminder``, ``invitation`` or ``account``. The last two
    hold a secret and are encrypted until they are sent; somebody waits for them, so a worker is
    told at once, while the others go out with the next tick. Without ``expires_at`` a mail
    is good for 48 hours.
    """
    secret = kind in SECRET_KINDS
    mail = OutgoingMail(
        workspace=workspace,
        user=user,
        kind=kind,
        key=key,
        to=to,
        subject=one_line(subject, 150),
        text=seal(plain_text(text)) if secret else plain_text(text),
        html=seal(html) if secret else html,
        headers=headers or {},
        expires_at=expires_at or timezone.now() + LIFETIME,
        resend_if_stuck=resend_if_stuck,
    )
    with system_scope():
        OutgoingMail.objects.bulk_create([mail], ignore_conflicts=True)
        stored = OutgoingMail.objects.filter(public_id=mail.public_id).first()
    if stored is not None and secret:
        transaction.on_commit(ring, robust=True)
    return stored


def ring(task: str = SEND_TASK) -> None:
    """Tells a worker that something waits; without a broker the next tick finds it anyway."""
    try:
        current_app.send_task(task, retry=False, expires=300, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("The broker does not answer, mails wait for the next tick: %s", error)


def one_line(text: str, limit: int) -> str:
    """Text fit for a header: one line of plain spaces, no control characters, at most ``limit``."""
    kept = (" " if unicodedata.category(char)[0] in "CZ" else char for char in plain_text(text))
    line = " ".join("".join(kept).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def send_due(now: datetime) -> Sent:
    """Sends what is due at ``now``: each mail is claimed, sent outside of any lock, then marked.

    Safe to run twice at once: a mail is claimed by one of them.
    """
    done: Counter[str] = Counter(uncertain=_recover_stuck(now))
    failures = 0
    with Postman() as postman:
        for _attempt in range(RUN_LIMIT):
            mail = _claim(now)
            if mail is None:
                break
            if mail.state == State.SKIPPED:
                done["skipped"] += 1
                continue
            state = _send(postman, mail, now)
            done["retried" if state == State.AWAITING_RETRY else state] += 1
            failures = failures + 1 if state == State.AWAITING_RETRY else 0
            if failures >= UNREACHABLE_AFTER:
                break
    return Sent(**{name: done[name] for name in Sent.__dataclass_fields__})


def _recover_stuck(now: datetime) -> int:
    """Mails whose sender died between claiming and marking; the number that became uncertain."""
    with system_scope():
        stuck = OutgoingMail.objects.filter(
            state=State.INFLIGHT, inflight_since__lt=now - STUCK_AFTER
        )
        stuck.filter(resend_if_stuck=True).update(state=State.QUEUED)
        return stuck.filter(resend_if_stuck=False).update(
            state=State.UNCERTAIN, error="The sender stopped while this mail was being sent."
        )


def _claim(now: datetime) -> OutgoingMail | None:
    """The next due mail, marked as being sent, or as skipped; None when nothing is due."""
    with system_scope():
        mail = (
            OutgoingMail.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user", "workspace")
            .filter(
                Q(state=State.QUEUED) | Q(state=State.AWAITING_RETRY, retry_after__lte=now),
            )
            .order_by("created_at", "pk")
            .first()
        )
        if mail is None:
            return None
        reason = _no_longer_wanted(mail, now)
        if reason:
            _settle(mail, State.SKIPPED, error=f"{reason} {mail.error}".strip())
            return mail
        mail.state, mail.inflight_since = State.INFLIGHT, now
        mail.attempts += 1
        mail.save(update_fields=["state", "inflight_since", "attempts"])
        return mail


def _no_longer_wanted(mail: OutgoingMail, now: datetime) -> str:
    """Why a queued mail must not go out any more; empty when it may."""
    if mail.expires_at is not None and mail.expires_at <= now:
        return "Its time was over before it could be sent."
    if mail.user is not None and not mail.user.is_active:
        return "The person's account is closed."
    if mail.kind == "invitation":
        return _invitation_over(mail)
    if mail.kind in ("digest", "alert", "reminder") and mail.workspace_id and mail.user_id:
        return _unsubscribed(mail)
    return ""


def _invitation_over(mail: OutgoingMail) -> str:
    """The invitation is named by the second part of the mail's key."""
    still_open = Invitation.objects.filter(
        workspace=mail.workspace,
        public_id=mail.key.split(":")[1],
        accepted_at=None,
        cancelled_at=None,
    )
    return "" if still_open.exists() else "The invitation was accepted or cancelled."


def _unsubscribed(mail: OutgoingMail) -> str:
    member = Membership.objects.filter(workspace=mail.workspace_id, user=mail.user_id).first()
    if member is None:
        return "The person left the workspace."
    wanted = member.digest_on if mail.kind == "digest" else member.alert_mail != AlertMail.NONE
    return "" if wanted else "The person does not want these mails any more."


def _send(postman: Postman, mail: OutgoingMail, now: datetime) -> str:
    """Hands the mail over and writes down what came of it; returns the new state."""
    try:
        message = as_message(mail)
    except SealBroken:
        return _mark(mail, State.FAILED, "No key in FIELD_ENCRYPTION_KEYS opens this mail.", now)
    outcome, error = postman.deliver(message)
    if outcome is Outcome.UNKNOWN and not mail.resend_if_stuck:
        return _mark(mail, State.UNCERTAIN, error, now)
    if outcome in (Outcome.UNKNOWN, Outcome.LATER):
        return _mark(mail, State.AWAITING_RETRY, error, now)
    return _mark(mail, State.SENT if outcome is Outcome.TAKEN else State.FAILED, error, now)


def _mark(mail: OutgoingMail, state: str, error: str, now: datetime) -> str:
    """Writes the outcome, unless somebody else has taken the mail over meanwhile."""
    if state != State.SENT:
        logger.warning("Mail %s: %s (%s)", mail.public_id, state, error)
    with system_scope():
        held = OutgoingMail.objects.select_for_update().filter(
            pk=mail.pk, state=State.INFLIGHT, attempts=mail.attempts
        )
        current = held.first()
        if current is not None:
            current.sent_at = now if state == State.SENT else None
            wait = RETRIES[min(current.attempts, len(RETRIES)) - 1]
            current.retry_after = now + wait if state == State.AWAITING_RETRY else None
            _settle(current, state, error=error)
    return state


def _settle(mail: OutgoingMail, state: str, *, error: str) -> None:
    """Saves a mail's state; a secret that is not needed any more is wiped."""
    mail.state, mail.error = state, error[:500]
    if mail.kind in SECRET_KINDS and state in (State.SENT, State.FAILED, State.SKIPPED):
        mail.text = mail.html = ""
    mail.save(update_fields=["state", "error", "text", "html", "sent_at", "retry_after"])


def as_message(mail: OutgoingMail) -> EmailMultiAlternatives:
    """The mail as Django sends it; its Message-ID is the same at every try. Raises SealBroken."""
    host = settings.BASE_URL.partition("://")[2].partition("/")[0].partition(":")[0]
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=unseal(mail.text),
        to=[mail.to],
        headers={
            "Message-ID": f"<{mail.public_id}@{host}>",
            "Auto-Submitted": "auto-generated",
            **mail.headers,
        },
    )
    if mail.html:
        message.attach_alternative(unseal(mail.html), "text/html")
    return message


def refused_addresses(addresses: list[str]) -> set[str]:
    """Those of the addresses whose last three mails were refused for good."""
    with system_scope():
        states: dict[str, list[str]] = {}
        finished = OutgoingMail.objects.filter(
            to__in=addresses, state__in=(State.SENT, State.FAILED)
        ).order_by("-created_at")
        for address, state in finished.values_list("to", "state"):
            states.setdefault(address, []).append(state)
    return {address for address, latest in states.items() if latest[:3] == [State.FAILED] * 3}
