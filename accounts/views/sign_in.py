"""Signing in: django-allauth's view, answering 429 when somebody tried too often."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.http import HttpResponse


class SignIn(LoginView):  # type: ignore[misc]
    """E-mail address and password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Also whether strangers may make an account."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"signup_open": settings.SIGNUP_OPEN}

    def form_invalid(self, form: Any) -> HttpResponse:
        """The form again; the same words for an unknown address and a wrong password."""
        response: HttpResponse = super().form_invalid(form)
        if form.has_error("__all__", "too_many_login_attempts"):
            response.status_code = 429
            response["Retry-After"] = "300"
        return response


sign_in = SignIn.as_view()
