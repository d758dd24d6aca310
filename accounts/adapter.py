"""How django-allauth signs people in here: by e-mail, its mails through the outbox."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.addresses import client_ip
from accounts.audit import SIGN_IN_FAILED, failed_sign_ins, record
from accounts.letters import letter
from accounts.mail import queue_mail
from accounts.models import User

FAILURES_WITHOUT_CACHE = 5


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up is by invitation unless the installation opens it."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "email_taken": _("This address has an account already. Sign in instead."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link is no longer available. Ask for a new one."),
        "too_many_login_attempts": _("Too many tries. Try again in 5 minutes."),
        "rate_limited": _("Too many tries. Try again in 5 minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether a stranger may make an account."""
        return bool(settings.SIGNUP_OPEN)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that made the request, behind as many proxies as the settings trust."""
        return client_ip(request)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """People have no user name."""

    def new_user(self, request: HttpRequest) -> User:
        """Somebody who signs up, reading the language of the page they signed up on."""
        return User(language=translation.get_language() or settings.LANGUAGE_CODE)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account."""
        return reverse("me")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail: below BASE_URL, whatever host the request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.BASE_URL}{path.replace('UID-KEY', key)}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queues ``templates/mail/account/<name>.*`` in the language of the person."""
        user = User.objects.filter(email=email.lower()).first()
        language = user.language if user else translation.get_language()
        with translation.override(language or settings.LANGUAGE_CODE):
            mail = letter(
                f"account/{template_prefix.rpartition('/')[2]}",
                {**context, "email": email, "user": user, "url": context.get("password_reset_url")},
            )
        queue_mail(
            workspace=None,
            user=user,
            kind="account",
            key=f"account:{uuid4().hex}",
            to=email,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            resend_if_stuck=True,
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tells a person about a change of their account, and notes it in the audit trail."""
        record(self.request, f"account.{template_prefix.rpartition('/')[2]}", obj=user)
        super().send_notification_mail(template_prefix, user, context, email or user.email)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Notes the sign-in."""
        record(request, "account.signed_in", obj=user)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuses a try after too many; while the cache forgets, the audit trail counts."""
        super().pre_authenticate(request, **credentials)
        counted = self._login_failed_rl_usage.usage
        if counted and cache.get(counted[0].cache_key) is None:
            since = timezone.now() - timedelta(minutes=5)
            if failed_sign_ins(client_ip(request), since=since) >= FAILURES_WITHOUT_CACHE:
                raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Notes the failed try, with the address if it has an account."""
        email = str(credentials.get("email", "")).lower()
        known = User.objects.filter(email=email).first()
        record(request, SIGN_IN_FAILED, obj=known)

    def logout(self, request: HttpRequest) -> None:
        """Notes the sign-out."""
        if isinstance(request.user, User):
            record(request, "account.signed_out", obj=request.user)
        super().logout(request)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Signing in and out needs no message: the page that follows says it."""
        template = kwargs.get("message_template") or (args[0] if args else "")
        if template not in (
            "account/messages/logged_in.txt",
            "account/messages/logged_out.txt",
        ):
            super().add_message(request, level, *args, **kwargs)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed tries are counted by address and client: a stranger cannot lock a person out."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{client_ip(request)}"
