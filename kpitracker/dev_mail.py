"""The mails that a local run wrote into the data directory, shown at /dev/mail/ (DEBUG only)."""

import email
import email.policy
import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

MOST = 100
_NAME = re.compile(r"[0-9]+-[0-9]+")
_HTML_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@dataclass(frozen=True)
class LocalMail:
    """One mail of the directory; ``key`` is the file and the mail's place in it."""

    key: str
    at: datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject."""
        return str(self.message["Subject"] or "")

    @property
    def to(self) -> str:
        """The recipients."""
        return str(self.message["To"] or "")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Every header as it was written."""
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        """The text part."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part, or nothing."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""


def local_mails(directory: Path) -> list[LocalMail]:
    """The mails that Django's file backend wrote there, the newest first."""
    files = sorted(directory.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    found: list[LocalMail] = []
    for path in files[:MOST]:
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        stem = path.stem.replace("-", "")
        messages = path.read_bytes().split(b"\n" + b"-" * 79 + b"\n")
        read = [
            LocalMail(f"{stem}-{number}", at, _parsed(raw))
            for number, raw in enumerate(messages)
            if raw.strip()
        ]
        found += reversed(read)
    return found[:MOST]


def _parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw.lstrip(), policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("The default policy makes EmailMessage objects.")
    return message


def _directory() -> Path:
    if not settings.DEBUG:
        raise Http404
    return Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.DATA_DIR / "mail")


def _find(key: str) -> LocalMail:
    mails = local_mails(_directory()) if _NAME.fullmatch(key) else []
    for mail in mails:
        if mail.key == key:
            return mail
    raise Http404


@require_GET
def dev_mail(request: HttpRequest) -> HttpResponse:
    """The list."""
    return render(request, "dev/mail.html", {"mails": local_mails(_directory())})


@require_GET
def dev_mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail: headers, text, and a link to its HTML."""
    return render(request, "dev/mail_detail.html", {"mail": _find(key)})


@require_GET
def dev_mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part alone, in a sandbox: no script runs, nothing is loaded."""
    mail = _find(key)
    response = HttpResponse(mail.html or f"<pre>{html.escape(mail.text)}</pre>")
    response["Content-Security-Policy"] = _HTML_POLICY
    return response
