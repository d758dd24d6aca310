"""The mail that tells somebody that they were mentioned."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.letters import letter
from accounts.mail import LIFETIME, queue_mail
from accounts.models import AlertMail, Membership, User
from accounts.unsubscribe import MailList, unsubscribe_headers, unsubscribe_url
from objectives.models import Comment, Objective


def mail_mention(
    member: Membership, comment: Comment, objective: Objective, *, by: User, now: datetime
) -> bool:
    """Queues it in the member's language; False for who wants no mails, or was told before."""
    if member.alert_mail == AlertMail.NONE:
        return False
    path = reverse("objective", args=[member.workspace.slug, objective.public_id])
    with translation.override(member.user.language):
        words = letter(
            "mention",
            {
                "workspace_name": member.workspace.name,
                "person": by.get_full_name(),
                "objective": objective.statement,
                "text": comment.text,
                "url": f"{settings.BASE_URL}{path}#comments",
                "unsubscribe_url": unsubscribe_url(member, MailList.ALERTS),
            },
        )
    queued = queue_mail(
        workspace=member.workspace,
        user=member.user,
        kind="alert",
        key=f"mention:{comment.public_id}:{member.pk}",
        to=member.user.email,
        subject=words.subject,
        text=words.text,
        html=words.html,
        headers=unsubscribe_headers(member, MailList.ALERTS),
        expires_at=now + LIFETIME,
    )
    return queued is not None
