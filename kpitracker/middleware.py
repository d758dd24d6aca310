"""A request id for every request: shown on error pages, written in every log line."""

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

request_id: ContextVar[str] = ContextVar("request_id", default="-")
_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,40}")


class RequestIdMiddleware:
    """Takes the proxy's X-Request-ID when it is well formed, makes one otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answers the request."""
        given = request.headers.get("X-Request-ID", "")
        value = given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(8)
        token = request_id.set(value)
        request.request_id = value  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = value
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
        return response
