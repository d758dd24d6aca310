"""Answers given to calls of the API: a call that is sent again is not carried out again."""

from django.db import models

from accounts.models.token import ApiToken
from accounts.models.workspace import Workspace


class IdempotentCall(models.Model):
    """A call that came with an ``Idempotency-Key``, and what it was answered. Kept for a day.

    ``fingerprint`` is a digest of the method, the address and the body: the same key with another
    call is a mistake of the caller's.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="calls")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("token", "key"), name="accounts_idempotent_call"),
        )
