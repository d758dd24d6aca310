"""The first mail to somebody for whom an account was made: a link to set a password."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.utils import translation

from accounts.addresses import absolute
from accounts.letters import letter
from accounts.mail import queue_mail
from accounts.models import OutgoingMail, User, Workspace


def send_welcome(workspace: Workspace, *, user: User) -> OutgoingMail | None:
    """Queues the mail; None when this person got one for this workspace before."""
    url = absolute(
        "account_reset_password_from_key",
        uidb36=user_pk_to_url_str(user),
        key=default_token_generator.make_token(user),
    )
    with translation.override(user.language):
        mail = letter("welcome", {"workspace_name": workspace.name, "url": url})
    return queue_mail(
        workspace=workspace,
        user=user,
        kind="account",
        key=f"welcome:{workspace.pk}:{user.pk}",
        to=user.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        resend_if_stuck=True,
    )
