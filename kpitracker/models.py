"""The ledger of due work, and the heartbeats of the background side."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace


class Job(models.Model):
    """One piece of due work. ``key`` is unique, so the same work is never due twice.

    A worker claims a row with a lease; ``attempts`` is the fencing token: a write checks that it
    is still the one the worker claimed with (kpitracker/jobs.py).
    """

    class State(models.TextChoices):
        """queued → running → done; failed is tried again, dead is not."""

        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed, will be tried again")
        DEAD = "dead", _("Given up")

    workspace = models.ForeignKey(Workspace, models.CASCADE, null=True, related_name="jobs")
    kind = models.CharField(_("kind"), max_length=30)
    key = models.CharField(max_length=160, unique=True)
    day = models.DateField(_("day"), null=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    run_after = models.DateTimeField()
    rung_at = models.DateTimeField(null=True, help_text="When a worker was last told of it.")
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    payload = models.JSONField(default=dict)
    progress = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-created_at",)
        indexes = (
            models.Index(
                fields=("run_after",),
                name="kpitracker_job_due",
                condition=models.Q(state__in=("queued", "running", "failed")),
            ),
            models.Index(fields=("workspace", "kind", "-day"), name="kpitracker_job_by_ws"),
        )

    def __str__(self) -> str:
        return self.key


class Heartbeat(models.Model):
    """When a part of the background side was last seen alive: beat's tick, the worker."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
