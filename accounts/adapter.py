"""How django-allauth signs people in here: by e-mail, mails through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up is by invitation unless the installation opens it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether a stranger may make an account."""
        return bool(settings.SIGNUP_OPEN)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that made the request, behind as many proxies as the settings trust."""
        return client_ip(request)

    def format_email_subject(self, subject: str) -> str:
        """No prefix: the sentence says what the mail is about."""
        return subject.strip()

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """People have no user name."""


def client_ip(request: HttpRequest) -> str:
    """The client's address: the entry of X-Forwarded-For that the last trusted proxy added."""
    hops = settings.TRUSTED_PROXIES
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if hops and len(forwarded) >= hops and forwarded[-hops]:
        return str(forwarded[-hops])
    return str(request.META.get("REMOTE_ADDR", "127.0.0.1")) or "127.0.0.1"
