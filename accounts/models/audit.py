"""The audit trail: appended to, never changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.models.workspace import Workspace


class AuditEvent(models.Model):
    """Who did what to what, when and from where; a trigger refuses UPDATE and DELETE.

    People and workspaces are kept by number and name, so that the trail outlives them.
    """

    workspace = models.ForeignKey(
        Workspace, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    actor = models.ForeignKey(
        User, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    actor_name = models.CharField(_("who"), max_length=254, blank=True)
    action = models.CharField(_("what"), max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    object_name = models.CharField(_("of what"), max_length=254, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit trail")
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("workspace", "-at"), name="accounts_audit_by_ws"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_name}"
