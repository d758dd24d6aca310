"""Versions of single resources: what ``ETag`` says, and what ``If-Match`` must say to change one.

A tag is made from what the resource looks like, so nothing has to count versions. The row is
locked before it is compared: of two writers one is told that the other was quicker.
"""

from collections.abc import Mapping
from hashlib import sha256
from json import dumps
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=gettext_lazy("The ETag of the answer that the change is based on."),
)


class Stale(APIException):
    """Somebody changed the resource since it was read."""

    status_code = 412


class NotMatched(APIException):
    """The change does not say on which version it is based."""

    status_code = 428


def etag(resource: Mapping[str, Any]) -> str:
    """The tag of a resource as the API shows it."""
    text = dumps(resource, sort_keys=True, default=str)
    return f'"{sha256(text.encode()).hexdigest()[:24]}"'


def tagged(resource: dict[str, Any], *, status: int = 200) -> Response:
    """The resource with its tag."""
    return Response(resource, status=status, headers={"ETag": etag(resource)})


def check_match(request: Request, resource: Mapping[str, Any]) -> None:
    """Raises NotMatched without ``If-Match``, Stale where it names another version."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise NotMatched(
            _("Send the ETag of the resource as If-Match, so that no other change is lost.")
        )
    wanted = {one.strip().removeprefix("W/") for one in given.split(",")}
    if given != "*" and etag(resource) not in wanted:
        raise Stale(_("Somebody changed this meanwhile. Read it again, then send your change."))
