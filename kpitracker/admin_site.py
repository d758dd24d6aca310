"""The administration: where staff enter and correct data, each in their own workspaces."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.access import Right
from accounts.scope import system_scope, workspaces_scope
from accounts.workspace_admin import WorkspaceAdmin, workspaces_with
from kpitracker.admin_index import grouped

View = TypeVar("View", bound=Callable[..., Any])


class ScopedChoices(AutocompleteJsonView):
    """The choices of a search field, named as their own administration names them."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        """The choice's number and name."""
        found: dict[str, str] = super().serialize_result(obj, to_field_name)
        own = cast(AdminSite, self.admin_site).get_model_admin(type(obj))
        if isinstance(own, WorkspaceAdmin):
            found["text"] = own.autocomplete_text(self.request, obj)
        return found


class KpitrackerAdminSite(AdminSite):
    """Every view runs in the scope of the workspaces that the signed-in person may enter."""

    site_title = _("kpitracker administration")
    site_header = _("kpitracker administration")
    index_title = _("What would you like to do?")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff whose role lets them enter figures somewhere, and superusers."""
        return bool(super().has_permission(request)) and (
            workspaces_with(request, Right.ENTER) != []
        )

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """The view, seeing only rows of those workspaces; the page is rendered inside.

        Somebody signed in who may not enter is refused, rather than asked to sign in again.
        """
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def scoped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            workspaces = workspaces_with(request, Right.ENTER)
            with system_scope() if workspaces is None else workspaces_scope(workspaces):
                response: HttpResponseBase = inner(request, *args, **kwargs)
                if hasattr(response, "render") and callable(response.render):
                    response.render()
            return response

        return cast(View, scoped)

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """What the person may open, grouped by task; one app's own list where it is asked for."""
        if app_label is not None:
            listed: list[dict[str, Any]] = super().get_app_list(request, app_label)
            return listed
        return grouped(request, self._build_app_dict(request))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """The choices of a search field."""
        return cast(HttpResponse, ScopedChoices.as_view(admin_site=self)(request))

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The product's own page for it."""
        return redirect("account_change_password")

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The product's own sign-in page, with its rate limit."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        signed_in: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return signed_in
