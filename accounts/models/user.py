"""A person who signs in."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.timezones import validate_timezone


class UserManager(BaseUserManager["User"]):
    """Creates people; the e-mail address is the login and is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with this address; without a password they cannot sign in until they set one."""
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who looks after the installation."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address, whatever its case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person: address, name, language and time zone; rights come from memberships."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="en"
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_timezone]
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(
        _("may enter data in the administration"),
        default=False,
        help_text=_("Sees there only the workspaces of which they are a member."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("email",)
        constraints = (models.UniqueConstraint(Lower("email"), name="accounts_user_email_unique"),)

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name to show: the given one, or the address."""
        return self.name or self.email

    @property
    def initials(self) -> str:
        """Two letters for the round badge beside an objective."""
        parts = (self.name or self.email.split("@")[0].replace(".", " ")).split()
        return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper() or "?"
