"""What the views of the API share: the token's workspace, pages of lists, how errors look."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from typing import Any, TypeVar, cast

from django.core.exceptions import ValidationError as Refused
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiToken, Workspace
from accounts.scope import workspace_scope

M = TypeVar("M", bound=Model)
Shape = serializers.BaseSerializer[Any]


class ChoiceField(serializers.ChoiceField):
    """A choice whose refusal names the choices."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("“{input}” is not known. Choose one of: {choices}."),
    }

    def fail(self, key: str, **kwargs: Any) -> Any:
        """Raises ValidationError with the sentence of this key."""
        super().fail(key, choices=", ".join(map(str, self.choices)), **kwargs)


class Conflicting(APIException):
    """What it is about is not in a state in which this can be done."""

    status_code = 409


@contextmanager
def refusals() -> Iterator[None]:
    """What a writer refuses becomes a problem document with an entry per field."""
    try:
        yield
    except Refused as refused:
        by_field = hasattr(refused, "error_dict")
        wrong = refused.message_dict if by_field else {"detail": refused.messages}
        raise ValidationError(wrong) from refused


class PageQuery(serializers.Serializer[Any]):
    """The parameters of a list that comes in pages."""

    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=500, help_text=gettext_lazy("100 by default.")
    )
    cursor = serializers.CharField(
        required=False,
        help_text=gettext_lazy("Where the page begins: follow the addresses next and previous."),
    )


class CursorPages(CursorPagination):
    """Pages of a list, newest first, that stay in step while rows are added."""

    page_size = 100
    ordering = ("-created_at", "-pk")

    def get_page_size(self, request: Request) -> int | None:
        """How many rows fit on a page. Raises ValidationError for what is no such number."""
        query = PageQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        size: int = query.validated_data.get("page_size", self.page_size)
        return size

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The page that is asked for. Raises ValidationError for a cursor not given by a page."""
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                self._check(str(cursor.position))
        except (NotFound, ValueError) as error:
            advice = _("Take the cursor from the address in next or previous of a page.")
            raise ValidationError({"cursor": [advice]}) from error
        return cursor

    @staticmethod
    def _check(position: str) -> None:
        if datetime.fromisoformat(position).tzinfo is None:
            raise ValueError(position)


class WorkspaceApiView(APIView):
    """A view of the token's workspace: it runs in one transaction that sees that one only.

    A request that is refused or fails leaves nothing behind.
    """

    workspace: Workspace
    _inside: ExitStack

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answers the request; the scope that `initial` opens ends with it."""
        with ExitStack() as self._inside:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Checks token, right and rate, then enters the workspace."""
        super().initial(request, *args, **kwargs)
        self.workspace = cast(ApiToken, request.auth).workspace
        self._inside.enter_context(workspace_scope(self.workspace.pk))

    def handle_exception(self, exc: Exception) -> Response:
        """Leaves the workspace with the exception, which rolls back, before it is answered."""
        self._inside.__exit__(type(exc), exc, exc.__traceback__)
        return super().handle_exception(exc)

    @property
    def today(self) -> date:
        """The workspace's local date now: the clock is read here, at the edge."""
        return timezone.now().astimezone(self.workspace.zone).date()

    def pages(self, rows: QuerySet[M], as_json: Callable[[M], dict[str, Any]]) -> Response:
        """One page of rows that have a `created_at`."""
        pages = CursorPages()
        found = pages.paginate_queryset(rows, self.request, view=self) or []
        return pages.get_paginated_response([as_json(one) for one in found])

    def whole(self, rows: list[dict[str, Any]]) -> Response:
        """A list that always fits on one page, in the form of a page."""
        return Response({"next": None, "previous": None, "results": rows})


# --- Descriptions for the schema ----------------------------------------------------------------
# A field may be called like an attribute of serializers: their metaclass takes it out of the class.


class ProblemEntrySerializer(serializers.Serializer[Any]):
    """What is wrong with one field, and how to mend it."""

    field = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem document (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    instance = serializers.CharField()
    detail = serializers.CharField(required=False)
    errors = ProblemEntrySerializer(many=True, required=False)  # type: ignore[assignment]


PROBLEMS: dict[tuple[int, str], type[Shape]] = {
    (status, "application/problem+json"): ProblemSerializer for status in (400, 401, 404, 429)
}
"""The errors that every address may answer with."""
CHANGED = PROBLEMS | {
    (status, "application/problem+json"): ProblemSerializer for status in (412, 428)
}
"""Those of changing a single resource: `If-Match` names another version, or none."""


def list_of(name: str, shape: type[Shape]) -> Shape:
    """The description of a page of rows of this shape."""
    return inline_serializer(
        name,
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": shape(many=True),
        },
    )
