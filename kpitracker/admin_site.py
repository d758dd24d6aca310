"""The administration: where staff enter and correct data, each in their own workspaces."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from accounts.access import staff_workspaces
from accounts.models import User
from accounts.scope import system_scope, workspaces_scope

View = TypeVar("View", bound=Callable[..., Any])


class KpitrackerAdminSite(AdminSite):
    """Every view runs in the scope of the workspaces that the signed-in person may enter."""

    site_title = _("kpitracker administration")
    site_header = _("kpitracker administration")
    index_title = _("What would you like to do?")
    enable_nav_sidebar = True

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """The view, seeing only rows of those workspaces; the page is rendered inside."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def scoped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            workspaces = staff_workspaces(user) if isinstance(user, User) else []
            with system_scope() if workspaces is None else workspaces_scope(workspaces):
                response: HttpResponseBase = inner(request, *args, **kwargs)
                if hasattr(response, "render") and callable(response.render):
                    response.render()
            return response

        return cast(View, scoped)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The product's own sign-in page, with its rate limit."""
        signed_in: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return signed_in
