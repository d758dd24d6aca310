"""django-allauth's forms in the product's words; a password is asked for once, and can be shown."""

from typing import Any

from allauth.account import forms as allauth
from django.forms import Field
from django.utils.translation import gettext_lazy as _

from accounts.forms import NameField

PASSWORD_HINT = _("At least 12 characters. A sentence works well.")


def _worded(fields: dict[str, Field], labels: dict[str, Any]) -> None:
    """Our labels instead of theirs, no placeholders, no second password."""
    fields.pop("password2", None)
    for name, field in fields.items():
        field.label = labels.get(name, field.label)
        field.help_text = PASSWORD_HINT if name == "password1" else ""
        field.widget.attrs.pop("placeholder", None)


class SignInForm(allauth.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields, {"login": _("E-mail address"), "password": _("Password")})


class SignUpForm(allauth.SignupForm):  # type: ignore[misc]
    """Name, e-mail address and password, where the installation lets strangers in."""

    name = NameField(label=_("Your name"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields, {"email": _("E-mail address"), "password1": _("Password")})
        self.order_fields(["name", "email", "password1"])

    def custom_signup(self, request: Any, user: Any) -> None:
        """Keeps the name."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class ResetForm(allauth.ResetPasswordForm):  # type: ignore[misc]
    """Where to send the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields, {"email": _("E-mail address")})


class NewPasswordForm(allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, after the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields, {"password1": _("New password")})


class ChangePasswordForm(allauth.ChangePasswordForm):  # type: ignore[misc]
    """The password of now and the next one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(
            self.fields,
            {"oldpassword": _("Current password"), "password1": _("New password")},
        )


class SetPasswordForm(allauth.SetPasswordForm):  # type: ignore[misc]
    """A first password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields, {"password1": _("New password")})


class ConfirmForm(allauth.ReauthenticateForm):  # type: ignore[misc]
    """The password again, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields, {"password": _("Password")})
