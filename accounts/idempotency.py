"""Calls of the API that may be sent twice: a network that fails after the server has written.

A caller names a call with ``Idempotency-Key``. The first one is carried out and its answer kept
for a day; the same call again gets that answer, marked ``Idempotency-Replayed``, and writes
nothing. Two at once: the second waits for the first.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from hashlib import sha256
from json import dumps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import WorkspaceApiView
from accounts.models import ApiToken, IdempotentCall, Workspace

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 200
KEPT = timedelta(days=1)

KEY = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=gettext_lazy("Names the call, so that it can be sent again safely."),
)
"""How the schema describes the header."""

P = ParamSpec("P")
V = TypeVar("V", bound=WorkspaceApiView)
Method = Callable[Concatenate[V, Request, P], Response]


class KeyUsed(APIException):
    """The key stands for another call."""

    status_code = 422


def idempotent(method: Method[V, P]) -> Method[V, P]:
    """A method of a view that carries out a named call once.

    What it answers must be plain JSON. A call that is refused or fails is rolled back with its
    name: it may be mended and sent again under the same key.
    """

    @wraps(method)
    def once(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get(HEADER, "").strip()
        if not key:
            return method(view, request, *args, **kwargs)
        if len(key) > LONGEST_KEY:
            message = _("Use a key of at most %(limit)s characters.") % {"limit": LONGEST_KEY}
            raise ValidationError({HEADER: [message]})
        call, is_new = _named(view.workspace, request, key, now=timezone.now())
        if not is_new:
            return Response(call.answer, status=call.status, headers={REPLAYED: "true"})
        response = method(view, request, *args, **kwargs)
        call.status, call.answer = response.status_code, cast(dict[str, Any], response.data)
        call.save(update_fields=["status", "answer"])
        return response

    return once


def _named(
    workspace: Workspace, request: Request, key: str, *, now: datetime
) -> tuple[IdempotentCall, bool]:
    """The call of this name; whether it has just been made. Raises KeyUsed."""
    token = cast(ApiToken, request.auth)
    calls = IdempotentCall.objects.filter(workspace=workspace, token=token)
    calls.filter(created_at__lt=now - KEPT).delete()
    fingerprint = _fingerprint(request)
    call, is_new = calls.get_or_create(
        key=key,
        defaults={
            "workspace": workspace,
            "token": token,
            "fingerprint": fingerprint,
            "created_at": now,
        },
    )
    if call.fingerprint != fingerprint:
        raise KeyUsed(_("This key was used for another call in the last 24 hours. Send a new one."))
    return call, is_new


def _fingerprint(request: Request) -> str:
    body = dumps(request.data, sort_keys=True, default=_plain)
    return sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()


def _plain(value: Any) -> str:
    """What JSON has no form for; of a file its bytes count."""
    if not isinstance(value, UploadedFile):
        return str(value)
    digest = sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return f"{value.name}:{digest.hexdigest()}"
