"""How a message is put for each service, and handed over.

Apprise knows the services' shapes; the connection is ours. The library's modules send through
``requests``: here each of them gets a stand-in that sends through accounts/outbound.py, so that
what a person typed as an address is checked where it is connected to. A service whose module
could send in any other way is not offered.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import apprise
import requests
from apprise.plugins.base import NotifyBase
from django.conf import settings

from accounts import outbound
from accounts.models import Channel

PASTED: Mapping[str, str] = {
    Channel.Kind.SLACK: "slack://TAAAAAAAAA/BAAAAAAAAA/aaaaaaaaaaaaaaaaaaaaaaaa",
    Channel.Kind.TEAMS: "workflows://service.invalid:443/workflow/signature",
    Channel.Kind.GOOGLE_CHAT: "gchat://space/key/token",
    Channel.Kind.DISCORD: "discord://123456789012345678/abcdefghijklmnopqrstuvwxyz",
    Channel.Kind.MATTERMOST: "mmosts://service.invalid/abcdefghijklmnopqrstuvwxyz",
}
"""Services that give an address to paste: it is asked as it is, whatever the library would ask.
What stands here only tells the library which shape to write."""

SCHEMES: Mapping[str, str] = {
    "tgram": "Telegram",
    "ntfys": "ntfy",
    "gotifys": "Gotify",
    "pover": "Pushover",
    "zulip": "Zulip",
    "wxteams": "Webex",
    "opsgenie": "Opsgenie",
    "pagerduty": "PagerDuty",
    "nctalks": "Nextcloud Talk",
}
"""Services with an address in the library's own notation, all of them over TLS."""

PLUGINS: Mapping[str, tuple[str, str]] = {
    "slack": ("slack", "NotifySlack"),
    "workflows": ("workflows", "NotifyWorkflows"),
    "gchat": ("google_chat", "NotifyGoogleChat"),
    "discord": ("discord", "NotifyDiscord"),
    "mmosts": ("mattermost", "NotifyMattermost"),
    "tgram": ("telegram", "NotifyTelegram"),
    "ntfys": ("ntfy", "NotifyNtfy"),
    "gotifys": ("gotify", "NotifyGotify"),
    "pover": ("pushover", "NotifyPushover"),
    "zulip": ("zulip", "NotifyZulip"),
    "wxteams": ("webexteams", "NotifyWebexTeams"),
    "opsgenie": ("opsgenie", "NotifyOpsgenie"),
    "pagerduty": ("pagerduty", "NotifyPagerDuty"),
    "nctalks": ("nextcloudtalk", "NotifyNextcloudTalk"),
}
"""The library's module and class by notation: asking the library itself would load all 180."""

TONES: Mapping[str, apprise.NotifyType] = {
    "off": apprise.NotifyType.FAILURE,
    "risk": apprise.NotifyType.WARNING,
    "good": apprise.NotifyType.SUCCESS,
    "info": apprise.NotifyType.INFO,
}


class NoSuchService(ValueError):
    """The address names no service that is offered, or lacks a part of it."""


@dataclass
class Handed:
    """What came of handing over one message; ``error`` is a code where no answer came."""

    taken: bool = False
    status: int | None = None
    error: str = ""


class _Line:
    """One message's connection: where it goes, and what was answered."""

    def __init__(self, address: str | None) -> None:
        self.address, self.handed = address, Handed()

    def request(self, method: str, url: str, **given: Any) -> requests.Response:
        """Sends as ``requests.request`` would, through the guarded way out."""
        wanted = {
            name: given[name]
            for name in ("data", "json", "headers", "auth")
            if given.get(name) is not None
        }
        if self.address is None:
            wanted["params"] = given.get("params")
        prepared = requests.Request(method, self.address or url, **wanted).prepare()
        body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
        if not isinstance(body, bytes | None):
            raise requests.RequestException("Files are not sent.")
        headers = {str(name): str(value) for name, value in prepared.headers.items()}
        try:
            answer = outbound.ask(prepared.url or "", method=method, body=body, headers=headers)
        except (outbound.Refused, outbound.Unanswered) as error:
            self.handed.error = error.code
            raise requests.ConnectionError(error.code) from error
        self.handed.status, self.handed.error = answer.status, ""
        response = requests.Response()
        response.status_code, response._content = answer.status, answer.body
        return response


_line: ContextVar[_Line | None] = ContextVar("line", default=None)


class _GuardedRequests:
    """What the library's modules see as ``requests``: the same names, one way out."""

    def __getattr__(self, name: str) -> Any:
        if name in ("Session", "session", "sessions", "api", "adapters"):
            raise AttributeError(name)
        return getattr(requests, name)

    @staticmethod
    def request(method: str, url: str, **given: Any) -> requests.Response:
        """As ``requests.request``. Raises ConnectionError outside of a delivery."""
        line = _line.get()
        if line is None:
            raise requests.ConnectionError("Nothing is being delivered.")
        return line.request(method, url, **given)

    def get(self, url: str, **given: Any) -> requests.Response:
        """As ``requests.get``."""
        return self.request("GET", url, **given)

    def post(self, url: str, **given: Any) -> requests.Response:
        """As ``requests.post``."""
        return self.request("POST", url, **given)

    def put(self, url: str, **given: Any) -> requests.Response:
        """As ``requests.put``."""
        return self.request("PUT", url, **given)

    def patch(self, url: str, **given: Any) -> requests.Response:
        """As ``requests.patch``."""
        return self.request("PATCH", url, **given)

    def delete(self, url: str, **given: Any) -> requests.Response:
        """As ``requests.delete``."""
        return self.request("DELETE", url, **given)

    def head(self, url: str, **given: Any) -> requests.Response:
        """As ``requests.head``."""
        return self.request("HEAD", url, **given)


_GUARDED = _GuardedRequests()


def service_of(kind: str, address: str) -> NotifyBase:
    """The library's side of a service, made safe. Raises NoSuchService."""
    notation = PASTED.get(kind, address)
    scheme = notation.partition("://")[0].lower()
    if kind not in PASTED and scheme not in SCHEMES:
        raise NoSuchService(scheme)
    asset = apprise.AppriseAsset(
        app_id="kpitracker",
        app_desc="kpitracker",
        app_url=settings.BASE_URL,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        secure_logging=True,
    )
    module_name, class_name = PLUGINS[scheme]
    module = import_module(f"apprise.plugins.{module_name}")
    plugin = getattr(module, class_name)
    parts = plugin.parse_url(notation)
    try:
        found = plugin(**(parts or {}), asset=asset) if parts else None
    except TypeError as error:  # how the library says that a part is missing or malformed
        raise NoSuchService(scheme) from error
    if not isinstance(found, NotifyBase) or not hasattr(module, "requests"):
        raise NoSuchService(scheme)
    setattr(module, "requests", _GUARDED)  # noqa: B010 - the module has the name, types do not
    found.request_rate_per_sec = 0
    found.redirects = False
    return found


def deliver(kind: str, address: str, *, title: str, text: str, tone: str) -> Handed:
    """Hands one message to a service. Raises NoSuchService."""
    service = service_of(kind, address)
    line = _Line(address if kind in PASTED else None)
    token = _line.set(line)
    try:
        line.handed.taken = bool(
            service.notify(
                title=title,
                body=text,
                notify_type=TONES.get(tone, apprise.NotifyType.INFO),
                body_format=apprise.NotifyFormat.TEXT,
            )
        )
    finally:
        _line.reset(token)
    return line.handed
