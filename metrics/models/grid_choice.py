"""Which metrics a member wants to type, and in which order."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Membership, Workspace


class GridChoice(models.Model):
    """The rows of one member's table of figures, by the metrics' keys; one row a member."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    membership = models.OneToOneField(Membership, models.CASCADE, related_name="grid_choice")
    keys = ArrayField(models.SlugField(max_length=60), default=list)
