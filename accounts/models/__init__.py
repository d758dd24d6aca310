"""Who: people, workspaces, membership, invitations, tokens, and the messages sent to them."""

from accounts.models.audit import AuditEvent
from accounts.models.channel import Channel, ChannelMessage
from accounts.models.idempotency import IdempotentCall
from accounts.models.invitation import Invitation
from accounts.models.mail import OutgoingMail
from accounts.models.token import ApiToken
from accounts.models.user import User
from accounts.models.workspace import AlertMail, Membership, Role, Workspace

__all__ = [
    "AlertMail",
    "ApiToken",
    "AuditEvent",
    "Channel",
    "ChannelMessage",
    "IdempotentCall",
    "Invitation",
    "Membership",
    "OutgoingMail",
    "Role",
    "User",
    "Workspace",
]
