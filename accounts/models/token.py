"""An API token: bound to one workspace and one role, shown once, kept as a hash."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.models.workspace import Workspace


class ApiToken(models.Model):
    """What a script presents; ``prefix`` finds the row, ``secret_hash`` proves it."""

    class Scope(models.TextChoices):
        """What the token may do, never more than its creator's role."""

        READ = "read", _("Read")
        WRITE = "write", _("Read and write")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="tokens")
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("scope"), max_length=5, choices=Scope, default=Scope.READ)
    prefix = models.CharField(max_length=8, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} (kpi_{self.prefix}…)"
