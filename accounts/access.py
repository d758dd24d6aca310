"""Who may do what: the one place that decides. Views, the API and the administration all ask it.

A person who does not belong to a workspace gets 404 for everything in it, so that nobody can
tell whether it exists; a member whose role is not enough gets 403.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import ApiToken, Membership, Role, User, Workspace
from accounts.prepared import Prepared
from accounts.scope import narrow_to, system_scope

if TYPE_CHECKING:
    from rest_framework.views import APIView

P = ParamSpec("P")
MOST_VISITED = 20
"""Workspaces in the menu; the others of an agency with hundreds are on the page of all."""


class Right(StrEnum):
    """What can be asked for, from the least to the most."""

    READ = "read"
    ENTER = "enter"
    WRITE = "write"
    MANAGE = "manage"
    OWN = "own"


RIGHTS: dict[str, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.CONTRIBUTOR: frozenset({Right.READ, Right.ENTER}),
    Role.EDITOR: frozenset({Right.READ, Right.ENTER, Right.WRITE}),
    Role.ADMIN: frozenset({Right.READ, Right.ENTER, Right.WRITE, Right.MANAGE}),
    Role.OWNER: frozenset(Right),
}


class WorkspaceRequest(HttpRequest):
    """A request inside a workspace: what :func:`workspace_view` adds, for the type checker."""

    user: User
    workspace: Workspace
    membership: Membership
    last_visited: list[Membership]
    csp_nonce: str
    htmx: Any


def allows(role: str, right: Right) -> bool:
    """Whether a member with this role has this right."""
    return right in RIGHTS.get(role, frozenset())


def memberships_of(user: User) -> list[Membership]:
    """The memberships of a person, with their workspaces, by the workspace's name."""
    with system_scope():
        return list(
            Membership.objects.filter(user=user, user__is_active=True)
            .select_related("workspace")
            .order_by("workspace__name")
        )


def _last_visited(user: int, slug: str) -> "QuerySet[Membership]":
    mine = Membership.objects.filter(user=user)
    latest = mine.order_by(F("last_seen_at").desc(nulls_last=True), "pk")[:MOST_VISITED]
    found = mine.filter(Q(workspace__slug=slug) | Q(pk__in=latest.values("pk")))
    return found.select_related("workspace").order_by("workspace__name")


_LAST_VISITED = Prepared(_last_visited, int, str)


def last_visited(user: User, slug: str = "") -> list[Membership]:
    """The memberships of the workspaces that a person visited last, by the workspace's name.

    Among them that of the workspace with this slug, if it is one of theirs.
    """
    with system_scope():
        return _visited_last(user, slug)


def _visited_last(user: User, slug: str) -> list[Membership]:
    return _LAST_VISITED.objects(user.pk, slug) if user.is_active else []


def membership_in(user: User, slug: str) -> Membership | None:
    """The person's membership of the workspace with this slug; None for everybody else."""
    with system_scope():
        return (
            Membership.objects.filter(user=user, user__is_active=True, workspace__slug=slug)
            .select_related("workspace", "user")
            .first()
        )


def staff_workspaces(user: User, right: Right = Right.ENTER) -> list[int] | None:
    """The workspaces in which a person has this right in the administration; None means all."""
    if user.is_superuser and user.is_active:
        return None
    if not user.is_staff:
        return []
    return [
        membership.workspace_id
        for membership in memberships_of(user)
        if allows(membership.role, right)
    ]


def acting_membership(user: User, workspace: Workspace) -> Membership:
    """The membership as which a person acts on a workspace's members in the administration.

    A superuser acts as an owner. Raises PermissionDenied for anybody else without a membership.
    """
    membership = membership_in(user, workspace.slug)
    if user.is_superuser:
        known = membership.pk if membership is not None else None
        return Membership(pk=known, workspace=workspace, user=user, role=Role.OWNER)
    if membership is None:
        raise PermissionDenied
    return membership


def require(request: WorkspaceRequest, right: Right) -> None:
    """Raises PermissionDenied unless the member of this request has the right."""
    if not allows(request.membership.role, right):
        raise PermissionDenied


def _note_visit(membership: Membership) -> None:
    """Remembers when the member was last here, to the minute: the landing page goes back there."""
    now = timezone.now()
    seen = membership.last_seen_at
    if seen is None or now - seen > timedelta(minutes=1):
        Membership.objects.filter(workspace=membership.workspace_id, pk=membership.pk).update(
            last_seen_at=now
        )


def workspace_view(
    right: Right = Right.READ,
) -> Callable[
    [Callable[Concatenate[WorkspaceRequest, P], HttpResponseBase]],
    Callable[..., HttpResponseBase],
]:
    """A view below ``/w/<slug>/``: finds the workspace, checks the right, opens its scope.

    The view gets ``request.workspace`` and ``request.membership`` instead of the slug and runs
    in one transaction that sees this workspace's rows only.
    """

    def decorate(
        view: Callable[Concatenate[WorkspaceRequest, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def checked(
            request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            inside = cast(WorkspaceRequest, request)
            with system_scope():
                # With those that the menu around the page offers: one question for both.
                inside.last_visited = _visited_last(inside.user, slug)
                found = (one for one in inside.last_visited if one.workspace.slug == slug)
                membership = next(found, None)
                if membership is None:
                    raise Http404
                membership.user = inside.user
                inside.workspace, inside.membership = membership.workspace, membership
                require(inside, right)
                narrow_to(membership.workspace_id)
                _note_visit(membership)
                response = view(inside, *args, **kwargs)
                if hasattr(response, "render") and callable(response.render):
                    response.render()
            return response

        checked.required_right = right  # type: ignore[attr-defined]
        return checked

    return decorate


class TokenAllows(BasePermission):
    """The API's door: the token's workspace is the one in the path, its scope fits the method."""

    message = gettext_lazy("The role of this token's person does not allow this.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Raises Http404 for another workspace; False when the scope or role is not enough."""
        token = request.auth
        if not isinstance(token, ApiToken):
            return False
        if token.workspace.slug != view.kwargs.get("slug"):
            raise Http404
        membership = membership_in(token.user, token.workspace.slug)
        if membership is None:
            raise Http404
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return allows(membership.role, Right.READ)
        if token.scope != ApiToken.Scope.WRITE:
            self.message = gettext_lazy("This token may only read. Make one that may write.")
            return False
        return allows(membership.role, getattr(view, "write_right", Right.WRITE))
