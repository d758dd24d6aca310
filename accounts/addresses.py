"""Where a request came from, and where links in mails point to."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def client_ip(request: HttpRequest) -> str:
    """The client's address: the entry of X-Forwarded-For that the first trusted proxy added.

    TRUSTED_PROXIES counts the proxies in front of us; entries further left are the client's own
    words and are not believed.
    """
    hops = settings.TRUSTED_PROXIES
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if hops and len(forwarded) >= hops and forwarded[-hops]:
        return str(forwarded[-hops])
    return str(request.META.get("REMOTE_ADDR") or "127.0.0.1")


def absolute(view_name: str, *args: str, **kwargs: str) -> str:
    """The full address of a page, for mails: BASE_URL and the page's path."""
    return f"{settings.BASE_URL}{reverse(view_name, args=args, kwargs=kwargs)}"
