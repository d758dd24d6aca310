"""An invitation to a workspace, sent by mail."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.models.workspace import Role, Workspace
from accounts.public_ids import public_id


def invitation_id() -> str:
    """A public id for an invitation."""
    return public_id("inv")


class Invitation(models.Model):
    """Bound to one address and one role, used once, good for 48 hours; only a hash is kept."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="invitations")
    public_id = models.CharField(max_length=24, unique=True, default=invitation_id, editable=False)
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.VIEWER)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="en"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "email"),
                condition=models.Q(accepted_at=None, cancelled_at=None),
                name="accounts_invitation_one_open",
            ),
        )

    def __str__(self) -> str:
        return self.email
