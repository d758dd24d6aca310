"""Handing one mail to the mail server, and reading from its answer what became of it."""

import smtplib
from enum import Enum, auto
from types import TracebackType
from typing import Any, Self

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend


class Outcome(Enum):
    """TAKEN by the server; REFUSED for good; try LATER; UNKNOWN whether it was taken."""

    TAKEN = auto()
    REFUSED = auto()
    LATER = auto()
    UNKNOWN = auto()


class Unanswered(Exception):
    """The whole mail was handed over, and the connection broke before the server answered."""


class _Watching:
    """Knows whether the last line of a mail has left: from then on the server may have it."""

    body_sent = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        """The DATA command. Raises Unanswered when the answer to the mail itself is missing."""
        self.body_sent = False
        try:
            answer: tuple[int, bytes] = super().data(msg)  # type: ignore[misc]
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if self.body_sent and not isinstance(error, smtplib.SMTPResponseException):
                raise Unanswered(str(error)) from error
            raise
        return answer

    def send(self, s: Any) -> None:
        """Sends, and notes the end of a mail."""
        super().send(s)  # type: ignore[misc]
        if isinstance(s, bytes) and s.endswith(b"\r\n.\r\n"):
            self.body_sent = True


class WatchingSmtp(_Watching, smtplib.SMTP):
    """SMTP that tells a mail which never left from one that may have arrived."""


class WatchingSmtpSsl(_Watching, smtplib.SMTP_SSL):
    """The same over TLS from the start."""


class SmtpBackend(smtp.EmailBackend):
    """Django's SMTP backend on the watching client."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The client's class for these settings."""
        return WatchingSmtpSsl if self.use_ssl else WatchingSmtp


class Postman:
    """One connection to the mail server for one run; a broken one is opened anew."""

    def __init__(self) -> None:
        is_smtp = settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend"
        self._backend: BaseEmailBackend = SmtpBackend() if is_smtp else get_connection()
        self._is_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._backend.close()

    def deliver(self, message: EmailMessage) -> tuple[Outcome, str]:
        """What became of the mail, and the server's words when it was not taken."""
        try:
            if not self._is_open:
                self._backend.open()
                self._is_open = True
            self._backend.send_messages([message])
        except (Unanswered, smtplib.SMTPException, AnymailError, OSError, ValueError) as error:
            self._hang_up()
            return outcome_of(error), f"{type(error).__name__}: {error}"
        return Outcome.TAKEN, ""

    def _hang_up(self) -> None:
        """Forgets a connection that may be in any state."""
        self._is_open = False
        try:
            self._backend.close()
        except (smtplib.SMTPException, OSError):
            if hasattr(self._backend, "connection"):
                self._backend.connection = None


def outcome_of(error: Exception) -> Outcome:
    """What an error means for the mail: a 5xx about this mail is for good, the rest passes."""
    if isinstance(error, Unanswered):
        return Outcome.UNKNOWN
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
        return Outcome.REFUSED if codes and min(codes) >= 500 else Outcome.LATER
    if isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused):
        return Outcome.REFUSED if error.smtp_code >= 500 else Outcome.LATER
    if isinstance(error, AnymailError):
        status = getattr(error, "status_code", None) or 0
        return Outcome.REFUSED if 400 <= status < 500 and status != 429 else Outcome.LATER
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return Outcome.REFUSED
    return Outcome.LATER
