"""What the API does with any rows that people keep: lists them, adds, changes and deletes one."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar, cast

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.api import CHANGED, PROBLEMS, PageQuery, WorkspaceApiView, list_of, refusals
from accounts.etags import IF_MATCH, check_match, tagged
from accounts.idempotency import KEY, idempotent
from accounts.models import ApiToken, User
from metrics.api_places import found_places

M = TypeVar("M", bound=Model)
Given = dict[str, Any]
AnySerializer = type[Serializer[Any]]
Words = str | Promise


class Kept(WorkspaceApiView, ABC, Generic[M]):
    """Rows of one kind and their writer."""

    @abstractmethod
    def rows(self) -> QuerySet[M]:
        """The workspace's, with what their JSON shows."""

    @abstractmethod
    def as_json(self, row: M) -> dict[str, Any]:
        """A row as the API shows it."""

    @property
    def user(self) -> User:
        """Whose token it is."""
        return cast(ApiToken, self.request.auth).user

    def places(self, given: Given) -> Given:
        """What was given with the rows that it names. Raises ValidationError for unknown names."""
        found, wrong = found_places(self.workspace, given)
        if wrong:
            raise ValidationError(wrong)
        return found


class Collection(Kept[M]):
    """All of them, and new ones."""

    query: ClassVar[AnySerializer] = PageQuery
    new: ClassVar[AnySerializer]

    @abstractmethod
    def added(self, given: Given) -> M:
        """Has the writer add one."""

    def listed(self, asked: Given) -> QuerySet[M]:
        """Those that the parameters ask for."""
        return self.rows()

    def get(self, request: Request, slug: str) -> Response:
        """One page of them."""
        query = self.query(data=request.query_params)
        query.is_valid(raise_exception=True)
        return self.pages(self.listed(query.validated_data), self.as_json)

    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Adds one."""
        call = self.new(data=request.data)
        call.is_valid(raise_exception=True)
        with refusals():
            row = self.added(call.validated_data)
        return tagged(self.as_json(row), status=201)


class Single(Kept[M]):
    """One of them, and its change."""

    change: ClassVar[AnySerializer]
    unknown: ClassVar[Words]
    """The sentence for an id that there is not, with ``%(id)s``."""

    @abstractmethod
    def changed(self, row: M, given: Given) -> M:
        """Has the writer change it; what is not given stays."""

    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """With its tag."""
        return tagged(self.as_json(self.found(public_id)))

    def patch(self, request: Request, slug: str, public_id: str) -> Response:
        """Changes what is given."""
        row = self.matched(public_id)
        call = self.change(data=request.data)
        call.is_valid(raise_exception=True)
        with refusals():
            row = self.changed(row, call.validated_data)
        return tagged(self.as_json(row))

    def found(self, public_id: str, *, lock: bool = False) -> M:
        """The row of this id. Raises NotFound."""
        rows = self.rows().filter(public_id=public_id)
        row = (rows.select_for_update(of=("self",)) if lock else rows).first()
        if row is None:
            raise NotFound(str(self.unknown) % {"id": public_id})
        return row

    def matched(self, public_id: str) -> M:
        """The row, locked, as the caller saw it last. Raises Stale where it has changed."""
        row = self.found(public_id, lock=True)
        check_match(self.request, self.as_json(row))
        return row


class Deletable(Single[M]):
    """One that may be deleted."""

    @abstractmethod
    def removed(self, row: M) -> None:
        """Has the writer delete it."""

    def delete(self, request: Request, slug: str, public_id: str) -> Response:
        """With all that hangs on it."""
        row = self.matched(public_id)
        with refusals():
            self.removed(row)
        return Response(status=204)


# How the schema describes them

C = TypeVar("C", bound=type[Collection[Any]])
S = TypeVar("S", bound=type[Single[Any]])


def described_list(
    name: str, *, tag: str, shape: AnySerializer, lists: Words, adds: Words, in_pages: bool = True
) -> Callable[[C], C]:
    """Describes a collection: `name` is the operation of one row, `shape` what it looks like."""

    def described(view: C) -> C:
        plural = f"{name}s"
        title = plural.title().replace("_", "")
        asked = [view.query] if in_pages else []
        get = extend_schema(
            operation_id=plural, summary=lists, tags=[tag], parameters=asked,
            responses={200: list_of(title, shape), **PROBLEMS},
        )  # fmt: skip
        post = extend_schema(
            operation_id=f"{name}_new", summary=adds, tags=[tag], parameters=[KEY],
            request=view.new, responses={201: shape, **PROBLEMS},
        )  # fmt: skip
        return extend_schema_view(get=get, post=post)(view)

    return described


def described_one(
    name: str, *, tag: str, shape: AnySerializer, reads: Words, changes: Words, deletes: Words = ""
) -> Callable[[S], S]:
    """Describes a single row."""

    def described(view: S) -> S:
        get = extend_schema(
            operation_id=name, summary=reads, tags=[tag], responses={200: shape, **PROBLEMS}
        )
        patch = extend_schema(
            operation_id=f"{name}_change", summary=changes, tags=[tag], parameters=[IF_MATCH],
            request=view.change, responses={200: shape, **CHANGED},
        )  # fmt: skip
        methods = {"get": get, "patch": patch}
        if deletes:
            methods["delete"] = extend_schema(
                operation_id=f"{name}_delete", summary=deletes, tags=[tag],
                parameters=[IF_MATCH], responses={204: None, **CHANGED},
            )  # fmt: skip
        return extend_schema_view(**methods)(view)

    return described
