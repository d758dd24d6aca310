"""Mail preferences without signing in: what the link at the foot of a mail may do (RFC 8058).

A token names one member and one kind of mail, signed, without expiry, and is good for nothing but
mail preferences.
"""

from enum import StrEnum

from django.core import signing

from accounts.addresses import absolute
from accounts.members import choose_mails
from accounts.models import AlertMail, Membership
from accounts.scope import system_scope

_SIGNER = signing.Signer(salt="mail preferences")


class MailList(StrEnum):
    """What can be unsubscribed from."""

    DIGEST = "digest"
    ALERTS = "alerts"


class Choice(StrEnum):
    """What the page offers."""

    STOP = "stop"
    STOP_ALL = "stop_all"
    AGAIN = "again"


def token_for(membership: Membership, mail_list: MailList) -> str:
    """The token of one member and one kind of mail."""
    return _SIGNER.sign_object([membership.workspace_id, membership.pk, mail_list.value])


def unsubscribe_url(membership: Membership, mail_list: MailList) -> str:
    """The address for the foot of a mail."""
    return absolute("mail_preferences", token_for(membership, mail_list))


def unsubscribe_headers(membership: Membership, mail_list: MailList) -> dict[str, str]:
    """The headers that let a mail program unsubscribe with one click."""
    return {
        "List-Unsubscribe": f"<{unsubscribe_url(membership, mail_list)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def apply(token: str, choice: Choice) -> Membership | None:
    """Does what was chosen; None for a token that is not ours or whose member has left."""
    try:
        _workspace_id, member_id, name = _SIGNER.unsign_object(token)
        mail_list = MailList(name)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    with system_scope():
        membership = Membership.objects.filter(pk=member_id).first()
        if membership is None:
            return None
        everything = choice is Choice.STOP_ALL
        if everything or mail_list is MailList.DIGEST:
            choose_mails(membership, digest_on=choice is Choice.AGAIN)
        if everything or mail_list is MailList.ALERTS:
            choose_mails(membership, alert_mail=_alerts_after(choice, membership.alert_mail))
    return membership


def _alerts_after(choice: Choice, now: str) -> str:
    if choice is not Choice.AGAIN:
        return AlertMail.NONE
    return AlertMail.MINE if now == AlertMail.NONE else now
