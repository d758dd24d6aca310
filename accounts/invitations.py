"""Invitations: sent by mail, bound to an address and a role, good for 48 hours and one use."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.addresses import absolute
from accounts.audit import Actor, record
from accounts.letters import letter
from accounts.mail import one_line, queue_mail
from accounts.members import Refused, roles_up_to
from accounts.models import Invitation, Membership, Role, User, Workspace
from accounts.scope import system_scope, workspace_scope
from accounts.tokens import hashed

GOOD_FOR: Final = timedelta(hours=48)
MOST_AT_ONCE: Final = 20


@dataclass
class Invited:
    """What came of a list of addresses."""

    sent: list[Invitation] = field(default_factory=list)
    already_members: list[str] = field(default_factory=list)


def invite(
    workspace: Workspace,
    *,
    emails: list[str],
    role: str,
    language: str,
    by: Membership,
    actor: Actor,
    now: datetime,
) -> Invited:
    """Invites each address; one that is invited already gets a new mail with the new role.

    ``language`` is for people who have no account yet. Raises Refused for a role above one's own.
    """
    _check_role(role, by)
    result = Invited()
    with workspace_scope(workspace.pk):
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        for email in dict.fromkeys(address.strip().lower() for address in emails):
            if Membership.objects.filter(workspace=workspace, user__email=email).exists():
                result.already_members.append(email)
            else:
                invitation = _open(workspace, email) or Invitation(workspace=workspace, email=email)
                invitation.role, invitation.language = role, _language_of(email, language)
                _send(invitation, by=by, actor=actor, now=now)
                result.sent.append(invitation)
    return result


def resend(invitation: Invitation, *, by: Membership, actor: Actor, now: datetime) -> Invitation:
    """A new mail with a new link, good for 48 hours from now; the old link stops working."""
    with workspace_scope(invitation.workspace_id):
        current = _still_open(invitation)
        _check_role(current.role, by)
        _send(current, by=by, actor=actor, now=now)
    return current


def cancel(invitation: Invitation, *, actor: Actor, now: datetime) -> Invitation:
    """The link stops working. Raises Refused when it was used already."""
    with workspace_scope(invitation.workspace_id):
        current = _still_open(invitation)
        current.cancelled_at = now
        current.save(update_fields=["cancelled_at"])
        record(actor, "invitation.cancelled", workspace=current.workspace, obj=current)
    return current


def open_invitation(token: str, *, now: datetime) -> Invitation | None:
    """The invitation this link belongs to; None when used, cancelled, expired or unknown."""
    with system_scope():
        return (
            Invitation.objects.select_related("workspace", "invited_by")
            .filter(
                token_hash=hashed(token),
                accepted_at=None,
                cancelled_at=None,
                expires_at__gt=now,
            )
            .first()
        )


def accept(invitation: Invitation, *, user: User, actor: Actor, now: datetime) -> Membership:
    """Makes the person a member. Raises Refused when the link was used in the meantime."""
    with system_scope():
        current = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if not _is_good(current, now) or current.email != user.email:
            raise Refused(_("This link is no longer available."))
        current.accepted_at = now
        current.save(update_fields=["accepted_at"])
        membership, created = Membership.objects.get_or_create(
            workspace=current.workspace, user=user, defaults={"role": current.role}
        )
        if created:
            record(
                actor,
                "member.joined",
                workspace=current.workspace,
                obj=user,
                after={"role": current.role},
            )
    return membership


def accept_as_new(
    invitation: Invitation,
    *,
    name: str,
    password: str,
    language: str,
    time_zone: str,
    actor: Actor,
    now: datetime,
) -> User:
    """An account for the invited address, and its membership. Raises Refused like accept."""
    with system_scope():
        if User.objects.filter(email=invitation.email).exists():
            raise Refused(_("This address has an account already. Sign in to join."))
        user = User.objects.create_user(
            invitation.email, password, name=name, language=language, time_zone=time_zone
        )
        accept(invitation, user=user, actor=actor, now=now)
    return user


def pending(workspace: Workspace) -> list[Invitation]:
    """Invitations that were neither accepted nor cancelled, expired ones included."""
    return list(
        Invitation.objects.filter(
            workspace=workspace, accepted_at=None, cancelled_at=None
        ).select_related("invited_by")
    )


def without_links(text: str) -> str:
    """A name as it may stand in a mail to a stranger: short, on one line, nothing to click on."""
    calm = re.sub(r"\w+://", "", one_line(text, 60)).replace("@", " ")
    return re.sub(r"(?<=\w)\.(?=\w)", ". ", calm)


def _check_role(role: str, by: Membership) -> None:
    if role not in roles_up_to(by.role):
        raise Refused(_("You can invite people up to your own role, not above it."))


def _open(workspace: Workspace, email: str) -> Invitation | None:
    return Invitation.objects.filter(
        workspace=workspace, email=email, accepted_at=None, cancelled_at=None
    ).first()


def _still_open(invitation: Invitation) -> Invitation:
    current = (
        Invitation.objects.select_for_update()
        .filter(pk=invitation.pk, accepted_at=None, cancelled_at=None)
        .first()
    )
    if current is None:
        raise Refused(_("This invitation was accepted or cancelled in the meantime."))
    return current


def _is_good(invitation: Invitation, now: datetime) -> bool:
    unused = invitation.accepted_at is None and invitation.cancelled_at is None
    return unused and invitation.expires_at > now


def _language_of(email: str, otherwise: str) -> str:
    known = User.objects.filter(email=email).values_list("language", flat=True).first()
    return known or otherwise


def _send(invitation: Invitation, *, by: Membership, actor: Actor, now: datetime) -> None:
    """Gives the invitation a new token and queues its mail; only the token's hash is kept."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hashed(token)
    invitation.expires_at = now + GOOD_FOR
    invitation.invited_by = by.user
    invitation.save()
    with translation.override(invitation.language):
        mail = letter(
            "invitation",
            {
                "workspace_name": without_links(invitation.workspace.name),
                "inviter": without_links(by.user.get_full_name()),
                "role": Role(invitation.role).label,
                "url": absolute("accept_invitation", token),
                "hours": int(GOOD_FOR.total_seconds() // 3600),
            },
        )
    queue_mail(
        workspace=invitation.workspace,
        user=None,
        kind="invitation",
        key=f"invitation:{invitation.public_id}:{invitation.token_hash[:12]}",
        to=invitation.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        expires_at=invitation.expires_at,
        resend_if_stuck=True,
    )
    record(
        actor,
        "invitation.sent",
        workspace=invitation.workspace,
        obj=invitation,
        after={"email": invitation.email, "role": invitation.role},
    )
