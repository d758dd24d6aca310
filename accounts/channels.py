"""Channels to chats and programs: made, changed, switched off; and messages put on their way.

The one writer of Channel, and of ChannelMessage until it is sent (accounts/channel_delivery.py).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import outbound
from accounts.audit import Actor, record
from accounts.chat import PASTED, NoSuchService, service_of
from accounts.mail import one_line, ring
from accounts.models import Channel, ChannelMessage, Membership, User, Workspace
from accounts.sealing import seal

MESSAGES_TASK = "accounts.tasks.send_messages"
LIFETIME = timedelta(hours=48)
"""What could not be told for so long is no news any more."""
MOST_CHANNELS = 20
LONGEST_TEXT = 3_000


class Changed(Exception):
    """Somebody else changed the channel meanwhile; ``current`` is how it stands."""

    def __init__(self, current: Channel) -> None:
        super().__init__(current.public_id)
        self.current = current


@dataclass(frozen=True)
class Told:
    """What a message says: a title, a few lines, how loud, and the same as data for programs."""

    event: str
    title: str
    text: str
    tone: str
    data: dict[str, Any]


def create_channel(
    workspace: Workspace,
    *,
    kind: str,
    name: str,
    address: str,
    wants: str,
    user: User | None,
    by: User,
    actor: Actor = None,
) -> tuple[Channel, str]:
    """A channel, and for a webhook the key that its messages are signed with, shown this once.

    ``user`` is whose it is, None for the workspace's. Raises ValidationError for an address that
    is not one of the service, or that may not be asked.
    """
    check_address(kind, address)
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        if Channel.objects.filter(workspace=workspace, user=user).count() >= MOST_CHANNELS:
            raise ValidationError(
                _("There are %(number)s channels already. Remove one that is not used.")
                % {"number": MOST_CHANNELS}
            )
        secret = secrets.token_urlsafe(32) if kind == Channel.Kind.WEBHOOK else ""
        channel = Channel.objects.create(
            workspace=workspace,
            user=user,
            kind=kind,
            name=one_line(name, 80),
            address=seal(address),
            address_end=address[-4:],
            secret=seal(secret),
            wants=wants,
            created_by=by,
        )
        _note(actor or by, "channel.created", channel)
    return channel, secret


def change_channel(
    channel: Channel,
    *,
    version: int,
    name: str,
    wants: str,
    is_active: bool,
    address: str = "",
    actor: Actor = None,
) -> Channel:
    """Another name, choice of alerts or address (none given: the same). Starts its count anew.

    Raises Changed when it is not the version that was shown, ValidationError as above.
    """
    if address:
        check_address(channel.kind, address)
    with transaction.atomic():
        stored = Channel.objects.select_for_update().get(
            workspace=channel.workspace_id, pk=channel.pk
        )
        if stored.version != version:
            raise Changed(stored)
        stored.name, stored.wants, stored.is_active = one_line(name, 80), wants, is_active
        if address:
            stored.address, stored.address_end = seal(address), address[-4:]
        stored.failures, stored.paused_until = 0, None
        stored.version += 1
        stored.save()
        _note(actor, "channel.changed", stored)
    return stored


def remove_channel(channel: Channel, *, actor: Actor) -> None:
    """The channel and its log go; what waits for it is not sent."""
    with transaction.atomic():
        _note(actor, "channel.removed", channel)
        Channel.objects.filter(workspace=channel.workspace_id, pk=channel.pk).delete()


def _note(actor: Actor, action: str, channel: Channel) -> None:
    after = {"kind": channel.kind, "wants": channel.wants, "is_active": channel.is_active}
    record(actor, action, workspace=channel.workspace, obj=channel, after=after)


def check_address(kind: str, address: str) -> None:
    """Whether a message could go there. Raises ValidationError with what to paste instead."""
    if kind in PASTED or kind == Channel.Kind.WEBHOOK:
        try:
            outbound.checked(address)
        except outbound.Refused as error:
            raise ValidationError(str(error)) from error
        return
    try:
        service_of(kind, address)
    except NoSuchService as error:
        raise ValidationError(
            _("This is no address of a service that is known here. See the examples below it.")
        ) from error


def channels_for(workspace: Workspace, user: User | None, *, manages: bool) -> QuerySet[Channel]:
    """The channels that a member may see: their own, and the workspace's for who manages it."""
    seen = Q(user=user) | Q(user=None) if manages else Q(user=user)
    return Channel.objects.filter(workspace=workspace).filter(seen).select_related("user")


def listening(workspace: Workspace, *, urgent: bool, users: set[int]) -> list[Channel]:
    """The channels that want to be told: the workspace's, and those of these people.

    Somebody who has left the workspace is told nothing more.
    """
    still_here = Membership.objects.filter(
        workspace=workspace, user_id__in=users, user__is_active=True
    ).values("user_id")
    channels = Channel.objects.filter(workspace=workspace, is_active=True).filter(
        Q(user=None) | Q(user__in=still_here)
    )
    return list(channels if urgent else channels.filter(wants=Channel.Wants.ALL))


def queue_message(
    channel: Channel, *, key: str, told: Told, now: datetime, due_at: datetime | None = None
) -> bool:
    """Puts a message on its way in the caller's transaction; False when ``key`` was told before."""
    message = ChannelMessage(
        workspace_id=channel.workspace_id,
        channel=channel,
        event=told.event,
        key=key,
        title=one_line(told.title, 200),
        text=told.text[:LONGEST_TEXT],
        tone=told.tone,
        payload=told.data,
        due_at=due_at or now,
        expires_at=(due_at or now) + LIFETIME,
        created_at=now,
    )
    known = ChannelMessage.objects.filter(
        workspace=channel.workspace_id, channel=channel, key=key
    ).exists()
    ChannelMessage.objects.bulk_create([message], ignore_conflicts=True)
    return not known


def send_test(channel: Channel, *, by: User, now: datetime) -> ChannelMessage:
    """Queues a message that says only that it arrived; at most one a second."""
    key = f"test:{int(now.timestamp())}"
    told = Told(
        event="test",
        title=_("A test from kpitracker"),
        text=_("%(person)s sent this from %(workspace)s. Alerts will arrive here like this.")
        % {"person": by.get_full_name(), "workspace": channel.workspace.name},
        tone="info",
        data={"workspace": channel.workspace.slug},
    )
    queue_message(channel, key=key, told=told, now=now)
    transaction.on_commit(partial(ring, MESSAGES_TASK), robust=True)
    return ChannelMessage.objects.get(workspace=channel.workspace_id, channel=channel, key=key)
