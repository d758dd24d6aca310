"""A folder whose files are imported by themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from metrics.models.feed import Feed


class WatchedFolder(models.Model):
    """The folder of a feed; written by metrics/watching.py only.

    ``switched_at`` changes whenever watching begins anew: files that were looked at before are
    looked at again.
    """

    class Trouble(models.TextChoices):
        """Why something in the folder is not imported, though it lies there."""

        UNREADABLE = "unreadable", _("The folder cannot be read")
        LINK = "link", _("A link is not followed")
        FOLDER = "folder", _("A folder inside is not looked into")
        SPECIAL = "special", _("This is no file")

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    feed = models.OneToOneField(Feed, models.CASCADE, related_name="folder")
    name = models.SlugField(max_length=60)
    is_on = models.BooleanField(default=True)
    switched_at = models.DateTimeField()
    trouble = models.CharField(max_length=10, choices=Trouble, blank=True)
    trouble_with = models.CharField(max_length=255, blank=True)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace", "name"), name="metrics_folder_unique"),
        )

    def __str__(self) -> str:
        return self.name
